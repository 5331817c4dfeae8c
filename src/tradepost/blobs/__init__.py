"""The seam to object storage: bytes under keys. It knows no domain.

A key is a relative path. What is stored under one never changes, because keys are made from
hashes, so storing it again is no work.
"""

from collections.abc import AsyncIterator
from typing import BinaryIO, Protocol


class Blobs(Protocol):
    """A store of blobs."""

    async def put(self, key: str, file: BinaryIO) -> None:
        """Store what a file holds from its start, unless the key is there; durable after it."""
        ...

    def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes of a blob from a position up to, not with, a later one, in parts.

        Raises `BlobError` where there are fewer, after those that there are.
        """
        ...


class BlobError(Exception):
    """A blob is not there, or the store fails; the text is for the log."""
