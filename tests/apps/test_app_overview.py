"""What a person may see of apps."""

from typing import Any

import pytest

from tests.support.administration import APP_SOFTWARE, APPS, BAD_PAGES, SPACES, create, do, read
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_PRODUCT,
    ADDON_SERVER,
    CALENDAR_CLOUD,
    OUTSIDER_SPACE,
    SPACE,
    codes,
    listing,
    listing_path,
    problems,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess

OVERVIEW = "/admin/v1/app-overview"
ADDON = "com.example.app.addon"
CALENDAR = "com.outsider.app.calendar"


def keys(server: InProcess, query: str = "", auth: Auth = DEVELOPER) -> list[str]:
    """The app keys that somebody is shown, read page by page."""
    found: list[str] = []
    following = f"{OVERVIEW}?{query}"
    while following:
        page = read(server, following, auth)
        found += [app["appKey"] for app in page["apps"]]
        following = page["links"].get("next", "")
    return found


def app(server: InProcess, app_key: str = ADDON, auth: Auth = DEVELOPER) -> dict[str, Any]:
    [found] = read(server, f"{OVERVIEW}?appKey={app_key}", auth)["apps"]
    result: dict[str, Any] = found
    return result


def test_nobody_is_shown_nothing(shared: InProcess) -> None:
    response = shared.get(OVERVIEW, auth=None)
    assert (response.status_code, codes(response.json())) == (401, ["UNAUTHORIZED"])


def test_each_app_software_tells_its_newest_active_version(shared: InProcess) -> None:
    found = app(shared)
    assert found["developerSpace"] == {"id": SPACE, "name": "Example Apps"}
    assert (found["productId"], found["isMember"], found["archived"]) == (
        ADDON_PRODUCT,
        True,
        False,
    )
    assert [one["hosting"] for one in found["appSoftware"]] == ["cloud", "server", "datacenter"]
    cloud = found["appSoftware"][0]
    active = read(shared, f"{versions_path()}?state=active&limit=1", DEVELOPER)["versions"][0]
    newest = read(shared, f"{versions_path()}?limit=1", DEVELOPER)["versions"][0]
    assert cloud == {
        "id": ADDON_CLOUD,
        "hosting": "cloud",
        "complianceBoundary": "commercial",
        "archived": False,
        "newestActive": {
            "buildNumber": active["buildNumber"],
            "versionNumber": active["versionNumber"],
            "paymentModel": active["supportedPaymentModel"],
            "beta": active["beta"],
            "releasedAt": active["releaseDetails"]["releasedAt"],
        },
        "newest": {
            "buildNumber": newest["buildNumber"],
            "versionNumber": newest["versionNumber"],
            "state": "draft",
        },
    }
    releases = [one["newestActive"]["releasedAt"] for one in found["appSoftware"]]
    assert found["lastReleasedAt"] == max(releases)


def test_strangers_are_not_told_of_versions_that_are_not_active(shared: InProcess) -> None:
    found = app(shared, auth=OUTSIDER)
    assert not found["isMember"]
    assert all("newest" not in one for one in found["appSoftware"])
    assert found["appSoftware"][0]["newestActive"]["versionNumber"]


def test_apps_without_an_active_version_are_for_members(server: InProcess) -> None:
    create(server, APPS, appKey="hidden", developerSpaceId=SPACE)
    assert "hidden" in keys(server)
    assert "hidden" in keys(server, auth=ADMINISTRATOR)
    assert "hidden" not in keys(server, auth=OUTSIDER)
    assert keys(server, "appKey=hidden", OUTSIDER) == []


def test_an_app_is_shown_to_all_once_a_version_is_active(server: InProcess) -> None:
    product = create(server, APPS, appKey="fresh", developerSpaceId=SPACE)["productId"]
    software = create(server, f"{APPS}/{product}/app-software", hosting="cloud")["id"]
    assert keys(server, f"appSoftwareId={software}", OUTSIDER) == []
    assert app(server, "fresh")["appSoftware"] == [
        {
            "id": software,
            "hosting": "cloud",
            "complianceBoundary": "commercial",
            "archived": False,
        }
    ]
    assert server.post(versions_path(software), json=version()).status_code == 201
    assert keys(server, f"appSoftwareId={software}", OUTSIDER) == []
    public = server.post(listing_path(1, software), json=listing(state="PUBLIC"))
    assert public.status_code == 201, public.text
    assert keys(server, f"appSoftwareId={software}", OUTSIDER) == ["fresh"]


