"""Databases of each engine, opened as the server opens them."""

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support import engines
from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.database.postgresql import PostgresqlDatabase
from tradepost.database.sqlite import SqliteDatabase


def open_engine(engine: str, folder: Path) -> Database:
    """A database of an engine in a folder: empty where there was none."""
    if engine == "sqlite":
        return SqliteDatabase(folder / "test.db", Clock())
    url = engines.database_url(folder, engine)
    return PostgresqlDatabase(url, Clock(), connections=10, kept_statements=100)


class Harness:
    """An open database and the event loop that it is used on."""

    def __init__(self, engine: str, folder: Path):
        self.folder = folder
        self._runner = asyncio.Runner()

        async def opened() -> Database:
            return open_engine(engine, folder)

        self.database: Database = self.run(opened())

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def write(self, statement: str, *values: Any) -> None:
        """Run one statement in a unit of work of its own."""
        self.run(self.database.write(executing(statement, *values)))

    def notes(self) -> list[str]:
        """The texts of the table `note` that are committed, in their order."""
        rows = self.run(self.database.rows("SELECT text FROM note ORDER BY pk"))
        return [text for (text,) in rows]

    def close(self) -> None:
        self.run(self.database.close())
        self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def executing(statement: str, *values: Any) -> Callable[[Transaction], Awaitable[int]]:
    """The unit of work that runs one statement."""

    async def work(transaction: Transaction) -> int:
        return await transaction.execute(statement, *values)

    return work


def damage(path: Path, name: str) -> None:
    """Let the first page of a table or index of an SQLite file be random, the same each time."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [[size]] = database.execute("PRAGMA page_size")
        [[root]] = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,))
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(random.Random(1).randbytes(size))
