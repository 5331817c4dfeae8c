"""Any value that both engines hold arrives as it was, in tables of a later day too."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.move.conftest import Spots
from tests.support.moves import Spot, run
from tradepost.app import connect_database
from tradepost.database import Database, Reader, Row
from tradepost.database.transfer import MoveError, MovingIn, data_tables, summed

ODD = {
    "sqlite": (
        "CREATE TABLE odd (word TEXT NOT NULL, number INTEGER NOT NULL, text TEXT, bytes BLOB, "
        '"order" INTEGER, PRIMARY KEY (word, number)) WITHOUT ROWID',
        "CREATE TABLE keyless (text TEXT NOT NULL)",
    ),
    "postgresql": (
        'CREATE TABLE odd ("order" BIGINT, bytes BYTEA, text TEXT, number BIGINT NOT NULL, '
        'word TEXT COLLATE "C" NOT NULL, PRIMARY KEY (word, number))',
        'CREATE TABLE keyless (text TEXT COLLATE "C" NOT NULL)',
    ),
}
ENGINES = ("sqlite", "postgresql")
LONG = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
ROWS = st.dictionaries(
    st.tuples(TEXT, LONG),
    st.tuples(st.none() | TEXT, st.none() | st.binary(max_size=20), st.none() | LONG),
    max_size=12,
)


def _nothing(_: int) -> None:
    return


class Pair:
    """A database of each engine, with tables that no migration makes."""

    def __init__(self, *spots: Spot):
        self.spots = spots

    def run(self, work: Any) -> Any:
        """What some work on both databases gives; they are opened for it."""

        async def opened() -> Any:
            databases = [connect_database(spot.settings) for spot in self.spots]
            try:
                return await work(*databases)
            finally:
                for database in databases:
                    await database.close()

        return run(opened())


@pytest.fixture
def pair(spots: Spots) -> Pair:
    pair = Pair(*(spots(engine, engine) for engine in ENGINES))

    async def make(*databases: Database) -> None:
        for database in databases:
            await database.migrate()
            for statement in ODD[database.engine]:
                await database.write(lambda t, s=statement: t.execute(s))  # type: ignore[misc]

    pair.run(make)
    return pair


async def fill(database: Database, odd: list[Row], keyless: list[Row]) -> None:
    """Put these rows into the two tables, and no others."""

    async def work(transaction: Any) -> None:
        await transaction.execute("DELETE FROM odd")
        await transaction.execute("DELETE FROM keyless")
        await transaction.execute_many(
            'INSERT INTO odd (word, number, text, bytes, "order") VALUES ($1, $2, $3, $4, $5)', odd
        )
        await transaction.execute_many("INSERT INTO keyless (text) VALUES ($1)", keyless)

    await database.write(work)


async def held(reader: Reader) -> tuple[list[Row], list[Row]]:
    return (
        await reader.rows(
            'SELECT word, number, text, bytes, "order" FROM odd ORDER BY word, number'
        ),
        await reader.rows("SELECT text FROM keyless ORDER BY text"),
    )


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS, words=st.lists(TEXT, max_size=4), forth=st.booleans())
def test_values_and_their_checksums_are_the_same_on_both_engines(
    pair: Pair, rows: dict[Row, Row], words: list[str], forth: bool
) -> None:
    odd = [(*key, *values) for key, values in rows.items()]

    async def move(*databases: Database) -> None:
        source, target = databases if forth else reversed(databases)
        await fill(source, odd, [(word,) for word in words])
        moving = MovingIn(target, await data_tables(target))
        names = {table.name for table in moving.tables}
        assert {"odd", "keyless"} < names
        await moving.begin(names, anew=True)
        for table in moving.tables:
            sent = await moving.copy(source, table, _nothing)
            arrived = await summed(target, table, _nothing)
            assert (arrived.rows, arrived.checksum) == (sent.rows, sent.checksum)
        await moving.finish()
        assert await held(target) == await held(source)
        # Where the two differ in anything at all, the checksums do.
        await fill(target, [*odd, ("one", 1, "more", None, 1)] if not odd else odd[1:], [])
        table = next(table for table in moving.tables if table.name == "odd")
        ours, theirs = [await summed(each, table, _nothing) for each in (source, target)]
        assert ours.checksum != theirs.checksum

    pair.run(move)


@pytest.mark.parametrize("forth", [True, False])
@pytest.mark.parametrize("rows", [2_000, 4_001])
def test_tables_longer_than_a_batch_arrive_and_go_on_in_the_middle(
    pair: Pair, forth: bool, rows: int
) -> None:
    odd = [(f"word {n % 7}", n, None, bytes([n % 256]), n) for n in range(rows)]

    async def move(*databases: Database) -> None:
        source, target = databases if forth else reversed(databases)
        await fill(source, odd, [("b",), ("a",), ("a",)])
        moving = MovingIn(target, await data_tables(target))
        own = [table.name for table in moving.tables]
        await moving.begin(own, anew=False)
        # What an interrupted run has left: the beginning of the order.
        await fill(target, sorted(odd)[: rows // 2], [])
        again = MovingIn(target, await data_tables(target))
        await again.begin(own, anew=False)
        for table in again.tables:
            assert (await again.copy(source, table, _nothing)).rows >= 0
        assert await held(target) == await held(source)
        with pytest.raises(MoveError, match="another move"):
            await moving.finish()
        await fill(target, sorted(odd)[1:], [])
        table = next(table for table in again.tables if table.name == "odd")
        with pytest.raises(MoveError, match="odd"):
            await again.copy(source, table, _nothing)

    pair.run(move)
