"""Making a data directory of an archive: whole, or one that no command takes for a database."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO, Final
from zipfile import ZipFile

from tradepost.archive.files import make_durable
from tradepost.archive.format import (
    CONTENTS,
    DATABASE,
    ArchiveError,
    Contents,
    blob_of,
    contents_of,
    extract,
    opened,
)
from tradepost.assets import store as assets
from tradepost.database import SchemaError
from tradepost.database.sqlite import HALF_RESTORED
from tradepost.database.sqlite_files import finished
from tradepost.database.steps import lacking, steps_done
from tradepost.watch import Watch

_BLOBS: Final = "blobs"
_ARRIVING: Final = f"{DATABASE}.arriving"
_LISTED: Final = 1_000


async def restore(path: Path, folder: Path, watch: Watch) -> Contents:
    """Restore an archive into a folder that is empty or not there, or half restored.

    The database comes first, and is read as a whole: what it names is what the archive must hold.

    Until all is there, was compared with its hash and is durable, the folder has a file in the
    place of its database that says so. Raises `ArchiveError`, `OSError`, and `SchemaError` where
    a newer program has made the database.
    """
    with opened(path) as archive:
        contents = contents_of(archive)
        lacking("sqlite", contents.schema, str(path))
        _begin(folder)
        watch.begins("bytes", contents.size + contents.blob_bytes)
        made = {folder / _BLOBS}
        names = [name for name in archive.namelist() if name not in (CONTENTS, DATABASE)]
        for name in (DATABASE, *names):
            blob = blob_of(name)
            target = folder / _ARRIVING if blob is None else folder / _BLOBS / blob[0]
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made.add(target.parent)
            with _new(target) as file:
                extract(archive, name, contents, file, watch.advances)
                file.flush()
                os.fsync(file.fileno())
            if blob is None:
                await _check(archive, contents, target)
        _finish(folder, made)
    return contents


async def _check(archive: ZipFile, contents: Contents, database: Path) -> None:
    """Raise `ArchiveError` unless a restored database is whole, has the schema that it should have,
    and names just the files of the archive."""
    held = {
        blob[0]: entry.file_size
        for entry in archive.infolist()
        if (blob := blob_of(entry.filename)) is not None
    }
    try:
        with finished(database) as reader:
            if await steps_done(reader) != set(contents.schema):
                raise SchemaError("it has not the schema that the list of contents tells")
            named: dict[str, int] = {}
            listed = await assets.blobs(reader, "", _LISTED)
            while listed:
                named |= {blob.key: blob.size for blob in listed}
                listed = await assets.blobs(reader, listed[-1].sha512, _LISTED)
    except SchemaError as error:
        raise ArchiveError(f"the database in {archive.filename}: {error}") from None
    if named != held:
        raise ArchiveError(f"the database in {archive.filename} names other files than are there")


def _begin(folder: Path) -> None:
    """Make the folder one that is half restored, and has nothing else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    marker = folder / DATABASE
    if any(folder.iterdir()):
        if not _is_half_restored(marker):
            raise ArchiveError(f"{folder} is not empty: restore into a directory that is")
        shutil.rmtree(folder / _BLOBS, ignore_errors=True)
        (folder / _ARRIVING).unlink(missing_ok=True)
        return
    with _new(marker) as file:
        file.write(HALF_RESTORED)
        file.flush()
        os.fsync(file.fileno())
    make_durable(folder)


def _is_half_restored(marker: Path) -> bool:
    try:
        with marker.open("rb") as file:
            return file.read(len(HALF_RESTORED) + 1) == HALF_RESTORED
    except OSError:
        return False


def _finish(folder: Path, made: set[Path]) -> None:
    """Give the database its name, once all other names are durable."""
    for each in sorted(made | {parent for path in made for parent in path.parents}):
        if (each == folder or folder in each.parents) and each.is_dir():
            make_durable(each)
    (folder / _ARRIVING).replace(folder / DATABASE)
    make_durable(folder)
    make_durable(folder.resolve().parent)


def _new(path: Path) -> BinaryIO:
    """A new file for its owner alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
