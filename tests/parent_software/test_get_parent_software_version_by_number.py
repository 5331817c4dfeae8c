"""GET parent-software/{id}/versions/number/{versionNumber}: a release by its version number."""

import pytest

from tests.support.answers import refused
from tests.support.client import InProcess
from tests.support.scenes import CALLERS, as_caller
from tests.support.walks import pages

PATH = "/rest/3/parent-software"


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
@pytest.mark.parametrize("who", CALLERS)
def test_a_release_is_read_by_its_version_number(shared: InProcess, prefix: str, who: str) -> None:
    answer = shared.get(f"{prefix}{PATH}/jira/versions/number/4.1.1", as_caller(shared, who))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "buildNumber": 401001,
        "versionNumber": "4.1.1",
        "hosting": ["server"],
        "state": "active",
        "revision": 1,
        "createdAt": "2010-04-21T00:00:00Z",
    }


def test_number_and_build_give_the_same_record(shared: InProcess) -> None:
    path = f"{PATH}/crucible/versions"
    for page in pages(shared, path, None, limit=50):
        for release in page["versions"]:
            by_build = shared.get(f"{path}/build/{release['buildNumber']}", None)
            by_number = shared.get(f"{path}/number/{release['versionNumber']}", None)
            assert by_build.json() == by_number.json() == release


def test_a_version_number_may_be_percent_encoded(shared: InProcess) -> None:
    answer = shared.get(f"{PATH}/jira/versions/number/4%2E1%2e1", None)
    assert answer.json()["buildNumber"] == 401001


@pytest.mark.parametrize("number", ["99.99.99", "401001", "4.1", "4.1.1%20", "%FF"])
def test_an_unknown_version_number_is_not_found(shared: InProcess, number: str) -> None:
    answer = shared.get(f"{PATH}/jira/versions/number/{number}", None)
    refused(answer, 404, "PARENT_SOFTWARE_VERSION_NOT_FOUND")


def test_an_unknown_product_is_not_found(shared: InProcess) -> None:
    answer = shared.get(f"{PATH}/nowhere/versions/number/4.1.1", None)
    refused(answer, 404, "PARENT_SOFTWARE_NOT_FOUND")
