"""The promises of the demo data, which scripts may rely on."""

import io
import itertools
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from tests.support.administration import ADMIN, APPS, SPACES, person_of, read, walk
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_DATACENTER,
    ADDON_PRODUCT,
    ADDON_SERVER,
    CALENDAR_CLOUD,
    OUTSIDER_SPACE,
    REPORTS_FEDRAMP,
    SPACE,
    listing_path,
    listings_path,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.declarations import (
    CALENDAR_PRODUCT,
    CHECKLISTS_PRODUCT,
    REPORTS_PRODUCT,
    draft_path,
    migration_path,
    privacy_path,
    put_draft,
)
from tests.support.reference import UPDATE_VERSION
from tests.support.reviews import (
    ANSWERED,
    HOSTINGS,
    UNANSWERED,
    administered_path,
    read_reviews,
)

STATES = {"draft", "submitted", "approved", "auto-approved", "active", "rejected", "archived"}
FRAMEWORKS = {"connect", "forge", "plugin", "workflow", "external"}
ADDON = {ADDON_CLOUD: "cloud", ADDON_SERVER: "server", ADDON_DATACENTER: "datacenter"}
LISTING_STATES = ("PRIVATE", "PUBLIC")
APPROVAL_STATUSES = ("APPROVED", "SUBMITTED", "REJECTED", "UNINITIATED")
IMAGES = [f"{number}0000000-0000-4000-8000-0000000000e1" for number in range(1, 10)]
DOCUMENTED = {
    26400: ("draft", "PUBLIC", "UNINITIATED"),
    26300: ("active", "PUBLIC", "APPROVED"),
    26200: ("auto-approved", "PRIVATE", "UNINITIATED"),
    26100: ("approved", "PRIVATE", "APPROVED"),
    25900: ("submitted", "PUBLIC", "SUBMITTED"),
    25600: ("rejected", "PUBLIC", "REJECTED"),
    25400: ("submitted", "PRIVATE", "SUBMITTED"),
    25300: ("rejected", "PRIVATE", "REJECTED"),
}
"""The states of some versions of the cloud app software, and of their listings."""
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def versions(server: InProcess, software: str) -> list[dict[str, Any]]:
    return walk(server, versions_path(software), "versions", 50)


@pytest.fixture(scope="module")
def all_software(shared: InProcess) -> list[str]:
    """The ids of every app software, in every space."""
    return [
        software["id"]
        for app in walk(shared, APPS, "apps", 50)
        for software in read(shared, f"{APPS}/{app['productId']}/app-software")["appSoftware"]
    ]


@pytest.mark.parametrize(
    ("auth", "administrator"),
    [(DEVELOPER, False), (OUTSIDER, False), (ADMINISTRATOR, True)],
)
def test_the_documented_credentials_work(
    shared: InProcess, auth: tuple[str, str], administrator: bool
) -> None:
    assert shared.get(versions_path(), auth=auth).status_code == 200
    person = person_of(shared, auth[0])
    assert person["administrator"] is administrator
    tokens = read(shared, f"{ADMIN}/people/{person['id']}/api-tokens")["apiTokens"]
    assert [token["name"] for token in tokens] == ["laptop"]


def test_the_space_of_the_developer_is_the_documented_one(shared: InProcess) -> None:
    space = read(shared, f"{SPACES}/{SPACE}")
    assert (space["vendorId"], space["approvalPolicy"]) == (1212345, "auto")
    members = read(shared, f"{SPACES}/{SPACE}/members")["members"]
    assert [(member["email"], member["roles"], member["categories"]) for member in members] == [
        ("developer@example.com", ["admin"], ["primary", "engineering"]),
        ("release@example.com", ["release-manager"], ["engineering"]),
        ("listing@example.com", ["listing-specialist"], ["marketing", "support"]),
        ("viewer@example.com", ["viewer", "data-analyst"], ["finance"]),
    ]


