"""Files to upload: plugins, bundles, descriptors and images, the same bytes each time."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

ADDON_KEY = "com.example.app.addon"
MANIFEST = "META-INF/MANIFEST.MF"
PLUGIN_XML = "atlassian-plugin.xml"
WORKFLOW_XML = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<!DOCTYPE workflow PUBLIC "-//OpenSymphony Group//DTD OSWorkflow 2.8//EN" '
    b'"http://www.opensymphony.com/osworkflow/workflow_2_8.dtd">\n'
    b"<workflow><initial-actions/><steps/></workflow>\n"
)


def archive(
    entries: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    """A ZIP with these files in this order."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.comment = comment
        for name, data in entries.items():
            # A ZipInfo of our own bears the year 1980, not the time of day.
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            packed.writestr(info, data)
    return file.getvalue()


class _OneWay(io.RawIOBase):
    """A file that cannot go back."""

    def __init__(self) -> None:
        super().__init__()
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += data
        return len(memoryview(data))


def streamed(entries: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP as Java writes it, without going back: the sizes follow each file."""
    file = _OneWay()
    with zipfile.ZipFile(file, "w") as packed:
        for name, data in entries.items():
            packed.writestr(zipfile.ZipInfo(name), data, compression)
    return bytes(file.data)


def plugin_xml(
    key: str = ADDON_KEY,
    version: str = "1.0.0",
    name: str = "Example Add-on",
    params: Mapping[str, str] | None = None,
    plugins_version: str = "2",
) -> bytes:
    """The descriptor of a plugin with parameters in its `<plugin-info>`."""
    lines = "".join(
        f"    <param name={quoteattr(param)}>{escape(value)}</param>\n"
        for param, value in (params or {}).items()
    )
    return (
        f"<atlassian-plugin key={quoteattr(key)} name={quoteattr(name)}"
        f" plugins-version={quoteattr(plugins_version)}>\n"
        f"  <plugin-info>\n    <version>{escape(version)}</version>\n{lines}  </plugin-info>\n"
        f"</atlassian-plugin>\n"
    ).encode()


def plugin_jar(
    key: str = ADDON_KEY,
    version: str = "1.0.0",
    name: str = "Example Add-on",
    params: Mapping[str, str] | None = None,
    extra_entries: Mapping[str, bytes] | None = None,
) -> bytes:
    """The JAR of a plugin."""
    entries = {
        MANIFEST: b"Manifest-Version: 1.0\r\n\r\n",
        PLUGIN_XML: plugin_xml(key, version, name, params),
        "com/example/Addon.class": b"\xca\xfe\xba\xbe",
    }
    return archive(entries | dict(extra_entries or {}))


def obr(plugin: bytes | None = None, extra_entries: Mapping[str, bytes] | None = None) -> bytes:
    """An OBR with a plugin, and another that it depends on."""
    entries = {
        "obr.xml": b"<repository/>",
        "addon-1.0.0.jar": plugin_jar() if plugin is None else plugin,
        "dependencies/library-2.0.jar": plugin_jar("com.example.library", "2.0", "Library"),
    }
    return archive(entries | dict(extra_entries or {}))


def jwb(extra_entries: Mapping[str, bytes] | None = None) -> bytes:
    """A Jira workflow bundle."""
    entries = {"workflow.xml": WORKFLOW_XML, "layout.json": b"{}"}
    return archive(entries | dict(extra_entries or {}))


def descriptor(**changes: Any) -> bytes:
    """A Connect descriptor. `None` leaves a field out."""
    fields = {
        "key": ADDON_KEY,
        "name": "Example Add-on",
        "baseUrl": "https://example.com/addon",
        "authentication": {"type": "jwt"},
        **changes,
    }
    return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()


def image(kind: str = "PNG", width: int = 40, height: int = 30, **options: Any) -> bytes:
    """An image of one color in one of Pillow's formats; `options` are those of saving it."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (30, 90, 200)).save(file, kind, **options)
    return file.getvalue()


def png(width: int = 40, height: int = 30) -> bytes:
    return image("PNG", width, height)
