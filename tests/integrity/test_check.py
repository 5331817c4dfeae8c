"""`tradepost check`, as an operator sees it: what is wrong with files, and what is left over."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.move.conftest import Spots, put_demo_data
from tests.support.command import Result, assert_one_sentence, tradepost
from tests.support.databases import damage
from tests.support.moves import Spot
from tests.support.object_storage import ObjectStorage

ORPHAN = f"sha512/ab/{'ab' * 64}"


@pytest.fixture
def demo(spots: Spots, engine: str) -> Spot:
    return put_demo_data(spots(engine, "demo"))


@pytest.fixture
def on_sqlite(spots: Spots) -> Spot:
    return put_demo_data(spots("sqlite", "demo"))


def check(spot: Spot, *flags: str, **environment: str) -> Result:
    return tradepost("check", *flags, environment={**spot.environment, **environment})


def put(spot: Spot, key: str, content: bytes = b"left over", *, hours: float = 2) -> Path:
    """Put a file among the blobs that was last wanted some hours ago."""
    path = spot.blobs / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    at = time.time() - hours * 3600
    os.utime(path, (at, at))
    return path


def test_what_is_in_order_is_told_in_a_line(demo: Spot) -> None:
    result = check(demo)
    assert (result.status, result.errors) == (0, "")
    number = len(demo.files())
    size = sum(map(len, demo.files().values()))
    assert f"tables and {number} files of {size} bytes: nothing is wrong\n" in result.output
    assert result.output.startswith("checked ")


def test_every_harmed_file_is_listed(demo: Spot) -> None:
    keys = sorted(demo.files())
    flipped, cut, longer, gone = (demo.blobs / key for key in keys[:4])
    content = flipped.read_bytes()
    flipped.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    cut.write_bytes(cut.read_bytes()[:-1])
    longer.write_bytes(longer.read_bytes() + b"!")
    gone.unlink()
    result = check(demo)
    assert result.status == 1
    told = {line[0]: line[1] for line in result.lines}
    assert sorted(told) == keys[:4]
    assert "other bytes" in told[keys[0]]
    assert "shorter" in told[keys[1]]
    assert "should have" in told[keys[2]]
    assert "cannot be read" in told[keys[3]]
    assert result.errors.startswith("tradepost: checked ")
    assert "4 things are wrong" in result.errors


def test_a_file_that_is_a_link_is_listed(on_sqlite: Spot, tmp_path: Path) -> None:
    key = sorted(on_sqlite.files())[0]
    (on_sqlite.blobs / key).rename(tmp_path / "elsewhere")
    (on_sqlite.blobs / key).symlink_to(tmp_path / "elsewhere")
    result = check(on_sqlite)
    assert result.status == 1
    assert result.lines == [[key, "it is a link to a file elsewhere, and should be one itself"]]


def test_a_wrong_row_is_listed(demo: Spot) -> None:
    assert demo.execute("UPDATE app_software_version SET revision = 77 WHERE pk = 1") == 1
    result = check(demo)
    assert result.status == 1
    told = "revision is 77, and by its document it is 1"
    assert result.lines == [["app_software_version 1", told]]


def test_what_nobody_names_is_told_and_removed_when_asked(demo: Spot) -> None:
    before = demo.files()
    old = put(demo, ORPHAN)
    part = put(demo, f"{sorted(before)[0]}#3")
    young = put(demo, ORPHAN.replace("ab", "cd"), hours=0.5)
    ours = put(demo, "notes.txt")
    result = check(demo)
    assert result.status == 0
    told = dict(line.split("\t") for line in result.errors.splitlines())
    assert told.pop(f"{sorted(before)[0]}#3") == "a part of an upload, 9 bytes"
    assert set(told.values()) == {"a file that no row names, 9 bytes"}
    result = check(demo, "--remove-orphans")
    assert result.errors.count(": removed") == 2
    assert [path.exists() for path in (old, part, young, ours)] == [False, False, True, True]
    young.unlink()
    ours.unlink()
    assert demo.files() == before


def test_nothing_is_removed_while_something_is_wrong(on_sqlite: Spot) -> None:
    old = put(on_sqlite, ORPHAN)
    (on_sqlite.blobs / sorted(on_sqlite.files())[0]).unlink()
    result = check(on_sqlite, "--remove-orphans")
    assert result.status == 1
    assert old.exists()


def test_a_bucket_is_checked_as_a_directory_is(
    spots: Spots, on_sqlite: Spot, object_storage: ObjectStorage
) -> None:
    bucket = object_storage.new_bucket()
    target = spots("postgresql", "target")
    put(on_sqlite, ORPHAN)
    sent = ("move", "--from", on_sqlite.url, "--to", target.url, "--to-blobs", bucket)
    assert tradepost(*sent).status == 0
    result = check(target, TRADEPOST_BLOBS_URL=bucket)
    assert (result.status, result.errors) == (0, "")
    result = check(target, TRADEPOST_BLOBS_URL=object_storage.new_bucket())
    assert result.status == 1
    assert len(result.lines) == len(on_sqlite.files()) - 1


@pytest.mark.parametrize("table", ["app_software_version_by_number", "artifact", "person"])
def test_what_is_damaged_is_told_and_the_rest_is_looked_at(on_sqlite: Spot, table: str) -> None:
    damage(on_sqlite.settings.database_path, table)
    (on_sqlite.blobs / sorted(on_sqlite.files())[0]).write_bytes(b"other")
    result = check(on_sqlite, "--remove-orphans")
    assert result.status == 1
    places = [where for where, _ in result.lines]
    assert places[0] == "database"
    if table != "artifact":  # whose rows name it
        assert places[-1] == sorted(on_sqlite.files())[0]
    assert "things are wrong" in result.errors
    assert "should not happen" not in result.errors


def test_a_database_whose_steps_cannot_be_read_is_told(on_sqlite: Spot) -> None:
    damage(on_sqlite.settings.database_path, "sqlite_autoindex_schema_migration_1")
    result = check(on_sqlite)
    assert result.status == 1
    assert len(result.lines) > 1
    assert "is damaged" in result.lines[-1][1]


@pytest.mark.parametrize("part", ["TRIGGER audit_is_not_changed", "INDEX audit_by_time"])
def test_a_part_of_the_schema_that_was_dropped_is_told(on_sqlite: Spot, part: str) -> None:
    kind, name = part.split()
    with closing(sqlite3.connect(on_sqlite.settings.database_path)) as database:
        database.execute(f"DROP {part}")
    result = check(on_sqlite)
    assert result.status == 1
    assert result.lines == [["database", f"the {kind.lower()} {name} is not there"]]


def test_there_must_be_a_database_of_the_newest_schema(tmp_path: Path, spots: Spots) -> None:
    assert_one_sentence(tradepost("check", data=tmp_path / "nowhere"), "there is no database")
    assert not (tmp_path / "nowhere").exists()
    old = put_demo_data(spots("sqlite", "old"))
    assert old.execute("DELETE FROM schema_migration WHERE name LIKE '0003%'") == 1
    assert_one_sentence(check(old), "the database lacks 0003", "tradepost migrate")
