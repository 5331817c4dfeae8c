"""GET app-software/{appSoftwareId}/versions: the list of versions, its filters and its pages."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.answers import refused
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_SERVER,
    CALENDAR_CLOUD,
    UNKNOWN,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.scenes import (
    ARCHIVED,
    CALLERS,
    archive,
    as_caller,
    create,
    move,
    new_software,
)
from tests.support.walks import CURSOR_READERS, Request, cursor_of, pages

pytestmark = pytest.mark.usefixtures("engine")

STATES = ["draft", "submitted", "approved", "auto-approved", "active", "rejected", "archived"]


def listed(
    server: InProcess, software_id: str = ADDON_CLOUD, auth: Auth = DEVELOPER, **parameters: Any
) -> list[dict[str, Any]]:
    """All versions that a list with some filters has, over all of its pages."""
    found: list[dict[str, Any]] = []
    totals = set()
    for page in pages(server, versions_path(software_id), auth, **parameters):
        assert set(page) == {"links", "versions", "totalCount"}
        found += page["versions"]
        totals.add(page["totalCount"])
    assert totals == {len(found)}
    return found


def builds(versions: list[dict[str, Any]]) -> list[int]:
    return [version["buildNumber"] for version in versions]


def first_page(server: InProcess, **parameters: Any) -> Any:
    answer = server.get(versions_path(), params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
def test_versions_are_listed_newest_first_by_build_number(shared: InProcess, prefix: str) -> None:
    answer = shared.get(prefix + versions_path(ADDON_SERVER))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    page = answer.json()
    assert page["links"] == {"self": versions_path(ADDON_SERVER)}
    assert builds(page["versions"]) == list(range(3140, 3000, -10))
    assert page["totalCount"] == 14


def test_a_listed_version_is_the_version_read_alone(shared: InProcess) -> None:
    for listed_version in first_page(shared)["versions"]:
        path = versions_path(build_number=listed_version["buildNumber"])
        assert shared.get(path).json() == listed_version


def test_build_numbers_order_versions_and_not_the_time_of_creation(server: InProcess) -> None:
    software_id = new_software(server)
    for build_number in (5, 100, 20):
        create(server, software_id, version(buildNumber=build_number))
    assert builds(listed(server, software_id)) == [100, 20, 5]


def test_an_app_software_without_versions_has_an_empty_list(server: InProcess) -> None:
    software_id = new_software(server)
    assert server.get(versions_path(software_id)).json() == {
        "links": {"self": versions_path(software_id)},
        "versions": [],
        "totalCount": 0,
    }


# Who sees what.


@pytest.mark.parametrize("who", CALLERS)
def test_outsiders_see_active_versions_only(shared: InProcess, who: str) -> None:
    auth = as_caller(shared, who)
    if who == "nobody":
        refused(shared.get(versions_path(), auth), 401, "UNAUTHORIZED")
        return
    all_of_them = listed(shared)
    assert {version["state"] for version in all_of_them} == set(STATES)
    if who in ("member", "administrator"):
        assert listed(shared, auth=auth) == all_of_them
    else:
        active = [version for version in all_of_them if version["state"] == "active"]
        assert listed(shared, auth=auth) == active


@pytest.mark.parametrize("state", STATES)
def test_state_filters_what_the_caller_may_see(shared: InProcess, state: str) -> None:
    expected = [version for version in listed(shared) if version["state"] == state]
    assert expected
    assert listed(shared, state=state) == expected
    seen = listed(shared, auth=OUTSIDER, state=state)
    assert seen == (expected if state == "active" else [])


def test_a_version_that_outsiders_cannot_see_is_no_start_for_them(shared: InProcess) -> None:
    hidden, public = "3.7.2", "3.7.1"  # a draft, and the newest active one
    assert listed(shared, afterVersion=hidden) == []
    refused(
        shared.get(versions_path(), OUTSIDER, params={"afterVersion": hidden}),
        400,
        "INVALID_PARAMETER",
    )
    assert listed(shared, auth=OUTSIDER, afterVersion=public) == []


@pytest.mark.parametrize("software_id", [UNKNOWN, "not-a-uuid", f"{ADDON_CLOUD}0"])
def test_an_unknown_app_software_is_not_found(shared: InProcess, software_id: str) -> None:
    answer = shared.get(versions_path(software_id), params={"limit": "0"})
    refused(answer, 404, "APP_SOFTWARE_NOT_FOUND")


@pytest.mark.parametrize("what", ARCHIVED)
def test_the_versions_of_an_archived_app_can_be_read(server: InProcess, what: str) -> None:
    before = listed(server)
    archive(server, what, ADDON_CLOUD)
    assert listed(server) == before


# Filters.


RANGES: dict[int, list[dict[str, Any]]] = {
    1: [{"parentSoftwareId": "jira", "minBuildNumber": 100, "maxBuildNumber": 200}],
    2: [{"parentSoftwareId": "jira", "minBuildNumber": 150}],
    3: [{"parentSoftwareId": "jira", "maxBuildNumber": 150}],
    4: [{"parentSoftwareId": "jira"}],
    5: [
        {"parentSoftwareId": "jira", "minBuildNumber": 300, "maxBuildNumber": 400},
        {"parentSoftwareId": "confluence", "minBuildNumber": 100, "maxBuildNumber": 200},
    ],
    6: [{"parentSoftwareId": "confluence", "minBuildNumber": 0, "maxBuildNumber": 0}],
}
"""Compatibilities by build number."""


@pytest.mark.parametrize(
    ("parent", "build", "expected"),
    [
        ("jira", None, {1, 2, 3, 4, 5}),
        ("confluence", None, {5, 6}),
        ("bitbucket", None, set()),
        ("jira", 99, {3, 4}),
        ("jira", 100, {1, 3, 4}),
        ("jira", 150, {1, 2, 3, 4}),
        ("jira", 151, {1, 2, 4}),
        ("jira", 200, {1, 2, 4}),
        ("jira", 201, {2, 4}),
        ("jira", 300, {2, 4, 5}),
        ("jira", 0, {3, 4}),
        ("jira", 9_007_199_254_740_991, {2, 4}),
        ("confluence", 150, {5}),
        ("confluence", 300, set()),
        ("confluence", 0, {6}),
        (None, 150, {1, 2, 3, 4, 5}),
        (None, 350, {2, 4, 5}),
        (None, 0, {3, 4, 6}),
    ],
)
def test_a_parent_and_its_build_number_must_fit_one_compatibility(
    server: InProcess, parent: str | None, build: int | None, expected: set[int]
) -> None:
    software_id = new_software(server)
    for build_number, compatibilities in RANGES.items():
        body = version(buildNumber=build_number, compatibilities=compatibilities)
        create(server, software_id, body)
    filters = {"parentSoftwareId": parent, "parentSoftwareVersionId": build}
    sent: dict[str, Any] = {name: value for name, value in filters.items() if value is not None}
    assert builds(listed(server, software_id, **sent)) == sorted(expected, reverse=True)


@pytest.mark.parametrize("model", ["free", "paid-via-atlassian", "paid-via-vendor"])
def test_a_payment_model_filters(shared: InProcess, model: str) -> None:
    expected = [v for v in listed(shared, ADDON_SERVER) if v["supportedPaymentModel"] == model]
    assert listed(shared, ADDON_SERVER, paymentModel=model) == expected
    assert bool(expected) == (model != "free")


def test_after_a_version_come_those_with_higher_build_numbers(shared: InProcess) -> None:
    everything = listed(shared, ADDON_SERVER)
    for index, start in enumerate(everything):
        found = listed(shared, ADDON_SERVER, afterVersion=start["versionNumber"])
        assert found == everything[:index]


def test_filters_are_combined(shared: InProcess) -> None:
    expected = [
        v
        for v in listed(shared)
        if v["buildNumber"] > 20100
        and v["state"] == "active"
        and v["supportedPaymentModel"] == "free"
        and any(c["parentSoftwareId"] == "confluence" for c in v["compatibilities"])
    ]
    assert expected
    found = listed(
        shared,
        afterVersion="1.0.0",
        state="active",
        paymentModel="free",
        parentSoftwareId="confluence",
        parentSoftwareVersionId=700000,
        limit=1,
    )
    assert found == expected


@pytest.mark.parametrize(
    "query",
    [
        "parentSoftwareId=nowhere",
        "parentSoftwareId=",
        "parentSoftwareId=Jira",
        "parentSoftwareVersionId=abc",
        "parentSoftwareVersionId=-1",
        "parentSoftwareVersionId=1.5",
        "parentSoftwareVersionId=9007199254740992",
        "parentSoftwareVersionId=" + "9" * 400,
        "afterVersion=99.99.99",
        "afterVersion=",
        "paymentModel=FREE",
        "paymentModel=",
        "state=public",
        "state=",
        "cursor=",
        "cursor=nextPageToken",
    ],
)
def test_a_parameter_that_cannot_be_is_refused(shared: InProcess, query: str) -> None:
    (detail,) = refused(shared.get(f"{versions_path()}?{query}"), 400, "INVALID_PARAMETER")
    assert detail.startswith(query.partition("=")[0])


@pytest.mark.parametrize("limit", ["0", "-1", "51", "1000", "abc", "", "2.0", "٣", "9" * 400])
def test_a_limit_outside_1_to_50_is_refused(shared: InProcess, limit: str) -> None:
    answer = shared.get(f"{versions_path()}?limit={quote(limit)}")
    details = refused(answer, 400, "INVALID_PARAMETER")
    assert details == ["limit must be between 1 and 50"]


def test_every_bad_parameter_is_told_at_once(shared: InProcess) -> None:
    query = "limit=0&state=x&paymentModel=y&parentSoftwareVersionId=z&cursor=w"
    details = refused(shared.get(f"{versions_path()}?{query}"), 400, "INVALID_PARAMETER")
    named = sorted(detail.partition(" ")[0] for detail in details)
    assert named == ["cursor", "limit", "parentSoftwareVersionId", "paymentModel", "state"]


def test_names_that_stand_for_nothing_are_told_with_the_other_bad_parameters(
    shared: InProcess,
) -> None:
    query = "limit=0&parentSoftwareId=nowhere&afterVersion=99.99.99"
    details = refused(shared.get(f"{versions_path()}?{query}"), 400, "INVALID_PARAMETER")
    named = sorted(re.split("[ :]", detail)[0] for detail in details)
    assert named == ["afterVersion", "limit", "parentSoftwareId"]


def test_unknown_parameters_are_ignored(shared: InProcess) -> None:
    page = first_page(shared, offset="10", colour="green", limit="2")
    assert page["links"]["self"] == f"{versions_path()}?limit=2"
    assert builds(page["versions"]) == [26400, 26300]


# Pages.


@pytest.mark.parametrize(("limit", "expected"), [(None, 25), (1, 1), (50, 50)])
def test_a_page_has_25_versions_or_as_many_as_asked_for(
    shared: InProcess, limit: int | None, expected: int
) -> None:
    page = first_page(shared, **({} if limit is None else {"limit": limit}))
    assert len(page["versions"]) == expected
    assert page["totalCount"] == 64


@pytest.mark.parametrize("limit", [1, 7, 16, 32, 50])
def test_the_next_links_lead_over_every_version_once(shared: InProcess, limit: int) -> None:
    walked = list(pages(shared, versions_path(), limit=limit))
    assert [build for page in walked for build in builds(page["versions"])] == list(
        range(26400, 20000, -100)
    )
    assert [len(page["versions"]) for page in walked[:-1]] == [limit] * (len(walked) - 1)
    assert "next" not in walked[-1]["links"]


def test_the_last_page_has_no_next_even_when_it_is_full(shared: InProcess) -> None:
    page = shared.get(versions_path(ADDON_SERVER), params={"limit": "14"}).json()
    assert len(page["versions"]) == 14
    assert page["links"] == {"self": f"{versions_path(ADDON_SERVER)}?limit=14"}


def test_the_next_link_is_the_path_and_a_cursor_and_nothing_else(shared: InProcess) -> None:
    page = first_page(shared, limit="3", state="active", paymentModel="free")
    link = page["links"]["next"]
    assert re.fullmatch(rf"{versions_path()}\?cursor=[A-Za-z0-9_-]+", link), link


def test_links_stay_the_same_under_the_other_base_path(shared: InProcess) -> None:
    links = shared.get(f"/marketplace{versions_path()}?limit=3").json()["links"]
    assert links["self"] == f"{versions_path()}?limit=3"
    assert links["next"].startswith(f"{versions_path()}?cursor=")
    under_it = shared.get(f"/marketplace{links['next']}").json()
    assert under_it == shared.get(links["next"]).json()


def test_self_tells_the_parameters_as_understood(shared: InProcess) -> None:
    query = "offset=4&afterVersion=1.0.0&limit=007&state=active&state=active"
    page = shared.get(f"{versions_path()}?{query}").json()
    path, _, understood = page["links"]["self"].partition("?")
    assert path == versions_path()
    assert sorted(understood.split("&")) == ["afterVersion=1.0.0", "limit=7", "state=active"]
    assert shared.get(page["links"]["self"]).json()["versions"] == page["versions"]


def test_self_of_a_later_page_leads_to_it_again(shared: InProcess) -> None:
    second = shared.get(first_page(shared, limit="3", state="active")["links"]["next"]).json()
    assert shared.get(second["links"]["self"]).json()["versions"] == second["versions"]


@pytest.mark.parametrize("read", CURSOR_READERS)
@pytest.mark.parametrize(
    "repeated", [{}, {"state": "active"}, {"state": "active", "afterVersion": "1.0.0"}]
)
def test_a_cursor_works_however_a_client_cuts_the_link(
    shared: InProcess, read: Any, repeated: dict[str, str]
) -> None:
    filters: dict[str, Any] = {"state": "active", "afterVersion": "1.0.0"}
    everything = builds(listed(shared, **filters))
    page = first_page(shared, limit="5", **filters)
    request: Request = read(page["links"]["next"])
    path, parameters = request
    query = "&".join(f"{name}={value}" for name, value in {**parameters, **repeated}.items())
    address = f"{path}{'&' if '?' in path else '?'}{query}" if query else path
    assert builds(shared.get(address).json()["versions"]) == everything[5:10]


@pytest.mark.parametrize(
    "contradiction",
    [
        {"state": "draft"},
        {"paymentModel": "free"},
        {"afterVersion": "2.0.0"},
        {"parentSoftwareId": "jira"},
        {"parentSoftwareVersionId": "700000"},
    ],
)
def test_a_filter_that_contradicts_the_cursor_is_refused(
    shared: InProcess, contradiction: dict[str, str]
) -> None:
    page = first_page(shared, limit="5", state="active", afterVersion="1.0.0")
    parameters = {"cursor": cursor_of(page), **contradiction}
    (detail,) = refused(shared.get(versions_path(), params=parameters), 400, "INVALID_PARAMETER")
    assert detail.startswith(next(iter(contradiction)))


def test_a_limit_sent_with_a_cursor_sets_the_size_of_the_next_page(shared: InProcess) -> None:
    cursor = cursor_of(first_page(shared, limit="5"))
    page = first_page(shared, limit="2", cursor=cursor)
    assert builds(page["versions"]) == [25900, 25800]
    following = shared.get(page["links"]["next"]).json()
    assert builds(following["versions"]) == [25700, 25600]


@pytest.mark.parametrize("limit", ["0", "51", "x"])
def test_a_bad_limit_is_refused_with_a_cursor_too(shared: InProcess, limit: str) -> None:
    cursor = cursor_of(first_page(shared, limit="5"))
    answer = shared.get(versions_path(), params={"cursor": cursor, "limit": limit})
    assert refused(answer, 400, "INVALID_PARAMETER") == ["limit must be between 1 and 50"]


def test_any_altered_character_of_a_cursor_is_refused(shared: InProcess) -> None:
    cursor = cursor_of(first_page(shared, limit="5", state="active"))
    for position, character in enumerate(cursor):
        for other in "Ab9-_":
            if other != character:
                altered = cursor[:position] + other + cursor[position + 1 :]
                answer = shared.get(versions_path(), params={"cursor": altered})
                refused(answer, 400, "INVALID_PARAMETER")


@pytest.mark.parametrize("change", ["{}A", "A{}", "{}=", "{}==", " {}", "{}\n", "{}{}"])
def test_a_cursor_has_one_spelling_only(shared: InProcess, change: str) -> None:
    cursor = cursor_of(first_page(shared, limit="5"))
    answer = shared.get(versions_path(), params={"cursor": change.replace("{}", cursor)})
    refused(answer, 400, "INVALID_PARAMETER")


def test_a_cut_cursor_is_refused(shared: InProcess) -> None:
    cursor = cursor_of(first_page(shared, limit="5"))
    for length in range(len(cursor)):
        answer = shared.get(versions_path(), params={"cursor": cursor[:length]})
        refused(answer, 400, "INVALID_PARAMETER")


@pytest.mark.parametrize(
    "foreign", [f"{versions_path(ADDON_SERVER)}?limit=1", "/rest/3/parent-software?limit=1"]
)
def test_the_cursor_of_another_list_is_refused(shared: InProcess, foreign: str) -> None:
    cursor = cursor_of(shared.get(foreign).json())
    answer = shared.get(versions_path(), params={"cursor": cursor})
    refused(answer, 400, "INVALID_PARAMETER")


def test_a_cursor_outlives_the_server_that_made_it(tmp_path: Path) -> None:
    with InProcess(tmp_path / "data") as server:
        link = first_page(server, limit="5")["links"]["next"]
        second = server.get(link).json()
    with InProcess(tmp_path / "data", demo=False) as server:
        assert server.get(link).json()["versions"] == second["versions"]


def test_the_cursor_of_a_server_with_another_key_is_refused(
    shared: InProcess, tmp_path: Path
) -> None:
    with InProcess(tmp_path / "data") as other:
        link = first_page(other, limit="5")["links"]["next"]
    refused(shared.get(link), 400, "INVALID_PARAMETER")


def test_a_cursor_does_not_carry_the_right_to_see(shared: InProcess) -> None:
    link = first_page(shared, limit="1")["links"]["next"]
    seen = shared.get(link, OUTSIDER).json()
    assert {version["state"] for version in seen["versions"]} == {"active"}


def test_new_versions_do_not_disturb_a_walk(server: InProcess) -> None:
    walk = pages(server, versions_path(CALENDAR_CLOUD), ADMINISTRATOR, limit=4)
    assert builds(next(walk)["versions"]) == [13, 12, 11, 10]
    answer = server.post(versions_path(CALENDAR_CLOUD), OUTSIDER, json=version())
    assert answer.json()["buildNumber"] == 14  # before where the walk is
    answer = server.post(versions_path(CALENDAR_CLOUD), OUTSIDER, json=version(buildNumber=0))
    assert answer.status_code == 201  # where it will come by
    page = next(walk)
    assert builds(page["versions"]) == [9, 8, 7, 6]
    assert page["totalCount"] == 15
    assert [build for page in walk for build in builds(page["versions"])] == [5, 4, 3, 2, 1, 0]


def test_versions_that_disappear_do_not_disturb_a_walk(server: InProcess) -> None:
    walk = pages(server, versions_path(ADDON_SERVER), OUTSIDER, limit=3)
    assert builds(next(walk)["versions"]) == [3140, 3130, 3120]
    for build_number in (3140, 3120, 3110, 3090):
        move(server, "archive", build_number, ADDON_SERVER)
    page = next(walk)
    assert builds(page["versions"]) == [3100, 3080, 3070]
    assert page["totalCount"] == 10


def test_a_walk_after_a_version_goes_on_when_that_version_changes(server: InProcess) -> None:
    walk = pages(server, versions_path(ADDON_SERVER), OUTSIDER, limit=2, afterVersion="1.2.1")
    seen = builds(next(walk)["versions"])
    start = next(v for v in listed(server, ADDON_SERVER) if v["versionNumber"] == "1.2.1")
    body = {**start, "versionNumber": "1.2.1-renamed"}
    renamed = server.put(versions_path(ADDON_SERVER, start["buildNumber"]), json=body)
    assert renamed.status_code == 200, renamed.text
    seen += [build for page in walk for build in builds(page["versions"])]
    assert seen == list(range(3140, start["buildNumber"], -10))
