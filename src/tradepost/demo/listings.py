"""The version listings of the demo data: in every state and approval status that can arise."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import UNSET, UnsetType

from tradepost.app_software.model import AppSoftwareVersionGetResponse
from tradepost.app_version_listing.model import (
    ApprovalStatus,
    AppSoftwareVersionListing,
    ListingApprovalDetails,
    ListingDeploymentInstruction,
    ListingHighlight,
    ListingLinks,
    ListingScreenshot,
    ListingState,
)
from tradepost.apps.model import AppSoftware
from tradepost.demo import data, files

_OF_STATE: Final[dict[str, tuple[ListingState, ApprovalStatus]]] = {
    "active": ("PUBLIC", "APPROVED"),
    "draft": ("PUBLIC", "UNINITIATED"),
    "submitted": ("PUBLIC", "SUBMITTED"),
    "rejected": ("PUBLIC", "REJECTED"),
    "approved": ("PRIVATE", "APPROVED"),
    "auto-approved": ("PRIVATE", "UNINITIATED"),
}
"""What the listing of a version usually is, by the version's state."""
_TAKEN_BACK: Final = (10, 11)
"""Versions of the cloud app software, counted from the newest, whose listings were made private
after they had been submitted."""
_LISTED: Final = {data.ADDON_CLOUD.id: 20}
"""How many of the newest versions have a listing, where it is more than one."""


def listings(
    versions: Iterable[tuple[AppSoftware, AppSoftwareVersionGetResponse]],
) -> Iterator[tuple[AppSoftware, AppSoftwareVersionListing]]:
    """The listings of some versions, which come with the oldest of each app software first."""
    by_software: dict[str, list[tuple[AppSoftware, AppSoftwareVersionGetResponse]]] = {}
    for software, version in versions:
        by_software.setdefault(software.id, []).append((software, version))
    for software_id, held in by_software.items():
        for from_end, (software, version) in enumerate(reversed(held)):
            if from_end < _LISTED.get(software_id, 1) and version.state != "archived":
                yield software, _listing(software, version, from_end)


def _listing(
    software: AppSoftware, version: AppSoftwareVersionGetResponse, from_end: int
) -> AppSoftwareVersionListing:
    state, status = _OF_STATE[version.state]
    if software is data.ADDON_CLOUD and from_end in _TAKEN_BACK:
        state = "PRIVATE"
    board, filters, report = files.SCREENSHOTS
    return AppSoftwareVersionListing(
        screenshots=[ListingScreenshot(board, "The board"), ListingScreenshot(report)],
        highlights=[
            ListingHighlight(
                ListingScreenshot(board),
                "See it at a glance",
                summary="Every issue on one board.",
                thumbnail=files.THUMBNAIL,
            ),
            ListingHighlight(
                ListingScreenshot(filters), "Saved filters", summary="Found once, found for all."
            ),
            ListingHighlight(
                ListingScreenshot(report), "Reports", summary="How long issues stay where."
            ),
        ],
        more_details="A board for every team, and reports of where issues stay.",
        hero_image=files.HERO,
        deployment_instructions=UNSET
        if software.hosting == "cloud"
        else [ListingDeploymentInstruction("Upload the file under Manage apps.")],
        developer_links=ListingLinks(
            documentation="https://apps.example.com/docs", eula="https://apps.example.com/eula"
        ),
        state=state,
        approval_status=status,
        approval_details=_details(version, status),
        build_number=version.build_number,
        app_software_id=software.id,
        revision=1,
    )


def _details(
    version: AppSoftwareVersionGetResponse, status: ApprovalStatus
) -> ListingApprovalDetails | UnsetType:
    held = version.approval_details
    if status == "UNINITIATED" or held is UNSET:
        return UNSET
    if status == "APPROVED":
        return ListingApprovalDetails(
            approval_date=held.approved_at,
            submitted_date=held.submitted_at,
            approved_by=held.approved_by,
        )
    return ListingApprovalDetails(submitted_date=held.submitted_at)
