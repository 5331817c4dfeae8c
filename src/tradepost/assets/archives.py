"""ZIP archives from strangers: the directory is read, and of the entries what is asked for.

Source: APPNOTE.TXT 6.3 (4.3 for the records, 4.5.3 for ZIP64). `zipfile` is not used: it makes
an object of every entry before anything can be refused, takes an archive whose parts overlap,
and looks for the directory where other readers do not. What is read here has one meaning only.
"""

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from tradepost.assets import zip_records as records
from tradepost.assets.bad_file import BadFileError
from tradepost.assets.zip_layout import STORED, check_entry, check_layout
from tradepost.assets.zip_records import Entry, damaged, read_at

MAX_TOTAL_BYTES: Final = 4 << 30
"""What all entries may hold together when they are unpacked."""
MAX_RATIO: Final = 100
"""How many times its own size that may be; of code it is 2 to 10 times."""
FREE_BYTES: Final = 16 << 20
"""What a small archive may hold whatever the ratio."""

MANIFEST: Final = "META-INF/MANIFEST.MF"

_FREE_PACKED_BYTES: Final = 1024
"""Deflated data may be a little larger than what it holds, but not so that it takes long."""
_PIECE: Final = 64 << 10


class Archive:
    """The files at the root of an archive, and its manifest; those in folders stay unknown.

    `file` has `size` bytes. Raises `BadFileError` for an archive that is damaged, or dangerous
    to whoever unpacks it, wherever in the archive that may be.
    """

    def __init__(self, file: BinaryIO, size: int):
        self._file = file
        self._entries: dict[str, Entry] = {}
        self._twice: set[str] = set()
        directory = records.find_directory(file, size)
        entries: list[Entry] = []
        total = 0
        for entry in records.directory_entries(file, directory):
            check_entry(entry)
            total += entry.size
            entries.append(entry)
            self._keep(entry)
        if total > MAX_TOTAL_BYTES or total > max(MAX_RATIO * size, FREE_BYTES):
            raise BadFileError(f"is an archive of {size} bytes that would unpack to {total}")
        check_layout(file, entries, directory.offset)

    def names(self) -> list[str]:
        """The names of the files at the root."""
        return [name for name in self._entries if name != MANIFEST]

    def has(self, name: str) -> bool:
        """Whether there is a file of that name; raises `BadFileError` where there are two."""
        if name in self._twice:
            raise damaged(f"it has two files named {name}")
        return name in self._entries

    def size(self, name: str) -> int:
        """The size of a file in bytes, as it is declared."""
        return self._entries[name].size

    def read(self, name: str, limit: int) -> bytes:
        """All of a file of at most `limit` bytes; raises `BadFileError` for a larger one."""
        if self.size(name) > limit:
            raise BadFileError(f"is an archive whose {name} has more than {limit} bytes")
        return b"".join(self.pieces(name))

    def read_start(self, name: str, limit: int) -> bytes:
        """The first `limit` bytes of a file, or all where it has fewer."""
        start = b""
        for piece in self.pieces(name):
            start += piece
            if len(start) >= limit:
                break
        return start[:limit]

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file in small pieces; raises `BadFileError` once it differs from what it declares."""
        entry = self._entries[name]
        if entry.packed > 2 * entry.size + _FREE_PACKED_BYTES:
            raise _differs(name)
        size, crc = 0, 0
        packed = self._packed_pieces(entry)
        for piece in packed if entry.method == STORED else _inflated(packed):
            size += len(piece)
            crc = zlib.crc32(piece, crc)
            if size > entry.size:
                break
            yield piece
        if size != entry.size or crc != entry.crc:
            raise _differs(name)

    def _keep(self, entry: Entry) -> None:
        if b"/" in entry.name and entry.name != MANIFEST.encode():
            return
        # Names outside ASCII have one of two encodings; no name that matters is one of them.
        name = entry.name.decode("ascii", "backslashreplace")
        if name in self._entries:
            self._twice.add(name)
        self._entries[name] = entry

    def _packed_pieces(self, entry: Entry) -> Iterator[bytes]:
        offset, left = records.local_header(self._file, entry.offset).end, entry.packed
        while left:
            piece = read_at(self._file, offset, min(left, _PIECE))
            offset += len(piece)
            left -= len(piece)
            yield piece


def _differs(name: str) -> BadFileError:
    return damaged(f"{name} is not what the directory says")


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in packed:
            while piece and not inflater.eof:
                yield inflater.decompress(piece, _PIECE)
                piece = inflater.unconsumed_tail
        yield inflater.flush()  # a few thousand bytes at the most: all input has been taken
    except zlib.error:
        raise damaged("a file cannot be inflated") from None
    if not inflater.eof or inflater.unused_data:
        raise damaged("a file does not end where it should")
