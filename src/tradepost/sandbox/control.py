"""What `/_sandbox` answers: JSON, told in `docs/sandbox.md`.

On a loopback address whoever is on this machine may call it; elsewhere administrators alone.
"""

import ipaddress
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Final, NamedTuple, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost import __version__
from tradepost.app import Tradepost
from tradepost.database import UnavailableError
from tradepost.http.call import VOUCHED, Receive, Scope, Send
from tradepost.http.dispatch import SECURITY
from tradepost.http.errors import (
    FORBIDDEN,
    INTERNAL_ERROR,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    PAYLOAD_TOO_LARGE,
    SERVICE_UNAVAILABLE,
    STANDARD,
    VALIDATION_ERROR,
    ApiError,
    Problem,
    error_body,
    fail,
)
from tradepost.http.fields import Moment
from tradepost.http.logs import mask
from tradepost.sandbox.clock import EARLIEST, LATEST
from tradepost.sandbox.faults import FaultRequest, problems_of
from tradepost.sandbox.journal import KEPT, Filters, as_har
from tradepost.sandbox.reviews import Review, problem_of
from tradepost.sandbox.state import START, State

T = TypeVar("T")

_MAX_BODY: Final = 64 * 1024 * 1024
_LONGEST_WAIT: Final = 30.0
_MAX_SNAPSHOTS: Final = 100
"""How many snapshots there may be beside that of the start: each is a copy of all data."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class ClockRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What is to become of the clock: first set, then set on, then stopped or let go."""

    at: Moment | UnsetType = UNSET
    advance_seconds: Annotated[float, Meta(ge=-3e11, le=3e11)] = 0.0
    stopped: bool | UnsetType = UNSET


class ResetRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    snapshot: str = START


class _Asked(NamedTuple):
    """A request to the sandbox. `rest` is the path behind the first word."""

    rest: str
    query: Mapping[str, str]
    body: bytes
    url: str


Answered = tuple[int, Any]


