"""The wire of developer spaces in the administration interface."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.http.cursors import PageLinks
from tradepost.http.fields import BuildNumber, Line, Uuid

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


class DeveloperSpaceCreateRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """`id` is generated where it is absent, and `vendorId` is one more than the highest."""

    name: Line
    id: Uuid | UnsetType = UNSET
    vendor_id: BuildNumber | UnsetType = UNSET
    approval_policy: ApprovalPolicy = "auto"


class DeveloperSpaceUpdateRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What is absent stays as it is."""

    name: Line | UnsetType = UNSET
    approval_policy: ApprovalPolicy | UnsetType = UNSET


class DeveloperSpace(msgspec.Struct, rename="camel", omit_defaults=True):
    id: str
    vendor_id: int
    name: str
    approval_policy: ApprovalPolicy
    created_at: str
    archived_at: str | UnsetType = UNSET


class DeveloperSpacePage(msgspec.Struct, rename="camel"):
    links: PageLinks
    developer_spaces: list[DeveloperSpace]


class MemberWriteRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    roles: Roles


class Member(msgspec.Struct, rename="camel"):
    person_id: str
    email: str
    name: str
    roles: list[RoleId]
    joined_at: str


class MemberPage(msgspec.Struct, rename="camel"):
    links: PageLinks
    members: list[Member]
