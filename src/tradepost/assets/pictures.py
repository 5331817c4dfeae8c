"""What an uploaded image is, told by its content and decoded to its last line.

Source: `POST assets/images/{imageType}` in the contract's semantics. The contract asks for no
exact sizes, so the limits are those of what a page can show and a server can decode.
"""

import io
import threading
import warnings
from collections.abc import Mapping
from typing import BinaryIO, Final

import msgspec

from tradepost.assets.bad_file import BadFileError
from tradepost.assets.image_parts import CHECKS
from tradepost.assets.model import ImageType

_MIB: Final = 1 << 20

MAX_IMAGE_BYTES: Final[Mapping[ImageType, int]] = {
    "icon": 2 * _MIB,
    "logo": 2 * _MIB,
    "screenshot-thumbnail": 2 * _MIB,
    "title-logo": 2 * _MIB,
    "banner": 10 * _MIB,
    "hero": 10 * _MIB,
    "screenshot": 10 * _MIB,
}
"""The largest file of each type of image."""

MAX_SIDES: Final[Mapping[ImageType, int]] = {
    "icon": 2000,
    "logo": 2000,
    "screenshot-thumbnail": 2000,
    "title-logo": 2000,
    "banner": 8000,
    "hero": 8000,
    "screenshot": 8000,
}
"""The greatest width and height in pixels: small pictures, and pages of a large screen."""

MAX_PIXELS: Final = 16_000_000
"""Of any image: a screen of 5,120 by 2,880 has 14.7 million. They take 64 MB, decoded."""

_SIGNS: Final = (
    (b"\x89PNG\r\n\x1a\n", "PNG", "image/png"),
    (b"\xff\xd8\xff", "JPEG", "image/jpeg"),
    (b"GIF87a", "GIF", "image/gif"),
    (b"GIF89a", "GIF", "image/gif"),
    (b"BM", "BMP", "image/bmp"),
)

# Pillow warns of odd files. Catching warnings is for one thread at a time; that also bounds the
# memory that decoding takes in all.
_decoding = threading.Lock()


class Picture(msgspec.Struct, frozen=True):
    """`width` and `height` are in pixels."""

    mime_type: str
    width: int
    height: int


def inspect_image(file: BinaryIO, size: int, image_type: ImageType) -> Picture:
    """What a seekable file of `size` bytes shows.

    Raises `BadFileError` where it is no sound PNG, JPEG, GIF or BMP, or beyond the limits of
    its type. Blocks: for a worker thread.
    """
    if size == 0:
        raise BadFileError("is empty")
    limit = MAX_IMAGE_BYTES[image_type]
    if size > limit:
        raise BadFileError(f"is larger than {limit} bytes, the most for {image_type}")
    file.seek(0)
    data = file.read(size)
    for sign, name, mime_type in _SIGNS:
        if data.startswith(sign):
            CHECKS[name](data)
            with _decoding, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                width, height = _decode(data, name, MAX_SIDES[image_type])
            return Picture(mime_type, width, height)
    raise BadFileError("is not a PNG, JPEG, GIF or BMP image")


def _decode(data: bytes, name: str, max_side: int) -> tuple[int, int]:
    """Width and height of an image that decodes."""
    from PIL import Image  # imported late: it takes longer than all else of a start

    try:
        with Image.open(io.BytesIO(data), formats=(name,)) as image:
            width, height = image.size
            _check_size(width, height, max_side)
            image.load()
    except (BadFileError, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception:  # a decoder raises whatever it stumbles over; the bytes are to blame
        raise BadFileError(f"is a damaged {name} image") from None
    return width, height


def _check_size(width: int, height: int, max_side: int) -> None:
    if width > max_side or height > max_side:
        raise BadFileError(f"is an image wider or higher than {max_side} pixels")
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> BadFileError:
    return BadFileError(f"is an image of more than {MAX_PIXELS} pixels")
