"""What the seam says of a PostgreSQL that fails in less usual ways."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from tests.nodes.postgres import PostgresServer, folder_for_all
from tests.nodes.proxies import pgbouncer
from tests.support.process import free_port
from tradepost.clock import Clock
from tradepost.database import LostError, Transaction, UnavailableError
from tradepost.database.postgresql import PostgresqlDatabase

Work = Callable[[Transaction], Awaitable[Any]]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of these tests' own, with an empty table `note`."""
    with folder_for_all() as folder:
        server = PostgresServer(folder)
        try:
            asyncio.run(migrate(server.url))
            server.execute("CREATE TABLE note (pk INT GENERATED ALWAYS AS IDENTITY, text TEXT)")
            yield server
        finally:
            server.close()


async def migrate(url: str) -> None:
    async with opened(url) as database:
        await database.migrate()


@asynccontextmanager
async def opened(url: str, statements: int = 64) -> AsyncIterator[PostgresqlDatabase]:
    database = PostgresqlDatabase(url, Clock(), connections=4, kept_statements=statements)
    try:
        yield database
    finally:
        await database.close()


def adding(text: str, *topics: str) -> Work:
    """The unit of work that adds a note, and touches topics."""

    async def work(transaction: Transaction) -> None:
        await transaction.execute("INSERT INTO note (text) VALUES ($1)", text)
        for topic in topics:
            transaction.touch(topic)

    return work


SLOW_COMMITS = ("commit_delay=100000", "commit_siblings=0", "wal_writer_delay=10s")
"""A commit waits a tenth of a second before its WAL leaves the memory of the server."""


@pytest.mark.parametrize("reused", [False, True], ids=["number is unknown", "number is another's"])
def test_a_commit_that_a_crash_took_away_is_not_told_as_stored(
    server: PostgresServer, reused: bool
) -> None:
    committing = "SELECT backend_xid FROM pg_stat_activity WHERE query = 'COMMIT' AND state = $1"

    async def work() -> None:
        async with opened(server.url) as database:
            await database.write(adding("before"))
            outside = await asyncpg.connect(server.url)
            writing = asyncio.create_task(database.write(adding("lost")))
            async with asyncio.timeout(30):
                while (number := await outside.fetchval(committing, "active")) is None:
                    pass
            server.kill()
            outside.terminate()
            if reused:
                # The server gives the number away again, before the node can ask about it.
                elsewhere = free_port()
                await asyncio.to_thread(server.start, port=elsewhere)
                sql = "INSERT INTO note (text) VALUES ('other') RETURNING pg_current_xact_id()"
                other = await asyncpg.connect(PostgresServer.url_at(elsewhere))
                assert await other.fetchval(sql) == number
                await other.close()
                server.stop()
            await asyncio.to_thread(server.start)
            with pytest.raises(UnavailableError):
                await writing
            assert not await database.rows("SELECT 1 FROM note WHERE text = 'lost'")

    server.stop()
    server.start(*SLOW_COMMITS)
    try:
        asyncio.run(work())
    finally:
        server.stop()
        server.start()


def test_a_database_whose_transactions_are_stricter_by_default_numbers_as_well(
    server: PostgresServer,
) -> None:
    async def number(transaction: Transaction) -> int:
        row = await transaction.row("SELECT count(*) FROM note")
        assert row is not None
        await transaction.execute("INSERT INTO note (text) VALUES ($1)", str(row[0]))
        return int(row[0])

    async def work() -> list[int]:
        async with opened(server.url) as one, opened(server.url) as other:
            writes = [d.write(number, about="numbers") for _ in range(40) for d in (one, other)]
            return await asyncio.gather(*writes)

    server.execute("ALTER DATABASE tradepost SET default_transaction_isolation = 'serializable'")
    try:
        server.execute("DELETE FROM note")
        assert sorted(asyncio.run(work())) == list(range(80))
    finally:
        server.execute("ALTER DATABASE tradepost RESET default_transaction_isolation")


def test_a_unit_of_work_that_was_cut_off_while_it_stalled_runs_again(
    server: PostgresServer,
) -> None:
    runs = 0

    async def work(transaction: Transaction) -> None:
        nonlocal runs
        runs += 1
        await transaction.execute("INSERT INTO note (text) VALUES ('stalled')")
        if runs == 1:
            pid: Any = await transaction.row("SELECT pg_backend_pid()")
            await transaction.execute("SET LOCAL idle_in_transaction_session_timeout = '1ms'")
            # As a node that was stopped: it sees nothing of it before it goes on.
            gone = f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid[0]}"
            for _ in range(1000):
                if not server_rows(gone):
                    break

    def server_rows(statement: str) -> str:
        asking = ["psql", "-qAt", "-d", server.url, "-c", statement]
        return subprocess.run(asking, check=True, capture_output=True, text=True).stdout

    async def run() -> list[Any]:
        async with opened(server.url) as database:
            await database.write(work)
            return await database.rows("SELECT text FROM note WHERE text = 'stalled'")

    assert asyncio.run(run()) == [("stalled",)]
    assert runs == 2


def test_a_read_whose_columns_have_changed_their_type_can_be_done_again(
    server: PostgresServer,
) -> None:
    server.execute("CREATE TABLE changing (text VARCHAR(5))")

    async def read(database: PostgresqlDatabase) -> None:
        async with database.snapshot() as reader:
            await reader.rows("SELECT text FROM changing")

    async def work() -> None:
        async with opened(server.url) as database:
            await read(database)
            alter = "ALTER TABLE changing ALTER text TYPE INT USING 1"
            await asyncio.to_thread(server.execute, alter)
            with pytest.raises(LostError):
                await read(database)
            await read(database)

    asyncio.run(work())


def test_a_backup_that_was_restored_is_noticed_behind_a_pooler(server: PostgresServer) -> None:
    files = f"{server.folder}/data {server.folder}/wal"

    def copy(command: str) -> None:
        server.stop()
        subprocess.run(["sh", "-ec", command], check=True, cwd=server.folder)
        server.start()

    async def work() -> None:
        async with opened(server.url) as other, opened(url, statements=0) as database:
            await asyncio.to_thread(copy, f"mkdir backup; cp -a {files} backup")
            for n in range(20):
                await other.write(adding(f"later {n}"))
            await database.ask_for_news()
            database.news()
            await database.ask_for_news()
            assert database.news() == set()
            await asyncio.to_thread(copy, f"rm -r {files}; cp -a backup/* .; rm -r backup")
            await other.write(adding("new", "topic"))
            await database.ask_for_news()
            news = database.news()
            assert news is None or "topic" in news

    with pgbouncer(server.folder, server.port, size=2) as port:
        url = PostgresServer.url_at(port)
        asyncio.run(work())
