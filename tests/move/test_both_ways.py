"""Everything arrives as it was, between any two engines, and can be used there."""

from itertools import product
from pathlib import Path

import pytest

from tests.move.conftest import Spots, put_demo_data
from tests.support.bodies import ADDON_CLOUD, version, versions_path
from tests.support.client import InProcess
from tests.support.command import tradepost
from tests.support.moves import Spot, move_by_command, move_here
from tradepost.database import Database
from tradepost.database.layout import tables_of

ENGINES = ("sqlite", "postgresql")


@pytest.mark.parametrize(("first", "second"), list(product(ENGINES, ENGINES)))
def test_all_rows_and_blobs_arrive(spots: Spots, first: str, second: str) -> None:
    source, target = put_demo_data(spots(first, "source")), spots(second, "target")
    rows, files = source.dump(), source.files()
    moved = move_here(source, target)
    assert target.dump() == source.dump() == rows
    assert target.files() == source.files() == files
    assert len(rows["app_software_version"]) > 10
    assert {name: found.rows for name, found in moved.tables.items()} == {
        name: len(held) for name, held in rows.items()
    }
    assert (moved.blobs, moved.bytes) == (len(files), sum(map(len, files.values())))


def test_a_dump_is_the_same_after_there_and_back_by_command(spots: Spots) -> None:
    first = put_demo_data(spots("sqlite", "first"))
    second, third = spots("postgresql", "second"), spots("sqlite", "third")
    there, back = move_by_command(first, second), move_by_command(second, third)
    for result in (there, back):
        assert (result.status, result.errors) == (0, ""), result
        *tables, told = result.lines
        assert {name: int(rows) for name, rows, _ in tables} == {
            name: len(rows) for name, rows in first.dump().items()
        }
        assert told[0].startswith("moved ")
        assert told[0].endswith("; all are as they were")
    # Rows, blobs, and the checksum of each table, made on both engines.
    assert there.output == back.output
    assert third.dump() == second.dump() == first.dump()
    assert third.files() == second.files() == first.files()


def test_a_data_directory_may_be_given_as_a_url(spots: Spots) -> None:
    source, target = put_demo_data(spots("sqlite", "the source")), spots("sqlite", "target")
    url = Path(source.settings.data).as_uri()
    assert "%20" in url
    assert tradepost("move", "--from", url, "--to", target.url).status == 0
    assert target.dump() == source.dump()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_target_that_was_set_up_already_is_filled_too(spots: Spots, engine: str) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots(engine, "target")
    serve_once(target)
    assert target.dump()["server_secret"] != source.dump()["server_secret"]
    move_here(source, target)
    assert target.dump() == source.dump()


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_moved_is_served_and_goes_on(spots: Spots, engine: str) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots(engine, "target")
    path = versions_path(ADDON_CLOUD)
    with serving(source) as server:
        asked = [f"{path}?limit=50", "/rest/3/parent-software", "/admin/v1/people"]
        before = [server.get(each, ("admin@example.com", "admin-token")) for each in asked]
    move_here(source, target)
    with serving(target) as server:
        after = [server.get(each, ("admin@example.com", "admin-token")) for each in asked]
        assert [each.content for each in after] == [each.content for each in before]
        assert [each.headers["etag"] for each in after] == [each.headers["etag"] for each in before]
        made = server.post(path, json=version())
        assert made.status_code == 201, made.text
    # Keys count on behind those that were moved.
    rows = target.dump()["app_software_version"]
    assert len(rows) == len(source.dump()["app_software_version"]) + 1


def test_who_keeps_answers_hears_that_everything_is_new(spots: Spots) -> None:
    for engine in ENGINES:
        source = put_demo_data(spots("sqlite", f"source {engine}"))
        target = spots(engine, f"target {engine}")
        move_here(source, target)

        async def told(database: Database) -> list[str]:
            return [topics for (topics,) in await database.rows("SELECT topics FROM written")]

        assert "*" in target.with_database(told)


def test_text_in_primary_keys_has_the_same_order_on_both_engines(spots: Spots) -> None:
    spot = put_demo_data(spots("postgresql", "spot"))

    async def orders(database: Database) -> set[str]:
        rows = await database.rows(
            "SELECT CAST(o.collname AS TEXT) FROM pg_constraint k JOIN pg_attribute c "
            "ON c.attrelid = k.conrelid AND c.attnum = ANY (k.conkey) "
            "JOIN pg_collation o ON o.oid = c.attcollation JOIN pg_class t ON t.oid = k.conrelid "
            "WHERE k.contype = 'p' AND t.relnamespace = CAST(current_schema() AS regnamespace)"
        )
        return {name for (name,) in rows}

    assert spot.with_database(orders) == {"C"}


def test_both_engines_have_the_same_tables_in_an_order_that_their_references_allow(
    spots: Spots,
) -> None:
    async def found(database: Database) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        tables = await tables_of(database.engine, database)
        return sorted((t.name, t.columns, t.key) for t in tables if t.name != "written")

    async def order(database: Database) -> list[str]:
        return [table.name for table in await tables_of(database.engine, database)]

    known = []
    for engine in ENGINES:
        spot = put_demo_data(spots(engine, engine))
        known.append(spot.with_database(found))
        names = spot.with_database(order)
        for earlier, later in (
            ("person", "api_token"),
            ("developer_space", "app"),
            ("app_software", "app_software_version"),
            ("app_software_version", "app_software_version_listing"),
        ):
            assert names.index(earlier) < names.index(later)
    assert known[0] == known[1]


def serve_once(spot: Spot) -> None:
    """Let a server set a place up, as a first start does."""
    with serving(spot):
        pass


def serving(spot: Spot) -> InProcess:
    return InProcess(Path(spot.settings.data), demo=False, database_url=spot.settings.database_url)
