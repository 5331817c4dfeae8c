"""What every store of blobs does. See `tradepost.blobs.Blobs`."""

import asyncio
import io
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import pytest

from tradepost.blobs import BlobError, Blobs

KEY = "sha512/ab/abcdef"
DATA = random.Random(1).randbytes(9_000_000)
"""More than fits into one part of a transfer, in either direction."""


def run(work: Awaitable[Any]) -> Any:
    async def main() -> Any:
        return await work

    return asyncio.run(main())


async def parts_of(blobs: Blobs, key: str, start: int, end: int) -> list[bytes]:
    return [part async for part in blobs.read(key, start, end)]


async def put_and_read(blobs: Blobs, data: bytes, start: int, end: int) -> bytes:
    await blobs.put(KEY, io.BytesIO(data))
    return b"".join(await parts_of(blobs, KEY, start, end))


@pytest.mark.parametrize("size", [1, 10, 262_144, len(DATA)])
def test_what_is_put_is_read(blobs: Blobs, size: int) -> None:
    data = DATA[:size]
    assert run(put_and_read(blobs, data, 0, size)) == data


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (0, 1),
        (1, 2),
        (0, 262_144),
        (262_143, 262_145),
        (5, len(DATA) - 5),
        (len(DATA) - 1, len(DATA)),
    ],
)
def test_any_range_is_read(blobs: Blobs, start: int, end: int) -> None:
    assert run(put_and_read(blobs, DATA, start, end)) == DATA[start:end]


def test_a_large_blob_comes_in_parts_that_fit_into_memory(blobs: Blobs) -> None:
    async def work() -> list[bytes]:
        await blobs.put(KEY, io.BytesIO(DATA))
        return await parts_of(blobs, KEY, 0, len(DATA))

    parts = run(work())
    assert b"".join(parts) == DATA
    assert max(map(len, parts)) <= 1024 * 1024


def test_a_file_is_stored_from_its_start(blobs: Blobs) -> None:
    async def work() -> bytes:
        file = io.BytesIO(b"from the start")
        file.seek(5)
        await blobs.put(KEY, file)
        return b"".join(await parts_of(blobs, KEY, 0, 14))

    assert run(work()) == b"from the start"


def test_what_was_put_is_there_for_whoever_opens_the_store_next(
    opened: Callable[[], Blobs],
) -> None:
    run(opened().put(KEY, io.BytesIO(DATA)))
    assert b"".join(run(parts_of(opened(), KEY, 0, len(DATA)))) == DATA


def test_what_is_there_is_not_stored_again(blobs: Blobs) -> None:
    async def work() -> bytes:
        await blobs.put(KEY, io.BytesIO(b"first"))
        await blobs.put(KEY, io.BytesIO(b"other"))
        return b"".join(await parts_of(blobs, KEY, 0, 5))

    assert run(work()) == b"first"


def test_keys_are_apart(blobs: Blobs) -> None:
    keys = [KEY, f"{KEY}0", "sha512/ac/abcdef", "abcdef"]

    async def work() -> list[bytes]:
        await asyncio.gather(*(blobs.put(key, io.BytesIO(key.encode())) for key in keys))
        return [b"".join(await parts_of(blobs, key, 0, len(key))) for key in keys]

    assert run(work()) == [key.encode() for key in keys]


def test_many_put_and_read_the_same_at_once(blobs: Blobs) -> None:
    async def work() -> list[bytes]:
        return await asyncio.gather(
            *(put_and_read(blobs, DATA, start, len(DATA)) for start in range(8))
        )

    assert run(work()) == [DATA[start:] for start in range(8)]


def test_a_file_that_cannot_be_read_to_its_end_is_not_stored(blobs: Blobs) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 5_000_000:
                raise OSError("the disk is broken")
            return super().read(size)

    with pytest.raises(OSError, match="the disk is broken"):
        run(blobs.put(KEY, Failing(DATA)))
    with pytest.raises(BlobError):
        run(parts_of(blobs, KEY, 0, 1))
    assert run(put_and_read(blobs, DATA, 0, len(DATA))) == DATA


def test_a_reader_may_leave_before_the_end(blobs: Blobs) -> None:
    async def work() -> bytes:
        await blobs.put(KEY, io.BytesIO(DATA))
        async with aclosing(blobs.read(KEY, 0, len(DATA))) as parts:  # type: ignore[type-var]
            async for part in parts:
                return bytes(part[:10])
        return b""

    assert run(work()) == DATA[:10]


@pytest.mark.parametrize("key", ["sha512/00/none", "none"])
def test_what_is_not_there_raises(blobs: Blobs, key: str) -> None:
    run(blobs.put(KEY, io.BytesIO(b"something else")))
    with pytest.raises(BlobError, match=key):
        run(parts_of(blobs, key, 0, 1))


@pytest.mark.parametrize(("start", "end"), [(0, 6), (4, 6), (5, 6), (10, 20)])
def test_a_range_that_is_not_all_there_raises(blobs: Blobs, start: int, end: int) -> None:
    with pytest.raises(BlobError, match=KEY):
        run(put_and_read(blobs, b"short", start, end))


def listed_in(blobs: Blobs) -> Any:
    async def listed() -> dict[str, int]:
        return {found.key: found.size async for found in blobs.stored()}

    return run(listed())


async def nobodys() -> bool:
    return True


async def somebodys() -> bool:
    return False


def test_what_is_stored_is_listed(blobs: Blobs) -> None:
    assert listed_in(blobs) == {}
    run(blobs.put(KEY, io.BytesIO(b"one")))
    run(blobs.put("sha512/cd/cdef", io.BytesIO(b"other")))
    assert listed_in(blobs) == {KEY: 3, "sha512/cd/cdef": 5}


def test_what_is_old_and_nobodys_can_be_removed(blobs: Blobs) -> None:
    run(blobs.put(KEY, io.BytesIO(b"one")))
    assert not run(blobs.remove(KEY, 0, nobodys))
    assert not run(blobs.remove(KEY, time.time() + 3600, somebodys))
    assert listed_in(blobs) == {KEY: 3}
    assert run(blobs.remove(KEY, time.time() + 3600, nobodys))
    assert listed_in(blobs) == {}
    assert not run(blobs.remove(KEY, time.time() + 3600, nobodys))
    run(blobs.put(KEY, io.BytesIO(b"one")))
    assert listed_in(blobs) == {KEY: 3}
