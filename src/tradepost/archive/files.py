"""Files and folders that are whole or not there, and that the disk has."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tradepost.archive.format import ArchiveError


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A new file, for its owner alone, that has its name only once it is written and durable.

    Until then it is beside it, under a name that ends in `.partial`. Raises `ArchiveError` where
    there is something under its name.
    """
    if path.exists():
        raise _there_already(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, path)  # unlike a renaming, this never replaces what came meanwhile
        except FileExistsError:
            raise _there_already(path) from None
        except OSError:  # a file system without such links
            partial.rename(path)
        make_durable(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def _there_already(path: Path) -> ArchiveError:
    return ArchiveError(f"{path} is there already: backups never replace a file")


def make_durable(folder: Path) -> None:
    """Wait until the disk has the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
