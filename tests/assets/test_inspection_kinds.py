"""What an artifact is, and what is read from it."""

import io
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.archives import (
    ADDON_KEY,
    MANIFEST,
    PLUGIN_XML,
    archive,
    descriptor,
    jwb,
    obr,
    plugin_jar,
    plugin_xml,
)
from tests.support.inspections import inspected, reason
from tradepost.assets.inspection import inspect_artifact

PLUGIN = {
    "key": ADDON_KEY,
    "name": "Example Add-on",
    "version": "1.0.0",
    "addOnType": "Plugins 2",
}


def details(data: bytes) -> Any:
    return msgspec.to_builtins(inspected(data).details)


def manifest_jar(text: str, descriptor_xml: bytes | None = None) -> bytes:
    entries = {MANIFEST: text.replace("\n", "\r\n").encode()}
    if descriptor_xml is not None:
        entries[PLUGIN_XML] = descriptor_xml
    return archive(entries)


@pytest.mark.parametrize(
    ("data", "kind", "media_type"),
    [
        (plugin_jar(), "jar", "application/java-archive"),
        (obr(), "obr", "application/octet-stream"),
        (jwb(), "jwb", "application/octet-stream"),
        (descriptor(), "descriptor", "application/json"),
    ],
    ids=["jar", "obr", "jwb", "descriptor"],
)
def test_the_content_tells_the_kind(data: bytes, kind: str, media_type: str) -> None:
    found = inspected(data)
    assert (found.kind, found.media_type) == (kind, media_type)


def test_a_plugin_tells_key_name_and_version() -> None:
    assert details(plugin_jar()) == PLUGIN


def test_an_obr_has_the_details_of_its_plugin_and_not_of_its_dependencies() -> None:
    assert details(obr()) == PLUGIN


def test_a_stored_plugin_in_an_obr_is_read_as_well() -> None:
    entries = {"obr.xml": b"", "addon.jar": plugin_jar(version="3.0")}
    assert details(archive(entries, zipfile.ZIP_STORED))["version"] == "3.0"


def test_a_workflow_bundle_declares_no_key_and_no_version() -> None:
    assert details(jwb()) == {"addOnType": "Workflow"}


def test_a_descriptor_tells_what_it_declares() -> None:
    data = descriptor(version="1.2", enableLicensing=True, editionsEnabled=False)
    assert details(data) == {
        "key": ADDON_KEY,
        "name": "Example Add-on",
        "version": "1.2",
        "licensingEnabled": True,
        "editionsEnabled": False,
        "addOnType": "Connect",
        "remotable": True,
    }


def test_a_descriptor_may_have_a_byte_order_mark_and_blanks_and_little_else() -> None:
    data = b"\xef\xbb\xbf \r\n" + descriptor(name=None, authentication=None, version=7)
    assert details(data) == {"key": ADDON_KEY, "addOnType": "Connect", "remotable": True}


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"atlassian-licensing-enabled": "true"}, {"licensingEnabled": True}),
        ({"atlassian-licensing-enabled": " False\n"}, {"licensingEnabled": False}),
        ({"atlassian-licensing-enabled": "${licensing}"}, {}),
        ({"atlassian-data-center-compatible": "true"}, {"dataCenterCompatible": True}),
        ({"atlassian-data-center-compatible": "yes"}, {"dataCenterCompatible": False}),
        (
            {"atlassian-data-center-status": "compatible"},
            {"dataCenterCompatible": True, "dataCenterStatus": "compatible"},
        ),
        (
            {
                "atlassian-data-center-status": "Compatible",
                "atlassian-data-center-compatible": "false",
            },
            {"dataCenterCompatible": True, "dataCenterStatus": "compatible"},
        ),
        ({"atlassian-data-center-status": "pending"}, {"dataCenterStatus": "pending"}),
        ({"atlassian-data-center-status": "rejected"}, {"dataCenterStatus": "rejected"}),
        ({"atlassian-data-center-status": "unknown"}, {}),
        ({"atlassian-editions-enabled": "true"}, {"editionsEnabled": True}),
        ({"configure.url": "/admin", "": "nothing"}, {}),
    ],
)
def test_parameters_of_a_plugin_become_details(
    params: dict[str, str], told: dict[str, Any]
) -> None:
    assert details(plugin_jar(params=params)) == PLUGIN | told


@pytest.mark.parametrize(
    ("attribute", "add_on_type"),
    [
        ('plugins-version="1"', "Plugins 1"),
        ('plugins-version="2"', "Plugins 2"),
        ('pluginsVersion="2"', "Plugins 2"),
        ("", "Plugins 1"),
        ('plugins-version="3"', None),
    ],
)
def test_the_version_of_the_framework_is_the_type(attribute: str, add_on_type: str | None) -> None:
    data = archive({PLUGIN_XML: f'<atlassian-plugin key="a.b" {attribute}/>'.encode()})
    assert details(data).get("addOnType") == add_on_type


