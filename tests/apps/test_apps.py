"""Apps: create, list, get, archive, un-archive."""

from typing import Any

import pytest

from tests.support.administration import (
    APPS,
    BAD_PAGES,
    NO_ADMINISTRATORS,
    SPACES,
    create,
    do,
    read,
    walk,
)
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_PRODUCT,
    ADDON_SERVER,
    OUTSIDER_SPACE,
    SPACE,
    UNKNOWN,
    codes,
    problems,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess

OPERATIONS = [
    ("POST", APPS),
    ("GET", APPS),
    ("GET", f"{APPS}/{UNKNOWN}"),
    ("POST", f"{APPS}/{UNKNOWN}/archive"),
    ("POST", f"{APPS}/{UNKNOWN}/unarchive"),
]
ADDON = f"{APPS}/{ADDON_PRODUCT}"
ADDON_BY_KEY = "/rest/3/app-software/app-key/com.example.app.addon"


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_only_administrators_may(
    shared: InProcess, method: str, path: str, auth: Auth, status: int, code: str
) -> None:
    response = shared.request(
        method, path, auth, json={"appKey": "com.example.new", "developerSpaceId": SPACE}
    )
    assert (response.status_code, codes(response.json())) == (status, [code])


@pytest.mark.parametrize(("method", "path"), OPERATIONS[2:])
def test_an_unknown_app_is_not_found(shared: InProcess, method: str, path: str) -> None:
    response = shared.request(method, path, ADMINISTRATOR)
    assert response.status_code == 404
    assert problems(response.json()) == {("NOT_FOUND", "there is no app with this product id")}


def test_a_new_app_is_where_location_says(server: InProcess) -> None:
    sent = {
        "appKey": "com.example.New_App-2",
        "name": "A new app",
        "developerSpaceId": OUTSIDER_SPACE,
        "productId": UNKNOWN,
    }
    response = server.post(APPS, auth=ADMINISTRATOR, json=sent)
    assert response.status_code == 201
    app = response.json()
    assert app == {**sent, "createdAt": app["createdAt"]}
    assert response.headers["location"] == f"{APPS}/{UNKNOWN}"
    assert read(server, response.headers["location"]) == app
    by_key = server.get("/rest/3/app-software/app-key/com.example.New_App-2", auth=OUTSIDER)
    assert (by_key.status_code, by_key.json()) == (200, [])


def test_what_is_left_out_of_a_new_app_is_filled_in(server: InProcess) -> None:
    one, other = (
        create(server, APPS, appKey=key, developerSpaceId=SPACE) for key in ("first", "second")
    )
    assert (one["name"], other["name"]) == ("first", "second")
    assert one["productId"] != other["productId"]


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, {"appKey is required", "developerSpaceId is required"}),
        (
            {"appKey": "", "developerSpaceId": "ABC", "productId": "1", "name": ""},
            {
                "appKey must not be empty",
                "developerSpaceId must be a UUID in lower case",
                "productId must be a UUID in lower case",
                "name must not be empty",
            },
        ),
        (
            {
                "appKey": "com.example.app.addon",
                "developerSpaceId": UNKNOWN,
                "productId": ADDON_PRODUCT,
            },
            {
                "appKey belongs to an app already",
                "developerSpaceId is no developer space",
                "productId belongs to an app already",
            },
        ),
        (
            {"appKey": "com.example.app.addon", "developerSpaceId": 1},
            {"appKey belongs to an app already", "developerSpaceId must be a string"},
        ),
        (
            {"appKey": "x" * 256, "developerSpaceId": SPACE},
            {"appKey must not be longer than 255 characters"},
        ),
        (
            {"appKey": "a/b", "developerSpaceId": SPACE},
            {
                "appKey must be letters, digits, dots, dashes and underscores, and start with one "
                "of the first two"
            },
        ),
    ],
)
def test_everything_wrong_with_an_app_is_told_at_once(
    shared: InProcess, body: Any, details: set[str]
) -> None:
    response = shared.post(APPS, auth=ADMINISTRATOR, json=body)
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", detail) for detail in details}


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_apps_are_listed_the_oldest_first(server: InProcess, limit: int) -> None:
    before = [app["appKey"] for app in walk(server, APPS, "apps", 50)]
    keys = ["zebra", "ant", "mole"]
    for key in keys:
        create(server, APPS, appKey=key, developerSpaceId=SPACE)
    listed = walk(server, APPS, "apps", limit)
    assert [app["appKey"] for app in listed] == [*before, *keys]
    times = [app["createdAt"] for app in listed]
    assert times == sorted(times)


