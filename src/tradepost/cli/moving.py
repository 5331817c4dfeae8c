"""What `tradepost move` does: rows, then the blobs that they name, then a check of all of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, NamedTuple

from tradepost.app import connect_database
from tradepost.assets import store as assets
from tradepost.blobs import BlobError, Blobs, BlobsUnavailableError
from tradepost.blobs.transfer import bring
from tradepost.database import Database, Reader, SchemaError, UnavailableError
from tradepost.database.layout import Table, identity, last_write
from tradepost.database.transfer import (
    MoveError,
    MovingIn,
    Sum,
    count,
    data_tables,
    has_schema,
    is_moving_in,
    summed,
)
from tradepost.parent_software import catalogue
from tradepost.settings import Settings
from tradepost.watch import Watch

_OWN: Final = ("catalogue", "parent_software", "parent_software_version", "server_secret")
"""The tables in which a database that was never used has rows."""
_BLOBS_AT_ONCE: Final = 4
_BLOBS_LISTED: Final = 1_000
_TOLD_OF: Final = 3


class Place(NamedTuple):
    """Where data is: a database, a store of blobs, and what to call the two."""

    name: str
    settings: Settings
    blobs: Blobs


class Moved(NamedTuple):
    """What was moved: a sum for each table, and the number of blobs and of their bytes."""

    tables: dict[str, Sum]
    blobs: int
    bytes: int


async def move(source: Place, target: Place, watch: Watch, *, anew: bool = False) -> Moved:
    """Copy everything, or go on with a copy that was interrupted; `anew` does not go on.

    Raises `MoveError` where it cannot be done or something differs: the target cannot be served
    then, until a move has come to its end.
    """
    async with _opened(source) as database, _opened(target) as into:
        # Before anything is removed from the target. A host may have many names.
        same = await identity(database)
        if same is not None and same == await identity(into):
            raise MoveError(f"{source.name} and {target.name} are the same database")
        if not await has_schema(database):
            raise MoveError(f"{source.name} has no data of tradepost")
        await database.migrate()
        async with database.snapshot() as reader:
            seen = await last_write(database.engine, reader)
            tables = await data_tables(database, reader)
            moving = await _begin(into, tables, target, anew)
            sums = await _copy(reader, tables, moving, watch)
        blobs, size = await _bring_blobs(database, source, target, watch)
        await _check(moving, sums, watch)
        if await last_write(database.engine, database) != seen:
            raise MoveError(
                f"{source.name} was written to meanwhile: stop its server, and move with --anew"
            )
        await moving.finish()
        return Moved(sums, blobs, size)


async def move_files(source: Place, target: Place, watch: Watch) -> Moved:
    """Copy the files of one database to another store; nothing is written to the database.

    Raises `MoveError` where a file does not arrive as it was.
    """
    async with _opened(source) as database:
        if not await has_schema(database):
            raise MoveError(f"{source.name} has no data of tradepost")
        blobs, size = await _bring_blobs(database, source, target, watch)
        return Moved({}, blobs, size)


@contextlib.asynccontextmanager
async def _opened(place: Place) -> AsyncIterator[Database]:
    """The database of a place, of whatever schema."""
    database = connect_database(place.settings)
    try:
        try:
            await has_schema(database)
        except (SchemaError, UnavailableError):
            raise
        except Exception as error:  # whatever an engine says of a name or a password
            raise MoveError(f"{place.name} cannot be opened: {error}") from error
        yield database
    finally:
        await database.close()


async def _begin(into: Database, tables: list[Table], target: Place, anew: bool) -> MovingIn:
    """The target, of the same tables as the source and of no data but the source's."""
    if not await is_moving_in(into):
        await into.migrate()
        if not await into.rehearse(catalogue.is_untouched):
            raise MoveError(f"{target.name} is not empty: it has a catalogue of its own")
    moving = MovingIn(into, await data_tables(into))
    if different := _columns(moving.tables) ^ _columns(tables):
        raise MoveError(
            f"{target.name} and the source have different columns ({min(different)}): a move that "
            "another version of tradepost began can be finished by that version alone"
        )
    await moving.begin(_OWN, anew=anew)
    return moving


def _columns(tables: list[Table]) -> set[str]:
    return {f"{table.name}.{column}" for table in tables for column in table.columns}


async def _copy(
    reader: Reader, tables: list[Table], moving: MovingIn, watch: Watch
) -> dict[str, Sum]:
    watch.begins("rows", sum([await count(reader, table) for table in tables]))
    # In the target's order: what the engines know of references may differ.
    return {table.name: await moving.copy(reader, table, watch.advances) for table in moving.tables}


async def _bring_blobs(
    database: Database, source: Place, target: Place, watch: Watch
) -> tuple[int, int]:
    """Bring the blobs that the source's rows name: how many there are, and their bytes."""
    watch.begins("files", await assets.count_blobs(database))
    folder = Path(target.settings.data)
    turns = asyncio.Semaphore(_BLOBS_AT_ONCE)
    failures: list[BlobError] = []

    async def bring_one(blob: assets.Blob) -> None:
        async with turns:
            try:
                await bring(
                    blob.key,
                    blob.sha512,
                    blob.size,
                    source.blobs,
                    target.blobs,
                    folder,
                    blob.label,
                )
            except BlobsUnavailableError:
                raise
            except BlobError as error:
                failures.append(error)
            watch.advances(1)

    number = total = 0
    listed = await assets.blobs(database, "", _BLOBS_LISTED)
    while listed:
        try:
            async with asyncio.TaskGroup() as group:
                for blob in listed:
                    group.create_task(bring_one(blob))
        except BaseExceptionGroup as errors:  # a store that is out, say: one of them tells it
            raise errors.exceptions[0] from None
        number += len(listed)
        total += sum(blob.size for blob in listed)
        listed = await assets.blobs(database, listed[-1].sha512, _BLOBS_LISTED)
    if failures:
        told = "; ".join(map(str, failures[:_TOLD_OF]))
        more = f" (and {len(failures) - _TOLD_OF} more)" if len(failures) > _TOLD_OF else ""
        raise MoveError(f"{len(failures)} of {number} blobs did not arrive: {told}{more}")
    return number, total


async def _check(moving: MovingIn, sums: dict[str, Sum], watch: Watch) -> None:
    """Read everything back, and compare."""
    watch.begins("rows checked", sum(found.rows for found in sums.values()))
    wrong = []
    async with moving.database.snapshot() as reader:
        for table in moving.tables:
            ours, theirs = sums[table.name], await summed(reader, table, watch.advances)
            if ours.rows != theirs.rows:
                wrong.append(f"{table.name} has {theirs.rows} rows of {ours.rows}")
            elif ours.checksum != theirs.checksum:
                wrong.append(f"{table.name} has other values")
    if wrong:
        raise MoveError(f"the target is not what the source is: {', '.join(wrong)}")
