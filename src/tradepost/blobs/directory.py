"""Blobs in a directory, through the object-store library that serves other stores too."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal

from tradepost.blobs import BlobError, Label

if TYPE_CHECKING:
    from obstore.store import LocalStore

_PART: Final = 256 * 1024
_CHUNK: Final = 4 * 1024 * 1024
_CHUNKS_AT_ONCE: Final = 2


class DirectoryBlobs:
    """Blobs as files below a directory, which is made when the first one is stored.

    See `tradepost.blobs.Blobs`. Without `durable` they survive the process, not the machine, and
    are small: they are written at once, without the library, which takes longer to start.
    """

    def __init__(self, folder: Path, *, durable: bool = True):
        self._folder = folder
        self._durable = durable
        self._is_made = False
        self._opened: LocalStore | None = None

    async def put(self, key: str, file: BinaryIO, label: Label | None = None) -> None:
        if not self._durable:
            self._write(key, file)
            return
        import obstore
        from obstore.exceptions import NotFoundError

        store = self._store()
        try:
            await obstore.head_async(store, key)
        except (NotFoundError, FileNotFoundError):
            file.seek(0)
            await obstore.put_async(
                store, key, file, chunk_size=_CHUNK, max_concurrency=_CHUNKS_AT_ONCE
            )
        # Also for one that is there: who stored it may still be about to do this.
        await asyncio.to_thread(self._make_durable, key)

    async def check(self) -> None:
        """Nothing to look for: the directory is made with the first blob."""

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        import obstore

        options: Any = {"range": (start, end)}
        left = end - start
        try:
            found = await obstore.get_async(self._store(), key, options=options)
            async for part in found.stream(min_chunk_size=_PART):
                left -= len(part)
                yield bytes(part)
        except (OSError, obstore.exceptions.BaseError) as error:
            raise BlobError(f"{key}: {error}") from error
        if left:  # to the library, a range may end behind the file
            raise BlobError(f"{key}: it is {left} bytes shorter than it was")

    async def link(
        self, key: str, method: Literal["GET", "HEAD"], label: Label, seconds: int
    ) -> str | None:
        return None

    def _store(self) -> "LocalStore":
        if self._opened is None:
            # Only here: most processes never touch a blob, and importing it takes time.
            from obstore.store import LocalStore

            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._opened = LocalStore(self._folder)
        return self._opened

    def _write(self, key: str, file: BinaryIO) -> None:
        if not all(part.strip(".") for part in key.split("/")):
            raise ValueError(f"{key} is no path of a blob")
        if not self._is_made:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._is_made = True
        path = self._folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        file.seek(0)
        try:
            output = path.open("xb")
        except FileExistsError:
            return
        try:
            with output:
                shutil.copyfileobj(file, output)
        except BaseException:
            path.unlink()
            raise

    def _make_durable(self, key: str) -> None:
        """Wait until the disk has a blob and its name: the library leaves that to the system."""
        path = self._folder / key
        folders = key.count("/") + 2  # those in the key, our own, and the one that has its name
        for part in (path, *path.parents[:folders]):
            descriptor = os.open(part, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
