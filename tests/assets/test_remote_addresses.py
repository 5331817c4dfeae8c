"""Which addresses may be fetched from: the rules, and that no connection is made to others."""

import ipaddress
import socket
import threading

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.remotes import Internet, Remote, fetched, ok, run
from tradepost.assets.addresses import (
    allowed_authorities,
    authority,
    canonical_host,
    is_open_port,
    is_public,
)
from tradepost.assets.remote import Fetcher, RemoteFetchError, look_up

INNER = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
    "100.127.255.255", "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.1",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.9", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::2", "::7f00:1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1",
    "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:7f00:1",
    "0:0:0:0:0:ffff:7f00:0001", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808",
    "100::1", "2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:20::1", "2001:db8::1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1", "3fff::1", "4000::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "ff02::1",
    "2001:4860:4860::8888%1", "::ffff:8.8.8.8%1",
)  # fmt: skip
"""Loopback, private, link-local, metadata and the rest, in every form that embeds one."""
PUBLIC = (
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.0", "168.63.129.15", "169.253.255.255", "169.255.0.0",
    "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0",
    "198.17.255.255", "198.20.0.0", "223.255.255.255",
    "2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700::1111", "3ffe::1",
    "::ffff:8.8.8.8", "64:ff9b::808:808",
)  # fmt: skip
LOOPBACK_SPELLINGS = (
    "127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "2130706433",
    "017700000001", "127.0.0.2", "0.0.0.0", "0", "localhost", "LOCALHOST", "localhost.",
    "127。0。0。1", "127\uff0e0\uff0e0\uff0e1",
)  # fmt: skip
"""All of these lead to a server that listens on 127.0.0.1, or on every address."""


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "8.8.8.8 ", "8.8.8.8:80", "[::1]"])
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@given(number=st.integers(0, 2**32 - 1))
@example(number=0x7F000001)
@example(number=0x08080808)
def test_an_ipv4_address_counts_the_same_in_every_form_that_leads_to_it(number: int) -> None:
    address = ipaddress.IPv4Address(number)
    public = is_public(str(address))
    high, low = number >> 16, number & 0xFFFF
    for form in (f"::ffff:{address}", f"::ffff:{high:x}:{low:x}", f"64:ff9b::{high:x}:{low:x}"):
        assert is_public(form) == public, form


@given(number=st.integers(0, 2**32 - 1))
def test_forms_that_no_public_server_needs_are_refused_whatever_they_embed(number: int) -> None:
    high, low = number >> 16, number & 0xFFFF
    hidden = number ^ 0xFFFFFFFF
    for form in (
        f"::{high:x}:{low:x}",  # IPv4-compatible
        f"::ffff:0:{high:x}:{low:x}",  # IPv4-translated
        f"2002:{high:x}:{low:x}::1",  # 6to4
        f"2001:0:808:808:0:0:{hidden >> 16:x}:{hidden & 0xFFFF:x}",  # Teredo
        f"64:ff9b:1::{high:x}:{low:x}",  # NAT64 of one network
    ):
        assert not is_public(form), form


@given(address=st.ip_addresses())
def test_nothing_counts_as_public_that_pythons_table_knows_as_private(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(str(address)) and not getattr(address, "ipv4_mapped", None):
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_no_spelling_of_loopback_is_connected_to(host: str) -> None:
    with Remote({"/": ok(b"secret")}) as inner:
        with pytest.raises(RemoteFetchError, match="has no address that is allowed"):
            fetched(Fetcher((), 1000, 30), inner.url(host=host))
        assert inner.connections == 0


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "017700000001", "localhost."])
def test_the_spellings_do_lead_to_loopback_where_the_operator_allows_them(host: str) -> None:
    with Remote({"/": ok(b"file")}) as inner:
        assert fetched(Fetcher([host], 1000, 30), inner.url(host=host))[1] == b"file"


@pytest.mark.parametrize(
    "host",
    [
        "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
        "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fd00:ec2::254]", "[fec0::1]",
        "[fe80::1]", "10.0.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255",
        "0xa9fea9fe", "2852039166",
    ],
)  # fmt: skip
def test_an_inner_address_in_the_url_is_not_connected_to(host: str) -> None:
    with Remote({"/": ok(b"secret")}) as inner:
        with pytest.raises(RemoteFetchError, match="has no address that is allowed"):
            fetched(Fetcher((), 1000, 30), inner.url(host=host))
        assert inner.connections == 0


