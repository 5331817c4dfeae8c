"""Fixtures. Components that are missing skip a test with a reason; with CI=true they fail it."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import engines, postgres
from tests.support.client import InProcess, NewStore
from tests.support.object_storage import ObjectStorage

# No test depends on a clock: a busy machine is no counterexample.
settings.register_profile("any speed", deadline=None, max_examples=50)
settings.load_profile("any speed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true, where every component must be, a skip is a failure."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI must not: {report.longrepr}"
    return report


@pytest.fixture(scope="session", params=engines.ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The engine that a test runs on; it runs on each. Missing ones are skipped."""
    name: str = request.param
    if name == "postgresql":
        postgres.cluster()
    return name


@pytest.fixture(autouse=True)
def _in_force(request: pytest.FixtureRequest) -> None:
    """Servers that a test starts itself are on the engine that it runs on."""
    has_engine = "engine" in request.fixturenames
    engines.use(request.getfixturevalue("engine") if has_engine else "sqlite")


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
    with InProcess(tmp_path / "data", engine=engine, **new_store()) as server:
        yield server


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, engine: str, new_store: NewStore
) -> Iterator[InProcess]:
    """A server with the demo data for the tests of a file that leave it as it is."""
    with InProcess(tmp_path_factory.mktemp("data"), engine=engine, **new_store()) as server:
        yield server


@pytest.fixture(scope="session")
def contract() -> Path:
    """The folder of the contract, which is not part of the product."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "contract"
    if not folder.is_dir():
        pytest.skip("the contract is not beside this checkout")
    return folder
