"""SQLite: reads on the caller's thread, writes by one thread in groups.

A read takes a few microseconds, less than a hop to a thread, so it runs where it is awaited.
Writes of any number of requests share one commit, and so one `fsync`: durable costs what
relaxed costs. Each is a savepoint of its own, so that one that fails takes nobody along.
"""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw

from tradepost.clock import Clock
from tradepost.database import Reader, Row, SchemaError, Transaction, UnavailableError
from tradepost.database.steps import steps_left, take_steps
from tradepost.database.written import EVERYTHING, TELL, line_of

T = TypeVar("T")

APPLICATION_ID: Final = 0x54504F53
"""`TPOS`: tells a file of ours from any other SQLite file."""
HALF_RESTORED: Final = b"half restored by tradepost restore\n"
"""What stands in the place of a database until `tradepost restore` has come to its end."""
_GROUP: Final = 256
"""How many units of work share a commit at the most, so that the first need not wait long."""
_BUSY_MILLISECONDS: Final = 10_000
_COMMITS_TOLD: Final = 1024
"""For how many commits what was written is kept for processes that have not asked yet."""

# Errors of the machine, not of a statement. Some of them undo the whole transaction.
_MACHINE_ERRORS = (apsw.FullError, apsw.IOError, apsw.BusyError, apsw.ReadOnlyError)
_GROUP_ERRORS = (*_MACHINE_ERRORS, apsw.CorruptError)

Work = Callable[[Transaction], Awaitable[Any]]


class Statements:
    """Statements on one connection, as `Reader` and `Transaction`. Nothing here suspends."""

    def __init__(self, connection: apsw.Connection):
        self.apsw = connection

    async def rows(self, statement: str, *values: Any) -> list[Row]:
        return self.apsw.execute(statement, values).fetchall()

    async def row(self, statement: str, *values: Any) -> Row | None:
        # fetchall, not fetchone: a statement left half-way would hold on to its snapshot.
        rows = self.apsw.execute(statement, values).fetchall()
        return rows[0] if rows else None

    async def execute(self, statement: str, *values: Any) -> int:
        self.apsw.execute(statement, values)
        return self.apsw.changes()

    async def execute_many(self, statement: str, rows: list[Row]) -> None:
        self.apsw.executemany(statement, rows)


class _Transaction(Statements):
    """What the units of work of a group write with."""

    def __init__(self, connection: apsw.Connection):
        super().__init__(connection)
        self.topics: set[str] = set()

    def touch(self, topic: str) -> None:
        self.topics.add(topic)


class _Snapshot(Statements):
    """A reader of one moment: a connection of its own, so that snapshots may overlap."""

    def __init__(self, database: "SqliteDatabase"):
        super().__init__(database.idle_reader())
        self._database = database

    async def __aenter__(self) -> "_Snapshot":
        self.apsw.execute("BEGIN")
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            self.apsw.execute("COMMIT")
        except apsw.CorruptError:  # the statement that has met a damaged page says it once more
            self.apsw.close(True)
            return
        self._database.idle_readers().append(self.apsw)


class _Job:
    """A unit of work in the writer's queue, and whom to tell how it went."""

    __slots__ = ("done", "error", "keep", "loop", "result", "work")

    def __init__(self, work: Work, keep: bool):
        self.work = work
        self.keep = keep
        self.loop = asyncio.get_running_loop()
        self.done: asyncio.Future[Any] = self.loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def tell(self) -> None:
        if self.done.done():  # whoever waited has gone
            return
        if self.error is None:
            self.done.set_result(self.result)
        else:
            self.done.set_exception(self.error)


def _tell(group: list[_Job]) -> None:
    """Wake those who wait for the jobs of a group, with one call for each event loop."""

    def tell_all(jobs: list[_Job]) -> None:
        for job in jobs:
            job.tell()

    for loop in {job.loop for job in group}:
        # A loop that is closed by now has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(tell_all, [job for job in group if job.loop is loop])


