"""Developer spaces: create, list, get, change, archive, un-archive."""

from typing import Any

import pytest

from tests.support.administration import (
    APP_SOFTWARE,
    APPS,
    BAD_PAGES,
    NO_ADMINISTRATORS,
    SPACES,
    create,
    do,
    person_of,
    read,
    walk,
)
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_PRODUCT,
    CALENDAR_CLOUD,
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
    ("POST", SPACES),
    ("GET", SPACES),
    ("GET", f"{SPACES}/{UNKNOWN}"),
    ("PATCH", f"{SPACES}/{UNKNOWN}"),
    ("POST", f"{SPACES}/{UNKNOWN}/archive"),
    ("POST", f"{SPACES}/{UNKNOWN}/unarchive"),
]


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_only_administrators_may(
    shared: InProcess, method: str, path: str, auth: Auth, status: int, code: str
) -> None:
    response = shared.request(method, path, auth, json={"name": "Tools"})
    assert (response.status_code, codes(response.json())) == (status, [code])


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_not_even_the_members_of_a_space_administer_it(shared: InProcess, method: str) -> None:
    response = shared.request(method, f"{SPACES}/{SPACE}", DEVELOPER, json={"name": "Mine"})
    assert (response.status_code, codes(response.json())) == (403, ["FORBIDDEN"])
    assert read(shared, f"{SPACES}/{SPACE}")["name"] == "Example Apps"


@pytest.mark.parametrize(("method", "path"), OPERATIONS[2:])
def test_an_unknown_space_is_not_found(shared: InProcess, method: str, path: str) -> None:
    response = shared.request(method, path, ADMINISTRATOR, json={})
    assert response.status_code == 404
    assert problems(response.json()) == {("NOT_FOUND", "there is no developer space with this id")}


def test_a_new_space_is_where_location_says(server: InProcess) -> None:
    sent = {"name": "Tools", "id": UNKNOWN, "vendorId": 7, "approvalPolicy": "manual"}
    response = server.post(SPACES, auth=ADMINISTRATOR, json=sent)
    assert response.status_code == 201
    space = response.json()
    assert space == {**sent, "createdAt": space["createdAt"]}
    assert response.headers["location"] == f"{SPACES}/{UNKNOWN}"
    assert read(server, response.headers["location"]) == space


def test_what_is_left_out_of_a_new_space_is_filled_in(server: InProcess) -> None:
    highest = max(space["vendorId"] for space in walk(server, SPACES, "developerSpaces", 50))
    one, other = (create(server, SPACES, name="Tools") for _ in range(2))
    assert (one["vendorId"], other["vendorId"]) == (highest + 1, highest + 2)
    assert one["approvalPolicy"] == "auto"
    assert one["id"] != other["id"]


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, {"name is required"}),
        ({"name": ""}, {"name must not be empty"}),
        (
            {"name": 1, "id": "ABC", "vendorId": -1, "approvalPolicy": "never"},
            {
                "name must be a string",
                "id must be a UUID in lower case",
                "vendorId must be between 0 and 9007199254740991",
                "approvalPolicy must be one of auto, manual",
            },
        ),
        (
            {"name": "Tools", "id": SPACE, "vendorId": 1212346},
            {
                "id belongs to a developer space already",
                "vendorId belongs to a developer space already",
            },
        ),
    ],
)
def test_everything_wrong_with_a_space_is_told_at_once(
    shared: InProcess, body: Any, details: set[str]
) -> None:
    response = shared.post(SPACES, auth=ADMINISTRATOR, json=body)
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", detail) for detail in details}


def test_the_vendor_id_after_the_highest_possible_one_cannot_be_generated(
    server: InProcess,
) -> None:
    create(server, SPACES, name="Last", vendorId=9_007_199_254_740_991)
    response = server.post(SPACES, auth=ADMINISTRATOR, json={"name": "One too many"})
    assert response.status_code == 400, response.text
    assert codes(response.json()) == ["VALIDATION_ERROR"]


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_spaces_are_listed_the_oldest_first(server: InProcess, limit: int) -> None:
    names = ["Zebra", "Ant", "Mole"]
    for name in names:
        create(server, SPACES, name=name)
    listed = walk(server, SPACES, "developerSpaces", limit)
    assert [space["name"] for space in listed] == ["Example Apps", "Outsider Tools", *names]


