"""A proxy on loopback before a real server, which fails when a test wants it to."""

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Literal, NamedTuple, Self

Fault = Literal["none", "drop", "lose", "unavailable", "stall", "break"]
"""`drop` hangs up before the request is passed on, `lose` passes it on and hangs up instead of
answering, `unavailable` answers 503 without passing it on, `stall` does nothing at all until the
proxy is reset or left, `break` hangs up in the middle of the answer's body."""

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}


class Request(NamedTuple):
    """A request that reached the server."""

    method: str
    path: str

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")


class Proxy:
    """Passes requests on to a server of this machine.

    `fault` says, for the number of a request counted from 1, what goes wrong with it; `answered`
    is called before an answer is passed back. `seen` counts all requests, and `passed` holds
    those that reached the server. `hide` are headers of answers to leave out.
    """

    def __init__(self, port: int, hide: tuple[str, ...] = ()):
        self.fault: Callable[[int], Fault] = lambda _: "none"
        self.answered: Callable[[int], None] = lambda _: None
        self.seen = 0
        self.passed: list[Request] = []
        self._hidden = _HOP_BY_HOP.union(hide)
        self._lock = threading.Lock()
        self._stalled = threading.Event()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer in one piece, at once: many are waited for.
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                proxy._handle(self, port)

            do_POST = do_PUT = do_HEAD = do_DELETE = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def reset(self) -> None:
        """Forget what was seen, end what is stalled, and let everything through."""
        self._stalled.set()
        self._stalled = threading.Event()
        self.fault, self.answered = lambda _: "none", lambda _: None
        self.seen, self.passed = 0, []

    def _handle(self, client: BaseHTTPRequestHandler, port: int) -> None:
        with self._lock:
            self.seen += 1
            number, stalled = self.seen, self._stalled
        fault = self.fault(number)
        if fault in ("drop", "stall"):
            if fault == "stall":
                stalled.wait()
            client.close_connection = True
            return
        body = client.rfile.read(int(client.headers.get("Content-Length", "0")))
        if fault == "unavailable":
            client.send_response(503)
            client.send_header("Content-Length", "0")
            client.end_headers()
            return
        with self._lock:
            self.passed.append(Request(client.command, client.path))
        status, headers, answer = self._ask(client, port, body)
        self.answered(number)
        if fault == "lose":
            client.close_connection = True
            return
        client.send_response(status)
        for name, value in headers:
            if name.lower() not in self._hidden:
                client.send_header(name, value)
        client.end_headers()
        if fault == "break":
            client.close_connection = True
            answer = answer[: len(answer) // 2]
        client.wfile.write(answer)

    @staticmethod
    def _ask(
        client: BaseHTTPRequestHandler, port: int, body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(client.command, client.path, body or None, dict(client.headers))
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            connection.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stalled.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
