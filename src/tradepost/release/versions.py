"""Which of the versions that are there matter to a release. Pure functions."""

from collections.abc import Iterable
from typing import Final

from tradepost.app_software.model import AppSoftwareVersionGetResponse, VersionState
from tradepost.app_version_listing.model import AppSoftwareVersionListing

_NOT_CARRIED_FROM: Final[frozenset[VersionState]] = frozenset({"draft", "rejected", "archived"})


def version_of(
    versions: Iterable[AppSoftwareVersionGetResponse], number: str
) -> AppSoftwareVersionGetResponse | None:
    """The version with a version number."""
    return next((version for version in versions if version.version_number == number), None)


def version_before(
    versions: Iterable[AppSoftwareVersionGetResponse], number: str
) -> AppSoftwareVersionGetResponse | None:
    """The version that the one with a number takes over from: the newest other one that customers
    have, or are to have. `versions` come newest first."""
    for version in versions:
        if version.version_number != number and version.state not in _NOT_CARRIED_FROM:
            return version
    return None


def artifact_id_of(version: AppSoftwareVersionGetResponse) -> str | None:
    """The id of the artifact that a version is made of, where it has one."""
    return getattr(version.framework_details.attributes, "artifact_id", None)


def can_take_over(listing: AppSoftwareVersionListing, build_number: int | None) -> bool:
    """Whether the version with a build number can take over a listing."""
    return listing.build_number != build_number and listing.approval_status != "REJECTED"
