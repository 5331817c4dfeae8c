"""A server on loopback that answers as a script says, faults included."""

import json
import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self


class Act(NamedTuple):
    """What happens to one connection: whether its request is read, and what is sent then."""

    sent: bytes
    read: bool = True


class Received(NamedTuple):
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def answer(status: int, body: Any = b"", *headers: str, length: int | None = None) -> Act:
    """An answer. A body that is no bytes is JSON; `length` is what `Content-Length` claims."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    claimed = len(content) if length is None else length
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {claimed}", *headers]
    head = "\r\n".join([*lines, "Connection: close", "", ""])
    return Act(head.encode("latin-1") + content)


def refusal(status: int, code: str, detail: str = "because", *headers: str) -> Act:
    """An error answer of the contract."""
    entry = {"id": "1", "status": str(status), "code": code, "title": "No", "detail": detail}
    return answer(status, {"errors": [entry]}, *headers)


GONE_BEFORE = Act(b"", read=False)
"""The connection is closed before the request is read."""
GONE_AFTER = Act(b"")
"""The connection is closed after the request was read, without an answer."""


class Faults:
    """The server: one connection for each act. What came is in `received`."""

    def __init__(self, acts: Sequence[Act]):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._acts = list(acts)
        self.received: list[Received] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A connection that nobody makes would be waited for: whoever waits is woken.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        acts = iter(self._acts)
        act = next(acts, None)
        while act is not None:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed: not all acts were needed
                return
            with connection:
                connection.settimeout(30)
                if act.read:
                    request = _receive(connection)
                    if request is None:  # somebody who only looked whether anyone is there
                        continue
                    self.received.append(request)
                connection.sendall(act.sent)
            act = next(acts, None)


def _receive(connection: socket.socket) -> Received | None:
    """The request of a connection; none where it ends without one."""
    stream = connection.makefile("rb")
    first = stream.readline().decode().split()
    if not first:
        return None
    method, target, _ = first
    headers: dict[str, str] = {}
    while line := stream.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Received(method, target, headers, stream.read(int(headers.get("content-length", "0"))))
