"""Fetching a file from where a client says: what is passed on, and what is refused."""

import asyncio
import gzip
import socket
import threading

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.remotes import (
    Answer,
    Internet,
    Remote,
    fetched,
    head,
    hold,
    ok,
    redirect,
    trickle,
)
from tradepost.assets.remote import Fetcher, RemoteFetchError, TooLargeError

LIMIT = 100_000
CHAIN = {f"/{number}": redirect(f"/{number - 1}") for number in range(1, 8)} | {"/0": ok(b"file")}


def fetcher(seconds: float = 30, allowed: str = "127.0.0.1") -> Fetcher:
    return Fetcher([allowed], LIMIT, seconds)


def refusal(remote: Remote, path: str = "/", seconds: float = 30) -> str:
    with pytest.raises(RemoteFetchError) as refused:
        fetched(fetcher(seconds), remote.url(path))
    return str(refused.value)


def test_a_file_is_passed_on_as_it_is() -> None:
    body = bytes(range(256)) * 300
    with Remote({"/plugin.jar": ok(body, "Content-Type: application/java-archive")}) as remote:
        found, passed = fetched(fetcher(), remote.url("/plugin.jar?x=1#part"))
    assert passed == body
    assert found.final_uri == remote.url("/plugin.jar?x=1")
    assert found.file_name == "plugin.jar"


