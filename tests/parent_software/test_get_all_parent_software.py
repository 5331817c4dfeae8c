"""GET parent-software: the products that apps extend."""

import re

import pytest

from tests.support.answers import refused
from tests.support.client import InProcess
from tests.support.scenes import CALLERS, as_caller
from tests.support.walks import CURSOR_READERS, cursor_of, pages

PATH = "/rest/3/parent-software"
PRODUCTS = [
    "jira",
    "confluence",
    "bitbucket",
    "bamboo",
    "crowd",
    "fisheye",
    "crucible",
    "jira-servicedesk",
    "compass",
    "beacon",
    "atlassian-analytics",
    "atlassian-guard",
    "whiteboard",
]


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
def test_all_products_stand_on_one_page(shared: InProcess, prefix: str) -> None:
    answer = shared.get(prefix + PATH, None)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    page = answer.json()
    assert set(page) == {"links", "parentSoftware"}
    assert page["links"] == {"self": PATH}
    assert [parent["id"] for parent in page["parentSoftware"]] == PRODUCTS


def test_a_listed_product_is_the_product_read_alone(shared: InProcess) -> None:
    for parent in shared.get(PATH, None).json()["parentSoftware"]:
        assert shared.get(f"{PATH}/{parent['id']}", None).json() == parent


@pytest.mark.parametrize("who", CALLERS)
def test_everybody_may_look_without_credentials_too(shared: InProcess, who: str) -> None:
    answer = shared.get(PATH, as_caller(shared, who))
    assert len(answer.json()["parentSoftware"]) == 13


@pytest.mark.parametrize(
    "header", ["Basic ZGV2ZWxvcGVyQGV4YW1wbGUuY29tOndyb25n", "Bearer abc", "Basic", "x", ""]
)
@pytest.mark.parametrize(
    "path",
    [
        PATH,
        f"{PATH}/jira",
        f"{PATH}/jira/versions",
        f"{PATH}/jira/versions/build/912000",
        f"{PATH}/jira/versions/number/9.12.0",
    ],
)
def test_wrong_credentials_are_refused_all_the_same(
    shared: InProcess, path: str, header: str
) -> None:
    answer = shared.get(path, None, headers={"Authorization": header})
    refused(answer, 401, "UNAUTHORIZED")


@pytest.mark.parametrize("limit", [1, 4, 12, 13, 50])
def test_the_next_links_lead_over_every_product_once(shared: InProcess, limit: int) -> None:
    walked = list(pages(shared, PATH, None, limit=limit))
    assert [parent["id"] for page in walked for parent in page["parentSoftware"]] == PRODUCTS
    assert len(walked) == -(-13 // limit)
    assert "next" not in walked[-1]["links"]


@pytest.mark.parametrize("read", CURSOR_READERS)
def test_a_cursor_works_however_a_client_cuts_the_link(shared: InProcess, read: object) -> None:
    assert callable(read)
    link = shared.get(PATH, None, params={"limit": 5}).json()["links"]["next"]
    assert re.fullmatch(rf"{PATH}\?cursor=[A-Za-z0-9_-]+", link)
    path, parameters = read(link)
    options = {"params": parameters} if parameters else {}
    page = shared.get(path, None, **options).json()
    assert [parent["id"] for parent in page["parentSoftware"]] == PRODUCTS[5:10]


def test_a_limit_sent_with_a_cursor_sets_the_size_of_the_next_page(shared: InProcess) -> None:
    cursor = cursor_of(shared.get(PATH, None, params={"limit": 5}).json())
    page = shared.get(PATH, None, params={"cursor": cursor, "limit": 2}).json()
    assert [parent["id"] for parent in page["parentSoftware"]] == PRODUCTS[5:7]


@pytest.mark.parametrize("limit", ["0", "51", "x", ""])
def test_a_limit_outside_1_to_50_is_refused(shared: InProcess, limit: str) -> None:
    answer = shared.get(PATH, None, params={"limit": limit})
    assert refused(answer, 400, "INVALID_PARAMETER") == ["limit must be between 1 and 50"]


def test_the_cursor_of_another_list_is_refused(shared: InProcess) -> None:
    versions = shared.get(f"{PATH}/jira/versions", None, params={"limit": 1}).json()
    for cursor in (cursor_of(versions), "", "abc"):
        answer = shared.get(PATH, None, params={"cursor": cursor})
        refused(answer, 400, "INVALID_PARAMETER")


def test_unknown_parameters_are_ignored(shared: InProcess) -> None:
    page = shared.get(PATH, None, params={"offset": "3", "state": "none"}).json()
    assert [parent["id"] for parent in page["parentSoftware"]] == PRODUCTS
