"""Places to move from and to, on each engine."""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.moves import Spot, run
from tests.support.postgres import cluster
from tradepost.app import open_database
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.demo.load import load
from tradepost.settings import Settings

Spots = Callable[[str, str], Spot]


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


def put_demo_data(spot: Spot) -> Spot:
    """The same place, with the demo data."""
    if spot.settings.database_url:
        _load(spot)
    else:
        shutil.copytree(_demo_data(), spot.settings.data, dirs_exist_ok=True)
    return spot


@functools.cache
def _demo_data() -> Path:
    """A data directory with the demo data, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="tradepost-tests-"))
    atexit.register(shutil.rmtree, folder)
    _load(Spot(Settings(data=str(folder))))
    return folder


def _load(spot: Spot) -> None:
    async def work() -> None:
        database = await open_database(spot.settings)
        await load(database, DirectoryBlobs(spot.blobs, durable=False))
        await database.close()

    run(work())
