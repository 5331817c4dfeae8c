"""What the demo's apps declare: about privacy and security, and about moving to the cloud."""

from collections.abc import Iterator
from typing import Final

import msgspec

from tradepost.app_migration.model import CompatibilityRange, ProductMigrationInformation
from tradepost.apps.model import App
from tradepost.demo import data
from tradepost.privacy_and_security.model import (
    CAIQ,
    GDPR,
    CommonTrustInfo,
    DataAccessAndStorage,
    DataController,
    DataProcessingAgreement,
    DataProcessor,
    DataResidency,
    DataRetention,
    DataTransfer,
    FormStatus,
    LogDetails,
    Privacy,
    Properties,
    RetentionDurationInDays,
    Security,
    ThirdPartyDetails,
    ThirdPartyInformation,
    TrustInfo,
)

_PUBLISHED_AT: Final = 1_700_000_000_000
_SAVED_AT: Final = 1_710_000_000_000
_DOCS: Final = "https://apps.example.com"

_LIVE: Final = CommonTrustInfo(
    data_access_and_storage=DataAccessAndStorage(
        is_same_data_processed_and_stored=False,
        app_process_eud_outside_atlassian=True,
        types_of_data_accessed=["Issue titles", "Account ids"],
        app_stores_eud_outside_atlassian=True,
        types_of_data_stored=["Account ids"],
        app_exposes_remote_rest_apis=False,
    ),
    third_party_information=ThirdPartyInformation(
        is_end_user_data_shared=True,
        third_party_details=[
            ThirdPartyDetails(
                "Example Hosting", "https://hosting.example.com", "Keeps the database.", ["Germany"]
            )
        ],
    ),
    log_details=LogDetails(
        log_end_user_data=True,
        log_process_and_or_store_eud_outside_atlassian=True,
        log_eud_share_with_third_party=False,
    ),
    data_residency=DataResidency("APP_DOES_NOT_SUPPORT_DR"),
    data_retention=DataRetention(
        is_data_retention_supported=True,
        retention_duration_in_days=RetentionDurationInDays(30, 90),
        is_custom_retention_period_allowed=False,
        is_retention_duration_indefinite=False,
    ),
    security=Security(
        security_contact="security@example.com",
        public_security_policies_link=f"{_DOCS}/security",
        caiq=CAIQ(is_caiq_completed=True, caiq_lite_link=f"{_DOCS}/caiq-lite"),
        is_disk_encryption_supported=True,
        has_compliant_certifications=False,
        requires_users_to_provide_pats=False,
    ),
    privacy=Privacy(
        gdpr=GDPR(
            data_controller=DataController(False),
            data_processor=DataProcessor(True, ["Account ids"]),
            data_transfer=DataTransfer(is_end_user_data_transferred_outside_eea=False),
        ),
        data_processing_agreement=DataProcessingAgreement(True, f"{_DOCS}/dpa"),
    ),
    has_rest_api_extension=False,
    llm_models=[],
)
_DRAFT: Final = msgspec.structs.replace(
    _LIVE,
    data_residency=DataResidency(
        "STORED_EXTERNAL_TO_ATLASSIAN", ["Germany", "Ireland"], True, ["Account ids"]
    ),
    log_details=LogDetails(log_end_user_data=False),
)
_SMALL: Final = CommonTrustInfo(
    data_access_and_storage=DataAccessAndStorage(
        app_process_eud_outside_atlassian=False, app_stores_eud_outside_atlassian=False
    ),
    data_residency=DataResidency("STORED_IN_ATLASSIAN_AND_DR_SUPPORTED"),
    security=Security(security_contact="security@example.com"),
)


def live_records() -> Iterator[tuple[App, TrustInfo]]:
    """The published records of apps, which were drafts before."""
    for app, declared in ((data.ADDON, _LIVE), (data.REPORTS, _SMALL)):
        yield app, _record(declared, "APPROVED", _PUBLISHED_AT)


def drafts() -> Iterator[tuple[App, TrustInfo]]:
    """The drafts of apps."""
    yield data.ADDON, _record(_DRAFT, "SAVED", _SAVED_AT)


def migrations() -> Iterator[ProductMigrationInformation]:
    """The migration records of apps."""
    yield ProductMigrationInformation(
        developer_id=data.SPACE.id,
        product_id=data.ADDON.product_id,
        addon_key=data.ADDON.app_key,
        addon_name=data.ADDON.name,
        cloud_addon_key=data.ADDON.app_key,
        cloud_version_availability="PUBLIC",
        feature_difference_documentation=f"{_DOCS}/differences",
        migration_documentation=f"{_DOCS}/migration",
        cloud_migration_assistant_compatibility="2.0.0",
        is_dual_license_opted_in=True,
        migration_path="AUTOMATED",
        cloud_migration_assistant_compatibility_ranges=[
            CompatibilityRange("2.0.0", "2.9.9"),
            CompatibilityRange("3.1.0"),
        ],
    )
    yield ProductMigrationInformation(
        developer_id=data.SPACE.id,
        product_id=data.CHECKLISTS.product_id,
        addon_key=data.CHECKLISTS.app_key,
        addon_name=data.CHECKLISTS.name,
        cloud_version_development_roadmap=f"{_DOCS}/roadmap",
        migration_roadmap_ticket_link="https://issues.example.com/CLOUD-7",
        migration_path="UNKNOWN",
    )


def _record(declared: CommonTrustInfo, status: FormStatus, at: int) -> TrustInfo:
    properties = Properties(updated_by=data.DEVELOPER.email, updated_at=at, form_status=status)
    return TrustInfo(msgspec.structs.replace(declared, properties=properties))
