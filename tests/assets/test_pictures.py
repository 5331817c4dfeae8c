"""Images: told by their content, decoded, and bounded."""

import concurrent.futures
import io
import struct
import subprocess
import sys
import tracemalloc
import warnings
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.support.archives import image, plugin_jar, png
from tradepost.assets.bad_file import BadFileError
from tradepost.assets.model import IMAGE_TYPES, ImageType
from tradepost.assets.pictures import MAX_IMAGE_BYTES, MAX_SIDES, Picture, inspect_image

MEBIBYTE = 1 << 20
PNG_SIGN = b"\x89PNG\r\n\x1a\n"
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "BMP": "image/bmp"}


def inspected(data: bytes, image_type: ImageType = "screenshot") -> Picture:
    return inspect_image(io.BytesIO(data), len(data), image_type)


def reason(data: bytes, image_type: ImageType = "screenshot") -> str:
    """Why a file is refused as an image."""
    with pytest.raises(BadFileError) as refused:
        inspected(data, image_type)
    return refused.value.reason


def told_or_refused(data: bytes) -> None:
    try:
        picture = inspected(data)
    except BadFileError:
        return
    assert picture.mime_type in FORMATS.values()
    assert 1 <= picture.width * picture.height <= 16_000_000


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def raw_png(width: int, height: int, extra: bytes = b"", data: bytes = b"") -> bytes:
    """A PNG in grey of any size, which `data` need not have."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        PNG_SIGN + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND")
    )  # fmt: skip


def raw_gif(frames: int, width: int = 1, height: int = 1, extra: bytes = b"") -> bytes:
    """A GIF of black frames of one pixel on a screen of any size."""
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + screen + extra + frame * frames + b"\x3b"


def with_scans(data: bytes, scans: int) -> bytes:
    """A progressive JPEG with its last scan repeated until there are so many."""
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * (scans - data.count(b"\xff\xda")) + data[-2:]


def raw_bmp(width: int, height: int, compression: int = 0, data: bytes = b"") -> bytes:
    """A BMP of one byte a pixel."""
    header = struct.pack("<LllHHLLllLL", 40, width, height, 1, 8, compression, 0, 0, 0, 256, 0)
    palette = bytes(1024)
    return b"BM" + struct.pack("<LLL", 0, 0, 54 + len(palette)) + header + palette + data


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("image_type", IMAGE_TYPES)
def test_the_content_tells_format_and_size(kind: str, image_type: ImageType) -> None:
    assert inspected(image(kind), image_type) == Picture(FORMATS[kind], 40, 30)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_kind_is_taken(mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (3, 2)).save(file, "PNG")
    assert inspected(file.getvalue(), "icon") == Picture("image/png", 3, 2)


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 1}, {"comment": b"hello"}])
def test_a_jpeg_of_any_kind_is_taken(options: dict[str, Any]) -> None:
    assert inspected(image("JPEG", **options)) == Picture("image/jpeg", 40, 30)


def test_animations_are_taken() -> None:
    frames = [Image.new("P", (5, 4), color) for color in range(5)]
    for kind in ("GIF", "PNG"):
        file = io.BytesIO()
        frames[0].save(file, kind, save_all=True, append_images=frames[1:])
        assert inspected(file.getvalue()) == Picture(FORMATS[kind], 5, 4)
    assert inspected(raw_gif(1000)) == Picture("image/gif", 1, 1)


def test_a_large_screenshot_is_taken() -> None:
    assert inspected(png(5120, 2880)) == Picture("image/png", 5120, 2880)


@pytest.mark.parametrize(
    "data",
    [
        b"hello", b"\x89PNG", b"<svg/>", b"GIF90a", plugin_jar(), b"RIFF\x00\x00\x00\x00WEBP",
        image("TIFF"), image("ICO"), image("PPM"), image("WEBP"),
    ],
)  # fmt: skip
def test_what_is_none_of_the_formats_is_refused(data: bytes) -> None:
    assert reason(data) == "is not a PNG, JPEG, GIF or BMP image"


def test_an_empty_file_is_refused() -> None:
    assert reason(b"") == "is empty"


@pytest.mark.parametrize("image_type", IMAGE_TYPES)
def test_a_file_larger_than_its_type_allows_is_refused(image_type: ImageType) -> None:
    limit = MAX_IMAGE_BYTES[image_type]
    padding = chunk(b"teXt", bytes(limit - len(raw_png(1, 1, data=b"\0\0")) - 12))
    assert inspected(raw_png(1, 1, padding, b"\0\0"), image_type).width == 1
    padding = chunk(b"teXt", bytes(limit - len(raw_png(1, 1, data=b"\0\0")) - 11))
    assert reason(raw_png(1, 1, padding, b"\0\0"), image_type) == (
        f"is larger than {limit} bytes, the most for {image_type}"
    )


@pytest.mark.parametrize("image_type", IMAGE_TYPES)
def test_an_image_wider_or_higher_than_its_type_allows_is_refused(image_type: ImageType) -> None:
    side = MAX_SIDES[image_type]
    assert inspected(png(side, 1), image_type).width == side
    for width, height in ((side + 1, 1), (1, side + 1)):
        assert reason(png(width, height), image_type) == (
            f"is an image wider or higher than {side} pixels"
        )


@pytest.mark.parametrize(
    "data",
    [
        raw_png(8000, 8000),
        raw_png(2**31 - 1, 2**31 - 1),
        raw_gif(1, 8000, 8000),
        raw_gif(1, 65535, 65535),
        raw_bmp(8000, 8000),
        raw_bmp(20_000, -20_000),
    ],
)
def test_a_small_file_of_many_pixels_is_not_decoded(data: bytes) -> None:
    inspected(png())  # Pillow is imported: what that takes is not what decoding takes
    tracemalloc.start()
    try:
        assert reason(data).startswith("is an image ")
        assert tracemalloc.get_traced_memory()[1] < MEBIBYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("data", [raw_png(0, 1), raw_png(1, 0), raw_bmp(0, 0), raw_bmp(0, 1)])
def test_an_image_without_pixels_is_refused(data: bytes) -> None:
    assert reason(data) in ("is a damaged PNG image", "is a damaged BMP image")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (raw_gif(1001), "is an image of more than 1000 frames"),
        (raw_gif(400_000), "is an image of more than 1000 frames"),
        (
            raw_gif(1, extra=b"\x21\xfe" + b"\x01a" * 1_000_000 + b"\0"),
            "is an image of more than 200000 blocks",
        ),
        (
            raw_png(1, 1, chunk(b"acTL", struct.pack(">II", 1001, 0)), b"\0\0"),
            "is an image of more than 1000 frames",
        ),
        (
            raw_png(1, 1, chunk(b"teXt") * 100_000, b"\0\0"),
            "is an image of more than 10000 chunks",
        ),
        (
            b"\xff\xd8" + b"\xff\xe1\x00\x09Exif\0\0a" * 100_000 + image("JPEG")[2:],
            "is an image of more than 1000 segments",
        ),
        (b"\xff\xd8" + b"\xff" * MEBIBYTE, "is an image of more than 1000 segments"),
        (
            image("JPEG")[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x01\x05\x00" * 1000,
            "is an image of more than 100 scans",
        ),
        (
            raw_bmp(4000, 4000, 1, b"\x01\x00" * MEBIBYTE),
            "is a run-length encoded BMP image, which is not supported",
        ),
    ],
    ids=["frames", "frames-many", "blocks", "apng", "chunks", "segments", "fill", "scans", "rle"],
)
def test_what_is_cheap_to_send_and_dear_to_decode_is_refused(data: bytes, why: str) -> None:
    assert reason(data) == why


def test_scans_are_bounded_by_the_pixels_that_they_go_over() -> None:
    largest = image("JPEG", 4000, 4000, progressive=True)
    assert inspected(with_scans(largest, 20)).width == 4000
    assert reason(with_scans(largest, 21)) == "is an image of 21 scans: too many for its size"
    assert reason(with_scans(largest, 100)) == "is an image of 100 scans: too many for its size"
    small = image("JPEG", 1600, 2000, progressive=True)
    assert inspected(with_scans(small, 100)).width == 1600
    assert reason(with_scans(small, 101)) == "is an image of more than 100 scans"


def test_a_large_print_photo_is_taken() -> None:
    # With four colors a JPEG has the most scans that are usual.
    file = io.BytesIO()
    thumbnail = b"\xff\xe1" + struct.pack(">H", 8 + len(image("JPEG"))) + b"Exif\0\0"
    Image.new("CMYK", (5000, 3200)).save(file, "JPEG", progressive=True)
    data = file.getvalue()[:2] + thumbnail + image("JPEG") + file.getvalue()[2:]
    assert data.count(b"\xff\xda") == 19
    assert inspected(data) == Picture("image/jpeg", 5000, 3200)


def test_the_size_of_a_jpeg_cannot_be_hidden() -> None:
    # A marker that stands alone is read by some as the start of a part that swallows the size.
    data = with_scans(image("JPEG", 4000, 4000, progressive=True), 100)
    assert reason(data[:2] + b"\xff\xd0" + data[2:]) == "is a damaged JPEG image"
    assert reason(data[:2] + b"\xff\x01" + data[2:]) == "is a damaged JPEG image"


@pytest.mark.parametrize("marker", [0xC3, 0xC5, 0xC9, 0xCA, 0xCF])
def test_a_coding_of_jpeg_that_browsers_do_not_show_is_refused(marker: int) -> None:
    data = image("JPEG").replace(b"\xff\xc0", bytes((0xFF, marker)), 1)
    assert reason(data) == "is a JPEG image of a kind that browsers do not show"


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(5 * MEBIBYTE))),
        chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(50 * MEBIBYTE))),
        chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(50 * MEBIBYTE))),
    ],
)
def test_a_text_that_inflates_is_not_inflated_far(extra: bytes) -> None:
    inspected(png())
    tracemalloc.start()
    try:
        assert reason(raw_png(1, 1, extra, b"\0\0")) == "is a damaged PNG image"
        assert tracemalloc.get_traced_memory()[1] < 8 * MEBIBYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", FORMATS)
def test_an_image_cut_off_anywhere_is_refused(kind: str) -> None:
    data = image(kind, 24, 16)
    for length in range(3, len(data)):
        assert reason(data[:length])


def test_a_damaged_chunk_is_refused() -> None:
    data = bytearray(png())
    data[-20] ^= 1
    assert reason(bytes(data)) == "is a damaged PNG image"


def test_data_that_does_not_decode_is_refused() -> None:
    assert reason(raw_png(10, 10, data=b"\0" * 20)) == "is a damaged PNG image"
    assert reason(raw_png(10, 10, data=b"\x09" * 110)) == "is a damaged PNG image"


def test_an_odd_file_warns_nobody() -> None:
    # Pillow warns of an animation without frames, and reads the picture.
    data = raw_png(1, 1, chunk(b"acTL", bytes(8)), b"\0\0")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert inspected(data) == Picture("image/png", 1, 1)
    assert warned == []


def test_images_are_inspected_by_many_threads_at_once() -> None:
    pictures = [image(kind, 100 + n, 50) for kind in FORMATS for n in range(10)]
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        widths = [picture.width for picture in threads.map(inspected, pictures)]
    assert widths == [100 + n for _ in FORMATS for n in range(10)]


def test_the_decoder_is_imported_only_for_the_first_image() -> None:
    program = "import sys, tradepost.assets.pictures; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good image with a few places written over, cut out or put in."""
    data = bytearray(image(draw(st.sampled_from(sorted(FORMATS))), 9, 7))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from((0, 1, 2, 4, 8)))
        data[at : at + length] = draw(st.binary(max_size=8))
    return bytes(data)


@settings(deadline=None, max_examples=500)
@given(data=damaged())
def test_a_damaged_image_is_told_or_refused(data: bytes) -> None:
    told_or_refused(data)


@settings(deadline=None, max_examples=200)
@given(
    sign=st.sampled_from((PNG_SIGN, b"\xff\xd8\xff", b"GIF89a", b"GIF87a", b"BM")),
    data=st.binary(max_size=300),
)
def test_any_bytes_after_a_sign_are_told_or_refused(sign: bytes, data: bytes) -> None:
    told_or_refused(sign + data)
