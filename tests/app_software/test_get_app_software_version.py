"""GET app-software/{appSoftwareId}/versions/{buildNumber}: one version."""

import pytest

from tests.support.answers import refused
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_SERVER,
    CALENDAR_CLOUD,
    UNKNOWN,
    listing,
    listing_path,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.scenes import CALLERS, as_caller, create, move, new_software, set_policy

STATES = {
    "draft": 26400,
    "active": 26300,
    "auto-approved": 26200,
    "approved": 26100,
    "submitted": 25900,
    "rejected": 25600,
    "archived": 25700,
}
"""A build number of the add-on's cloud app software in each state."""


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
def test_a_version_is_read_by_its_build_number(shared: InProcess, prefix: str) -> None:
    answer = shared.get(prefix + versions_path(ADDON_SERVER, 3140))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "buildNumber": 3140,
        "versionNumber": "1.3.3",
        "compatibilities": [
            {"parentSoftwareId": "jira", "minBuildNumber": 726000, "maxBuildNumber": 926000}
        ],
        "supportedPaymentModel": "paid-via-atlassian",
        "frameworkDetails": {
            "frameworkId": "plugin",
            "attributes": {
                "artifactId": "b000000d-0000-4000-8000-358157b22222",
                "pluginFrameworkType": "P2",
                "descriptorId": "com.example.app.addon",
            },
        },
        "licenseType": {
            "id": "commercial",
            "name": "Commercial License",
            "link": "https://www.atlassian.com/licensing/marketplace/termsofuse",
        },
        "supported": True,
        "beta": False,
        "state": "active",
        "revision": 1,
        "approvalDetails": {
            "submittedAt": "2023-09-09T11:51:00Z",
            "approvedAt": "2023-09-09T11:51:00Z",
            "approvedBy": "auto-approval",
        },
        "releaseDetails": {
            "releasedAt": "2023-09-09T11:51:00Z",
            "releasedBy": "developer@example.com",
        },
        "acceptedAgreements": [
            {
                "agreementUrl": "https://developer.atlassian.com/marketplace/terms",
                "acceptedBy": "developer@example.com",
                "acceptedAt": "2023-09-09T11:51:00Z",
            }
        ],
        "createdBy": "developer@example.com",
        "createdAt": "2023-09-09T11:51:00Z",
        "changelog": {
            "releaseSummary": "Saved filters in 1.3.3",
            "releaseNotes": "Filters can be saved, named and shared with a project.",
        },
    }


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("state", STATES)
def test_outsiders_see_active_versions_only(shared: InProcess, who: str, state: str) -> None:
    answer = shared.get(versions_path(ADDON_CLOUD, STATES[state]), as_caller(shared, who))
    if who == "nobody":
        refused(answer, 401, "UNAUTHORIZED")
    elif who in ("member", "administrator") or state == "active":
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    else:
        refused(answer, 404, "APP_SOFTWARE_VERSION_NOT_FOUND")


def test_a_hidden_version_reads_like_one_that_does_not_exist(shared: InProcess) -> None:
    hidden = shared.get(versions_path(ADDON_CLOUD, STATES["draft"]), OUTSIDER)
    absent = shared.get(versions_path(ADDON_CLOUD, 99999), OUTSIDER)
    (hidden_detail,) = refused(hidden, 404, "APP_SOFTWARE_VERSION_NOT_FOUND")
    (absent_detail,) = refused(absent, 404, "APP_SOFTWARE_VERSION_NOT_FOUND")
    assert hidden_detail.replace(str(STATES["draft"]), "99999") == absent_detail


@pytest.mark.parametrize("build_number", [0, 1, 26401, 9_007_199_254_740_991])
def test_an_unknown_build_number_is_not_found(shared: InProcess, build_number: int) -> None:
    answer = shared.get(versions_path(ADDON_CLOUD, build_number))
    refused(answer, 404, "APP_SOFTWARE_VERSION_NOT_FOUND")


