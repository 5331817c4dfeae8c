"""The seam to object storage: bytes under keys. It knows no domain.

A key is a relative path. What is stored under one never changes, because keys are made from
hashes, so storing it again is no work.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import BinaryIO, Literal, Protocol

import msgspec


class Label(msgspec.Struct, frozen=True):
    """What a store says of a blob to whom it gives it: the values of `Content-Type` and
    `Content-Disposition`."""

    media_type: str
    disposition: str


class StoredBlob(msgspec.Struct, frozen=True):
    """What a store has under a key: its size in bytes, when it was stored or last wanted (seconds
    since 1970), whether it is but a part, of an upload that is under way or broke off, and whether
    it is a link to a file elsewhere, which we never make."""

    key: str
    size: int
    at: float
    is_partial: bool = False
    is_link: bool = False


class Blobs(Protocol):
    """A store of blobs. One that cannot be reached now raises `BlobsUnavailableError`."""

    async def put(self, key: str, file: BinaryIO, label: Label | None = None) -> None:
        """Store what a file holds from its start, unless the key is there; durable after it.

        Only a store that gives links keeps the label, which is that of whoever stored it first.
        """
        ...

    def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes of a blob from a position up to, not with, a later one, in parts.

        Raises `BlobError` where there are fewer, after those that there are.
        """
        ...

    async def link(
        self, key: str, method: Literal["GET", "HEAD"], label: Label, seconds: int
    ) -> str | None:
        """A URL that gives a blob under this label to whoever has it, for so many seconds.

        `None` where the store has no such URLs, or keeps the blob under another label. Raises
        `BlobError` where the blob is not there.
        """
        ...

    def stored(self) -> AsyncIterator[StoredBlob]:
        """Everything that the store has, in no order. Parts of uploads only where it shows them."""
        ...

    async def remove(
        self, key: str, before: float, is_nobodys: Callable[[], Awaitable[bool]]
    ) -> bool:
        """Remove what is under a key, unless it was stored or wanted since a moment.

        `is_nobodys` is asked at the last moment at which it can stay. Whether it was removed.
        """
        ...

    async def check(self) -> None:
        """Raise `BlobError` where the store cannot be used as it is configured."""
        ...


class BlobError(Exception):
    """A blob is not there, or the store fails; the text is for the log."""


class BlobsUnavailableError(BlobError):
    """The store cannot be reached or cannot do it now; it may be back soon."""
