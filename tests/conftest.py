"""Fixtures. Components that are missing skip a test with a reason; with CI=true they fail it."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.support.client import InProcess, NewStore
from tests.support.object_storage import ObjectStorage

ENGINES = ("sqlite",)
"""The engines that every test of a store runs on."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true, where every component must be, a skip is a failure."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI must not: {report.longrepr}"
    return report


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def object_storage() -> Iterator[ObjectStorage]:
    """An S3 server, to which the environment leads as long as it is there."""
    with ObjectStorage() as storage, pytest.MonkeyPatch.context() as environment:
        for name, value in storage.environment.items():
            environment.setenv(name, value)
        yield storage


@pytest.fixture(scope="session")
def new_store() -> NewStore:
    """A directory of the server's own."""
    return dict


@pytest.fixture
def server(tmp_path: Path, engine: str, new_store: NewStore) -> Iterator[InProcess]:
    """A server with the demo data, for a test alone."""
    with InProcess(tmp_path / "data", **new_store()) as server:
        yield server


@pytest.fixture(scope="module", params=ENGINES)
def shared(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, new_store: NewStore
) -> Iterator[InProcess]:
    """A server with the demo data for the tests of a file that leave it as it is."""
    with InProcess(tmp_path_factory.mktemp("data"), **new_store()) as server:
        yield server


@pytest.fixture(scope="session")
def contract() -> Path:
    """The folder of the contract, which is not part of the product."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "contract"
    if not folder.is_dir():
        pytest.skip("the contract is not beside this checkout")
    return folder