@pytest.mark.parametrize("address", INNER)
@pytest.mark.parametrize("beside", [[], ["8.8.8.8"], ["2606:4700::1111", "8.8.8.8"]])
def test_a_name_with_an_inner_address_is_not_connected_to(address: str, beside: list[str]) -> None:
    with Remote({"/": ok(b"secret")}) as inner:
        for addresses in ([address, *beside], [*beside, address]):
            internet = Internet(inner, {"trap.example": [addresses]})
            with pytest.raises(RemoteFetchError) as refused:
                fetched(internet.fetcher(), "http://trap.example/")
            assert str(refused.value) == "trap.example has no address that is allowed"
            assert internet.dialled == []
        assert inner.connections == 0


def test_a_name_that_does_not_exist_reads_the_same_as_one_that_is_refused() -> None:
    with Remote({}) as inner:
        with pytest.raises(RemoteFetchError) as refused:
            fetched(Internet(inner, {}).fetcher(), "http://nowhere.example/")
        assert str(refused.value) == "nowhere.example has no address that is allowed"


@pytest.mark.parametrize("error", [socket.gaierror(socket.EAI_NONAME, "no"), OSError("broken")])
def test_a_resolver_that_fails_reads_the_same(
    error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(RemoteFetchError) as refused:
        fetched(Fetcher((), 1000, 30), "http://nowhere.example/")
    assert str(refused.value) == "nowhere.example has no address that is allowed"


def test_a_resolver_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def wait(*_: object, **__: object) -> list[object]:
        over.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    try:
        with pytest.raises(RemoteFetchError, match=r"^it takes longer than"):
            fetched(Fetcher((), 1000, 0.05), "http://slow.example/")
    finally:
        over.set()


def test_the_system_resolver_gives_each_address_once() -> None:
    addresses = run(look_up("localhost", 80))
    assert "127.0.0.1" in addresses
    assert len(set(addresses)) == len(addresses)


def test_the_system_resolver_finds_nothing_for_what_it_cannot_even_ask_for() -> None:
    assert run(look_up("a..b", 80)) == []


def test_a_name_is_resolved_once_and_connected_to_where_it_was_checked() -> None:
    with Remote({"/": ok(b"file")}) as remote:
        internet = Internet(remote, {"rebinding.example": [["8.8.8.8"], ["127.0.0.1"]]})
        assert fetched(internet.fetcher(), "http://rebinding.example/")[1] == b"file"
        assert internet.lookups == ["rebinding.example"]
        assert internet.dialled == ["8.8.8.8"]
        assert b"\r\nHost: rebinding.example\r\n" in remote.heads[0]
        with pytest.raises(RemoteFetchError, match="has no address that is allowed"):
            fetched(internet.fetcher(), "http://rebinding.example/")
        assert remote.connections == 1


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    with Remote({"/": ok(b"file")}) as remote:
        internet = Internet(remote, {"two.example": [["2606:4700::1111", "8.8.8.8"]]})
        internet.dead = frozenset({"2606:4700::1111"})
        assert fetched(internet.fetcher(), "http://two.example/")[1] == b"file"
        assert internet.dialled == ["2606:4700::1111", "8.8.8.8"]


def test_no_more_than_a_few_addresses_of_a_name_are_tried() -> None:
    many = [f"8.8.8.{number}" for number in range(100)]
    with Remote({}) as remote:
        internet = Internet(remote, {"many.example": [many]})
        internet.dead = frozenset(many)
        with pytest.raises(RemoteFetchError, match="could be made in time"):
            fetched(internet.fetcher(), "http://many.example/")
        assert internet.dialled == many[:4]


@pytest.mark.parametrize(
    ("port", "is_open"),
    [(80, True), (443, True), (1024, True), (8443, True), (65535, True), (0, False), (22, False),
     (25, False), (81, False), (1023, False), (65536, False), (-1, False)],
)  # fmt: skip
def test_ports_of_other_services_are_not_open(port: int, is_open: bool) -> None:
    assert is_open_port(port) == is_open


def test_a_port_of_another_service_is_refused_before_the_name_is_resolved() -> None:
    with Remote({}) as remote:
        internet = Internet(remote, {"mail.example": [["8.8.8.8"]]})
        with pytest.raises(RemoteFetchError, match=r"^port 25 is not allowed$"):
            fetched(internet.fetcher(), "http://mail.example:25/")
        assert internet.lookups == []


def test_a_host_that_the_operator_allows_may_use_any_port() -> None:
    with Remote({"/": ok(b"file")}) as remote:
        internet = Internet(remote, {"build.internal": [["10.0.0.7"]]})
        fetcher = internet.fetcher(["build.internal"])
        assert fetched(fetcher, "http://build.internal:81/")[1] == b"file"
        assert internet.dialled == ["10.0.0.7"]


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ("build.internal", "build.internal"),
        ("Build.Internal.", "build.internal"),
        ("build.internal", "BUILD.internal."),
        ("build.internal:8081", "build.internal:8081"),
        ("build.internal:80", "build.internal"),
        ("10.0.0.7", "10.0.0.7"),
        ("fd00::7", "[fd00:0::7]"),
        ("[fd00::7]", "[fd00::7]"),
        ("[fd00:0::7]:8081", "[fd00::7]:8081"),
    ],
)
def test_an_allowed_host_is_told_by_its_name(allowed: str, host: str) -> None:
    names = {"build.internal": [["10.0.0.7"]], "10.0.0.7": [["10.0.0.7"]]}
    names["fd00::7"] = [["fd00::7"]]
    with Remote({"/": ok(b"file")}) as remote:
        fetcher = Internet(remote, names).fetcher([allowed])
        assert fetched(fetcher, f"http://{host}/")[1] == b"file"


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ("build.internal", "other.build.internal"),
        ("build.internal", "internal"),
        ("build.internal:8081", "build.internal"),
        ("build.internal:8081", "build.internal:8082"),
        ("10.0.0.7", "build.internal"),
        ("build.internal", "10.0.0.7"),
        ("127.0.0.1", "127.1"),
    ],
)
def test_nothing_but_that_name_is_allowed(allowed: str, host: str) -> None:
    inner = [["10.0.0.7"]]
    names = dict.fromkeys(
        ("build.internal", "other.build.internal", "internal", "10.0.0.7", "127.1"), inner
    )
    with Remote({"/": ok(b"secret")}) as remote:
        with pytest.raises(RemoteFetchError, match="has no address that is allowed"):
            fetched(Internet(remote, names).fetcher([allowed]), f"http://{host}/")
        assert remote.connections == 0


