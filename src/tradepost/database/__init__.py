"""The seam to a database: statements, transactions, migrations. It knows no domain.

Statements are written once for every engine, with `$1`, `$2`, … in the order of their first
appearance. A store is given a `Reader` or a `Transaction` and never opens one.
"""

import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Row = tuple[Any, ...]


def next_change() -> int:
    """A number for the `changes` of a row that is written: greater than all that came before.

    The time in microseconds. A row whose number is not smaller already counts on from its own.
    """
    return time.time_ns() // 1000


class Reader(Protocol):
    """Something that answers SELECT statements."""

    async def rows(self, statement: str, *values: Any) -> list[Row]:
        """All rows that a statement gives."""
        ...

    async def row(self, statement: str, *values: Any) -> Row | None:
        """The first row that a statement gives, if any."""
        ...


class Transaction(Reader, Protocol):
    """One request's writes: all of them are stored, or none.

    A unit of work may await nothing but its own statements, because some engines run it to its
    end without an event loop.
    """

    async def execute(self, statement: str, *values: Any) -> int:
        """Run a statement that changes rows, and tell how many it changed."""
        ...

    def touch(self, topic: str) -> None:
        """Report what is written, to whoever keeps answers made of it: see `Database.news`.

        A topic is any word without spaces.
        """
        ...

    async def execute_many(self, statement: str, rows: list[Row]) -> None:
        """Run a statement once for each of many rows."""
        ...


class Database(Reader, Protocol):
    """A database. Its own `rows` and `row` read what is committed, a statement at a time."""

    @property
    def engine(self) -> str:
        """The name of the engine, which is also that of the folder of its migrations."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Reader]:
        """A reader whose statements all see the same moment."""
        ...

    async def write(
        self, work: Callable[[Transaction], Awaitable[T]], *, about: str | None = None
    ) -> T:
        """Run a unit of work in a transaction, and return its result once it is durable.

        It is as if no other ran at the same time. One that decides and writes within one thing
        alone may say what it is `about`, and then others may run beside it on some engines: those
        about other things. An app is such a thing (`apps/about.py`). A unit of work may be run
        again from its start, so it must change nothing but what it stores.

        What the work raises is raised here, and nothing of it is stored. Raises
        `UnavailableError` where the engine cannot take writes now; nothing is stored then.
        Raises `UncertainError` where it cannot be told whether it is stored.
        """
        ...

    async def rehearse(
        self, work: Callable[[Transaction], Awaitable[T]], *, about: str | None = None
    ) -> T:
        """Run a unit of work as `write` does, and store nothing of it.

        What it returns is returned, and what it raises is raised.
        """
        ...

    @property
    def asks_for_news(self) -> bool:
        """Whether `news` knows only what `ask_for_news` has brought."""
        ...

    async def ask_for_news(self) -> None:
        """Let `news` tell all that was written before this was called."""
        ...

    def news(self) -> Collection[str] | None:
        """The topics written to since this was last asked, by any process; none costs next to
        nothing to find out.

        `None` where that cannot be told: anything may have changed. For one asker. What another
        program writes into the database is not told.
        """
        ...

    async def migrate(self) -> list[str]:
        """Bring the schema up to date; the names of the steps that this took.

        Raises `SchemaError` for a database that is newer than this program, or no database
        of this program.
        """
        ...

    @property
    def is_shared(self) -> bool:
        """Whether several servers may use it, and so servers of several versions."""
        ...

    async def steps_left(self) -> list[str] | None:
        """The steps that `migrate` would take; `None` for a database with nothing in it.

        Raises what `migrate` raises.
        """
        ...

    async def check(self) -> None:
        """Answer a trivial statement, or raise."""
        ...

    async def close(self) -> None:
        """Finish what is being written, and let go of the files."""
        ...


class SchemaError(Exception):
    """The database is not one that this program can use; the text says why."""


class UnavailableError(Exception):
    """The engine cannot do it now: it is busy, it is not there, or its disk is full."""


class LostError(UnavailableError):
    """The engine was lost meanwhile. Nothing was stored, and it may be back already."""


class UncertainError(Exception):
    """The engine was lost while it stored something: nobody can tell whether it is stored."""
