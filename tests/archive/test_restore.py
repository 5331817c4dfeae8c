"""`tradepost restore`: a directory that is whole, or one that no command takes."""

import asyncio
import hashlib
import itertools
import json
import os
import random
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.move.conftest import Spots, put_demo_data
from tests.support.command import Result, assert_one_sentence, tradepost
from tests.support.moves import Spot, Steps, StopError
from tradepost.archive.format import ArchiveError
from tradepost.archive.restoring import restore as restore_here
from tradepost.settings import Settings

_numbers = itertools.count(1)


@pytest.fixture
def source(spots: Spots) -> Spot:
    return put_demo_data(spots("sqlite", "source"))


@pytest.fixture
def file(source: Spot, tmp_path: Path) -> Path:
    assert tradepost("backup", tmp_path / "backup.zip", data=Path(source.url)).status == 0
    return tmp_path / "backup.zip"


def restore(file: Path, folder: Path) -> Result:
    return tradepost("restore", file, "--data", folder)


def test_an_interrupted_restore_is_no_database_until_it_is_run_again(
    source: Spot, file: Path, tmp_path: Path
) -> None:
    steps = Steps()
    asyncio.run(restore_here(file, tmp_path / "counted", steps))
    back = Spot(Settings(data=str(tmp_path / "back")))
    chance = random.Random(1)
    for stop_at in (0, chance.randrange(steps.taken), steps.taken - 1):
        with pytest.raises(StopError):
            asyncio.run(restore_here(file, tmp_path / "back", Steps(stop_at)))
        for command in (("serve", "--port", "0"), ("check",), ("user", "list")):
            result = tradepost(*command, environment=back.environment)
            assert_one_sentence(result, "half filled", "tradepost restore", "run again")
    assert restore(file, tmp_path / "back").status == 0
    assert back.dump() == source.dump()
    assert back.files() == source.files()
    assert sorted(os.listdir(tmp_path / "back")) == sorted(os.listdir(tmp_path / "counted"))


def test_only_an_empty_place_is_restored_into(source: Spot, file: Path, tmp_path: Path) -> None:
    before = source.dump()
    assert_one_sentence(restore(file, Path(source.url)), "is not empty")
    assert source.dump() == before
    (tmp_path / "empty").mkdir()
    assert restore(file, tmp_path / "empty").status == 0
    assert_one_sentence(restore(file, tmp_path / "empty"), "is not empty")


