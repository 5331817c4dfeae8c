"""The way in: an ASGI application that routes, authenticates, calls a handler, and logs.

Nothing about a request is parsed before somebody needs it.
"""

import re
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from tradepost import __version__
from tradepost.blobs import BlobsUnavailableError
from tradepost.chance import Chance
from tradepost.database import LostError, UnavailableError, UncertainError
from tradepost.http import bodies
from tradepost.http.addresses import Network, client_address
from tradepost.http.authentication import Authenticator
from tradepost.http.call import (
    ANONYMOUS,
    VOUCHED,
    Answer,
    Call,
    Caller,
    Origin,
    Receive,
    Scope,
    Send,
    StreamedAnswer,
)
from tradepost.http.conditions import UnchangedError, body_tag, is_known
from tradepost.http.errors import (
    FORBIDDEN,
    INTERNAL_ERROR,
    NOT_ACCEPTABLE,
    SERVICE_UNAVAILABLE,
    STANDARD,
    VALIDATION_ERROR,
    ApiError,
    Dialect,
    error_body,
    fail,
)
from tradepost.http.idempotency import Repeats
from tradepost.http.kept import Kept, KeptAnswers, Place, Target
from tradepost.http.limits import Limiter, Standing, charge_request, headers_of
from tradepost.http.logs import Log, common_fields, mask, mask_path, mask_query
from tradepost.http.operations import JSON, Access, Handler, Operation
from tradepost.http.routing import Route, Router, route_of
from tradepost.http.writing import AGAIN, Writer

_JSON: Final = (b"content-type", b"application/json")
_KEPT_ASKING: Final = (b"cache-control", b"private, no-cache")
SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    # Whatever somebody has uploaded, no browser runs it here: docs/security.md.
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
)
"""Headers that every answer has."""
_COMMON: Final = (
    *SECURITY,
    _KEPT_ASKING,
    # Clients that may try things out here, but not on the vendor's service, tell us by this.
    (b"tradepost-version", __version__.encode()),
)
_COMMON_WITH_BODY: Final = (_JSON, *_COMMON)
_WITHOUT_LENGTH: Final = (204, 304)  # RFC 9110, section 8.6
_PLAIN_ACCEPT: Final = (b"", b"*/*", b"application/json")
_QUALITY: Final = re.compile(r"[01](\.[0-9]{0,3})?")
_PROBES: Final = (b"/healthz", b"/readyz")
"""Nothing of them is kept, so they wait for no news: a database may stand still for long."""


