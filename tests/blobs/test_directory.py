"""Blobs in a directory: what only that has."""

import asyncio
import io
import os
import stat
import time
from pathlib import Path

import pytest

from tradepost.blobs.directory import DirectoryBlobs

KEY = "sha512/ab/abcdef"


def put(folder: Path, key: str, data: bytes, durable: bool = True) -> None:
    asyncio.run(DirectoryBlobs(folder, durable=durable).put(key, io.BytesIO(data)))


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_nothing_is_made_before_the_first_blob(tmp_path: Path) -> None:
    DirectoryBlobs(tmp_path / "blobs")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("durable", [True, False])
def test_a_blob_is_one_file_under_its_key_for_the_owner_alone(
    tmp_path: Path, durable: bool
) -> None:
    folder = tmp_path / "data" / "blobs"
    put(folder, KEY, b"x" * 5_000_000, durable)
    assert files_below(folder) == [folder / KEY]
    assert (folder / KEY).read_bytes() == b"x" * 5_000_000
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_works_below_the_folder_that_the_process_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(Path("blobs"), KEY, b"x")
    assert (tmp_path / "blobs" / KEY).read_bytes() == b"x"


@pytest.mark.parametrize("durable", [True, False])
@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "a//b"])
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str, durable: bool) -> None:
    with pytest.raises(ValueError, match="path"):
        put(tmp_path / "blobs", key, b"x", durable)
    assert files_below(tmp_path) == []


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_that_fails_leaves_nothing_behind(tmp_path: Path, durable: bool) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 5_000_000:
                raise OSError("the disk is broken")
            return super().read(size)

    with pytest.raises(OSError, match="the disk is broken"):
        asyncio.run(DirectoryBlobs(tmp_path, durable=durable).put(KEY, Failing(b"x" * 20_000_000)))
    assert files_below(tmp_path) == []


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def remove(blobs: DirectoryBlobs, meanwhile: bytes | None, is_nobodys: bool) -> bool:
    """Remove a blob that is older than an hour; somebody may store the same at that moment."""

    async def asked() -> bool:
        if meanwhile is not None:
            await blobs.put(KEY, io.BytesIO(meanwhile))
        return is_nobodys

    return asyncio.run(blobs.remove(KEY, time.time() - 3600, asked))


@pytest.mark.parametrize("is_nobodys", [True, False])
def test_what_is_stored_while_it_is_removed_is_there(tmp_path: Path, is_nobodys: bool) -> None:
    put(tmp_path, KEY, b"x")
    age(tmp_path / KEY, 7200)
    assert remove(DirectoryBlobs(tmp_path), b"x", is_nobodys) == is_nobodys
    assert [path.name for path in files_below(tmp_path)] == ["abcdef"]
    assert (tmp_path / KEY).read_bytes() == b"x"


def test_what_is_wanted_again_is_not_removed(tmp_path: Path) -> None:
    put(tmp_path, KEY, b"x")
    age(tmp_path / KEY, 7200)
    put(tmp_path, KEY, b"x")
    assert not remove(DirectoryBlobs(tmp_path), None, True)
    age(tmp_path / KEY, 7200)
    assert remove(DirectoryBlobs(tmp_path), None, True)
