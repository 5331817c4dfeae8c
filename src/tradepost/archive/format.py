"""The archive: a zip of an SQLite database, the files that its rows name, and a list of contents.

The list comes last, and a zip's own directory after it, so an archive that was not written to its
end is none.
"""

import contextlib
import errno
import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

import msgspec

FORMAT: Final = 1
DATABASE: Final = "tradepost.db"
CONTENTS: Final = "contents.json"
BLOBS: Final = "blobs/"
_BLOB: Final = re.compile(r"blobs/(sha512/([0-9a-f]{2})/(\2[0-9a-f]{126}))")
_PART: Final = 1024 * 1024
_MOST_CONTENTS: Final = 1024 * 1024
"""How many bytes the list of contents may have: it names the steps of a schema, and no files."""

Told = Callable[[int], None]
"""Is told how many bytes have been dealt with, each time that some were."""


class ArchiveError(Exception):
    """A backup cannot be made, or is not whole; the text is one sentence."""


class Contents(msgspec.Struct, rename="camel"):
    """What an archive holds. `schema` are the steps of its database's schema.

    `sha512` and `size` (in bytes) are those of the database; each blob is named by its own hash.
    """

    format: int
    tradepost: str
    made_at: str
    schema: list[str]
    sha512: str
    size: int
    blobs: int
    blob_bytes: int


@contextlib.contextmanager
def _damages(told: str) -> Iterator[None]:
    """Raise `ArchiveError` for whatever a damaged zip makes the library raise."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EINVAL:  # it was sent to a place before the start
            raise
        raise ArchiveError(told) from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        msgspec.MsgspecError,
    ):
        raise ArchiveError(told) from None


def blob_of(name: str) -> tuple[str, str] | None:
    """The key and the hash of a blob, by its name in an archive; `None` for any other name."""
    match = _BLOB.fullmatch(name)
    return None if match is None else (match[1], match[3])


def copied(source: IO[bytes], target: IO[bytes] | None, told: Told) -> tuple[str, int]:
    """Copy a stream, or only read it; the hash of its bytes, and how many they were."""
    found, size = hashlib.sha512(), 0
    while part := source.read(_PART):
        found.update(part)
        size += len(part)
        if target is not None:
            target.write(part)
        told(len(part))
    return found.hexdigest(), size


def opened(path: Path) -> zipfile.ZipFile:
    """An archive to be read; raises `ArchiveError` for anything else, and for half of one."""
    with _damages(f"{path} is no backup, or not a whole one"):
        return zipfile.ZipFile(path)


def contents_of(archive: zipfile.ZipFile) -> Contents:
    """What an archive says that it holds, by its names at least; raises `ArchiveError`."""
    names = archive.namelist()
    # The end of half an archive may be that of a file in it, which is an archive too.
    none = f"{archive.filename} is no backup, or not a whole one"
    with _damages(none):
        if archive.getinfo(CONTENTS).file_size > _MOST_CONTENTS:
            raise ArchiveError(none)
        contents = msgspec.json.decode(archive.read(CONTENTS), type=Contents)
    if contents.format != FORMAT:
        raise ArchiveError(
            f"{archive.filename} was made by tradepost {contents.tradepost}, in a format that this "
            "version does not know: use that one or a later one"
        )
    blobs = [name for name in names if name not in (DATABASE, CONTENTS)]
    is_whole = len(set(names)) == len(names) and DATABASE in names
    # Nothing is unpacked beyond these: the library stops at the size that a zip says.
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    is_whole = is_whole and sizes[DATABASE] == contents.size
    is_whole = is_whole and sum(sizes[name] for name in blobs) == contents.blob_bytes
    if not is_whole or len(blobs) != contents.blobs or not all(map(blob_of, blobs)):
        raise ArchiveError(f"{archive.filename} does not hold what it says that it holds")
    return contents


def verify(archive: zipfile.ZipFile, contents: Contents, told: Told) -> None:
    """Read everything, and compare it with its hash; raises `ArchiveError`."""
    for name in archive.namelist():
        if name != CONTENTS:
            extract(archive, name, contents, None, told)


def extract(
    archive: zipfile.ZipFile, name: str, contents: Contents, target: IO[bytes] | None, told: Told
) -> None:
    """Copy one thing out of an archive, or only read it; raises `ArchiveError` for other bytes."""
    blob = blob_of(name)
    wanted = contents.sha512 if blob is None else blob[1]
    with _damages(f"{name} in {archive.filename} is damaged"), archive.open(name) as source:
        found, _ = copied(source, target, told)
    if found != wanted:
        raise ArchiveError(f"{name} in {archive.filename} has other bytes than were backed up")
