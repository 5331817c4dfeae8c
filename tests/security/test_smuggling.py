"""Requests whose end two servers could see at different places, and paths that mean another one.

What is behind the end must not be taken for a request of its own: it would be one that a proxy in
front has never seen.
"""

import contextlib
import socket

import pytest

from tests.support.bodies import ADDON_DATACENTER, version, versions_path
from tests.support.clients import every_version, fetch
from tests.support.process import ServerProcess
from tests.support.sockets import AUTHORIZATION, head, post, raw

PATH = versions_path(ADDON_DATACENTER)
SMUGGLED = post(PATH, version(versionNumber="smuggled"))
JSON = b"Content-Type: application/json"


def said(connection: socket.socket) -> bytes:
    """All that a server says before it hangs up or falls silent."""
    connection.settimeout(2)
    found = b""
    with contextlib.suppress(ConnectionError, TimeoutError):
        while part := connection.recv(65_536):
            found += part
    return found


def statuses(text: bytes) -> list[bytes]:
    return [line.split()[1] for line in text.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


def lines(*headers: bytes) -> bytes:
    """The head of a POST with exactly these headers about its end, as they are."""
    first = f"POST {PATH} HTTP/1.1".encode()
    return b"\r\n".join([first, b"Host: x", AUTHORIZATION, JSON, *headers]) + b"\r\n\r\n"


CHUNKED = b"0\r\n\r\n" + SMUGGLED
AMBIGUOUS = {
    "length and chunks": lines(b"Content-Length: 5", b"Transfer-Encoding: chunked") + CHUNKED,
    "chunks and length": lines(b"Transfer-Encoding: chunked", b"Content-Length: 5") + CHUNKED,
    "length of all and chunks": lines(
        b"Content-Length: %d" % len(CHUNKED), b"Transfer-Encoding: chunked"
    ) + CHUNKED,
    "two lengths": lines(b"Content-Length: 0", b"Content-Length: %d" % len(SMUGGLED)) + SMUGGLED,
    "lengths in a list": lines(b"Content-Length: 0, %d" % len(SMUGGLED)) + SMUGGLED,
    "a length with a sign": lines(b"Content-Length: +0") + SMUGGLED,
    "a length in hex": lines(b"Content-Length: 0x0") + SMUGGLED,
    "a length with an underscore": lines(b"Content-Length: 0_0") + SMUGGLED,
    "a space before the colon": lines(b"Transfer-Encoding : chunked") + CHUNKED,
    "another coding": lines(b"Transfer-Encoding: xchunked") + CHUNKED,
    "chunked and then another": lines(b"Transfer-Encoding: chunked, identity") + CHUNKED,
    "identity": lines(b"Transfer-Encoding: identity", b"Content-Length: 0") + SMUGGLED,
    "a folded header": lines(b"Transfer-Encoding:\r\n chunked") + CHUNKED,
    "a tab before it": lines(b"\tTransfer-Encoding: chunked") + CHUNKED,
    "NUL in it": lines(b"Transfer-Encoding: chunked\x00") + CHUNKED,
    "a bare CR": lines(b"X: y\rTransfer-Encoding: chunked") + CHUNKED,
    "a chunk size that overflows": lines(b"Transfer-Encoding: chunked")
    + b"10000000000000000\r\n" + SMUGGLED,
    "a negative chunk": lines(b"Transfer-Encoding: chunked") + b"-1\r\n\r\n" + SMUGGLED,
    "a chunk size with 0x": lines(b"Transfer-Encoding: chunked") + b"0x0\r\n\r\n" + SMUGGLED,
    "a chunk longer than it says": lines(b"Transfer-Encoding: chunked")
    + b"2\r\n{}" + SMUGGLED,
    "HTTP/1.0 with chunks": lines(b"Transfer-Encoding: chunked").replace(b"/1.1", b"/1.0", 1)
    + CHUNKED,
}  # fmt: skip


@pytest.mark.parametrize("case", AMBIGUOUS)
def test_what_ends_at_two_places_is_refused(served: ServerProcess, case: str) -> None:
    before = every_version(served.url, PATH)
    with raw(served.port) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(AMBIGUOUS[case])
        found = statuses(said(connection))
    after = every_version(served.url, PATH)
    assert all(status.startswith(b"4") for status in found), found
    assert after == before
    assert fetch(served.url, "/readyz").status_code == 200


def test_a_get_with_a_body_ends_where_it_says(served: ServerProcess) -> None:
    sent = head("GET", "/healthz", b"Content-Length: %d" % len(SMUGGLED)) + SMUGGLED
    before = every_version(served.url, PATH)
    with raw(served.port) as connection:
        connection.sendall(sent + head("GET", "/readyz", b"Connection: close"))
        # A server that has not read the body may close the connection instead of going on.
        assert statuses(said(connection)) in ([b"200"], [b"200", b"200"])
    assert every_version(served.url, PATH) == before


def test_an_answer_cannot_be_split(served: ServerProcess) -> None:
    """Nothing of a request ends a header of its answer."""
    for target in ("/healthz%0d%0aX-Evil:1", f"{PATH}?afterVersion=%0d%0aX-Evil:1"):
        with raw(served.port) as connection:
            connection.sendall(head("GET", target, b"Connection: close"))
            assert b"\nX-Evil" not in said(connection)


PEOPLE = "/admin/v1/people"
OTHER_PATHS = [
    "/rest/3/../../admin/v1/people",
    "/rest/3/%2e%2e/%2e%2e/admin/v1/people",
    "/rest/3/..%2f..%2fadmin/v1/people",
    "/rest/3/..%5c..%5cadmin/v1/people",
    "/rest/3/..;/..;/admin/v1/people",
    "/marketplace/rest/3/../../../admin/v1/people",
    "/marketplace/admin/v1/people",
    "//admin/v1/people",
    "/admin//v1/people",
    "/admin/v1//people",
    "/./admin/v1/people",
    "/admin/v1/people/",
    "/admin/v1/people/.",
    "/admin/v1/people%00",
    "/admin/v1/people%2f",
    "/admin/v1/%70eople",
    "/admin%2fv1%2fpeople",
    "/ADMIN/v1/people",
    "/admin/v1/people;x=y",
    "/%61dmin/v1/people",
    "/\\admin/v1/people",
    "/admin/v1/people%c0%af",
    "/%c0%ae%c0%ae/admin/v1/people",
    "/healthz/../admin/v1/people",
]


@pytest.mark.parametrize("path", OTHER_PATHS)
def test_a_path_means_itself_alone(served: ServerProcess, path: str) -> None:
    """No spelling of a path leads past a rule that a proxy has about the plain one."""
    with raw(served.port) as connection:
        connection.sendall(head("GET", path, b"Connection: close"))
        found = statuses(said(connection))
    assert found in ([b"404"], [b"400"], [b"403"]), found


FILES = [
    "../../tradepost.db",
    "..%2f..%2ftradepost.db",
    "%2e%2e%2f%2e%2e%2ftradepost.db",
    "..%252f..%252ftradepost.db",
    "....//....//tradepost.db",
    "%2fetc%2fpasswd",
    "%c0%ae%c0%ae%c0%af%c0%ae%c0%ae%c0%aftradepost.db",
    "..%00/tradepost.db",
    "%00",
    "%ff",
    "a" * 5_000,
]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("path", ["/rest/3/artifacts/{}/download", "/rest/3/images/{}/download"])
def test_no_id_leads_to_another_file(served: ServerProcess, path: str, name: str) -> None:
    with raw(served.port) as connection:
        connection.sendall(head("GET", path.format(name), b"Connection: close"))
        answer = said(connection)
    assert statuses(answer)[0] in (b"400", b"404"), answer[:200]
    assert b"SQLite format" not in answer
    assert b"root:" not in answer
