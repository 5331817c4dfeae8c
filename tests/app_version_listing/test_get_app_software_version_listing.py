"""GET app-software/{appSoftwareId}/versions/{buildNumber}/listing: one listing."""

import pytest

from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_SERVER,
    HERO,
    ROLES,
    SCREENSHOTS,
    THUMBNAIL,
    UNKNOWN,
    listing_path,
    version,
)
from tests.support.client import ADMINISTRATOR, OUTSIDER, InProcess
from tests.support.scenes import (
    ARCHIVED,
    CALLERS,
    archive,
    as_caller,
    as_member,
    change_listing,
    create,
    list_version,
    move,
    new_software,
    set_policy,
)
from tests.support.version_listings import refused

ACTIVE = 26300
HIDDEN = {
    "draft": 26400,
    "auto-approved": 26200,
    "approved": 26100,
    "submitted": 25900,
    "rejected": 25600,
}
"""Versions of the add-on's cloud app software that have a listing and are not active."""
UNLISTED = 20100


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
def test_a_listing_is_read_by_the_build_number_of_its_version(
    shared: InProcess, prefix: str
) -> None:
    answer = shared.get(prefix + listing_path(3140, ADDON_SERVER))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    board, filters, report = SCREENSHOTS
    assert answer.json() == {
        "screenshots": [{"imageId": board, "caption": "The board"}, {"imageId": report}],
        "highlights": [
            {
                "screenshot": {"imageId": board},
                "title": "See it at a glance",
                "summary": "Every issue on one board.",
                "thumbnail": THUMBNAIL,
            },
            {
                "screenshot": {"imageId": filters},
                "title": "Saved filters",
                "summary": "Found once, found for all.",
            },
            {
                "screenshot": {"imageId": report},
                "title": "Reports",
                "summary": "How long issues stay where.",
            },
        ],
        "moreDetails": "A board for every team, and reports of where issues stay.",
        "heroImage": HERO,
        "deploymentInstructions": [{"body": "Upload the file under Manage apps."}],
        "developerLinks": {
            "documentation": "https://apps.example.com/docs",
            "eula": "https://apps.example.com/eula",
        },
        "state": "PUBLIC",
        "approvalStatus": "APPROVED",
        "approvalDetails": {
            "approvalDate": "2023-09-09T11:51:00Z",
            "submittedDate": "2023-09-09T11:51:00Z",
            "approvedBy": "auto-approval",
        },
        "buildNumber": 3140,
        "appSoftwareId": ADDON_SERVER,
        "revision": 1,
    }


@pytest.mark.parametrize("who", CALLERS)
def test_everyone_who_signs_in_sees_the_listing_of_an_active_version(
    shared: InProcess, who: str
) -> None:
    answer = shared.get(listing_path(ACTIVE), as_caller(shared, who))
    if who == "nobody":
        refused(answer, 401, "UNAUTHORIZED")
    else:
        assert answer.status_code == 200
        assert answer.content == shared.get(listing_path(ACTIVE)).content


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("state", HIDDEN)
def test_others_do_not_see_versions_that_are_not_active_nor_their_listings(
    shared: InProcess, who: str, state: str
) -> None:
    answer = shared.get(listing_path(HIDDEN[state]), as_caller(shared, who))
    if who in ("member", "administrator"):
        assert (answer.status_code, answer.json()["buildNumber"]) == (200, HIDDEN[state])
    elif who == "nobody":
        refused(answer, 401, "UNAUTHORIZED")
    else:
        refused(answer, 404, "APP_SOFTWARE_VERSION_NOT_FOUND")


@pytest.mark.parametrize("role", ROLES)
def test_members_of_every_role_see_every_listing(server: InProcess, role: str) -> None:
    answer = server.get(listing_path(HIDDEN["draft"]), as_member(server, role))
    assert answer.status_code == 200


@pytest.mark.parametrize("who", ["member", "outsider", "stranger", "administrator"])
def test_a_version_without_a_listing_says_so(shared: InProcess, who: str) -> None:
    answer = shared.get(listing_path(UNLISTED), as_caller(shared, who))
    refused(answer, 404, "APP_SOFTWARE_VERSION_LISTING_NOT_FOUND")


