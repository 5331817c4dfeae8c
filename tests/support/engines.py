"""Which engine the tests now run on, and where the databases of their data folders are.

A test that uses the fixture `engine` runs on each, all others on SQLite. On PostgreSQL, each data
folder has a database of its own on the session's server, so that a server that is opened on the
same folder again finds it.
"""

import asyncio
import functools
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from tests.support.postgres import cluster
from tradepost.app import open_database
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.demo.load import load
from tradepost.settings import Settings

ENGINES: Final = ("sqlite", "postgresql")
only_sqlite: Final = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For tests of what that engine alone promises."""
_KEPT: Final = 30
"""How many databases there are at the most of folders that nobody uses any more, about."""

_in_force = "sqlite"
_databases: dict[Path, str] = {}
_given_up: list[Path] = []


def use(engine: str) -> None:
    """Let every data folder that is new from here on be of an engine."""
    global _in_force
    _in_force = engine


def database_url(folder: Path, engine: str | None = None, *, demo: bool = False) -> str:
    """The setting `database_url` of a data folder, for the engine in force unless one is given.

    A new database may have the demo data.
    """
    folder = folder.resolve()
    if folder not in _databases:
        if (engine or _in_force) == "sqlite":
            return ""
        template = _demo_database() if demo else "template0"
        _databases[folder] = cluster().create_database(template)
    return cluster().url(_databases[folder])


def give_up(folder: Path) -> None:
    """Say that a test is done with a folder: its database goes when others have come."""
    if folder.resolve() in _databases:
        _given_up.append(folder.resolve())
    while len(_given_up) > _KEPT:
        oldest = _given_up.pop(0)
        if oldest in _databases and oldest not in _given_up:
            cluster().drop_database(_databases.pop(oldest))


def environment(folder: Path) -> dict[str, str]:
    """The environment of a process that is to use a data folder."""
    return {**os.environ, "TRADEPOST_DATABASE_URL": database_url(folder)}


@functools.cache
def _demo_database() -> str:
    """A database with the demo data, to be copied: thousands of tests want it."""
    name = cluster().create_database()
    settings = Settings(database_url=cluster().url(name))

    async def make() -> None:
        database = await open_database(settings)
        with tempfile.TemporaryDirectory() as thrown_away:  # who copies it copies blobs as well
            await load(database, DirectoryBlobs(Path(thrown_away), durable=False))
        await database.close()

    with ThreadPoolExecutor(1) as thread:  # because the test may have a loop that runs
        thread.submit(lambda: asyncio.run(make())).result()
    return name
