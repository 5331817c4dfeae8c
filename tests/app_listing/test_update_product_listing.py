"""PUT replaces the listing of an app: its content, its state, and what that leads to."""

from typing import Any

import pytest

from tests.support.answers import MOMENT
from tests.support.app_listings import (
    EVERY_FIELD,
    ICON,
    app_listing,
    changed,
    listing_path,
    put_listing,
    read_listing,
    told,
)
from tests.support.bodies import OUTSIDER_SPACE, SPACE, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.scenes import administer, as_caller, set_policy

STATES = ["PUBLIC", "PRIVATE", "READY_TO_LAUNCH", "ARCHIVED", "DELETED"]
ANSWERED_TAGS = {
    "category": [
        {"id": "project-management", "name": "Project management"},
        {"id": "reports", "name": "Reports"},
    ],
    "keywords": [{"id": "boards", "name": "Boards"}],
}


def test_every_field_can_be_set_and_read_again(server: InProcess) -> None:
    before = app_listing(server)
    after = changed(server, before, **EVERY_FIELD)
    assert after == {**before, **EVERY_FIELD, "tags": ANSWERED_TAGS, "revision": 2}
    assert server.get(listing_path(before["productId"])).json() == after


def test_a_listing_that_was_read_can_be_sent_back_as_it_is(server: InProcess) -> None:
    held = app_listing(server)
    for changes in ({}, EVERY_FIELD, {"state": "PUBLIC"}, {"tags": {"keywords": ["İ" * 255]}}):
        held = changed(server, held, **changes)
        again = changed(server, held)
        assert again == {**held, "revision": held["revision"] + 1}
        held = again


def test_what_is_left_out_is_gone_and_what_the_server_knows_stays(server: InProcess) -> None:
    first = app_listing(server)
    full = changed(server, first, **EVERY_FIELD)
    optional = dict.fromkeys(EVERY_FIELD.keys() - {"appName", "communityEnabled"})
    bare = changed(
        server, full, slug="mine", productId=full["productId"], cloudComplianceBoundary=True
    )
    assert bare == {**full, "revision": 3}
    least = changed(server, bare, **optional)
    kept = {name: EVERY_FIELD[name] for name in ("appName", "communityEnabled")}
    assert least == {**first, **kept, "revision": 4}


def test_tags_are_taken_as_names_and_as_they_are_read(server: InProcess) -> None:
    tags = {
        "category": ["A b", {"id": "other", "name": "C d"}, "a B", {"name": "E"}],
        "keywords": [],
    }
    after = changed(server, app_listing(server), tags=tags)
    assert after["tags"] == {
        "category": [
            {"id": "a-b", "name": "A b"},
            {"id": "c-d", "name": "C d"},
            {"id": "e", "name": "E"},
        ],
        "keywords": [],
    }


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("before", STATES)
def test_under_automatic_approval_every_state_leads_to_every_other(
    server: InProcess, before: str, state: str
) -> None:
    held = changed(server, app_listing(server), state=before)
    after = changed(server, held, state=state)
    assert after["state"] == state
    if "PUBLIC" in (before, state):
        assert after["approvalStatus"] == "APPROVED"
        details = after["approvalDetails"]
        assert details.keys() == {"submittedDate", "approvalDate", "approvedBy"}
        assert details["approvedBy"] == "auto-approval"
        assert MOMENT.fullmatch(details["submittedDate"])
        assert MOMENT.fullmatch(details["approvalDate"])
    else:
        assert after["approvalStatus"] == "NOT_ASSIGNED"
        assert "approvalDetails" not in after


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED", "SUBMITTED", "NOT_ASSIGNED"])
def test_the_status_that_is_sent_decides_nothing(server: InProcess, status: str) -> None:
    held = app_listing(server)
    assert changed(server, held, approvalStatus=status)["approvalStatus"] == "NOT_ASSIGNED"
    set_policy(server, "manual")
    held = changed(server, read_listing(server, held["productId"]), state="PUBLIC")
    assert changed(server, held, approvalStatus=status)["approvalStatus"] == "SUBMITTED"


@pytest.mark.parametrize("after", [None, "PUBLIC", "PRIVATE", "READY_TO_LAUNCH"])
def test_under_manual_approval_a_listing_is_submitted_on_its_way_to_the_public(
    server: InProcess, after: str | None
) -> None:
    set_policy(server, "manual")
    held = app_listing(server)
    submitted = changed(server, held, state="PUBLIC", stateAfterApproval=after)
    assert submitted == {
        **held,
        "state": "PRIVATE",
        "approvalStatus": "SUBMITTED",
        "approvalDetails": submitted["approvalDetails"],
        "stateAfterApproval": after or "PUBLIC",
        "revision": 2,
    }
    assert submitted["approvalDetails"].keys() == {"submittedDate"}
    told(server.get(listing_path(held["productId"]), OUTSIDER), 404, "PRODUCT_NOT_FOUND")
    again = changed(server, submitted, state="PUBLIC", summary="Better words")
    assert again == {**submitted, "summary": "Better words", "revision": 3}


