"""Making a data directory of an archive: whole, or one that no command takes for a database."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO, Final

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
from tradepost.database.sqlite import HALF_RESTORED
from tradepost.database.steps import lacking
from tradepost.watch import Watch

_BLOBS: Final = "blobs"
_ARRIVING: Final = f"{DATABASE}.arriving"


def restore(path: Path, folder: Path, watch: Watch) -> Contents:
    """Restore an archive into a folder that is empty or not there, or half restored.

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
        for name in archive.namelist():
            if name == CONTENTS:
                continue
            blob = blob_of(name)
            target = folder / _ARRIVING if blob is None else folder / _BLOBS / blob[0]
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made.add(target.parent)
            with _new(target) as file:
                extract(archive, name, contents, file, watch.advances)
                file.flush()
                os.fsync(file.fileno())
        _finish(folder, made)
    return contents


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
