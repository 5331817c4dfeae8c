"""One request on its way (`Call`), who makes it (`Caller`), and what it ends in (`Answer`)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from tradepost.http import bodies
from tradepost.http.errors import (
    FORBIDDEN,
    PAYLOAD_TOO_LARGE,
    REQUEST_TIMEOUT,
    UNSUPPORTED_MEDIA_TYPE,
    VALIDATION_ERROR,
    ApiError,
    Problem,
    fail,
)
from tradepost.http.parameters import Query, read_query

if TYPE_CHECKING:
    from tradepost.http.operations import Operation

MAX_BODY: Final = 1024 * 1024
"""The largest JSON body, in bytes."""

T = TypeVar("T")
Scope = Mapping[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Message], Awaitable[None]]


class Caller(msgspec.Struct, frozen=True):
    """Who makes a request. `spaces` maps each developer space joined to the roles there."""

    person_id: str
    email: str
    administrator: bool
    spaces: Mapping[str, tuple[str, ...]]

    def belongs_to(self, developer_space_id: str) -> bool:
        """Whether the caller may see and do what members of that developer space may."""
        return self.administrator or developer_space_id in self.spaces


ANONYMOUS: Final = Caller("", "", False, {})
OPERATOR: Final = Caller("", "operator", True, {})
"""Whoever runs `tradepost` commands on the server's own database."""


class Answer:
    """The answer to a request: a status, a body that is already encoded, and its headers."""

    __slots__ = ("body", "headers", "status")

    def __init__(
        self, status: int, body: bytes = b"", headers: tuple[tuple[bytes, bytes], ...] = ()
    ):
        self.status = status
        self.body = body
        self.headers = headers


class Call:
    """One request. What costs time (query, body) is read when a handler asks for it."""

    __slots__ = (
        "_body_seconds",
        "_identify",
        "_receive",
        "_required_space",
        "_scope",
        "caller",
        "headers",
        "operation",
        "path",
        "url_path",
    )

    def __init__(
        self,
        operation: "Operation",
        scope: Scope,
        receive: Receive,
        headers: Mapping[bytes, bytes],
        path: Mapping[str, str],
        url_path: str,
        caller: Caller,
        identify: Callable[[], Awaitable[Caller]] | None = None,
        body_seconds: float | None = None,
    ):
        self.operation = operation
        self.headers = headers
        self.path = path
        self.url_path = url_path
        """The path without the `/marketplace` prefix, for links."""
        self.caller = caller
        self._scope = scope
        self._receive = receive
        self._identify = identify
        self._body_seconds = body_seconds
        self._required_space: str | None = None

    def query(self) -> Query:
        """The query, where all of it can be understood; raises 400 with every problem."""
        query, problems = self.query_and_problems()
        if problems:
            raise ApiError(problems)
        return query

    def query_and_problems(self) -> tuple[Query, list[Problem]]:
        """The query and what is wrong with it, for handlers that find more problems."""
        return read_query(self._scope["query_string"], self.operation.query)

    async def body(self, kind: type[T]) -> tuple[T, list[Problem]]:
        """Read and decode the JSON body. See `bodies.decode` for what comes with problems.

        Raises 413 and 415, 408 for a body that takes too long, and 400 where it is not JSON at
        all. A body may take a while to come, so the caller is identified and authorised again
        after it: raises 401 and 403 for those who have lost their rights meanwhile.
        """
        try:
            async with asyncio.timeout(self._body_seconds):
                data = await self.read_body()
        except TimeoutError:
            detail = f"a body must be whole within {self._body_seconds:g} seconds"
            raise fail(REQUEST_TIMEOUT, detail) from None
        await self._authorise_again()
        if data or self.operation.body_required:
            self._check_content_type()
        else:
            data = b"{}"
        return bodies.decode(data, kind)

    async def good_body(self, kind: type[T]) -> T:
        """The decoded JSON body, for handlers that look for no further problems in it.

        Raises 400 with every problem, and what `body` raises.
        """
        body, problems = await self.body(kind)
        if problems:
            raise ApiError(problems)
        return body

    async def read_body(self) -> bytes:
        """The whole body, up to `MAX_BODY` bytes; raises 413, or 400 where it breaks off."""
        length = self.headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > MAX_BODY:
            raise _too_large()
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                # Gone, or its chunks are malformed: the HTTP server says the same of both.
                raise fail(VALIDATION_ERROR, "the body did not arrive whole")
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > MAX_BODY:
                raise _too_large()
            chunks.append(chunk)
            if not message.get("more_body"):
                return b"".join(chunks)

    def require_member(self, developer_space_id: str) -> None:
        """Raise 403 unless the caller belongs to the developer space or administers."""
        self._required_space = developer_space_id
        if not self.caller.belongs_to(developer_space_id):
            raise fail(FORBIDDEN, "only members of the developer space that owns it may do this")

    async def _authorise_again(self) -> None:
        if self._identify is None:
            return
        self.caller = await self._identify()
        if self.operation.refuses(self.caller):
            raise fail(FORBIDDEN, "only administrators of this server may do this")
        if self._required_space is not None:
            self.require_member(self._required_space)

    @property
    def wants_minimal(self) -> bool:
        """Whether `Prefer: return=minimal` asks for an answer without a body (RFC 7240)."""
        prefer = self.headers.get(b"prefer")
        if prefer is None:
            return False
        words = prefer.lower().replace(b";", b",").split(b",")
        return any(
            word.replace(b" ", b"").replace(b'"', b"") == b"return=minimal" for word in words
        )

    def created(self, location: str, body: bytes) -> Answer:
        """201 with `Location`, and the new thing as the body unless the client minds."""
        return self._written(201, body, (b"location", location.encode()))

    def updated(self, body: bytes) -> Answer:
        """200 with the new representation, unless the client minds."""
        return self._written(200, body)

    def _written(self, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> Answer:
        if self.wants_minimal:
            return Answer(status, b"", (*headers, (b"preference-applied", b"return=minimal")))
        return Answer(status, body, headers)

    def _check_content_type(self) -> None:
        sent = self.headers.get(b"content-type")
        if sent is None or sent == b"application/json":
            return
        kind, *options = [part.strip() for part in sent.decode("latin-1").lower().split(";")]
        charset = next((o[8:].strip('"') for o in options if o.startswith("charset=")), "utf-8")
        if kind != "application/json":
            raise fail(UNSUPPORTED_MEDIA_TYPE, "the body must be sent as application/json")
        if charset not in ("utf-8", "utf8", "us-ascii"):
            raise fail(UNSUPPORTED_MEDIA_TYPE, "the charset of a JSON body must be UTF-8")


def _too_large() -> ApiError:
    return fail(PAYLOAD_TOO_LARGE, f"a JSON body may have at most {MAX_BODY} bytes")
