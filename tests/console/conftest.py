"""A demo server on a port, and a browser. Playwright runs an event loop in the test's thread, so
files with browser tests use no `InProcess` server."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browsers import Visitors, chromium
from tradepost.sandbox.marketplace import Marketplace


@pytest.fixture(scope="session")
def engine() -> str:
    """The engine of a sandbox; pages know of none."""
    return "sqlite"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def started() -> Iterator[Marketplace]:
    with Marketplace() as marketplace:
        yield marketplace


@pytest.fixture
def marketplace(started: Marketplace) -> Iterator[Marketplace]:
    """A demo server as it is at its start."""
    started.reset()
    yield started
    started.close_clients()


@pytest.fixture
def visitors(browser: Browser, marketplace: Marketplace) -> Iterator[Visitors]:
    """Opens pages. At the end, no script has failed and nothing was refused by the policy."""
    visitors = Visitors(browser, marketplace.url)
    yield visitors
    visitors.close()
    assert visitors.complaints == []
