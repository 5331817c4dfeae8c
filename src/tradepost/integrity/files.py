"""Looking at every file: that each that a row names is there and whole, and what nobody names."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec

from tradepost.assets import store as assets
from tradepost.blobs import BlobError, Blobs, BlobsUnavailableError, StoredBlob
from tradepost.database import Reader
from tradepost.integrity.model import Problem
from tradepost.watch import Watch

_AT_ONCE: Final = 4
_LISTED: Final = 1_000
_KEY: Final = re.compile(r"sha512/([0-9a-f]{2})/(\1[0-9a-f]{126})")
YOUNG_SECONDS: Final = 3600.0
"""A file that is younger may be one whose row is about to be written."""


class Files(msgspec.Struct):
    """What was found out about files: how many rows name and their bytes, and what is left over."""

    named: int = 0
    bytes: int = 0
    orphans: list[StoredBlob] = msgspec.field(default_factory=list)
    """Files that no row names, uploads that broke off among them."""


async def problems_of_files(
    reader: Reader, blobs: Blobs, watch: Watch, files: Files
) -> AsyncIterator[Problem]:
    """What is wrong with the files that rows name, and, in `files`, which ones no row names.

    What is listed is asked for in the rows afterwards, for files come first and rows after.
    """
    watch.begins("files", await assets.count_blobs(reader))
    async for stored in blobs.stored():
        match = _KEY.fullmatch(stored.key)
        size = None if match is None else await assets.size_of(reader, match[2])
        if size is None:
            files.orphans.append(stored)
        elif stored.is_link:
            yield Problem(stored.key, "it is a link to a file elsewhere, and should be one itself")
        elif size < stored.size:  # what is shorter is found when it is read
            yield Problem(stored.key, f"it has {stored.size} bytes, and should have {size}")
    listed = await assets.blobs(reader, "", _LISTED)
    while listed:
        async for found in _wrong_of(listed, blobs, watch):
            yield found
        files.named += len(listed)
        files.bytes += sum(blob.size for blob in listed)
        listed = await assets.blobs(reader, listed[-1].sha512, _LISTED)


async def _wrong_of(
    listed: list[assets.Blob], blobs: Blobs, watch: Watch
) -> AsyncIterator[Problem]:
    turns = asyncio.Semaphore(_AT_ONCE)

    async def look(blob: assets.Blob) -> Problem | None:
        async with turns:
            what = await fault(blobs, blob.key, blob.sha512, blob.size)
            watch.advances(1)
        return None if what is None else Problem(blob.key, what)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(look(blob)) for blob in listed]
    except BaseExceptionGroup as errors:  # a store that is out, say: one of them tells it
        raise errors.exceptions[0] from None
    for task in tasks:
        found = task.result()
        if found is not None:
            yield found


async def fault(
    blobs: Blobs, key: str, sha512: str, size: int, told: Callable[[bytes], object] | None = None
) -> str | None:
    """What is wrong with a blob, if anything. `told` is given its bytes as they come.

    Raises `BlobsUnavailableError` where the store cannot be reached now.
    """
    found = hashlib.sha512()
    try:
        async for part in blobs.read(key, 0, size):
            found.update(part)
            if told is not None:
                told(part)
    except BlobsUnavailableError:
        raise
    except BlobError as error:
        return f"it cannot be read: {error}"
    return None if found.hexdigest() == sha512 else "it has other bytes than its name says"


async def remove_orphans(
    reader: Reader, blobs: Blobs, orphans: list[StoredBlob], now: float
) -> list[StoredBlob]:
    """Remove those that are still nobody's and older than an hour; which ones that were.

    `now` is in seconds since 1970.
    """
    removed = []
    for stored in orphans:
        match = _KEY.fullmatch(stored.key)

        async def is_nobodys(sha512: str | None = match[2] if match else None) -> bool:
            return sha512 is None or await assets.size_of(reader, sha512) is None

        if not _is_ours(stored) or not await is_nobodys():
            continue
        if await blobs.remove(stored.key, now - YOUNG_SECONDS, is_nobodys):
            removed.append(stored)
    return removed


def _is_ours(stored: StoredBlob) -> bool:
    """Whether we have made it: other files that somebody has put there are left alone."""
    return stored.is_partial or _KEY.fullmatch(stored.key) is not None
