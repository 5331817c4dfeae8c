"""Bodies of requests that are good as they are; tests change what they are about."""

from typing import Any

ADDON_CLOUD = "acd011b1-1111-45bc-902a-247046a11111"
ADDON_SERVER = "bde122c2-2222-56cd-a13b-358157b22222"
ADDON_DATACENTER = "cef233d3-3333-47de-b24c-469268c33333"
REPORTS_FEDRAMP = "e1b455f5-5555-49f0-946e-68b480e55555"
CALENDAR_CLOUD = "a3d677b7-7777-4b12-b680-8ad6a2077777"
SPACE = "87654321-4321-4321-4321-210987654321"
OUTSIDER_SPACE = "98765432-5432-4321-8321-321098765432"
ADDON_PRODUCT = "12345678-1234-1234-1234-123456789abc"
UNKNOWN = "00000000-0000-4000-8000-000000000000"

WORKFLOW = "b0000002-0000-4000-8000-358157b22222"
"""An artifact of the developer's space that declares no key and no version: a workflow bundle."""
OTHER_WORKFLOW = "b0000005-0000-4000-8000-358157b22222"
"""Another one."""
SCREENSHOTS = tuple(f"{start}0000000-0000-4000-8000-0000000000e1" for start in (5, 6, 7))
HERO = "40000000-0000-4000-8000-0000000000e1"
THUMBNAIL = "80000000-0000-4000-8000-0000000000e1"
"""Images of the demo data."""

ROLES = (
    "admin",
    "partner-details-manager",
    "listing-specialist",
    "payment-details-manager",
    "release-manager",
    "pricing-specialist",
    "promotions-manager",
    "data-analyst",
    "viewer",
)
"""Every role that a member can have."""

FRAMEWORKS: dict[str, dict[str, Any]] = {
    "connect": {"descriptorId": "descriptor-123", "scopes": ["READ", "WRITE"]},
    "forge": {"appId": "app-1", "versionId": "version-1", "envId": "env-1", "scopes": []},
    "plugin": {"artifactId": WORKFLOW},
    "workflow": {"artifactId": WORKFLOW},
    "external": {"authorization": True},
}


def version(framework: str = "connect", **changes: Any) -> dict[str, Any]:
    """A body that creates a version, good on every hosting of jira. `None` leaves a field out."""
    body = {
        "compatibilities": [
            {"parentSoftwareId": "jira", "minBuildNumber": 80000, "maxBuildNumber": 90000}
        ],
        "supportedPaymentModel": "free",
        "frameworkDetails": {"frameworkId": framework, "attributes": dict(FRAMEWORKS[framework])},
        "supported": True,
        "beta": False,
        "acceptedAgreements": [
            {"agreementUrl": "https://developer.atlassian.com/marketplace/terms"}
        ],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def listing(**changes: Any) -> dict[str, Any]:
    """A body that creates a version listing, with every field. `None` leaves a field out."""
    body = {
        "screenshots": [{"imageId": SCREENSHOTS[0], "caption": "The board"}],
        "highlights": [
            {
                "screenshot": {"imageId": image_id, "caption": "See"},
                "title": "At a glance",
                "caption": "All of it",
                "summary": "Every issue on one board.",
                "thumbnail": THUMBNAIL,
            }
            for image_id in SCREENSHOTS
        ],
        "moreDetails": "More of it.\nOn two lines.",
        "heroImage": HERO,
        "youtubeId": "dQw4w9WgXcQ",
        "deploymentInstructions": [
            {"body": "Upload the file.", "screenshot": {"imageId": SCREENSHOTS[1]}}
        ],
        "developerLinks": {
            "documentation": "https://apps.example.com/docs",
            "learnMore": "https://apps.example.com/more",
            "eula": "https://apps.example.com/eula",
            "purchase": "https://apps.example.com/buy",
            "bonTermsSupported": True,
            "partnerSpecificTerms": "None of them.",
        },
        "state": "PRIVATE",
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def versions_path(software_id: str = ADDON_CLOUD, build_number: object = None) -> str:
    path = f"/rest/3/app-software/{software_id}/versions"
    return path if build_number is None else f"{path}/{build_number}"


def listing_path(build_number: object, software_id: str = ADDON_CLOUD) -> str:
    return f"{versions_path(software_id, build_number)}/listing"


def listings_path(software_id: str = ADDON_CLOUD) -> str:
    return f"/rest/3/app-software/{software_id}/listings/all"


def problems(body: Any) -> set[tuple[str, str]]:
    """Code and detail of every error in an answer."""
    return {(error["code"], error["detail"]) for error in body["errors"]}


def codes(body: Any) -> list[str]:
    """The code of every error in an answer."""
    return [error["code"] for error in body["errors"]]