def test_no_damage_passes(source: Spot, file: Path, tmp_path: Path) -> None:
    """Bytes that differ are found, or are none that matter."""
    chance = random.Random(2)
    content = file.read_bytes()
    whole = (source.dump(), source.files())
    damaged = tmp_path / "damaged.zip"
    places = [chance.randrange(len(content)) for _ in range(100)]
    for number, place in enumerate([*places, *range(len(content) - 50, len(content))]):
        damaged.write_bytes(
            content[:place] + bytes([content[place] ^ 1 << number % 8]) + content[place + 1 :]
        )
        folder = tmp_path / f"damaged-{number}"
        try:
            asyncio.run(restore_here(damaged, folder, Steps()))
        except ArchiveError:
            continue
        back = Spot(Settings(data=str(folder)))
        assert (back.dump(), back.files()) == whole, place


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.9999])
def test_half_an_archive_is_none(file: Path, tmp_path: Path, share: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    assert_one_sentence(restore(file, tmp_path / "back"), "no backup, or not a whole one")
    assert not (tmp_path / "back").exists()


def rewritten(file: Path, **replaced: bytes | None) -> Path:
    """The same archive with other things in it, by their names up to the first dot."""
    other = file.with_name(f"other-{next(_numbers)}.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            content = replaced.pop(name.partition(".")[0], source.read(name))
            if content is not None:
                target.writestr(name, content)
        for name, content in replaced.items():
            assert content is not None
            target.writestr(name, content)
    return other


def test_what_was_put_together_otherwise_is_refused(file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        contents = json.loads(archive.read("contents.json"))
        some_blob = next(n for n in archive.namelist() if n.startswith("blobs/"))
    back = tmp_path / "back"
    one_more = json.dumps({**contents, "blobs": contents["blobs"] + 1}).encode()
    for refused, words in (
        (rewritten(file, contents=None), "is no backup, or not"),
        (rewritten(file, contents=b"{}"), "is no backup, or not"),
        (rewritten(file, tradepost=None), "does not hold"),
        (rewritten(file, contents=one_more), "does not hold"),
        (rewritten(file, **{"../../evil": b"x", "contents": one_more}), "does not hold"),
        (rewritten(file, **{"/evil": b"x", "contents": one_more}), "does not hold"),
        (
            rewritten(file, contents=json.dumps({**contents, "format": 2}).encode()),
            "a format that this version does not know",
        ),
    ):
        assert_one_sentence(restore(refused, back), words)
        assert not back.exists()
    other = bytes(len(zipfile.ZipFile(file).read(some_blob)))
    assert_one_sentence(restore(rewritten(file, **{some_blob: other}), back), "other bytes")
    result = tradepost("serve", "--port", "0", data=back)
    assert_one_sentence(result, "half filled")


def test_sizes_that_do_not_agree_are_refused_before_anything_is_written(
    file: Path, tmp_path: Path
) -> None:
    contents, _ = read(file)
    back = tmp_path / "back"
    for wrong in ({"size": 1}, {"size": -1}, {"blobBytes": -5}, {"blobBytes": 10**15}):
        refused = rewritten(file, contents=json.dumps({**contents, **wrong}).encode())
        assert_one_sentence(restore(refused, back), "does not hold what it says")
        assert not back.exists()
    padded = rewritten(file, contents=json.dumps(contents).encode() + b" " * 2 * 1024 * 1024)
    assert_one_sentence(restore(padded, back), "is no backup, or not")
    assert not back.exists()


def test_a_file_that_unpacks_to_more_than_its_row_says_is_not_unpacked(
    file: Path, tmp_path: Path
) -> None:
    contents, names = read(file)
    [some_blob, *_] = (name for name in names if name.startswith("blobs/"))
    size = len(zipfile.ZipFile(file).read(some_blob))
    total = contents["blobBytes"] - size + 50 * 1024 * 1024
    bomb = rewritten(
        file,
        **{
            some_blob: bytes(50 * 1024 * 1024),
            "contents": json.dumps({**contents, "blobBytes": total}).encode(),
        },
    )
    assert_one_sentence(restore(bomb, tmp_path / "back"), "names other files than are there")
    assert not (tmp_path / "back" / "blobs").exists()


def with_database(file: Path, database: bytes, **told: Any) -> Path:
    """The same archive with another database, which its list of contents agrees with."""
    contents, _ = read(file)
    sha512 = hashlib.sha512(database).hexdigest()
    listed = {**contents, "sha512": sha512, "size": len(database), **told}
    return rewritten(file, tradepost=database, contents=json.dumps(listed).encode())


def test_a_database_that_is_none_is_refused(file: Path, tmp_path: Path) -> None:
    back, whole = tmp_path / "back", zipfile.ZipFile(file).read("tradepost.db")
    damaged = bytearray(whole)
    damaged[8 * 4096 : 9 * 4096] = bytes(4096)
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE person (pk)")
    for database, words in (
        (b"hello", "not an SQLite database"),
        (bytes(damaged), "it is damaged"),
        (whole[: len(whole) // 2], "it is damaged"),
        ((tmp_path / "other.db").read_bytes(), "of another program"),
    ):
        assert_one_sentence(restore(with_database(file, database), back), words)
        assert_one_sentence(tradepost("check", data=back), "half filled")
    schema = read(file)[0]["schema"][:-1]
    older = with_database(file, whole, schema=schema)
    assert_one_sentence(restore(older, back), "not the schema")
    assert restore(file, back).status == 0


def test_files_that_rows_name_must_all_be_there_and_no_others(file: Path, tmp_path: Path) -> None:
    contents, names = read(file)
    [some_blob, *_] = (name for name in names if name.startswith("blobs/"))
    size = len(zipfile.ZipFile(file).read(some_blob))
    lacking = {
        **contents,
        "blobs": contents["blobs"] - 1,
        "blobBytes": contents["blobBytes"] - size,
    }
    sha512 = hashlib.sha512(b"extra").hexdigest()
    more = {**contents, "blobs": contents["blobs"] + 1, "blobBytes": contents["blobBytes"] + 5}
    for other in (
        rewritten(file, **{some_blob: None, "contents": json.dumps(lacking).encode()}),
        rewritten(
            file,
            **{
                f"blobs/sha512/{sha512[:2]}/{sha512}": b"extra",
                "contents": json.dumps(more).encode(),
            },
        ),
    ):
        assert_one_sentence(restore(other, tmp_path / "back"), "names other files than are there")


def read(file: Path) -> tuple[dict[str, Any], list[str]]:
    """What an archive says that it holds, and what is in it."""
    with zipfile.ZipFile(file) as archive:
        return json.loads(archive.read("contents.json")), archive.namelist()


def test_a_backup_of_a_newer_program_is_refused(file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        contents = json.loads(archive.read("contents.json"))
    newer = {**contents, "schema": [*contents["schema"], "9999_later"]}
    other = rewritten(file, contents=json.dumps(newer).encode())
    assert_one_sentence(restore(other, tmp_path / "back"), "newer tradepost", "9999_later")
    assert not (tmp_path / "back").exists()