def test_only_the_info_of_the_plugin_itself_counts() -> None:
    data = b"""<?xml version="1.0" encoding="UTF-8"?>
    <!-- A comment. --><atlassian-plugin key="a.b" name="A &amp; &#66;">
      <param name="atlassian-licensing-enabled">true</param>
      <servlet key="s"><version>8</version><plugin-info><version>9</version></plugin-info></servlet>
      <plugin-info><vendor><version>7</version></vendor>
        <version><!-- now -->1.<![CDATA[5]]></version></plugin-info>
    </atlassian-plugin>"""
    assert details(archive({PLUGIN_XML: data})) == {
        "key": "a.b",
        "name": "A & B",
        "version": "1.5",
        "addOnType": "Plugins 1",
    }


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "windows-1252"])
def test_a_descriptor_in_a_common_encoding_is_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><atlassian-plugin key="k" name="Größe"/>'
    assert details(archive({PLUGIN_XML: text.encode(encoding)}))["name"] == "Größe"


def test_the_manifest_tells_what_the_descriptor_leaves_to_the_build() -> None:
    unbuilt = plugin_xml("${atlassian.plugin.key}", "${project.version}", "${project.name}")
    manifest = (
        "Manifest-Version: 1.0\nATLASSIAN-plugin-key: com.example.from.the\n .manifest\n"
        "Bundle-Name: Größe\nBundle-Version: 2.1.0\n\nName: a/b.class\nBundle-Version: 9\n"
    )
    assert details(manifest_jar(manifest, unbuilt)) == {
        "key": "com.example.from.the.manifest",
        "name": "Größe",
        "version": "2.1.0",
        "addOnType": "Plugins 2",
    }


def test_what_nobody_declares_is_left_out() -> None:
    unbuilt = plugin_xml("${atlassian.plugin.key}", "", " ")
    assert details(archive({PLUGIN_XML: unbuilt})) == {"addOnType": "Plugins 2"}


@pytest.mark.parametrize("line_end", [b"\n", b"\r", b"\r\n"])
def test_a_manifest_with_a_plugin_key_makes_a_plugin(line_end: bytes) -> None:
    # The continuation cuts a character of two bytes in half.
    lines = (b"Atlassian-Plugin-Key: a.b", b"Bundle-Name: Gr\xc3", b" \xb6\xc3\x9fe", b"", b"")
    assert details(archive({MANIFEST: line_end.join(lines)})) == {
        "key": "a.b",
        "name": "Größe",
        "addOnType": "Plugins 2",
    }


def test_a_signed_plugin_with_a_long_manifest_is_read() -> None:
    sections = "".join(f"Name: c/{n}.class\nSHA-256-Digest: {n:064}\n\n" for n in range(20_000))
    text = f"Manifest-Version: 1.0\nAtlassian-Plugin-Key: a.b\n\n{sections}"
    assert details(manifest_jar(text))["key"] == "a.b"


def test_a_plugin_may_carry_a_workflow_and_other_descriptors_among_its_files() -> None:
    extra = {
        "workflow.xml": b"",
        "obr.xml": b"",
        "lib/other.jar": b"",
        "a/atlassian-plugin.xml": b"",
    }
    assert inspected(plugin_jar(extra_entries=extra)).kind == "jar"


def test_an_obr_whose_manifest_is_that_of_its_plugin_is_an_obr() -> None:
    found = inspected(obr(extra_entries={MANIFEST: b"Atlassian-Plugin-Key: a.b\n\n"}))
    assert (found.kind, found.details.key) == ("obr", ADDON_KEY)


def test_an_archive_with_a_comment_written_as_a_stream_is_read() -> None:
    class Stream(io.RawIOBase):
        """A file that cannot seek: sizes come after the data."""

        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.data += data
            return len(data)

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("css/größe.css", b"")
        packed.writestr(PLUGIN_XML, plugin_xml())
        packed.comment = b"PK\x05\x06 starts the end of an archive" + b"." * 60_000
    assert details(bytes(stream.data)) == PLUGIN


def test_a_plugin_of_30000_files_and_200_megabytes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "fat.jar"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("big.bin", b"")
        for number in range(30_000):
            packed.writestr(f"com/example/shaded/library/package/Class{number}.class", b"")
        packed.writestr(PLUGIN_XML, plugin_xml())
    # The same archive after an entry of 200 MB that is a hole in the file.
    whole = path.read_bytes()
    hole = 200_000_000
    local, rest = whole[:37], whole[37:]
    central = rest.index(b"PK\x01\x02")
    with path.open("wb") as file:
        file.write(local[:18] + hole.to_bytes(4, "little") * 2 + local[26:])
        file.seek(hole, io.SEEK_CUR)
        file.write(rest[:central])
        file.write(shifted(rest[central:], hole))
    with path.open("rb") as fat:
        found = inspect_artifact(fat, path.stat().st_size)
    assert (found.kind, found.details.key) == ("jar", ADDON_KEY)


