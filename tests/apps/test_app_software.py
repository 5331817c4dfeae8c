"""App software of an app: create, list, get, archive, un-archive."""

from typing import Any

import pytest

from tests.support.administration import (
    APP_SOFTWARE,
    APPS,
    NO_ADMINISTRATORS,
    create,
    do,
    read,
)
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_DATACENTER,
    ADDON_PRODUCT,
    ADDON_SERVER,
    SPACE,
    UNKNOWN,
    codes,
    problems,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess

OF_UNKNOWN_APP = f"{APPS}/{UNKNOWN}/app-software"
OF_ADDON = f"{APPS}/{ADDON_PRODUCT}/app-software"
OF_APPS = [("POST", OF_UNKNOWN_APP), ("GET", OF_UNKNOWN_APP)]
OF_SOFTWARE = [
    ("GET", f"{APP_SOFTWARE}/{UNKNOWN}"),
    ("POST", f"{APP_SOFTWARE}/{UNKNOWN}/archive"),
    ("POST", f"{APP_SOFTWARE}/{UNKNOWN}/unarchive"),
]
ADDON_BY_KEY = "/rest/3/app-software/app-key/com.example.app.addon"
KINDS = [
    ("datacenter", None),
    ("cloud", "isolated_cloud"),
    ("server", None),
    ("cloud", "commercial"),
    ("cloud", "fedramp_moderate"),
]


def kind(hosting: str, boundary: str | None) -> dict[str, str]:
    """The fields of an app software of that hosting, and boundary where there is one."""
    return {"hosting": hosting} | ({"complianceBoundary": boundary} if boundary else {})


@pytest.fixture
def app(server: InProcess) -> str:
    """The path of the app software of a new app that has none."""
    created = create(server, APPS, appKey="com.example.new", developerSpaceId=SPACE)
    return f"{APPS}/{created['productId']}/app-software"


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
@pytest.mark.parametrize(("method", "path"), OF_APPS + OF_SOFTWARE)
def test_only_administrators_may(
    shared: InProcess, method: str, path: str, auth: Auth, status: int, code: str
) -> None:
    response = shared.request(method, path, auth, json={"hosting": "cloud"})
    assert (response.status_code, codes(response.json())) == (status, [code])


@pytest.mark.parametrize(("method", "path"), OF_APPS)
def test_an_unknown_app_is_not_found(shared: InProcess, method: str, path: str) -> None:
    response = shared.request(method, path, ADMINISTRATOR, json={"hosting": "cloud"})
    assert response.status_code == 404
    assert problems(response.json()) == {("NOT_FOUND", "there is no app with this product id")}


@pytest.mark.parametrize(("method", "path"), OF_SOFTWARE)
def test_an_unknown_app_software_is_not_found(shared: InProcess, method: str, path: str) -> None:
    response = shared.request(method, path, ADMINISTRATOR)
    assert (response.status_code, codes(response.json())) == (404, ["APP_SOFTWARE_NOT_FOUND"])


@pytest.mark.parametrize(("hosting", "boundary"), KINDS)
def test_a_new_app_software_is_where_location_says(
    server: InProcess, app: str, hosting: str, boundary: str | None
) -> None:
    sent = {**kind(hosting, boundary), "id": UNKNOWN}
    response = server.post(app, auth=ADMINISTRATOR, json=sent)
    assert response.status_code == 201
    software = response.json()
    assert software == {
        **sent,
        "productId": app.split("/")[-2],
        "createdAt": software["createdAt"],
    }
    assert response.headers["location"] == f"{APP_SOFTWARE}/{UNKNOWN}"
    assert read(server, response.headers["location"]) == software
    by_key = f"/rest/3/app-software/app-key/com.example.new?complianceBoundaries={boundary or ''}"
    assert read(server, by_key.removesuffix("?complianceBoundaries="), OUTSIDER) == [
        {
            "appSoftwareId": UNKNOWN,
            "hosting": hosting,
            "complianceBoundaries": [boundary] if boundary else None,
            "archived": False,
        }
    ]
    created = server.post(
        versions_path(UNKNOWN), json=version("plugin", buildNumber=1, versionNumber="1.0.0")
    )
    assert created.status_code == 201, created.text


def test_a_cloud_one_is_commercial_unless_told(server: InProcess, app: str) -> None:
    assert create(server, app, hosting="cloud")["complianceBoundary"] == "commercial"


def test_the_app_software_of_an_app_is_listed_the_oldest_first(server: InProcess, app: str) -> None:
    made = [create(server, app, **kind(hosting, boundary)) for hosting, boundary in KINDS]
    listed = read(server, app)
    assert listed == {"links": {"self": app}, "appSoftware": made}


def test_an_app_without_app_software_has_an_empty_list(server: InProcess, app: str) -> None:
    assert read(server, app)["appSoftware"] == []


