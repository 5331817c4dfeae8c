"""The wire of App software. Names and shapes are those of the reference."""

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.apps.model import ComplianceBoundary
from tradepost.http.cursors import PageLinks
from tradepost.http.fields import BuildNumber, Line, Moment, Prose, Revision, Summary, Url
from tradepost.parent_software.model import Hosting

PaymentModel = Literal["free", "paid-via-atlassian", "paid-via-vendor"]
PAYMENT_MODELS: tuple[str, ...] = get_args(PaymentModel)
VersionState = Literal[
    "draft", "submitted", "approved", "auto-approved", "active", "rejected", "archived"
]
VERSION_STATES: tuple[str, ...] = get_args(VersionState)
LicenseTypeId = Literal[
    "atlassian-closed-source", "commercial", "commercial-free", "bsd", "asl", "gpl", "lgpl", "epl"
]
Lines = Annotated[list[Line], Meta(max_length=100)]


class AppSoftwareByAppKeyResponse(msgspec.Struct, rename="camel"):
    """One app software of an app. `complianceBoundaries` is null unless it is a cloud one."""

    app_software_id: str
    hosting: Hosting
    compliance_boundaries: list[ComplianceBoundary] | None
    archived: bool


class AppSoftwareVersionCompatibility(msgspec.Struct, rename="camel"):
    """A parent and the build numbers of it that a version runs on; both ends are included."""

    parent_software_id: Line
    min_build_number: BuildNumber | UnsetType = UNSET
    max_build_number: BuildNumber | UnsetType = UNSET


class ConnectFrameworkAttributes(msgspec.Struct, rename="camel"):
    descriptor_id: Line
    scopes: Lines
    descriptor_url: Url | UnsetType = UNSET


class ForgeFrameworkAttributes(msgspec.Struct, rename="camel"):
    app_id: Line
    version_id: Line
    env_id: Line
    scopes: Lines
    app_access: Lines | UnsetType = UNSET


class PluginsFrameworkAttributes(msgspec.Struct, rename="camel"):
    artifact_id: Line
    plugin_framework_type: Literal["P1", "P2"] | UnsetType = UNSET
    descriptor_id: Line | UnsetType = UNSET


class WorkflowFrameworkAttributes(msgspec.Struct, rename="camel"):
    artifact_id: Line


class ExternalFrameworkAttributes(msgspec.Struct, rename="camel"):
    authorization: bool
    binary_url: Url | UnsetType = UNSET


# The framework decides what the attributes are, so each has a struct of its own.
class ConnectFramework(msgspec.Struct, rename="camel", tag_field="frameworkId", tag="connect"):
    attributes: ConnectFrameworkAttributes


class ForgeFramework(msgspec.Struct, rename="camel", tag_field="frameworkId", tag="forge"):
    attributes: ForgeFrameworkAttributes


class PluginFramework(msgspec.Struct, rename="camel", tag_field="frameworkId", tag="plugin"):
    attributes: PluginsFrameworkAttributes


class WorkflowFramework(msgspec.Struct, rename="camel", tag_field="frameworkId", tag="workflow"):
    attributes: WorkflowFrameworkAttributes


class ExternalFramework(msgspec.Struct, rename="camel", tag_field="frameworkId", tag="external"):
    attributes: ExternalFrameworkAttributes


AppSoftwareVersionFrameworkDetails = (
    ConnectFramework | ForgeFramework | PluginFramework | WorkflowFramework | ExternalFramework
)


class AppSoftwareVersionLicenseType(msgspec.Struct, rename="camel"):
    id: LicenseTypeId


class AppSoftwareVersionLicenseTypeGetResponse(msgspec.Struct, rename="camel"):
    id: LicenseTypeId
    name: str
    link: str | UnsetType = UNSET


class SourceCodeLicense(msgspec.Struct, rename="camel"):
    url: Url | UnsetType = UNSET


class AppSoftwareVersionChangelog(msgspec.Struct, rename="camel"):
    release_summary: Summary | UnsetType = UNSET
    release_notes: Prose | UnsetType = UNSET


class AppSoftwareVersionAgreement(msgspec.Struct, rename="camel"):
    """An agreement as a client accepts it. Who and when is for the server to say."""

    agreement_url: Url
    accepted_by: Line | UnsetType = UNSET
    accepted_at: Moment | UnsetType = UNSET


