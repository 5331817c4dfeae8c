"""`tradepost restore`: a directory that is whole, or one that no command takes."""

import itertools
import json
import os
import random
import zipfile
from pathlib import Path

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
    restore_here(file, tmp_path / "counted", steps)
    back = Spot(Settings(data=str(tmp_path / "back")))
    chance = random.Random(1)
    for stop_at in (0, chance.randrange(steps.taken), steps.taken - 1):
        with pytest.raises(StopError):
            restore_here(file, tmp_path / "back", Steps(stop_at))
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
            restore_here(damaged, folder, Steps())
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
    assert_one_sentence(restore(rewritten(file, **{some_blob: b"x"}), back), "other bytes")
    result = tradepost("serve", "--port", "0", data=back)
    assert_one_sentence(result, "half filled")


def test_a_backup_of_a_newer_program_is_refused(file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        contents = json.loads(archive.read("contents.json"))
    newer = {**contents, "schema": [*contents["schema"], "9999_later"]}
    other = rewritten(file, contents=json.dumps(newer).encode())
    assert_one_sentence(restore(other, tmp_path / "back"), "newer tradepost", "9999_later")
    assert not (tmp_path / "back").exists()