@pytest.mark.parametrize("state", ["READY_TO_LAUNCH", "ARCHIVED", "DELETED"])
def test_a_submitted_listing_that_is_put_away_waits_no_longer(
    server: InProcess, state: str
) -> None:
    set_policy(server, "manual")
    submitted = changed(server, app_listing(server), state="PUBLIC")
    put_away = changed(server, submitted, state=state)
    assert (put_away["state"], put_away["approvalStatus"]) == (state, "NOT_ASSIGNED")
    assert "approvalDetails" not in put_away


def test_a_policy_that_has_become_automatic_publishes_what_waits(server: InProcess) -> None:
    set_policy(server, "manual")
    submitted = changed(server, app_listing(server), state="PUBLIC")
    set_policy(server, "auto")
    assert changed(server, submitted)["approvalStatus"] == "SUBMITTED"
    held = read_listing(server, submitted["productId"])
    published = changed(server, held, state="PUBLIC")
    assert (published["state"], published["approvalStatus"]) == ("PUBLIC", "APPROVED")
    submitted_at = submitted["approvalDetails"]["submittedDate"]
    assert published["approvalDetails"]["submittedDate"] == submitted_at


@pytest.mark.parametrize(
    ("changes", "details"),
    [
        (
            {"revision": 1},
            {("REVISION_MISMATCH", "revision: A more recent revision is available")},
        ),
        ({"revision": 3}, {("REVISION_MISMATCH", "revision: the revision held is 2")}),
        (
            {"revision": 1, "appKey": "other", "developerId": OUTSIDER_SPACE, "appName": ""},
            {
                ("REVISION_MISMATCH", "revision: A more recent revision is available"),
                ("VALIDATION_FAIL", "appKey must be that of the app, {appKey}"),
                ("VALIDATION_FAIL", f"developerId must be that of the app, {SPACE}"),
                ("VALIDATION_FAIL", "appName must not be empty"),
            },
        ),
        (
            {"images": {"iconFileId": UNKNOWN, "bannerFileId": ICON, "titleLogoFileId": "x"}},
            {
                ("VALIDATION_FAIL", "images.iconFileId is no image that was uploaded"),
                ("VALIDATION_FAIL", "images.titleLogoFileId must be a UUID in lower case"),
            },
        ),
        (
            {"images": [], "communityEnabled": "yes", "state": "OPEN", "approvalStatus": 1},
            {
                ("VALIDATION_FAIL", "images must be an object"),
                ("VALIDATION_FAIL", "communityEnabled must be true or false"),
                (
                    "VALIDATION_FAIL",
                    "state must be one of ARCHIVED, DELETED, PRIVATE, PUBLIC, READY_TO_LAUNCH",
                ),
                (
                    "VALIDATION_FAIL",
                    "approvalStatus must be one of APPROVED, NOT_ASSIGNED, REJECTED, SUBMITTED",
                ),
            },
        ),
        (
            {
                "developerLinks": {"privacy": "javascript:alert(1)"},
                "hostingVisibility": {"cloud": "all"},
                "enrolledPrograms": [{"status": "APPROVED", "hostingType": "DC"}],
                "marketingLabels": ["a\nb"],
                "summary": "x" * 1001,
            },
            {
                ("VALIDATION_FAIL", "developerLinks.privacy must be an http or https URL"),
                ("VALIDATION_FAIL", "hostingVisibility.cloud must be one of app, site"),
                ("VALIDATION_FAIL", "enrolledPrograms[0].id is required"),
                ("VALIDATION_FAIL", "marketingLabels[0] must not contain control characters"),
                ("VALIDATION_FAIL", "summary must not be longer than 1000 characters"),
            },
        ),
        (
            {"stateAfterApproval": "ARCHIVED"},
            {
                (
                    "VALIDATION_FAIL",
                    "stateAfterApproval must be one of PRIVATE, PUBLIC, READY_TO_LAUNCH",
                )
            },
        ),
    ],
    ids=["stale", "ahead", "foreign", "images", "types", "values", "after"],
)
def test_everything_wrong_with_a_listing_is_told_at_once(
    server: InProcess, changes: dict[str, Any], details: set[tuple[str, str]]
) -> None:
    held = changed(server, app_listing(server))
    answer = put_listing(server, held, **changes)
    assert answer.status_code == 400, answer.text
    errors = answer.json()["errors"]
    assert {error["status"] for error in errors} == {400}
    found = {(error["code"], error["detail"]) for error in errors}
    assert found == {(code, detail.format(**held)) for code, detail in details}
    assert read_listing(server, held["productId"]) == held