def test_archived_apps_are_listed_for_administrators_and_found_by_name(server: InProcess) -> None:
    do(server, f"{APPS}/{ADDON_PRODUCT}/archive")
    assert ADDON not in keys(server)
    assert ADDON in keys(server, auth=ADMINISTRATOR)
    for auth in (DEVELOPER, OUTSIDER):
        assert keys(server, f"appKey={ADDON}", auth) == [ADDON]
        assert keys(server, f"appSoftwareId={ADDON_SERVER}", auth) == [ADDON]
    assert app(server)["archived"]
    assert all(one["archived"] for one in app(server)["appSoftware"])


def test_the_apps_of_an_archived_space_are_archived(server: InProcess) -> None:
    do(server, f"{SPACES}/{OUTSIDER_SPACE}/archive")
    assert CALENDAR not in keys(server, auth=OUTSIDER)
    assert app(server, CALENDAR, ADMINISTRATOR)["archived"]


def test_an_archived_app_software_says_so(server: InProcess) -> None:
    do(server, f"{APP_SOFTWARE}/{ADDON_SERVER}/archive")
    archived = {one["hosting"]: one["archived"] for one in app(server)["appSoftware"]}
    assert archived == {"cloud": False, "server": True, "datacenter": False}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ADD-ON", {ADDON}),
        ("app.Addon", {ADDON}),
        ("calendar", {CALENDAR}),
        ("OUTSIDER", {CALENDAR}),
        ("%25", set()),
        ("_", set()),
        ("nothing of the kind", set()),
    ],
)
def test_search_finds_parts_of_names_and_keys(
    shared: InProcess, search: str, found: set[str]
) -> None:
    assert set(keys(shared, f"search={search}")) == found


@pytest.mark.parametrize("search", ["ÜBER", "über", "100%25", "a_b", "straSSE"])
def test_search_takes_every_letter_for_what_it_is(server: InProcess, search: str) -> None:
    create(server, APPS, appKey="odd", name="Über a_b 100% Straße", developerSpaceId=SPACE)
    create(server, APPS, appKey="even", name="aXb 1000", developerSpaceId=SPACE)
    assert keys(server, f"search={search}") == ["odd"]


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_pages_follow_on_each_other(shared: InProcess, limit: int) -> None:
    assert keys(shared, f"limit={limit}") == keys(shared)
    assert keys(shared, f"search=example&limit={limit}") == keys(shared, "search=example")
    assert keys(shared) == [
        ADDON,
        "com.example.app.reports",
        CALENDAR,
        "com.example.app.checklists",
    ]


def test_a_rare_find_is_made_behind_many_apps(server: InProcess) -> None:
    for number in range(30):
        create(server, APPS, appKey=f"many-{number}", developerSpaceId=SPACE)
    create(server, APPS, appKey="needle", developerSpaceId=SPACE)
    assert keys(server, "search=needle&limit=1") == ["needle"]
    assert len(keys(server, "search=many&limit=7")) == 30


@pytest.mark.parametrize(("query", "detail"), BAD_PAGES)
def test_a_page_that_cannot_be_is_refused(shared: InProcess, query: str, detail: str) -> None:
    response = shared.get(f"{OVERVIEW}?{query}")
    assert response.status_code == 400
    assert problems(response.json()) == {("INVALID_PARAMETER", detail)}


def test_an_app_software_without_versions_is_shown_as_it_is(shared: InProcess) -> None:
    assert keys(shared, f"appSoftwareId={CALENDAR_CLOUD}") == [CALENDAR]
    assert keys(shared, "appSoftwareId=unknown") == []
