"""The request examples of the reference page, as it prints them."""

from typing import Any

CREATE_VERSION: dict[str, Any] = {
    "buildNumber": 1001,
    "versionNumber": "1.0.1",
    "compatibilities": [
        {"parentSoftwareId": "jira", "minBuildNumber": 80000, "maxBuildNumber": 90000}
    ],
    "supportedPaymentModel": "free",
    "frameworkDetails": {
        "frameworkId": "connect",
        "attributes": {"descriptorId": "descriptor-123", "scopes": ["READ", "WRITE"]},
    },
    "licenseType": {"id": "commercial"},
    "supported": True,
    "beta": False,
    "acceptedAgreements": [{"agreementUrl": "https://developer.atlassian.com/marketplace/terms"}],
    "changelog": {
        "releaseSummary": "Bug fixes and performance improvements",
        "releaseNotes": "This version includes several bug fixes and performance optimizations",
    },
}

UPDATE_VERSION: dict[str, Any] = {
    "buildNumber": 1001,
    "versionNumber": "1.0.2",
    "compatibilities": [
        {"parentSoftwareId": "jira", "minBuildNumber": 80000, "maxBuildNumber": 95000}
    ],
    "supportedPaymentModel": "free",
    "frameworkDetails": {
        "frameworkId": "connect",
        "attributes": {"descriptorId": "descriptor-123", "scopes": ["READ", "WRITE", "DELETE"]},
    },
    "licenseType": {"id": "commercial"},
    "supported": True,
    "beta": False,
    "state": "active",
    "revision": 2,
    "acceptedAgreements": [{"agreementUrl": "https://developer.atlassian.com/marketplace/terms"}],
    "changelog": {
        "releaseSummary": "Updated version with additional fixes",
        "releaseNotes": "Added new features and fixed critical bugs",
    },
}
