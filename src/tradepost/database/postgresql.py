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
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from datetime import datetime
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
from tradepost.database.steps import steps_of

T = TypeVar("T")
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

_CONNECT_SECONDS: Final = 5.0
_STATEMENT_SECONDS: Final = 30.0
_MIGRATION_SECONDS: Final = 86_400.0
"""A step may build an index over everything, and the schema is no use without it."""
_FATE_SECONDS: Final = 20.0
"""For how long a database that was lost during COMMIT is asked what became of it."""
_ATTEMPTS: Final = 5
_TOLD_SECONDS: Final = 60.0
"""Who has not asked for that long is told that anything may have been written."""
_KEPT: Final = "10 minutes"
"""For how long what was written is kept; longer than the above by any sensible doubt."""
_EVERYTHING: Final = "*"
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
_NEWS: Final = (
    "SELECT CAST(pg_current_snapshot() AS TEXT), (SELECT string_agg(topics, ' ') FROM written "
    "WHERE transaction_id >= pg_snapshot_xmin(CAST(CAST($1 AS TEXT) AS pg_snapshot)) AND "
    "NOT pg_visible_in_snapshot(transaction_id, CAST(CAST($1 AS TEXT) AS pg_snapshot))), "
    # Its clock, which is that by which old rows are removed: a node's own stands still with it.
    "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS FLOAT8), "
    # Behind a pooler, this alone tells that a backup was restored, or another server promoted.
    "CAST(EXTRACT(EPOCH FROM pg_postmaster_start_time()) AS FLOAT8)"
)

_LEFT: Final = (
    "SELECT 1 FROM written WHERE transaction_id = CAST(CAST($1 AS TEXT) AS XID8) AND at = $2"
)
_LATEST: Final = "9000000000000000000:9000000000000000000:"
"""A snapshot that sees every transaction."""

_LOST = (
    OSError,  # TimeoutError is one
    exceptions.PostgresConnectionError,
    exceptions.OperatorInterventionError,
    exceptions.InternalClientError,
    exceptions.InterfaceError,
    exceptions.ProtocolViolationError,  # what PgBouncer says of a server that it has lost
)
"""The connection is gone, or the server is going. Values that cannot be bound are also one of
these, by inheritance, and a `ValueError`: see `_is_of_machine`."""
_REFUSED = (
    exceptions.InsufficientResourcesError,  # disk, memory, connections
    exceptions.PostgresIOError,
    exceptions.PostgresSystemError,
    exceptions.LockNotAvailableError,
    exceptions.ReadOnlySQLTransactionError,
    exceptions.InvalidAuthorizationSpecificationError,  # who we are, or the password
    exceptions.InvalidCatalogNameError,  # which database
)
"""The server cannot do it now, and says so."""
_AGAIN = (
    exceptions.SerializationError,
    exceptions.DeadlockDetectedError,
    exceptions.InvalidCachedStatementError,  # the schema was migrated
)
"""The same transaction may succeed if it is tried again."""


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