@pytest.mark.parametrize("build_number", [0, 99999, 9_007_199_254_740_991])
def test_an_unknown_version_is_not_found(shared: InProcess, build_number: int) -> None:
    refused(shared.get(listing_path(build_number)), 404, "APP_SOFTWARE_VERSION_NOT_FOUND")


def test_a_hidden_version_reads_like_one_that_does_not_exist(shared: InProcess) -> None:
    hidden = shared.get(listing_path(HIDDEN["draft"]), OUTSIDER)
    absent = shared.get(listing_path(99999), OUTSIDER)
    (hidden_detail,) = refused(hidden, 404, "APP_SOFTWARE_VERSION_NOT_FOUND")
    (absent_detail,) = refused(absent, 404, "APP_SOFTWARE_VERSION_NOT_FOUND")
    assert hidden_detail.replace(str(HIDDEN["draft"]), "99999") == absent_detail


@pytest.mark.parametrize("software_id", [UNKNOWN, "not-a-uuid", "%FF"])
@pytest.mark.parametrize("build_number", ["3140", "no-number"])
def test_an_unknown_app_software_is_not_found(
    shared: InProcess, software_id: str, build_number: str
) -> None:
    answer = shared.get(listing_path(build_number, software_id))
    refused(answer, 404, "APP_SOFTWARE_NOT_FOUND")


@pytest.mark.parametrize("bad", ["abc", "-1", "1.5", "9007199254740992", "%31%20", "1" * 400])
def test_a_build_number_that_cannot_be_is_not_found(shared: InProcess, bad: str) -> None:
    # The contract has no 400 here.
    refused(shared.get(listing_path(bad)), 404, "APP_SOFTWARE_VERSION_NOT_FOUND")


def test_a_listing_belongs_to_its_own_app_software(server: InProcess) -> None:
    create(server, ADDON_SERVER, version(buildNumber=ACTIVE))
    answer = server.get(listing_path(ACTIVE, ADDON_SERVER))
    refused(answer, 404, "APP_SOFTWARE_VERSION_LISTING_NOT_FOUND")


def test_a_listing_shows_to_outsiders_while_it_is_public_and_its_version_approved(
    server: InProcess,
) -> None:
    set_policy(server, "manual")
    software_id = new_software(server)
    create(server, software_id, version(buildNumber=2))
    move(server, "approve", 2, software_id)
    list_version(server, software_id, 2)  # so that there is another public one
    create(server, software_id, version(buildNumber=1))
    path = listing_path(1, software_id)
    hidden = (404, "APP_SOFTWARE_VERSION_NOT_FOUND")
    list_version(server, software_id, 1)
    refused(server.get(path, OUTSIDER), *hidden)
    move(server, "approve", 1, software_id)
    assert server.get(path, OUTSIDER).json() == server.get(path).json()
    change_listing(server, software_id, 1, state="PRIVATE")
    refused(server.get(path, OUTSIDER), *hidden)
    assert server.get(path).json()["state"] == "PRIVATE"
    change_listing(server, software_id, 1, state="PUBLIC")
    assert server.get(path, OUTSIDER).status_code == 200
    move(server, "archive", 1, software_id)
    refused(server.get(path, OUTSIDER), *hidden)
    assert server.get(path, ADMINISTRATOR).json()["state"] == "PUBLIC"


@pytest.mark.parametrize("what", ARCHIVED)
@pytest.mark.parametrize("auth", [None, OUTSIDER], ids=["member", "outsider"])
def test_what_is_archived_can_be_read(
    server: InProcess, what: str, auth: tuple[str, str] | None
) -> None:
    before = server.get(listing_path(ACTIVE)).json()
    archive(server, what, ADDON_CLOUD)
    answer = server.get(listing_path(ACTIVE), auth or ADMINISTRATOR)
    assert (answer.status_code, answer.json()) == (200, before)


def test_head_is_answered_without_a_body(shared: InProcess) -> None:
    answer = shared.request("HEAD", listing_path(ACTIVE))
    assert (answer.status_code, answer.content) == (200, b"")
