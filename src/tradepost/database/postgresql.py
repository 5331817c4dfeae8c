"""PostgreSQL 15 and newer, through asyncpg: a database that any number of nodes share.

Transactions run at READ COMMITTED, and take the locks that make it enough before they read. A unit
of work that says what it is `about` is alone among those about the same: so numbering, revisions
and whatever else is decided by what was read hold. One that does not say it is alone altogether.
Both are locks of the transaction, so they end with it, behind PgBouncer as well. Reads of one
moment run at REPEATABLE READ and lock nothing.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from datetime import datetime
from functools import partial
from hashlib import blake2b
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import asyncpg
from asyncpg import exceptions

from tradepost.clock import Clock
from tradepost.database import (
    LostError,
    Reader,
    Row,
    SchemaError,
    Transaction,
    UnavailableError,
    UncertainError,
)
from tradepost.database.postgresql_errors import (
    AGAIN,
    LOST,
    REFUSED,
    as_ours,
    lost_if_again,
    told,
)
from tradepost.database.postgresql_news import KEPT, Connection, News
from tradepost.database.steps import steps_left, take_steps
from tradepost.database.written import TELL, line_of

T = TypeVar("T")
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

_CONNECT_SECONDS: Final = 5.0
_STATEMENT_SECONDS: Final = 30.0
_MIGRATION_SECONDS: Final = 86_400.0
"""A step may build an index over everything, and the schema is no use without it."""
_COMMIT_SECONDS: Final = 60.0
_TURN_SECONDS: Final = 10.0
"""For how long a unit of work waits for those before it in this process."""
_READ_SECONDS: Final = 10.0
_FATE_SECONDS: Final = 20.0
"""For how long a database that was lost during COMMIT is asked what became of it."""
_ATTEMPTS: Final = 5
_CLEAR_EVERY: Final = 512
_ALL_LOCK: Final = 0x7472_6164_6570_6F73
"""Held shared by units of work that say what they are about, and alone by all others."""

# A node that stalls holding locks is cut off, so that it does not stop the others for good.
# The isolation is said, because a database or a role may have another by default: a stricter one
# would read as of the moment before the locks were there.
_BEGIN: Final = (
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '10s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '10s'; "
)
_LEFT: Final = (
    "SELECT 1 FROM written WHERE transaction_id = CAST(CAST($1 AS TEXT) AS XID8) AND at = $2"
)


class _Connection(asyncpg.Connection):
    """Nothing that we do outlives a transaction, so nothing needs a reset."""

    def get_reset_query(self) -> str:
        return ""


class _Statements:
    """Statements on one connection, inside a transaction that is open."""

    def __init__(self, connection: Connection):
        self.connection = connection

    async def rows(self, statement: str, *values: Any) -> list[Row]:
        return [tuple(found) for found in await self.connection.fetch(statement, *values)]

    async def row(self, statement: str, *values: Any) -> Row | None:
        # All of them, because a limit of rows costs the server another portal.
        found = await self.connection.fetch(statement, *values)
        return tuple(found[0]) if found else None


class _Transaction(_Statements):
    """What a unit of work writes with."""

    def __init__(self, connection: Connection):
        super().__init__(connection)
        self.topics: set[str] = set()

    async def execute(
        self, statement: str, *values: Any, seconds: float = _STATEMENT_SECONDS
    ) -> int:
        status = await self.connection.execute(statement, *values, timeout=seconds)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def execute_many(self, statement: str, rows: list[Row]) -> None:
        await self.connection.executemany(statement, rows)

    def touch(self, topic: str) -> None:
        self.topics.add(topic)


class _Word(NamedTuple):
    """What a transaction has left in `written`: its number, and a time, which no other has."""

    number: str
    at: datetime


class _Turns:
    """Whoever wants the same thing gets it in turn, first come, first served."""

    def __init__(self) -> None:
        self._locks: dict[str | None, tuple[asyncio.Lock, list[None]]] = {}

    @contextlib.asynccontextmanager
    async def turn(self, name: str | None) -> AsyncIterator[None]:
        lock, waiting = self._locks.setdefault(name, (asyncio.Lock(), []))
        waiting.append(None)
        try:
            async with lock:
                yield
        finally:
            waiting.pop()
            if not waiting:
                del self._locks[name]


class PostgresqlDatabase:
    """A PostgreSQL database. See `tradepost.database.Database`.

    `url` is a libpq URI. At most `connections` are open beside one for the news; half of them
    write, so that reads never wait for those who wait for locks. `kept_statements` is how many
    prepared statements each connection keeps: 0 behind a PgBouncer that cannot track them.
    """

    engine = "postgresql"
    is_shared = True

    def __init__(self, url: str, clock: Clock, *, connections: int, kept_statements: int):
        self._url = url
        self._clock = clock
        self._connections = connections
        self._kept_statements = kept_statements
        self._pool: Pool | None = None
        self._opening = asyncio.Lock()
        self._turns = _Turns()
        self._writers = asyncio.Semaphore(max(1, connections // 2))
        self._closed = False
        self._writing: set[asyncio.Task[Any]] = set()
        self._commits = 0
        self._news = News(self._connect, self._fetch)

    async def rows(self, statement: str, *values: Any) -> list[Row]:
        for attempt in (1, 2):
            try:
                async with self._connection() as connection:
                    found = await self._fetch(connection, statement, *values)
                    return [tuple(row) for row in found]
            except LostError:
                if attempt == 2:
                    raise
        raise AssertionError  # unreachable

    async def row(self, statement: str, *values: Any) -> Row | None:
        found = await self.rows(statement, *values)
        return found[0] if found else None

    @contextlib.asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        async with self._connection() as connection:
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            try:
                with lost_if_again():
                    yield _Statements(connection)
            finally:
                if not connection.is_closed():
                    await connection.execute("COMMIT")

    async def write(
        self, work: Callable[[Transaction], Awaitable[T]], *, about: str | None = None
    ) -> T:
        return await self._run(work, about, keep=True)

    async def rehearse(
        self, work: Callable[[Transaction], Awaitable[T]], *, about: str | None = None
    ) -> T:
        return await self._run(work, about, keep=False)

    @property
    def asks_for_news(self) -> bool:
        return True

    async def ask_for_news(self) -> None:
        await self._news.ask()

    def news(self) -> Collection[str] | None:
        return self._news.take()

    async def migrate(self) -> list[str]:
        # Alone, so that of nodes that start together one migrates and the others find it done.
        return await self._run(self._migrate, None, keep=True, tells=False)

    async def steps_left(self) -> list[str] | None:
        async with self.snapshot() as reader:
            return await _steps_left(reader)

    async def check(self) -> None:
        await self.row("SELECT 1 FROM schema_migration")

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._writing:
            await asyncio.wait(self._writing)
        await self._news.close()
        if self._pool is not None:
            await self._pool.close()

    async def _run(
        self,
        work: Callable[[Transaction], Awaitable[T]],
        about: str | None,
        *,
        keep: bool,
        tells: bool = True,
    ) -> T:
        if self._closed:
            raise RuntimeError("the database is closed")

        async def in_turn() -> T:
            async with contextlib.AsyncExitStack() as turn:
                try:
                    async with asyncio.timeout(_TURN_SECONDS):
                        await turn.enter_async_context(self._turns.turn(about))
                        await turn.enter_async_context(self._writers)
                except TimeoutError:
                    raise UnavailableError("the writes before this one take too long") from None
                return await self._persistently(work, about, keep, tells)

        # In a task of its own: it runs to its end though whoever waits for it goes away.
        task = asyncio.create_task(in_turn())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    async def _persistently(
        self,
        work: Callable[[Transaction], Awaitable[T]],
        about: str | None,
        keep: bool,
        tells: bool,
    ) -> T:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._attempt(work, about, keep, tells)
            except LostError:
                # Nothing of it was stored. Once, for a server that was started anew meanwhile.
                if attempt > 1:
                    raise
            except AGAIN as error:
                if attempt == _ATTEMPTS:
                    raise UnavailableError(f"in vain, {attempt} times: {error}") from error
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 (no secret)
        raise AssertionError  # unreachable

    async def _attempt(
        self,
        work: Callable[[Transaction], Awaitable[T]],
        about: str | None,
        keep: bool,
        tells: bool,
    ) -> T:
        """Run a unit of work once. Raises what it raises, and `AGAIN`."""
        async with self._connection() as connection:
            transaction = _Transaction(connection)
            word: _Word | None = None
            try:
                await connection.execute(_BEGIN + _lock(about))
                result = await work(transaction)
                if keep and tells:
                    word = await self._tell(transaction)
            except BaseException:
                if not connection.is_closed():
                    with contextlib.suppress(*LOST):
                        await connection.execute("ROLLBACK")
                raise
            if not keep:
                await connection.execute("ROLLBACK")
                return result
            try:
                status = await connection.execute("COMMIT", timeout=_COMMIT_SECONDS)
            except TimeoutError:
                # It may wait for a standby. Giving up ends that wait, so to find the row would
                # prove nothing about the standby.
                raise UncertainError("the database takes too long to commit") from None
            except LOST as error:
                lost: BaseException = error
            else:
                if status != "COMMIT":  # of a transaction in which a statement failed unheeded
                    raise RuntimeError(f"the database has answered COMMIT with {status}")
                return result
        if not await self._was_committed(word):
            raise UnavailableError(f"lost before it was committed: {lost}") from lost
        return result

    async def _tell(self, transaction: _Transaction) -> _Word:
        """Leave word of what is written, in the transaction itself."""
        self._commits += 1
        if self._commits % _CLEAR_EVERY == 0:
            await transaction.execute(
                f"DELETE FROM written WHERE at < clock_timestamp() - INTERVAL '{KEPT}'"
            )
        row: Any = await transaction.row(
            f"{TELL} RETURNING CAST(transaction_id AS TEXT), at", line_of(transaction.topics)
        )
        return _Word(*row)

    async def _was_committed(self, word: _Word | None) -> bool:
        """What became of a transaction whose COMMIT got no answer.

        Raises `UncertainError` where the server cannot be asked in time.
        """
        give_up = time.monotonic() + _FATE_SECONDS
        while word is not None and time.monotonic() < give_up:
            with contextlib.suppress(UnavailableError):
                if await self._is_over(word.number):
                    # The word itself is the proof, and not the number: after a crash, the server
                    # gives those that never came to its disk to other transactions.
                    return await self.row(_LEFT, *word) is not None
            await asyncio.sleep(0.1)
        raise UncertainError("the database was lost while it was committing")

    async def _is_over(self, number: str) -> bool:
        """Whether the transaction that had a number has ended, in whichever way."""
        try:
            row: Any = await self.row(
                "SELECT pg_xact_status(CAST(CAST($1 AS TEXT) AS XID8))", number
            )
        except exceptions.InvalidParameterValueError:
            return True  # the number was not given yet: a crash has taken the transaction away
        return bool(row[0] != "in progress")

    async def _fetch(
        self, connection: Connection, statement: str, *values: Any
    ) -> list[asyncpg.Record]:
        """The rows of a statement outside any transaction of ours."""
        if self._kept_statements:
            return await connection.fetch(statement, *values, timeout=_READ_SECONDS)
        # Preparing and running are two steps, which a pooler may send to two servers.
        await connection.execute("BEGIN READ ONLY")
        try:
            return await connection.fetch(statement, *values, timeout=_READ_SECONDS)
        finally:
            if not connection.is_closed():
                await connection.execute("COMMIT")

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        """One of the connections, in nobody else's use.

        Errors of the machine, wherever in its use, leave it as those of the seam.
        """
        try:
            pool = self._pool or await self._open()
            connection = await pool.acquire(timeout=_CONNECT_SECONDS)
        except TimeoutError as error:
            # All are in use, or the server does not answer. No loss: trying again would only wait.
            raise UnavailableError("no connection to the database became free") from error
        except (*LOST, *REFUSED) as error:
            raise as_ours(error) from error
        try:
            with told():
                yield connection  # type: ignore[misc] # a proxy, which has the same methods
        finally:
            with contextlib.suppress(*LOST):
                await pool.release(connection)

    async def _open(self) -> Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    min_size=0, max_size=self._connections, connect=self._connect
                )
        return self._pool

    async def _connect(self, *_: Any, **__: Any) -> Any:
        return await asyncpg.connect(
            self._url,
            timeout=_CONNECT_SECONDS,
            command_timeout=_STATEMENT_SECONDS,
            statement_cache_size=self._kept_statements,
            max_cached_statement_lifetime=0,
            connection_class=_Connection,
        )

    async def _migrate(self, transaction: Transaction) -> list[str]:
        assert isinstance(transaction, _Transaction)
        run = partial(transaction.execute, seconds=_MIGRATION_SECONDS)
        left = await _steps_left(transaction)
        return await take_steps(transaction, self.engine, left, self._clock.stamp(), run)


def _lock(about: str | None) -> str:
    """The statement that takes the locks of a unit of work."""
    if about is None:
        return f"SELECT pg_advisory_xact_lock({_ALL_LOCK})"
    digest = blake2b(about.encode(), digest_size=8).digest()
    key = int.from_bytes(digest, "big", signed=True)
    return f"SELECT pg_advisory_xact_lock_shared({_ALL_LOCK}), pg_advisory_xact_lock({key})"


async def _steps_left(reader: Reader) -> list[str] | None:
    """See `Database.steps_left`."""
    encoding: Any = await reader.row("SELECT current_setting('server_encoding')")
    if encoding[0] != "UTF8":
        raise SchemaError(
            f"the database has the encoding {encoding[0]}: make one with --encoding UTF8"
        )
    names = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    tables = [name for (name,) in await reader.rows(names)]
    foreign = "the database has tables, and not those of tradepost"
    return await steps_left(reader, PostgresqlDatabase.engine, tables, "the database", foreign)
