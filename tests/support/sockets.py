"""Clients that speak HTTP badly: what they send goes to the socket as it is."""

import base64
import contextlib
import json
import socket
from collections.abc import Iterator
from typing import Any

from tests.support.client import DEVELOPER

AUTHORIZATION = b"Authorization: Basic " + base64.b64encode(":".join(DEVELOPER).encode())


@contextlib.contextmanager
def raw(port: int) -> Iterator[socket.socket]:
    """A connection to a server of this machine that sends every piece at once."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection


def head(method: str, path: str, *headers: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: tradepost.test", AUTHORIZATION, *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def post(path: str, body: Any, *headers: bytes) -> bytes:
    """A whole POST of a JSON body."""
    data = json.dumps(body).encode()
    kind = (b"Content-Type: application/json", b"Content-Length: %d" % len(data))
    return head("POST", path, *kind, *headers) + data


def answers(connection: socket.socket, count: int) -> list[tuple[int, bytes]]:
    """The next answers of a connection: status and body of each. All have a Content-Length."""
    stream = connection.makefile("rb")
    found = []
    for _ in range(count):
        status = int(stream.readline().split()[1])
        length = 0
        while (line := stream.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        found.append((status, stream.read(length)))
    return found
