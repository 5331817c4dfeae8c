"""Which engine the tests now run on, and where the databases of their data folders are.

A test that uses the fixture `engine` runs on each, all others on SQLite. On PostgreSQL, each data
folder has a database of its own on the session's server, so that a server that is opened on the
same folder again finds it. Databases with the demo data are used again, brought back to it, because
thousands of tests want one.
"""

import asyncio
import functools
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from tests.support.postgres import cluster
from tradepost.app import open_database
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.demo.load import load
from tradepost.settings import Settings

ENGINES: Final = ("sqlite", "postgresql")
only_sqlite: Final = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For tests of what that engine alone promises."""
_KEPT: Final = 4
"""How many folders keep their database though nobody uses them any more."""
_RESET: Final = """
CREATE SCHEMA pristine;
DO $$ DECLARE name TEXT; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE pristine.%1$I AS TABLE public.%1$I', name);
    END LOOP;
END $$;
-- The catalogue is large, and few tests write to it.
CREATE TABLE pristine.is_changed ();
CREATE FUNCTION pristine.note() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO pristine.is_changed DEFAULT VALUES;
    RETURN NULL;
END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON parent_software_version
    FOR EACH STATEMENT EXECUTE FUNCTION pristine.note();
CREATE PROCEDURE pristine.reset() LANGUAGE plpgsql AS $$ DECLARE name TEXT; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'pristine' LOOP
        CONTINUE WHEN name = 'is_changed' OR (
            name = 'parent_software_version' AND NOT EXISTS (SELECT FROM pristine.is_changed)
        );
        EXECUTE format('DELETE FROM public.%I', name);
        EXECUTE format('INSERT INTO public.%1$I SELECT * FROM pristine.%1$I', name);
    END LOOP;
    DELETE FROM pristine.is_changed;
    INSERT INTO public.written (topics) VALUES ('*');
END $$;
"""

_in_force = "sqlite"
_databases: dict[Path, str] = {}
_given_up: list[Path] = []
_with_demo: set[str] = set()
_free: list[str] = []


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
        _databases[folder] = _demo_database() if demo else cluster().create_database()
    return cluster().url(_databases[folder])


def give_up(folder: Path) -> None:
    """Say that a test is done with a folder: others get its database when more have come."""
    folder = folder.resolve()
    if folder in _databases and folder not in _given_up:
        _given_up.append(folder)
    while len(_given_up) > _KEPT:
        name = _databases.pop(_given_up.pop(0))
        if name in _with_demo:
            _free.append(name)
        else:
            cluster().drop_database(name)


def _demo_database() -> str:
    """A database with the demo data and nothing else."""
    if not _free:
        name = cluster().create_database(_template())
        _with_demo.add(name)
        return name
    name = _free.pop()
    cluster().execute("CALL pristine.reset()", name)
    return name


@functools.cache
def _template() -> str:
    """A database with the demo data, which can be copied and then brought back to it."""
    name = cluster().create_database()
    settings = Settings(database_url=cluster().url(name))

    async def make() -> None:
        database = await open_database(settings)
        with tempfile.TemporaryDirectory() as thrown_away:  # who copies it copies blobs as well
            await load(database, DirectoryBlobs(Path(thrown_away), durable=False))
        await database.close()
        connection = await asyncpg.connect(settings.database_url)
        await connection.execute(_RESET)
        await connection.close()

    _run_apart(make)
    return name


def _run_apart(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with ThreadPoolExecutor(1) as thread:  # because the test may have a loop that runs
        thread.submit(lambda: asyncio.run(work())).result()
