"""Each blob that a row names is held against its hash, on both sides."""

import shutil

import pytest

from tests.move.conftest import Spots, put_demo_data
from tests.support.command import assert_one_sentence, tradepost
from tests.support.moves import Spot, move_by_command, move_here
from tradepost.assets import store as assets
from tradepost.database import Database


@pytest.fixture
def source(spots: Spots) -> Spot:
    return put_demo_data(spots("sqlite", "source"))


@pytest.fixture
def target(spots: Spots) -> Spot:
    return spots("sqlite", "target")


def test_a_corrupt_blob_is_found_and_the_others_are_moved(source: Spot, target: Spot) -> None:
    files = source.files()
    names = sorted(files)
    path = source.blobs / names[0]
    path.write_bytes(bytes([files[names[0]][0] ^ 1]) + files[names[0]][1:])
    result = move_by_command(source, target)
    assert_one_sentence(result, f"1 of {len(names)} blobs", "the source has other bytes", names[0])
    assert result.status == 1
    assert sorted(target.files()) == names[1:]
    assert tradepost("load-demo", environment=target.environment).status == 1
    # Once it is there again the move goes on.
    path.write_bytes(files[names[0]])
    assert move_by_command(source, target).status == 0
    assert target.files() == files


@pytest.mark.parametrize("cut", [0, 1])
def test_a_blob_that_is_missing_or_cut_short_is_found(source: Spot, target: Spot, cut: int) -> None:
    name, content = sorted(source.files().items())[0]
    path = source.blobs / name
    path.unlink()
    if cut:
        path.write_bytes(content[:-cut])
    assert_one_sentence(move_by_command(source, target), "the source lacks", name)


def test_many_lost_blobs_are_counted(source: Spot, target: Spot) -> None:
    number = len(source.files())
    shutil.rmtree(source.blobs)
    result = move_by_command(source, target)
    assert_one_sentence(result, f"{number} of {number} blobs", f"and {number - 3} more")


def test_other_bytes_in_the_target_are_found(source: Spot, target: Spot) -> None:
    name = sorted(source.files())[0]
    path = target.blobs / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"something else")
    assert_one_sentence(move_by_command(source, target), "the target has other bytes", name)
    path.unlink()
    assert move_by_command(source, target).status == 0
    assert target.files() == source.files()


def test_blobs_that_no_row_names_stay_behind(source: Spot, target: Spot) -> None:
    before = source.files()
    (source.blobs / "sha512" / "left").write_bytes(b"left over")
    assert move_by_command(source, target).status == 0
    assert target.files() == before


def test_bytes_that_several_rows_name_are_moved_once(source: Spot, target: Spot) -> None:
    columns = "sha512, size, media_type, remote, owners, created_by, created_at, document"
    twice = (
        f"INSERT INTO artifact (id, file_name, {columns}) "
        f"SELECT id || '-2', file_name || '-2', {columns} FROM artifact"
    )
    number = source.execute(twice)
    assert number > 10

    async def pages(database: Database) -> list[list[str]]:
        found = [await assets.blobs(database, "", 3)]
        while found[-1]:
            found.append(await assets.blobs(database, found[-1][-1].sha512, 3))
        return [[blob.key for blob in page] for page in found]

    listed = source.with_database(pages)
    assert [key for page in listed for key in page] == sorted(source.files())
    moved = move_here(source, target)
    assert moved.blobs == len(source.files())
    assert target.files() == source.files()


def test_both_databases_may_share_one_store(source: Spot, spots: Spots) -> None:
    target = spots("postgresql", "target")
    before = source.files()
    options = ["--to", target.url, "--to-blobs", str(source.blobs)]
    assert tradepost("move", "--from", source.url, *options).status == 0
    assert (source.files(), target.files()) == (before, {})
    assert target.dump() == source.dump()


def test_files_of_a_postgresql_database_are_where_the_settings_say(
    source: Spot, spots: Spots
) -> None:
    target = spots("postgresql", "target")
    environment = {"TRADEPOST_DATA": target.settings.data}
    result = tradepost("move", "--from", source.url, "--to", target.url, environment=environment)
    assert result.status == 0, result
    assert target.files() == source.files()
