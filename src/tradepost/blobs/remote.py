"""Blobs in a bucket of S3, Google Cloud Storage or Azure, or of what speaks their languages.

Importing this imports the object-store library.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, BinaryIO, Final, Literal

import obstore
from obstore.exceptions import BaseError, GenericError
from obstore.store import AzureStore, GCSStore, ObjectStore, S3Store, from_url

from tradepost.blobs import BlobError, BlobsUnavailableError, Label, StoredBlob

_PART: Final = 256 * 1024
_SMALLEST_CHUNK: Final = 5 * 1024 * 1024
"""In bytes: S3 takes no smaller parts of an upload, but for the last one."""
_MOST_CHUNKS: Final = 10_000
_CHUNKS_AT_ONCE: Final = 2
_RETRIES: Final = 2
_PREFIXES: Final = {"s3": "AWS_", "gs": "GOOGLE_", "az": "AZURE_"}
_CONNECTION_OPTIONS: Final = (
    "allow_http",
    "allow_invalid_certificates",
    "proxy_ca_certificate",
    "proxy_excludes",
    "proxy_url",
)
_LONGEST: Final = timedelta(days=1)
"""For one request: a client may take long over what it is sent. Silence is bounded elsewhere."""


class RemoteBlobs:
    """Blobs under a URL, such as `s3://bucket/prefix`. See `tradepost.blobs.Blobs`.

    Credentials and endpoints come from the environment, under the names that the library knows
    (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, …). `seconds` is how long the store may keep silent;
    what fails before that is tried again, twice at the most. Raises `BlobError` for a URL or an
    environment that means no store.
    """

    def __init__(self, url: str, seconds: float):
        patience = timedelta(seconds=seconds)
        options: Any = {
            **_connection_options(url),
            "connect_timeout": patience,
            "read_timeout": patience,
            "timeout": _LONGEST,
        }
        try:
            self._store: ObjectStore = from_url(
                url,
                client_options=options,
                retry_config={"max_retries": _RETRIES, "retry_timeout": patience},
            )
        except (BaseError, ValueError) as error:
            raise BlobError(f"{url}: {_first_line(error)}") from error

    async def check(self) -> None:
        with _told("the bucket"):
            await obstore.list_with_delimiter_async(self._store)

    async def put(self, key: str, file: BinaryIO, label: Label | None = None) -> None:
        size = file.seek(0, 2)
        with _told(key):
            if await self._has(key, size):
                return
            # Not there, or damaged, which uploading it again repairs.
            file.seek(0)
            try:
                await obstore.put_async(
                    self._store,
                    key,
                    file,
                    attributes=None if label is None else _attributes(label),
                    chunk_size=max(_SMALLEST_CHUNK, -(-size // _MOST_CHUNKS)),
                    max_concurrency=_CHUNKS_AT_ONCE,
                )
            except FileNotFoundError:
                # Where its parts are gone, a request whose answer was lost has put them together.
                if not await self._has(key, size):
                    raise

    async def _has(self, key: str, size: int) -> bool:
        """Whether there is an object of that size."""
        try:
            return bool((await obstore.head_async(self._store, key))["size"] == size)
        except FileNotFoundError:
            return False

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        left = end - start
        options: Any = {"range": (start, end)}
        with _told(key):
            found = await obstore.get_async(self._store, key, options=options)
            async for part in found.stream(min_chunk_size=_PART):
                left -= len(part)
                yield bytes(part)
        if left:  # to the library, a range may end behind the blob
            raise BlobError(f"{key}: it is {left} bytes shorter than it was")

    async def link(
        self, key: str, method: Literal["GET", "HEAD"], label: Label, seconds: int
    ) -> str | None:
        if not isinstance(self._store, S3Store | GCSStore | AzureStore):
            return None
        with _told(key):
            # The library signs no wish for another label, so the stored one must be right.
            found = await obstore.get_async(self._store, key, options={"head": True})
        if not _attributes(label).items() <= found.attributes.items():
            return None
        try:
            return await obstore.sign_async(self._store, method, key, timedelta(seconds=seconds))
        except BaseError:  # credentials of some kinds cannot sign, though they can read
            return None

    async def stored(self) -> AsyncIterator[StoredBlob]:
        with _told("the list of files"):
            async for page in obstore.list(self._store):
                for found in page:
                    at = found["last_modified"].timestamp()
                    yield StoredBlob(found["path"], found["size"], at)

    async def remove(
        self, key: str, before: float, is_nobodys: Callable[[], Awaitable[bool]]
    ) -> bool:
        # Nothing here can be moved aside, so who stores the same at this very moment is not seen:
        # docs/checking.md says what follows.
        with _told(key):
            try:
                found = await obstore.head_async(self._store, key)
            except FileNotFoundError:
                return False
            if found["last_modified"].timestamp() >= before or not await is_nobodys():
                return False
            await obstore.delete_async(self._store, key)
        return True


def _connection_options(url: str) -> dict[str, str]:
    """What the environment says of connections: the library forgets it where we say something."""
    prefix = _PREFIXES.get(url.partition("://")[0], "")
    named = {option: prefix + option.upper() for option in _CONNECTION_OPTIONS}
    return {option: os.environ[name] for option, name in named.items() if name in os.environ}


def _attributes(label: Label) -> dict[str, str]:
    return {"Content-Type": label.media_type, "Content-Disposition": label.disposition}


@contextmanager
def _told(key: str) -> Iterator[None]:
    """Raise what the library does as our own errors; what a file raises passes."""
    try:
        yield
    except GenericError as error:  # whatever the network or the other side did, after all retries
        raise BlobsUnavailableError(f"{key}: {_first_line(error)}") from error
    except (BaseError, FileNotFoundError) as error:
        raise BlobError(f"{key}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    """What an error says before it goes into the details of its making."""
    return str(error).strip().partition("\n")[0]
