"""What was asked and answered, without secrets: a bounded record, and who waits for more of it."""

import asyncio
import re
from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

import msgspec

from tradepost.http.logs import MASK, is_secret_name, mask, mask_path, mask_query

KEPT: Final = 1000
"""How many exchanges are kept; the oldest go first."""
MAX_BODY: Final = 16 * 1024
"""How many bytes of a body are kept."""

_SECRET_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})
_USER_OF_URL: Final = re.compile(r"//[^/@\s]+@")
_SECRET_FIELDS: Final = re.compile(
    r'("[a-z_-]*(?:token|password|secret|apikey)"\s*:\s*)"(?:[^"\\]|\\.)*"?', re.IGNORECASE
)


class Body(msgspec.Struct, rename="camel", omit_defaults=True):
    """A body as far as it is kept. `text` is absent where there is none, or it is no text."""

    size: int
    text: str = ""
    is_truncated: bool = False


class Exchange(msgspec.Struct, rename="camel", kw_only=True):
    """A request and its answer. `fault` is the id of the fault that struck it, or null.

    `operation` is null where the request led to none; `person` is the email of who asked, as the
    request says it. `status` is what the server answered, and 0 where it did not; `delivered` says
    whether the client was sent all of that. Times are those of the sandbox clock, durations real.
    """

    seq: int = 0
    time: str
    milliseconds: float
    operation: str | None
    person: str
    method: str
    path: str
    query: str
    request_headers: list[tuple[str, str]]
    request_body: Body
    status: int
    response_headers: list[tuple[str, str]]
    response_body: Body
    fault: str | None
    delivered: bool


class Filters(msgspec.Struct, frozen=True):
    """Which exchanges are asked for; `None` lets all pass. `after` and `before` are a `seq`.

    Of those that fit, `limit` has the newest.
    """

    after: int = 0
    operation: str | None = None
    person: str | None = None
    status: int | None = None
    before: int | None = None
    limit: int = KEPT

    def fits(self, exchange: Exchange) -> bool:
        return (
            exchange.seq > self.after
            and (self.before is None or exchange.seq < self.before)
            and self.operation in (None, exchange.operation)
            and self.person in (None, exchange.person)
            and self.status in (None, exchange.status)
        )


class Recorder:
    """Takes one body in as it passes, and keeps its beginning."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._size = 0

    def add(self, part: bytes) -> None:
        self._size += len(part)
        room = MAX_BODY - len(self._kept)
        if room > 0:
            self._kept += part[:room]

    def body(self) -> Body:
        is_truncated = self._size > len(self._kept)
        try:
            # A character that the limit has cut in two is no reason to keep nothing.
            text = self._kept.decode(errors="ignore" if is_truncated else "strict")
        except UnicodeDecodeError:
            return Body(self._size)
        if "\x00" in text:
            return Body(self._size)
        if not is_truncated:
            text = _masked_json(text)
        return Body(self._size, mask(_SECRET_FIELDS.sub(rf'\1"{MASK}"', text)), is_truncated)


class Journal:
    """The last exchanges. `seq` counts them, and goes on when the journal is cleared."""

    def __init__(self) -> None:
        self._kept: deque[Exchange] = deque(maxlen=KEPT)
        self._seq = 0
        self._more = asyncio.Event()

    def add(self, exchange: Exchange) -> None:
        self._seq += 1
        exchange.seq = self._seq
        self._kept.append(exchange)
        self._more.set()
        self._more = asyncio.Event()

    def clear(self) -> None:
        self._kept.clear()

    def find(self, filters: Filters) -> list[Exchange]:
        fitting = (exchange for exchange in reversed(self._kept) if filters.fits(exchange))
        return list(islice(fitting, filters.limit))[::-1]

    async def wait(self, filters: Filters, seconds: float) -> list[Exchange]:
        """The same, as soon as there is any; none when the time is over."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := self.find(filters)):
                    await self._more.wait()
                return found
        except TimeoutError:
            return []


def masked_headers(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """Headers as text, without secrets."""
    found = []
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        value = _USER_OF_URL.sub(f"//{MASK}@", value)
        if name == "host":
            value = value.rpartition("@")[2]
        if name in _SECRET_HEADERS or is_secret_name(name):
            scheme, space, _ = value.partition(" ")
            value = f"{scheme} {MASK}" if space and scheme.isalpha() else MASK
        found.append((name, mask(value)))
    return found


def _masked_json(text: str) -> str:
    """A text whose secret fields are masked, if it is JSON that has any, however they are spelt."""
    try:
        value = msgspec.json.decode(text)
        masked = _without_secrets(value)
    except (msgspec.DecodeError, RecursionError):
        return text
    return text if masked == value else msgspec.json.encode(masked).decode()


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if isinstance(value, dict):
        return {
            name: MASK if is_secret_name(name) and of is not None else _without_secrets(of)
            for name, of in value.items()
        }
    return value


def masked_target(path: str, query: bytes) -> tuple[str, str]:
    """The path and the query of a request, without secrets."""
    return mask_path(path), mask_query(query.decode("latin-1")) if query else ""


def as_har(exchanges: Iterable[Exchange], url: str, version: str) -> dict[str, Any]:
    """Exchanges as an HTTP Archive 1.2, which browsers and proxies open. `url` is the server's."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "Tradepost", "version": version},
            "entries": [_entry(exchange, url) for exchange in exchanges],
        }
    }


def _entry(exchange: Exchange, url: str) -> dict[str, Any]:
    query = f"?{exchange.query}" if exchange.query else ""
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": f"{url}{exchange.path}{query}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(exchange.request_headers),
        "queryString": [_named(*pair.partition("=")[::2]) for pair in exchange.query.split("&")]
        if exchange.query
        else [],
        "headersSize": -1,
        "bodySize": exchange.request_body.size,
    }
    if exchange.request_body.size:
        request["postData"] = {
            "mimeType": _value(exchange.request_headers, "content-type"),
            "text": exchange.request_body.text,
        }
    return {
        "startedDateTime": exchange.time,
        "time": exchange.milliseconds,
        "request": request,
        "response": {
            "status": exchange.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(exchange.response_headers),
            "content": {
                "size": exchange.response_body.size,
                "mimeType": _value(exchange.response_headers, "content-type"),
                "text": exchange.response_body.text,
            },
            "redirectURL": _value(exchange.response_headers, "location"),
            "headersSize": -1,
            "bodySize": exchange.response_body.size,
        },
        "cache": {},
        "timings": {"send": 0, "wait": exchange.milliseconds, "receive": 0},
        "comment": _comment(exchange),
    }


def _comment(exchange: Exchange) -> str:
    said = [exchange.operation or "no operation"]
    if exchange.fault is not None:
        said.append(f"struck by fault {exchange.fault}")
    if not exchange.delivered:
        said.append("the client did not get all of the answer")
    return ", ".join(said)


def _pairs(headers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [_named(name, value) for name, value in headers]


def _named(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


def _value(headers: Iterable[tuple[str, str]], wanted: str) -> str:
    return next((value for name, value in headers if name == wanted), "")
