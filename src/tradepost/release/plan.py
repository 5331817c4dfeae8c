"""The steps that are left of a release: what is wanted and what is there, compared.

Pure functions. Nothing is remembered from run to run: what the server shows is what has been
done, so a run that was broken off anywhere is gone on with by planning again.
"""

from collections.abc import Iterable

import msgspec
from msgspec import UNSET

from tradepost.app_software.model import AppSoftwareVersionGetResponse
from tradepost.app_version_listing.model import AppSoftwareVersionListing
from tradepost.release.bodies import version_body
from tradepost.release.compare import check_listing, check_version
from tradepost.release.errors import ConfigurationError
from tradepost.release.model import (
    LATEST,
    Body,
    CarriedRanges,
    CreateListing,
    CreateVersion,
    Found,
    Plan,
    PublishListing,
    Release,
    Step,
    StoreArtifact,
    Wanted,
)
from tradepost.release.versions import version_before, version_of
from tradepost.release.wanted import LISTING_CONTENT


def plan(wanted: Wanted, found: Found) -> Plan:
    """The steps from what is found to what is wanted; none where all is done.

    Raises `ConflictError` where what is there is something else, and `ConfigurationError` where
    the file and what can be taken over do not make a whole version and listing.
    """
    version = version_of(found.versions, wanted.number)
    problems: list[str] = []
    steps: list[Step] = []
    if version is not None:
        check_version(wanted, found, version)
    else:
        body = version_body(wanted, found, problems)
        if wanted.artifact is not None:
            steps.append(StoreArtifact(wanted.artifact))
        steps.append(CreateVersion(body))
    if wanted.listing_state is not None:
        build_number = None if version is None else version.build_number
        steps += _listing_steps(wanted, found, build_number, problems)
    if problems:
        raise ConfigurationError("the file does not make a good version", problems)
    return Plan(found.software_id, tuple(steps), version)


def releases_named(
    wanted: Wanted, versions: tuple[AppSoftwareVersionGetResponse, ...]
) -> set[Release]:
    """The releases of products whose build numbers a plan needs."""
    is_there = version_of(versions, wanted.number) is not None
    if not isinstance(wanted.ranges, CarriedRanges):
        named = {(one.parent, end) for one in wanted.ranges for end in (one.min, one.max) if end}
        # What was the latest when the version was made does not matter any more.
        return {each for each in named if not (is_there and each[1] == LATEST)}
    before = version_before(versions, wanted.number)
    if is_there or before is None or not wanted.ranges.to_latest:
        return set()
    return {
        (each.parent_software_id, LATEST)
        for each in before.compatibilities
        if each.max_build_number is not UNSET
    }


def _listing_steps(
    wanted: Wanted, found: Found, build_number: int | None, problems: list[str]
) -> Iterable[Step]:
    if build_number is None or found.listing is None:
        # The contract does not ask for a revision, but its clients send one.
        content = _content(wanted, found, problems)
        yield CreateListing(build_number, {**content, "state": wanted.listing_state, "revision": 1})
        return
    held = found.listing
    check_listing(wanted, held)
    if held.state == "PRIVATE" and wanted.listing_state == "PUBLIC":
        body = {
            **_content_of(held),
            "state": "PUBLIC",
            "approvalStatus": held.approval_status,
            "revision": held.revision,
        }
        yield PublishListing(build_number, body)


def _content(wanted: Wanted, found: Found, problems: list[str]) -> Body:
    if wanted.listing is not None:
        return wanted.listing
    if found.listing_before is None:
        problems.append(
            'listing.file is required, or listing.state = "none": '
            "there is no listing to take over from"
        )
        return {}
    return _content_of(found.listing_before)


def _content_of(listing: AppSoftwareVersionListing) -> Body:
    fields = msgspec.to_builtins(listing)
    return {name: value for name, value in fields.items() if name in LISTING_CONTENT}
