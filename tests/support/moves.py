"""Places that data is moved between, and what is in them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.command import Result, tradepost
from tradepost.app import connect_database, open_blobs
from tradepost.cli.moving import Moved, Place, move
from tradepost.database import Database, Row
from tradepost.database.layout import BOOKKEEPING, tables_of
from tradepost.settings import Settings


class Spot(NamedTuple):
    """A place with blobs in its own directory, whatever its engine."""

    settings: Settings

    @property
    def url(self) -> str:
        return self.settings.database_url or self.settings.data

    @property
    def blobs(self) -> Path:
        return self.settings.blobs_path

    @property
    def place(self) -> Place:
        return Place(self.url, self.settings, open_blobs(self.settings))

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which commands use it."""
        return {
            "TRADEPOST_DATA": self.settings.data,
            "TRADEPOST_DATABASE_URL": self.settings.database_url,
        }

    def with_database(self, work: Callable[[Database], Awaitable[Any]]) -> Any:
        """What some work on the database gives; it is opened as it is, and closed."""

        async def opened() -> Any:
            database = connect_database(self.settings)
            try:
                return await work(database)
            finally:
                await database.close()

        return run(opened())

    def execute(self, statement: str, *values: Any) -> int:
        """Run one statement in a unit of work; how many rows it changed."""

        async def work(database: Database) -> int:
            return await database.write(lambda t: t.execute(statement, *values))

        found: int = self.with_database(work)
        return found

    def dump(self) -> dict[str, list[Row]]:
        """All rows of every table but those of the engine, in order."""

        async def work(database: Database) -> dict[str, list[Row]]:
            found = {}
            for table in await tables_of(database.engine, database):
                columns, key = ", ".join(table.columns), ", ".join(table.key or table.columns)
                statement = f"SELECT {columns} FROM {table.name} ORDER BY {key}"
                found[table.name] = await database.rows(statement)
            return {name: rows for name, rows in found.items() if name not in BOOKKEEPING}

        dumped: dict[str, list[Row]] = self.with_database(work)
        return dumped

    def files(self) -> dict[str, bytes]:
        """All blobs."""
        paths = sorted(path for path in self.blobs.rglob("*") if path.is_file())
        return {str(path.relative_to(self.blobs)): path.read_bytes() for path in paths}


class StopError(Exception):
    """What an interrupted move was interrupted with."""


class Steps:
    """Counts the steps of a move, and interrupts it at one of them."""

    def __init__(self, stop_at: int = -1):
        self.taken = 0
        self._stop_at = stop_at

    def begins(self, what: str, total: int) -> None:
        self.advances(total)

    def advances(self, count: int) -> None:
        if self.taken == self._stop_at:
            raise StopError
        self.taken += 1


def run(work: Any) -> Any:
    return asyncio.run(work)


def move_here(source: Spot, target: Spot, *, stop_at: int = -1, anew: bool = False) -> Moved:
    """Move in this process; it may be interrupted at a step."""
    moved: Moved = run(move(source.place, target.place, Steps(stop_at), anew=anew))
    return moved


def arguments(source: Spot, target: Spot) -> list[str]:
    """Those of the command that moves."""
    sent = ["move", "--from", source.url, "--to", target.url]
    if source.settings.database_url:
        sent += ["--from-blobs", str(source.blobs)]
    if target.settings.database_url:
        sent += ["--to-blobs", str(target.blobs)]
    return sent


def move_by_command(source: Spot, target: Spot, *flags: str) -> Result:
    return tradepost(*arguments(source, target), *flags)


def steps_of_move(source: Spot, target: Spot) -> int:
    """How many steps it takes to move everything; they are taken."""
    steps = Steps()
    run(move(source.place, target.place, steps))
    return steps.taken
