"""GET parent-software/{parentSoftwareId}/versions: the releases of a product."""

import pytest

from tests.support.answers import refused
from tests.support.client import InProcess
from tests.support.scenes import CALLERS, as_caller
from tests.support.walks import cursor_of, pages

PATH = "/rest/3/parent-software"


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
@pytest.mark.parametrize("who", CALLERS)
def test_releases_are_listed_newest_first(shared: InProcess, prefix: str, who: str) -> None:
    answer = shared.get(f"{prefix}{PATH}/jira/versions", as_caller(shared, who))
    assert answer.status_code == 200
    page = answer.json()
    assert set(page) == {"links", "versions"}
    assert page["links"]["self"] == f"{PATH}/jira/versions"
    builds = [release["buildNumber"] for release in page["versions"]]
    assert len(builds) == 25
    assert builds[0] == 1103010
    assert builds == sorted(builds, reverse=True)


@pytest.mark.parametrize(("parent", "total"), [("jira", 509), ("crowd", 259), ("fisheye", 221)])
def test_the_next_links_lead_over_every_release_once(
    shared: InProcess, parent: str, total: int
) -> None:
    walked = list(pages(shared, f"{PATH}/{parent}/versions", None, limit=50))
    builds = [release["buildNumber"] for page in walked for release in page["versions"]]
    assert len(builds) == total
    assert builds == sorted(set(builds), reverse=True)
    assert "next" not in walked[-1]["links"]


def test_a_product_without_releases_has_an_empty_list(shared: InProcess) -> None:
    answer = shared.get(f"{PATH}/compass/versions", None)
    assert answer.json() == {"links": {"self": f"{PATH}/compass/versions"}, "versions": []}


def test_a_listed_release_is_the_release_read_alone(shared: InProcess) -> None:
    path = f"{PATH}/bamboo/versions"
    for release in shared.get(path, None, params={"limit": 3}).json()["versions"]:
        assert set(release) == {
            "buildNumber",
            "versionNumber",
            "hosting",
            "state",
            "revision",
            "createdAt",
        }
        assert shared.get(f"{path}/build/{release['buildNumber']}", None).json() == release


def test_a_limit_sent_with_a_cursor_sets_the_size_of_the_next_page(shared: InProcess) -> None:
    path = f"{PATH}/jira/versions"
    cursor = cursor_of(shared.get(path, None, params={"limit": 5}).json())
    page = shared.get(path, None, params={"cursor": cursor, "limit": 2}).json()
    assert page["versions"] == shared.get(path, None).json()["versions"][5:7]


@pytest.mark.parametrize("query", ["limit=0", "limit=51", "limit=x", "cursor=", "cursor=abc"])
def test_a_bad_parameter_is_refused(shared: InProcess, query: str) -> None:
    answer = shared.get(f"{PATH}/jira/versions?{query}", None)
    (detail,) = refused(answer, 400, "INVALID_PARAMETER")
    assert detail.startswith(query.partition("=")[0])


def test_the_cursor_of_another_product_is_refused(shared: InProcess) -> None:
    cursor = cursor_of(shared.get(f"{PATH}/jira/versions", None).json())
    answer = shared.get(f"{PATH}/confluence/versions", None, params={"cursor": cursor})
    refused(answer, 400, "INVALID_PARAMETER")


@pytest.mark.parametrize("parent_id", ["nowhere", "Jira", "%20"])
def test_an_unknown_product_is_not_found(shared: InProcess, parent_id: str) -> None:
    answer = shared.get(f"{PATH}/{parent_id}/versions", None, params={"limit": "0"})
    refused(answer, 404, "PARENT_SOFTWARE_NOT_FOUND")


def test_unknown_parameters_are_ignored(shared: InProcess) -> None:
    path = f"{PATH}/jira/versions"
    page = shared.get(path, None, params={"offset": "3", "state": "none"}).json()
    assert page == shared.get(path, None).json()
