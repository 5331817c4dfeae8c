"""A file on its way in: written to disk and hashed while it arrives, never held in memory."""

import asyncio
import hashlib
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_BATCH: Final = 1024 * 1024
"""How many bytes are gathered before a thread writes them, so that threads are worth it."""


class Spool:
    """An anonymous temporary file: whatever happens, even `kill -9`, it leaves nothing.

    Enter it, `write` to it, then `finish` and use `file`, `size` (in bytes) and `sha512`
    (hexadecimal digits).
    """

    def __init__(self, folder: Path):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed on exit)
        self.size = 0
        self._hash = hashlib.sha512()
        self._batch = bytearray()

    @property
    def sha512(self) -> str:
        return self._hash.hexdigest()

    async def write(self, part: bytes) -> None:
        """Append a part."""
        self.size += len(part)
        self._batch += part
        if len(self._batch) >= _BATCH:
            await self._flush()

    async def finish(self) -> None:
        """Write what waits, and go back to the start."""
        await self._flush()
        self.file.seek(0)

    async def _flush(self) -> None:
        batch, self._batch = self._batch, bytearray()
        await asyncio.to_thread(self._append, batch)

    def _append(self, batch: bytearray) -> None:
        self.file.write(batch)
        self._hash.update(batch)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.file.close()