def shifted(directory: bytes, hole: int) -> bytes:
    """A directory whose first entry has a size of `hole` and whose others come after that."""
    data = bytearray(directory)
    at = 0
    while data[at : at + 4] == b"PK\x01\x02":
        if at == 0:
            data[20:28] = hole.to_bytes(4, "little") * 2
        else:
            offset = int.from_bytes(data[at + 42 : at + 46], "little") + hole
            data[at + 42 : at + 46] = offset.to_bytes(4, "little")
        at += 46 + sum(int.from_bytes(data[at + n : at + n + 2], "little") for n in (28, 30, 32))
    data[at + 16 : at + 20] = (int.from_bytes(data[at + 16 : at + 20], "little") + hole).to_bytes(
        4, "little"
    )
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"hello", "is not a JAR, OBR, JWB or Connect descriptor"),
        (b"[]", "is not a JAR, OBR, JWB or Connect descriptor"),
        (b" " * 1000 + b"{}", "is not a JAR, OBR, JWB or Connect descriptor"),
        (b"\x1f\x8b" + bytes(50), "is not a JAR, OBR, JWB or Connect descriptor"),
        (b"#!/bin/sh\n" + plugin_jar(), "is not a JAR, OBR, JWB or Connect descriptor"),
        (plugin_xml(), "is not a JAR, OBR, JWB or Connect descriptor"),
    ],
)
def test_what_is_no_artifact_is_refused(data: bytes, why: str) -> None:
    assert reason(data) == why


@pytest.mark.parametrize("entries", [{}, {"a.txt": b"a"}, {MANIFEST: b"Bundle-Name: a\n\n"}])
def test_an_archive_that_is_no_plugin_says_what_is_missing(entries: dict[str, bytes]) -> None:
    assert reason(archive(entries)) == (
        "is not a JAR, OBR, JWB or Connect descriptor: the archive has no atlassian-plugin.xml, "
        "obr.xml or workflow.xml at its root, and no Atlassian-Plugin-Key in its manifest"
    )


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ({}, "is an OBR with 0 JARs at its root: it must have one"),
        ({"lib/a.jar": plugin_jar()}, "is an OBR with 0 JARs at its root: it must have one"),
        ({"a.jar": b"", "b.JAR": b""}, "is an OBR with 2 JARs at its root: it must have one"),
        (
            {"a.jar": archive({})},
            "is an OBR whose JAR is no plugin: it has no atlassian-plugin.xml",
        ),
        ({"a.jar": obr()}, "is an OBR whose JAR is no plugin: it has no atlassian-plugin.xml"),
        ({"a.jar": b"PK"}, "is a damaged archive: its end is missing"),
    ],
)
def test_an_obr_needs_one_plugin_at_its_root(entries: dict[str, bytes], why: str) -> None:
    assert reason(archive({"obr.xml": b"", **entries})) == why


def test_a_workflow_of_something_else_is_refused() -> None:
    data = archive({"workflow.xml": b"<workflow-app/>"})
    assert reason(data) == "is an archive whose workflow.xml is no <workflow>"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "Input data was truncated"),
        (b"{}", "it has no key"),
        (b'{"key":7,"baseUrl":"https://example.com"}', "it has no key"),
        (descriptor(key="${key}"), "it has no key"),
        (descriptor(baseUrl=None, authentication=None), "it has no baseUrl"),
        (b'{"key":"\xff"}', "it is not UTF-8"),
        (b'{"key":' + b"[" * 100_000, "it is nested too deeply"),
        (b'{"key":1e999}', "Number out of range - at `$[...]`"),
    ],
)
def test_json_that_is_no_descriptor_says_what_is_missing(data: bytes, why: str) -> None:
    assert reason(data) == f"is not a Connect descriptor: {why}"


def test_a_descriptor_of_more_than_a_mebibyte_is_refused() -> None:
    data = descriptor(description="x" * (1 << 20))
    assert reason(data) == "is a descriptor of more than 1048576 bytes"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (plugin_jar(key="x" * 256), "key"),
        (plugin_jar(name="x" * 256), "name"),
        (plugin_jar(version="x" * 256), "version"),
        (descriptor(key="x" * 256), "key"),
        (descriptor(version="x" * 256), "version"),
        (archive({MANIFEST: b"Atlassian-Plugin-Key: " + b"x" * 256}), "Atlassian-Plugin-Key"),
    ],
)
def test_a_value_of_more_than_255_characters_is_refused(data: bytes, field: str) -> None:
    assert reason(data) == f"has more than 255 characters as its {field}"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (plugin_jar(version="1\n2"), "version"),
        (plugin_jar(name="a\x7fb"), "name"),
        (descriptor(key="a\x00b"), "key"),
        (archive({MANIFEST: b"Atlassian-Plugin-Key: a\tb"}), "Atlassian-Plugin-Key"),
    ],
)
def test_a_value_with_control_characters_is_refused(data: bytes, field: str) -> None:
    assert reason(data) == f"has control characters in its {field}"
