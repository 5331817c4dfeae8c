"""The wire of Migrations. Names and shapes are those of the reference."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.http.fields import AppKey, Line, Url, Uuid, VersionText

CloudVersionAvailability = Literal["NATIVE", "PUBLIC", "PRIVATE"]
MigrationPath = Literal["UNKNOWN", "DISCARDED", "AUTOMATED", "INSTALL_ONLY", "MANUAL"]
PatchOperation = Literal["add", "replace", "remove"]
PatchPath = Literal[
    "/cloudAddonKey",
    "/cloudVersionAvailability",
    "/cloudVersionDevelopmentRoadmap",
    "/featureDifferenceDocumentation",
    "/migrationDocumentation",
    "/cloudMigrationAssistantCompatibility",
    "/cloudMigrationAssistantCompatibilityRanges",
    "/migrationRoadmapTicketLink",
    "/migrationPath",
    "/isDualLicenseOptedIn",
]


class CompatibilityRange(msgspec.Struct, rename="camel"):
    """Versions of the app, both ends included; an end that is absent or null is open."""

    start: VersionText | UnsetType | None = UNSET
    end: VersionText | UnsetType | None = UNSET


Ranges = Annotated[list[CompatibilityRange], Meta(max_length=100)]


class MigrationContent(msgspec.Struct, rename="camel", kw_only=True):
    """What a record says, and what a patch can change."""

    cloud_addon_key: AppKey | UnsetType = UNSET
    cloud_version_availability: CloudVersionAvailability | UnsetType = UNSET
    cloud_version_development_roadmap: Url | UnsetType = UNSET
    feature_difference_documentation: Url | UnsetType = UNSET
    migration_documentation: Url | UnsetType = UNSET
    cloud_migration_assistant_compatibility: VersionText | UnsetType = UNSET
    is_dual_license_opted_in: bool | UnsetType = UNSET
    migration_roadmap_ticket_link: Url | UnsetType = UNSET
    migration_path: MigrationPath | UnsetType = UNSET
    cloud_migration_assistant_compatibility_ranges: Ranges | UnsetType = UNSET


class ProductMigrationPut(MigrationContent, rename="camel", kw_only=True):
    """A body that replaces the record."""

    developer_id: Uuid
    addon_name: Line


class ProductMigrationInformation(MigrationContent, rename="camel", kw_only=True):
    """The record of an app as it is stored and served."""

    developer_id: str
    product_id: str
    addon_key: str
    addon_name: str


class AppMigrationPatchDocumentation(msgspec.Struct, rename="camel"):
    """One step of a patch. The contract's values are texts; values of the field's own JSON type,
    which the contract cannot say, are taken as well."""

    op: PatchOperation
    path: PatchPath
    value: str | bool | Ranges | UnsetType | None = UNSET


AppMigrationPatch = Annotated[list[AppMigrationPatchDocumentation], Meta(max_length=100)]
