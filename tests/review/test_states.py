"""The table of states, cell by cell: every state, every move, and who may make it."""

from typing import Any

import pytest

from tests.support.administration import APP_SOFTWARE, create, do, person_of, read
from tests.support.bodies import (
    ADDON_CLOUD,
    CALENDAR_CLOUD,
    UNKNOWN,
    codes,
    problems,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.scenes import list_version

STATES = ["draft", "submitted", "approved", "auto-approved", "active", "rejected", "archived"]
REASON = {"reason": "The screenshots show another app."}
BODIES: dict[str, dict[str, Any]] = {
    "submit": {},
    "approve": {},
    "reject": {"json": REASON},
    "archive": {},
    "unarchive": {},
}
MOVES = list(BODIES)
LEADS_TO = {
    ("draft", "submit"): "submitted",
    ("rejected", "submit"): "submitted",
    ("submitted", "approve"): "active",  # as the listing of that of the demo data is public
    ("submitted", "reject"): "rejected",
    **{(state, "archive"): "archived" for state in STATES if state != "archived"},
    ("archived", "unarchive"): "active",  # as those of the demo data were before
}
"""Where moves lead. Every other move is refused."""


def move(
    server: InProcess,
    build_number: object,
    how: str,
    auth: Auth = ADMINISTRATOR,
    software: str = ADDON_CLOUD,
) -> Any:
    path = f"{APP_SOFTWARE}/{software}/versions/{build_number}/{how}"
    return server.post(path, auth=auth, **BODIES[how])


def one_in(server: InProcess, state: str, software: str = ADDON_CLOUD) -> dict[str, Any]:
    """A version of the demo data that is in a state."""
    page = read(server, f"{versions_path(software)}?state={state}&limit=1")
    held: dict[str, Any] = page["versions"][0]
    return held


def new_draft(server: InProcess, software: str = ADDON_CLOUD) -> dict[str, Any]:
    return create(server, f"{APP_SOFTWARE}/{software}/versions", **version(draft=True))


@pytest.mark.parametrize("how", MOVES)
@pytest.mark.parametrize("state", STATES)
def test_every_move_from_every_state(server: InProcess, state: str, how: str) -> None:
    held = one_in(server, state)
    path = versions_path(build_number=held["buildNumber"])
    response = move(server, held["buildNumber"], how)
    leads_to = LEADS_TO.get((state, how))
    if leads_to is None:
        assert (response.status_code, codes(response.json())) == (400, ["VALIDATION_ERROR"])
        assert state in response.json()["errors"][0]["detail"]
        assert read(server, path) == held
        return
    assert response.status_code == 200
    moved = response.json()
    assert (moved["state"], moved["revision"]) == (leads_to, held["revision"] + 1)
    changing = ("state", "revision", "approvalDetails", "releaseDetails")
    same = held.keys() - changing
    assert {name: moved[name] for name in same} == {name: held[name] for name in same}
    assert moved.keys() - changing == same
    assert read(server, path) == moved
    assert moved in read(server, f"{versions_path()}?state={leads_to}&limit=50")["versions"]


@pytest.mark.parametrize("software", [ADDON_CLOUD, CALENDAR_CLOUD], ids=["auto", "manual"])
@pytest.mark.parametrize("state", ["draft", "rejected"])
def test_submitting_leads_to_submitted_whatever_the_policy(
    server: InProcess, software: str, state: str
) -> None:
    held = new_draft(server, software)
    number = held["buildNumber"]
    if state == "rejected":
        move(server, number, "submit", software=software)
        held = move(server, number, "reject", software=software).json()
    assert held["state"] == state
    submitted = move(server, number, "submit", software=software)
    assert (submitted.status_code, submitted.json()["state"]) == (200, "submitted")
    assert submitted.json()["approvalDetails"]["submittedAt"].endswith("Z")
    assert "approvedAt" not in submitted.json()["approvalDetails"]
    assert "releaseDetails" not in submitted.json()


@pytest.mark.parametrize("state", [state for state in STATES if state != "archived"])
def test_un_archiving_restores_the_state_before(server: InProcess, state: str) -> None:
    held = one_in(server, state)
    assert move(server, held["buildNumber"], "archive").json()["state"] == "archived"
    restored = move(server, held["buildNumber"], "unarchive").json()
    assert restored == {**held, "revision": held["revision"] + 2}
    again = move(server, held["buildNumber"], "archive").json()
    assert again["state"] == "archived"


def test_an_approved_version_tells_who_approved_it_and_waits_for_its_listing(
    server: InProcess,
) -> None:
    draft = new_draft(server)
    assert "approvalDetails" not in draft
    move(server, draft["buildNumber"], "submit")
    approved = move(server, draft["buildNumber"], "approve").json()
    assert approved["state"] == "approved"
    details = approved["approvalDetails"]
    assert details["approvedBy"] == "admin@example.com"
    assert draft["createdAt"] <= details["submittedAt"] <= details["approvedAt"]
    assert "releaseDetails" not in approved


def test_an_approved_version_is_active_at_once_where_its_listing_is_public(
    server: InProcess,
) -> None:
    number = new_draft(server)["buildNumber"]
    list_version(server, ADDON_CLOUD, number)
    move(server, number, "submit")
    active = move(server, number, "approve").json()
    details = active["approvalDetails"]
    assert (active["state"], details["approvedBy"]) == ("active", "admin@example.com")
    assert active["releaseDetails"] == {
        "releasedAt": details["approvedAt"],
        "releasedBy": "admin@example.com",
    }


def test_a_rejected_version_tells_why_until_it_is_submitted_again(server: InProcess) -> None:
    draft = new_draft(server)
    submitted = move(server, draft["buildNumber"], "submit").json()
    rejected = move(server, draft["buildNumber"], "reject").json()
    assert rejected["approvalDetails"] == {
        "submittedAt": submitted["approvalDetails"]["submittedAt"],
        "rejectionReason": REASON["reason"],
    }
    assert "releaseDetails" not in rejected
    again = move(server, draft["buildNumber"], "submit").json()
    assert "rejectionReason" not in again["approvalDetails"]
    assert move(server, draft["buildNumber"], "approve").json()["state"] == "approved"


@pytest.mark.parametrize(
    ("options", "details"),
    [
        ({"json": {}}, {"reason is required"}),
        ({"json": {"reason": ""}}, {"reason must not be empty"}),
        ({"json": {"reason": 5}}, {"reason must be a string"}),
        ({"json": {"reason": None}}, {"reason must be a string"}),
        (
            {"json": {"reason": "x" * 1001}},
            {"reason must not be longer than 1000 characters"},
        ),
        (
            {"json": {"reason": "a\x00b"}},
            {"reason must not contain the character U+0000"},
        ),
        ({"json": []}, {"the body must be an object"}),
    ],
)
def test_a_rejection_needs_a_reason(
    server: InProcess, options: dict[str, Any], details: set[str]
) -> None:
    held = one_in(server, "submitted")
    path = f"{APP_SOFTWARE}/{ADDON_CLOUD}/versions/{held['buildNumber']}"
    response = server.post(f"{path}/reject", auth=ADMINISTRATOR, **options)
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", detail) for detail in details}
    assert read(server, versions_path(build_number=held["buildNumber"])) == held


def test_a_rejection_without_a_body_is_refused(server: InProcess) -> None:
    held = one_in(server, "submitted")
    path = f"{APP_SOFTWARE}/{ADDON_CLOUD}/versions/{held['buildNumber']}/reject"
    response = server.post(path, auth=ADMINISTRATOR)
    assert (response.status_code, codes(response.json())) == (400, ["VALIDATION_ERROR"])
    assert read(server, versions_path(build_number=held["buildNumber"])) == held


def test_a_reason_may_have_several_lines_and_1000_characters(server: InProcess) -> None:
    held = one_in(server, "submitted")
    reason = "Ünicode\n" + "x" * 992
    path = f"{APP_SOFTWARE}/{ADDON_CLOUD}/versions/{held['buildNumber']}"
    do(server, f"{path}/reject", reason=reason)
    rejected = read(server, versions_path(build_number=held["buildNumber"]))
    assert rejected["approvalDetails"]["rejectionReason"] == reason


@pytest.mark.parametrize(
    ("state", "how"),
    [("draft", "submit"), ("rejected", "submit"), ("active", "archive"), ("draft", "archive")],
)
def test_members_submit_and_archive_their_own(server: InProcess, state: str, how: str) -> None:
    response = move(server, one_in(server, state)["buildNumber"], how, DEVELOPER)
    assert (response.status_code, response.json()["state"]) == (200, LEADS_TO[state, how])


def test_members_take_their_own_back_from_the_archive(server: InProcess) -> None:
    held = one_in(server, "draft")
    move(server, held["buildNumber"], "archive", DEVELOPER)
    response = move(server, held["buildNumber"], "unarchive", DEVELOPER)
    assert (response.status_code, response.json()["state"]) == (200, "draft")


@pytest.mark.parametrize(
    ("auth", "moves", "status", "code"),
    [
        pytest.param(DEVELOPER, ["approve", "reject"], 403, "FORBIDDEN", id="member"),
        pytest.param(OUTSIDER, MOVES, 403, "FORBIDDEN", id="stranger"),
        pytest.param(None, MOVES, 401, "UNAUTHORIZED", id="nobody"),
    ],
)
@pytest.mark.parametrize("state", STATES)
def test_nobody_else_may(
    shared: InProcess, state: str, auth: Auth, moves: list[str], status: int, code: str
) -> None:
    held = one_in(shared, state)
    for how in moves:
        response = move(shared, held["buildNumber"], how, auth)
        assert (response.status_code, codes(response.json())) == (status, [code])
    assert read(shared, versions_path(build_number=held["buildNumber"])) == held


@pytest.mark.parametrize("how", MOVES)
@pytest.mark.parametrize(
    ("software", "build_number", "status", "code"),
    [
        (UNKNOWN, 1, 404, "APP_SOFTWARE_NOT_FOUND"),
        ("no-uuid", 1, 404, "APP_SOFTWARE_NOT_FOUND"),
        (UNKNOWN, "x", 404, "APP_SOFTWARE_NOT_FOUND"),
        (ADDON_CLOUD, "x", 400, "INVALID_PARAMETER"),
        (ADDON_CLOUD, "-1", 400, "INVALID_PARAMETER"),
        (ADDON_CLOUD, "9007199254740992", 400, "INVALID_PARAMETER"),
        (ADDON_CLOUD, 9007199254740991, 404, "APP_SOFTWARE_VERSION_NOT_FOUND"),
    ],
)
def test_what_is_not_there_cannot_be_moved(
    shared: InProcess, software: str, build_number: object, status: int, code: str, how: str
) -> None:
    response = move(shared, build_number, how, software=software)
    assert (response.status_code, codes(response.json())) == (status, [code])


@pytest.mark.parametrize("how", MOVES)
def test_versions_of_an_archived_app_software_stay_in_their_state(
    server: InProcess, how: str
) -> None:
    state = next(state for (state, done), _ in LEADS_TO.items() if done == how)
    held = one_in(server, state)
    do(server, f"{APP_SOFTWARE}/{ADDON_CLOUD}/archive")
    response = move(server, held["buildNumber"], how)
    assert (response.status_code, codes(response.json())) == (400, ["VALIDATION_ERROR"])
    assert read(server, versions_path(build_number=held["buildNumber"])) == held


def seen_by_outsiders(server: InProcess, build_number: int) -> tuple[int, bool, int]:
    """How a version looks from outside: the status of its page, whether the list has it, and
    the count of the list."""
    status = server.get(versions_path(build_number=build_number), auth=OUTSIDER).status_code
    page = read(server, f"{versions_path()}?limit=1", OUTSIDER)
    newest = [listed["buildNumber"] for listed in page["versions"]]
    return status, newest == [build_number], page["totalCount"]


def test_outsiders_see_a_version_exactly_while_it_is_active(server: InProcess) -> None:
    number = new_draft(server)["buildNumber"]  # the newest, so the first of the list
    list_version(server, ADDON_CLOUD, number)
    status, listed, count = seen_by_outsiders(server, number)
    assert (status, listed) == (404, False)
    for how, seen in [
        ("submit", False),
        ("reject", False),
        ("submit", False),
        ("approve", True),
        ("archive", False),
        ("unarchive", True),
        ("archive", False),
    ]:
        assert move(server, number, how).status_code == 200
        expected = (200, True, count + 1) if seen else (404, False, count)
        assert seen_by_outsiders(server, number) == expected
        member = server.get(versions_path(build_number=number), auth=DEVELOPER)
        assert member.status_code == 200


def test_an_archived_version_stays_readable_and_cannot_be_written(server: InProcess) -> None:
    held = one_in(server, "draft")
    path = versions_path(build_number=held["buildNumber"])
    archived = move(server, held["buildNumber"], "archive", DEVELOPER).json()
    refused = server.put(path, json=archived)
    assert (refused.status_code, codes(refused.json())) == (400, ["VALIDATION_ERROR"])
    assert server.get(path).json() == archived
    restored = move(server, held["buildNumber"], "unarchive", DEVELOPER).json()
    assert server.put(path, json=restored).status_code == 200


@pytest.mark.parametrize("number", ["buildNumber", "versionNumber"])
def test_an_archived_version_keeps_its_numbers(server: InProcess, number: str) -> None:
    held = one_in(server, "archived")
    response = server.post(versions_path(), json=version(**{number: held[number]}))
    assert response.status_code == 400
    assert "already exists" in response.json()["errors"][0]["detail"]


def test_a_move_makes_the_revision_that_others_hold_an_old_one(server: InProcess) -> None:
    held = new_draft(server)
    move(server, held["buildNumber"], "submit")
    path = versions_path(build_number=held["buildNumber"])
    response = server.put(path, json={**held, "state": "submitted"})
    assert (response.status_code, codes(response.json())) == (400, ["REVISION_MISMATCH"])


def test_a_move_can_be_answered_without_a_body(server: InProcess) -> None:
    held = one_in(server, "draft")
    path = f"{APP_SOFTWARE}/{ADDON_CLOUD}/versions/{held['buildNumber']}/submit"
    response = server.post(path, headers={"prefer": "return=minimal"})
    assert (response.status_code, response.content) == (200, b"")
    after = server.get(versions_path(build_number=held["buildNumber"])).json()
    assert after["state"] == "submitted"


def test_an_administrator_needs_no_membership_to_review(server: InProcess) -> None:
    administrator = person_of(server, "admin@example.com")
    members = read(server, f"/admin/v1/developer-spaces/{one_space(server)}/members")["members"]
    assert administrator["id"] not in {member["personId"] for member in members}
    held = one_in(server, "submitted", CALENDAR_CLOUD)
    assert move(server, held["buildNumber"], "approve", software=CALENDAR_CLOUD).status_code == 200


def one_space(server: InProcess) -> str:
    """The developer space that the calendar belongs to."""
    product = read(server, f"{APP_SOFTWARE}/{CALENDAR_CLOUD}")["productId"]
    space: str = read(server, f"/admin/v1/apps/{product}")["developerSpaceId"]
    return space
