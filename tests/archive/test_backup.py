"""`tradepost backup`: all there is in one file, whoever writes meanwhile, or no file."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.move.conftest import Spots, put_demo_data
from tests.support.bodies import ADDON_CLOUD, version, versions_path
from tests.support.clients import connect, every_version
from tests.support.command import Result, assert_one_sentence, tradepost
from tests.support.databases import damage
from tests.support.moves import Spot
from tests.support.object_storage import ObjectStorage
from tests.support.process import ServerProcess
from tradepost.settings import Settings


def backup(spot: Spot, file: Path, **environment: str) -> Result:
    return tradepost("backup", file, environment={**spot.environment, **environment})


def restored(file: Path, folder: Path) -> Spot:
    result = tradepost("restore", file, "--data", folder)
    assert (result.status, result.errors) == (0, ""), result
    return Spot(Settings(data=str(folder)))


def test_all_there_is_comes_back(spots: Spots, engine: str, tmp_path: Path) -> None:
    source = put_demo_data(spots(engine, "source"))
    result = backup(source, tmp_path / "backup.zip")
    assert (result.status, result.errors) == (0, "")
    assert result.output.startswith("backed up a database of ")
    back = restored(tmp_path / "backup.zip", tmp_path / "back")
    assert back.dump() == source.dump()
    assert back.files() == source.files()
    checked = tradepost("check", environment=back.environment)
    assert (checked.status, checked.errors) == (0, "")
    assert tradepost("user", "add", "a@example.com", environment=back.environment).status == 0


def test_files_come_from_a_bucket_as_well(
    spots: Spots, tmp_path: Path, object_storage: ObjectStorage
) -> None:
    source, bucket = put_demo_data(spots("sqlite", "source")), object_storage.new_bucket()
    target = spots("postgresql", "target")
    sent = ("move", "--from", source.url, "--to", target.url, "--to-blobs", bucket)
    assert tradepost(*sent).status == 0
    assert backup(target, tmp_path / "backup.zip", TRADEPOST_BLOBS_URL=bucket).status == 0
    back = restored(tmp_path / "backup.zip", tmp_path / "back")
    assert back.files() == source.files()
    assert back.dump() == source.dump()


def test_it_is_for_its_owner_alone_and_nothing_is_beside_it(spots: Spots, tmp_path: Path) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    (tmp_path / "backups").mkdir()
    file = tmp_path / "backups" / "backup.zip"
    assert backup(source, file).status == 0
    assert os.listdir(file.parent) == ["backup.zip"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_file_is_replaced(spots: Spots, tmp_path: Path) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    (tmp_path / "backup.zip").write_text("precious")
    assert_one_sentence(backup(source, tmp_path / "backup.zip"), "is there already")
    assert (tmp_path / "backup.zip").read_text() == "precious"


def test_a_file_that_is_not_whole_is_no_part_of_a_backup(spots: Spots, tmp_path: Path) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    flipped, gone = (source.blobs / key for key in sorted(source.files())[:2])
    content = flipped.read_bytes()
    flipped.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    gone.unlink()
    before = sorted(os.listdir(tmp_path))
    result = backup(source, tmp_path / "backup.zip")
    assert_one_sentence(result, f"2 of {len(source.files()) + 1} files", "other bytes", gone.name)
    assert sorted(os.listdir(tmp_path)) == before


def test_a_damaged_database_is_not_backed_up(spots: Spots, tmp_path: Path) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    damage(source.settings.database_path, "artifact")
    before = sorted(os.listdir(tmp_path))
    result = backup(source, tmp_path / "backup.zip")
    assert_one_sentence(result, "the database is damaged", "tradepost check")
    assert sorted(os.listdir(tmp_path)) == before


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """A database that may not grow stands for one whose disk is full."""
    source = put_demo_data(Spot(Settings(data=str(tmp_path / "source"))))
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        assert_one_sentence(backup(source, disk / "backup.zip"), "the disk is full")
        assert os.listdir(disk) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_there_must_be_something_to_back_up(tmp_path: Path) -> None:
    result = tradepost("backup", tmp_path / "backup.zip", data=tmp_path / "nowhere")
    assert_one_sentence(result, "there is no database")
    assert list(tmp_path.iterdir()) == []


def test_kill_9_leaves_no_backup(spots: Spots, tmp_path: Path) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    path = source.blobs / sorted(source.files())[-1]
    path.unlink()
    os.mkfifo(path)  # whoever reads it waits for whoever writes it: for us, who kill it then
    process = subprocess.Popen(
        [sys.executable, "-m", "tradepost", "backup", str(tmp_path / "backup.zip")],
        env={**os.environ, **source.environment},
    )
    with path.open("wb"):
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    assert not (tmp_path / "backup.zip").exists()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_backup_under_writes_has_all_that_was_acknowledged_before_it(
    spots: Spots, tmp_path: Path, workers: str
) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    path = versions_path(ADDON_CLOUD)
    sent = ("serve", "--data", source.settings.data, "--workers", workers)
    with ServerProcess(*sent, log=tmp_path / "log") as server:
        before = every_version(server.url, path)

        async def work() -> int:
            """Write until the backup is done; how many writes there were."""
            written = 0
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tradepost", "backup", str(tmp_path / "backup.zip"),
                "--data", source.settings.data,
            )  # fmt: skip
            ended = asyncio.ensure_future(process.wait())

            async with connect(server.url, 8) as client:

                async def write() -> None:
                    nonlocal written
                    while not ended.done():
                        assert (await client.post(path, json=version())).status_code == 201
                        written += 1

                await asyncio.gather(*(write() for _ in range(8)))
            assert await ended == 0
            return written

        written = asyncio.run(work())
        after = every_version(server.url, path)
    assert len(after) == len(before) + written
    back = restored(tmp_path / "backup.zip", tmp_path / "back")
    assert tradepost("check", environment=back.environment).status == 0
    with ServerProcess("serve", "--data", str(back.settings.data), log=tmp_path / "log2") as server:
        held = every_version(server.url, path)
    # One moment between the beginning and the end: all before it and nothing after it.
    assert held == after[len(after) - len(held) :]
    assert len(before) <= len(held) <= len(after)
