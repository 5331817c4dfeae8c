"""The records of a ZIP archive as bytes.

Source: APPNOTE.TXT 6.3: 4.3.7 (local header), 4.3.9 (data descriptor), 4.3.12 (directory),
4.3.14 to 4.3.16 (its ends), 4.5.3 (ZIP64).
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from tradepost.assets.bad_file import BadFileError

MAX_ENTRIES: Final = 50_000
"""Large plugins have 30,000."""
MAX_DIRECTORY_BYTES: Final = 16 << 20
"""Of the directory, which is held in memory: 335 bytes for each of the most entries."""

_END: Final = struct.Struct("<4s4H2LH")
_END_SIGN: Final = b"PK\x05\x06"
_LOCATOR: Final = struct.Struct("<4sLQL")
_LOCATOR_SIGN: Final = b"PK\x06\x07"
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_END64_SIGN: Final = b"PK\x06\x06"
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_CENTRAL_SIGN: Final = b"PK\x01\x02"
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_LOCAL_SIGN: Final = b"PK\x03\x04"
_DESCRIPTOR: Final = struct.Struct("<3L")
_DESCRIPTOR64: Final = struct.Struct("<L2Q")
_DESCRIPTOR_SIGN: Final = b"PK\x07\x08"
MAX_DESCRIPTOR_BYTES: Final = len(_DESCRIPTOR_SIGN) + _DESCRIPTOR64.size
_MAX_COMMENT: Final = 0xFFFF
_IN_ZIP64: Final = 0xFFFFFFFF
_ZIP64: Final = 0x0001
_UNICODE_PATH: Final = 0x7075
"""The tag of another name, which some readers take instead (4.6.9)."""

SIGNS: Final = (_LOCAL_SIGN, _END_SIGN)
"""What an archive starts with; the second is that of one without entries."""


class Directory(NamedTuple):
    offset: int
    size: int
    entries: int


class Entry(NamedTuple):
    """A file, as the directory tells it. Sizes and `offset`, of its header, are in bytes.

    The upper half of `attributes` is the mode of the file where a Unix host wrote it.
    """

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    attributes: int
    offset: int


class LocalHeader(NamedTuple):
    """What stands before the bytes of an entry, which start at `end`."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    end: int


def damaged(what: str) -> BadFileError:
    return BadFileError(f"is a damaged archive: {what}")


def read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    """Bytes of the file; raises `BadFileError` where it has fewer."""
    file.seek(offset)
    data = file.read(size)
    if len(data) != size:
        raise damaged("it is cut off")
    return data


def find_directory(file: BinaryIO, size: int) -> Directory:
    """Where the directory is.

    Raises `BadFileError` where the archive is not all of the file, or the directory too large.
    """
    tail_offset = max(size - _MAX_COMMENT - _END.size, 0)
    tail = read_at(file, tail_offset, size - tail_offset)
    at = tail.rfind(_END_SIGN)
    while at >= 0 and not _ends_file(tail, at):
        at = tail.rfind(_END_SIGN, 0, at)
    if at < 0:
        raise damaged("its end is missing")
    _, *volumes, entries, length, offset, _ = _END.unpack_from(tail, at)
    end = tail_offset + at
    wide = _zip64_end(file, end)
    if wide is not None:
        narrow = (*volumes, entries, length, offset)
        end, *values = wide
        limits = (0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, _IN_ZIP64, _IN_ZIP64)
        if any(n not in (w, top) for n, w, top in zip(narrow, values, limits, strict=True)):
            raise damaged("its two ends differ")
        *volumes, entries, length, offset = values
    if volumes != [0, 0, entries]:
        raise damaged("it has several volumes")
    if offset + length != end:
        raise damaged("its directory is not before its end")
    if entries > MAX_ENTRIES:
        raise BadFileError(f"is an archive of more than {MAX_ENTRIES} entries")
    if length > MAX_DIRECTORY_BYTES:
        raise BadFileError(f"is an archive whose directory exceeds {MAX_DIRECTORY_BYTES} bytes")
    return Directory(offset, length, entries)


