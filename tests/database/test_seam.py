"""What every engine must do: units of work, snapshots, groups that share a commit alone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.databases import Harness, executing, open_engine
from tests.support.engines import only_sqlite
from tradepost.database import SchemaError, Transaction

ADD = "INSERT INTO note (text) VALUES ($1)"
Work = Callable[[Transaction], Awaitable[Any]]


class RefusedError(Exception):
    """What a unit of work of these tests raises on its own account."""


def adding(*texts: str, refuse: bool = False) -> Work:
    """The unit of work that adds notes, and raises after that where it is told to."""

    async def work(transaction: Transaction) -> list[str]:
        for text in texts:
            await transaction.execute(ADD, text)
        if refuse:
            raise RefusedError(*texts)
        return list(texts)

    return work


async def write_all(bench: Harness, works: list[Work]) -> list[Any]:
    """The results or errors of many units of work that are handed in at once."""
    return await asyncio.gather(*map(bench.database.write, works), return_exceptions=True)


def test_a_write_returns_what_its_work_returns_and_can_be_read_at_once(bench: Harness) -> None:
    async def work() -> None:
        assert await bench.database.write(adding("one", "two")) == ["one", "two"]
        assert await bench.database.rows("SELECT text FROM note") == [("one",), ("two",)]

    bench.run(work())


def test_a_unit_of_work_sees_its_own_writes_before_they_are_committed(bench: Harness) -> None:
    async def work(transaction: Transaction) -> tuple[Any, int]:
        changed = await transaction.execute(ADD, "mine")
        return await transaction.row("SELECT text FROM note"), changed

    assert bench.run(bench.database.write(work)) == (("mine",), 1)


def test_execute_tells_how_many_rows_it_changed(bench: Harness) -> None:
    bench.run(bench.database.write(adding("a", "b", "c")))
    removing = executing("DELETE FROM note WHERE text < $1", "c")
    assert bench.run(bench.database.write(removing)) == 2
    assert bench.run(bench.database.write(removing)) == 0


def test_execute_many_stores_all_rows_or_none(bench: Harness) -> None:
    async def work(transaction: Transaction, *texts: str) -> None:
        await transaction.execute_many(ADD, [(text,) for text in texts])

    bench.run(bench.database.write(lambda transaction: work(transaction, "a", "b")))
    assert bench.notes() == ["a", "b"]
    with pytest.raises(Exception, match=r"(?i)unique"):
        bench.run(bench.database.write(lambda transaction: work(transaction, "c", "a", "d")))
    assert bench.notes() == ["a", "b"]


def test_what_a_unit_of_work_raises_is_raised_and_nothing_of_it_is_stored(bench: Harness) -> None:
    with pytest.raises(RefusedError, match="two"):
        bench.run(bench.database.write(adding("two", refuse=True)))
    assert bench.notes() == []
    bench.run(bench.database.write(adding("three")))
    assert bench.notes() == ["three"]


def test_a_statement_that_fails_takes_the_statements_before_it_along(bench: Harness) -> None:
    with pytest.raises(Exception, match=r"(?i)unique"):
        bench.run(bench.database.write(adding("new", "same", "same")))
    assert bench.notes() == []


FATES: dict[str, Callable[[int], Work]] = {
    "stored": lambda n: adding(f"{n}", f"{n} too"),
    "refused": lambda n: adding(f"{n}", f"{n} too", refuse=True),
    "clash": lambda n: adding(f"{n}", f"{n}"),
    "no such table": lambda n: executing("INSERT INTO nothing VALUES ($1)", n),
}


def test_an_error_takes_no_other_unit_of_work_along(bench: Harness) -> None:
    @settings(deadline=None, max_examples=60)
    @given(fates=st.lists(st.sampled_from(sorted(FATES)), max_size=40))
    def check(fates: list[str]) -> None:
        bench.write("DELETE FROM note")
        results = bench.run(write_all(bench, [FATES[fate](n) for n, fate in enumerate(fates)]))
        for n, (fate, result) in enumerate(zip(fates, results, strict=True)):
            if fate == "stored":
                assert result == [f"{n}", f"{n} too"]
            else:
                assert isinstance(result, Exception)
                assert isinstance(result, RefusedError) == (fate == "refused")
        kept = {str(n) for n, fate in enumerate(fates) if fate == "stored"}
        assert set(bench.notes()) == kept | {f"{n} too" for n in kept}

    check()


def test_writes_handed_in_together_are_done_in_their_order(bench: Harness) -> None:
    texts = [str(number) for number in range(300)]
    bench.run(write_all(bench, [adding(text) for text in texts]))
    assert bench.notes() == texts


def test_a_refused_unit_of_work_is_not_seen_by_those_after_it(bench: Harness) -> None:
    async def count(transaction: Transaction) -> int:
        row = await transaction.row("SELECT count(*) FROM note")
        assert row is not None
        return int(row[0])

    works: list[Work] = [adding("kept"), count, adding("gone", refuse=True), count, count]
    results = bench.run(write_all(bench, works))
    assert [results[1], results[3], results[4]] == [1, 1, 1]


def test_a_rehearsal_returns_what_its_work_returns_and_stores_nothing(bench: Harness) -> None:
    assert bench.run(bench.database.rehearse(adding("one", "two"))) == ["one", "two"]
    assert bench.notes() == []
    bench.write(ADD, "one")
    assert bench.notes() == ["one"]


def test_a_rehearsal_sees_what_is_stored_and_its_own_writes(bench: Harness) -> None:
    async def work(transaction: Transaction) -> list[Any]:
        await transaction.execute(ADD, "mine")
        return await transaction.rows("SELECT text FROM note ORDER BY pk")

    bench.write(ADD, "stored")
    assert bench.run(bench.database.rehearse(work)) == [("stored",), ("mine",)]
    assert bench.notes() == ["stored"]


def test_what_a_rehearsal_raises_is_raised(bench: Harness) -> None:
    with pytest.raises(RefusedError, match="two"):
        bench.run(bench.database.rehearse(adding("two", refuse=True)))
    with pytest.raises(Exception, match=r"(?i)unique"):
        bench.run(bench.database.rehearse(adding("same", "same")))
    assert bench.notes() == []
    bench.run(bench.database.write(adding("three")))
    assert bench.notes() == ["three"]


def test_rehearsals_among_writes_take_nothing_along_and_leave_nothing(bench: Harness) -> None:
    @settings(deadline=None, max_examples=60)
    @given(
        jobs=st.lists(st.tuples(st.sampled_from(sorted(FATES)), st.booleans()), max_size=40),
    )
    def check(jobs: list[tuple[str, bool]]) -> None:
        bench.write("DELETE FROM note")

        async def run_all() -> list[Any]:
            database = bench.database
            return await asyncio.gather(
                *(
                    (database.rehearse if rehearsed else database.write)(FATES[fate](n))
                    for n, (fate, rehearsed) in enumerate(jobs)
                ),
                return_exceptions=True,
            )

        for n, ((fate, _), result) in enumerate(zip(jobs, bench.run(run_all()), strict=True)):
            if fate == "stored":
                assert result == [f"{n}", f"{n} too"]
            else:
                assert isinstance(result, Exception)
                assert isinstance(result, RefusedError) == (fate == "refused")
        kept = {str(n) for n, job in enumerate(jobs) if job == ("stored", False)}
        assert set(bench.notes()) == kept | {f"{n} too" for n in kept}

    check()


def test_a_rehearsal_is_not_seen_by_those_after_it(bench: Harness) -> None:
    async def count(transaction: Transaction) -> int:
        row = await transaction.row("SELECT count(*) FROM note")
        assert row is not None
        return int(row[0])

    async def work() -> tuple[Any, ...]:
        database = bench.database
        return await asyncio.gather(
            database.write(adding("kept")),
            database.rehearse(adding("tried")),
            database.write(count),
            database.rehearse(adding("kept too")),
            database.write(adding("kept too")),
            database.rehearse(count),
        )

    results = bench.run(work())
    assert (results[2], results[5]) == (1, 2)
    assert bench.notes() == ["kept", "kept too"]


@only_sqlite
def test_a_rehearsal_that_awaits_foreign_things_is_refused(bench: Harness) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.execute(ADD, "tried")
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="await"):
        bench.run(bench.database.rehearse(work))
    assert bench.notes() == []


def test_whoever_stops_waiting_takes_no_other_along(bench: Harness) -> None:
    async def work() -> list[Any]:
        tasks = [asyncio.create_task(bench.database.write(adding(str(n)))) for n in range(20)]
        await asyncio.sleep(0)  # each task hands its work in, and waits
        for task in tasks[::2]:
            task.cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = bench.run(work())
    assert all(isinstance(result, asyncio.CancelledError) for result in results[::2])
    assert results[1::2] == [[str(n)] for n in range(1, 20, 2)]
    assert {str(n) for n in range(1, 20, 2)} <= set(bench.notes())


@only_sqlite
@pytest.mark.parametrize("foreign", ["sleep", "future", "write"])
def test_a_unit_of_work_that_awaits_foreign_things_is_refused(bench: Harness, foreign: str) -> None:
    async def never() -> asyncio.Future[None]:
        return asyncio.get_running_loop().create_future()

    async def wait_for(what: str) -> None:
        if what == "sleep":
            await asyncio.sleep(0)
        elif what == "future":
            await future
        else:
            await bench.database.write(adding("inner"))

    async def work(transaction: Transaction) -> None:
        await transaction.execute(ADD, "outer")
        await wait_for(foreign)
        await transaction.execute(ADD, "after")

    future: asyncio.Future[None] = bench.run(never())
    results = bench.run(write_all(bench, [adding("before"), work, adding("next")]))
    assert isinstance(results[1], RuntimeError)
    assert results[0] == ["before"]
    assert results[2] == ["next"]
    assert [note for note in bench.notes() if note != "inner"] == ["before", "next"]


def test_a_snapshot_sees_one_moment(bench: Harness) -> None:
    async def work() -> None:
        await bench.database.write(adding("before"))
        async with bench.database.snapshot() as reader:
            first = await reader.rows("SELECT text FROM note")
            await bench.database.write(adding("during"))
            assert await reader.rows("SELECT text FROM note") == first == [("before",)]
            assert await reader.row("SELECT count(*) FROM note") == (1,)
        assert await bench.database.row("SELECT count(*) FROM note") == (2,)
        async with bench.database.snapshot() as reader:
            assert await reader.row("SELECT count(*) FROM note") == (2,)

    bench.run(work())


def test_an_error_inside_a_snapshot_ends_it(bench: Harness) -> None:
    async def read_and_raise() -> None:
        async with bench.database.snapshot() as reader:
            await reader.row("SELECT 1")
            raise RefusedError

    async def work() -> None:
        with pytest.raises(RefusedError):
            await read_and_raise()
        await bench.database.write(adding("later"))
        async with bench.database.snapshot() as reader:
            assert await reader.row("SELECT text FROM note") == ("later",)

    bench.run(work())


def test_nobody_reads_what_is_not_committed(bench: Harness) -> None:
    async def work() -> None:
        task = asyncio.create_task(bench.database.write(adding("a", "b", refuse=True)))
        while not task.done():
            assert await bench.database.rows("SELECT text FROM note") == []
            await asyncio.sleep(0)
        assert isinstance(task.exception(), RefusedError)

    bench.run(work())


def test_row_is_the_first_of_rows_or_none(bench: Harness) -> None:
    async def work() -> None:
        assert await bench.database.row("SELECT text FROM note") is None
        assert await bench.database.rows("SELECT text FROM note") == []
        await bench.database.write(adding("a", "b"))
        assert await bench.database.row("SELECT text FROM note ORDER BY pk DESC") == ("b",)

    bench.run(work())


@pytest.mark.parametrize(
    "value", [None, 0, -1, 2**53 - 1, 1.5, "", "ünïcödé 🦀", "a'b\"c", b"\x00"]
)
def test_values_come_back_as_they_were_bound(bench: Harness, value: Any) -> None:
    kinds = {int: "BIGINT", float: "DOUBLE PRECISION", bytes: "BYTEA"}
    bench.write(f"CREATE TABLE thing (value {kinds.get(type(value), 'TEXT')})")
    bench.write("INSERT INTO thing (value) VALUES ($1)", value)
    assert bench.run(bench.database.row("SELECT value FROM thing")) == (value,)


def test_a_new_database_is_migrated_once(engine: str, tmp_path: Any) -> None:
    with Harness(engine, tmp_path) as bench:
        steps = bench.run(bench.database.migrate())
        assert steps == sorted(steps)
        assert steps
        assert bench.run(bench.database.migrate()) == []
        bench.run(bench.database.check())
        recorded = bench.run(bench.database.rows("SELECT name FROM schema_migration ORDER BY name"))
        assert [name for (name,) in recorded] == steps
    with Harness(engine, tmp_path) as bench:
        assert bench.run(bench.database.migrate()) == []


def test_migrating_keeps_what_is_there(engine: str, tmp_path: Any) -> None:
    with Harness(engine, tmp_path) as bench:
        bench.run(bench.database.migrate())
        bench.write("INSERT INTO server_secret (name, value) VALUES ($1, $2)", "kept", b"value")
    with Harness(engine, tmp_path) as bench:
        bench.run(bench.database.migrate())
        row = bench.run(bench.database.row("SELECT value FROM server_secret WHERE name = 'kept'"))
        assert row == (b"value",)


def test_a_database_of_a_newer_program_is_refused(engine: str, tmp_path: Any) -> None:
    with Harness(engine, tmp_path) as bench:
        bench.run(bench.database.migrate())
        bench.write(
            "INSERT INTO schema_migration (name, applied_at) VALUES ($1, $2)",
            "9999_from_the_future",
            "2999-01-01T00:00:00Z",
        )
        before = bench.run(bench.database.rows("SELECT * FROM schema_migration"))
        with pytest.raises(SchemaError, match=r"newer tradepost.*9999_from_the_future"):
            bench.run(bench.database.migrate())
        assert bench.run(bench.database.rows("SELECT * FROM schema_migration")) == before


def test_an_empty_database_is_not_ready(engine: str, tmp_path: Any) -> None:
    with Harness(engine, tmp_path) as bench, pytest.raises(Exception, match="schema_migration"):
        bench.run(bench.database.check())


def test_close_finishes_what_is_being_written(bench: Harness, engine: str, tmp_path: Any) -> None:
    async def work() -> list[Any]:
        database = open_engine(engine, tmp_path)
        tasks = [asyncio.create_task(database.write(adding(str(n)))) for n in range(100)]
        await asyncio.sleep(0)  # each task hands its work in
        await database.close()
        return await asyncio.gather(*tasks)

    assert bench.run(work()) == [[str(n)] for n in range(100)]
    assert len(bench.notes()) == 100


def test_snapshots_may_overlap_and_leave_other_reads_alone(bench: Harness) -> None:
    async def work() -> None:
        reading = "SELECT count(*) FROM note"
        async with bench.database.snapshot() as first:
            assert await first.row(reading) == (0,)
            await bench.database.write(adding("one"))
            async with bench.database.snapshot() as second:
                assert await second.row(reading) == (1,)
                await bench.database.write(adding("two"))
                assert await first.row(reading) == (0,)
                assert await second.row(reading) == (1,)
                assert await bench.database.row(reading) == (2,)

    bench.run(work())


def test_writes_and_rehearsals_after_the_end_are_refused(bench: Harness) -> None:
    bench.run(bench.database.close())
    for late in (bench.database.write, bench.database.rehearse):
        with pytest.raises(RuntimeError, match="closed"):
            bench.run(late(adding("late")))
