"""What SQLite must do besides: durability, groups, foreign files, and a reader that only reads."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.support.databases import Harness, executing
from tradepost.clock import Clock
from tradepost.database import Reader, SchemaError, Transaction, UnavailableError
from tradepost.database.sqlite import APPLICATION_ID, SqliteDatabase

ADD = "INSERT INTO note (text) VALUES ($1)"


@pytest.fixture(scope="module")
def engine() -> str:
    """The only engine that these tests are about."""
    return "sqlite"


async def pragmas(reader: Reader, *names: str) -> dict[str, Any]:
    found = {}
    for name in names:
        row = await reader.row(f"PRAGMA {name}")
        found[name] = None if row is None else row[0]
    return found


def committed(bench: Harness) -> list[str]:
    """The notes that somebody else would find in the file at this moment.

    Not with `sqlite3`: a second copy of SQLite in one process would undo the locks of the first.
    """
    with closing(apsw.Connection(str(bench.folder / "test.db"))) as other:
        return [text for (text,) in other.execute("SELECT text FROM note ORDER BY pk")]


def test_the_writer_is_durable(bench: Harness) -> None:
    async def work(transaction: Transaction) -> dict[str, Any]:
        return await pragmas(
            transaction, "journal_mode", "synchronous", "foreign_keys", "query_only", "fullfsync"
        )

    full = 2
    assert bench.run(bench.database.write(work)) == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "query_only": 0,
        "fullfsync": 0,
    }


def test_readers_share_the_log_and_cannot_write(bench: Harness) -> None:
    found = bench.run(pragmas(bench.database, "journal_mode", "query_only", "foreign_keys"))
    assert found == {"journal_mode": "wal", "query_only": 1, "foreign_keys": 1}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO note (text) VALUES ('x')",
        "INSERT INTO note (text) VALUES ('x') RETURNING pk",
        "UPDATE note SET text = 'x'",
        "DELETE FROM note",
        "CREATE TABLE other (a)",
        "DROP TABLE note",
    ],
)
def test_a_reader_cannot_write(bench: Harness, statement: str) -> None:
    bench.write(ADD, "kept")

    async def in_a_snapshot() -> None:
        async with bench.database.snapshot() as reader:
            await reader.rows(statement)

    for attempt in (
        lambda: bench.database.rows(statement),
        lambda: bench.database.row(statement),
        in_a_snapshot,
    ):
        with pytest.raises(apsw.ReadOnlyError):
            bench.run(attempt())
    assert committed(bench) == ["kept"]


def test_a_foreign_key_is_enforced(bench: Harness) -> None:
    bench.write("CREATE TABLE child (note_pk INTEGER REFERENCES note (pk))")
    with pytest.raises(apsw.ConstraintError):
        bench.write("INSERT INTO child (note_pk) VALUES (7)")


def test_writes_that_wait_together_share_one_commit(bench: Harness) -> None:
    """The first write holds the writer until the others wait; they then run as one group."""
    go = threading.Event()
    seen: list[list[str]] = []

    async def hold(transaction: Transaction) -> None:
        assert go.wait(timeout=30)
        await transaction.execute(ADD, "first")

    async def look(transaction: Transaction) -> None:
        await transaction.execute(ADD, "last")
        seen.append(committed(bench))

    async def work() -> None:
        writes = [
            hold,
            *[executing(ADD, str(number)) for number in range(10)],
            executing(ADD, "5"),  # is there already
            look,
        ]
        tasks = [asyncio.create_task(bench.database.write(write)) for write in writes]
        await asyncio.sleep(0)  # each task hands its work in, and waits
        go.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        clashes = [isinstance(result, apsw.ConstraintError) for result in results]
        assert clashes == [False] * 11 + [True, False]

    bench.run(work())
    # When the last of the group ran, nothing of the group could be seen from outside.
    assert len(seen) == 1
    assert set(seen[0]) <= {"first"}
    assert committed(bench) == ["first", *map(str, range(10)), "last"]


def fill(bench: Harness, pages: int) -> Callable[[Transaction], Any]:
    async def work(transaction: Transaction) -> Any:
        return await transaction.row(f"PRAGMA max_page_count = {pages}")

    return work


def test_a_full_disk_is_told_as_unavailable_and_stores_nothing(bench: Harness) -> None:
    bench.write(ADD, "before")
    bench.run(bench.database.write(fill(bench, 1)))  # SQLite makes it the present size

    async def work() -> list[Any]:
        writes = [executing(ADD, "small"), executing(ADD, "x" * 1_000_000)]
        return await asyncio.gather(*map(bench.database.write, writes), return_exceptions=True)

    small, large = bench.run(work())
    assert isinstance(large, UnavailableError)
    assert small == 1 or isinstance(small, UnavailableError)
    assert committed(bench) == ["before", *(["small"] if small == 1 else [])]
    bench.run(bench.database.write(fill(bench, 1_000_000)))
    bench.write(ADD, "after")
    assert committed(bench)[-1] == "after"


def test_an_answered_write_is_in_the_file(bench: Harness) -> None:
    for number in range(5):
        bench.write(ADD, str(number))
        assert committed(bench)[-1] == str(number)


def test_the_file_says_whose_it_is_and_is_for_its_owner_alone(bench: Harness) -> None:
    path = bench.folder / "test.db"
    with closing(apsw.Connection(str(path))) as other:
        assert other.pragma("application_id") == APPLICATION_ID
    assert path.stat().st_mode & 0o077 == 0


def refusal(path: Path) -> str:
    """Why a file is refused, and check that it stayed as it was."""
    before = path.read_bytes()
    with pytest.raises(SchemaError) as refused:
        SqliteDatabase(path, Clock())
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*-wal"))
    return str(refused.value)


def test_a_database_of_another_program_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    with closing(apsw.Connection(str(path))) as other:
        other.execute("CREATE TABLE theirs (a)")
    assert "another program" in refusal(path)


def test_a_database_with_the_mark_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    with closing(apsw.Connection(str(path))) as other:
        other.execute("PRAGMA application_id = 1234")
        other.execute("CREATE TABLE schema_migration (name, applied_at)")
    assert "another program" in refusal(path)


@pytest.mark.parametrize("content", [b"hello, this is no database", b"\x00" * 4096, b"x" * 100_000])
def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "test.db"
    path.write_bytes(content)
    assert "not an SQLite database" in refusal(path)


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "test.db").touch()
    with Harness("sqlite", tmp_path) as bench:
        assert bench.run(bench.database.migrate())


def test_the_directory_is_made_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with Harness("sqlite", folder):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_database_is_sound_after_its_use(bench: Harness) -> None:
    bench.write(ADD, "x" * 100_000)
    bench.write("DELETE FROM note")
    assert bench.run(bench.database.row("PRAGMA integrity_check")) == ("ok",)


def test_a_kept_statement_is_not_planned_anew_for_other_values(tmp_path: Path) -> None:
    planned: list[int] = []

    def authorize(*action: Any) -> int:
        """SQLite asks this while it plans a statement."""
        planned.append(action[0])
        return apsw.SQLITE_OK

    async def work() -> None:
        database = SqliteDatabase(tmp_path / "test.db", Clock())
        await database.migrate()
        async with database.snapshot() as reader:
            reader.apsw.authorizer = authorize
            counts = []
            for name in "abc":
                # A value that is compared with a column of an index with a condition.
                await reader.rows(
                    "SELECT w.pk, v.state FROM app_software w LEFT JOIN app_software_version v "
                    "ON v.app_software_pk = w.pk AND v.build_number = $1 WHERE w.id = $2",
                    ord(name),
                    name,
                )
                counts.append(len(planned))
            assert counts == [counts[0]] * 3
            reader.apsw.authorizer = None
        await database.close()

    asyncio.run(work())
    assert planned
