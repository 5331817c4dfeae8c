"""What the server shows of a release. It is only read.

Whatever cannot be read ends the look with the client's error: nothing may be created on a guess.
"""

from collections.abc import Iterable

from tradepost.app_software.model import AppSoftwareByAppKeyResponse
from tradepost.app_version_listing.model import AppSoftwareVersionListing
from tradepost.client import (
    AppKeyNotFoundError,
    Client,
    NotFoundError,
    ParentSoftwareNotFoundError,
    ParentSoftwareVersionNotFoundError,
)
from tradepost.parent_software.model import Hosting
from tradepost.release.errors import ConfigurationError, ConflictError
from tradepost.release.model import LATEST, Found, Release, Wanted
from tradepost.release.plan import releases_named
from tradepost.release.versions import artifact_id_of, can_take_over, version_of


def look(client: Client, wanted: Wanted) -> Found:
    """Read what is there of a release.

    Raises `ConfigurationError` where the file names what the server does not have,
    `ConflictError` where the app software is archived, and what the client raises.
    """
    software_id = _software_id(client, wanted)
    versions = tuple(client.iterate_app_software_versions(software_id))
    version = version_of(versions, wanted.number)
    artifact_id = None if version is None else artifact_id_of(version)
    number = None if version is None else version.build_number
    listing = None if number is None else look_at_listing(client, software_id, number)
    carries_listing = wanted.listing_state is not None and wanted.listing is None
    return Found(
        software_id=software_id,
        versions=versions,
        builds=_builds(client, releases_named(wanted, versions), wanted.hosting),
        artifact=None if artifact_id is None else client.get_artifact(artifact_id),
        listing=listing,
        listing_before=_listing_before(client, software_id, number)
        if carries_listing and listing is None
        else None,
    )


def _software_id(client: Client, wanted: Wanted) -> str:
    boundaries = None if wanted.boundary is None else [wanted.boundary]
    try:
        found = client.get_app_software_by_app_key(
            wanted.app_key, hosting=wanted.hosting, compliance_boundaries=boundaries
        )
    except AppKeyNotFoundError:
        raise ConfigurationError(f"the server has no app with the key {wanted.app_key}") from None
    fitting = [each for each in found if _fits(each, wanted)]
    which = " ".join(filter(None, (wanted.hosting, wanted.boundary)))
    if len(fitting) != 1:
        many = "no" if not fitting else "more than one"
        raise ConfigurationError(f"the app {wanted.app_key} has {many} app software for {which}")
    if fitting[0].archived:
        raise ConflictError(f"the app software of {wanted.app_key} for {which} is archived")
    return fitting[0].app_software_id


def _fits(software: AppSoftwareByAppKeyResponse, wanted: Wanted) -> bool:
    boundaries = software.compliance_boundaries
    return software.hosting == wanted.hosting and (
        boundaries is None or wanted.boundary is None or wanted.boundary in boundaries
    )


def look_at_listing(
    client: Client, software_id: str, build_number: int
) -> AppSoftwareVersionListing | None:
    """The listing of a version that is there, or `None` where it has none."""
    try:
        return client.get_app_software_version_listing(software_id, build_number)
    except NotFoundError as error:
        if not error.errors:  # that says something about the way there, not about the listing
            raise
        return None


def _listing_before(
    client: Client, software_id: str, build_number: int | None
) -> AppSoftwareVersionListing | None:
    """The newest listing of another version that can be taken over."""
    for listing in client.iterate_app_software_version_listings(software_id):
        if can_take_over(listing, build_number):
            return listing
    return None


def _builds(client: Client, named: Iterable[Release], hosting: Hosting) -> dict[Release, int]:
    """The build numbers of releases. Raises `ConfigurationError` with all that are not there."""
    builds: dict[Release, int] = {}
    problems = []
    for parent, number in sorted(named):
        try:
            found = (
                _latest(client, parent, hosting)
                if number == LATEST
                else client.get_parent_software_version_by_number(parent, number).build_number
            )
        except ParentSoftwareNotFoundError:
            problems.append(f"there is no product {parent}")
        except ParentSoftwareVersionNotFoundError:
            problems.append(f"there is no release {number} of {parent}")
        else:
            if found is None:
                problems.append(f"there is no release of {parent} for {hosting}")
            else:
                builds[parent, number] = found
    if problems:
        told = list(dict.fromkeys(problems))
        raise ConfigurationError("the compatibility names what the server does not have", told)
    return builds


def _latest(client: Client, parent: str, hosting: Hosting) -> int | None:
    """The build number of the newest release of a product that has the hosting."""
    for release in client.iterate_parent_software_versions(parent):
        if hosting in release.hosting and release.state == "active":
            return release.build_number
    return None
