"""The parts that images are made of, walked without decoding.

A decoder's work grows with the parts of a file, and some grow faster than its bytes: frames,
scans, thousands of empty chunks. Sources: PNG (ISO/IEC 15948), 5; JPEG (ITU-T T.81), Annex B;
GIF89a, 17 to 27; the BITMAPINFOHEADER of BMP.
"""

import zlib
from collections.abc import Callable, Mapping
from typing import Final

from tradepost.assets.bad_file import BadFileError

MAX_FRAMES: Final = 1_000
"""Of an animation. Only the first is decoded here, but every browser decodes them all."""
MAX_SCANS: Final = 100
"""Of a JPEG: with a few bytes each they make a decoder go over all pixels. Usual are 1 to 10, and
one more for each thumbnail; 18 of a progressive one in CMYK."""
MAX_SCANNED_PIXELS: Final = 320_000_000
"""Of a JPEG, in all its scans together: 20 of the largest image. They take about half a second."""
MAX_SEGMENTS: Final = 1_000
"""Of a JPEG before its first scan. A color profile takes 255 at the most."""
MAX_CHUNKS: Final = 10_000
"""Of a PNG; most writers make one for each 8 KiB."""
MAX_BLOCKS: Final = 200_000
"""Of a GIF; a block has up to 255 bytes."""

_SCAN: Final = b"\xff\xda"
_FRAMES: Final = range(0xC0, 0xC3)
"""The markers of a JPEG's size where its coding is one that browsers show."""
_OTHER_FRAMES: Final = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Those of lossless, hierarchical and arithmetic coding."""
_ALONE: Final = frozenset((0x00, 0x01, *range(0xD0, 0xDA)))
"""Markers that have no length, and no business before the first scan."""


def check_png(data: bytes) -> None:
    """Refuse a PNG with a damaged part, too many parts, or no end."""
    at, chunks, kind = 8, 0, b""
    while kind != b"IEND":
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if end > len(data) or len(kind) < 4:
            raise BadFileError("is a PNG image that is cut off")
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise BadFileError("is a damaged PNG image")
        if kind == b"acTL":
            _check_count(int.from_bytes(data[at + 8 : at + 12], "big"), MAX_FRAMES, "frames")
        chunks += 1
        _check_count(chunks, MAX_CHUNKS, "chunks")
        at = end


def check_jpeg(data: bytes) -> None:
    """Refuse a JPEG with too many parts, or something else between them."""
    at, segments, pixels = 2, 0, 0
    while data[at : at + 2] != _SCAN:
        if at + 4 > len(data):
            raise BadFileError("is a JPEG image that is cut off")
        marker = data[at + 1]
        if data[at] != 0xFF or marker in _ALONE:
            raise BadFileError("is a damaged JPEG image")
        if marker in _OTHER_FRAMES:
            raise BadFileError("is a JPEG image of a kind that browsers do not show")
        if marker in _FRAMES:
            height, width = data[at + 5 : at + 7], data[at + 7 : at + 9]
            pixels = int.from_bytes(height, "big") * int.from_bytes(width, "big")
        fills = marker == 0xFF
        at += 1 if fills else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        segments += 1
        _check_count(segments, MAX_SEGMENTS, "segments")
    # Within compressed data these bytes never follow each other; thumbnails have some as well.
    scans = data.count(_SCAN)
    _check_count(scans, MAX_SCANS, "scans")
    if scans > 1 and scans * pixels > MAX_SCANNED_PIXELS:
        raise BadFileError(f"is an image of {scans} scans: too many for its size")


def check_gif(data: bytes) -> None:
    """Refuse a GIF with too many parts, or no end."""
    frames, blocks = 0, 0
    try:
        at = 13 + _color_table_bytes(data[10])
        while data[at] != 0x3B:
            if data[at] == 0x2C:
                frames += 1
                _check_count(frames, MAX_FRAMES, "frames")
                at += 11 + _color_table_bytes(data[at + 9])
            elif data[at] == 0x21:
                at += 2
            else:
                raise BadFileError("is a damaged GIF image")
            while data[at]:
                blocks += 1
                _check_count(blocks, MAX_BLOCKS, "blocks")
                at += 1 + data[at]
            at += 1
    except IndexError:
        raise BadFileError("is a GIF image that is cut off") from None


def check_bmp(data: bytes) -> None:
    """Refuse a BMP that is run-length encoded: the decoder's work has no measure in its bytes."""
    header_bytes = int.from_bytes(data[14:18], "little")
    if header_bytes >= 40 and int.from_bytes(data[30:34], "little") in (1, 2):
        raise BadFileError("is a run-length encoded BMP image, which is not supported")


CHECKS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "PNG": check_png,
    "JPEG": check_jpeg,
    "GIF": check_gif,
    "BMP": check_bmp,
}
"""The check for each format."""


def _color_table_bytes(flags: int) -> int:
    """The size of the color table that the flags of a screen or frame announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _check_count(count: int, most: int, parts: str) -> None:
    if count > most:
        raise BadFileError(f"is an image of more than {most} {parts}")
