"""Making an archive while servers go on: the database of one moment, then the files it names."""

import tempfile
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from tradepost import __version__
from tradepost.archive.files import whole_file
from tradepost.archive.format import (
    BLOBS,
    CONTENTS,
    DATABASE,
    FORMAT,
    ArchiveError,
    Contents,
    contents_of,
    copied,
    verify,
)
from tradepost.assets import store as assets
from tradepost.blobs import Blobs
from tradepost.clock import Clock
from tradepost.database import Reader
from tradepost.database.sqlite import SqliteDatabase
from tradepost.database.sqlite_files import damages_of
from tradepost.database.steps import steps_of
from tradepost.integrity.files import fault
from tradepost.watch import Watch

_LISTED: Final = 1_000
_TOLD_OF: Final = 3
_LIGHTLY: Final = 1
"""How hard zlib tries: documents shrink to a fifth with this already."""


async def make_archive(
    path: Path, copy: Callable[[Path], Awaitable[None]], blobs: Blobs, watch: Watch
) -> Contents:
    """Write an archive under a path where nothing is.

    `copy` copies the database into a new SQLite file. Raises `ArchiveError` where a file is missing
    or has other bytes than its name says, or where the path is taken, and what the seams raise.
    Nothing is left then.
    """
    with (
        whole_file(path) as file,
        tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder,
    ):
        database_path = Path(folder) / DATABASE
        await copy(database_path)
        if told := damages_of(database_path):
            raise ArchiveError(
                f"the database is damaged, so it is not backed up: {told[0]}; `tradepost check` "
                "tells all that is wrong"
            )
        database = SqliteDatabase(database_path, Clock())
        try:
            await _write(file, database_path, database, blobs, watch)
        finally:
            await database.close()
        with zipfile.ZipFile(file) as archive:
            contents = contents_of(archive)
            watch.begins("bytes read back", contents.size + contents.blob_bytes)
            verify(archive, contents, watch.advances)
    return contents


async def _write(
    file: BinaryIO, database_path: Path, database: Reader, blobs: Blobs, watch: Watch
) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LIGHTLY) as archive:
        with (
            database_path.open("rb") as source,
            archive.open(DATABASE, "w", force_zip64=True) as target,
        ):
            watch.begins("bytes of the database", source.seek(0, 2))
            source.seek(0)
            sha512, size = copied(source, target, watch.advances)
        number, total = await _write_blobs(archive, database, blobs, watch)
        contents = Contents(
            FORMAT,
            __version__,
            Clock().stamp(),
            list(steps_of("sqlite")),
            sha512,
            size,
            number,
            total,
        )
        archive.writestr(CONTENTS, msgspec.json.format(msgspec.json.encode(contents)))


async def _write_blobs(
    archive: zipfile.ZipFile, database: Reader, blobs: Blobs, watch: Watch
) -> tuple[int, int]:
    """Write the blobs that the rows of the copy name; how many, and how many bytes."""
    watch.begins("files", await assets.count_blobs(database))
    bad: list[str] = []
    number = total = 0
    listed = await assets.blobs(database, "", _LISTED)
    while listed:
        for blob in listed:
            # As they are: artifacts and images are compressed already.
            entry = zipfile.ZipInfo(BLOBS + blob.key)
            entry.external_attr = 0o600 << 16
            with archive.open(entry, "w", force_zip64=True) as target:
                what = await fault(blobs, blob.key, blob.sha512, blob.size, target.write)
            if what is not None:
                bad.append(f"{blob.key}: {what}")
            watch.advances(1)
        number += len(listed)
        total += sum(blob.size for blob in listed)
        listed = await assets.blobs(database, listed[-1].sha512, _LISTED)
    if bad:
        more = f" (and {len(bad) - _TOLD_OF} more)" if len(bad) > _TOLD_OF else ""
        raise ArchiveError(
            f"{len(bad)} of {number} files cannot be backed up: {'; '.join(bad[:_TOLD_OF])}{more}"
        )
    return number, total