def test_the_outsider_has_another_space_with_reviews(shared: InProcess) -> None:
    assert read(shared, f"{SPACES}/{OUTSIDER_SPACE}")["approvalPolicy"] == "manual"
    members = read(shared, f"{SPACES}/{OUTSIDER_SPACE}/members")["members"]
    assert [member["email"] for member in members] == ["outsider@example.com"]


def test_the_space_has_three_apps_of_which_the_add_on_is_first(shared: InProcess) -> None:
    apps = read(shared, f"{APPS}?developerSpaceId={SPACE}")["apps"]
    assert len(apps) >= 3
    assert (apps[0]["appKey"], apps[0]["productId"]) == ("com.example.app.addon", ADDON_PRODUCT)
    assert read(shared, APPS)["apps"][0] == apps[0]
    times = [app["createdAt"] for app in apps]
    assert times == sorted(times)


def test_the_add_on_has_the_three_documented_app_software(shared: InProcess) -> None:
    by_key = read(shared, "/rest/3/app-software/app-key/com.example.app.addon", DEVELOPER)
    assert [(software["appSoftwareId"], software["hosting"]) for software in by_key] == list(
        ADDON.items()
    )
    assert [software["complianceBoundaries"] for software in by_key] == [["commercial"], None, None]


def test_another_app_has_one_for_fedramp(shared: InProcess) -> None:
    software = read(shared, f"{ADMIN}/app-software/{REPORTS_FEDRAMP}")
    assert software["complianceBoundary"] == "fedramp_moderate"
    assert software["productId"] != ADDON_PRODUCT
    app = read(shared, f"{APPS}/{software['productId']}")
    assert app["developerSpaceId"] == SPACE
    path = f"/rest/3/app-software/app-key/{app['appKey']}"
    asked = read(shared, f"{path}?complianceBoundaries=fedramp_moderate", DEVELOPER)
    assert [found["appSoftwareId"] for found in asked] == [REPORTS_FEDRAMP]
    assert REPORTS_FEDRAMP not in {found["appSoftwareId"] for found in read(shared, path)}


def test_the_cloud_one_has_over_60_versions_in_every_state_free_and_paid(
    shared: InProcess,
) -> None:
    held = versions(shared, ADDON_CLOUD)
    assert len(held) > 60
    assert read(shared, versions_path())["totalCount"] == len(held)
    assert {version["state"] for version in held} == STATES
    models = [version["supportedPaymentModel"] for version in held]
    assert models.count("free") > 1
    assert len(models) - models.count("free") > 1
    for state in STATES:
        of_state = read(shared, f"{versions_path()}?state={state}", DEVELOPER)
        assert of_state["totalCount"] == [v["state"] for v in held].count(state) > 0


def test_the_three_have_versions_of_every_framework(shared: InProcess) -> None:
    used = {
        version["frameworkDetails"]["frameworkId"]
        for software in ADDON
        for version in versions(shared, software)
    }
    assert used == FRAMEWORKS


def test_access_tokens_have_a_site_or_none(shared: InProcess) -> None:
    tokens = read(shared, f"/rest/3/app-software/{ADDON_CLOUD}/tokens", DEVELOPER)["tokens"]
    sites = [token["cloudId"] for token in tokens]
    assert None in sites
    assert any(sites)
    assert all(UUID.fullmatch(site) for site in sites if site)
    assert all(re.fullmatch(r"at_[0-9a-f]{32,}", token["token"]) for token in tokens)


def test_the_numbers_that_the_reference_page_uses_are_free(server: InProcess) -> None:
    assert server.get(versions_path(build_number=1001)).status_code == 404
    held = {held.get("versionNumber") for held in versions(server, ADDON_CLOUD)}
    assert not held & {"1.0.1", "1.0.2"}
    body = version(buildNumber=1001, versionNumber="1.0.1")
    created = server.post(versions_path(), json=body)
    assert (created.status_code, created.json()["state"]) == (201, "auto-approved")
    updated = server.put(
        versions_path(build_number=1001), json={**created.json(), "versionNumber": "1.0.2"}
    )
    assert updated.status_code == 200


