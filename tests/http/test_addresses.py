"""The address and scheme of a client: the connection's, unless a trusted proxy knows more."""

from typing import Any

import pytest

from tradepost.http.addresses import client_address, client_scheme, networks

PROXIES = ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"]


def address(peer: str | None, *forwarded: str, trusted: list[str] | None = None) -> str:
    scope: dict[str, Any] = {
        "client": None if peer is None else (peer, 1234),
        "headers": [(b"x-forwarded-for", line.encode()) for line in forwarded],
    }
    return client_address(scope, networks(PROXIES if trusted is None else trusted))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        pytest.param("192.0.2.1", [], "192.0.2.1", id="direct"),
        pytest.param(None, ["192.0.2.9"], "", id="unknown"),
        pytest.param("192.0.2.1", ["192.0.2.9"], "192.0.2.1", id="anyone-can-claim"),
        pytest.param("127.0.0.1", [], "127.0.0.1", id="proxy-itself"),
        pytest.param("127.0.0.1", ["192.0.2.9"], "192.0.2.9", id="one-proxy"),
        pytest.param("127.0.0.1", ["1.1.1.1, 192.0.2.9"], "192.0.2.9", id="claimed-before"),
        pytest.param("127.0.0.1", ["192.0.2.9, 10.1.1.1"], "192.0.2.9", id="two-proxies"),
        pytest.param("127.0.0.1", ["192.0.2.9", "10.1.1.1"], "192.0.2.9", id="two-lines"),
        pytest.param("127.0.0.1", ["10.2.2.2, 10.1.1.1"], "10.2.2.2", id="all-trusted"),
        pytest.param("127.0.0.1", ["192.0.2.9, what"], "127.0.0.1", id="damaged"),
        pytest.param("127.0.0.1", ["192.0.2.9, what, 10.1.1.1"], "10.1.1.1", id="damaged-before"),
        pytest.param("127.0.0.1", [""], "127.0.0.1", id="empty"),
        pytest.param("::ffff:127.0.0.1", ["192.0.2.9"], "192.0.2.9", id="mapped"),
        pytest.param("2001:db8::1", ["2001:DB9::0:9"], "2001:db9::9", id="version-6"),
        pytest.param("127.0.0.1", ["203.0.113.9:443"], "203.0.113.9", id="port"),
        pytest.param("127.0.0.1", ["[2001:db9::1]:443"], "2001:db9::1", id="port-6"),
        pytest.param("127.0.0.1", ["[2001:db9::1]"], "2001:db9::1", id="brackets"),
        pytest.param("127.0.0.1", ["fe80::1%" + "x" * 3000], "fe80::1", id="zone"),
        pytest.param("127.0.0.1", ["[fe80::1%eth0]:443"], "fe80::1", id="zone-and-port"),
        pytest.param("127.0.0.1", ["192.0.2.9:port"], "127.0.0.1", id="no-port"),
        pytest.param("127.0.0.1", ["192.0.2.9:1:2"], "127.0.0.1", id="two-ports"),
        pytest.param("127.0.0.1", ["1" * 3000], "127.0.0.1", id="long"),
    ],
)
def test_whose_word_counts(peer: str | None, forwarded: list[str], expected: str) -> None:
    assert address(peer, *forwarded) == expected


def test_nobody_is_trusted_unless_told() -> None:
    assert address("127.0.0.1", "192.0.2.9", trusted=[]) == "127.0.0.1"


@pytest.mark.parametrize("text", ["proxy", "10.0.0.1/8", "10.0.0.0/33", "1.2.3"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text.partition("/")[0]):
        networks([text])


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        pytest.param("127.0.0.1", ["https"], "https", id="its-proxy"),
        pytest.param("127.0.0.1", ["HTTPS, http"], "https", id="two-proxies"),
        pytest.param("127.0.0.1", ["gopher"], "http", id="damaged"),
        pytest.param("127.0.0.1", [], "http", id="nothing-said"),
        pytest.param("192.0.2.1", ["https"], "http", id="anyone-can-claim"),
        pytest.param(None, ["https"], "http", id="unknown"),
    ],
)
def test_who_may_say_that_tls_is_spoken(
    peer: str | None, forwarded: list[str], expected: str
) -> None:
    scope: dict[str, Any] = {
        "scheme": "http",
        "client": None if peer is None else (peer, 1234),
        "headers": [(b"x-forwarded-proto", line.encode()) for line in forwarded],
    }
    assert client_scheme(scope, networks(PROXIES)) == expected
    assert client_scheme(scope, ()) == "http"