def test_a_version_belongs_to_its_own_app_software(shared: InProcess) -> None:
    refused(shared.get(versions_path(ADDON_CLOUD, 3140)), 404, "APP_SOFTWARE_VERSION_NOT_FOUND")


@pytest.mark.parametrize("software_id", [UNKNOWN, "not-a-uuid", "%FF"])
@pytest.mark.parametrize("build_number", ["3140", "no-number"])
def test_an_unknown_app_software_is_not_found(
    shared: InProcess, software_id: str, build_number: str
) -> None:
    answer = shared.get(versions_path(software_id, build_number))
    refused(answer, 404, "APP_SOFTWARE_NOT_FOUND")


@pytest.mark.parametrize(
    "build_number",
    ["abc", "-1", "1.5", "1e3", "0x10", "9007199254740992", "%31%20", "٣", "1" * 400],
)
def test_a_build_number_that_cannot_be_is_refused(shared: InProcess, build_number: str) -> None:
    answer = shared.get(versions_path(ADDON_CLOUD, build_number))
    (detail,) = refused(answer, 400, "INVALID_PARAMETER")
    assert "buildNumber" in detail


def test_zero_and_the_greatest_build_number_can_be_read(server: InProcess) -> None:
    software_id = new_software(server)
    for build_number in (0, 9_007_199_254_740_991):
        create(server, software_id, version(buildNumber=build_number))
        answer = server.get(versions_path(software_id, build_number))
        assert answer.json()["buildNumber"] == build_number


def test_a_version_becomes_visible_to_outsiders_when_it_is_approved_and_listed(
    server: InProcess,
) -> None:
    set_policy(server, "manual")
    software_id = new_software(server)
    create(server, software_id, version(buildNumber=7))
    path = versions_path(software_id, 7)
    assert server.get(path).json()["state"] == "submitted"
    refused(server.get(path, OUTSIDER), 404, "APP_SOFTWARE_VERSION_NOT_FOUND")
    approved = move(server, "approve", 7, software_id)
    assert (approved["state"], "releaseDetails" in approved) == ("approved", False)
    refused(server.get(path, OUTSIDER), 404, "APP_SOFTWARE_VERSION_NOT_FOUND")
    listed = server.post(listing_path(7, software_id), json=listing(state="PUBLIC"))
    assert listed.status_code == 201
    seen = server.get(path, OUTSIDER).json()
    assert seen["state"] == "active"
    assert seen["approvalDetails"]["approvedBy"] == ADMINISTRATOR[0]
    assert seen["releaseDetails"]["releasedBy"] == DEVELOPER[0]


def test_a_rejected_version_tells_its_members_the_reason(server: InProcess) -> None:
    move(server, "reject", 13, reason="The screenshots are of another app.")
    seen = server.get(versions_path(CALENDAR_CLOUD, 13), OUTSIDER).json()
    assert seen["state"] == "rejected"
    assert seen["approvalDetails"]["rejectionReason"] == "The screenshots are of another app."
    assert "approvedAt" not in seen["approvalDetails"]
    assert "releaseDetails" not in seen
    move(server, "submit", 13)
    again = server.get(versions_path(CALENDAR_CLOUD, 13), OUTSIDER).json()
    assert again["state"] == "submitted"
    assert "rejectionReason" not in again["approvalDetails"]


def test_an_archived_version_is_hidden_until_it_is_taken_back(server: InProcess) -> None:
    path = versions_path(ADDON_SERVER, 3140)
    move(server, "archive", 3140, ADDON_SERVER)
    assert server.get(path).json()["state"] == "archived"
    refused(server.get(path, OUTSIDER), 404, "APP_SOFTWARE_VERSION_NOT_FOUND")
    move(server, "unarchive", 3140, ADDON_SERVER)
    assert server.get(path, OUTSIDER).json()["state"] == "active"