def test_the_ids_of_the_list_are_those_of_the_contract(shared: InProcess) -> None:
    listed = [software["id"] for software in read(shared, OF_ADDON)["appSoftware"]]
    assert listed == [ADDON_CLOUD, ADDON_SERVER, ADDON_DATACENTER]
    assert listed == [s["appSoftwareId"] for s in read(shared, ADDON_BY_KEY, DEVELOPER)]


@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize(("hosting", "boundary"), KINDS)
def test_there_is_one_for_each_hosting_and_boundary(
    server: InProcess, app: str, hosting: str, boundary: str | None, archived: bool
) -> None:
    held = create(server, app, **kind(hosting, boundary))
    if archived:
        do(server, f"{APP_SOFTWARE}/{held['id']}/archive")
    response = server.post(app, auth=ADMINISTRATOR, json=kind(hosting, boundary))
    assert response.status_code == 400
    assert problems(response.json()) == {
        ("VALIDATION_ERROR", "hosting has an app software of this app already")
    }
    assert len(read(server, app)["appSoftware"]) == 1


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, {"hosting is required"}),
        (
            {"hosting": "moon", "id": "1", "complianceBoundary": "x"},
            {
                "hosting must be one of cloud, datacenter, server",
                "id must be a UUID in lower case",
                "complianceBoundary must be one of commercial, fedramp_moderate, isolated_cloud",
            },
        ),
        (
            {"hosting": "server", "complianceBoundary": "commercial", "id": ADDON_CLOUD},
            {
                "complianceBoundary is for cloud alone",
                "id belongs to an app software already",
            },
        ),
        (
            {"hosting": "datacenter", "complianceBoundary": "isolated_cloud"},
            {"complianceBoundary is for cloud alone"},
        ),
        (
            {"hosting": "cloud", "id": ADDON_SERVER},
            {
                "id belongs to an app software already",
                "hosting has an app software of this app already",
            },
        ),
    ],
)
def test_everything_wrong_with_an_app_software_is_told_at_once(
    shared: InProcess, body: Any, details: set[str]
) -> None:
    response = shared.post(OF_ADDON, auth=ADMINISTRATOR, json=body)
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", detail) for detail in details}


def test_an_archived_app_software_stays_readable_and_says_so(server: InProcess) -> None:
    path = f"{APP_SOFTWARE}/{ADDON_CLOUD}"
    before = read(server, path)
    versions = read(server, versions_path(), DEVELOPER)
    archived = do(server, f"{path}/archive")
    assert archived["archivedAt"].endswith("Z")
    assert archived == {**before, "archivedAt": archived["archivedAt"]}
    assert read(server, path) == archived
    assert archived in read(server, OF_ADDON)["appSoftware"]
    assert read(server, versions_path(), DEVELOPER) == versions
    assert [s["archived"] for s in read(server, ADDON_BY_KEY)] == [True, False, False]
    assert do(server, f"{path}/unarchive") == before
    assert [s["archived"] for s in read(server, ADDON_BY_KEY)] == [False, False, False]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (versions_path(), version()),
        (f"/rest/3/app-software/{ADDON_CLOUD}/tokens", {}),
        (f"{APP_SOFTWARE}/{ADDON_CLOUD}/versions", version(draft=True)),
    ],
    ids=["version", "access-token", "draft"],
)
def test_an_archived_app_software_takes_no_writes_until_it_is_taken_back(
    server: InProcess, path: str, body: dict[str, Any]
) -> None:
    do(server, f"{APP_SOFTWARE}/{ADDON_CLOUD}/archive")
    refused = server.post(path, json=body)
    assert (refused.status_code, codes(refused.json())) == (400, ["VALIDATION_ERROR"])
    assert "archived" in refused.json()["errors"][0]["detail"]
    do(server, f"{APP_SOFTWARE}/{ADDON_CLOUD}/unarchive")
    assert server.post(path, json=body).status_code == 201


def test_the_other_app_software_of_an_app_goes_on_when_one_is_archived(server: InProcess) -> None:
    do(server, f"{APP_SOFTWARE}/{ADDON_CLOUD}/archive")
    body = version("plugin", buildNumber=1, versionNumber="9.0.0")
    assert server.post(versions_path(ADDON_SERVER), json=body).status_code == 201


def test_versions_of_an_archived_app_software_cannot_be_updated(server: InProcess) -> None:
    held = server.post(versions_path(), json=version()).json()
    do(server, f"{APP_SOFTWARE}/{ADDON_CLOUD}/archive")
    path = versions_path(build_number=held["buildNumber"])
    refused = server.put(path, json=held)
    assert (refused.status_code, codes(refused.json())) == (400, ["VALIDATION_ERROR"])
    assert server.get(path).json() == held
