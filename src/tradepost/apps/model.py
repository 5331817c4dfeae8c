"""The wire of apps and their app software, in the administration interface."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.http.cursors import PageLinks
from tradepost.http.fields import AppKey, Line, Uuid
from tradepost.parent_software.model import Hosting

ComplianceBoundary = Literal["commercial", "fedramp_moderate", "isolated_cloud"]


class AppCreateRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """`productId` is generated where it is absent; `name` is the app key then."""

    app_key: AppKey
    developer_space_id: Uuid
    product_id: Uuid | UnsetType = UNSET
    name: Line | UnsetType = UNSET


class App(msgspec.Struct, rename="camel", omit_defaults=True):
    product_id: str
    app_key: str
    name: str
    developer_space_id: str
    created_at: str
    archived_at: str | UnsetType = UNSET


class AppPage(msgspec.Struct, rename="camel"):
    links: PageLinks
    apps: list[App]


class AppSoftwareCreateRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """`complianceBoundary` is for cloud alone, and `commercial` there where it is absent."""

    hosting: Hosting
    id: Uuid | UnsetType = UNSET
    compliance_boundary: ComplianceBoundary | UnsetType = UNSET


class AppSoftware(msgspec.Struct, rename="camel", omit_defaults=True):
    id: str
    product_id: str
    hosting: Hosting
    created_at: str
    compliance_boundary: ComplianceBoundary | UnsetType = UNSET
    archived_at: str | UnsetType = UNSET


class AppSoftwarePage(msgspec.Struct, rename="camel"):
    links: PageLinks
    app_software: list[AppSoftware]


class OwnerOverview(msgspec.Struct, rename="camel"):
    """A developer space by its name."""

    id: str
    name: str


class ActiveVersion(msgspec.Struct, rename="camel", omit_defaults=True):
    """The newest version that customers get."""

    build_number: int
    payment_model: str
    beta: bool
    version_number: str | UnsetType = UNSET
    released_at: str | UnsetType = UNSET


class NewestVersion(msgspec.Struct, rename="camel", omit_defaults=True):
    """The newest version, in whichever state."""

    build_number: int
    state: str
    version_number: str | UnsetType = UNSET


class SoftwareOverview(msgspec.Struct, rename="camel", omit_defaults=True):
    """An app software with what is newest of it. `archived` counts its app and space as well;
    `newest` is for those who belong to the developer space."""

    id: str
    hosting: Hosting
    archived: bool
    compliance_boundary: ComplianceBoundary | UnsetType = UNSET
    newest_active: ActiveVersion | UnsetType = UNSET
    newest: NewestVersion | UnsetType = UNSET


class AppOverview(msgspec.Struct, rename="camel", omit_defaults=True):
    """An app as somebody may see it. `isMember` says whether they joined its developer space, and
    `lastReleasedAt` is the latest release among the newest active versions."""

    product_id: str
    app_key: str
    name: str
    developer_space: OwnerOverview
    is_member: bool
    archived: bool
    app_software: list[SoftwareOverview]
    last_released_at: str | UnsetType = UNSET


class AppOverviewPage(msgspec.Struct, rename="camel"):
    links: PageLinks
    apps: list[AppOverview]
