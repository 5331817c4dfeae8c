"""App listings: where they are, good bodies, and short ways to change one."""

import uuid
from typing import Any

import httpx2

from tests.support.bodies import SPACE
from tests.support.client import DEVELOPER, Auth, InProcess
from tests.support.scenes import administer

LISTINGS = "/rest/3/product-listing"
ICON, TITLE_LOGO, BANNER = (f"{n}0000000-0000-4000-8000-0000000000e1" for n in (1, 2, 3))
"""Images of the demo data."""


def listing_path(product_id: str) -> str:
    return f"{LISTINGS}/{product_id}"


def listings_path(space_id: str = SPACE) -> str:
    return f"{LISTINGS}/developer-space/{space_id}"


def app_listing(server: InProcess, space_id: str = SPACE, **fields: Any) -> dict[str, Any]:
    """The listing of a new app, as its members see it at first."""
    body = {"appKey": f"com.example.{uuid.uuid4()}", "developerSpaceId": space_id, **fields}
    product_id = administer(server, "POST", "apps", body)["productId"]
    return read_listing(server, product_id)


def read_listing(server: InProcess, product_id: str) -> dict[str, Any]:
    """A listing that is there, as an administrator sees it."""
    answer = server.get(listing_path(product_id), ("admin@example.com", "admin-token"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def put_listing(
    server: InProcess, listing: dict[str, Any], auth: Auth = DEVELOPER, **changes: Any
) -> httpx2.Response:
    """Send a listing back with changes. `None` leaves a field out."""
    body = {name: value for name, value in {**listing, **changes}.items() if value is not None}
    return server.put(listing_path(listing["productId"]), auth, json=body)


def changed(
    server: InProcess, listing: dict[str, Any], auth: Auth = DEVELOPER, **changes: Any
) -> dict[str, Any]:
    """A listing after a change that must succeed."""
    answer = put_listing(server, listing, auth, **changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def told(answer: httpx2.Response, status: int, code: str) -> set[str]:
    """Check that an answer is an error of this group, with its status as a number; the details."""
    assert answer.status_code == status, answer.text
    errors = answer.json()["errors"]
    assert {(error["status"], error["code"]) for error in errors} == {(status, code)}
    return {error["detail"] for error in errors}


EVERY_FIELD: dict[str, Any] = {
    "appName": "Boards",
    "summary": "All boards at a glance.",
    "tagLine": "See more",
    "images": {"iconFileId": ICON, "titleLogoFileId": TITLE_LOGO, "bannerFileId": BANNER},
    "tags": {"category": ["Project management", "Reports"], "keywords": ["Boards"]},
    "communityEnabled": True,
    "developerLinks": {
        "issueTracker": "https://apps.example.com/issues",
        "supportTicketSystem": "https://apps.example.com/support",
        "appStatusPage": "https://status.example.com/",
        "forums": "https://apps.example.com/forums",
        "privacy": "https://apps.example.com/privacy",
    },
    "thirdPartyIntegrations": {
        "googleAnalyticsId": "UA-1",
        "googleAnalytics4Id": "G-1",
        "segmentWriteKey": "key-1",
        "jsdEmbeddedDataKey": "00000000-0000-4000-8000-0000000000f1",
    },
    "enrolledPrograms": [
        {"id": "bounty", "name": "Bug bounty", "status": "APPROVED", "hostingType": "CLOUD"},
        {"id": "speed", "status": "APPLIED", "hostingType": "DC"},
    ],
    "legacyListingDetails": {
        "description": "What it was.\nOn two lines.",
        "wikiLink": "https://apps.example.com/wiki",
        "sourceLink": "https://apps.example.com/source",
        "buildsLink": "https://apps.example.com/builds",
    },
    "dataCenterReviewIssueKey": "DCR-1",
    "hostingVisibility": {"cloud": "site", "server": "app", "dataCenter": "app"},
    "stateAfterApproval": "READY_TO_LAUNCH",
    "marketingLabels": ["new", "popular"],
}
"""What an update can set, besides state, revision and what stays as it is."""