class _Snapshot(_Statements):
    """The statements of a reader, whose errors of the machine are ours."""

    async def rows(self, statement: str, *values: Any) -> list[Row]:
        with _told(), _lost_if_again():
            return await super().rows(statement, *values)

    async def row(self, statement: str, *values: Any) -> Row | None:
        with _told(), _lost_if_again():
            return await super().row(statement, *values)


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
        self._asking: Connection | None = None
        self._asks = asyncio.Lock()
        self._next_asking: asyncio.Task[None] | None = None
        self._snapshot = ""
        self._asked_at = 0.0
        self._server_started = 0.0
        self._heard: set[str] | None = None

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
            with _told():
                await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            try:
                yield _Snapshot(connection)
            finally:
                if not connection.is_closed():
                    with _told():
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
        """One question for all who wait when it is sent: who comes later waits for the next."""
        asking = self._next_asking
        if asking is None:
            asking = self._next_asking = asyncio.create_task(self._ask())
        await asyncio.shield(asking)

    def news(self) -> Collection[str] | None:
        heard, self._heard = self._heard, set()
        return heard

    async def migrate(self) -> list[str]:
        # Alone, so that of nodes that start together one migrates and the others find it done.
        return await self._run(self._migrate, None, keep=True, tells=False)

    async def check(self) -> None:
        await self.row("SELECT 1 FROM schema_migration")

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._writing:
            await asyncio.wait(self._writing)
        if self._next_asking is not None:
            await self._next_asking
        if self._asking is not None:
            self._asking.terminate()
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
            async with self._turns.turn(about), self._writers:
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
            except _AGAIN as error:
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
        """Run a unit of work once. Raises what it raises, and `_AGAIN`."""
        async with self._connection() as connection:
            transaction = _Transaction(connection)
            word: _Word | None = None
            try:
                await connection.execute(_BEGIN + _lock(about))
                result = await work(transaction)
                if keep and tells:
                    word = await self._tell(transaction)
            except BaseException as error:
                if not connection.is_closed():
                    with contextlib.suppress(*_LOST):
                        await connection.execute("ROLLBACK")
                if _is_of_machine(error):
                    raise _ours(error) from error
                raise
            if not keep:
                await connection.execute("ROLLBACK")
                return result
            try:
                await connection.execute("COMMIT")
            except _LOST as error:
                lost: BaseException = error
            except _REFUSED as error:
                raise _ours(error) from error
            else:
                return result
        if not await self._was_committed(word):
            raise UnavailableError(f"lost before it was committed: {lost}") from lost
        return result

    async def _tell(self, transaction: _Transaction) -> _Word:
        """Leave word of what is written, in the transaction itself."""
        self._commits += 1
        if self._commits % _CLEAR_EVERY == 0:
            await transaction.execute(
                f"DELETE FROM written WHERE at < clock_timestamp() - INTERVAL '{_KEPT}'"
            )
        row: Any = await transaction.row(
            "INSERT INTO written (topics) VALUES ($1) RETURNING CAST(transaction_id AS TEXT), at",
            " ".join(sorted(transaction.topics)),
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

    async def _ask(self) -> None:
        async with self._asks:
            self._next_asking = None
            try:
                connection = self._asking
                if connection is None or connection.is_closed():
                    self._snapshot = ""
                    connection = self._asking = await self._connect()
                row: Any = (await self._fetch(connection, _NEWS, self._snapshot or _LATEST))[0]
            except Exception:
                # Whoever reads next is told what is wrong; nothing kept is believed.
                self._snapshot, self._heard = "", None
                if self._asking is not None:
                    self._asking.terminate()
                return
            snapshot, written, now, started = row
            knew = self._snapshot and 0 <= now - self._asked_at < _TOLD_SECONDS
            knew = knew and started == self._server_started
            self._snapshot, self._asked_at, self._server_started = snapshot, now, started
            topics = (written or "").split()
            if not knew or _EVERYTHING in topics:
                self._heard = None
            elif self._heard is not None:
                self._heard.update(topics)

    async def _fetch(
        self, connection: Connection, statement: str, *values: Any
    ) -> list[asyncpg.Record]:
        """The rows of a statement outside any transaction of ours."""
        if self._kept_statements:
            return await connection.fetch(statement, *values)
        # Preparing and running are two steps, which a pooler may send to two servers.
        await connection.execute("BEGIN READ ONLY")
        try:
            return await connection.fetch(statement, *values)
        finally:
            if not connection.is_closed():
                await connection.execute("COMMIT")

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        """One of the connections, in nobody else's use. Raises `UnavailableError`."""
        with _told():
            pool = self._pool or await self._open()
            connection = await pool.acquire(timeout=_CONNECT_SECONDS)
        try:
            with _told():
                yield connection  # type: ignore[misc] # a proxy, which has the same methods
        finally:
            with contextlib.suppress(*_LOST):
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
        steps = steps_of("postgresql")
        done: set[str] = set()
        is_new = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema()"
        if await transaction.row(is_new):
            if not await transaction.row(f"{is_new} AND tablename = 'schema_migration'"):
                raise SchemaError("the database has tables, and not those of tradepost")
            done = {name for (name,) in await transaction.rows("SELECT name FROM schema_migration")}
        unknown = sorted(done - steps.keys())
        if unknown:
            raise SchemaError(
                f"the database was made by a newer tradepost (it has {unknown[-1]}): "
                "use that version or a later one"
            )
        new = [name for name in steps if name not in done]
        for name in new:
            await transaction.execute(steps[name], seconds=_MIGRATION_SECONDS)
            await transaction.execute(
                "INSERT INTO schema_migration (name, applied_at) VALUES ($1, $2)",
                name,
                self._clock.stamp(),
            )
        if new:
            await transaction.execute("INSERT INTO written (topics) VALUES ($1)", _EVERYTHING)
        return new


def _lock(about: str | None) -> str:
    """The statement that takes the locks of a unit of work."""
    if about is None:
        return f"SELECT pg_advisory_xact_lock({_ALL_LOCK})"
    digest = blake2b(about.encode(), digest_size=8).digest()
    key = int.from_bytes(digest, "big", signed=True)
    return f"SELECT pg_advisory_xact_lock_shared({_ALL_LOCK}), pg_advisory_xact_lock({key})"


def _ours(error: BaseException) -> UnavailableError:
    """What the seam says of an error of the machine."""
    text = str(error) or type(error).__name__
    return LostError(text) if isinstance(error, _LOST) else UnavailableError(text)


def _is_of_machine(error: BaseException) -> bool:
    return isinstance(error, (*_LOST, *_REFUSED)) and not isinstance(error, ValueError)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Errors of the machine as those of the seam."""
    try:
        yield
    except (*_LOST, *_REFUSED) as error:
        if not _is_of_machine(error):
            raise
        raise _ours(error) from error


@contextlib.contextmanager
def _lost_if_again() -> Iterator[None]:
    """What may succeed if it is done again, as something that was lost: readers try that again."""
    try:
        yield
    except _AGAIN as error:
        raise LostError(str(error)) from error
