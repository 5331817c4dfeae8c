"""Looking at every row: its types, its document, and what it refers to."""

from collections.abc import AsyncIterator, Collection, Iterable
from typing import Any

import msgspec

from tradepost.assets import store as assets
from tradepost.blobs import BlobError
from tradepost.database import Database, Reader, Row, UnavailableError
from tradepost.database.layout import (
    Table,
    leading_nowhere,
    missing_parts,
    references_of,
    tables_of,
)
from tradepost.database.transfer import batches, count, data_tables, key_of
from tradepost.integrity import store
from tradepost.integrity.app_rows import VersionRow
from tradepost.integrity.checked import Checked, impossible_times
from tradepost.integrity.documents import BadDocumentError
from tradepost.integrity.model import Names, Problem
from tradepost.integrity.rows import ROWS
from tradepost.integrity.store import Compatibilities, where
from tradepost.watch import Watch

_VERSIONS = "app_software_version"
_VERSIONS_IN_ORDER = ("app_software_pk", "build_number")
"""What they are read by, so that the rows of their compatibilities come beside them."""


class Seen(msgspec.Struct):
    """How much was looked at."""

    tables: int = 0
    rows: int = 0


async def problems_of_rows(database: Database, watch: Watch, seen: Seen) -> AsyncIterator[Problem]:
    """What is wrong with the rows of a database of the newest schema, at one moment of it.

    Whoever writes meanwhile is not kept from it. `seen` tells how much that was. A table that
    cannot be read is a problem, and the others are looked at all the same.
    """
    async with database.snapshot() as reader:
        for text in await missing_parts(database.engine, reader):
            yield Problem("database", text)
        tables = await data_tables(database, reader)
        sizes = {table.name: await _size(reader, table) for table in tables}
        watch.begins("rows", sum(size or 0 for size in sizes.values()))
        names: Names | None = None
        try:
            names = await store.names(reader)
        except Exception as error:
            _pass_on(error)
            what = f"what rows refer to cannot be read, so they are only counted: {error}"
            yield Problem("database", what)
        looks = [
            *((t.name, _problems_of_table(reader, t, names, watch, seen)) for t in tables),
            *((f"references of {t.name}", _nowhere(database, reader, t)) for t in tables),
            ("references", store.loose_references(reader)),
            ("totals", store.wrong_totals(reader)),
        ]
        seen.tables = len(tables)
        for name, problems in looks:
            async for found in readable(name, problems):
                yield found


async def readable(where: str, problems: AsyncIterator[Problem]) -> AsyncIterator[Problem]:
    """Problems, and where looking for them fails, that as the last one."""
    try:
        async for found in problems:
            yield found
    except Exception as error:
        _pass_on(error)
        yield Problem(where, f"it cannot be read: {error}")


def _pass_on(error: Exception) -> None:
    """Raise what is no fault of what is stored; the rest is whatever an engine says of a page that
    it cannot read."""
    if isinstance(error, UnavailableError | BlobError):
        raise error


async def _size(reader: Reader, table: Table) -> int | None:
    try:
        return await count(reader, table)
    except Exception as error:  # told when its rows are read
        _pass_on(error)
        return None


async def _nowhere(database: Database, reader: Reader, table: Table) -> AsyncIterator[Problem]:
    """Rows of a table that lead to no row of another, where the engine should have seen to it."""
    for reference in await references_of(database.engine, reader):
        if reference.table == table.name:
            columns = ", ".join(reference.columns)
            for key in await leading_nowhere(reader, table, reference):
                what = f"its {columns} lead to no row of {reference.other}"
                yield Problem(where(table.name, key), what)


async def _problems_of_table(
    reader: Reader, table: Table, names: Names | None, watch: Watch, seen: Seen
) -> AsyncIterator[Problem]:
    if names is None:
        async for rows in batches(reader, table):
            seen.rows += len(rows)
        return
    kind = ROWS.get(table.name, Checked)
    compatibilities = None
    ordered = table
    if table.name == _VERSIONS:
        ordered = table._replace(key=_VERSIONS_IN_ORDER)
        compatibilities = Compatibilities(reader)
    async for rows in batches(reader, ordered):
        images: dict[str, list[Row]] = {}
        for row in rows:
            key = key_of(table, row)
            try:
                checked = msgspec.convert(dict(zip(table.columns, row, strict=True)), kind)
                wrong = [*impossible_times(checked), *checked.problems(names)]
                for image_id in checked.images():
                    images.setdefault(image_id, []).append(key)
                if compatibilities is not None and isinstance(checked, VersionRow):
                    wrong += await _wrong_compatibilities(checked, compatibilities)
            except (BadDocumentError, msgspec.ValidationError) as error:
                wrong = [str(error)]
            for what in wrong:
                yield Problem(where(table.name, key), what)
        for image_id in sorted(await assets.missing_images(reader, images)):
            for key in images[image_id]:
                yield Problem(where(table.name, key), f"its image {image_id} is not there")
        seen.rows += len(rows)
        watch.advances(len(rows))


async def _wrong_compatibilities(
    version: VersionRow, compatibilities: Compatibilities
) -> Iterable[str]:
    held = await compatibilities.of(version.app_software_pk, version.build_number)
    told: list[Any] = version.compatibilities()
    if held != told:
        return [f"its rows of compatibilities are {held!r}, and by its document {told!r}"]
    return []


async def problems_of_tables(
    engine: str, reader: Reader, chosen: Collection[str], watch: Watch
) -> list[Problem]:
    """What is wrong with the rows of some tables, as one reader sees them; references included."""
    tables = [table for table in await tables_of(engine, reader) if table.name in chosen]
    names = await store.names(reader)
    found: list[Problem] = []
    for table in tables:
        found += [p async for p in _problems_of_table(reader, table, names, watch, Seen())]
    found += [problem async for problem in store.loose_references(reader)]
    found += [problem async for problem in store.wrong_totals(reader)]
    return found
