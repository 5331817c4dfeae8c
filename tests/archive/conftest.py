"""Places to back up and to restore to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.move.conftest import Spots
from tests.support.moves import Spot
from tests.support.postgres import cluster
from tradepost.settings import Settings


@pytest.fixture
def spots(tmp_path: Path) -> Iterator[Spots]:
    """Makes places, by engine and name, where nothing is yet."""
    databases = []

    def make(engine: str, name: str) -> Spot:
        url = ""
        if engine == "postgresql":
            databases.append(cluster().create_database())
            url = cluster().url(databases[-1])
        return Spot(Settings(data=str(tmp_path / name), database_url=url))

    yield make
    for database in databases:
        cluster().drop_database(database)