@pytest.mark.parametrize(
    "entry",
    ["", ":80", "build.internal:", "build.internal:0", "build.internal:65536", "a b",
     "*.internal", "http://build.internal", "build.internal/", "::1]:80", "[::1",
     "fe80::1%eth0", "a..b", "::1:x"],
)  # fmt: skip
def test_an_allowed_host_that_cannot_be_read_is_told_at_once(entry: str) -> None:
    with pytest.raises(ValueError, match="is neither a host nor host:port"):
        Fetcher([entry], 1000, 30)


@given(
    host=st.ip_addresses().map(str)
    | st.from_regex(r"[a-z0-9-]{1,9}(\.[a-z]{1,9})?", fullmatch=True),
    port=st.none() | st.integers(1, 65535),
)
def test_what_is_allowed_is_found_again_however_it_is_spelled(host: str, port: int | None) -> None:
    canonical = canonical_host(host)
    if canonical is None:  # begins with a hyphen
        return
    written = authority(canonical, port)
    assert allowed_authorities([written]) == allowed_authorities([written.upper()]) == {written}


@given(host=st.text(max_size=300))
@example(host="a" * 64)
@example(host=".".join(["a" * 63] * 4))
def test_a_canonical_host_is_its_own_canonical_form_and_has_nothing_strange(host: str) -> None:
    canonical = canonical_host(host)
    if canonical is None:
        return
    assert canonical_host(canonical) == canonical
    assert canonical.isascii()
    assert not set(canonical) & set(" %/\\@#?[]\r\n\0")


def test_the_loopback_server_of_these_tests_can_be_reached() -> None:
    """So that no connection above means refused, not unreachable."""
    with Remote({}) as inner:
        socket.create_connection(("127.0.0.1", inner.port), timeout=30).close()
        assert fetched_status(inner) == "127.0.0.1 answers with status 404"


def fetched_status(inner: Remote) -> str:
    inner.answers["/"] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(RemoteFetchError) as refused:
        fetched(Fetcher(["127.0.0.1"], 1000, 30), inner.url())
    return str(refused.value)
