"""The pytest plugin: the fixture `marketplace`, see docs/sandbox.md."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tradepost.sandbox.marketplace import Marketplace

_SEED = "tradepost_seed"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        _SEED,
        "What the marketplace draws its ids, tokens and times from.",
        default="",
        type="string",
    )


@pytest.fixture(scope="session")
def marketplace_server(pytestconfig: pytest.Config) -> Iterator["Marketplace"]:
    """A marketplace for all tests; a test that is to be alone with it takes `marketplace`."""
    from tradepost.sandbox.marketplace import Marketplace

    with Marketplace(pytestconfig.getini(_SEED)) as started:
        yield started


@pytest.fixture
def marketplace(marketplace_server: "Marketplace") -> Iterator["Marketplace"]:
    """A marketplace with the demo data and nothing of any other test."""
    marketplace_server.reset()
    yield marketplace_server
    marketplace_server.close_clients()
