"""Commands on a PostgreSQL database: as on a file, but for `migrate`, which its operator calls."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Result, tradepost
from tests.support.postgres import cluster
from tests.support.process import ServerProcess


@pytest.fixture
def name() -> Iterator[str]:
    """The name of a database that has nothing in it."""
    created = cluster().create_database()
    yield created
    cluster().drop_database(created)


def on(name: str, *arguments: object, data: Path) -> Result:
    environment = {"TRADEPOST_DATABASE_URL": cluster().url(name)}
    return tradepost(*arguments, data=data, environment=environment)


def test_commands_work_on_it_as_on_a_file(name: str, tmp_path: Path) -> None:
    assert on(name, "load-demo", data=tmp_path).status == 0
    listed = on(name, "user", "list", data=tmp_path)
    assert (listed.status, listed.errors) == (0, "")
    assert "developer@example.com" in listed.output
    assert not (tmp_path / "tradepost.db").exists()


def test_the_first_administrator_sets_it_up(name: str, tmp_path: Path) -> None:
    added = on(name, "user", "add", "pat@example.com", "--admin", data=tmp_path)
    assert added.status == 0
    assert "set up a new database in the PostgreSQL database" in added.errors


def test_a_command_that_reads_sets_nothing_up(name: str, tmp_path: Path) -> None:
    listed = on(name, "user", "list", data=tmp_path)
    assert listed.status == 1
    assert "has nothing in it" in listed.errors
    assert "migrated: 0003_first" in on(name, "migrate", data=tmp_path).output


def test_migrate_tells_what_it_did(name: str, tmp_path: Path) -> None:
    assert on(name, "migrate", data=tmp_path).output.startswith("migrated: 0003_first")
    again = on(name, "migrate", data=tmp_path)
    assert (again.status, again.output) == (0, "the schema is up to date\n")


def test_no_server_migrates_a_schema_that_others_may_be_using(name: str, tmp_path: Path) -> None:
    on(name, "migrate", data=tmp_path)
    cluster().execute("DELETE FROM schema_migration", name)
    refused = on(name, "serve", "--port", 0, data=tmp_path)
    assert refused.status == 1
    assert "lacks 0003_first: run `tradepost migrate` first" in refused.errors


def test_a_server_sets_a_new_one_up(name: str, tmp_path: Path) -> None:
    environment = {"TRADEPOST_DATABASE_URL": cluster().url(name)}
    arguments = ["serve", "--data", str(tmp_path / "data")]
    with ServerProcess(*arguments, log=tmp_path / "log", environment=environment) as server:
        assert server.announcement.startswith("Tradepost serves postgresql://127.0.0.1:")
        hint, command = server.read_lines(2)
        assert "There is no administrator yet" in hint
        assert "TRADEPOST_DATABASE_URL is set" in hint
        assert "--data" not in command


def test_migrate_sets_a_file_up_as_well(tmp_path: Path) -> None:
    assert tradepost("migrate", data=tmp_path).output.startswith("migrated: 0001")
    assert tradepost("migrate", data=tmp_path).output == "the schema is up to date\n"


def test_a_database_that_cannot_hold_every_text_is_refused(tmp_path: Path) -> None:
    cluster().execute("CREATE DATABASE narrow TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    refused = on("narrow", "migrate", data=tmp_path)
    cluster().drop_database("narrow")
    assert refused.status == 1
    assert "the encoding LATIN1: make one with --encoding UTF8" in refused.errors