@pytest.mark.parametrize("software", [ADDON_CLOUD, CALENDAR_CLOUD])
def test_the_update_of_the_reference_page_is_good_for_active_connect_versions(
    server: InProcess, software: str
) -> None:
    held = next(
        held
        for held in versions(server, software)
        if held["state"] == "active" and held["frameworkDetails"]["frameworkId"] == "connect"
    )
    numbers = {name: held[name] for name in ("buildNumber", "revision")}
    path = versions_path(software, held["buildNumber"])
    answer = server.put(path, ADMINISTRATOR, json={**UPDATE_VERSION, **numbers})
    assert answer.status_code == 200, answer.text
    updated = answer.json()
    assert (updated["versionNumber"], updated["state"]) == ("1.0.2", "active")
    assert updated["revision"] == held["revision"] + 1


@pytest.mark.parametrize(
    ("software", "auth"),
    [
        (ADDON_CLOUD, DEVELOPER),
        (ADDON_SERVER, DEVELOPER),
        (ADDON_DATACENTER, DEVELOPER),
        (REPORTS_FEDRAMP, DEVELOPER),
        (CALENDAR_CLOUD, OUTSIDER),
    ],
)
def test_every_version_can_be_sent_back_as_it_is(
    server: InProcess, software: str, auth: Auth
) -> None:
    writable = [held for held in versions(server, software) if held["state"] != "archived"]
    assert len(writable) > 4
    for held in writable:
        path = versions_path(software, held["buildNumber"])
        assert server.get(path, auth=auth).json() == held
        response = server.put(path, auth=auth, json=held)
        assert response.status_code == 200, (held, response.text)
        assert response.json() == {**held, "revision": held["revision"] + 1}


def test_no_app_software_is_without_versions(shared: InProcess, all_software: list[str]) -> None:
    assert len(all_software) >= 6
    assert all(versions(shared, software) for software in all_software)


def test_histories_are_plausible(shared: InProcess, all_software: list[str]) -> None:
    now = datetime.now(UTC)
    for software in all_software:
        held = list(reversed(versions(shared, software)))
        created = [datetime.fromisoformat(version["createdAt"]) for version in held]
        assert created == sorted(created)
        assert created[-1] < now
        assert all(version["createdBy"].endswith("@example.com") for version in held)
        assert all(version["changelog"]["releaseSummary"] for version in held)


def test_details_fit_the_states(shared: InProcess, all_software: list[str]) -> None:
    checked = set()
    for software in all_software:
        for held in versions(shared, software):
            state = held["state"]
            approval = held.get("approvalDetails", {})
            assert ("submittedAt" in approval) is (state != "draft")
            approved = state in ("approved", "auto-approved", "active", "archived")
            assert ("approvedAt" in approval and "approvedBy" in approval) is approved
            assert ("rejectionReason" in approval) is (state == "rejected")
            assert ("releaseDetails" in held) is (state in ("active", "archived"))
            if state == "auto-approved":
                assert approval["approvedBy"] == "auto-approval"
            checked.add(state)
    assert checked == STATES


def test_bodies_name_parents_and_releases_that_are_known(
    shared: InProcess, all_software: list[str]
) -> None:
    known = {
        parent["id"] for parent in walk(shared, "/rest/3/parent-software", "parentSoftware", 50)
    }
    named = {
        compatibility["parentSoftwareId"]
        for software in all_software
        for held in versions(shared, software)
        for compatibility in held["compatibilities"]
    }
    assert named <= known
    assert len(named) > 1


# Reviews.


