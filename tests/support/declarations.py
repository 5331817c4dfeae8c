"""What apps declare: where it is, good bodies, and apps that have declared nothing yet."""

import uuid
from typing import Any

import httpx2

from tests.support.bodies import SPACE
from tests.support.client import DEVELOPER, Auth, InProcess
from tests.support.scenes import administer

PRIVACY = "/rest/3/privacy-and-security/products"
MIGRATIONS = "/rest/3/cloud-migration-compatibility/products"
REPORTS_PRODUCT = "23456789-2345-4345-8345-23456789abcd"
CHECKLISTS_PRODUCT = "3456789a-3456-4456-8456-3456789abcde"
CALENDAR_PRODUCT = "456789ab-4567-4567-8567-456789abcdef"
JSON_PATCH = {"Content-Type": "application/json-patch+json"}
LINK = "https://apps.example.com/page"

EVERYTHING: dict[str, Any] = {
    "dataAccessAndStorage": {
        "isSameDataProcessedAndStored": False,
        "appProcessEUDOutsideAtlassian": True,
        "typesOfDataAccessed": ["Names"],
        "appStoresEUDOutsideAtlassian": True,
        "typesOfDataStored": ["Account ids"],
        "appExposesRemoteRestApis": True,
        "remoteRestApisAdditionalDetails": "Two of them.\nBoth read.",
    },
    "thirdPartyInformation": {
        "isEndUserDataShared": True,
        "dataSubProcessors": LINK,
        "thirdPartyDetails": [
            {
                "name": "Hosting",
                "link": LINK,
                "purpose": "Keeps the database",
                "thirdPartyCountries": ["Germany"],
            }
        ],
    },
    "logDetails": {
        "logEndUserData": True,
        "logProcessAndOrStoreEUDOutsideAtlassian": True,
        "logEUDShareWithThirdParty": True,
        "logsIntegralForAppFunctionality": False,
    },
    "dataResidency": {
        "isDataResidencySupported": "STORED_EXTERNAL_TO_ATLASSIAN",
        "countriesWhereEndUserDataStored": ["Germany", "Ireland"],
        "realmMigrationSupported": True,
        "inScopeDataTypes": ["Names"],
        "outOfScopeDataTypes": ["Logs"],
    },
    "dataRetention": {
        "isDataRetentionSupported": True,
        "retentionDurationInDays": {"min": 30, "max": 90},
        "isCustomRetentionPeriodAllowed": False,
        "isRetentionDurationIndefinite": False,
    },
    "security": {
        "securityContact": "security@example.com",
        "publicSecurityPoliciesLink": LINK,
        "caiq": {"isCAIQCompleted": True, "CAIQLiteLink": LINK},
        "isDiskEncryptionSupported": True,
        "hasCompliantCertifications": True,
        "compliantCertifications": ["ISO 27001"],
        "requiresUsersToProvidePATs": None,
        "permissionsJustification": "Reads issues.",
    },
    "privacy": {
        "privacyEnhancingTechniques": {
            "arePrivacyEnhancingTechniquesSupported": True,
            "privacyEnhancingTechniquesSupported": ["Pseudonyms"],
        },
        "gdpr": {
            "dataController": {"isAppDataController": False, "endUserDataTypes": []},
            "dataProcessor": {"isAppDataProcessor": True, "endUserDataTypes": ["Names"]},
            "dataTransfer": {
                "isEndUserDataTransferredOutsideEEA": True,
                "isTransferComplianceMechanismsAdhered": True,
                "transferComplianceMechanismsAdheredDetails": "Standard clauses",
            },
        },
        "ccpa": {
            "business": {"isAppBusiness": "NOT_APPLICABLE", "endUserDataTypes": []},
            "serviceProvider": {"isAppServiceProvider": True, "endUserDataTypes": ["Names"]},
        },
        "dataProcessingAgreement": {"isDPASupported": True, "link": LINK},
    },
    "hasRestAPIExtension": None,
    "llmModels": ["A model"],
}
"""Every field that a declaration can have."""

MIGRATION: dict[str, Any] = {
    "cloudAddonKey": "com.example.cloud",
    "cloudVersionAvailability": "PRIVATE",
    "cloudVersionDevelopmentRoadmap": LINK,
    "featureDifferenceDocumentation": LINK,
    "migrationDocumentation": LINK,
    "cloudMigrationAssistantCompatibility": "8.6.5",
    "isDualLicenseOptedIn": False,
    "migrationRoadmapTicketLink": LINK,
    "migrationPath": "AUTOMATED",
    "cloudMigrationAssistantCompatibilityRanges": [{"start": "1.0", "end": "2.0.1"}, {"end": "9"}],
}
"""Every field of a migration record that can be patched."""


def new_product(server: InProcess, space_id: str = SPACE, **fields: Any) -> str:
    """The product id of a new app, which has declared nothing yet."""
    body = {"appKey": f"com.example.{uuid.uuid4()}", "developerSpaceId": space_id, **fields}
    return str(administer(server, "POST", "apps", body)["productId"])


def privacy_path(product_id: str) -> str:
    return f"{PRIVACY}/{product_id}"


def draft_path(product_id: str) -> str:
    return f"{PRIVACY}/{product_id}?state=draft"


def publish_path(product_id: str) -> str:
    return f"{PRIVACY}/{product_id}/publish"


def migration_path(product_id: str) -> str:
    return f"{MIGRATIONS}/{product_id}"


def put_draft(
    server: InProcess, product_id: str, declared: Any, auth: Auth = DEVELOPER, **options: Any
) -> httpx2.Response:
    body = {"commonCloud": declared}
    return server.put(privacy_path(product_id), auth, json=body, **options)


def put_migration(
    server: InProcess, product_id: str, auth: Auth = DEVELOPER, **fields: Any
) -> httpx2.Response:
    """Send a record with what it needs and some fields; `None` leaves a field out."""
    body = {"developerId": SPACE, "addonName": "Boards", **fields}
    sent = {name: value for name, value in body.items() if value is not None}
    return server.put(migration_path(product_id), auth, json=sent)


def patch_migration(
    server: InProcess, product_id: str, *steps: Any, auth: Auth = DEVELOPER, **options: Any
) -> httpx2.Response:
    """Send a patch; a step is a dictionary, or operation, path and, where there is one, value."""
    body = [
        step
        if not isinstance(step, tuple)
        else dict(zip(("op", "path", "value"), step, strict=False))
        for step in steps
    ]
    options = {"headers": JSON_PATCH, **options}
    return server.request("PATCH", migration_path(product_id), auth, json=body, **options)