class AcceptedAgreement(msgspec.Struct, rename="camel"):
    """An agreement as the server keeps it."""

    agreement_url: str
    accepted_by: str
    accepted_at: str


Compatibilities = Annotated[
    list[AppSoftwareVersionCompatibility], Meta(min_length=1, max_length=100)
]


class AppSoftwareVersionCreateRequest(msgspec.Struct, rename="camel"):
    compatibilities: Compatibilities
    supported_payment_model: PaymentModel
    framework_details: AppSoftwareVersionFrameworkDetails
    supported: bool
    beta: bool
    accepted_agreements: Annotated[
        list[AppSoftwareVersionAgreement], Meta(min_length=1, max_length=100)
    ]
    build_number: BuildNumber | UnsetType | None = UNSET
    version_number: Line | UnsetType | None = UNSET
    license_type: AppSoftwareVersionLicenseType | UnsetType = UNSET
    source_code_license: SourceCodeLicense | UnsetType = UNSET
    changelog: AppSoftwareVersionChangelog | UnsetType = UNSET
    editions_enabled: bool | UnsetType = UNSET


class AppSoftwareVersionUpdateRequest(msgspec.Struct, rename="camel"):
    build_number: BuildNumber
    compatibilities: Compatibilities
    supported_payment_model: PaymentModel
    framework_details: AppSoftwareVersionFrameworkDetails
    supported: bool
    beta: bool
    state: VersionState
    revision: Revision
    version_number: Line | UnsetType = UNSET
    license_type: AppSoftwareVersionLicenseType | UnsetType = UNSET
    source_code_license: SourceCodeLicense | UnsetType = UNSET
    changelog: AppSoftwareVersionChangelog | UnsetType = UNSET
    accepted_agreements: (
        Annotated[list[AppSoftwareVersionAgreement], Meta(max_length=100)] | UnsetType
    ) = UNSET
    editions_enabled: bool | UnsetType = UNSET


class ApprovalDetails(msgspec.Struct, rename="camel"):
    submitted_at: str | UnsetType = UNSET
    approved_at: str | UnsetType = UNSET
    approved_by: str | UnsetType = UNSET
    jira_issue_key: str | UnsetType = UNSET
    rejection_reason: str | UnsetType = UNSET


class AppSoftwareVersionReleaseDetails(msgspec.Struct, rename="camel"):
    released_at: str
    released_by: str


class AppSoftwareVersionGetResponse(msgspec.Struct, rename="camel", kw_only=True):
    """A version as it is stored and served, in the order in which the reference prints it."""

    build_number: int
    version_number: str | UnsetType = UNSET
    compatibilities: list[AppSoftwareVersionCompatibility]
    supported_payment_model: PaymentModel
    framework_details: AppSoftwareVersionFrameworkDetails
    license_type: AppSoftwareVersionLicenseTypeGetResponse | UnsetType = UNSET
    source_code_license: SourceCodeLicense | UnsetType = UNSET
    supported: bool
    beta: bool
    state: VersionState
    revision: int
    approval_details: ApprovalDetails | UnsetType = UNSET
    release_details: AppSoftwareVersionReleaseDetails | UnsetType = UNSET
    editions_enabled: bool | UnsetType = UNSET
    accepted_agreements: list[AcceptedAgreement] | UnsetType = UNSET
    created_by: str
    created_at: str
    changelog: AppSoftwareVersionChangelog | UnsetType = UNSET


class AppSoftwareVersionsGetResponse(msgspec.Struct, rename="camel"):
    links: PageLinks
    versions: list[AppSoftwareVersionGetResponse]
    total_count: int


class AccessTokenResponse(msgspec.Struct, rename="camel"):
    """`cloudId` and `instance` are null until an installation redeems the token."""

    token: str
    cloud_id: str | None
    instance: str | None


class AccessTokenCollectionResponse(msgspec.Struct, rename="camel"):
    tokens: list[AccessTokenResponse]


class AccessTokenCreateRequest(msgspec.Struct):
    """Nothing is needed to create an access token; `{}` or no body at all."""


class AccessTokenRevokeRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The access token to revoke. It stands in the body, so that no log has it."""

    token: Line