def test_tags_of_both_kinds_are_no_problem_beside_another(shared: InProcess) -> None:
    tags = {"category": ["Reports", {"id": "x", "name": "Boards"}], "keywords": [5, {"id": "y"}]}
    body = {**app_listing(shared), "appName": 5, "tags": tags}
    assert told(put_listing(shared, body), 400, "VALIDATION_FAIL") == {
        "appName must be a string",
        "tags.keywords[0] must be a string",
        "tags.keywords[1].name is required",
    }


def test_a_tag_that_is_too_much_or_nothing_is_refused(shared: InProcess) -> None:
    listing = app_listing(shared)
    wrong: list[Any] = [["x"] * 101, [""], ["x" * 256], [{"id": "x"}], [None], [7], "x", {}]
    for tags in wrong:
        answer = put_listing(shared, listing, tags={"category": tags})
        assert all(
            detail.startswith("tags.category") for detail in told(answer, 400, "VALIDATION_FAIL")
        )
    assert read_listing(shared, listing["productId"]) == listing


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000, b'{"revision": 1e999}']
)
def test_what_is_no_listing_at_all_is_refused(shared: InProcess, body: bytes) -> None:
    listing = app_listing(shared)
    answer = shared.put(listing_path(listing["productId"]), content=body)
    told(answer, 400, "VALIDATION_FAIL")
    assert read_listing(shared, listing["productId"]) == listing


def test_an_empty_body_lacks_every_required_field(shared: InProcess) -> None:
    listing = app_listing(shared)
    answer = shared.put(listing_path(listing["productId"]), json={})
    required = {
        "appKey",
        "developerId",
        "appName",
        "communityEnabled",
        "state",
        "approvalStatus",
        "revision",
    }
    assert told(answer, 400, "VALIDATION_FAIL") == {f"{name} is required" for name in required}


@pytest.mark.parametrize(("who", "status"), [("outsider", 403), ("stranger", 403), ("nobody", 401)])
def test_others_may_not_write(shared: InProcess, who: str, status: int) -> None:
    listing = app_listing(shared)
    answer = put_listing(shared, listing, as_caller(shared, who))
    told(answer, status, "FORBIDDEN" if status == 403 else "UNAUTHORIZED")
    assert read_listing(shared, listing["productId"]) == listing


def test_an_unknown_app_is_not_found_before_anything_is_checked(shared: InProcess) -> None:
    for auth in (DEVELOPER, OUTSIDER, ADMINISTRATOR):
        told(shared.put(listing_path(UNKNOWN), auth, content=b"{"), 404, "PRODUCT_NOT_FOUND")


@pytest.mark.parametrize("archived", ["apps/{product}", f"developer-spaces/{SPACE}"])
def test_what_is_archived_takes_no_writes_until_it_is_taken_back(
    server: InProcess, archived: str
) -> None:
    listing = app_listing(server)
    path = archived.format(product=listing["productId"])
    administer(server, "POST", f"{path}/archive")
    for body in (listing, {**listing, "revision": 7, "appName": ""}):
        answer = put_listing(server, body, ADMINISTRATOR)
        detail = {"the app or its developer space is archived"}
        assert told(answer, 400, "VALIDATION_FAIL") == detail
    administer(server, "POST", f"{path}/unarchive")
    assert changed(server, listing)["revision"] == 2


def test_of_clients_that_update_one_revision_at_once_one_wins(server: InProcess) -> None:
    listing = app_listing(server)
    path = listing_path(listing["productId"])
    names = [f"App {number}" for number in range(20)]
    answers = server.at_once(
        *(server.send("PUT", path, json={**listing, "appName": name}) for name in names)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19
    for answer in answers:
        if answer.status_code == 400:
            told(answer, 400, "REVISION_MISMATCH")
    [winner] = [answer.json() for answer in answers if answer.status_code == 200]
    assert read_listing(server, listing["productId"]) == winner


def test_a_client_that_minds_gets_no_body(server: InProcess) -> None:
    listing = app_listing(server)
    answer = server.put(
        listing_path(listing["productId"]), json=listing, headers={"Prefer": "return=minimal"}
    )
    assert (answer.status_code, answer.content) == (200, b"")
    assert read_listing(server, listing["productId"])["revision"] == 2