class SqliteDatabase:
    """The embedded engine, in one file. See `tradepost.database.Database`.

    Without `durable` it outlives the process, not the machine: for data that is thrown away.
    """

    engine = "sqlite"
    is_shared = False

    def __init__(self, path: Path, clock: Clock, *, durable: bool = True):
        self._path = path
        self._durable = durable
        self._clock = clock
        self._local = threading.local()
        self._readers: list[apsw.Connection] = []
        self._closed = False
        self._tells = False
        self._commits = 0
        self._data_version: list[Row] = []
        self._told = -1
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        try:
            _refuse_foreign(path)
            self._writer_connection = open_file(path, writes=True, durable=durable)
        except apsw.Error as error:
            raise SchemaError(f"{path} cannot be opened as a database: {error}") from None
        # A daemon: whoever leaves without closing loses nothing that was answered.
        self._writer = threading.Thread(
            target=self._write_in_groups, name="sqlite-writer", daemon=True
        )
        self._writer.start()

    async def rows(self, statement: str, *values: Any) -> list[Row]:
        return self._reader().execute(statement, values).fetchall()

    async def row(self, statement: str, *values: Any) -> Row | None:
        rows = self._reader().execute(statement, values).fetchall()
        return rows[0] if rows else None

    def snapshot(self) -> _Snapshot:
        return _Snapshot(self)

    async def write(
        self, work: Callable[[Transaction], Awaitable[T]], *, about: str | None = None
    ) -> T:
        # All units of work run one after another here, whatever they are about.
        return await self._run_in_turn(work, keep=True)

    async def rehearse(
        self, work: Callable[[Transaction], Awaitable[T]], *, about: str | None = None
    ) -> T:
        return await self._run_in_turn(work, keep=False)

    async def _run_in_turn(self, work: Callable[[Transaction], Awaitable[T]], keep: bool) -> T:
        if self._closed:
            raise RuntimeError("the database is closed")
        job = _Job(work, keep)
        self._queue.put(job)
        result: T = await job.done
        return result

    @property
    def asks_for_news(self) -> bool:
        return False

    async def ask_for_news(self) -> None:
        return

    def news(self) -> Collection[str] | None:
        reader = self._reader()
        # This number differs as soon as any other connection, of any process, has committed; and
        # when the write-ahead log begins anew, which is no news.
        if reader.execute("PRAGMA data_version").fetchall() == self._data_version:
            return ()
        # Once more together with the rows, for a commit may fall between the two.
        with reader:
            data_version = reader.execute("PRAGMA data_version").fetchall()
            rows: list[Any] = reader.execute(
                "SELECT seq, topics FROM written WHERE seq > $1 ORDER BY seq", (self._told,)
            ).fetchall()
        self._data_version = data_version
        told, self._told = self._told, rows[-1][0] if rows else self._told
        topics = {topic for _, line in rows for topic in line.split()}
        has_gap = bool(rows) and rows[0][0] != told + 1
        return None if has_gap or EVERYTHING in topics else topics

    async def migrate(self) -> list[str]:
        done = await self.write(self._migrate)
        self._tells = True
        return done

    async def steps_left(self) -> list[str] | None:
        return await self._steps_left(self)

    async def check(self) -> None:
        await self.row("SELECT 1 FROM schema_migration")

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        # The writer's connection last: the last one to go tidies the write-ahead log up.
        for connection in self._readers:
            connection.close()
        self._readers.clear()
        self._local = threading.local()
        self._queue.put(None)
        await asyncio.to_thread(self._writer.join)

    def _reader(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._open_reader()
        return connection

    def _open_reader(self) -> apsw.Connection:
        connection = open_file(self._path, writes=False, durable=self._durable)
        self._readers.append(connection)
        return connection

    def idle_readers(self) -> list[apsw.Connection]:
        """The connections of this thread that no snapshot uses now."""
        idle: list[apsw.Connection] | None = getattr(self._local, "idle", None)
        if idle is None:
            idle = self._local.idle = []
        return idle

    def idle_reader(self) -> apsw.Connection:
        """One of them, or a new one."""
        idle = self.idle_readers()
        return idle.pop() if idle else self._open_reader()

    # What follows runs on the writer's thread.

    def _write_in_groups(self) -> None:
        while True:
            job = self._queue.get()
            group: list[_Job] = []
            while job is not None:
                group.append(job)
                if len(group) == _GROUP or self._queue.empty():
                    break
                job = self._queue.get()
            if group:
                self._commit(group)
                _tell(group)
            if job is None:
                self._writer_connection.close()
                return

    def _commit(self, group: list[_Job]) -> None:
        connection = self._writer_connection
        transaction = _Transaction(connection)
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job in group:
                self._run(job, transaction)
            if self._tells and any(job.keep and job.error is None for job in group):
                self._tell_what_was_written(transaction.topics)
            connection.execute("COMMIT")
        except BaseException as broken:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            error: BaseException = broken
            if isinstance(broken, _MACHINE_ERRORS):
                error = UnavailableError(str(broken))
            elif isinstance(broken, apsw.CorruptError):
                error = SchemaError(f"{self._path} is damaged: {broken}")
            for job in group:
                job.error = error

    def _tell_what_was_written(self, topics: set[str]) -> None:
        """Leave word in the transaction itself, so that it is seen together with what it tells."""
        self._writer_connection.execute(TELL, (line_of(topics),))
        self._commits += 1
        if self._commits % _COMMITS_TOLD == 0:
            self._writer_connection.execute(
                "DELETE FROM written WHERE seq <= (SELECT MAX(seq) FROM written) - $1",
                (_COMMITS_TOLD,),
            )

    def _run(self, job: _Job, transaction: _Transaction) -> None:
        """Run one unit of work; raises only where the whole group is lost."""
        connection = transaction.apsw
        before = set(transaction.topics)
        connection.execute("SAVEPOINT work")
        try:
            job.result = _drive(job.work, transaction)
            if not job.keep:
                transaction.topics = before
                connection.execute("ROLLBACK TO work")
        except BaseException as error:
            if isinstance(error, _GROUP_ERRORS) or not connection.in_transaction:
                raise
            job.error = error
            transaction.topics = before
            connection.execute("ROLLBACK TO work")
        connection.execute("RELEASE work")

    async def _migrate(self, transaction: Transaction) -> list[str]:
        left = await self._steps_left(transaction)
        if left is None:
            await transaction.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        at = self._clock.stamp()
        return await take_steps(transaction, self.engine, left, at, transaction.execute)

    async def _steps_left(self, reader: Reader) -> list[str] | None:
        """See `Database.steps_left`."""
        foreign = f"{self._path} is no database of tradepost"
        try:
            tables = [name for (name,) in await reader.rows("SELECT name FROM sqlite_schema")]
            return await steps_left(reader, self.engine, tables, str(self._path), foreign)
        except apsw.CorruptError as error:
            raise SchemaError(f"{self._path} is damaged: {error}") from None


def _refuse_foreign(path: Path) -> None:
    """Raise `SchemaError` for a file of another program, before anything in it is touched."""
    try:
        with contextlib.closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as db:
            db.set_busy_timeout(_BUSY_MILLISECONDS)
            has_tables = db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
            application = db.pragma("application_id")
    except apsw.NotADBError:
        with path.open("rb") as file:
            is_half_restored = file.read(len(HALF_RESTORED)) == HALF_RESTORED
        if is_half_restored:
            raise SchemaError(
                f"{path.parent} is only half filled: `tradepost restore` is restoring a backup "
                "there, or was interrupted and has to be run again"
            ) from None
        raise SchemaError(f"{path} is not an SQLite database") from None
    if has_tables and application != APPLICATION_ID:
        raise SchemaError(f"{path} is an SQLite database of another program")


def open_file(path: Path, writes: bool, durable: bool) -> apsw.Connection:
    """A connection to a database file that is there; without `writes` it only reads."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_NOMUTEX
    connection = apsw.Connection(str(path), flags=flags, statementcachesize=256)
    connection.set_busy_timeout(_BUSY_MILLISECONDS)
    # Else SQLite plans a kept statement anew for each set of values, which takes longer than to run
    # it.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    connection.execute("PRAGMA page_size = 4096")  # of a new file: docs/decisions/0003-sqlite.md
    connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
    _use_write_ahead_log(connection)
    for pragma in (
        "foreign_keys = ON",
        "recursive_triggers = ON",  # else REPLACE removes rows without asking their triggers
        "mmap_size = 1073741824",
        f"query_only = {'OFF' if writes else 'ON'}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _use_write_ahead_log(connection: apsw.Connection) -> None:
    """Switch a new file over. SQLite does not wait its busy time for that, so we do."""
    give_up = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except apsw.BusyError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.01)


def _drive(work: Work, transaction: Transaction) -> Any:
    """Run a unit of work to its end. It cannot suspend, so one step is all it takes."""
    step = work(transaction).__await__()
    try:
        next(step)
    except StopIteration as end:
        return end.value
    step.close()
    raise RuntimeError("a unit of work may await nothing but its own statements")
