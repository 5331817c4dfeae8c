"""PUT app-software/{appSoftwareId}/versions/{buildNumber}/listing: a listing replaced."""

from typing import Any

import httpx2
import pytest

from tests.support.bodies import (
    ADDON_CLOUD,
    CALENDAR_CLOUD,
    HERO,
    ROLES,
    UNKNOWN,
    codes,
    listing,
    listing_path,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.scenes import (
    ARCHIVED,
    CALLERS,
    archive,
    as_caller,
    as_member,
    create,
    list_version,
    move,
    new_software,
    read_version,
    set_policy,
    unarchive,
)
from tests.support.version_listings import (
    BAD_CONTENT,
    GOOD_CONTENT,
    NO_NULLS,
    refused,
    refused_fields,
)

LISTED = {
    "draft": 26400,
    "active": 26300,
    "auto-approved": 26200,
    "approved": 26100,
    "submitted": 25900,
    "rejected": 25600,
    "submitted, taken back": 25400,
    "rejected, taken back": 25300,
}
"""Versions of the add-on's cloud app software that have a listing, by their state."""
UNLISTED = 20100
SENT_STATUSES = ["APPROVED", "REJECTED", "PENDING_REVIEW", "SUBMITTED", "UNINITIATED"]


def read(server: InProcess, build_number: int, software_id: str = ADDON_CLOUD) -> dict[str, Any]:
    """A listing as it is now."""
    held: dict[str, Any] = server.get(listing_path(build_number, software_id), ADMINISTRATOR).json()
    return held


def put(server: InProcess, body: dict[str, Any], **options: Any) -> httpx2.Response:
    """Send a body to the listing that it names; the answer."""
    path = listing_path(body["buildNumber"], body["appSoftwareId"])
    return server.put(path, json=body, **options)


def changed(server: InProcess, held: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Change a listing as it is now, which must succeed; what it is then."""
    now = read(server, held["buildNumber"], held["appSoftwareId"])
    answer = put(server, {**now, **changes})
    assert answer.status_code == 200, answer.text
    assert answer.json()["revision"] == now["revision"] + 1
    found: dict[str, Any] = answer.json()
    return found


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def new_listing(server: InProcess, **changes: Any) -> dict[str, Any]:
    """The listing of a new version, which is auto-approved, with every field."""
    software_id = new_software(server)
    create(server, software_id, version(buildNumber=1))
    created: dict[str, Any] = list_version(server, software_id, 1, "PRIVATE", **changes)
    return created


@pytest.mark.parametrize("state", LISTED)
def test_what_was_read_can_be_sent_back_in_every_state(server: InProcess, state: str) -> None:
    held = read(server, LISTED[state])
    beside = read_version(server, ADDON_CLOUD, LISTED[state])
    answer = put(server, held)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {**held, "revision": held["revision"] + 1}
    assert read(server, LISTED[state]) == answer.json()
    assert read_version(server, ADDON_CLOUD, LISTED[state]) == beside


def test_every_field_is_replaced(server: InProcess) -> None:
    held = new_listing(server)
    changes = listing(
        screenshots=[{"imageId": HERO}],
        highlights=[],
        moreDetails="Less",
        heroImage="50000000-0000-4000-8000-0000000000e1",
        youtubeId="",
        deploymentInstructions=[{"body": "One"}, {"body": "Two"}],
        developerLinks={"bonTermsSupported": False},
    )
    assert put(server, {**held, **changes}).json() == {**held, **changes, "revision": 2}


def test_fields_that_are_left_out_are_gone(server: InProcess) -> None:
    held = new_listing(server)
    optional = [name for name in NO_NULLS if name != "state"]
    updated = put(server, without(held, *optional))
    assert updated.json() == {**without(held, *optional), "revision": 2}
    assert read(server, 1, held["appSoftwareId"]) == updated.json()


@pytest.mark.parametrize("content", GOOD_CONTENT, ids=str)
def test_content_may_go_to_its_limits(server: InProcess, content: dict[str, Any]) -> None:
    held = read(server, LISTED["active"])
    assert changed(server, held, **content) == {**held, **content, "revision": 2}


def test_what_the_server_says_of_a_listing_cannot_be_set(server: InProcess) -> None:
    held = read(server, LISTED["active"])
    claims = {
        "approvalDetails": {"approvedBy": "me", "issueKey": 7},
        "buildNumber": 7,
        "appSoftwareId": UNKNOWN,
        "colour": "green",
    }
    answer = server.put(listing_path(LISTED["active"]), json={**held, **claims})
    assert answer.json() == {**held, "revision": 2}


@pytest.mark.parametrize("sent", SENT_STATUSES)
@pytest.mark.parametrize("state", LISTED)
def test_the_approval_status_never_changes_through_an_update(
    server: InProcess, state: str, sent: str
) -> None:
    held = read(server, LISTED[state])
    assert changed(server, held, approvalStatus=sent) == {**held, "revision": 2}


def test_prefer_minimal_leaves_the_body_out(server: InProcess) -> None:
    held = read(server, LISTED["active"])
    answer = put(server, held, headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["preference-applied"] == "return=minimal"
    assert read(server, LISTED["active"])["revision"] == 2


# Who may, and what is checked first.


@pytest.mark.parametrize("who", CALLERS)
def test_only_members_and_administrators_update_listings(server: InProcess, who: str) -> None:
    held = read(server, LISTED["active"])
    answer = put(server, {**held, "moreDetails": "New"}, auth=as_caller(server, who))
    if who in ("member", "administrator"):
        assert answer.json() == {**held, "moreDetails": "New", "revision": 2}
        return
    refused(answer, *((401, "UNAUTHORIZED") if who == "nobody" else (403, "FORBIDDEN")))
    assert read(server, LISTED["active"]) == held


@pytest.mark.parametrize("role", ROLES)
def test_a_member_needs_a_role_for_listings(server: InProcess, role: str) -> None:
    held = read(server, LISTED["active"])
    answer = put(server, held, auth=as_member(server, role))
    if role in ("admin", "release-manager", "listing-specialist"):
        assert answer.status_code == 200
    else:
        refused(answer, 403, "FORBIDDEN")
        assert read(server, LISTED["active"]) == held


@pytest.mark.parametrize("who", ["member", "stranger"])
@pytest.mark.parametrize("software_id", [UNKNOWN, "not-a-uuid"])
def test_an_unknown_app_software_comes_first(shared: InProcess, software_id: str, who: str) -> None:
    path = listing_path("no-number", software_id)
    answer = shared.put(path, as_caller(shared, who), content=b"{")
    refused(answer, 404, "APP_SOFTWARE_NOT_FOUND")


@pytest.mark.parametrize("build_number", [LISTED["active"], UNLISTED, 99999, "no-number"])
def test_the_permission_comes_before_the_body_and_the_version(
    shared: InProcess, build_number: object
) -> None:
    refused(shared.put(listing_path(build_number), OUTSIDER, content=b"{"), 403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("build_number", "code"),
    [
        (99999, "APP_SOFTWARE_VERSION_NOT_FOUND"),
        (UNLISTED, "APP_SOFTWARE_VERSION_LISTING_NOT_FOUND"),
    ],
)
def test_a_bad_body_comes_before_what_is_not_there(
    shared: InProcess, build_number: int, code: str
) -> None:
    body = read(shared, LISTED["active"])
    refused(shared.put(listing_path(build_number), json=body), 404, code)
    answer = shared.put(listing_path(build_number), json={**body, "heroImage": UNKNOWN})
    assert refused_fields(answer) == ["heroImage"]


@pytest.mark.parametrize("bad", ["abc", "-1", "1.5", "9007199254740992"])
def test_a_build_number_that_cannot_be_is_told_with_the_body(shared: InProcess, bad: str) -> None:
    body = read(shared, LISTED["active"])
    refused(shared.put(listing_path(bad), json=body), 400, "INVALID_PARAMETER")
    answer = shared.put(listing_path(bad), json={**body, "youtubeId": 7})
    assert (answer.status_code, codes(answer.json())) == (
        400,
        ["INVALID_PARAMETER", "VALIDATION_FAIL"],
    )


# What is wrong with a body.


@pytest.mark.parametrize(("changes", "fields"), BAD_CONTENT)
def test_bad_content_is_refused(
    shared: InProcess, changes: dict[str, Any], fields: list[str]
) -> None:
    held = read(shared, LISTED["active"])
    assert refused_fields(put(shared, {**held, **changes})) == fields
    assert read(shared, LISTED["active"]) == held


@pytest.mark.parametrize("field", [*NO_NULLS, "approvalStatus", "revision"])
def test_null_is_no_value(shared: InProcess, field: str) -> None:
    held = read(shared, LISTED["active"])
    assert refused_fields(put(shared, {**held, field: None})) == [field]


@pytest.mark.parametrize(
    "changes",
    [
        {"approvalStatus": "approved"},
        {"approvalStatus": 1},
        {"approvalStatus": ["APPROVED"]},
        {"revision": "1"},
        {"revision": 1.5},
        {"revision": True},
        {"revision": -1},
        {"revision": 9_007_199_254_740_992},
    ],
    ids=str,
)
def test_a_status_or_revision_that_cannot_be_is_refused(
    shared: InProcess, changes: dict[str, Any]
) -> None:
    held = read(shared, LISTED["active"])
    assert refused_fields(put(shared, {**held, **changes})) == list(changes)
    assert read(shared, LISTED["active"]) == held


def test_every_field_that_is_missing_is_told_at_once(shared: InProcess) -> None:
    answer = shared.put(listing_path(LISTED["active"]), json={})
    assert refused_fields(answer) == ["approvalStatus", "revision", "state"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_refused(shared: InProcess, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = shared.put(listing_path(LISTED["active"]), content=content, headers=headers)
    refused(answer, 400, "VALIDATION_FAIL")


# Revisions.


@pytest.mark.parametrize("difference", [-2, -1, 1, 10**15])
def test_a_revision_that_is_not_the_last_one_is_refused(server: InProcess, difference: int) -> None:
    held = read(server, LISTED["active"])
    for _ in range(2):
        held = changed(server, held)
    assert held["revision"] == 3
    answer = put(server, {**held, "revision": 3 + difference, "moreDetails": "Lost"})
    (detail,) = refused(answer, 400, "REVISION_MISMATCH")
    assert ("A more recent revision is available" in detail) == (difference < 0)
    assert read(server, LISTED["active"]) == held


def test_a_stale_revision_and_problems_of_the_body_are_told_at_once(shared: InProcess) -> None:
    held = read(shared, LISTED["active"])
    body = {**held, "revision": held["revision"] + 1, "youtubeId": 7, "heroImage": UNKNOWN}
    assert codes(put(shared, body).json()) == [
        "REVISION_MISMATCH",
        "VALIDATION_FAIL",
        "VALIDATION_FAIL",
    ]


def test_of_concurrent_updates_with_one_revision_exactly_one_wins(server: InProcess) -> None:
    held = new_listing(server)
    path = listing_path(1, held["appSoftwareId"])
    bodies = [{**held, "moreDetails": f"by {n}", "state": "PUBLIC"} for n in range(16)]
    answers = server.at_once(*(server.send("PUT", path, json=body) for body in bodies))
    (winner,) = [answer for answer in answers if answer.status_code == 200]
    for answer in answers:
        if answer is not winner:
            refused(answer, 400, "REVISION_MISMATCH")
    assert winner.json()["revision"] == 2
    assert server.get(path).content == winner.content
    beside = read_version(server, held["appSoftwareId"], 1)
    assert (beside["state"], beside["revision"]) == ("active", 2)


def test_a_decision_of_review_makes_the_revision_that_others_hold_an_old_one(
    server: InProcess,
) -> None:
    held = read(server, LISTED["submitted"])
    move(server, "approve", LISTED["submitted"], ADDON_CLOUD)
    refused(put(server, held), 400, "REVISION_MISMATCH")


# What it does to its version.


@pytest.mark.parametrize(("policy", "waiting"), [("auto", "auto-approved"), ("manual", "approved")])
def test_public_makes_a_version_active_and_private_takes_it_back(
    server: InProcess, policy: str, waiting: str
) -> None:
    set_policy(server, policy)
    software_id = new_software(server)
    for build_number in (1, 2):
        create(server, software_id, version(buildNumber=build_number))
        if policy == "manual":
            move(server, "approve", build_number, software_id)
    list_version(server, software_id, 2)  # so that there is another public one
    held = list_version(server, software_id, 1, "PRIVATE")
    before = read_version(server, software_id, 1)
    assert (before["state"], held["approvalStatus"]) == (waiting, "UNINITIATED")

    public = changed(server, held, state="PUBLIC")
    assert (public["state"], public["approvalStatus"]) == ("PUBLIC", "APPROVED")
    active = read_version(server, software_id, 1)
    at = active["releaseDetails"]["releasedAt"]
    assert active == {
        **before,
        "state": "active",
        "revision": before["revision"] + 1,
        "releaseDetails": {"releasedAt": at, "releasedBy": DEVELOPER[0]},
    }

    private = changed(server, held, state="PRIVATE")
    assert private == {**public, "state": "PRIVATE", "revision": 3}
    assert read_version(server, software_id, 1) == {**before, "revision": before["revision"] + 2}

    again = changed(server, held, state="PUBLIC", moreDetails="Back")
    assert again["approvalStatus"] == "APPROVED"
    assert read_version(server, software_id, 1)["state"] == "active"


def test_only_a_change_of_state_makes_a_new_revision_of_the_version(server: InProcess) -> None:
    before = read_version(server, ADDON_CLOUD, LISTED["active"])
    changed(server, read(server, LISTED["active"]), moreDetails="New")
    assert read_version(server, ADDON_CLOUD, LISTED["active"]) == before


@pytest.mark.parametrize("state", ["draft", "rejected"])
def test_a_version_that_is_not_approved_stays_as_it_is(server: InProcess, state: str) -> None:
    before = read_version(server, ADDON_CLOUD, LISTED[state])
    held = read(server, LISTED[state])
    for listing_state in ("PRIVATE", "PUBLIC"):
        status = changed(server, held, state=listing_state)["approvalStatus"]
        assert status == held["approvalStatus"]
    assert read_version(server, ADDON_CLOUD, LISTED[state]) == before


def test_a_listing_is_submitted_when_it_becomes_public_beside_a_submitted_version(
    server: InProcess,
) -> None:
    set_policy(server, "manual")
    software_id = new_software(server)
    before = create(server, software_id, version(buildNumber=1))
    held = list_version(server, software_id, 1, "PRIVATE")
    submitted = changed(server, held, state="PUBLIC")
    assert submitted["approvalStatus"] == "SUBMITTED"
    assert set(submitted["approvalDetails"]) == {"submittedDate"}
    kept = changed(server, held, state="PRIVATE")
    assert kept == {**submitted, "state": "PRIVATE", "revision": 3}
    assert read_version(server, software_id, 1) == before


# The only public version.


def only_public(server: InProcess, hosting: str = "cloud") -> dict[str, Any]:
    """The listing of the only version of an app, which is active."""
    software_id = new_software(server, hosting)
    create(server, software_id, version(buildNumber=1))
    made: dict[str, Any] = list_version(server, software_id, 1)
    return made


def second_software(server: InProcess, first_id: str) -> str:
    """Another app software of the same app."""
    found = server.get(f"/admin/v1/app-software/{first_id}", ADMINISTRATOR).json()
    path = f"/admin/v1/apps/{found['productId']}/app-software"
    made = server.post(path, ADMINISTRATOR, json={"hosting": "datacenter"})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_the_only_public_version_of_an_app_stays_public(server: InProcess) -> None:
    held = only_public(server)
    before = read_version(server, held["appSoftwareId"], 1)
    answer = put(server, {**held, "state": "PRIVATE", "moreDetails": "Lost"})
    (detail,) = refused(answer, 400, "VALIDATION_FAIL")
    assert detail.startswith("state")
    assert "only public version" in detail
    assert read(server, 1, held["appSoftwareId"]) == held
    assert read_version(server, held["appSoftwareId"], 1) == before


@pytest.mark.parametrize("state", ["draft", "submitted", "auto-approved", "archived"])
def test_versions_that_are_not_public_do_not_count(server: InProcess, state: str) -> None:
    held = only_public(server)
    software_id = held["appSoftwareId"]
    if state in ("draft", "submitted"):
        path = f"/admin/v1/app-software/{software_id}/versions"
        server.post(path, json={**version(buildNumber=2), "draft": True})
        if state == "submitted":
            move(server, "submit", 2, software_id)
    else:
        create(server, software_id, version(buildNumber=2))
    if state == "archived":
        list_version(server, software_id, 2)
        move(server, "archive", 2, software_id)
    assert read_version(server, software_id, 2)["state"] == state
    assert refused_fields(put(server, {**held, "state": "PRIVATE"})) == ["state"]


def test_a_public_version_of_another_app_does_not_count(server: InProcess) -> None:
    held = only_public(server)
    only_public(server)
    assert refused_fields(put(server, {**held, "state": "PRIVATE"})) == ["state"]


@pytest.mark.parametrize("same", [True, False], ids=["same app software", "another of the app"])
def test_another_public_version_of_the_app_lets_one_become_private(
    server: InProcess, same: bool
) -> None:
    held = only_public(server)
    software_id = held["appSoftwareId"]
    other_id = software_id if same else second_software(server, software_id)
    # With the same build number elsewhere, so that the two cannot be mistaken for each other.
    build_number = 2 if same else 1
    create(server, other_id, version(buildNumber=build_number))
    other = list_version(server, other_id, build_number)
    assert changed(server, held, state="PRIVATE")["state"] == "PRIVATE"
    assert refused_fields(put(server, {**other, "state": "PRIVATE"})) == ["state"]
    changed(server, held, state="PUBLIC")
    changed(server, other, state="PRIVATE")


def test_of_the_last_two_at_once_one_stays_public(server: InProcess) -> None:
    software_id = new_software(server)
    sends = []
    for build_number in (1, 2):
        create(server, software_id, version(buildNumber=build_number))
        held = list_version(server, software_id, build_number)
        path = listing_path(build_number, software_id)
        sends.append(server.send("PUT", path, json={**held, "state": "PRIVATE"}))
    assert sorted(answer.status_code for answer in server.at_once(*sends)) == [200, 400]
    public = server.get(versions_path(software_id), OUTSIDER).json()
    assert public["totalCount"] == 1


def test_what_is_private_already_can_be_written_where_nothing_is_public(server: InProcess) -> None:
    held = new_listing(server)
    assert changed(server, held, moreDetails="New")["state"] == "PRIVATE"


# Archives.


@pytest.mark.parametrize("what", ARCHIVED)
def test_what_is_archived_is_not_written(server: InProcess, what: str) -> None:
    held = read(server, LISTED["active"])
    archive(server, what, ADDON_CLOUD)
    (detail,) = refused(put(server, held), 400, "VALIDATION_FAIL")
    assert "archived" in detail
    assert read(server, LISTED["active"]) == held
    unarchive(server, what, ADDON_CLOUD)
    assert put(server, held).status_code == 200


def test_the_listing_of_an_archived_version_is_not_written_until_that_is_taken_back(
    server: InProcess,
) -> None:
    held = read(server, LISTED["active"])
    move(server, "archive", LISTED["active"], ADDON_CLOUD)
    (detail,) = refused(put(server, {**held, "state": "PRIVATE"}), 400, "VALIDATION_FAIL")
    assert "archived" in detail
    assert read(server, LISTED["active"]) == held
    move(server, "unarchive", LISTED["active"], ADDON_CLOUD)
    assert put(server, {**held, "state": "PRIVATE"}).status_code == 200


def test_listings_of_others_are_theirs(server: InProcess) -> None:
    held = read(server, 13, CALENDAR_CLOUD)
    refused(put(server, held, auth=DEVELOPER), 403, "FORBIDDEN")
    assert put(server, held, auth=OUTSIDER).status_code == 200