def test_the_request_says_no_more_than_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with Remote({"/a b": b"", "/a%20b": ok(b"file", "Set-Cookie: a=b")}) as remote:
        fetched(fetcher(), remote.url("/a b?q=1#part"))
        fetched(fetcher(), remote.url("/a b?q=1#part"))
    sent = (
        f"GET /a%20b?q=1 HTTP/1.1\r\nHost: 127.0.0.1:{remote.port}\r\nUser-Agent: tradepost\r\n"
        "Accept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    )
    assert remote.heads == [sent.encode()] * 2
    assert remote.connections == 2


def test_the_file_arrives_while_it_is_sent() -> None:
    """The second half is sent only after the first was passed on."""
    passed: list[bytes] = []
    first_arrived = threading.Event()

    def halves(connection: socket.socket) -> None:
        connection.sendall(head("200 OK", "Content-Length: 10") + b"first")
        first_arrived.wait(30)
        connection.sendall(b"later")

    async def sink(chunk: bytes) -> None:
        passed.append(chunk)
        first_arrived.set()

    with Remote({"/": halves}) as remote:
        fetched(fetcher(), remote.url(), sink)
    assert passed == [b"first", b"later"]


def test_what_the_sink_raises_is_raised() -> None:
    async def full(_: bytes) -> None:
        raise OSError("no space left")

    async def late(_: bytes) -> None:
        raise TimeoutError("of the sink")

    with Remote({"/": ok(b"file")}) as remote:
        with pytest.raises(OSError, match="no space left"):
            fetched(fetcher(), remote.url(), full)
        with pytest.raises(TimeoutError, match="of the sink"):
            fetched(fetcher(), remote.url(), late)


@pytest.mark.parametrize(
    "uri",
    [
        "", "x", "/x", "//127.0.0.1/", "http:", "http://", "http:///x", "http:x", "file:///etc/passwd",
        "ftp://example.com/x", "gopher://example.com/", "data:,x", "jar:http://example.com!/x",
        "javascript:1", "unix:///run/x.sock", "ws://example.com/", "http+unix://x/",
        "http://a..b/", "http://-a/", "http://" + "a" * 64 + "/", "http://" + "a." * 127 + "a/",
        "http://exa%6dple.com/", "http://127.0.0.1%00.example.com/", "http://[v1.x]/", "http://[::1",
        "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://a b/", "http://a\\b/",
        "http://example.com:0/", "http://example.com:65536/", "http://example.com:x/",
        "http://example.com:-1/", "http://example.com:" + "9" * 5000, "http://x/\r\nHost: y",
        "http://x/\ud800", "http://\ud800/", "http://\uff11\uff12\uff17.0.0.1/", "http://ⓛocalhost/",
        "http://0177.0.0.1/", "http://1.2.3.4.5:22/", "http://x/" + "a" * 70_000,
        "http://user@example.com/", "http://user:secret@example.com/", "http://:secret@example.com/",
        "http://example.com\\@127.0.0.1/", "http://example.com\uff0f@127.0.0.1/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_file_is_refused_before_anything_is_resolved(uri: str) -> None:
    with Remote({}) as remote:
        internet = Internet(remote, {})
        with pytest.raises(RemoteFetchError) as refused:
            fetched(internet.fetcher(["127.0.0.1"]), uri)
        assert "secret" not in str(refused.value)
        assert internet.lookups == []


@settings(deadline=None, max_examples=300)
@given(rest=st.text(max_size=60), start=st.sampled_from(("", "http://", "https://", "http://[")))
@example(start="http://", rest="xn--/")
@example(start="https://", rest="xn--a-.xn--\u00e9/")
def test_any_text_is_fetched_or_refused(start: str, rest: str) -> None:
    async def nowhere(host: str, port: int) -> list[str]:
        return []

    with pytest.raises(RemoteFetchError) as refused:
        fetched(Fetcher([], LIMIT, 30, resolve=nowhere), start + rest)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("redirects", range(6))
def test_five_redirects_are_followed(redirects: int) -> None:
    with Remote({**CHAIN}) as remote:
        found, body = fetched(fetcher(), remote.url(f"/{redirects}"))
        assert remote.connections == redirects + 1
    assert (found.final_uri, body) == (remote.url("/0"), b"file")


@pytest.mark.parametrize("path", ["/6", "/7", "/loop"])
def test_six_are_not(path: str) -> None:
    with Remote({**CHAIN, "/loop": redirect("/loop")}) as remote:
        assert refusal(remote, path) == "the address redirects more than 5 times"
        assert remote.connections == 6


@pytest.mark.parametrize(
    "status",
    ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"],
)
def test_every_kind_of_redirect_is_followed(status: str) -> None:
    with Remote({"/": redirect("there", status), "/there": ok(b"file")}) as remote:
        assert fetched(fetcher(), remote.url())[1] == b"file"


def test_the_body_of_a_redirect_is_not_read() -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(head("302 Found", "Location: /0", f"Content-Length: {10**15}"))
        hold(connection)

    with Remote({"/": endless, **CHAIN}) as remote:
        assert fetched(fetcher(), remote.url())[1] == b"file"


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:{port}/0", "http://localhost:{port}/0", "http://127.1:{port}/0",
     "//localhost:{port}/0", "http://[::ffff:127.0.0.1]:{port}/0", "http://inner.example/0",
     "http://169.254.169.254/latest/meta-data/", "http://[::1]:{port}/0"],
)  # fmt: skip
@pytest.mark.parametrize("first", ["public.example", "build.internal"])
def test_a_redirect_to_an_inner_address_is_refused(first: str, location: str) -> None:
    """Also from a host that is allowed: that one is, and no other."""
    with Remote({}) as remote:
        remote.answers |= {"/": redirect(location.format(port=remote.port)), "/0": ok(b"secret")}
        names = {name: [[name]] for name in ("127.0.0.1", "169.254.169.254", "::1")}
        names |= {"127.1": [["127.0.0.1"]], "::ffff:7f00:1": [["::ffff:127.0.0.1"]]}
        names |= {"localhost": [["127.0.0.1"]], "inner.example": [["192.168.0.9"]]}
        names |= {"public.example": [["8.8.8.8"]], "build.internal": [["10.0.0.7"]]}
        internet = Internet(remote, names)
        with pytest.raises(RemoteFetchError, match="has no address that is allowed"):
            fetched(internet.fetcher(["build.internal"]), f"http://{first}/")
        assert remote.connections == 1


def test_a_redirect_from_one_allowed_host_to_another_is_followed() -> None:
    with Remote({}) as remote:
        remote.answers |= {"/": redirect(remote.url("/0", "localhost")), "/0": ok(b"file")}
        both = Fetcher(["127.0.0.1", "localhost"], LIMIT, 30)
        assert fetched(both, remote.url())[1] == b"file"


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("file:///etc/passwd", "only http and https addresses can be fetched"),
        ("ftp://127.0.0.1/x", "only http and https addresses can be fetched"),
        ("gopher://127.0.0.1:6379/_FLUSHALL", "only http and https addresses can be fetched"),
        ("http://user:secret@127.0.0.1/", "the address must not have a user name"),
        ("http://other.example:25/", "port 25 is not allowed"),
        ("http://[fe80::1%25eth0]/", "the address has no sound host"),
        ("http://[x]/", "the address is not sound"),
        ("http://a\x01b/", "the address is not sound"),
        ("http://ⓛocalhost/", "the address is not sound"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(location: str, why: str) -> None:
    with Remote({"/": redirect(location)}) as remote:
        assert refusal(remote).startswith(why)
        assert remote.connections == 1


@pytest.mark.parametrize(
    "status",
    ["201 Created", "204 No Content", "206 Partial Content", "300 Multiple", "304 Not Modified",
     "302 Found", "401 Unauthorized", "404 Not Found", "500 Internal Server Error", "599 X"],
)  # fmt: skip
def test_only_status_200_counts(status: str) -> None:
    with Remote({"/": head(status, "Content-Length: 0")}) as remote:
        assert refusal(remote) == f"127.0.0.1 answers with status {status[:3]}"


def test_a_file_of_just_the_largest_size_is_fetched() -> None:
    with Remote({"/": ok(b"x" * LIMIT)}) as remote:
        assert len(fetched(fetcher(), remote.url())[1]) == LIMIT


def test_a_file_that_says_it_is_too_large_is_refused_before_it_is_read() -> None:
    def claims(connection: socket.socket) -> None:
        connection.sendall(head("200 OK", f"Content-Length: {LIMIT + 1}"))
        hold(connection)

    with Remote({"/": claims}) as remote, pytest.raises(TooLargeError) as refused:
        fetched(fetcher(), remote.url())
    assert str(refused.value) == f"the file is larger than {LIMIT} bytes"


@pytest.mark.parametrize("chunked", [True, False])
def test_a_file_that_turns_out_too_large_is_refused_while_it_arrives(chunked: bool) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(head("200 OK", *(["Transfer-Encoding: chunked"] if chunked else [])))
        while True:  # until the client hangs up
            connection.sendall((b"3e8\r\n%b\r\n" if chunked else b"%b") % (b"x" * 1000))

    passed = bytearray()

    async def sink(chunk: bytes) -> None:
        passed.extend(chunk)

    with Remote({"/": endless}) as remote, pytest.raises(TooLargeError):
        fetched(fetcher(), remote.url(), sink)
    assert len(passed) <= LIMIT


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"+PONG\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ncut",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"x" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200_000 + b"\r\n",
    ],
)
def test_an_answer_that_is_cut_or_damaged_is_refused(answer: bytes) -> None:
    with Remote({"/": answer}) as remote:
        assert refusal(remote) == "the answer of 127.0.0.1 breaks off or is not sound HTTP"


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "GZIP", "x"])
def test_a_file_in_another_content_encoding_is_refused(encoding: str) -> None:
    body = gzip.compress(b"\0" * 10_000_000)
    with Remote({"/": ok(body, f"Content-Encoding: {encoding}")}) as remote:
        assert refusal(remote) == "the file is sent in a content encoding that was not asked for"


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_one_that_says_it_is_not_encoded_is_fetched(encoding: str) -> None:
    with Remote({"/": ok(b"file", f"Content-Encoding: {encoding}")}) as remote:
        assert fetched(fetcher(), remote.url())[1] == b"file"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nfile",
        b"HTTP/1.0 200 OK\r\n\r\nfile",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfile",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nfi\r\n2\r\nle\r\n0\r\n\r\n",
    ],
)
def test_other_ways_to_send_a_file_are_understood(answer: bytes) -> None:
    with Remote({"/": answer}) as remote:
        assert fetched(fetcher(), remote.url())[1] == b"file"


