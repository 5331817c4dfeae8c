"""How pages ask the API: operations by their paths, in this process, as whoever is signed in.

So a page shows nothing that the API would not tell that person, and what a form sends is
validated, audited and limited as any request is.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from tradepost.console.passing import PassedOn
from tradepost.http.call import HERE, VOUCHED, Caller, Headers, Message, Receive, Scope, Send

Api = Callable[[Scope, Receive, Send], Awaitable[None]]
Identify = Callable[[], Awaitable[Caller]]
Query = Mapping[str, str | int | None] | Iterable[tuple[str, str]]
_PASSED_ON: Final = (b"x-forwarded-for", b"user-agent")
_OF_DOWNLOADS: Final = (b"range", b"if-range", b"if-none-match")
_OF_UPLOADS: Final = (b"content-type", b"content-length")


class Told(msgspec.Struct, frozen=True):
    """One problem, as the API tells it; `detail` starts with the path of the field, if any."""

    code: str
    title: str
    detail: str

    @property
    def path(self) -> str:
        """The first word, which is the path of the field where the problem is of a field."""
        return self.detail.partition(" ")[0].removesuffix(":")

    def is_of(self, path: str) -> bool:
        """Whether it is a problem of that field, or of something in it."""
        return self.path == path or self.path.startswith((f"{path}.", f"{path}["))


class Reply:
    """An answer of the API."""

    __slots__ = ("_data", "body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes):
        self.status = status
        self.headers = {name.lower().decode(): value.decode("latin-1") for name, value in headers}
        self.body = body
        self._data: Any = None

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def data(self) -> Any:
        """What the body says, decoded once; `None` where there is none."""
        if self._data is None and self.body:
            self._data = msgspec.json.decode(self.body)
        return self._data

    @property
    def problems(self) -> list[Told]:
        """What was wrong with the request; nothing where it succeeded."""
        if self.is_success:
            return []
        try:
            errors = self.data["errors"]
        except (msgspec.DecodeError, KeyError, TypeError):
            return [Told(str(self.status), "The server did not answer as it should", "")]
        return [Told(error["code"], error["title"], error["detail"]) for error in errors]


class Refused(Exception):
    """The API has refused what a page needs."""

    def __init__(self, reply: Reply):
        super().__init__(f"the API answered {reply.status}")
        self.reply = reply


class Ask:
    """Asks the API on behalf of one visitor.

    `reads` answers GET; `writes` answers all else, so that a sandbox's faults and reviews strike
    what is written here too. What a page reads is for who was signed in at its start, `caller`; for
    what it writes, `identify` tells who is signed in then.
    """

    def __init__(
        self,
        reads: Api,
        writes: Api,
        sandbox: Api | None,
        scope: Scope,
        caller: Caller | None,
        identify: Identify | None,
    ):
        self._reads = reads
        self._writes = writes
        self._sandbox = sandbox
        self._scope = scope
        self._caller = caller
        self._identify = identify
        self._headers = [pair for pair in scope["headers"] if pair[0] in _PASSED_ON]

    async def get(self, path: str, query: Query = ()) -> Reply:
        """The answer to a GET, whatever it is."""
        return await self._send(self._reads, "GET", path, query, b"", ())

    async def read(self, path: str, query: Query = ()) -> Any:
        """What a GET answers, decoded. Raises `Refused` where it is no success."""
        reply = await self.get(path, query)
        if not reply.is_success:
            raise Refused(reply)
        return reply.data

    async def find(self, path: str, query: Query = ()) -> Any:
        """The same; `None` for 404."""
        reply = await self.find_reply(path, query)
        return None if reply is None else reply.data

    async def find_reply(self, path: str, query: Query = ()) -> Reply | None:
        """The success of a GET with its headers; `None` for 404. Raises `Refused` for all else."""
        reply = await self.get(path, query)
        if reply.status == 404:
            return None
        if not reply.is_success:
            raise Refused(reply)
        return reply

    async def write(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Query = (),
    ) -> Reply:
        """The answer to a request that writes, whatever it is. `body` is encoded as JSON."""
        sent = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        data = b"" if body is None else msgspec.json.encode(body)
        if data:
            sent.append((b"content-type", b"application/json"))
        return await self._send(self._writes, method, path, query, data, sent)

    def download(self, path: str, *, here: bool = False) -> PassedOn:
        """The answer to a GET (or HEAD) of a file, sent on as it comes, ranges and all.

        Where object storage has the file, the answer may lead there, unless it must be `here`.
        """
        sent = [pair for pair in self._scope["headers"] if pair[0] in _OF_DOWNLOADS]
        scope = self._scope_of(self._scope["method"], path, (), sent)
        if here:
            scope[HERE] = True
        return PassedOn(lambda receive, send: self._reads(scope, receive, send))

    async def upload(self, path: str, receive: Receive) -> Reply:
        """The answer to a POST whose body is the one of the visitor's own request, unread."""
        sent = [pair for pair in self._scope["headers"] if pair[0] in _OF_UPLOADS]
        scope = self._scope_of("POST", path, (), sent)
        return await _caught(self._writes, scope, receive, Caught())

    async def sandbox(
        self, method: str, path: str, body: Any = None, *, query: Query = ()
    ) -> Reply:
        """The answer of a path below `/_sandbox`, of a server that is one. A body that is no
        bytes is encoded as JSON."""
        assert self._sandbox is not None
        data = b"" if body is None else body
        if not isinstance(data, bytes):
            data = msgspec.json.encode(data)
        # It goes by the name that it is called by, so that no page of others can be our visitor.
        host = [pair for pair in self._scope["headers"] if pair[0] == b"host"]
        return await self._send(self._sandbox, method, f"/_sandbox{path}", query, data, host)

    def vouched(self, path: str, raw_path: bytes, headers: Iterable[tuple[bytes, bytes]]) -> Scope:
        """The visitor's own request as one to another path, for pages that pass it on."""
        scope = {
            **self._scope,
            "path": path,
            "raw_path": raw_path,
            "headers": [*self._headers, *headers],
        }
        if self._caller is not None:
            scope[VOUCHED] = self._identify
        return scope

    async def _known(self) -> Caller:
        assert self._caller is not None
        return self._caller

    async def _send(
        self,
        api: Api,
        method: str,
        path: str,
        query: Query,
        body: bytes,
        headers: Iterable[tuple[bytes, bytes]],
    ) -> Reply:
        length = (b"content-length", b"%d" % len(body))
        caught = Caught(body)
        scope = self._scope_of(method, path, query, [*headers, length])
        return await _caught(api, scope, caught.receive, caught)

    def _scope_of(
        self, method: str, path: str, query: Query, headers: Iterable[tuple[bytes, bytes]]
    ) -> dict[str, Any]:
        pairs = query.items() if isinstance(query, Mapping) else query
        wanted = [(name, value) for name, value in pairs if value not in (None, "")]
        scope = {
            **self._scope,
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": urlencode(wanted).encode(),
            "headers": [*self._headers, *headers],
            # A fault that breaks a connection off finds none here: it is the visitor's own.
            "server": None,
        }
        if self._caller is not None:
            scope[VOUCHED] = self._known if method in ("GET", "HEAD") else self._identify
        return scope


class Caught:
    """The two ends of an ASGI call in this process: a body to give, and the answer that comes."""

    def __init__(self, body: bytes = b""):
        self._body = body
        self._status = 0
        self._headers: Headers = ()
        self._parts: list[bytes] = []

    async def receive(self) -> Message:
        body, self._body = self._body, b""
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = tuple(message["headers"])
        else:
            self._parts.append(message.get("body", b""))

    def reply(self) -> Reply:
        return Reply(self._status, self._headers, b"".join(self._parts))


async def _caught(api: Api, scope: Scope, receive: Receive, caught: Caught) -> Reply:
    """The answer to a request, or what stands for one that a sandbox's fault has lost."""
    try:
        await api(scope, receive, caught.send)
    except ConnectionResetError as broken:
        detail = f"{broken}: what was asked for was carried out all the same"
        error = {"code": "ANSWER_LOST", "title": "No answer", "detail": detail}
        return Reply(502, (), msgspec.json.encode({"errors": [error]}))
    return caught.reply()


def segment(text: str) -> str:
    """A text as one segment of a path."""
    return quote(text, safe="")