@pytest.mark.parametrize(("query", "detail"), BAD_PAGES)
def test_a_page_that_cannot_be_is_refused(shared: InProcess, query: str, detail: str) -> None:
    response = shared.get(f"{SPACES}?{query}", auth=ADMINISTRATOR)
    assert response.status_code == 400
    assert problems(response.json()) == {("INVALID_PARAMETER", detail)}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": "Renamed"},
        {"approvalPolicy": "manual"},
        {"name": "X", "approvalPolicy": "auto"},
        {"catalogAccountId": "account-1"},
    ],
)
def test_what_a_change_names_changes_and_the_rest_stays(
    server: InProcess, changes: dict[str, str]
) -> None:
    before = read(server, f"{SPACES}/{SPACE}")
    response = server.request("PATCH", f"{SPACES}/{SPACE}", ADMINISTRATOR, json=changes)
    assert (response.status_code, response.json()) == (200, {**before, **changes})
    assert read(server, f"{SPACES}/{SPACE}") == {**before, **changes}


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ([], {"the body must be an object"}),
        (
            {"name": "", "approvalPolicy": "never"},
            {"name must not be empty", "approvalPolicy must be one of auto, manual"},
        ),
        ({"approvalPolicy": None}, {"approvalPolicy must be one of auto, manual"}),
        ({"catalogAccountId": ""}, {"catalogAccountId must not be empty"}),
    ],
)
def test_everything_wrong_with_a_change_is_told_at_once(
    shared: InProcess, body: Any, details: set[str]
) -> None:
    response = shared.request("PATCH", f"{SPACES}/{SPACE}", ADMINISTRATOR, json=body)
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", detail) for detail in details}


@pytest.mark.parametrize(
    ("space", "software", "auth", "policy", "state"),
    [
        (SPACE, ADDON_CLOUD, DEVELOPER, "manual", "submitted"),
        (OUTSIDER_SPACE, CALENDAR_CLOUD, OUTSIDER, "auto", "auto-approved"),
    ],
)
def test_the_approval_policy_counts_for_the_next_version(
    server: InProcess, space: str, software: str, auth: Auth, policy: str, state: str
) -> None:
    before = server.post(versions_path(software), auth=auth, json=version())
    assert before.status_code == 201
    assert before.json()["state"] != state
    server.request("PATCH", f"{SPACES}/{space}", ADMINISTRATOR, json={"approvalPolicy": policy})
    after = server.post(versions_path(software), auth=auth, json=version())
    assert (after.status_code, after.json()["state"]) == (201, state)
    unchanged = server.get(before.headers["location"], auth=auth)
    assert unchanged.json() == before.json()


def test_an_archived_space_stays_readable_with_all_that_is_in_it(server: InProcess) -> None:
    before = read(server, f"{SPACES}/{SPACE}")
    versions = read(server, versions_path(), DEVELOPER)
    archived = do(server, f"{SPACES}/{SPACE}/archive")
    assert archived["archivedAt"].endswith("Z")
    assert archived == {**before, "archivedAt": archived["archivedAt"]}
    assert read(server, f"{SPACES}/{SPACE}") == archived
    assert archived in walk(server, SPACES, "developerSpaces", 50)
    assert read(server, versions_path(), DEVELOPER) == versions
    assert len(read(server, f"{APPS}?developerSpaceId={SPACE}")["apps"]) == 3


def draft(server: InProcess) -> str:
    """A new draft; its path in the administration interface."""
    created = create(server, f"{APP_SOFTWARE}/{ADDON_CLOUD}/versions", **version(draft=True))
    return f"{APP_SOFTWARE}/{ADDON_CLOUD}/versions/{created['buildNumber']}"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", versions_path(), version()),
        ("POST", f"/rest/3/app-software/{ADDON_CLOUD}/tokens", {}),
        ("POST", f"{APP_SOFTWARE}/{ADDON_CLOUD}/versions", version(draft=True)),
        ("POST", "{draft}/submit", {}),
        ("POST", "{draft}/archive", {}),
        ("POST", APPS, {"appKey": "com.example.new", "developerSpaceId": SPACE}),
        (
            "POST",
            f"{APPS}/{ADDON_PRODUCT}/app-software",
            {"hosting": "cloud"} | {"complianceBoundary": "isolated_cloud"},
        ),
        ("PATCH", f"{SPACES}/{SPACE}", {"name": "Renamed"}),
        ("PUT", f"{SPACES}/{SPACE}/members/{{person}}", {"roles": ["viewer"]}),
    ],
    ids=[
        "version",
        "access-token",
        "draft",
        "submit",
        "archive",
        "app",
        "app-software",
        "rename",
        "member",
    ],
)
def test_an_archived_space_takes_no_writes_until_it_is_taken_back(
    server: InProcess, method: str, path: str, body: dict[str, Any]
) -> None:
    person = person_of(server, "outsider@example.com")["id"]
    path = path.format(draft=draft(server), person=person)
    do(server, f"{SPACES}/{SPACE}/archive")
    refused = server.request(method, path, ADMINISTRATOR, json=body)
    assert refused.status_code == 400, refused.text
    assert codes(refused.json()) == ["VALIDATION_ERROR"]
    assert "archived" in refused.json()["errors"][0]["detail"]
    assert "archivedAt" not in do(server, f"{SPACES}/{SPACE}/unarchive")
    assert server.request(method, path, ADMINISTRATOR, json=body).status_code in (200, 201)


def test_versions_of_an_archived_space_cannot_be_updated(server: InProcess) -> None:
    held = server.post(versions_path(), json=version()).json()
    do(server, f"{SPACES}/{SPACE}/archive")
    path = versions_path(build_number=held["buildNumber"])
    refused = server.put(path, json=held)
    assert refused.status_code == 400, refused.text
    assert codes(refused.json()) == ["VALIDATION_ERROR"]
    assert server.get(path).json() == held
