"""One request on its way (`Call`), who makes it (`Caller`), and what it ends in (`Answer`)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from tradepost.http import bodies
from tradepost.http.conditions import Precondition, UnchangedError, entity_tag, is_known
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
    from tradepost.http.kept import Place
    from tradepost.http.operations import Operation
    from tradepost.http.writing import Key, Work, Writer

MAX_BODY: Final = 1024 * 1024
"""The largest JSON body, in bytes."""

_METERED: Final = 8 * 1024 * 1024
"""After how many bytes the size of a body of unknown length is charged."""

VALIDATE_ONLY: Final = b"validate-only"

REVIEWED: Final = "tradepost.reviewed"
"""An extension of the ASGI scope, for `Call.is_reviewed`."""

VOUCHED: Final = "tradepost.vouched"
"""An extension of the ASGI scope: an `async` function that tells who calls, or raises 401, in place
of what the request itself says. Only who stands before the server in its process can set it."""

HERE: Final = "tradepost.here"
"""An extension of the ASGI scope: a file must be sent from here, whoever else may have it too."""

T = TypeVar("T")
Scope = Mapping[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Message], Awaitable[None]]


class Caller(msgspec.Struct, frozen=True):
    """Who makes a request. `spaces` maps each developer space joined to the roles there.

    `api_token_id` is the API token they signed in with; empty for those who did not.
    """

    person_id: str
    email: str
    administrator: bool
    spaces: Mapping[str, tuple[str, ...]]
    api_token_id: str = ""

    def belongs_to(self, developer_space_id: str) -> bool:
        """Whether the caller may see and do what members of that developer space may."""
        return self.administrator or developer_space_id in self.spaces

    def has_role(self, developer_space_id: str, roles: frozenset[str]) -> bool:
        """Whether the caller has one of some roles in a developer space, or administers."""
        held = self.spaces.get(developer_space_id, ())
        return self.administrator or not roles.isdisjoint(held)

    def spaces_as(self, roles: frozenset[str]) -> list[str]:
        """The developer spaces in which the caller has one of some roles, in order of their ids."""
        return sorted(space for space, held in self.spaces.items() if not roles.isdisjoint(held))


ANONYMOUS: Final = Caller("", "", False, {})
OPERATOR: Final = Caller("", "operator", True, {})
"""Whoever runs `tradepost` commands on the server's own database."""


class Origin(msgspec.Struct, frozen=True):
    """Where a request comes from: its id, as the log and the answer have it, and the address of
    the client, empty for commands."""

    request_id: str = ""
    address: str = ""


NOWHERE: Final = Origin()


Headers = tuple[tuple[bytes, bytes], ...]


