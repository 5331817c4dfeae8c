"""What `tradepost move` refuses: one sentence each, and nothing is changed."""

import pytest

from tests.move.conftest import Spots, put_demo_data
from tests.support.command import assert_one_sentence, tradepost
from tests.support.moves import arguments, move_by_command
from tests.support.postgres import cluster
from tests.support.process import free_port

ENGINES = ("sqlite", "postgresql")
CATALOGUE = (
    '{"parentSoftware": [{"id": "ours", "developerId": "us", "name": "Ours", '
    '"hostingOptions": [{"hosting": "datacenter", "autoCompatibilityMode": "patch"}], '
    '"extensibilityFrameworks": [{"frameworkId": "plugin"}], "state": "active", "revision": 1}], '
    '"versions": {}}'
)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_target_with_data_is_refused_and_left_alone(spots: Spots, engine: str) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    target = spots(engine, "target")
    added = ("user", "add", "somebody@example.com")
    assert tradepost(*added, environment=target.environment).status == 0
    before = target.dump()
    for flags in ([], ["--anew"]):
        result = move_by_command(source, target, *flags)
        assert_one_sentence(result, "not empty", "person")
        assert result.status == 1
    assert target.dump() == before
    assert target.files() == {}
    # It is served as before.
    assert tradepost("user", "add", "a@example.com", environment=target.environment).status == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_target_that_was_moved_to_is_one_with_data(spots: Spots, engine: str) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots(engine, "target")
    assert move_by_command(source, target).status == 0
    assert_one_sentence(move_by_command(source, target), "not empty")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_target_with_a_catalogue_of_its_own_is_refused(spots: Spots, engine: str) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots(engine, "target")
    file = source.blobs.parent / "catalogue.json"
    file.write_text(CATALOGUE)
    done = tradepost("catalogue", "import", file, environment=target.environment)
    assert done.status == 0, done
    before = target.dump()
    assert_one_sentence(move_by_command(source, target), "not empty", "a catalogue of its own")
    assert target.dump() == before


def test_a_source_that_is_not_there_is_not_made(spots: Spots) -> None:
    source, target = spots("sqlite", "source"), spots("sqlite", "target")
    assert_one_sentence(move_by_command(source, target), "there is no database in", "source")
    assert not source.blobs.parent.exists()


def test_a_source_without_data_of_ours_is_refused(spots: Spots) -> None:
    source, target = spots("postgresql", "source"), spots("sqlite", "target")
    assert_one_sentence(move_by_command(source, target), "has no data of tradepost")


def test_a_target_of_another_program_is_refused(spots: Spots) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots("postgresql", "target")
    name = target.url.rpartition("/")[2]
    cluster().execute("CREATE TABLE invoice (pk INTEGER PRIMARY KEY)", name)
    assert_one_sentence(move_by_command(source, target), "has tables, and not those of tradepost")


def test_a_database_that_cannot_be_reached_is_told_without_its_password(spots: Spots) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    port = free_port()
    url = f"postgresql://someone:secret@127.0.0.1:{port}/nothing"
    result = tradepost("move", "--from", source.url, "--to", url)
    assert_one_sentence(result)
    assert "secret" not in result.errors


def test_a_database_that_does_not_exist_is_told(spots: Spots) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots("postgresql", "target")
    url = f"{target.url}_not"
    result = tradepost("move", "--from", source.url, "--to", url)
    assert_one_sentence(result, "does not exist")


def test_a_half_filled_source_is_refused(spots: Spots) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots("sqlite", "target")
    source.execute("INSERT INTO schema_migration (name, applied_at) VALUES ('moving-in', '')")
    assert_one_sentence(move_by_command(source, target), "half filled")


def test_the_same_place_twice_is_refused(spots: Spots) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    result = tradepost("move", "--from", source.url, "--to", f"{source.url}/../source")
    assert_one_sentence(result, "same place")


@pytest.mark.parametrize("text", ["mysql://host/name", "file://elsewhere/data", "", "file:data"])
def test_a_place_of_an_unknown_kind_is_refused(spots: Spots, text: str) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    result = tradepost("move", "--from", source.url, "--to", text)
    assert_one_sentence(result, "neither a directory nor a URL")
    assert result.status == 2


@pytest.mark.parametrize("option", ["--from", "--to"])
def test_both_places_are_needed(spots: Spots, option: str) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    given = arguments(source, spots("sqlite", "target"))
    del given[given.index(option) : given.index(option) + 2]
    result = tradepost(*given)
    assert_one_sentence(result, "Missing option", option)
    assert result.status == 2


def test_a_text_that_postgresql_cannot_hold_is_named(spots: Spots) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots("postgresql", "target")
    assert source.execute("UPDATE person SET name = $1 WHERE pk = 2", "A\0B") == 1
    result = move_by_command(source, target)
    assert_one_sentence(result, "does not take the row of person with the key (2,)")
    assert source.execute("UPDATE person SET name = $1 WHERE pk = 2", "AB") == 1
    assert move_by_command(source, target).status == 0
    assert target.dump() == source.dump()


def test_a_database_under_another_name_is_still_the_same(spots: Spots) -> None:
    spot = spots("postgresql", "spot")
    assert tradepost("migrate", environment=spot.environment).status == 0
    before = spot.dump()
    other = spot.url.replace("127.0.0.1", "localhost")
    assert other != spot.url
    result = tradepost("move", "--from", spot.url, "--to", other, "--to-blobs", spot.blobs)
    assert result.status == 1
    assert_one_sentence(result, "the same database")
    assert spot.dump() == before
