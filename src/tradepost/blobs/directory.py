"""Blobs in a directory, through the object-store library that serves other stores too."""

import asyncio
import os
import re
import shutil
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal

from tradepost.blobs import BlobError, Label, StoredBlob

if TYPE_CHECKING:
    from obstore.store import LocalStore

_PART: Final = 256 * 1024
_CHUNK: Final = 4 * 1024 * 1024
_CHUNKS_AT_ONCE: Final = 2
_PARTIAL: Final = re.compile(r".*#[0-9]+")
"""The library's names of files that it has not written to their end."""
_REMOVED: Final = ".removed"


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
        try:
            await asyncio.to_thread(self._make_durable, key)
        except FileNotFoundError:  # nobody wanted it until now, and it has just been removed
            await self.put(key, file, label)

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

    async def stored(self) -> AsyncIterator[StoredBlob]:
        for folder, folders, names in os.walk(self._folder):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                try:
                    found = os.lstat(path)
                except FileNotFoundError:  # a part that has become a whole meanwhile
                    continue
                is_partial = bool(_PARTIAL.fullmatch(name))
                key = Path(path).relative_to(self._folder).as_posix()
                is_link = stat.S_ISLNK(found.st_mode)
                yield StoredBlob(key, found.st_size, found.st_mtime, is_partial, is_link)

    async def remove(
        self, key: str, before: float, is_nobodys: Callable[[], Awaitable[bool]]
    ) -> bool:
        path = self._folder / key
        aside = path.with_name(path.name + _REMOVED)
        try:
            if path.stat().st_mtime >= before:
                return False
            # Out of the way first: who stores the same now either has told so by its time, and is
            # seen below, or finds that it is not there and stores it anew.
            path.rename(aside)
            if aside.stat().st_mtime >= before or not await is_nobodys():
                aside.rename(path)
                return False
            aside.unlink()
        except FileNotFoundError:
            return False
        return True

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
        os.utime(path)  # it is wanted: `remove` leaves it alone
        folders = key.count("/") + 2  # those in the key, our own, and the one that has its name
        for part in (path, *path.parents[:folders]):
            descriptor = os.open(part, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
