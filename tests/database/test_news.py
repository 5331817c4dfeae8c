"""News: which topics were written to, for whoever keeps answers; never too few of them."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.support.databases import Harness, open_engine
from tests.support.engines import only_sqlite
from tradepost.database import Database, Transaction


class RefusedError(Exception):
    """What a unit of work of these tests raises on its own account."""


def touching(
    *topics: str, refuse: bool = False
) -> Callable[[Transaction], Coroutine[Any, Any, None]]:
    """The unit of work that writes to some topics, and raises after that where it is told to."""

    async def work(transaction: Transaction) -> None:
        for topic in topics:
            await transaction.execute("INSERT INTO note (text) VALUES ($1)", topic)
            transaction.touch(topic)
        if refuse:
            raise RefusedError

    return work


def news(bench: Harness) -> Collection[str] | None:
    found: Collection[str] | None = bench.run(ask(bench.database))
    return found


async def ask(database: Database) -> Collection[str] | None:
    await database.ask_for_news()
    found = database.news()
    return found if found is None else sorted(found)


def test_who_asks_for_the_first_time_is_told_that_anything_may_have_changed(bench: Harness) -> None:
    assert news(bench) is None
    assert news(bench) == []


def test_topics_are_told_once(bench: Harness) -> None:
    news(bench)
    bench.run(bench.database.write(touching("a", "b")))
    bench.run(bench.database.write(touching("c")))
    assert news(bench) == ["a", "b", "c"]
    assert news(bench) == []


def test_a_write_without_topics_is_no_news(bench: Harness) -> None:
    news(bench)
    bench.run(bench.database.write(touching()))
    assert news(bench) == []


def test_what_was_not_stored_is_not_told(bench: Harness) -> None:
    news(bench)

    async def work() -> None:
        results = await asyncio.gather(
            bench.database.write(touching("kept")),
            bench.database.write(touching("refused", refuse=True)),
            bench.database.rehearse(touching("rehearsed")),
            return_exceptions=True,
        )
        assert [type(result) for result in results] == [type(None), RefusedError, type(None)]

    bench.run(work())
    assert news(bench) == ["kept"]


def test_what_another_process_writes_is_told_too(
    bench: Harness, engine: str, tmp_path: Path
) -> None:
    async def write() -> None:
        other = open_engine(engine, tmp_path)
        await other.migrate()
        await other.write(touching("theirs"))
        await other.close()

    news(bench)
    bench.run(bench.database.write(touching("ours")))
    bench.run(write())
    assert news(bench) == ["ours", "theirs"]


@only_sqlite
def test_who_asks_too_late_to_be_told_all_is_told_that(bench: Harness) -> None:
    news(bench)
    for topic in "abc":
        bench.run(bench.database.write(touching(topic)))
    bench.write("DELETE FROM written WHERE seq = (SELECT MIN(seq) FROM written)")
    bench.write("DELETE FROM written WHERE topics = 'a'")
    assert news(bench) is None


def test_more_topics_than_are_worth_telling_are_everything(bench: Harness) -> None:
    news(bench)
    bench.run(bench.database.write(touching(*(f"t{number}" for number in range(300)))))
    assert news(bench) is None


@only_sqlite
@pytest.mark.parametrize("commits", [2_100])
def test_what_was_told_long_ago_is_cleared_away(bench: Harness, commits: int) -> None:
    async def work() -> None:
        for _ in range(commits):
            await bench.database.write(touching())

    bench.run(work())
    ((count,),) = bench.run(bench.database.rows("SELECT COUNT(*) FROM written"))
    assert 1 <= count < commits


@only_sqlite
def test_who_asked_in_vain_is_told_later(bench: Harness, tmp_path: Path) -> None:
    news(bench)
    bench.run(bench.database.write(touching("a")))
    with closing(apsw.Connection(str(tmp_path / "test.db"))) as other:
        other.execute("ALTER TABLE written RENAME TO lost")
        with pytest.raises(apsw.SQLError):
            news(bench)
        other.execute("ALTER TABLE lost RENAME TO written")
    bench.run(bench.database.write(touching("b")))
    assert news(bench) == ["a", "b"]
    assert bench.notes() == ["a", "b"]
