"""GET parent-software/{parentSoftwareId}: one product."""

import pytest

from tests.support.answers import refused
from tests.support.client import InProcess
from tests.support.scenes import CALLERS, as_caller

PATH = "/rest/3/parent-software"


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
@pytest.mark.parametrize("who", CALLERS)
def test_a_product_is_read_by_its_id(shared: InProcess, prefix: str, who: str) -> None:
    answer = shared.get(f"{prefix}{PATH}/jira", as_caller(shared, who))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "id": "jira",
        "developerId": "Atlassian",
        "name": "Jira",
        "hostingOptions": [
            {"hosting": "cloud"},
            {"hosting": "server", "autoCompatibilityMode": "minor"},
            {"hosting": "datacenter", "autoCompatibilityMode": "patch"},
        ],
        "extensibilityFrameworks": [
            {"frameworkId": "connect"},
            {"frameworkId": "forge"},
            {"frameworkId": "plugin"},
            {"frameworkId": "external"},
            {"frameworkId": "workflow"},
        ],
        "state": "active",
        "revision": 1,
    }


@pytest.mark.parametrize("parent_id", ["nowhere", "Jira", "jir", "%20", "%FF", "j%2Fira"])
def test_an_unknown_product_is_not_found(shared: InProcess, parent_id: str) -> None:
    refused(shared.get(f"{PATH}/{parent_id}", None), 404, "PARENT_SOFTWARE_NOT_FOUND")


def test_an_id_may_be_percent_encoded(shared: InProcess) -> None:
    assert shared.get(f"{PATH}/%6Aira%2Dservicedesk", None).json()["id"] == "jira-servicedesk"
