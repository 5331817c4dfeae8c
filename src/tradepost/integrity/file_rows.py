"""What rows of uploads and of parent software must be."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta

from tradepost.assets.model import ImageType, MediaV3Response, SoftwareArtifact
from tradepost.http.fields import BuildNumber, Line, Uuid
from tradepost.integrity.checked import At, Checked, Count
from tradepost.integrity.documents import differences, read
from tradepost.integrity.model import Names
from tradepost.parent_software.model import (
    ParentSoftwareGetResponse,
    ParentSoftwareVersionGetResponse,
)

Sha512 = Annotated[str, Meta(pattern=r"^[0-9a-f]{128}$")]

_artifact = msgspec.json.Decoder(SoftwareArtifact)
_image = msgspec.json.Decoder(MediaV3Response)
_owners = msgspec.json.Decoder(list[Uuid])
_parent = msgspec.json.Decoder(ParentSoftwareGetResponse)
_release = msgspec.json.Decoder(ParentSoftwareVersionGetResponse)


class ArtifactRow(Checked):
    pk: int
    id: Uuid
    sha512: Sha512
    size: Count
    media_type: str
    file_name: str
    remote: str
    owners: str
    created_by: str
    created_at: At
    document: bytes

    def problems(self, names: Names) -> Iterator[str]:
        found = read(_artifact, self.document)
        links = found.links
        yield from differences(
            id=(f"/rest/3/artifacts/{self.id}", links.self.href),
            sha512=(f"sha512:{self.sha512}", found.file_info.checksum),
            size=(self.size, found.file_info.size),
            media_type=(self.media_type, links.binary.type),
            file_name=(self.file_name, found.file_info.logical_file_name),
            remote=(self.remote, "" if links.remote is UNSET else links.remote.href),
        )
        yield from _unknown_owners(self.owners, names)


class ImageRow(Checked):
    pk: int
    id: Uuid
    sha512: Sha512
    size: Count
    image_type: ImageType
    media_type: str
    file_name: str
    owners: str
    created_by: str
    created_at: At
    document: bytes

    def problems(self, names: Names) -> Iterator[str]:
        found = read(_image, self.document)
        yield from differences(
            id=(self.id, found.id),
            size=(self.size, found.size),
            image_type=(self.image_type, found.media_type),
            media_type=(self.media_type, found.mime_type),
            file_name=(self.file_name, found.name),
        )
        yield from _unknown_owners(self.owners, names)


def _unknown_owners(owners: str, names: Names) -> Iterator[str]:
    for owner in read(_owners, owners.encode()):
        if owner not in names.space_ids:
            yield f"its owner {owner} is no developer space"


class Catalogue(Checked):
    changes: Count


class ParentRow(Checked):
    pk: int
    id: Line
    document: bytes

    def problems(self, names: Names) -> Iterator[str]:
        yield from differences(id=(self.id, read(_parent, self.document).id))


class ReleaseRow(Checked):
    parent_software_pk: int
    build_number: BuildNumber
    version_number: Line
    document: bytes

    def problems(self, names: Names) -> Iterator[str]:
        found = read(_release, self.document)
        yield from differences(
            build_number=(self.build_number, found.build_number),
            version_number=(self.version_number, found.version_number),
        )
