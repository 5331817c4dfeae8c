"""Clients that break off, dawdle or talk nonsense: nothing is written, and the server lives."""

import contextlib
import json
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bodies import ADDON_DATACENTER, version, versions_path
from tests.support.client import DEVELOPER
from tests.support.clients import every_version, fetch, request
from tests.support.process import ServerProcess
from tests.support.sockets import answers, head, post, raw

PATH = versions_path(ADDON_DATACENTER)
GOOD = post(PATH, version(versionNumber="never"))
BODY_AT = GOOD.index(b"\r\n\r\n") + 4
JSON = b"Content-Type: application/json"
LENGTH = b"Content-Length: 900"
CHUNKED = b"Transfer-Encoding: chunked"


@contextlib.contextmanager
def untouched(served: ServerProcess) -> Iterator[None]:
    """Check that the server lives on, that nothing was written, and that nothing broke."""
    before = every_version(served.url, PATH)
    log = served.log.stat().st_size
    yield
    assert fetch(served.url, "/readyz").status_code == 200
    assert every_version(served.url, PATH) == before
    # A write now takes the next number: no half request has one, or will get one later.
    made = request("POST", f"{served.url}{PATH}", auth=DEVELOPER, json=version())
    assert made.status_code == 201
    assert made.json()["buildNumber"] == before[0]["buildNumber"] + 1
    with served.log.open("rb") as file:
        file.seek(log)
        broken = [line for line in file if b'"status":5' in line or b"Traceback" in line]
    assert broken == []


