"""Controlling a sandbox over HTTP, from the command line and from test suites.

It uses the standard library alone, because it is to be there at once.
"""

import base64
import http.client
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from tradepost.sandbox.journal import Exchange

_TIMEOUT: Final = 60.0


class SandboxError(Exception):
    """A sandbox cannot be reached, or refuses; the text is one sentence."""


class Sandbox:
    """A running sandbox. `auth` are an administrator's email and API token, which only one that
    does not listen on a loopback address asks for. Every method raises `SandboxError`.

    Fields that docs/sandbox.md spells `retryAfter` are `retry_after` here.
    """

    def __init__(self, url: str, auth: tuple[str, str] | None = None):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SandboxError(f"{url} is no http or https URL")
        self.url = url.rstrip("/")
        self.clock = RemoteClock(self)
        self._parts = parts
        self._headers = {"content-type": "application/json"}
        if auth is not None:
            encoded = base64.b64encode(":".join(auth).encode()).decode()
            self._headers["authorization"] = f"Basic {encoded}"

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Send a request below `/_sandbox`; its answer, decoded."""
        return msgspec.json.decode(self.call_raw(method, path, body, **query))

    def call_raw(self, method: str, path: str, body: Any = None, **query: Any) -> bytes:
        """The same, with the answer as it comes. A body that is no bytes is sent as JSON."""
        given = {name: value for name, value in query.items() if value is not None}
        target = f"/_sandbox{path}" + (f"?{urlencode(given)}" if given else "")
        data = body if body is None or isinstance(body, bytes) else msgspec.json.encode(body)
        connection = self._connection()
        try:
            connection.request(method, target, data, self._headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise SandboxError(f"there is no answer from {self.url}: {error}") from None
        finally:
            connection.close()
        if answer.status >= 400:
            raise SandboxError(_refusal(content, answer.status, self.url))
        return content

    def fault(self, fault: str, **fields: Any) -> dict[str, Any]:
        """Let something fail: `fault("answer", status=503, operation="…", times=1)`."""
        return self.faults({"fault": fault, **_camel(fields)})[-1]

    def faults(self, *sent: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Let several things fail, as they are in JSON; or, of none, all that wait to strike."""
        answer = self.call("POST", "/faults", list(sent)) if sent else self.call("GET", "/faults")
        found: list[dict[str, Any]] = answer["faults"]
        return found

    def clear_faults(self) -> None:
        """Let nothing fail any more."""
        self.call("DELETE", "/faults")

    def review(self, decision: str, **fields: Any) -> None:
        """Decide on the next submissions: `review("reject", reason="…", after_seconds=60)`."""
        self.call("POST", "/reviews", {"decision": decision, **_camel(fields)})

    def journal(
        self,
        *,
        operation: str | None = None,
        person: str | None = None,
        status: int | None = None,
        after: int = 0,
        wait: int = 0,
    ) -> list[Exchange]:
        """What was asked and answered; `wait` is for how many seconds to wait for any of it."""
        sent = {"operation": operation, "person": person, "status": status, "after": after}
        answer = self.call("GET", "/journal", **sent, wait=wait)
        return msgspec.convert(answer["exchanges"], list[Exchange])

    def load(self, document: Any) -> None:
        """Replace what the sandbox holds; a document is a mapping, or JSON as bytes."""
        self.call("POST", "/load", document)

    def state(self) -> dict[str, Any]:
        """The document of what the sandbox holds."""
        found: dict[str, Any] = self.call("GET", "/state")
        return found

    def snapshot(self, name: str) -> None:
        """Keep how things are under a name."""
        self.call("POST", f"/snapshots/{quote(name, safe='')}")

    def delete_snapshot(self, name: str) -> None:
        """Forget a snapshot."""
        self.call("DELETE", f"/snapshots/{quote(name, safe='')}")

    def reset(self, snapshot: str = "start") -> None:
        """Go back to a snapshot, or to how the sandbox was at its start."""
        self.call("POST", "/reset", {"snapshot": snapshot})

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname, self._parts.port
        assert host is not None
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=_TIMEOUT)
        return http.client.HTTPConnection(host, port, timeout=_TIMEOUT)


class RemoteClock:
    """The clock of a sandbox. Each method returns the time that it shows then."""

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox

    def now(self) -> datetime:
        return _moment(self._sandbox.call("GET", "/clock"))

    def set(self, at: datetime | str) -> datetime:
        """Set it to a time, which is text in RFC 3339 or has a time zone."""
        return self._send(at=at)

    def advance(self, by: timedelta | None = None, *, seconds: float = 0.0) -> datetime:
        """Set it on by a time, or by some seconds."""
        return self._send(advanceSeconds=seconds + (by.total_seconds() if by else 0.0))

    def stop(self) -> datetime:
        return self._send(stopped=True)

    def go(self) -> datetime:
        return self._send(stopped=False)

    def _send(self, **sent: Any) -> datetime:
        return _moment(self._sandbox.call("POST", "/clock", sent))


def _moment(answer: dict[str, Any]) -> datetime:
    return msgspec.convert(answer["now"], datetime)


def _camel(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that are given, as JSON spells them."""
    return {
        re.sub(r"_([a-z])", lambda found: found[1].upper(), name): value
        for name, value in fields.items()
        if value is not None
    }


def _refusal(content: bytes, status: int, url: str) -> str:
    try:
        errors = msgspec.json.decode(content)["errors"]
        return "; ".join(error["detail"] for error in errors)
    except (msgspec.DecodeError, LookupError, TypeError):
        return f"{url} is no sandbox of tradepost: it answered with {status}"
