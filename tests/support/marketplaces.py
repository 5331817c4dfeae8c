"""Fixtures: a marketplace in a thread, which every test has as it was at its start."""

from collections.abc import Iterator

import pytest

from tradepost.sandbox.marketplace import Marketplace

__all__ = ["engine", "marketplace", "started"]


@pytest.fixture(scope="session")
def engine() -> str:
    """The only engine that a sandbox has."""
    return "sqlite"


@pytest.fixture(scope="module")
def started() -> Iterator[Marketplace]:
    with Marketplace() as marketplace:
        yield marketplace


@pytest.fixture
def marketplace(started: Marketplace) -> Iterator[Marketplace]:
    started.reset()
    yield started
    started.close_clients()
