"""Clients that take their time, or send too much: they are cut off, and keep nobody waiting."""

import contextlib
import socket
import time

import pytest

from tests.security.conftest import HEADER_BYTES, HEADER_SECONDS
from tests.support.bodies import ADDON_DATACENTER, version, versions_path
from tests.support.clients import fetch
from tests.support.process import ServerProcess
from tests.support.sockets import answers, head, post, raw

PATH = versions_path(ADDON_DATACENTER)
MANY = 200


def is_closed_within(connection: socket.socket, seconds: float) -> bool:
    """Whether the other side ends a connection in time; what it says before that is skipped."""
    until = time.monotonic() + seconds
    with contextlib.suppress(ConnectionError, TimeoutError):
        while (left := until - time.monotonic()) > 0:
            connection.settimeout(left)
            if connection.recv(65_536) == b"":
                return True
        return False
    return time.monotonic() < until


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\n", head("GET", "/healthz")[:-2]])
def test_a_head_that_does_not_come_is_not_waited_for(served: ServerProcess, sent: bytes) -> None:
    with raw(served.port) as connection:
        connection.sendall(sent)
        assert is_closed_within(connection, HEADER_SECONDS + 5)


def test_a_head_that_trickles_is_not_waited_for(served: ServerProcess) -> None:
    """Slowloris: always another header, never the last one."""
    with raw(served.port) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        connection.settimeout(0.1)
        until = time.monotonic() + HEADER_SECONDS + 5
        closed = False
        while not closed and time.monotonic() < until:
            try:
                connection.sendall(b"X-Again: 1\r\n")
                closed = connection.recv(65_536) == b""
            except TimeoutError:
                continue
            except ConnectionError:
                closed = True
        assert closed


def test_a_connection_that_falls_silent_is_closed(served: ServerProcess) -> None:
    with raw(served.port) as connection:
        connection.sendall(head("GET", "/healthz"))
        assert [status for status, _ in answers(connection, 1)] == [200]
        assert is_closed_within(connection, HEADER_SECONDS + 5)


def test_a_body_that_does_not_come_is_a_408(served: ServerProcess) -> None:
    with raw(served.port) as connection:
        connection.sendall(post(PATH, version())[:-1])
        assert [status for status, _ in answers(connection, 1)] == [408]


def test_others_are_answered_while_many_dawdle(served: ServerProcess) -> None:
    with contextlib.ExitStack() as stack:
        for number in range(MANY):
            connection = stack.enter_context(raw(served.port))
            connection.sendall(head("GET", "/healthz")[: -1 - number % 20])
        begun = time.monotonic()
        assert fetch(served.url, PATH).status_code == 200
        assert time.monotonic() - begun < HEADER_SECONDS + 5


def with_header(size: int) -> bytes:
    return head("GET", "/healthz", b"X-Large: " + b"x" * size)


def test_a_head_has_a_limit(served: ServerProcess) -> None:
    with raw(served.port) as connection:
        connection.sendall(with_header(HEADER_BYTES // 2))
        assert [status for status, _ in answers(connection, 1)] == [200]
    for sent in (
        with_header(HEADER_BYTES * 2),
        head("GET", "/" + "x" * HEADER_BYTES * 2),
        head("GET", "/healthz", *[b"X-%d: x" % number for number in range(HEADER_BYTES // 4)]),
    ):
        with raw(served.port) as connection:
            answer = b""
            with contextlib.suppress(ConnectionError):
                connection.sendall(sent)
                answer = connection.recv(65_536)
            assert not answer or answer.split()[1] in (b"400", b"414", b"431"), answer


def test_a_body_has_a_limit_however_it_is_announced(served: ServerProcess) -> None:
    too_much = 2 * 1024 * 1024
    kind = b"Content-Type: application/json"
    announced = head("POST", PATH, kind, b"Content-Length: %d" % too_much)
    with raw(served.port) as connection:
        connection.sendall(announced)
        assert [status for status, _ in answers(connection, 1)] == [413]
    chunk = b"%x\r\n" % 65_536 + b" " * 65_536 + b"\r\n"
    with raw(served.port) as connection:
        connection.sendall(head("POST", PATH, kind, b"Transfer-Encoding: chunked"))
        with contextlib.suppress(ConnectionError):
            for _ in range(too_much // 65_536):
                connection.sendall(chunk)
            assert [status for status, _ in answers(connection, 1)] == [413]
