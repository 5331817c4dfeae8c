"""What a release is made of: what is wanted, what was found, the steps, and how it ended.

Bodies are mappings in the wire's names, as they are sent. Nothing here does I/O.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

import msgspec

from tradepost.app_software.model import AppSoftwareVersionGetResponse
from tradepost.app_version_listing.model import AppSoftwareVersionListing
from tradepost.apps.model import ComplianceBoundary
from tradepost.assets.model import SoftwareArtifact
from tradepost.parent_software.model import FrameworkId, Hosting

Body = Mapping[str, Any]

LATEST: Final = "latest"
"""Instead of a version number: the newest release of the product."""
PENDING_ARTIFACT: Final = "00000000-0000-0000-0000-000000000000"
"""Stands in bodies for the id of an artifact that the server does not have yet."""


class LocalArtifact(msgspec.Struct, frozen=True):
    """A file to upload. `size` is in bytes; `checksum` is written as the wire does."""

    path: Path
    size: int
    checksum: str


class RemoteArtifact(msgspec.Struct, frozen=True):
    """A file that the server is to fetch. `checksum` is what it must have; empty for any."""

    url: str
    checksum: str = ""


class ProductRange(msgspec.Struct, frozen=True):
    """The releases of a product that a version runs on, by their version numbers, ends included.

    An empty text leaves an end open.
    """

    parent: str
    min: str = ""
    max: str = ""


class CarriedRanges(msgspec.Struct, frozen=True):
    """The ranges of the version before, with their upper ends raised to the latest or not."""

    to_latest: bool = False


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The release that a file asks for.

    `fields` are those of the version that the file gives, but for the build number, the ranges
    and the framework; what it does not give is carried over. `attributes` lie over those that are
    carried over where the framework is the same. `listing` is `None` for one that is carried
    over; `listing_state` is `None` where the version is to have no listing.
    """

    app_key: str
    hosting: Hosting
    boundary: ComplianceBoundary | None
    number: str
    build_number: int | None
    build_step: int
    fields: Body
    framework: FrameworkId | None
    attributes: Body
    artifact: LocalArtifact | RemoteArtifact | None
    ranges: tuple[ProductRange, ...] | CarriedRanges
    listing: Body | None
    listing_state: Literal["PUBLIC", "PRIVATE"] | None


Release = tuple[str, str]
"""A release of a product: the product's id and the version number, or `LATEST`."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the server shows of an app software: all versions, newest first, and what belongs to
    the release that is wanted.

    `builds` are the build numbers of the products' releases that matter. `artifact` and `listing`
    are those of the version that is wanted, where it is there; `listing_before` is that of the
    newest other version that has one.
    """

    software_id: str
    versions: tuple[AppSoftwareVersionGetResponse, ...]
    builds: Mapping[Release, int]
    artifact: SoftwareArtifact | None = None
    listing: AppSoftwareVersionListing | None = None
    listing_before: AppSoftwareVersionListing | None = None


class StoreArtifact(msgspec.Struct, frozen=True):
    """Upload the artifact, or let the server fetch it. Doing it twice stores it once."""

    name: ClassVar[str] = "store-artifact"
    artifact: LocalArtifact | RemoteArtifact


class CreateVersion(msgspec.Struct, frozen=True):
    """Create the version. `PENDING_ARTIFACT` in the body gives way to the artifact's id."""

    name: ClassVar[str] = "create-version"
    body: Body


class CreateListing(msgspec.Struct, frozen=True):
    """Create the listing. `build_number` is `None` while the version is not there."""

    name: ClassVar[str] = "create-listing"
    build_number: int | None
    body: Body


class PublishListing(msgspec.Struct, frozen=True):
    """Make a private listing public: the listing as it was read, but for its state."""

    name: ClassVar[str] = "publish-listing"
    build_number: int
    body: Body


Step = StoreArtifact | CreateVersion | CreateListing | PublishListing


class Plan(msgspec.Struct, frozen=True):
    """The steps that are left of a release, in order; `version` is what is there already."""

    software_id: str
    steps: tuple[Step, ...]
    version: AppSoftwareVersionGetResponse | None


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """How a release ended. `done` are the steps that this run has taken, by their names."""

    software_id: str
    version: AppSoftwareVersionGetResponse
    listing: AppSoftwareVersionListing | None
    artifact: SoftwareArtifact | None
    done: tuple[str, ...]
