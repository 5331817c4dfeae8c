"""Limits as settings write them."""

import pytest

from tradepost.app import policies
from tradepost.http.limits import Kind, Policy
from tradepost.rates.rules import neighbourhood, policy
from tradepost.settings import Settings

MB = 1024 * 1024


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("reads", "600 per minute", (600, 60)),
        ("reads", "1 per second", (1, 1)),
        ("writes", "5 per 10 seconds", (5, 10)),
        ("writes", "1000 per day", (1000, 86_400)),
        ("uploads", "750 MB per 2 hours", (750 * MB, 7200)),
        ("uploads", "1 MB per 1 hour", (MB, 3600)),
    ],
)
def test_a_limit_is_so_much_in_such_a_time(
    kind: Kind, text: str, expected: tuple[int, int]
) -> None:
    assert policy(kind, text) == Policy(kind, *expected)


def test_nothing_is_no_limit() -> None:
    assert policy("reads", "") is None


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("reads", "600"),
        ("reads", "600/minute"),
        ("reads", "0 per minute"),
        ("reads", "-1 per minute"),
        ("reads", "10 MB per minute"),
        ("reads", "600 per fortnight"),
        ("reads", "600 per minute "),
        ("uploads", "750 per 2 hours"),
        ("uploads", "750 MB per 0 hours"),
    ],
)
def test_what_is_none_is_told_with_an_example(kind: Kind, text: str) -> None:
    with pytest.raises(ValueError, match=r"must be like “\d+ .*per .*”"):
        policy(kind, text)


def test_a_bad_setting_is_named() -> None:
    with pytest.raises(ValueError, match="TRADEPOST_WRITE_LIMIT must be like"):
        policies(Settings(write_limit="many"))


def test_sign_ins_and_uploads_are_limited_unless_told_otherwise() -> None:
    found = [each for each in policies(Settings()) if each is not None]
    assert found == [Policy("sign-ins", 100, 60), Policy("uploads", 750 * MB, 7200)]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_a_network_of_one_owner_counts_as_one(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted
