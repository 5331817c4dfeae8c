"""One PostgreSQL and three nodes behind nginx for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nodes.nodes import Nodes, load_demo, serving
from tests.nodes.postgres import PostgresServer, folder_for_all


@pytest.fixture(scope="package")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL with the demo data; whoever stops it starts it again."""
    with folder_for_all() as folder:
        server = PostgresServer(folder)
        try:
            load_demo(server)
            yield server
        finally:
            server.close()


@pytest.fixture(scope="package")
def nodes(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """Three nodes behind nginx; whoever kills one starts it again."""
    with serving(tmp_path_factory.mktemp("nodes"), postgres) as nodes:
        yield nodes


@pytest.fixture(autouse=True)
def _nothing_unforeseen(request: pytest.FixtureRequest) -> Iterator[None]:
    """No node fails in a way that the program did not foresee."""
    yield
    if "nodes" in request.fixturenames:
        logs = request.getfixturevalue("nodes").logs()
        assert "Traceback" not in logs, logs[-4000:]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
