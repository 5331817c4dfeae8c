"""GET parent-software/{parentSoftwareId}/versions/build/{buildNumber}: a release by its build."""

import pytest

from tests.support.answers import refused
from tests.support.client import InProcess
from tests.support.scenes import CALLERS, as_caller

PATH = "/rest/3/parent-software"


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
@pytest.mark.parametrize("who", CALLERS)
def test_a_release_is_read_by_its_build_number(shared: InProcess, prefix: str, who: str) -> None:
    answer = shared.get(f"{prefix}{PATH}/jira/versions/build/401001", as_caller(shared, who))
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


@pytest.mark.parametrize("build", ["1", "0", "abc", "-1", "4.1.1", "0401001", "9" * 40, "%20"])
def test_an_unknown_build_number_is_not_found(shared: InProcess, build: str) -> None:
    answer = shared.get(f"{PATH}/jira/versions/build/{build}", None)
    refused(answer, 404, "PARENT_SOFTWARE_VERSION_NOT_FOUND")


def test_the_build_number_of_another_product_is_not_found(shared: InProcess) -> None:
    answer = shared.get(f"{PATH}/compass/versions/build/401001", None)
    refused(answer, 404, "PARENT_SOFTWARE_VERSION_NOT_FOUND")


@pytest.mark.parametrize("build", ["401001", "abc"])
def test_an_unknown_product_is_not_found(shared: InProcess, build: str) -> None:
    answer = shared.get(f"{PATH}/nowhere/versions/build/{build}", None)
    refused(answer, 404, "PARENT_SOFTWARE_NOT_FOUND")