def stalls_in_body(connection: socket.socket) -> None:
    connection.sendall(head("200 OK", "Content-Length: 10") + b"x")
    hold(connection)


@pytest.mark.parametrize("answer", [hold, trickle, stalls_in_body])
def test_a_server_that_stalls_is_given_up_and_hung_up_on(answer: Answer) -> None:
    with Remote({"/": answer}) as remote:
        assert refusal(remote, seconds=0.1) == "it takes longer than 0.1 seconds to fetch"
        # Leaving waits for the server's threads, which end when the client hangs up.


def test_the_time_counts_for_all_redirects_together() -> None:
    def slow(connection: socket.socket) -> None:
        connection.settimeout(0.1)
        try:
            connection.recv(1)
        except TimeoutError:
            connection.sendall(redirect("/"))

    with Remote({"/": slow}) as remote:
        assert refusal(remote, seconds=0.15) == "it takes longer than 0.15 seconds to fetch"


def test_the_time_counts_for_the_sink_as_well() -> None:
    async def never(_: bytes) -> None:
        await asyncio.Event().wait()

    with (
        Remote({"/": ok(b"file")}) as remote,
        pytest.raises(RemoteFetchError, match="takes longer"),
    ):
        fetched(fetcher(seconds=0.1), remote.url(), never)


def test_a_port_that_nobody_listens_on_is_told() -> None:
    with Remote({}) as remote:
        pass
    assert refusal(remote) == "no connection to 127.0.0.1 could be made"
