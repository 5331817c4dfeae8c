"""Servers that files are fetched from: real ones on loopback, and an Internet of names for them."""

import asyncio
import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import httpcore2

from tradepost.assets.remote import Fetched, Fetcher, Sink

Answer = Callable[[socket.socket], None]
HOST = "127.0.0.1"


class Remote:
    """A server on loopback that answers by path, with bytes or by a function of its socket.

    `connections` counts those that were accepted, and `heads` holds what was sent on them.
    """

    def __init__(self, answers: dict[str, bytes | Answer], tls: ssl.SSLContext | None = None):
        self.answers = answers
        self.connections = 0
        self.heads: list[bytes] = []
        remote = self

        class Server(socketserver.ThreadingTCPServer):
            def get_request(self) -> tuple[Any, Any]:
                accepted = super().get_request()
                remote.connections += 1
                return accepted

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                # Clients hang up whenever they like; that is theirs to judge.
                with contextlib.suppress(OSError):
                    if tls is None:
                        remote._answer(self.request)
                    else:
                        with tls.wrap_socket(self.request, server_side=True) as connection:
                            remote._answer(connection)

        self._server = Server((HOST, 0), Handler)
        self.port: int = self._server.server_address[1]
        self.scheme = "http" if tls is None else "https"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> "Remote":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, path: str = "/", host: str = HOST) -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            part = connection.recv(65536)
            if not part or not part.isascii():  # it left, or does not speak HTTP
                return
            head += part
        self.heads.append(head)
        answer = self.answers[head.split()[1].decode().partition("?")[0]]
        if isinstance(answer, bytes):
            connection.sendall(answer)
        else:
            answer(connection)


class Internet(httpcore2.AsyncNetworkBackend):
    """Names with their addresses, all of which lead to one server on loopback.

    The addresses of a name are given one list for each time that it is looked up; the last goes
    on for ever. `lookups` and `dialled` hold what was asked for, in order.
    """

    def __init__(self, remote: Remote, names: Mapping[str, Sequence[list[str]]]):
        self.names = names
        self.lookups: list[str] = []
        self.dialled: list[str] = []
        self.dead: frozenset[str] = frozenset()
        self._remote = remote
        self._network = httpcore2.AnyIOBackend()

    async def resolve(self, host: str, port: int) -> list[str]:
        answers = self.names.get(host, [[]])
        before = self.lookups.count(host)
        self.lookups.append(host)
        return answers[min(before, len(answers) - 1)]

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (the library's interface)
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.dialled.append(host)
        if host in self.dead:
            raise httpcore2.ConnectTimeout
        return await self._network.connect_tcp(HOST, self._remote.port, timeout)

    def fetcher(self, allowed: Iterable[str] = (), max_bytes: int = 1000) -> Fetcher:
        return Fetcher(allowed, max_bytes, 30, resolve=self.resolve, network=self)


def ok(body: bytes, *headers: str) -> bytes:
    """A whole answer."""
    return head("200 OK", f"Content-Length: {len(body)}", *headers) + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return head(status, f"Location: {location}", "Content-Length: 0")


def head(status: str, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def hold(connection: socket.socket) -> None:
    """Say nothing more until the client hangs up."""
    while connection.recv(65536):
        pass


def trickle(connection: socket.socket) -> None:
    """Send a header a character at a time, without an end, until the client hangs up."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    connection.settimeout(0.005)
    while True:
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            connection.sendall(b"x")


def fetched(fetcher: Fetcher, uri: str, sink: Sink | None = None) -> tuple[Fetched, bytes]:
    """What a fetch gives, and the bytes that it passed on."""
    body = bytearray()

    async def gather(chunk: bytes) -> None:
        body.extend(chunk)

    return run(fetcher.fetch(uri, sink or gather)), bytes(body)


def run(work: Awaitable[Any]) -> Any:
    async def main() -> Any:
        return await work

    return asyncio.run(main())


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word on them."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]
