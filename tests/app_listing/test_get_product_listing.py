"""Who sees the listing of an app, and what an app's first listing is."""

import uuid
from typing import Any

import pytest

from tests.support.app_listings import app_listing, changed, listing_path, told
from tests.support.bodies import OUTSIDER_SPACE, SPACE, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.scenes import administer, as_caller

STATES = ["PUBLIC", "PRIVATE", "READY_TO_LAUNCH", "ARCHIVED", "DELETED"]


def test_every_app_has_a_private_listing_from_its_creation(server: InProcess) -> None:
    key = f"com.Example.{uuid.uuid4()}"
    listing = app_listing(server, appKey=key, name="Boards for everyone")
    assert listing == {
        "productId": listing["productId"],
        "appKey": key,
        "developerId": SPACE,
        "appName": "Boards for everyone",
        "communityEnabled": False,
        "state": "PRIVATE",
        "approvalStatus": "NOT_ASSIGNED",
        "slug": key.lower().replace(".", "-"),
        "revision": 1,
        "cloudComplianceBoundary": False,
    }
    assert app_listing(server, appKey="plain")["appName"] == "plain"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["member", "outsider", "stranger", "administrator"])
def test_others_see_public_listings_alone(server: InProcess, state: str, who: str) -> None:
    listing = changed(server, app_listing(server), state=state)
    answer = server.get(listing_path(listing["productId"]), as_caller(server, who))
    if state == "PUBLIC" or who in ("member", "administrator"):
        assert (answer.status_code, answer.json()) == (200, listing)
    else:
        assert told(answer, 404, "PRODUCT_NOT_FOUND") == {"there is no app with this product id"}


@pytest.mark.parametrize("product_id", [UNKNOWN, "x", "%F0%9F%99%82", "a%27b", UNKNOWN.upper()])
def test_an_unknown_app_is_not_found(shared: InProcess, product_id: str) -> None:
    for auth in (DEVELOPER, ADMINISTRATOR):
        answer = shared.get(listing_path(product_id), auth)
        assert told(answer, 404, "PRODUCT_NOT_FOUND") == {"there is no app with this product id"}


def test_nobody_reads_without_credentials(shared: InProcess) -> None:
    listing = app_listing(shared)
    for auth in (None, ("developer@example.com", "wrong")):
        told(shared.get(listing_path(listing["productId"]), auth), 401, "UNAUTHORIZED")


def test_the_listing_of_what_is_archived_stays_readable(server: InProcess) -> None:
    listing = changed(server, app_listing(server), state="PUBLIC")
    path = listing_path(listing["productId"])
    for archived in (f"apps/{listing['productId']}", f"developer-spaces/{SPACE}"):
        administer(server, "POST", f"{archived}/archive")
        assert server.get(path, OUTSIDER).json() == listing


@pytest.mark.parametrize(
    ("software", "said"),
    [
        ([{"hosting": "cloud"}], False),
        ([{"hosting": "server"}, {"hosting": "datacenter"}], False),
        ([{"hosting": "cloud", "complianceBoundary": "commercial"}], False),
        (
            [{"hosting": "cloud"}, {"hosting": "cloud", "complianceBoundary": "isolated_cloud"}],
            True,
        ),
        (
            [
                {"hosting": "cloud", "complianceBoundary": boundary}
                for boundary in ("fedramp_moderate", "isolated_cloud")
            ],
            True,
        ),
    ],
    ids=["cloud", "on-premises", "commercial", "isolated", "both"],
)
def test_the_listing_says_whether_there_is_a_cloud_with_a_boundary(
    server: InProcess, software: list[dict[str, Any]], said: bool
) -> None:
    listing = app_listing(server, OUTSIDER_SPACE)
    for body in software:
        administer(server, "POST", f"apps/{listing['productId']}/app-software", body)
    found = server.get(listing_path(listing["productId"]), OUTSIDER).json()
    assert found == {**listing, "cloudComplianceBoundary": said, "revision": 2 if said else 1}