def test_the_add_on_has_reviews_of_every_hosting_and_number_of_stars(shared: InProcess) -> None:
    page = read_reviews(shared)
    held = page["reviews"]
    assert len(held) == page["count"] == 8
    assert {review["productHosting"] for review in held} == set(HOSTINGS)
    assert {review["stars"] for review in held} == {1, 2, 3, 4, 5}
    assert {"responseContent" in review for review in held} == {True, False}
    assert [review["stars"] for review in held if review["isFlagged"]] == [1]
    assert all(review["helpfulVotes"] <= review["totalVotes"] for review in held)
    assert page["averageStars"] == 3.38
    assert {ANSWERED, UNANSWERED} <= {review["id"] for review in held}
    authors = [review["personId"] for review in read(shared, administered_path())["reviews"]]
    members = read(shared, f"{SPACES}/{SPACE}/members")["members"]
    assert not {member["personId"] for member in members} & set(authors)


def test_a_public_app_has_no_reviews(shared: InProcess) -> None:
    assert read_reviews(shared, REPORTS_PRODUCT, OUTSIDER)["count"] == 0


# Listings.


def listings(server: InProcess, software: str, **filters: str) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return walk(server, f"{listings_path(software)}?{query}", "versions", 50)


def test_the_cloud_one_has_listings_in_every_state_and_approval_status(shared: InProcess) -> None:
    held = listings(shared, ADDON_CLOUD)
    assert len(held) > 10
    found = {(listing["state"], listing["approvalStatus"]) for listing in held}
    assert found == set(itertools.product(LISTING_STATES, APPROVAL_STATUSES))
    for state, status in found:
        filtered = listings(shared, ADDON_CLOUD, state=state, approvalStatus=status)
        expected = [n for n in held if (n["state"], n["approvalStatus"]) == (state, status)]
        assert filtered == expected


@pytest.mark.parametrize("build_number", DOCUMENTED)
def test_versions_and_their_listings_are_in_the_documented_states(
    shared: InProcess, build_number: int
) -> None:
    version = read(shared, versions_path(build_number=build_number))
    listing = read(shared, listing_path(build_number))
    states = (version["state"], listing["state"], listing["approvalStatus"])
    assert states == DOCUMENTED[build_number]


def test_the_newest_version_of_each_app_software_has_a_listing(
    shared: InProcess, all_software: list[str]
) -> None:
    for software in all_software:
        newest = versions(shared, software)[0]["buildNumber"]
        listing = read(shared, listing_path(newest, software))
        assert (listing["buildNumber"], listing["appSoftwareId"]) == (newest, software)
        assert len(listing["highlights"]) == 3


def test_listings_fit_their_versions(shared: InProcess, all_software: list[str]) -> None:
    for software in all_software:
        for listing in listings(shared, software):
            version = read(shared, versions_path(software, listing["buildNumber"]))
            visible = (listing["state"], listing["approvalStatus"]) == ("PUBLIC", "APPROVED")
            assert visible is (version["state"] == "active")
            details = listing.get("approvalDetails", {})
            status = listing["approvalStatus"]
            assert ("submittedDate" in details) is (status != "UNINITIATED")
            assert ("approvalDate" in details and "approvedBy" in details) is (status == "APPROVED")


@pytest.mark.parametrize(
    ("software", "auth"),
    [
        (ADDON_CLOUD, DEVELOPER),
        (ADDON_SERVER, DEVELOPER),
        (ADDON_DATACENTER, DEVELOPER),
        (REPORTS_FEDRAMP, DEVELOPER),
        (CALENDAR_CLOUD, OUTSIDER),
    ],
)
def test_every_listing_can_be_sent_back_as_it_is(
    server: InProcess, software: str, auth: Auth
) -> None:
    held = listings(server, software)
    assert held
    for listing in held:
        path = listing_path(listing["buildNumber"], software)
        response = server.put(path, auth=auth, json=listing)
        assert response.status_code == 200, (listing, response.text)
        assert response.json() == {**listing, "revision": listing["revision"] + 1}


