"""The wire of Assets. Names and shapes are those of the reference."""

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.http.fields import Url

ImageType = Literal[
    "banner", "hero", "icon", "logo", "screenshot", "screenshot-thumbnail", "title-logo"
]
IMAGE_TYPES: tuple[ImageType, ...] = get_args(ImageType)
DataCenterStatus = Literal["compatible", "pending", "rejected"]


class ArtifactFileInfo(msgspec.Struct, rename="camel"):
    """`size` is in bytes; `checksum` is `sha512:` and 128 hexadecimal digits."""

    logical_file_name: str
    size: int
    checksum: str


class ArtifactDetails(msgspec.Struct, rename="camel"):
    """What an artifact says of itself; what it does not say is left out."""

    key: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    version: str | UnsetType = UNSET
    licensing_enabled: bool | UnsetType = UNSET
    data_center_compatible: bool | UnsetType = UNSET
    add_on_type: str | UnsetType = UNSET
    remotable: bool | UnsetType = UNSET
    data_center_status: DataCenterStatus | UnsetType = UNSET
    editions_enabled: bool | UnsetType = UNSET


class Link(msgspec.Struct, rename="camel"):
    href: str
    type: str | UnsetType = UNSET
    title: str | UnsetType = UNSET


class BinaryArtifactLinks(msgspec.Struct, rename="camel"):
    self: Link
    binary: Link


class RemoteArtifactLinks(BinaryArtifactLinks, rename="camel"):
    remote: Link


class ArtifactLinks(BinaryArtifactLinks, rename="camel"):
    """`remote` is where an artifact was fetched from; one that was uploaded has none."""

    remote: Link | UnsetType = UNSET


class _Artifact(msgspec.Struct, rename="camel", kw_only=True):
    file_info: ArtifactFileInfo
    details: ArtifactDetails | UnsetType = UNSET


class UploadedSoftwareArtifact(_Artifact, rename="camel", kw_only=True):
    links: BinaryArtifactLinks = msgspec.field(name="_links")


class RemoteFetchedSoftwareArtifact(_Artifact, rename="camel", kw_only=True):
    links: RemoteArtifactLinks = msgspec.field(name="_links")


class SoftwareArtifact(_Artifact, rename="camel", kw_only=True):
    """Either of them, as it is stored and served."""

    links: ArtifactLinks = msgspec.field(name="_links")


class ArtifactFetchRequest(msgspec.Struct):
    """Where the artifact is to be fetched from: an http or https URL."""

    uri: Annotated[Url, Meta(min_length=1)]


class MediaV3Response(msgspec.Struct, rename="camel"):
    """An image. `mediaType` is the kind of image it was uploaded as; `size` is in bytes."""

    id: str
    media_type: ImageType
    mime_type: str
    name: str
    size: int
