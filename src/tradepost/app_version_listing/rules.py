"""Rules of version listings: pure functions, no I/O.

Source: "App version listing" and "States" in the contract's semantics. Rules look at bodies that
may be good in part only: a field that was wrong is `MISSING`, and its problem has been told.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import UNSET

from tradepost.app_software.model import AppSoftwareVersionGetResponse, VersionState
from tradepost.app_version_listing.model import (
    ApprovalStatus,
    AppSoftwareVersionListing,
    CreateAppSoftwareVersionListingV3Request,
    ListingApprovalDetails,
    UpdateAppSoftwareVersionListingV3Request,
)
from tradepost.http.bodies import known, problem
from tradepost.http.errors import Problem

_HIGHLIGHTS: Final = 3
APPROVED_STATES: Final[frozenset[VersionState]] = frozenset({"approved", "auto-approved"})
"""The states of a version that waits for its listing to become public."""

Body = CreateAppSoftwareVersionListingV3Request | UpdateAppSoftwareVersionListingV3Request


def content_problems(body: Body, missing_images: set[str]) -> list[Problem]:
    """What is wrong with the content of a listing."""
    problems = []
    if known(body.highlights) and len(body.highlights) not in (0, _HIGHLIGHTS):  # type: ignore[arg-type]
        problems.append(problem("highlights", f"must be exactly {_HIGHLIGHTS}, or none"))
    problems += [
        problem(path, "is no image that was uploaded")
        for path, image_id in images_of(body)
        if image_id in missing_images
    ]
    return problems


def images_of(body: Body) -> Iterator[tuple[str, str]]:
    """The images that a listing names: the path of each field, and the image's id."""
    for path, image_id in _image_fields(body):
        if known(image_id):
            yield path, image_id


def _image_fields(body: Body) -> Iterator[tuple[str, Any]]:
    yield "heroImage", body.hero_image
    for index, screenshot in _each(body.screenshots):
        yield f"screenshots[{index}].imageId", screenshot.image_id
    for index, highlight in _each(body.highlights):
        yield f"highlights[{index}].thumbnail", highlight.thumbnail
        if known(highlight.screenshot):
            yield f"highlights[{index}].screenshot.imageId", highlight.screenshot.image_id
    for index, instruction in _each(body.deployment_instructions):
        if known(instruction.screenshot):
            yield (
                f"deploymentInstructions[{index}].screenshot.imageId",
                instruction.screenshot.image_id,
            )


def _each(elements: Any) -> Iterator[tuple[int, Any]]:
    """The elements of a list that are good, with their places."""
    if known(elements):
        yield from ((index, one) for index, one in enumerate(elements) if known(one))


def settle(
    listing: AppSoftwareVersionListing, version: AppSoftwareVersionGetResponse, at: str
) -> None:
    """Give a listing the approval status that follows from its own and its version's state.

    Only what is public is looked at by anyone: a private listing keeps the status that it has.
    """
    if listing.state == "PRIVATE":
        return
    if version.state == "submitted":
        _set_status(listing, "SUBMITTED", at)
    elif version.state in APPROVED_STATES or version.state == "active":
        _set_status(listing, "APPROVED", at, _approver(version))


def decide(
    listing: AppSoftwareVersionListing, version: AppSoftwareVersionGetResponse, at: str
) -> None:
    """Let a listing that waits for review share what was decided about its version."""
    if listing.approval_status != "SUBMITTED":
        return
    if version.state == "rejected":
        _set_status(listing, "REJECTED", at)
    else:
        _set_status(listing, "APPROVED", at, _approver(version))


def _set_status(
    listing: AppSoftwareVersionListing, status: ApprovalStatus, at: str, approver: str = ""
) -> None:
    if listing.approval_status == status:
        return
    listing.approval_status = status
    held = listing.approval_details
    details = ListingApprovalDetails() if held is UNSET else msgspec.structs.replace(held)
    if status == "SUBMITTED":
        details = ListingApprovalDetails(submitted_date=at)
    elif status == "APPROVED":
        details.approval_date, details.approved_by = at, approver
    listing.approval_details = details


def _approver(version: AppSoftwareVersionGetResponse) -> str:
    details = version.approval_details
    if details is UNSET or details.approved_by is UNSET:
        return ""
    return details.approved_by
