"""Filling an empty database with the rows of another one, of whatever engine.

A database that is being filled says so among its migrations, so that none serves it. Rows go over
in the order of their primary keys, some thousands in a transaction, so what is there is always the
beginning of what is to be there: a move that was interrupted goes on after it.
"""

import secrets
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from hashlib import blake2b
from typing import Any, Final

import msgspec

from tradepost.database import (
    Database,
    Reader,
    Row,
    SchemaError,
    Transaction,
    UnavailableError,
    UncertainError,
)
from tradepost.database.layout import BOOKKEEPING, Table, tables_of
from tradepost.database.steps import MOVING_IN
from tradepost.database.written import EVERYTHING, TELL

_BATCH: Final = 2_000
_IS_MOVING_IN: Final = "SELECT applied_at FROM schema_migration WHERE name = $1"

Told = Callable[[int], None]
"""Is told how many rows have been dealt with, each time that some were."""


class MoveError(Exception):
    """Data cannot be moved, or did not arrive as it was; the text is one sentence."""


class Sum:
    """How many rows there are, and a checksum of them and their order: the same on any engine."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = blake2b(digest_size=16)
        self._encode = msgspec.msgpack.Encoder().encode

    @property
    def checksum(self) -> str:
        return self._hash.hexdigest()

    def add(self, rows: Iterable[Row]) -> None:
        encoded = [self._encode(row) for row in rows]
        self.rows += len(encoded)
        self._hash.update(b"".join(encoded))


async def data_tables(database: Database, reader: Reader | None = None) -> list[Table]:
    """The tables that hold data, each after those that it refers to."""
    tables = await tables_of(database.engine, reader or database)
    return [table for table in tables if table.name not in BOOKKEEPING]


async def has_schema(database: Database) -> bool:
    """Whether a database has tables of tradepost."""
    tables = await tables_of(database.engine, database)
    return "schema_migration" in (table.name for table in tables)


async def is_moving_in(database: Database) -> bool:
    """Whether a move into a database was begun and not finished."""
    return await has_schema(database) and bool(await database.row(_IS_MOVING_IN, MOVING_IN))


async def count(reader: Reader, table: Table) -> int:
    """How many rows a table has."""
    row: Any = await reader.row(f'SELECT COUNT(*) FROM "{table.name}"')
    return int(row[0])


async def summed(reader: Reader, table: Table, told: Told) -> Sum:
    """The sum of all rows of a table."""
    found = Sum()
    async for rows in batches(reader, table):
        found.add(rows)
        told(len(rows))
    return found


async def batches(reader: Reader, table: Table) -> AsyncIterator[list[Row]]:
    """All rows of a table in the order of its key, some thousands at a time."""
    after: Row | None = None
    while rows := await _batch(reader, table, after):
        yield rows
        after = key_of(table, rows[-1])


def key_of(table: Table, row: Row) -> Row:
    """The values that a row is found by: all of them where there is no primary key."""
    return tuple(row[table.columns.index(column)] for column in table.key or table.columns)


class MovingIn:
    """A database that is being filled, by this run alone: one that begins later takes over."""

    def __init__(self, database: Database, tables: list[Table]):
        self.database = database
        self.tables = tables
        """Those that hold data, each after those that it refers to."""
        self._run = secrets.token_hex(8)

    async def begin(self, own: Collection[str], *, anew: bool) -> None:
        """Begin a move into a migrated database, or go on with one; `anew` removes what it moved.

        Raises `MoveError` for a database that has rows in other tables than `own`, whose rows are
        replaced.
        """

        async def work(transaction: Transaction) -> None:
            is_begun = await transaction.row(_IS_MOVING_IN, MOVING_IN)
            if not is_begun:
                for table in self.tables:
                    if table.name not in own and await _has_rows(transaction, table):
                        raise MoveError(f"the target is not empty: it has rows in {table.name}")
            if anew or not is_begun:
                await self._clear(transaction)
            await transaction.execute("DELETE FROM schema_migration WHERE name = $1", MOVING_IN)
            await transaction.execute(
                "INSERT INTO schema_migration (name, applied_at) VALUES ($1, $2)",
                MOVING_IN,
                self._run,
            )

        await self.database.write(work)

    async def copy(self, source: Reader, table: Table, told: Told) -> Sum:
        """Bring those rows of a table over that are not there yet; the sum of the source's.

        Raises `MoveError` where rows are there that the source has not, or has otherwise.
        """
        found = Sum()
        after: Row | None = None
        may_hold = True
        while rows := await _batch(source, table, after):
            held = await _batch(self.database, table, after, len(rows)) if may_hold else []
            if held != rows[: len(held)]:
                raise _differs(table)
            may_hold = len(held) == len(rows)
            if not may_hold:
                await self._insert(table, rows[len(held) :])
            found.add(rows)
            after = key_of(table, rows[-1])
            told(len(rows))
        if may_hold and await _batch(self.database, table, after, 1):
            raise _differs(table)
        return found

    async def finish(self) -> None:
        """Make the database one that can be served, all at once."""

        async def work(transaction: Transaction) -> None:
            await self._claim(transaction)
            for table in self.tables:
                for column in table.numbered:
                    await transaction.row(
                        f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', '{column}'), "
                        f'GREATEST(MAX("{column}"), 1), MAX("{column}") IS NOT NULL) '
                        f'FROM "{table.name}"'
                    )
            if self.database.engine == "postgresql":  # else it plans for empty tables at first
                await transaction.execute(f"ANALYZE {_names(self.tables)}")
            await transaction.execute("DELETE FROM schema_migration WHERE name = $1", MOVING_IN)
            await transaction.execute(TELL, EVERYTHING)

        await self.database.write(work)

    async def _insert(self, table: Table, rows: list[Row]) -> None:
        values = ", ".join(f"${number}" for number in range(1, len(table.columns) + 1))
        statement = f'INSERT INTO "{table.name}" ({_quoted(table.columns)}) VALUES ({values})'

        async def work(transaction: Transaction) -> None:
            await self._claim(transaction)
            await transaction.execute_many(statement, rows)

        try:
            await self.database.write(work)
        except (MoveError, SchemaError, UnavailableError, UncertainError):
            raise
        except Exception as error:  # whatever an engine says of a value that it does not take
            if len(rows) > 1:
                # One by one, to find which it is; those before it may stay.
                for row in rows:
                    await self._insert(table, [row])
                return
            raise MoveError(
                f"the target does not take the row of {table.name} with the key "
                f"{key_of(table, rows[0])}: {error}"
            ) from error

    async def _claim(self, transaction: Transaction) -> None:
        if await transaction.row(_IS_MOVING_IN, MOVING_IN) != (self._run,):
            raise MoveError("another move into the same database has begun since")

    async def _clear(self, transaction: Transaction) -> None:
        if self.database.engine == "postgresql":
            await transaction.execute(f"TRUNCATE {_names(self.tables)}")
            return
        for table in reversed(self.tables):
            await transaction.execute(f'DELETE FROM "{table.name}"')


async def _batch(reader: Reader, table: Table, after: Row | None, limit: int = _BATCH) -> list[Row]:
    """The next rows behind a key. A table without one, which must be small, is read whole."""
    chosen = f'SELECT {_quoted(table.columns)} FROM "{table.name}"'
    if not table.key:
        return await reader.rows(f"{chosen} ORDER BY {_quoted(table.columns)}") if not after else []
    key = _quoted(table.key)
    order = f"ORDER BY {key} LIMIT {limit}"
    if after is None:
        return await reader.rows(f"{chosen} {order}")
    values = ", ".join(f"${number}" for number in range(1, len(table.key) + 1))
    return await reader.rows(f"{chosen} WHERE ({key}) > ({values}) {order}", *after)


async def _has_rows(reader: Reader, table: Table) -> bool:
    return await reader.row(f'SELECT 1 FROM "{table.name}" LIMIT 1') is not None


def _differs(table: Table) -> MoveError:
    return MoveError(
        f"rows of {table.name} that were moved before are not those of the source: it has changed "
        "since, or it is another one; --anew removes them and begins again"
    )


def _names(tables: Iterable[Table]) -> str:
    return _quoted(table.name for table in tables)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
