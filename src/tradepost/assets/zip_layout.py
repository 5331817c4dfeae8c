"""What the entries of an archive must be like, and how they must lie in it.

Some readers go by the directory at the end, and some from the first byte to the last:
`JarInputStream` does, and many virus scanners. An archive in which the two find different files
is refused.
Source: APPNOTE.TXT 6.3, 4.3.6 (the order of the parts) and 4.3.9 (what follows a file).
"""

import re
import stat
from collections.abc import Sequence
from typing import BinaryIO, Final

from tradepost.assets.bad_file import BadFileError
from tradepost.assets.zip_records import (
    MAX_DESCRIPTOR_BYTES,
    Entry,
    LocalHeader,
    damaged,
    descriptors,
    local_header,
    read_at,
)

STORED: Final = 0
DEFLATED: Final = 8

_ENCRYPTED: Final = 0x2041
"""Bits 0 (encrypted), 6 (strongly) and 13 (the directory is masked)."""
_SIZES_FOLLOW: Final = 0x0008
_MEANT_ALIKE: Final = _ENCRYPTED | _SIZES_FOLLOW | 0x0800
"""Flags that change what an entry is; 0x0800 is the encoding of its name."""
_TIDIED: Final = frozenset((b"", b".", b".."))
"""Segments that a name loses once it is tidied; it may lead out of a folder, or be another's."""
_FOREIGN: Final = re.compile(rb"[\\\x00]|^[A-Za-z]:")
"""What separates, ends or roots a name for some readers only."""


def check_entry(entry: Entry) -> None:
    """Raise `BadFileError` where an entry is one that no archive here has."""
    if not _is_safe(entry.name):
        raise BadFileError(f"is an archive with an unsafe file name, {ascii(entry.name[:100])[1:]}")
    if stat.S_ISLNK(entry.attributes >> 16):
        raise BadFileError("is an archive with a symbolic link")
    if entry.flags & _ENCRYPTED:
        raise BadFileError("is an encrypted archive")
    if entry.method not in (STORED, DEFLATED):
        raise BadFileError("is an archive with a compression method that no JAR has")
    if entry.method == STORED and entry.packed != entry.size:
        raise damaged("a file has two sizes")


def check_layout(file: BinaryIO, entries: Sequence[Entry], directory_offset: int) -> None:
    """Raise `BadFileError` where the entries do not fill the file up to the directory.

    Each must say of itself what the directory says of it. The headers are read in the order of
    the file, a few dozen bytes for each.
    """
    ordered = sorted(entries, key=lambda entry: entry.offset)
    starts = [entry.offset for entry in ordered] + [directory_offset]
    if ordered and ordered[-1].offset > directory_offset:
        raise damaged("its parts overlap")
    if starts[0] != 0:
        raise damaged("something stands before its files")
    for entry, following in zip(ordered, starts[1:], strict=True):
        header = local_header(file, entry.offset)
        end = header.end + entry.packed
        if end > following:
            raise damaged("its parts overlap")
        if not _alike(header, entry):
            raise damaged("a file is not what the directory says")
        if entry.method == STORED and header.packed != entry.packed:
            raise damaged("nothing tells where a file ends")
        rest = read_at(file, end, min(following - end, MAX_DESCRIPTOR_BYTES + 1))
        if rest not in (descriptors(entry) if entry.flags & _SIZES_FOLLOW else (b"",)):
            raise damaged("something stands between its files")


def _is_safe(name: bytes) -> bool:
    segments = name.removesuffix(b"/").split(b"/")
    return _TIDIED.isdisjoint(segments) and not _FOREIGN.search(name)


def _alike(header: LocalHeader, entry: Entry) -> bool:
    if (header.name, header.method) != (entry.name, entry.method):
        return False
    if (header.flags ^ entry.flags) & _MEANT_ALIKE:
        return False
    told = (header.crc, header.packed, header.size)
    true = (entry.crc, entry.packed, entry.size)
    if entry.flags & _SIZES_FOLLOW:
        return all(value in (0, truth) for value, truth in zip(told, true, strict=True))
    return told == true
