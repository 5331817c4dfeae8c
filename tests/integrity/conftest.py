"""A marketplace with the demo data on each engine, to do harm to."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.move.conftest import Spots, put_demo_data
from tests.support.moves import Spot
from tests.support.postgres import cluster
from tradepost.database import Database, Reader, Transaction
from tradepost.integrity.look import Seen, problems_of_rows
from tradepost.settings import Settings

Harm = Callable[[Transaction], Awaitable[object]]
Found = set[tuple[str, str]]


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


@pytest.fixture(scope="module")
def spot(tmp_path_factory: pytest.TempPathFactory, engine: str) -> Iterator[Spot]:
    """One for the tests of a file, which leave it as it is."""
    name = cluster().create_database() if engine == "postgresql" else ""
    url = cluster().url(name) if name else ""
    yield put_demo_data(
        Spot(Settings(data=str(tmp_path_factory.mktemp("integrity")), database_url=url))
    )
    if name:
        cluster().drop_database(name)


class _Harmed:
    """A database as a transaction sees it that will be undone."""

    def __init__(self, engine: str, reader: Reader):
        self.engine = engine
        self._reader = reader

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        yield self._reader


class Quiet:
    """A watch that nobody reads."""

    def begins(self, what: str, total: int) -> None:
        pass

    def advances(self, count: int) -> None:
        pass


def found_after(spot: Spot, harm: Harm) -> Found:
    """What is found in the rows once harm is done to them, which is undone then."""

    async def within(database: Database) -> Found:
        async def work(transaction: Transaction) -> Found:
            await transaction.execute(
                "PRAGMA defer_foreign_keys = ON"
                if database.engine == "sqlite"
                else "SET LOCAL session_replication_role = replica"
            )
            await harm(transaction)
            harmed: Any = _Harmed(database.engine, transaction)
            problems = problems_of_rows(harmed, Quiet(), Seen())
            return {(found.where, found.what) async for found in problems}

        return await database.rehearse(work)

    found: Found = spot.with_database(within)
    return found


def executing(statement: str, *values: Any) -> Harm:
    """The harm that a statement does; it must change something."""

    async def harm(transaction: Transaction) -> None:
        assert await transaction.execute(statement, *values) > 0

    return harm
