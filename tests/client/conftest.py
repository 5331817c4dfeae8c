"""Clients of both kinds, each on a server with the demo data in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.demo import Demo
from tests.client.driven import TWINS, Driven, Twin


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that are made as users make them look for proxies in the environment."""
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture(scope="module", params=TWINS)
def twin(request: pytest.FixtureRequest) -> Twin:
    """Which of the two clients a test runs on; it runs on both."""
    found: Twin = request.param
    return found


@pytest.fixture(scope="module")
def shared_demo(twin: Twin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A server for the tests of a file that leave it as it is."""
    with Demo(twin, tmp_path_factory.mktemp("data")) as demo:
        yield demo


@pytest.fixture
def demo(twin: Twin, tmp_path: Path) -> Iterator[Demo]:
    """A server for a test alone."""
    with Demo(twin, tmp_path / "data") as demo:
        yield demo


@pytest.fixture
def client(demo: Demo) -> Iterator[Driven]:
    """The developer's client of a server for a test alone."""
    with demo.client() as client:
        yield client


@pytest.fixture
def reader(shared_demo: Demo) -> Iterator[Driven]:
    """The developer's client of a server that the tests of a file share."""
    with shared_demo.client() as client:
        yield client
