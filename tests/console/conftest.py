"""A demo server on a port, and a browser. Playwright runs an event loop in the test's thread, so
files with browser tests use no `InProcess` server."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browsers import Visitors, chromium
from tests.support.marketplaces import engine, marketplace, started
from tradepost.sandbox.marketplace import Marketplace

__all__ = ["engine", "marketplace", "started"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def visitors(browser: Browser, marketplace: Marketplace) -> Iterator[Visitors]:
    """Opens pages. At the end, no script has failed and nothing was refused by the policy."""
    visitors = Visitors(browser, marketplace.url)
    yield visitors
    visitors.close()
    assert visitors.complaints == []
