"""Patterns of paths fit what a regular expression would, and no pattern takes long."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.sandboxes import VERSIONS, statuses
from tradepost.sandbox.marketplace import Marketplace
from tradepost.sandbox.patterns import Pattern

texts = st.text("ab/ä*", max_size=12)


def reference(pattern: str) -> re.Pattern[str]:
    wild = {"*": "[^/]*", "**": ".*"}
    parts = re.split(r"(\*\*?)", pattern)
    return re.compile("".join(wild.get(part) or re.escape(part) for part in parts), re.DOTALL)


@given(texts, texts)
@example("", "")
@example("*", "")
@example("**a*b", "a/ab")
@example("a*/b", "a/b/b")
def test_a_pattern_fits_what_the_reference_fits(pattern: str, path: str) -> None:
    assert Pattern(pattern).fits(path) is (reference(pattern).fullmatch(path) is not None)


@pytest.mark.parametrize("wild", ["*", "**"])
def test_no_pattern_takes_long(wild: str) -> None:
    """A matcher that goes back over what it tried would not end before the sun does."""
    long = "/" + "a" * 60_000
    assert not Pattern("/" + f"{wild}a" * 600 + "x").fits(long)
    assert Pattern("/" + f"{wild}a" * 600).fits(long)


def test_a_server_with_a_long_pattern_goes_on(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=503, path="/" + "**a" * 25 + "x")
    assert statuses(marketplace, 1, "/" + "a" * 60) == [404]
    assert statuses(marketplace, 1, VERSIONS) == [200]