class Dispatcher:
    """The operations of a server as one ASGI application (HTTP only)."""

    def __init__(
        self,
        operations: Iterable[tuple[Operation, Handler]],
        authenticator: Authenticator,
        log: Log,
        body_seconds: float,
        kept: KeptAnswers,
        chance: Chance,
        writer: Writer,
        limiter: Limiter,
        trusted_proxies: Sequence[Network] = (),
    ):
        self._writer = writer
        self._repeats = Repeats(writer)
        self._limiter = limiter
        self._gives_again = not limiter.limits_reads
        self._trusted_proxies = trusted_proxies
        self._body_seconds = body_seconds
        self._kept = kept
        self._new_id = chance.uuid
        self._authenticator = authenticator
        self._log = log
        self.requests = 0
        """How many ids of requests were given. A sandbox with a seed sets it back."""
        self._ids = self._numbered(chance.token_bytes(6).hex())
        self._router = Router(operations)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request_id = next(self._ids)
        target: Target = (scope.get("raw_path") or b"", scope["query_string"])
        if self._kept.asks and target[0] not in _PROBES:
            await self._kept.ask_first()
        place, holds = self._kept.find(target)
        if holds and place is not None and self._gives_again:
            again = self._again(place, scope)
            if again is not None:
                kept, caller, status = again
                await send(
                    {
                        "type": "http.response.start",
                        "status": status,
                        "headers": [
                            *(kept.headers if status == 200 else kept.unchanged_headers),
                            (b"x-request-id", request_id.encode()),
                        ],
                    }
                )
                body = kept.answer.body if status == 200 else b""
                await send({"type": "http.response.body", "body": body})
                if self._log.requests:
                    milliseconds = (time.perf_counter() - started) * 1000
                    self._log.repeat(kept.logged, request_id, status, milliseconds, caller.email)
                return
        call: Call | None = None
        details: dict[str, Any] = {}
        dialect = STANDARD
        standing: Standing | None = None
        try:
            headers = _headers(scope)
            node, segments = self._router.find(scope)
            dialect = node.dialect
            route, path = route_of(node, segments, scope)
            url_path = b"/".join(segments).decode("latin-1")
            origin = self._origin(request_id, scope)
            identify = scope.get(VOUCHED) or partial(
                self._caller, route.operation, headers, origin.address
            )
            call = Call(
                route.operation,
                scope,
                receive,
                headers,
                path,
                url_path,
                await identify(),
                identify,
                self._body_seconds,
                place,
                origin,
                self._writer,
            )
            if route.operation.method != "GET" or not self._gives_again:
                standing = await charge_request(self._limiter, call)
            if route.operation.produces == JSON:
                _check_acceptable(headers, scope)
            if route.operation.refuses(call.caller):
                raise fail(FORBIDDEN, "only administrators of this server may do this")
            if (
                call.validates_only
                and not route.operation.may_validate_only
                and route.operation.method != "GET"
            ):
                # Who asks for a look must not be given a write.
                detail = "Prefer: validate-only is not understood here, so nothing was done"
                raise fail(VALIDATION_ERROR, detail)
            if route.operation.method == "GET":
                try:
                    answer = await self._read(route, call, scope, target, place)
                except LostError:  # which may be over, and a read can be done again
                    answer = await self._read(route, call, scope, target, place)
            elif self._repeats.concerns(call):
                answer = await self._repeats.answer(call, route.handler)
                if AGAIN in answer.headers:
                    details["repeated"] = True
            else:
                answer = await route.handler(call)
        except ApiError as error:
            answer = self._error_answer(error, details, dialect)
        except UncertainError as error:
            details["cause"] = mask(str(error))
            lost = fail(
                INTERNAL_ERROR,
                "the database was lost while it stored this: look whether it is there",
            )
            answer = self._error_answer(lost, details, dialect)
        except (UnavailableError, BlobsUnavailableError) as error:
            details["cause"] = mask(str(error))
            what = "database" if isinstance(error, UnavailableError) else "object storage"
            busy = fail(
                SERVICE_UNAVAILABLE,
                f"the {what} cannot take this now; nothing was stored",
                ("retry-after", "1"),
            )
            answer = self._error_answer(busy, details, dialect)
        except Exception:
            details["traceback"] = mask(traceback.format_exc())
            failed = fail(INTERNAL_ERROR, "the server failed; see its log")
            answer = self._error_answer(failed, details, dialect)
        body = answer.body
        start = {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [
                *_headers_of(answer),
                *(() if standing is None else headers_of([standing])),
                (b"x-request-id", request_id.encode()),
            ],
        }
        await send(start)
        if isinstance(answer, StreamedAnswer) and not _is_head(scope):
            await self._send_parts(answer, send, details)
        else:
            await send({"type": "http.response.body", "body": b"" if _is_head(scope) else body})
        self._log_request(scope, request_id, call, answer.status, started, details)

    def _numbered(self, process: str) -> Iterator[str]:
        """Ids of requests: the process, and which of its requests it is."""
        while True:
            number = self.requests
            self.requests = number + 1
            yield f"{process}-{number:x}"

    def _again(self, place: Place, scope: Scope) -> tuple[Kept, Caller, int] | None:
        """A kept answer that is the answer to this request as well, to whom, and the status.

        `None` for a request that is in any way unusual, or from somebody who was not seen lately.
        """
        if scope["method"] != "GET":
            return None
        headers = scope["headers"]
        found = dict(headers)
        authorization = found.get(b"authorization")
        if len(found) != len(headers) or found.get(b"accept", b"*/*") not in _PLAIN_ACCEPT:
            return None
        if authorization is not None:
            caller = self._authenticator.recall(authorization)
        else:
            caller = ANONYMOUS if place.for_anyone else None
        if caller is None:
            return None
        kept = place.answer_for(caller)
        if kept is None:
            return None
        condition = found.get(b"if-none-match")
        if condition is None:
            return kept, caller, 200
        is_current = condition == kept.etag or is_known((condition,), kept.etag)
        return kept, caller, 304 if is_current else 200

    async def _read(
        self, route: Route, call: Call, scope: Scope, target: Target, place: Place | None
    ) -> Answer:
        """The answer to a GET, with its validator; or 304 where the client has it."""
        moment = self._kept.moment
        try:
            answer = await route.handler(call)
        except UnchangedError as found:
            assert call.etag is not None
            # The one that the handler saw: another may stand in its place by now.
            kept = found.kept
            if kept is not None and place is not None and moment == self._kept.moment:
                self._kept.confirm(target, place, kept)
            if kept is None or call.is_known(kept.etag):
                return _unchanged(call.etag)
            return kept.answer
        if answer.status != 200 or isinstance(answer, StreamedAnswer):
            return answer
        etag = call.etag or body_tag(answer.body)
        answer = Answer(200, answer.body, ((b"etag", etag), *answer.headers))
        if moment == self._kept.moment and self._kept.takes(target, call):
            # Only GETs are answered with it, whichever of GET and HEAD this is.
            logged = common_fields(_log_fields({**scope, "method": "GET"}, route.operation))
            unchanged = tuple(_headers_of(_unchanged(etag)))
            kept = Kept(answer, etag, tuple(_headers_of(answer)), unchanged, logged)
            self._kept.keep(target, kept, call)
        return _unchanged(etag) if call.is_known(etag) else answer

    async def _send_parts(
        self, answer: StreamedAnswer, send: Send, details: dict[str, Any]
    ) -> None:
        try:
            async for part in answer.parts():
                await send({"type": "http.response.body", "body": part, "more_body": True})
        except Exception:
            # The status is out already. A body that is shorter than announced tells the client.
            details["traceback"] = mask(traceback.format_exc())
        await send({"type": "http.response.body", "body": b""})

    async def invoke(
        self,
        name: str,
        caller: Caller,
        path: Mapping[str, str],
        body: Any = None,
        query: bytes = b"",
    ) -> bytes:
        """Call an operation by its name from within the process, as somebody known.

        Returns the body of the success; raises what the handler raises. `body` is encoded as
        JSON.
        """
        route = self._router.by_name[name]
        data = b"" if body is None else bodies.encode(body)

        async def receive() -> Mapping[str, Any]:
            return {"type": "http.request", "body": data}

        scope = {"type": "http", "query_string": query}
        url_path = route.operation.path.format_map(path)
        call = Call(
            route.operation,
            scope,
            receive,
            {},
            path,
            url_path,
            caller,
            origin=Origin(f"command-{next(self._ids)}"),
            writer=self._writer,
        )
        answer = await route.handler(call)
        return answer.body

    def operation_of(self, scope: Scope) -> Operation | None:
        """The operation that a request is routed to, if it is to any."""
        try:
            node, segments = self._router.find(scope)
            route, _ = route_of(node, segments, scope)
        except ApiError:
            return None
        return route.operation

    def _origin(self, request_id: str, scope: Scope) -> Origin:
        return Origin(request_id, client_address(scope, self._trusted_proxies))

    def _error_answer(self, error: ApiError, details: dict[str, Any], dialect: Dialect) -> Answer:
        body, ids = error_body(error.problems, dialect, self._new_id)
        codes = [dialect.code(problem.error).code for problem in error.problems]
        details["errors"] = [f"{code} {i}" for code, i in zip(codes, ids, strict=True)]
        headers = tuple((name.encode(), value.encode()) for name, value in error.headers)
        return Answer(error.status, body, headers)

    async def _caller(
        self, operation: Operation, headers: Mapping[bytes, bytes], address: str
    ) -> Caller:
        header = headers.get(b"authorization")
        if header is None and operation.access is Access.ANYONE:
            return ANONYMOUS
        caller = self._authenticator.recall(header) if header is not None else None
        if caller is None:
            caller = await self._authenticator.authenticate(header, address)
        return caller

    def _log_request(
        self,
        scope: Scope,
        request_id: str,
        call: Call | None,
        status: int,
        started: float,
        details: dict[str, Any],
    ) -> None:
        failed = status >= 500 or "traceback" in details
        if not self._log.requests and not failed:
            return
        self._log.event(
            "error" if failed else "info",
            "request",
            request=request_id,
            **_log_fields(scope, call.operation if call else None),
            status=status,
            milliseconds=round((time.perf_counter() - started) * 1000, 3),
            who=call.caller.email if call else "",
            **details,
        )


