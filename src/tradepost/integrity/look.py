"""Looking at every row: its types, its document, and what it refers to."""

from collections.abc import AsyncIterator, Collection, Iterable
from typing import Any

import msgspec

from tradepost.assets import store as assets
from tradepost.database import Database, Reader, Row, UnavailableError
from tradepost.database.layout import Table, damages, leading_nowhere, references_of, tables_of
from tradepost.database.transfer import batches, count, data_tables, key_of
from tradepost.integrity import store
from tradepost.integrity.app_rows import VersionRow
from tradepost.integrity.checked import Checked
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

    Whoever writes meanwhile is not kept from it. `seen` tells how much that was.
    """
    async with database.snapshot() as reader:
        damaged = False
        for text in await damages(database.engine, reader):
            damaged = True
            yield Problem("database", text)
        if damaged:  # nothing that is read from it would be worth telling
            return
        tables = await data_tables(database, reader)
        names = await store.names(reader)
        watch.begins("rows", sum([await count(reader, table) for table in tables]))
        for table in tables:
            seen.tables += 1
            try:
                async for found in _problems_of_table(reader, table, names, watch, seen):
                    yield found
            except UnavailableError:
                raise
            except Exception as error:  # whatever an engine says of a page that it cannot read
                yield Problem(table.name, f"it cannot be read: {error}")
        by_name = {table.name: table for table in tables}
        for reference in await references_of(database.engine, reader):
            if reference.table in by_name:
                for key in await leading_nowhere(reader, by_name[reference.table], reference):
                    columns = ", ".join(reference.columns)
                    what = f"its {columns} lead to no row of {reference.other}"
                    yield Problem(where(reference.table, key), what)
        async for found in store.loose_references(reader):
            yield found
        async for found in store.wrong_totals(reader):
            yield found


async def _problems_of_table(
    reader: Reader, table: Table, names: Names, watch: Watch, seen: Seen
) -> AsyncIterator[Problem]:
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
                wrong = list(checked.problems(names))
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
