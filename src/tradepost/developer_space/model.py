"""The wire of developer spaces: in the administration interface, and in the reference's group."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.http.cursors import PageLinks
from tradepost.http.fields import BuildNumber, Date, Email, Line, Prose, Url, Uuid

ApprovalPolicy = Literal["auto", "manual"]
RoleId = Literal[
    "admin",
    "partner-details-manager",
    "listing-specialist",
    "payment-details-manager",
    "release-manager",
    "pricing-specialist",
    "promotions-manager",
    "data-analyst",
    "viewer",
]
Roles = Annotated[list[RoleId], Meta(min_length=1, max_length=100)]
Category = Literal[
    "primary",
    "engineering",
    "marketing",
    "finance",
    "support",
    "security",
    "migrations",
    "salessupportandapprovals",
]
Categories = Annotated[list[Category], Meta(max_length=100)]
SpaceStatus = Literal["ACTIVE", "INACTIVE", "ARCHIVED"]
ListingType = Literal["DEVELOPER_CORE", "DEVELOPER_WEB"]
Day = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]


class DeveloperSpaceCreateRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """`id` is generated where it is absent, and `vendorId` is one more than the highest."""

    name: Line
    id: Uuid | UnsetType = UNSET
    vendor_id: BuildNumber | UnsetType = UNSET
    approval_policy: ApprovalPolicy = "auto"


class DeveloperSpaceUpdateRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What is absent stays as it is; a `catalogAccountId` of `null` is taken away."""

    name: Line | UnsetType = UNSET
    approval_policy: ApprovalPolicy | UnsetType = UNSET
    catalog_account_id: Line | UnsetType | None = UNSET


class DeveloperSpace(msgspec.Struct, rename="camel", omit_defaults=True):
    id: str
    vendor_id: int
    name: str
    approval_policy: ApprovalPolicy
    created_at: str
    archived_at: str | UnsetType = UNSET
    catalog_account_id: str | UnsetType = UNSET


class DeveloperSpacePage(msgspec.Struct, rename="camel"):
    links: PageLinks
    developer_spaces: list[DeveloperSpace]


class MemberWriteRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Categories that are absent stay as they are; a new member has none then."""

    roles: Roles
    categories: Categories | UnsetType = UNSET


class Member(msgspec.Struct, rename="camel"):
    person_id: str
    email: str
    name: str
    roles: list[RoleId]
    categories: list[Category]
    joined_at: str


class MemberPage(msgspec.Struct, rename="camel"):
    links: PageLinks
    members: list[Member]


# What follows is the wire of the reference's group "Developer space".


class DeveloperSpaceResponse(msgspec.Struct, rename="camel"):
    """A developer space as the contract has it; the administration's own has more."""

    id: str
    name: str
    status: SpaceStatus
    type: Literal["ATLASSIAN_INTERNAL", "ATLASSIAN_EXTERNAL"]
    vendor_id: int | UnsetType = UNSET
    version: int | UnsetType = UNSET


class DeveloperId(msgspec.Struct, rename="camel"):
    developer_id: str


class DeveloperCatalogAccountId(msgspec.Struct, rename="camel"):
    developer_id: str
    catalog_account_id: str


class MemberRole(msgspec.Struct, rename="camel"):
    """A role in a developer space; `resourceId` is the id of the space."""

    role_id: RoleId
    resource_type: Literal["DEVELOPER_SPACE"]
    resource_id: Line


class DeveloperMemberWrites(msgspec.Struct, rename="camel"):
    """What is absent stays as it is; a new member needs at least one role."""

    roles: Annotated[list[MemberRole], Meta(max_length=100)] | UnsetType = UNSET
    categories: Categories | UnsetType = UNSET


class DeveloperMember(msgspec.Struct, rename="camel"):
    """A member as the contract has it. `aaid` is the id of the person."""

    aaid: str | UnsetType = UNSET
    roles: list[MemberRole] | UnsetType = UNSET
    categories: list[Category] | UnsetType = UNSET
    email: str | UnsetType = UNSET
    user_name: str | UnsetType = UNSET


class AllDeveloperMembers(msgspec.Struct, rename="camel"):
    """A page of members. `next` is a bare cursor, not a link; the last page has none."""

    members: list[DeveloperMember]
    next: str | UnsetType = UNSET


class ContactDetails(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    email_id: Email
    phone_number: Line | UnsetType = UNSET
    homepage_url: Url | UnsetType = UNSET
    other_contact_details: Prose | UnsetType = UNSET


class Address(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    line1: Line | UnsetType = UNSET
    line2: Line | UnsetType = UNSET
    city: Line | UnsetType = UNSET
    state: Line | UnsetType = UNSET
    postcode: Line | UnsetType = UNSET
    iso_country_code: Line | UnsetType = UNSET


class DeveloperCoreListing(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    contact_details: ContactDetails
    description: Prose | UnsetType = UNSET
    slug: Line | UnsetType = UNSET
    address: Address | UnsetType = UNSET


class Image(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    file_link: Line
    file_id: Line
    file_type: Line | UnsetType = UNSET


class LogoImage(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    display_image: Image | UnsetType = UNSET
    unscaled_image: Image | UnsetType = UNSET
    high_resolution_image: Image | UnsetType = UNSET
    small_image: Image | UnsetType = UNSET
    small_high_res_image: Image | UnsetType = UNSET


class SupportContact(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    name: Line
    email: Email | UnsetType = UNSET
    phone: Line | UnsetType = UNSET
    emergency_contact: Url | UnsetType = UNSET
    url: Url | UnsetType = UNSET


class TimeRange(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    from_: Line | UnsetType = msgspec.field(name="from", default=UNSET)
    to: Line | UnsetType = UNSET


class Holiday(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    title: Line
    date: Date
    repeat_annually: bool


class SupportHours(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    timezone: Line
    days: Annotated[list[Day], Meta(max_length=7)]
    holidays: Annotated[list[Holiday], Meta(max_length=100)]
    range: TimeRange | UnsetType = UNSET


class DeveloperSupportListing(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    sla_url: Url
    support_contact: SupportContact | UnsetType = UNSET
    target_response_time_in_hrs: Annotated[int, Meta(ge=0, le=2**31 - 1)] | UnsetType = UNSET
    support_hours: SupportHours | UnsetType = UNSET


class DeveloperWebListing(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    logo: LogoImage | UnsetType = UNSET
    support_listing: DeveloperSupportListing | UnsetType = UNSET
    trust_center_url: Url | UnsetType = UNSET


class CoreListing(
    msgspec.Struct, rename="camel", tag_field="type", tag="DEVELOPER_CORE", kw_only=True
):
    developer_id: str
    content: DeveloperCoreListing
    version: int | UnsetType = UNSET


class WebListing(
    msgspec.Struct, rename="camel", tag_field="type", tag="DEVELOPER_WEB", kw_only=True
):
    developer_id: str
    content: DeveloperWebListing
    version: int | UnsetType = UNSET


DeveloperListing = CoreListing | WebListing
