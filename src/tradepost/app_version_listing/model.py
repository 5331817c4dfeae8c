"""The wire of App version listing. Names and shapes are those of the reference."""

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.http.cursors import PageLinks
from tradepost.http.fields import Caption, Prose, Revision, Summary, Url, Uuid

ListingState = Literal["PRIVATE", "PUBLIC"]
ApprovalStatus = Literal["APPROVED", "SUBMITTED", "REJECTED", "UNINITIATED"]
LISTING_STATES: tuple[str, ...] = get_args(ListingState)
APPROVAL_STATUSES: tuple[str, ...] = get_args(ApprovalStatus)
SentApprovalStatus = Literal["APPROVED", "REJECTED", "PENDING_REVIEW", "SUBMITTED", "UNINITIATED"]


class ListingScreenshot(msgspec.Struct, rename="camel"):
    image_id: Uuid
    caption: Caption | UnsetType = UNSET


class ListingHighlight(msgspec.Struct, rename="camel"):
    screenshot: ListingScreenshot
    title: Caption | UnsetType = UNSET
    caption: Caption | UnsetType = UNSET
    summary: Summary | UnsetType = UNSET
    thumbnail: Uuid | UnsetType = UNSET


class ListingDeploymentInstruction(msgspec.Struct, rename="camel"):
    body: Prose
    screenshot: ListingScreenshot | UnsetType = UNSET


class ListingLinks(msgspec.Struct, rename="camel"):
    documentation: Url | UnsetType = UNSET
    learn_more: Url | UnsetType = UNSET
    eula: Url | UnsetType = UNSET
    purchase: Url | UnsetType = UNSET
    bon_terms_supported: bool | UnsetType = UNSET
    partner_specific_terms: Prose | UnsetType = UNSET


class _Content(msgspec.Struct, rename="camel", kw_only=True):
    """What customers read; the same in requests and answers."""

    screenshots: Annotated[list[ListingScreenshot], Meta(max_length=100)] | UnsetType = UNSET
    highlights: Annotated[list[ListingHighlight], Meta(max_length=100)] | UnsetType = UNSET
    more_details: Prose | UnsetType = UNSET
    hero_image: Uuid | UnsetType = UNSET
    youtube_id: Caption | UnsetType = UNSET
    deployment_instructions: (
        Annotated[list[ListingDeploymentInstruction], Meta(max_length=100)] | UnsetType
    ) = UNSET
    developer_links: ListingLinks | UnsetType = UNSET
    state: ListingState


class CreateAppSoftwareVersionListingV3Request(_Content, rename="camel", kw_only=True):
    """A `revision`, which clients send as well, is ignored like any field that is not known."""


class UpdateAppSoftwareVersionListingV3Request(_Content, rename="camel", kw_only=True):
    """`approvalStatus` is required by the contract and decides nothing."""

    approval_status: SentApprovalStatus
    revision: Revision


class ListingApprovalDetails(msgspec.Struct, rename="camel"):
    issue_key: str | UnsetType = UNSET
    approval_date: str | UnsetType = UNSET
    submitted_date: str | UnsetType = UNSET
    approved_by: str | UnsetType = UNSET


class AppSoftwareVersionListing(_Content, rename="camel", kw_only=True):
    """A listing as it is stored and served."""

    approval_status: ApprovalStatus
    approval_details: ListingApprovalDetails | UnsetType = UNSET
    build_number: int
    app_software_id: str
    revision: int


class AppSoftwareVersionListings(msgspec.Struct, rename="camel"):
    links: PageLinks
    versions: list[AppSoftwareVersionListing]
