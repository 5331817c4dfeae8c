"""GET app-software/app-key/{appKey}: which app software an app has."""

from typing import Any

import pytest

from tests.support.answers import refused
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_DATACENTER,
    ADDON_SERVER,
    REPORTS_FEDRAMP,
)
from tests.support.client import InProcess
from tests.support.scenes import (
    ARCHIVED,
    CALLERS,
    archive,
    as_caller,
    new_app,
    unarchive,
)

ADDON = "com.example.app.addon"
REPORTS = "com.example.app.reports"
REPORTS_CLOUD = "d0a344e4-4444-48ef-835d-57a379d44444"


def path_of(app_key: str) -> str:
    return f"/rest/3/app-software/app-key/{app_key}"


def ids(server: InProcess, app_key: str, **parameters: Any) -> list[str]:
    """The ids of the app software that an answer lists."""
    answer = server.get(path_of(app_key), params=parameters)
    assert answer.status_code == 200, answer.text
    return [software["appSoftwareId"] for software in answer.json()]


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
def test_an_app_shows_its_app_software_in_the_order_of_hostings(
    shared: InProcess, prefix: str
) -> None:
    answer = shared.get(prefix + path_of(ADDON))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == [
        {
            "appSoftwareId": ADDON_CLOUD,
            "hosting": "cloud",
            "complianceBoundaries": ["commercial"],
            "archived": False,
        },
        {
            "appSoftwareId": ADDON_SERVER,
            "hosting": "server",
            "complianceBoundaries": None,
            "archived": False,
        },
        {
            "appSoftwareId": ADDON_DATACENTER,
            "hosting": "datacenter",
            "complianceBoundaries": None,
            "archived": False,
        },
    ]


@pytest.mark.parametrize(
    ("hosting", "expected"),
    [("cloud", ADDON_CLOUD), ("server", ADDON_SERVER), ("datacenter", ADDON_DATACENTER)],
)
def test_hosting_filters(shared: InProcess, hosting: str, expected: str) -> None:
    assert ids(shared, ADDON, hosting=hosting) == [expected]


def test_without_boundaries_only_commercial_cloud_is_shown(shared: InProcess) -> None:
    assert ids(shared, REPORTS) == [REPORTS_CLOUD]


@pytest.mark.parametrize(
    ("boundaries", "expected"),
    [
        ("commercial", {REPORTS_CLOUD}),
        ("fedramp_moderate", {REPORTS_FEDRAMP}),
        ("isolated_cloud", set()),
        ("commercial,fedramp_moderate", {REPORTS_CLOUD, REPORTS_FEDRAMP}),
        (["commercial", "fedramp_moderate"], {REPORTS_CLOUD, REPORTS_FEDRAMP}),
        (["isolated_cloud", "commercial,fedramp_moderate"], {REPORTS_CLOUD, REPORTS_FEDRAMP}),
        ("fedramp_moderate,fedramp_moderate", {REPORTS_FEDRAMP}),
    ],
)
def test_boundaries_come_with_commas_or_repeated(
    shared: InProcess, boundaries: Any, expected: set[str]
) -> None:
    found = ids(shared, REPORTS, complianceBoundaries=boundaries)
    assert set(found) == expected
    assert len(found) == len(expected)


def test_boundaries_are_for_cloud_only(shared: InProcess) -> None:
    found = ids(shared, ADDON, complianceBoundaries="fedramp_moderate")
    assert found == [ADDON_SERVER, ADDON_DATACENTER]


def test_the_boundary_of_a_cloud_app_software_is_told(shared: InProcess) -> None:
    answer = shared.get(path_of(REPORTS), params={"complianceBoundaries": "fedramp_moderate"})
    assert [software["complianceBoundaries"] for software in answer.json()] == [
        ["fedramp_moderate"]
    ]


def test_a_known_app_key_with_nothing_left_gives_an_empty_list(shared: InProcess) -> None:
    assert ids(shared, REPORTS, hosting="server") == []


def test_an_app_without_app_software_gives_an_empty_list(server: InProcess) -> None:
    new_app(server, "com.example.bare")
    assert ids(server, "com.example.bare") == []


@pytest.mark.parametrize(
    "app_key", ["com.example.unknown", "COM.EXAMPLE.APP.ADDON", "%20", "%FF", "com.example.app"]
)
def test_an_unknown_app_key_is_not_found(shared: InProcess, app_key: str) -> None:
    refused(shared.get(path_of(app_key)), 404, "APP_KEY_NOT_FOUND")


@pytest.mark.parametrize(
    "query", ["hosting=moon", "complianceBoundaries=moon", "complianceBoundaries=commercial,moon"]
)
def test_a_filter_that_cannot_be_is_refused(shared: InProcess, query: str) -> None:
    (detail,) = refused(shared.get(f"{path_of(ADDON)}?{query}"), 400, "INVALID_PARAMETER")
    assert query.partition("=")[0] in detail


def test_every_bad_filter_is_told_at_once(shared: InProcess) -> None:
    answer = shared.get(f"{path_of(ADDON)}?hosting=moon&complianceBoundaries=sun")
    assert len(refused(answer, 400, "INVALID_PARAMETER")) == 2


def test_an_unknown_app_key_comes_before_a_bad_filter(shared: InProcess) -> None:
    refused(shared.get(f"{path_of('com.example.unknown')}?hosting=moon"), 404, "APP_KEY_NOT_FOUND")


def test_unknown_parameters_are_ignored(shared: InProcess) -> None:
    assert len(ids(shared, ADDON, offset="1", colour="green")) == 3


@pytest.mark.parametrize("who", CALLERS)
def test_everybody_with_credentials_may_look(shared: InProcess, who: str) -> None:
    answer = shared.get(path_of(ADDON), as_caller(shared, who))
    if who == "nobody":
        refused(answer, 401, "UNAUTHORIZED")
    else:
        assert [software["appSoftwareId"] for software in answer.json()] == [
            ADDON_CLOUD,
            ADDON_SERVER,
            ADDON_DATACENTER,
        ]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("app software", {ADDON_CLOUD}),
        ("app", {ADDON_CLOUD, ADDON_SERVER, ADDON_DATACENTER}),
    ],
)
def test_what_is_archived_is_shown_as_archived(
    server: InProcess, what: str, expected: set[str]
) -> None:
    def archived() -> set[str]:
        listed = server.get(path_of(ADDON)).json()
        assert len(listed) == 3
        return {software["appSoftwareId"] for software in listed if software["archived"]}

    assert what in ARCHIVED
    archive(server, what, ADDON_CLOUD)
    assert archived() == expected
    unarchive(server, what, ADDON_CLOUD)
    assert archived() == set()
