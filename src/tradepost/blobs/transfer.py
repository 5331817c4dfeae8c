"""Bringing a blob from one store to another, each byte checked on both sides."""

import hashlib
from pathlib import Path

from tradepost.blobs import BlobError, Blobs, BlobsUnavailableError, Label
from tradepost.blobs.spool import Spool


async def bring(
    key: str,
    sha512: str,
    size: int,
    source: Blobs,
    target: Blobs,
    folder: Path,
    label: Label | None = None,
) -> None:
    """Have the target hold a blob with these bytes; on its way it is a file in a folder.

    What is there already is not brought again. Raises `BlobError` where a store has other bytes,
    `BlobsUnavailableError` where one cannot be reached now.
    """
    if await _has(target, key, sha512, size):
        return
    with Spool(folder) as spool:
        try:
            async for part in source.read(key, 0, size):
                await spool.write(part)
        except BlobsUnavailableError:
            raise
        except BlobError as error:
            raise BlobError(f"the source lacks {error}") from error
        await spool.finish()
        if spool.sha512 != sha512:
            raise BlobError(f"the source has other bytes in {key}")
        await target.put(key, spool.file, label)
    if not await _has(target, key, sha512, size):
        raise BlobError(f"the target has other bytes in {key}")


async def _has(blobs: Blobs, key: str, sha512: str, size: int) -> bool:
    """Whether a blob can be read and is whole."""
    found = hashlib.sha512()
    try:
        async for part in blobs.read(key, 0, size):
            found.update(part)
    except BlobsUnavailableError:
        raise
    except BlobError:
        return False
    return found.hexdigest() == sha512