class Answer:
    """The answer to a request: a status, a body that is already encoded, and its headers."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes = b"", headers: Headers = ()):
        self.status = status
        self.body = body
        self.headers = headers


class StreamedAnswer(Answer):
    """An answer whose body comes in parts. Its headers say its type; `length` is in bytes."""

    __slots__ = ("length", "parts")

    def __init__(
        self, status: int, headers: Headers, parts: Callable[[], AsyncIterator[bytes]], length: int
    ):
        super().__init__(status, b"", headers)
        self.parts = parts
        self.length = length


class Call:
    """One request. What costs time (query, body) is read when a handler asks for it."""

    __slots__ = (
        "_body_seconds",
        "_identify",
        "_meter",
        "_place",
        "_receive",
        "_required_space",
        "_scope",
        "_whole",
        "_writer",
        "caller",
        "etag",
        "headers",
        "key",
        "operation",
        "origin",
        "owner",
        "path",
        "topic",
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
        place: "Place | None" = None,
        origin: Origin = NOWHERE,
        writer: "Writer | None" = None,
    ):
        self.operation = operation
        self.headers = headers
        self.path = path
        self.url_path = url_path
        """The path without the `/marketplace` prefix, for links."""
        self.caller = caller
        self.origin = origin
        self.key: Key | None = None
        """The idempotency key of a request that may be repeated with it."""
        self._writer = writer
        self._meter: Callable[[int], Awaitable[None]] | None = None
        self._whole: bytes | None = None
        self._scope = scope
        self._receive = receive
        self._identify = identify
        self._body_seconds = body_seconds
        self._place = place
        self.topic: str | None = None
        """What the answer depends on, where the handler said so: see `depends_on`."""
        self.owner: str | None = None
        self.etag: bytes | None = None
        """The validator of the answer, where the handler knows it beforehand."""
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
        data = await self.whole_body()
        await self.authorise_again()
        if data or self.operation.body_required:
            self._check_content_type()
        else:
            data = bodies.empty(kind)
        return bodies.decode(data, kind)

    async def good_body(self, kind: type[T]) -> T:
        """The decoded JSON body, for handlers that look for no further problems in it.

        Raises 400 with every problem, and what `body` raises.
        """
        body, problems = await self.body(kind)
        if problems:
            raise ApiError(problems)
        return body

    async def whole_body(self) -> bytes:
        """The bytes of the body, however often this is asked for; raises 413, 408 and 400."""
        if self._whole is None:
            try:
                async with asyncio.timeout(self._body_seconds):
                    self._whole = await self.read_body()
            except TimeoutError:
                detail = f"a body must be whole within {self._body_seconds:g} seconds"
                raise fail(REQUEST_TIMEOUT, detail) from None
        return self._whole

    async def read_body(self) -> bytes:
        """The whole body, up to `MAX_BODY` bytes; raises 413, or 400 where it breaks off."""
        if self.declared_length > MAX_BODY:
            raise _too_large()
        chunk, more = await self._next_chunk()
        chunks, size = [chunk], len(chunk)
        while more and size <= MAX_BODY:
            chunk, more = await self._next_chunk()
            chunks.append(chunk)
            size += len(chunk)
        if size > MAX_BODY:
            raise _too_large()
        return b"".join(chunks)

    @property
    def declared_length(self) -> int:
        """What `Content-Length` says, or 0 where it is absent."""
        length = self.headers.get(b"content-length", b"0")
        return int(length) if length.isdigit() else 0

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives; raises 400 where it breaks off, and what its meter raises."""
        more, due, meter = True, 0, self._meter
        if meter is not None and self.declared_length:  # before the client is told to go on
            await meter(self.declared_length)
            meter = None
        while more:
            chunk, more = await self._next_chunk()
            if meter is not None:
                due += len(chunk)
                if due >= _METERED or not more:
                    await meter(due)
                    due = 0
            yield chunk

    def meter(self, charge: Callable[[int], Awaitable[None]]) -> None:
        """Let the size of the body be charged where it is read: beforehand where it is known, else
        as it arrives. What is refused unread costs nothing."""
        self._meter = charge

    async def _next_chunk(self) -> tuple[bytes, bool]:
        """The next part of the body, and whether more follows; raises 400 where it breaks off."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            # Gone, or its chunks are malformed: the HTTP server says the same of both.
            raise fail(VALIDATION_ERROR, "the body did not arrive whole")
        return message.get("body", b""), message.get("more_body", False)

    def depends_on(self, topic: str, owner: str | None = None) -> None:
        """Say what a GET's answer is made of, so that it can be kept and given again.

        Only what a transaction reports as written under the topic (`Transaction.touch`) may change
        the answer, and of the caller only whether they belong to the developer space `owner`.
        """
        self.topic = topic
        self.owner = owner

    def unless_unchanged(self, *state: object) -> None:
        """Say in which state is what a GET asks for, before any document of it is read.

        The state is the answer's `ETag`. Raises `UnchangedError`, which the dispatcher turns into
        an answer, where the client has that state, or the server has kept the answer.
        """
        self.etag = entity_tag(*state)
        kept = None if self._place is None else self._place.answer_for(self.caller)
        if kept is not None and kept.etag == self.etag:
            raise UnchangedError(kept)
        if self.is_known(self.etag):
            raise UnchangedError

    def is_known(self, tag: bytes) -> bool:
        """Whether `If-None-Match` says that the client has what a validator stands for."""
        if b"if-none-match" not in self.headers:
            return False
        return is_known(self.lines(b"if-none-match"), tag)

    def precondition(self) -> Precondition:
        """What `If-Match` demands of what is to be replaced."""
        return Precondition(self.lines(b"if-match") if b"if-match" in self.headers else ())

    async def write(self, work: "Work", *, about: str | None = None) -> Answer:
        """Do what a request asks for in one unit of work, and return its answer once that is
        durable; with `Prefer: validate-only`, the answer that it would have.

        The work says in its trail what it has done: see `Writer.write`.
        """
        assert self._writer is not None
        return await self._writer.write(self, work, about)

    def query_string(self) -> bytes:
        """The query as it was sent."""
        sent: bytes = self._scope["query_string"]
        return sent

    def lines(self, name: bytes) -> list[bytes]:
        """All lines of a header, by its name in lower case."""
        return [value for header, value in self._scope["headers"] if header == name]

    def require_member(self, developer_space_id: str) -> None:
        """Raise 403 unless the caller may call this operation in a developer space.

        Members may, with one of the operation's roles where it has some, and administrators.
        """
        self._required_space = developer_space_id
        if not self.caller.belongs_to(developer_space_id):
            raise fail(FORBIDDEN, "only members of the developer space that owns it may do this")
        roles = self.operation.roles
        if roles and not self.caller.has_role(developer_space_id, roles):
            raise _lacks_role(roles)

    def spaces_allowed(self) -> list[str]:
        """The developer spaces in which the caller has one of the operation's roles.

        None for administrators, who act for all. Raises 403 where the caller has such a role
        nowhere.
        """
        spaces = self.caller.spaces_as(self.operation.roles)
        if not spaces and not self.caller.administrator:
            raise _lacks_role(self.operation.roles)
        return [] if self.caller.administrator else spaces

    @property
    def required_space(self) -> str | None:
        """The developer space that `require_member` has asked about, if it has."""
        return self._required_space

    def require_again(self, developer_space_id: str | None) -> None:
        """Raise 403 unless the caller may still do what was done before to something of a developer
        space, or of none in particular."""
        if developer_space_id is not None:
            self.require_member(developer_space_id)
        elif self.operation.roles:
            self.spaces_allowed()

    async def authorise_again(self) -> None:
        """Identify the caller again, after a body that may have taken a while.

        Raises 401 and 403 for those who have lost their rights meanwhile.
        """
        if self._identify is None:
            return
        self.caller = await self._identify()
        if self.operation.refuses(self.caller):
            raise fail(FORBIDDEN, "only administrators of this server may do this")
        if self._required_space is not None:
            self.require_member(self._required_space)

    def preference(self, name: bytes) -> bytes | None:
        """What `Prefer` says for a name in lower case (RFC 7240): its value, which may be empty.

        `None` where no line of it has the name. All lines count, and the first of one name.
        """
        if b"prefer" not in self.headers:
            return None
        for preference in b",".join(self.lines(b"prefer")).lower().split(b","):
            found, _, value = preference.partition(b";")[0].partition(b"=")
            if found.strip() == name:
                return value.strip().strip(b'"')
        return None

    @property
    def is_head(self) -> bool:
        """Whether only the headers of the answer are asked for."""
        return bool(self._scope["method"] == "HEAD")

    @property
    def needs_bytes(self) -> bool:
        """Whether a download cannot be answered with where the file is."""
        return HERE in self._scope

    @property
    def is_reviewed(self) -> bool:
        """Whether what is submitted waits for a reviewer, whatever the developer space's policy."""
        return REVIEWED in self._scope

    @property
    def validates_only(self) -> bool:
        """Whether the request is only to be checked: `Prefer: validate-only`, which is ours."""
        return self.preference(VALIDATE_ONLY) is not None

    def validated(self, body: bytes) -> Answer:
        """200 with what would have been created."""
        return Answer(200, body, ((b"preference-applied", b"validate-only"),))

    def created(self, location: str, body: bytes) -> Answer:
        """201 with `Location`, and the new thing as the body unless the client minds."""
        if self.validates_only:
            return self.validated(body)
        return self._written(201, body, (b"location", location.encode()))

    def updated(self, body: bytes) -> Answer:
        """200 with the new representation, unless the client minds."""
        if self.validates_only:
            return self.validated(body)
        return self._written(200, body)

    def _written(self, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> Answer:
        if self.preference(b"return") == b"minimal":
            return Answer(status, b"", (*headers, (b"preference-applied", b"return=minimal")))
        return Answer(status, body, headers)

    def _check_content_type(self) -> None:
        sent = self.headers.get(b"content-type")
        if sent is None or sent == b"application/json":
            return
        kind, *options = [part.strip() for part in sent.decode("latin-1").lower().split(";")]
        charset = next((o[8:].strip('"') for o in options if o.startswith("charset=")), "utf-8")
        if kind not in ("application/json", self.operation.consumes):
            detail = f"the body must be sent as {self.operation.consumes}"
            raise fail(UNSUPPORTED_MEDIA_TYPE, detail)
        if charset not in ("utf-8", "utf8", "us-ascii"):
            raise fail(UNSUPPORTED_MEDIA_TYPE, "the charset of a JSON body must be UTF-8")


def _lacks_role(roles: frozenset[str]) -> ApiError:
    return fail(FORBIDDEN, f"this needs one of the roles {', '.join(sorted(roles))}")


def _too_large() -> ApiError:
    return fail(PAYLOAD_TOO_LARGE, f"a JSON body may have at most {MAX_BODY} bytes")