@pytest.mark.parametrize("limit", [1, 50])
@pytest.mark.parametrize(("space", "count"), [(SPACE, 3), (OUTSIDER_SPACE, 1), (UNKNOWN, 0)])
def test_the_apps_of_one_space_can_be_listed(
    shared: InProcess, space: str, count: int, limit: int
) -> None:
    if count == 0:
        assert read(shared, f"{APPS}?developerSpaceId={space}&limit={limit}")["apps"] == []
        return
    listed = walk(shared, f"{APPS}?developerSpaceId={space}", "apps", limit)
    assert [app["developerSpaceId"] for app in listed] == [space] * count


@pytest.mark.parametrize(("query", "detail"), BAD_PAGES)
def test_a_page_that_cannot_be_is_refused(shared: InProcess, query: str, detail: str) -> None:
    response = shared.get(f"{APPS}?{query}", auth=ADMINISTRATOR)
    assert response.status_code == 400
    assert problems(response.json()) == {("INVALID_PARAMETER", detail)}


def test_a_filter_that_contradicts_its_cursor_is_refused(shared: InProcess) -> None:
    following = read(shared, f"{APPS}?developerSpaceId={SPACE}&limit=1")["links"]["next"]
    response = shared.get(f"{following}&developerSpaceId={OUTSIDER_SPACE}", auth=ADMINISTRATOR)
    assert response.status_code == 400
    assert problems(response.json()) == {
        ("INVALID_PARAMETER", "developerSpaceId contradicts the cursor")
    }


def test_an_archived_app_stays_readable_and_says_so(server: InProcess) -> None:
    before = read(server, ADDON)
    versions = read(server, versions_path(), DEVELOPER)
    archived = do(server, f"{ADDON}/archive")
    assert archived["archivedAt"].endswith("Z")
    assert archived == {**before, "archivedAt": archived["archivedAt"]}
    assert read(server, ADDON) == archived
    assert archived in read(server, APPS)["apps"]
    assert read(server, versions_path(), DEVELOPER) == versions
    assert [software["archived"] for software in read(server, ADDON_BY_KEY)] == [True] * 3


def test_an_app_taken_back_from_the_archive_is_as_before(server: InProcess) -> None:
    before = read(server, ADDON)
    do(server, f"{ADDON}/archive")
    assert do(server, f"{ADDON}/unarchive") == before
    assert [software["archived"] for software in read(server, ADDON_BY_KEY)] == [False] * 3
    assert server.post(versions_path(), json=version()).status_code == 201


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (versions_path(), version()),
        (versions_path(ADDON_SERVER), version("plugin", buildNumber=1, versionNumber="9.0.0")),
        (f"/rest/3/app-software/{ADDON_CLOUD}/tokens", {}),
        (f"/admin/v1/app-software/{ADDON_CLOUD}/versions", version(draft=True)),
        (f"{ADDON}/app-software", {"hosting": "cloud", "complianceBoundary": "isolated_cloud"}),
    ],
    ids=["version", "server-version", "access-token", "draft", "app-software"],
)
def test_an_archived_app_takes_no_writes_until_it_is_taken_back(
    server: InProcess, path: str, body: dict[str, Any]
) -> None:
    do(server, f"{ADDON}/archive")
    refused = server.post(path, auth=ADMINISTRATOR, json=body)
    assert (refused.status_code, codes(refused.json())) == (400, ["VALIDATION_ERROR"])
    assert "archived" in refused.json()["errors"][0]["detail"]
    do(server, f"{ADDON}/unarchive")
    assert server.post(path, auth=ADMINISTRATOR, json=body).status_code == 201


def test_the_other_apps_of_a_space_go_on_when_one_is_archived(server: InProcess) -> None:
    reports = next(
        a for a in read(server, APPS)["apps"] if a["appKey"] == "com.example.app.reports"
    )
    do(server, f"{APPS}/{reports['productId']}/archive")
    assert server.post(versions_path(), json=version()).status_code == 201


def test_an_archived_space_gets_no_new_app(server: InProcess) -> None:
    do(server, f"{SPACES}/{OUTSIDER_SPACE}/archive")
    response = server.post(
        APPS, auth=ADMINISTRATOR, json={"appKey": "new", "developerSpaceId": OUTSIDER_SPACE}
    )
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", "developerSpaceId is archived")}
