"""The wire of App listing. Names and shapes are those of the reference."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.app_version_listing.model import ListingApprovalDetails
from tradepost.http.cursors import PageLinks
from tradepost.http.fields import AppKey, Caption, Line, Prose, Revision, Summary, Url, Uuid

ProductListingState = Literal["PUBLIC", "PRIVATE", "READY_TO_LAUNCH", "ARCHIVED", "DELETED"]
ProductApprovalStatus = Literal["REJECTED", "APPROVED", "SUBMITTED", "NOT_ASSIGNED"]
StateAfterApproval = Literal["PRIVATE", "READY_TO_LAUNCH", "PUBLIC"]
Visibility = Literal["site", "app"]
ProgramStatus = Literal["APPROVED", "REJECTED", "NON_PARTICIPANT", "APPLIED"]
Lines = Annotated[list[Line], Meta(max_length=100)]


class ProductImages(msgspec.Struct, rename="camel"):
    icon_file_id: Uuid | UnsetType = UNSET
    title_logo_file_id: Uuid | UnsetType = UNSET
    banner_file_id: Uuid | UnsetType = UNSET


class Tag(msgspec.Struct, rename="camel"):
    """A category or keyword as it is answered: `id` is its name in lower case with dashes."""

    id: str
    name: str


class SentTag(msgspec.Struct, rename="camel"):
    """A category or keyword as it was read: its `id` follows from the name and is ignored."""

    name: Line


# The contract sends names and answers objects. Both are taken, so that what was read can be sent.
SentTags = Annotated[list[Line | SentTag], Meta(max_length=100)]


class TagsRequest(msgspec.Struct, rename="camel"):
    category: SentTags | UnsetType = UNSET
    keywords: SentTags | UnsetType = UNSET


class Tags(msgspec.Struct, rename="camel"):
    category: list[Tag] | UnsetType = UNSET
    keywords: list[Tag] | UnsetType = UNSET


class ProductLinks(msgspec.Struct, rename="camel"):
    issue_tracker: Url | UnsetType = UNSET
    support_ticket_system: Url | UnsetType = UNSET
    app_status_page: Url | UnsetType = UNSET
    forums: Url | UnsetType = UNSET
    privacy: Url | UnsetType = UNSET


class ThirdPartyIntegrations(msgspec.Struct, rename="camel"):
    google_analytics_id: Line | UnsetType = UNSET
    google_analytics4_id: Line | UnsetType = msgspec.field(name="googleAnalytics4Id", default=UNSET)
    segment_write_key: Line | UnsetType = UNSET
    jsd_embedded_data_key: Uuid | UnsetType = UNSET


class EnrolledProgram(msgspec.Struct, rename="camel"):
    id: Line
    status: ProgramStatus
    hosting_type: Literal["CLOUD", "DC", "SERVER"]
    name: Line | UnsetType = UNSET


class LegacyListingDetails(msgspec.Struct, rename="camel"):
    description: Prose | UnsetType = UNSET
    wiki_link: Url | UnsetType = UNSET
    source_link: Url | UnsetType = UNSET
    builds_link: Url | UnsetType = UNSET


class HostingVisibility(msgspec.Struct, rename="camel"):
    cloud: Visibility | UnsetType = UNSET
    server: Visibility | UnsetType = UNSET
    data_center: Visibility | UnsetType = UNSET


class _Content(msgspec.Struct, rename="camel", kw_only=True):
    """What requests and answers have in common."""

    app_key: AppKey
    developer_id: Uuid
    app_name: Line
    summary: Summary | UnsetType = UNSET
    tag_line: Caption | UnsetType = UNSET
    images: ProductImages | UnsetType = UNSET
    community_enabled: bool
    developer_links: ProductLinks | UnsetType = UNSET
    third_party_integrations: ThirdPartyIntegrations | UnsetType = UNSET
    enrolled_programs: Annotated[list[EnrolledProgram], Meta(max_length=100)] | UnsetType = UNSET
    legacy_listing_details: LegacyListingDetails | UnsetType = UNSET
    state: ProductListingState
    approval_status: ProductApprovalStatus
    revision: Revision
    data_center_review_issue_key: Line | UnsetType = UNSET
    hosting_visibility: HostingVisibility | UnsetType = UNSET
    state_after_approval: StateAfterApproval | UnsetType = UNSET
    marketing_labels: Lines | UnsetType = UNSET


class UpdateProductListingV3Request(_Content, rename="camel", kw_only=True):
    """`approvalStatus` is required by the contract and decides nothing."""

    tags: TagsRequest | UnsetType = UNSET


class ProductApprovalDetails(ListingApprovalDetails, rename="camel"):
    """`rejectionReason` is ours: the contract has no field that tells why."""

    rejection_reason: str | UnsetType = UNSET


class ProductListing(_Content, rename="camel", kw_only=True):
    """The listing of an app as it is stored and served."""

    product_id: str
    tags: Tags | UnsetType = UNSET
    approval_details: ProductApprovalDetails | UnsetType = UNSET
    slug: str
    cloud_compliance_boundary: bool


class ProductListings(msgspec.Struct, rename="camel"):
    links: PageLinks
    items: list[ProductListing]
