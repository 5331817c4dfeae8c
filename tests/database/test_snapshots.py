"""Copies of an SQLite database, put back while it is read and written."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import Harness, executing
from tradepost.database.snapshots import Copies

ADD = "INSERT INTO note (text) VALUES ($1)"


@pytest.fixture(scope="module")
def engine() -> str:
    """The only engine that these tests are about."""
    return "sqlite"


@pytest.fixture
def copies(bench: Harness, tmp_path: Path) -> Iterator[Copies]:
    copies = Copies(tmp_path / "test.db")
    yield copies
    copies.close()


def test_a_copy_is_what_there_was(bench: Harness, copies: Copies) -> None:
    bench.write(ADD, "kept")
    copy = copies.take()
    bench.write(ADD, "lost")
    copies.put_back(copy)
    assert bench.notes() == ["kept"]
    bench.write(ADD, "new")
    assert bench.notes() == ["kept", "new"]
    copies.put_back(copy)
    assert bench.notes() == ["kept"]
    copy.close()


def test_a_copy_can_have_other_tables(bench: Harness, copies: Copies) -> None:
    copy = copies.take()
    bench.write("CREATE TABLE more (pk INTEGER PRIMARY KEY)")
    bench.write("DROP TABLE note")
    copies.put_back(copy)
    assert bench.notes() == []
    tables = bench.run(bench.database.rows("SELECT name FROM sqlite_schema WHERE name = 'more'"))
    assert tables == []
    copy.close()


def test_whoever_keeps_answers_is_told_that_anything_may_have_changed(
    bench: Harness, copies: Copies
) -> None:
    bench.database.news()
    copy = copies.take()
    assert bench.database.news() == ()
    for _ in range(2):
        copies.put_back(copy)
        assert bench.database.news() is None
        assert bench.database.news() == ()
    bench.write(ADD, "later")
    assert bench.database.news() == set()
    copy.close()


def test_a_snapshot_that_is_being_read_stays_as_it_is(bench: Harness, copies: Copies) -> None:
    bench.write(ADD, "old")
    copy = copies.take()
    bench.write(ADD, "newer")

    async def work() -> tuple[int, int]:
        async with bench.database.snapshot() as reader:
            first = len(await reader.rows("SELECT * FROM note"))
            copies.put_back(copy)
            return first, len(await reader.rows("SELECT * FROM note"))

    assert bench.run(work()) == (2, 2)
    assert bench.notes() == ["old"]
    copy.close()


def test_writes_that_go_on_are_there_or_not_there_as_a_whole(
    bench: Harness, copies: Copies
) -> None:
    copy = copies.take()

    async def write(number: int) -> None:
        await bench.database.write(executing(ADD, f"{number}"))

    async def work() -> None:
        writes = [asyncio.create_task(write(number)) for number in range(300)]
        for _ in range(10):
            await asyncio.sleep(0)
            copies.put_back(copy)
        await asyncio.gather(*writes)

    bench.run(work())
    ((found,),) = bench.run(bench.database.rows("PRAGMA integrity_check"))
    assert found == "ok"
    bench.write(ADD, "last")
    assert bench.notes()[-1] == "last"
    copies.put_back(copy)
    assert bench.notes() == []
    copy.close()