# Files.


@pytest.mark.parametrize("image_id", IMAGES)
def test_the_images_of_listings_can_be_downloaded_and_seen(
    shared: InProcess, image_id: str
) -> None:
    path = f"/rest/3/assets/images/{image_id}/download"
    answer = shared.get(path, headers={"Accept": "*/*"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(answer.content)) as picture:
        picture.load()
        assert picture.format == "PNG"
        assert min(picture.size) >= 90
        assert len(picture.convert("RGB").getcolors() or []) == 2


def test_listings_name_no_other_images(shared: InProcess, all_software: list[str]) -> None:
    for software in all_software:
        for listing in listings(shared, software):
            named = {listing["heroImage"]}
            named |= {screenshot["imageId"] for screenshot in listing["screenshots"]}
            for highlight in listing["highlights"]:
                named.add(highlight["screenshot"]["imageId"])
                named |= {highlight[name] for name in ("thumbnail",) if name in highlight}
            assert named <= set(IMAGES)


def test_artifacts_are_files_and_uploading_one_again_tells_the_same(
    server: InProcess, all_software: list[str]
) -> None:
    checked = set()
    for software in all_software:
        for held in versions(server, software):
            found = held["frameworkDetails"]["attributes"].get("artifactId")
            if found is None:
                continue
            artifact = read(server, f"/rest/3/artifacts/{found}", DEVELOPER)
            details = artifact["details"]
            if held["frameworkDetails"]["frameworkId"] == "plugin":
                assert details["version"] == held["versionNumber"]
            binary = server.get(f"/rest/3/artifacts/{found}/download")
            assert binary.status_code == 200
            assert len(binary.content) == artifact["fileInfo"]["size"]
            name = artifact["fileInfo"]["logicalFileName"]
            again = server.post("/rest/3/artifacts", files={"file": (name, binary.content)})
            assert again.status_code == 200, again.text
            assert again.json()["details"] == details
            assert again.json()["fileInfo"] == artifact["fileInfo"]
            checked.add(held["frameworkDetails"]["frameworkId"])
    assert checked == {"plugin", "workflow"}


def test_two_apps_declare_something_and_one_is_about_to_declare_more(shared: InProcess) -> None:
    declared = {
        product: (
            shared.get(privacy_path(product)).status_code,
            shared.get(draft_path(product), ADMINISTRATOR).status_code,
        )
        for product in (ADDON_PRODUCT, REPORTS_PRODUCT, CHECKLISTS_PRODUCT, CALENDAR_PRODUCT)
    }
    assert list(declared.values()) == [(200, 200), (200, 404), (404, 404), (404, 404)]
    live = read(shared, privacy_path(ADDON_PRODUCT), DEVELOPER)["commonCloud"]
    draft = read(shared, draft_path(ADDON_PRODUCT), DEVELOPER)["commonCloud"]
    differing = {name for name in live if live[name] != draft[name]}
    assert differing == {"dataResidency", "logDetails", "properties"}
    # What is there keeps the rules: sending it back only to be checked is no problem.
    for record in (live, draft):
        checked = put_draft(shared, ADDON_PRODUCT, record, headers={"Prefer": "validate-only"})
        assert checked.status_code == 200, checked.text


def test_two_apps_have_a_migration_record(shared: InProcess) -> None:
    paths = {}
    for product in (ADDON_PRODUCT, CHECKLISTS_PRODUCT):
        record = read(shared, migration_path(product), DEVELOPER)
        paths[product] = record["migrationPath"]
        checked = shared.put(
            migration_path(product), json=record, headers={"Prefer": "validate-only"}
        )
        assert checked.json() == record
    assert set(paths.values()) == {"AUTOMATED", "UNKNOWN"}
    for product in (REPORTS_PRODUCT, CALENDAR_PRODUCT):
        assert shared.get(migration_path(product)).status_code == 404
