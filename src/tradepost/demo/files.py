"""The files of the demo data: artifacts and images that really exist, made anew at each load.

They are the same bytes every time, because ids and checksums are promised to stay.
"""

import functools
import hashlib
import io
import struct
import zlib
from collections.abc import Iterator
from typing import Final

import msgspec

from tradepost.app_software.model import AppSoftwareVersionGetResponse
from tradepost.app_software.rules import artifact_id_of, framework_of
from tradepost.apps.model import App
from tradepost.assets.model import ArtifactDetails, ImageType, MediaV3Response
from tradepost.assets.store import Blob

_MODIFIED: Final = (2022, 1, 10, 9, 0, 0)


class DemoArtifact(msgspec.Struct, frozen=True):
    """An artifact: its id, what it says of itself, and its bytes."""

    id: str
    details: ArtifactDetails
    blob: Blob
    content: bytes


class DemoImage(msgspec.Struct, frozen=True):
    """An image: how it is answered, and its bytes."""

    answer: MediaV3Response
    blob: Blob
    content: bytes


def artifact_of(app: App, version: AppSoftwareVersionGetResponse) -> DemoArtifact | None:
    """The artifact of a version, where its framework has one."""
    artifact_id = artifact_id_of(version)
    if artifact_id is None:
        return None
    number = str(version.version_number)
    if framework_of(version) == "workflow":
        workflow = b'<?xml version="1.0"?><workflow><initial-actions/><steps/></workflow>\n'
        content = _archive({"workflow.xml": workflow})
        details = ArtifactDetails(add_on_type="Workflow")
        blob = _blob(content, "application/octet-stream", f"{app.app_key}-{number}.jwb")
        return DemoArtifact(artifact_id, details, blob, content)
    content = _archive({"atlassian-plugin.xml": _plugin_xml(app, number)})
    details = ArtifactDetails(
        key=app.app_key,
        name=app.name,
        version=number,
        licensing_enabled=True,
        data_center_compatible=True,
        add_on_type="Plugins 2",
        data_center_status="compatible",
    )
    blob = _blob(content, "application/java-archive", f"{app.app_key}-{number}.jar")
    return DemoArtifact(artifact_id, details, blob, content)


def _plugin_xml(app: App, number: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<atlassian-plugin key="{app.app_key}" name="{app.name}" '
        'plugins-version="2">\n'
        f"  <plugin-info>\n    <version>{number}</version>\n"
        '    <param name="atlassian-licensing-enabled">true</param>\n'
        '    <param name="atlassian-data-center-status">compatible</param>\n'
        '    <param name="atlassian-data-center-compatible">true</param>\n'
        "  </plugin-info>\n</atlassian-plugin>\n"
    ).encode()


def _archive(entries: dict[str, bytes]) -> bytes:
    import zipfile  # only to make the demo: no other start needs it

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, _MODIFIED), content)
    return buffer.getvalue()


# Kind, id, file name, width, height, colours of the top and the bottom half.
_IMAGES: Final[tuple[tuple[ImageType, str, str, int, int, bytes, bytes], ...]] = (
    ("icon", "10000000", "icon.png", 144, 144, b"\x00\x52\xcc", b"\x4c\x9a\xff"),
    ("title-logo", "20000000", "title-logo.png", 540, 90, b"\x09\x1e\x42", b"\x00\x52\xcc"),
    ("banner", "30000000", "banner.png", 1120, 548, b"\xde\xeb\xff", b"\x4c\x9a\xff"),
    ("hero", "40000000", "hero.png", 580, 330, b"\x00\x65\xff", b"\xb3\xd4\xff"),
    ("screenshot", "50000000", "board.png", 1840, 900, b"\xf4\xf5\xf7", b"\xdf\xe1\xe6"),
    ("screenshot", "60000000", "filters.png", 1840, 900, b"\xe3\xfc\xef", b"\x57\xd9\xa3"),
    ("screenshot", "70000000", "report.png", 1840, 900, b"\xff\xfa\xe6", b"\xff\xc4\x00"),
    ("screenshot-thumbnail", "80000000", "board-s.png", 580, 330, b"\xf4\xf5\xf7", b"\xdf\xe1\xe6"),
    ("logo", "90000000", "logo.png", 144, 144, b"\x09\x1e\x42", b"\xff\xff\xff"),
)


def image_id(start: str) -> str:
    """The id of a demo image, by the eight digits that it starts with."""
    return f"{start}-0000-4000-8000-0000000000e1"


ICON: Final = image_id("10000000")
TITLE_LOGO: Final = image_id("20000000")
BANNER: Final = image_id("30000000")
HERO: Final = image_id("40000000")
SCREENSHOTS: Final = (image_id("50000000"), image_id("60000000"), image_id("70000000"))
THUMBNAIL: Final = image_id("80000000")
LOGO: Final = image_id("90000000")


def images() -> Iterator[DemoImage]:
    """The images that the demo's listings show."""
    for kind, start, name, width, height, top, bottom in _IMAGES:
        content = _png(width, height, top, bottom)
        answer = MediaV3Response(image_id(start), kind, "image/png", name, len(content))
        yield DemoImage(answer, _blob(content, "image/png", name), content)


def _png(width: int, height: int, top: bytes, bottom: bytes) -> bytes:
    """A picture of two halves, each of one colour: a palette of two, one bit a pixel."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)),
            chunk(b"PLTE", top + bottom),
            chunk(b"IDAT", _halves(width, height)),
            chunk(b"IEND", b""),
        )
    )


@functools.cache
def _halves(width: int, height: int) -> bytes:
    """The compressed pixels of a picture, which are the same for all of one size."""
    row = (width + 7) // 8
    upper = height // 2
    pixels = (b"\x00" * (row + 1)) * upper + (b"\x00" + b"\xff" * row) * (height - upper)
    return zlib.compress(pixels, 6)


def _blob(content: bytes, media_type: str, name: str) -> Blob:
    return Blob(hashlib.sha512(content).hexdigest(), len(content), media_type, name)
