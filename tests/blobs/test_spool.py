"""A file on its way in: hashed while it is written, and gone whatever happens."""

import asyncio
import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradepost.blobs.spool import Spool


async def fill(spool: Spool, parts: Sequence[bytes]) -> bytes:
    """Write parts and finish; what the file holds then."""
    for part in parts:
        await spool.write(part)
    await spool.finish()
    return spool.file.read()


@given(st.lists(st.binary(max_size=50) | st.integers(0, 1_200_000).map(bytes), max_size=5))
def test_it_holds_and_hashes_what_was_written(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    with tempfile.TemporaryDirectory() as folder, Spool(Path(folder)) as spool:
        assert asyncio.run(fill(spool, parts)) == whole
        assert spool.size == len(whole)
        assert spool.sha512 == hashlib.sha512(whole).hexdigest()


def test_its_folder_is_made(tmp_path: Path) -> None:
    with Spool(tmp_path / "new" / "folder") as spool:
        assert asyncio.run(fill(spool, [b"x"])) == b"x"


def test_it_has_no_name_even_while_it_is_written(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        asyncio.run(fill(spool, [b"x" * 3_000_000]))
        assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.iterdir()) == []
    assert spool.file.closed


def test_an_error_while_it_is_filled_closes_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)

    def fail() -> None:
        with spool:
            asyncio.run(spool.write(b"x" * 2_000_000))
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        fail()
    assert spool.file.closed
    assert list(tmp_path.iterdir()) == []


def test_little_of_it_waits_in_memory(tmp_path: Path) -> None:
    async def work(spool: Spool) -> None:
        for _ in range(100):
            await spool.write(b"x" * 100_000)
            on_disk = spool.file.seek(0, 2)
            assert spool.size - on_disk <= 1_100_000

    with Spool(tmp_path) as spool:
        asyncio.run(work(spool))
