"""The wire of Privacy and security. Names and shapes are those of the reference.

Every part is optional: `rules.py` says what an answer given makes another one needed for.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

from tradepost.http.fields import Line, Prose, Url

RecordState = Literal["live", "draft"]
FormStatus = Literal["SUBMITTED", "REJECTED", "APPROVED", "SAVED"]
YesNoOrNeither = bool | Literal["NOT_APPLICABLE"]
DataResidencySupport = Literal[
    "STORED_IN_ATLASSIAN_AND_DR_SUPPORTED",
    "APP_DOES_NOT_SUPPORT_DR",
    "STORED_IN_ATLASSIAN_AND_DR_NOT_SUPPORTED",
    "STORED_EXTERNAL_TO_ATLASSIAN",
    "NOT_APPLICABLE",
]
Lines = Annotated[list[Line], Meta(max_length=100)]
Days = Annotated[int, Meta(ge=0, le=2_147_483_647)]


class DataAccessAndStorage(msgspec.Struct, rename="camel"):
    is_same_data_processed_and_stored: bool | UnsetType = UNSET
    app_process_eud_outside_atlassian: bool | UnsetType = field(
        name="appProcessEUDOutsideAtlassian", default=UNSET
    )
    types_of_data_accessed: Lines | UnsetType = UNSET
    app_stores_eud_outside_atlassian: bool | UnsetType = field(
        name="appStoresEUDOutsideAtlassian", default=UNSET
    )
    types_of_data_stored: Lines | UnsetType = UNSET
    app_exposes_remote_rest_apis: bool | UnsetType | None = UNSET
    remote_rest_apis_additional_details: Prose | UnsetType | None = UNSET


class ThirdPartyDetails(msgspec.Struct, rename="camel"):
    name: Line | UnsetType = UNSET
    link: Url | UnsetType = UNSET
    purpose: Prose | UnsetType = UNSET
    third_party_countries: Lines | UnsetType = UNSET


class ThirdPartyInformation(msgspec.Struct, rename="camel"):
    is_end_user_data_shared: bool | UnsetType = UNSET
    data_sub_processors: Url | UnsetType = UNSET
    third_party_details: Annotated[list[ThirdPartyDetails], Meta(max_length=100)] | UnsetType = (
        UNSET
    )


class LogDetails(msgspec.Struct, rename="camel"):
    log_end_user_data: bool | UnsetType = UNSET
    log_process_and_or_store_eud_outside_atlassian: bool | UnsetType = field(
        name="logProcessAndOrStoreEUDOutsideAtlassian", default=UNSET
    )
    log_eud_share_with_third_party: bool | UnsetType = field(
        name="logEUDShareWithThirdParty", default=UNSET
    )
    logs_integral_for_app_functionality: bool | UnsetType = UNSET


class DataResidency(msgspec.Struct, rename="camel"):
    is_data_residency_supported: DataResidencySupport | UnsetType = UNSET
    countries_where_end_user_data_stored: Lines | UnsetType = UNSET
    realm_migration_supported: bool | UnsetType = UNSET
    in_scope_data_types: Lines | UnsetType = UNSET
    out_of_scope_data_types: Lines | UnsetType = UNSET


class RetentionDurationInDays(msgspec.Struct, rename="camel"):
    min: Days | UnsetType = UNSET
    max: Days | UnsetType = UNSET


class DataRetention(msgspec.Struct, rename="camel"):
    is_data_retention_supported: bool | UnsetType = UNSET
    retention_duration_in_days: RetentionDurationInDays | UnsetType = UNSET
    is_custom_retention_period_allowed: bool | UnsetType = UNSET
    is_retention_duration_indefinite: bool | UnsetType = UNSET


class CAIQ(msgspec.Struct, rename="camel"):
    is_caiq_completed: bool | UnsetType = field(name="isCAIQCompleted", default=UNSET)
    caiq_lite_link: Url | UnsetType = field(name="CAIQLiteLink", default=UNSET)


class Security(msgspec.Struct, rename="camel"):
    security_contact: Line | UnsetType = UNSET
    public_security_policies_link: Url | UnsetType = UNSET
    caiq: CAIQ | UnsetType = UNSET
    is_disk_encryption_supported: bool | UnsetType = UNSET
    has_compliant_certifications: bool | UnsetType = UNSET
    compliant_certifications: Lines | UnsetType = UNSET
    requires_users_to_provide_pats: bool | UnsetType | None = field(
        name="requiresUsersToProvidePATs", default=UNSET
    )
    permissions_justification: Prose | UnsetType | None = UNSET


class PrivacyEnhancingTechniques(msgspec.Struct, rename="camel"):
    are_privacy_enhancing_techniques_supported: bool | UnsetType = UNSET
    privacy_enhancing_techniques_supported: Lines | UnsetType = UNSET


class DataController(msgspec.Struct, rename="camel"):
    is_app_data_controller: YesNoOrNeither | UnsetType = UNSET
    end_user_data_types: Lines | UnsetType = UNSET


class DataProcessor(msgspec.Struct, rename="camel"):
    is_app_data_processor: YesNoOrNeither | UnsetType = UNSET
    end_user_data_types: Lines | UnsetType = UNSET


class DataTransfer(msgspec.Struct, rename="camel"):
    is_end_user_data_transferred_outside_eea: bool | UnsetType = field(
        name="isEndUserDataTransferredOutsideEEA", default=UNSET
    )
    is_transfer_compliance_mechanisms_adhered: bool | UnsetType = UNSET
    transfer_compliance_mechanisms_adhered_details: Prose | UnsetType = UNSET


class GDPR(msgspec.Struct, rename="camel"):
    data_controller: DataController | UnsetType = UNSET
    data_processor: DataProcessor | UnsetType = UNSET
    data_transfer: DataTransfer | UnsetType = UNSET


class Business(msgspec.Struct, rename="camel"):
    is_app_business: YesNoOrNeither | UnsetType = UNSET
    end_user_data_types: Lines | UnsetType = UNSET


class ServiceProvider(msgspec.Struct, rename="camel"):
    is_app_service_provider: YesNoOrNeither | UnsetType = UNSET
    end_user_data_types: Lines | UnsetType = UNSET


class CCPA(msgspec.Struct, rename="camel"):
    business: Business | UnsetType = UNSET
    service_provider: ServiceProvider | UnsetType = UNSET


class DataProcessingAgreement(msgspec.Struct, rename="camel"):
    is_dpa_supported: YesNoOrNeither | UnsetType = field(name="isDPASupported", default=UNSET)
    link: Url | UnsetType = UNSET


class Privacy(msgspec.Struct, rename="camel"):
    privacy_enhancing_techniques: PrivacyEnhancingTechniques | UnsetType = UNSET
    gdpr: GDPR | UnsetType = UNSET
    ccpa: CCPA | UnsetType = UNSET
    data_processing_agreement: DataProcessingAgreement | UnsetType = UNSET


class AppTrustInformation(msgspec.Struct, rename="camel", kw_only=True):
    """What is declared, as it is sent."""

    data_access_and_storage: DataAccessAndStorage | UnsetType = UNSET
    third_party_information: ThirdPartyInformation | UnsetType = UNSET
    log_details: LogDetails | UnsetType = UNSET
    data_residency: DataResidency | UnsetType = UNSET
    data_retention: DataRetention | UnsetType = UNSET
    security: Security | UnsetType = UNSET
    privacy: Privacy | UnsetType = UNSET
    has_rest_api_extension: bool | UnsetType | None = field(
        name="hasRestAPIExtension", default=UNSET
    )
    llm_models: Lines | UnsetType | None = UNSET


class AppPrivacyAndSecurity(msgspec.Struct, rename="camel"):
    """A body that replaces the draft: one declaration for all cloud app software of an app."""

    common_cloud: AppTrustInformation


class Properties(msgspec.Struct, rename="camel"):
    """Who wrote a record last; `updatedAt` is in milliseconds since 1970."""

    updated_by: str | UnsetType = UNSET
    updated_at: int | UnsetType = UNSET
    form_status: FormStatus | UnsetType = UNSET
    jira_issue_links: list[str] | UnsetType = UNSET


class CommonTrustInfo(AppTrustInformation, rename="camel", kw_only=True):
    """What is declared, as it is answered."""

    properties: Properties | UnsetType = UNSET


class TrustInfo(msgspec.Struct, rename="camel"):
    """A record as it is stored and served: the draft, or the live one."""

    common_cloud: CommonTrustInfo | UnsetType = UNSET
