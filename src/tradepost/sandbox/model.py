"""A document of what a sandbox holds, for loading and as exported.

All but what tells things apart may be absent: ids are generated then, times are now, and the rest
is as told here. Versions and listings are those that the API answers, in part or as a whole.
"""

from typing import Annotated, Any, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

from tradepost.apps.model import ComplianceBoundary
from tradepost.developer_space.model import ApprovalPolicy, Categories, ListingType, Roles
from tradepost.http.fields import AppKey, BuildNumber, Email, Line, Uuid
from tradepost.http.parameters import MAX_BUILD_NUMBER
from tradepost.parent_software.model import (
    HOSTINGS,
    ExtensibilityFramework,
    FrameworkId,
    Hosting,
    HostingOption,
    State,
)

Written = Annotated[int, Meta(ge=1, le=MAX_BUILD_NUMBER)]
"""A revision or version of what was written at least once."""
Stamp = Annotated[
    str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$(?!\n)")
]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


def _all_hostings() -> list[HostingOption]:
    return [HostingOption(hosting) for hosting in HOSTINGS]


def _all_frameworks() -> list[ExtensibilityFramework]:
    return [ExtensibilityFramework(framework) for framework in get_args(FrameworkId)]


class _Entry(
    msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, omit_defaults=True
):
    """What all entries have in common: a misspelt field is a mistake."""


class ApiTokenEntry(_Entry, kw_only=True):
    """An API token, by its secret or, as exported, by what is stored of that."""

    token: Line | UnsetType = UNSET
    digest: Digest | UnsetType = UNSET
    id: Uuid | UnsetType = UNSET
    name: Line = "sandbox"
    created_at: Stamp | UnsetType = UNSET
    expires_at: Stamp | UnsetType = UNSET
    revoked_at: Stamp | UnsetType = UNSET


class PersonEntry(_Entry, kw_only=True):
    """`name` is the email where it is absent."""

    email: Email
    id: Uuid | UnsetType = UNSET
    name: Line | UnsetType = UNSET
    administrator: bool = False
    created_at: Stamp | UnsetType = UNSET
    archived_at: Stamp | UnsetType = UNSET
    api_tokens: list[ApiTokenEntry] = []


class MemberEntry(_Entry, kw_only=True):
    email: Email
    roles: Roles = field(default_factory=lambda: ["admin"])
    categories: Categories = []
    joined_at: Stamp | UnsetType = UNSET


class DeveloperListingEntry(_Entry, kw_only=True):
    type: ListingType
    version: Written = 1
    document: dict[str, Any]


class DeveloperSpaceEntry(_Entry, kw_only=True):
    """`vendorId` is one more than the highest where it is absent."""

    name: Line
    id: Uuid | UnsetType = UNSET
    vendor_id: BuildNumber | UnsetType = UNSET
    approval_policy: ApprovalPolicy = "auto"
    version: Written = 1
    catalog_account_id: Line | UnsetType = UNSET
    created_at: Stamp | UnsetType = UNSET
    archived_at: Stamp | UnsetType = UNSET
    members: list[MemberEntry] = []
    listings: list[DeveloperListingEntry] = []


class ParentVersionEntry(_Entry, kw_only=True):
    build_number: BuildNumber
    version_number: Line
    hosting: list[Hosting] = field(default_factory=lambda: list(HOSTINGS))
    state: State = "active"
    revision: Written = 1
    created_at: Stamp | UnsetType = UNSET


class ParentEntry(_Entry, kw_only=True):
    """A parent software: with all hostings and frameworks where it does not say which."""

    id: Line
    name: Line | UnsetType = UNSET
    developer_id: Line = "atlassian"
    hosting_options: list[HostingOption] = field(default_factory=_all_hostings)
    extensibility_frameworks: list[ExtensibilityFramework] = field(default_factory=_all_frameworks)
    state: State = "active"
    revision: Written = 1
    versions: list[ParentVersionEntry] = []


class AccessTokenEntry(_Entry, kw_only=True):
    token: Line | UnsetType = UNSET
    cloud_id: Line | None = None
    instance: Line | None = None
    created_by: Line = "sandbox"
    created_at: Stamp | UnsetType = UNSET
    redeemed_at: Stamp | UnsetType = UNSET
    revoked_at: Stamp | UnsetType = UNSET


class AppSoftwareEntry(_Entry, kw_only=True):
    """An element of `versions` is a version as the API answers it, with two more fields: `listing`
    is its listing, and `stateBefore` what an archived version was."""

    hosting: Hosting = "cloud"
    id: Uuid | UnsetType = UNSET
    compliance_boundary: ComplianceBoundary | UnsetType = UNSET
    created_at: Stamp | UnsetType = UNSET
    archived_at: Stamp | UnsetType = UNSET
    versions: list[dict[str, Any]] = []
    access_tokens: list[AccessTokenEntry] = []


class PrivacyEntry(_Entry, kw_only=True):
    """Both records of privacy and security, as the API answers them."""

    live: dict[str, Any] | UnsetType = UNSET
    draft: dict[str, Any] | UnsetType = UNSET


class AppEntry(_Entry, kw_only=True):
    """An app; of the first developer space where it does not say which.

    An element of `reviews` is a review as the API answers it, with `author`, the email of who wrote
    it; `migration` is the migration record as the API answers it.
    """

    app_key: AppKey
    product_id: Uuid | UnsetType = UNSET
    name: Line | UnsetType = UNSET
    developer_space_id: Uuid | UnsetType = UNSET
    created_at: Stamp | UnsetType = UNSET
    archived_at: Stamp | UnsetType = UNSET
    listing: dict[str, Any] | UnsetType = UNSET
    app_software: list[AppSoftwareEntry] = []
    reviews: list[dict[str, Any]] = []
    privacy_and_security: PrivacyEntry = field(default_factory=PrivacyEntry)
    migration: dict[str, Any] | UnsetType = UNSET


class Document(msgspec.Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """What is there; a part that is absent stays as it is, unless it hangs on one that is not."""

    people: list[PersonEntry] | UnsetType = UNSET
    developer_spaces: list[DeveloperSpaceEntry] | UnsetType = UNSET
    parent_software: list[ParentEntry] | UnsetType = UNSET
    apps: list[AppEntry] | UnsetType = UNSET

    def lets_in(self, at: str) -> bool:
        """Whether an administrator can sign in at a time once this is loaded."""
        if isinstance(self.people, UnsetType):
            return True
        return any(
            person.administrator
            and person.archived_at is UNSET
            and any(
                token.revoked_at is UNSET and (token.expires_at is UNSET or token.expires_at > at)
                for token in person.api_tokens
            )
            for person in self.people
        )