def reset(connection: socket.socket) -> None:
    """Let go of a connection the rude way: with a reset instead of a goodbye."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


BROKEN_OFF = {
    "nothing": b"",
    "half a request line": b"POST /rest/3/app-so",
    "half the headers": GOOD[: BODY_AT // 2],
    "headers without the body": GOOD[:BODY_AT],
    "half the body": GOOD[: BODY_AT + 100],
    "all but the last byte": GOOD[:-1],
    "a chunk that never comes": head("POST", PATH, JSON, CHUNKED) + b"40\r\n{",
    "chunks without an end": head("POST", PATH, JSON, CHUNKED) + b"2\r\n{}\r\n",
    "a promise to send more": head("POST", PATH, JSON, LENGTH, b"Expect: 100-continue"),
    "a second request broken off": head("GET", "/healthz") + GOOD[:-1],
}  # fmt: skip


@pytest.mark.parametrize("rude", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("sent", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_a_client_that_breaks_off_leaves_nothing(
    served: ServerProcess, sent: bytes, rude: bool
) -> None:
    with untouched(served), raw(served.port) as connection:
        connection.sendall(sent)
        if rude:
            reset(connection)


NONSENSE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "no method": b"\r\n\r\n\r\n / HTTP/1.1\r\n\r\n",
    "an unknown version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
    "a length that is no number": head("POST", PATH, JSON, b"Content-Length: many"),
    "a negative length": head("POST", PATH, JSON, b"Content-Length: -5"),
    "two lengths": head("POST", PATH, JSON, b"Content-Length: 2", b"Content-Length: 3") + b"{}",
    "length and chunks": head("POST", PATH, JSON, b"Content-Length: 2", CHUNKED) + b"zz\r\n",
    "a chunk size that is no number": head("POST", PATH, JSON, CHUNKED) + b"zz\r\n{}\r\n0\r\n\r\n",
    "an endless header": b"GET / HTTP/1.1\r\nX: " + b"x" * 2_000_000,
}


@pytest.mark.parametrize("sent", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_refused(served: ServerProcess, sent: bytes) -> None:
    with untouched(served), raw(served.port) as connection:
        answer = b""
        # A server may hang up before it has heard all of it.
        with contextlib.suppress(OSError):
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65536)
        assert not answer or answer.split()[1].startswith(b"4"), answer


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{}", 400), (b"{", 400), (b"[" * 200_000, 400), (b"\xff\xfe", 400), (b" " * 1_048_577, 413)],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_a_bad_body_is_refused_however_it_is_sent(
    served: ServerProcess, body: bytes, status: int, chunked: bool
) -> None:
    if chunked:
        sent = head("POST", PATH, JSON, CHUNKED) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    else:
        sent = head("POST", PATH, JSON, b"Content-Length: %d" % len(body)) + body
    with untouched(served), raw(served.port) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(sent)
        assert [found for found, _ in answers(connection, 1)] == [status]


def test_a_client_that_sends_byte_by_byte_is_served(served: ServerProcess) -> None:
    before = every_version(served.url, PATH)[0]["buildNumber"]
    sent = post(PATH, version())
    with raw(served.port) as connection:
        for byte in sent:
            connection.sendall(bytes([byte]))
        ((status, body),) = answers(connection, 1)
    assert status == 201
    assert json.loads(body)["buildNumber"] == before + 1


def test_clients_that_dawdle_keep_nobody_waiting(served: ServerProcess) -> None:
    with untouched(served), contextlib.ExitStack() as stack:
        for _ in range(40):
            connection = stack.enter_context(raw(served.port))
            connection.sendall(GOOD[:-1])
        # While forty requests are half sent, others are answered.
        assert fetch(served.url, PATH).status_code == 200


def test_requests_sent_in_one_go_are_answered_in_their_order(served: ServerProcess) -> None:
    before = every_version(served.url, PATH)[0]["buildNumber"]
    writes = [post(PATH, version()) for _ in range(3)]
    reads = [head("GET", versions_path(ADDON_DATACENTER, before + n)) for n in (1, 2, 3)]
    wrong = post(PATH, version(beta=None))
    with raw(served.port) as connection:
        connection.sendall(
            writes[0] + reads[0] + wrong + writes[1] + reads[1] + writes[2] + reads[2]
        )
        found = answers(connection, 7)
    assert [status for status, _ in found] == [201, 200, 400, 201, 200, 201, 200]
    for written, read in ((0, 1), (3, 4), (5, 6)):
        assert found[written][1] == found[read][1]
    builds = [json.loads(found[place][1])["buildNumber"] for place in (0, 3, 5)]
    assert builds == [before + 1, before + 2, before + 3]


def test_a_client_that_does_not_wait_for_its_answer_harms_nobody(served: ServerProcess) -> None:
    before = every_version(served.url, PATH)
    for _ in range(20):
        with raw(served.port) as connection:
            connection.sendall(post(PATH, version()))
            reset(connection)
    # Each of them was either served or not heard; whatever is there is whole and in order.
    made = request("POST", f"{served.url}{PATH}", auth=DEVELOPER, json=version())
    assert made.status_code == 201
    after = every_version(served.url, PATH)
    builds = [v["buildNumber"] for v in after]
    assert builds == sorted(set(builds), reverse=True)
    assert after[-len(before) :] == before
    assert all({**v, **version()}.keys() == made.json().keys() for v in after[: -len(before)])


def test_clients_that_never_finish_do_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    with (
        ServerProcess("demo", log=tmp_path / "log") as server,
        raw(server.port) as half,
        raw(server.port) as deaf,
    ):
        half.sendall(head("POST", PATH, JSON, b"Content-Length: 100") + b"{")
        # Answers that nobody reads: more of them than the buffers between hold.
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        deaf.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 300)
        assert fetch(server.url, "/readyz").status_code == 200
        assert server.stop() == 0


def test_a_query_that_is_not_percent_encoded_is_read_as_utf_8(served: ServerProcess) -> None:
    newest = every_version(served.url, PATH)[0]["buildNumber"]
    number = f"{newest}-ß"
    with raw(served.port) as connection:
        connection.sendall(post(PATH, version(versionNumber=number)))
        ((status, _),) = answers(connection, 1)
        assert status == 201
    target = f"{PATH}?afterVersion={number}".encode()
    with raw(served.port) as connection:
        connection.sendall(head("GET", PATH).replace(PATH.encode(), target, 1))
        ((status, body),) = answers(connection, 1)
    assert (status, json.loads(body)["totalCount"]) == (200, 0)