def _log_fields(scope: Scope, operation: Operation | None) -> dict[str, Any]:
    """What the log says of a request, without anything secret."""
    fields = {
        "operation": operation.name if operation else None,
        "method": scope["method"],
        "path": mask_path(scope["path"]),
    }
    query: bytes = scope["query_string"]
    if query:
        fields["query"] = mask_query(query.decode("latin-1"))
    return fields


def _unchanged(etag: bytes) -> Answer:
    return Answer(304, b"", ((b"etag", etag),))


def _headers_of(answer: Answer) -> list[tuple[bytes, bytes]]:
    """The headers of an answer, but those of one request alone."""
    if answer.status == 304:  # only what may have changed: RFC 9110, section 15.4.5
        return [_KEPT_ASKING, *answer.headers]
    headers = [*(_COMMON_WITH_BODY if answer.body else _COMMON), *answer.headers]
    if answer.status == 302:  # which says itself that nobody may keep it
        headers.remove(_KEPT_ASKING)
    if answer.status not in _WITHOUT_LENGTH:
        length = answer.length if isinstance(answer, StreamedAnswer) else len(answer.body)
        headers.append((b"content-length", b"%d" % length))
    return headers


def _headers(scope: Scope) -> dict[bytes, bytes]:
    """The headers by name in lower case, as ASGI has them; of repeated ones the first counts."""
    return dict(reversed(scope["headers"]))


def _is_head(scope: Scope) -> bool:
    return bool(scope["method"] == "HEAD")


def _check_acceptable(headers: Mapping[bytes, bytes], scope: Scope) -> None:
    """Raise 406 where `Accept` leaves out JSON (RFC 9110, section 12.5.1)."""
    accept = headers.get(b"accept")
    if accept is None:
        return
    repeated = len(headers) < len(scope["headers"])
    if not repeated and accept in _PLAIN_ACCEPT:
        return
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
    if not accept.strip(b" ,"):
        return
    best: tuple[int, float] = (-1, 0.0)
    for part in accept.decode("latin-1").lower().split(","):
        kind, *options = [piece.strip() for piece in part.split(";")]
        rank = {"*/*": 0, "application/*": 1, "application/json": 2}.get(kind, -1)
        sent = next((o[2:] for o in options if o.startswith("q=")), "1")
        quality = float(sent) if _QUALITY.fullmatch(sent) else 1.0
        if rank >= 0:
            best = max(best, (rank, quality))
    if best[1] <= 0:
        raise fail(NOT_ACCEPTABLE, "answers here are application/json, which Accept leaves out")
