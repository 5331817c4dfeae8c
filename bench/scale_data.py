"""Data of any size: app softwares of 50 versions, stored in batches.

Versions are stored round by round, as time brings them, so that those of one app software lie
apart in the file. The statements are those of `app_software.store`, taken down and run many
at a time without a log: the same rows under the same schema, sooner.
"""

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import apsw
import data

from tradepost.app import open_database
from tradepost.app_software import store
from tradepost.app_software.model import AppSoftwareVersionGetResponse
from tradepost.database import Row
from tradepost.settings import Settings

_BATCH: Final = 20_000
_CACHE_KIB: Final = 3 * 2**20
"""So that the indexes, to which every round adds all over, stay in memory while they grow."""


_COUNT: Final = "UPDATE app_software SET changes "
_COUNTED: Final = "SELECT changes FROM app_software "


class _Recorder:
    """A transaction that takes inserts down.

    The count of changes, which would be written for each, is 1 for all and set at the end.
    """

    def __init__(self) -> None:
        self.taken: dict[str, list[Row]] = {}

    async def rows(self, statement: str, *values: Any) -> list[Row]:
        raise AssertionError(f"a store that asks is not to be taken down: {statement}")

    async def row(self, statement: str, *values: Any) -> Row | None:
        assert statement.startswith(_COUNTED), statement
        return (1,)

    async def execute(self, statement: str, *values: Any) -> int:
        if not statement.startswith(_COUNT):
            assert statement.startswith("INSERT "), statement
            self.taken.setdefault(statement, []).append(values)
        return 1

    async def execute_many(self, statement: str, rows: list[Row]) -> None:
        self.taken.setdefault(statement, []).extend(rows)

    def touch(self, topic: str) -> None:
        pass


def build(folder: Path, softwares: int) -> None:
    """Make Tradepost's database in a folder."""
    settings = Settings(data=str(folder))
    asyncio.run(_surround(settings, softwares))
    connection = apsw.Connection(str(settings.database_path))
    for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
        connection.execute(f"PRAGMA {pragma}")
    rows: list[Any] = connection.execute("SELECT id, pk FROM app_software").fetchall()
    keys: dict[str, int] = dict(rows)
    ordered = [keys[data.software_id(number)] for number in range(softwares)]
    versions = _versions(softwares)
    connection.execute("BEGIN")
    while batch := list(islice(versions, _BATCH)):
        for statement, rows in asyncio.run(_take_down(ordered, batch)).items():
            connection.executemany(statement, rows)
    connection.execute("UPDATE app_software SET changes = 1")
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


async def _surround(settings: Settings, softwares: int) -> None:
    database = await open_database(settings)
    try:
        await data.insert_surroundings(database, softwares)
    finally:
        await database.close()


def _versions(softwares: int) -> Iterator[tuple[int, AppSoftwareVersionGetResponse]]:
    for build in range(1, data.VERSIONS + 1):
        for number in range(softwares):
            yield number, data.version(number, build)


async def _take_down(
    keys: list[int], batch: list[tuple[int, AppSoftwareVersionGetResponse]]
) -> dict[str, list[Row]]:
    recorder = _Recorder()
    for number, version in batch:
        await store.insert(recorder, keys[number], version)
    return recorder.taken