class Control:
    """The routes of the sandbox as an ASGI application."""

    def __init__(self, tradepost: Tradepost, state: State):
        self._tradepost = tradepost
        self._state = state
        self._names = {operation.name for operation, _ in tradepost.operations}
        self._routes: dict[str, dict[str, Callable[[_Asked], Awaitable[Answered]]]] = {
            "": {"GET": self._overview},
            "clock": {"GET": self._clock, "POST": self._set_clock},
            "faults": {
                "GET": self._faults,
                "POST": self._add_faults,
                "DELETE": self._clear_faults,
            },
            "journal": {"GET": self._journal, "DELETE": self._clear_journal},
            "load": {"POST": self._load},
            "reset": {"POST": self._reset},
            "reviews": {
                "GET": self._reviews,
                "POST": self._add_reviews,
                "DELETE": self._clear_reviews,
            },
            "snapshots": {
                "GET": self._snapshots,
                "POST": self._take_snapshot,
                "DELETE": self._drop_snapshot,
            },
            "state": {"GET": self._export},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: list[tuple[bytes, bytes]] = [*SECURITY, (b"cache-control", b"no-store")]
        try:
            await self._authorise(scope)
            status, found = await self._answer(scope, receive)
            body = msgspec.json.encode(found)
        except UnavailableError as error:
            busy = fail(SERVICE_UNAVAILABLE, str(error), ("retry-after", "1"))
            status, body = self._failure(busy, headers)
        except ApiError as error:
            status, body = self._failure(error, headers)
        except Exception:
            found = traceback.format_exc()
            self._tradepost.log.event("error", "sandbox", path=scope["path"], traceback=mask(found))
            failed = fail(INTERNAL_ERROR, "the sandbox failed; see the log of the server")
            status, body = self._failure(failed, headers)
        headers += [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _failure(self, error: ApiError, headers: list[tuple[bytes, bytes]]) -> tuple[int, bytes]:
        headers += [(name.encode(), value.encode()) for name, value in error.headers]
        # Not from the seed: what is drawn for answers of the server must not depend on this.
        ids = iter(range(1, len(error.problems) + 1))
        return error.status, error_body(error.problems, STANDARD, lambda: str(next(ids)))[0]

    async def _authorise(self, scope: Scope) -> None:
        """Raise where somebody asks who may not: see `docs/sandbox.md`."""
        headers = dict(scope["headers"])
        if not self._tradepost.settings.loopback:
            address = scope["client"][0] if scope.get("client") else ""
            if VOUCHED in scope:
                caller = await scope[VOUCHED]()
            else:
                authorization = headers.get(b"authorization")
                caller = await self._tradepost.authenticator.authenticate(authorization, address)
            if not caller.administrator:
                raise fail(FORBIDDEN, "only administrators may control this sandbox")
        elif _is_of_a_page(headers) or not _is_loopback(headers.get(b"host", b"")):
            # A page that is open in a browser of this machine, which anybody may have made.
            raise fail(FORBIDDEN, "a sandbox is not controlled by web pages")

    async def _answer(self, scope: Scope, receive: Receive) -> Answered:
        _, _, first, *rest = f"{scope['path']}/".split("/")
        methods = self._routes.get(first)
        if methods is None or (len(rest) > 1 and first not in ("faults", "snapshots")):
            raise _no_path()
        called = methods.get(scope["method"])
        if called is None:
            allow = ", ".join(sorted(methods))
            raise fail(METHOD_NOT_ALLOWED, f"this path has {allow}", ("allow", allow))
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        host = dict(scope["headers"]).get(b"host", b"localhost").decode("latin-1")
        body = await _body(receive)
        return await called(_Asked("/".join(rest).rstrip("/"), query, body, f"http://{host}"))

    async def _overview(self, _: _Asked) -> Answered:
        seed = self._tradepost.settings.sandbox_seed
        return 200, {
            "version": __version__,
            "seed": seed or None,
            "clock": self._clock_now(),
            "faults": len(self._state.faults.all),
            "snapshots": self._state.snapshots,
        }

    async def _clock(self, _: _Asked) -> Answered:
        return 200, self._clock_now()

    async def _set_clock(self, asked: _Asked) -> Answered:
        sent = _decoded(asked.body, ClockRequest)
        clock = self._state.clock
        if sent.at is not UNSET:
            if not EARLIEST <= sent.at < LATEST:
                raise fail(VALIDATION_ERROR, "at must be between the years 1970 and 9000")
            clock.set(sent.at)
        try:
            clock.advance(timedelta(seconds=sent.advance_seconds))
        except ValueError:
            detail = "advanceSeconds must stay between the years 1970 and 9000"
            raise fail(VALIDATION_ERROR, detail) from None
        if sent.stopped is not UNSET:
            clock.stop() if sent.stopped else clock.go()
        self._state.forget_sign_ins()
        await self._state.reviews.decide_due()
        return 200, self._clock_now()

    def _clock_now(self) -> dict[str, Any]:
        clock = self._state.clock
        return {"now": clock.exact_stamp(), "stopped": clock.is_stopped}

    async def _faults(self, asked: _Asked) -> Answered:
        if asked.rest:
            raise _no_path()
        return 200, {"faults": self._state.faults.all}

    async def _add_faults(self, asked: _Asked) -> Answered:
        if asked.rest:
            raise _no_path()
        sent = _decoded_list(asked.body, FaultRequest)
        has_tls = bool(self._tradepost.settings.tls_certificate)
        _raise_all([d for fault in sent for d in problems_of(fault, self._names, has_tls=has_tls)])
        return 201, {"faults": [self._state.faults.add(fault) for fault in sent]}

    async def _clear_faults(self, asked: _Asked) -> Answered:
        faults = self._state.faults
        if asked.rest:
            try:
                faults.remove(asked.rest)
            except KeyError:
                raise fail(NOT_FOUND, f"there is no fault {asked.rest}") from None
        else:
            faults.clear()
        return 200, {"faults": faults.all}

    async def _reviews(self, _: _Asked) -> Answered:
        return 200, {"reviews": self._state.reviews.to_come, "due": self._state.reviews.due}

    async def _add_reviews(self, asked: _Asked) -> Answered:
        sent = _decoded_list(asked.body, Review)
        _raise_all([detail for review in sent if (detail := problem_of(review))])
        for review in sent:
            self._state.reviews.add(review)
        return 201, {"reviews": self._state.reviews.to_come, "due": self._state.reviews.due}

    async def _clear_reviews(self, _: _Asked) -> Answered:
        self._state.reviews.clear()
        return 200, {"reviews": [], "due": []}

    async def _journal(self, asked: _Asked) -> Answered:
        query = asked.query
        person = query.get("person")
        filters = Filters(
            _number(query, "after") or 0,
            query.get("operation"),
            None if person is None else person.lower(),
            _number(query, "status"),
            _number(query, "before"),
            min(_number(query, "limit") or KEPT, KEPT),
        )
        wait = min(_number(query, "wait") or 0, _LONGEST_WAIT)
        journal = self._state.journal
        found = await journal.wait(filters, wait) if wait else journal.find(filters)
        look = query.get("format", "json")
        if look == "har":
            return 200, as_har(found, asked.url, __version__)
        if look != "json":
            raise fail(VALIDATION_ERROR, "format must be json or har")
        return 200, {"exchanges": found}

    async def _clear_journal(self, _: _Asked) -> Answered:
        self._state.journal.clear()
        return 200, {"exchanges": []}

    async def _reset(self, asked: _Asked) -> Answered:
        sent = _decoded(asked.body or b"{}", ResetRequest)
        try:
            self._state.reset(sent.snapshot)
        except KeyError:
            raise fail(NOT_FOUND, f"there is no snapshot {sent.snapshot}") from None
        return 200, {"snapshot": sent.snapshot}

    async def _snapshots(self, _: _Asked) -> Answered:
        return 200, {"snapshots": self._state.snapshots}

    async def _take_snapshot(self, asked: _Asked) -> Answered:
        name = _snapshot_name(asked)
        snapshots = self._state.snapshots
        if name not in snapshots and len(snapshots) > _MAX_SNAPSHOTS:
            detail = f"there are {_MAX_SNAPSHOTS} snapshots, which is the most: delete some"
            raise fail(VALIDATION_ERROR, detail)
        self._state.take(name)
        return 201, {"snapshots": self._state.snapshots}

    async def _drop_snapshot(self, asked: _Asked) -> Answered:
        name = _snapshot_name(asked)
        if not self._state.drop(name):
            raise fail(NOT_FOUND, f"there is no snapshot {name}")
        return 200, {"snapshots": self._state.snapshots}

    async def _load(self, asked: _Asked) -> Answered:
        # Only here and below, so that a sandbox starts without it.
        from tradepost.sandbox.documents import replace
        from tradepost.sandbox.model import Document
        from tradepost.sandbox.soundness import BadDocumentError, refuse_unsound

        untyped = _decoded(asked.body, dict[str, Any])
        state, database = self._state, self._tradepost.database
        try:
            refuse_unsound(untyped)
            document = msgspec.convert(untyped, Document)
            if not self._tradepost.settings.loopback and not document.lets_in(state.clock.stamp()):
                detail = "nobody could control this sandbox: load an administrator with a token"
                raise BadDocumentError(detail)
            await replace(database, document, state.clock.stamp(), state.chance, state.eras.end)
        except BadDocumentError as bad:
            raise fail(VALIDATION_ERROR, str(bad)) from None
        except (msgspec.ValidationError, RecursionError) as bad:
            raise fail(VALIDATION_ERROR, f"the body: {bad}") from None
        state.eras.wake()
        state.forget_sign_ins()
        return 200, {"loaded": True}

    async def _export(self, _: _Asked) -> Answered:
        from tradepost.sandbox.documents import export

        return 200, await export(self._tradepost.database)


def _no_path() -> ApiError:
    return fail(NOT_FOUND, "the sandbox has no such path: see docs/sandbox.md")


async def _body(receive: Receive) -> bytes:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _MAX_BODY:
            raise fail(PAYLOAD_TOO_LARGE, f"a body may have at most {_MAX_BODY} bytes here")
        more = message.get("more_body", False)
    return b"".join(parts)


def _decoded(body: bytes, kind: type[T]) -> T:
    """A JSON body as a type; raises 400."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as bad:
        raise fail(VALIDATION_ERROR, f"the body: {bad}") from None


def _decoded_list(body: bytes, kind: type[T]) -> list[T]:
    """A JSON body that is one of a kind, or a list of some."""
    if body.lstrip()[:1] != b"[":
        return [_decoded(body, kind)]
    return _decoded(body, list[kind])  # type: ignore[valid-type]


def _snapshot_name(asked: _Asked) -> str:
    """The name of a snapshot that a path ends with; raises 400."""
    if not _NAME.fullmatch(asked.rest):
        raise fail(
            VALIDATION_ERROR,
            "a snapshot's name has letters, digits, dots, dashes and underscores: "
            "/_sandbox/snapshots/NAME",
        )
    if asked.rest == START:
        raise fail(VALIDATION_ERROR, f"{START} is how the sandbox was at its start, and stays that")
    return asked.rest


def _raise_all(details: list[str]) -> None:
    if details:
        raise ApiError([Problem(VALIDATION_ERROR, detail) for detail in details])


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise fail(VALIDATION_ERROR, f"{name} must be a whole number")
    return int(text)


def _is_of_a_page(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a browser says that a page of somebody else has made a request."""
    site = headers.get(b"sec-fetch-site", b"none").strip().lower()
    return b"origin" in headers or site not in (b"none", b"same-origin")


def _is_loopback(host: bytes) -> bool:
    """Whether a `Host` header means this machine, and not a name that may lead anywhere."""
    name = re.sub(r":[0-9]*$", "", host.decode("latin-1")).strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