def directory_entries(file: BinaryIO, directory: Directory) -> Iterator[Entry]:
    """The entries in the order of the directory, with sizes from wherever they stand."""
    data = read_at(file, directory.offset, directory.size)
    at = 0
    for _ in range(directory.entries):
        if at + _CENTRAL.size > len(data):
            raise damaged("its directory is too short")
        (
            sign, _, _, flags, method, _, _, crc, packed, size,
            name_length, extra_length, comment_length, disk, _, attributes, offset,
        ) = _CENTRAL.unpack_from(data, at)  # fmt: skip
        start = at + _CENTRAL.size
        extra = start + name_length
        at = extra + extra_length + comment_length
        if sign != _CENTRAL_SIGN or disk or at > len(data):
            raise damaged("its directory is not one")
        fields = _extra_fields(data[extra : extra + extra_length])
        if _IN_ZIP64 in (packed, size, offset):
            size, packed, offset = _zip64(fields, size, packed, offset)
        yield Entry(data[start:extra], flags, method, crc, packed, size, attributes, offset)
    if at != len(data):
        raise damaged("its directory is too long")


def local_header(file: BinaryIO, offset: int) -> LocalHeader:
    """The header of the entry whose offset the directory gives."""
    header = read_at(file, offset, _LOCAL.size)
    sign, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(
        header
    )
    if sign != _LOCAL_SIGN:
        raise damaged("a file is not where the directory says")
    rest = read_at(file, offset + _LOCAL.size, name_length + extra_length)
    fields = _extra_fields(rest[name_length:])
    if _IN_ZIP64 in (packed, size):
        size, packed = _zip64(fields, size, packed)
    end = offset + _LOCAL.size + len(rest)
    return LocalHeader(rest[:name_length], flags, method, crc, packed, size, end)


def descriptors(entry: Entry) -> list[bytes]:
    """The forms of what follows an entry that does not start with its sizes."""
    values = (entry.crc, entry.packed, entry.size)
    forms = [_DESCRIPTOR64.pack(*values)]
    if max(values) <= _IN_ZIP64:
        forms.append(_DESCRIPTOR.pack(*values))
    return forms + [_DESCRIPTOR_SIGN + form for form in forms]


def _zip64_end(file: BinaryIO, end: int) -> list[int] | None:
    """Where the wider record of the end is, and its values, or `None` where there is none."""
    if end < _LOCATOR.size:
        return None
    sign, disk, offset, _ = _LOCATOR.unpack(read_at(file, end - _LOCATOR.size, _LOCATOR.size))
    if sign != _LOCATOR_SIGN:
        return None
    if disk or offset + _END64.size + _LOCATOR.size != end:
        raise damaged("its ZIP64 end is missing")
    sign, _, _, _, *values = _END64.unpack(read_at(file, offset, _END64.size))
    if sign != _END64_SIGN:
        raise damaged("its ZIP64 end is missing")
    return [offset, *values]


def _ends_file(tail: bytes, at: int) -> bool:
    """Whether the record there, with its comment, is the last of the file."""
    if at + _END.size > len(tail):
        return False
    comment_length: int = _END.unpack_from(tail, at)[-1]
    return at + _END.size + comment_length == len(tail)


def _extra_fields(extra: bytes) -> dict[int, bytes]:
    """What an entry says beyond its name and sizes, by tag: the first where there are two."""
    fields: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<2H", extra, at)
        fields.setdefault(tag, extra[at + 4 : at + 4 + length])
        at += 4 + length
    if _UNICODE_PATH in fields:
        raise BadFileError("is an archive with a file of two names")
    return fields


def _zip64(fields: dict[int, bytes], *values: int) -> list[int]:
    """Values of an entry, with those that did not fit in four bytes from its extra fields."""
    field = fields.get(_ZIP64, b"")
    wanted = values.count(_IN_ZIP64)
    if len(field) < 8 * wanted:
        raise damaged("a ZIP64 size is missing")
    wide = iter(struct.unpack_from(f"<{wanted}Q", field))
    return [next(wide) if value == _IN_ZIP64 else value for value in values]
