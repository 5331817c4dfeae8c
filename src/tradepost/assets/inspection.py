"""What an uploaded artifact is, told by its content, and what it says of itself.

Source: `POST artifacts` in the contract's semantics. These functions block: they are for a
worker thread. Files may come from anyone: whatever their bytes are, they are told or refused
within moments, and within some tens of megabytes of memory.
"""

import tempfile
from typing import BinaryIO, Final, Literal

import msgspec

from tradepost.assets import descriptors, plugin_xml
from tradepost.assets.archives import Archive
from tradepost.assets.bad_file import BadFileError
from tradepost.assets.model import ArtifactDetails
from tradepost.assets.plugins import KEY_HEADER, PLUGIN_XML, plugin_details
from tradepost.assets.zip_records import SIGNS

__all__ = ["BadFileError", "Inspected", "Kind", "inspect_artifact"]

Kind = Literal["jar", "obr", "jwb", "descriptor"]

MAX_PLUGIN_BYTES: Final = 250_000_000
"""Of the plugin inside an OBR, which is unpacked to disk: as much as an upload may have."""

_START_BYTES: Final = 256
"""How far into the file its first sign may be: JSON can start with blanks."""
_OBR_INDEX: Final = "obr.xml"
_WORKFLOW: Final = "workflow.xml"
_UNKNOWN: Final = "is not a JAR, OBR, JWB or Connect descriptor"
_BUNDLE: Final = "application/octet-stream"
"""No type is registered for an OBR or a JWB, and with that of a ZIP some clients rename them."""


class Inspected(msgspec.Struct, frozen=True):
    kind: Kind
    media_type: str
    details: ArtifactDetails


def inspect_artifact(file: BinaryIO, size: int) -> Inspected:
    """What a seekable file of `size` bytes is; raises `BadFileError` where it is no artifact.

    | kind | what tells it |
    |---|---|
    | `jar` | a plugin: a ZIP with `atlassian-plugin.xml`, or a plugin key in its manifest |
    | `obr` | a ZIP with `obr.xml` and, beside it, the JAR of one plugin |
    | `jwb` | a ZIP with the `workflow.xml` of a Jira workflow |
    | `descriptor` | a JSON object with `key` and `baseUrl` or `authentication` |
    """
    if size == 0:
        raise BadFileError("is empty")
    file.seek(0)
    start = file.read(_START_BYTES)
    if start.startswith(SIGNS):
        return _inspect_archive(Archive(file, size))
    if not descriptors.looks_like_json(start):
        raise BadFileError(_UNKNOWN)
    if size > descriptors.MAX_BYTES:
        raise BadFileError(f"is a descriptor of more than {descriptors.MAX_BYTES} bytes")
    file.seek(0)
    details = descriptors.descriptor_details(file.read(size))
    return Inspected("descriptor", "application/json", details)


def _inspect_archive(archive: Archive) -> Inspected:
    # The more telling sign comes first: a plugin may well carry a workflow among its files, and
    # an OBR the manifest of its plugin.
    if not archive.has(PLUGIN_XML) and archive.has(_OBR_INDEX):
        return Inspected("obr", _BUNDLE, _obr_details(archive))
    details = plugin_details(archive)
    if details is not None:
        return Inspected("jar", "application/java-archive", details)
    if archive.has(_WORKFLOW):
        workflow = plugin_xml.Xml(archive.read(_WORKFLOW, plugin_xml.MAX_BYTES), _WORKFLOW)
        workflow.expect_root("workflow")
        return Inspected("jwb", _BUNDLE, ArtifactDetails(add_on_type="Workflow"))
    raise BadFileError(
        f"{_UNKNOWN}: the archive has no {PLUGIN_XML}, {_OBR_INDEX} or {_WORKFLOW} at its root, "
        f"and no {KEY_HEADER} in its manifest"
    )


def _obr_details(archive: Archive) -> ArtifactDetails:
    jars = [name for name in archive.names() if name.lower().endswith(".jar")]
    if len(jars) != 1 or not archive.has(jars[0]):
        raise BadFileError(f"is an OBR with {len(jars)} JARs at its root: it must have one")
    if archive.size(jars[0]) > MAX_PLUGIN_BYTES:
        raise BadFileError(f"is an OBR whose JAR has more than {MAX_PLUGIN_BYTES} bytes")
    with tempfile.TemporaryFile() as file:
        for piece in archive.pieces(jars[0]):
            file.write(piece)
        details = plugin_details(Archive(file, archive.size(jars[0])))
    if details is None:
        raise BadFileError(f"is an OBR whose JAR is no plugin: it has no {PLUGIN_XML}")
    return details
