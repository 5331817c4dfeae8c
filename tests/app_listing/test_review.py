"""Administrators approve or reject what developer spaces with manual approval submit."""

from typing import Any

import pytest

from tests.support.administration import APPS, BAD_PAGES, NO_ADMINISTRATORS, walk
from tests.support.answers import MOMENT, refused
from tests.support.app_listings import app_listing, changed, listing_path, read_listing
from tests.support.bodies import SPACE, UNKNOWN, codes
from tests.support.client import ADMINISTRATOR, OUTSIDER, Auth, InProcess
from tests.support.scenes import administer, set_policy

QUEUE = "/admin/v1/submitted-app-listings"


def submitted(server: InProcess, **changes: Any) -> dict[str, Any]:
    """A listing that waits for approval."""
    set_policy(server, "manual")
    return changed(server, app_listing(server), state="PUBLIC", **changes)


def decide(server: InProcess, listing: dict[str, Any], how: str, **body: str) -> Any:
    path = f"apps/{listing['productId']}/listing/{how}"
    return administer(server, "POST", path, body or None)


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", QUEUE),
        ("POST", f"{APPS}/{UNKNOWN}/listing/approve"),
        ("POST", f"{APPS}/{UNKNOWN}/listing/reject"),
    ],
)
def test_only_administrators_may(
    shared: InProcess, method: str, path: str, auth: Auth, status: int, code: str
) -> None:
    answer = shared.request(method, path, auth, json={"reason": "No"})
    assert (answer.status_code, codes(answer.json())) == (status, [code])


@pytest.mark.parametrize("how", ["approve", "reject"])
def test_an_unknown_app_is_not_found(shared: InProcess, how: str) -> None:
    path = f"{APPS}/{UNKNOWN}/listing/{how}"
    refused(shared.post(path, ADMINISTRATOR, json={}), 404, "PRODUCT_NOT_FOUND")


@pytest.mark.parametrize("after", [None, "PUBLIC", "PRIVATE", "READY_TO_LAUNCH"])
def test_an_approved_listing_goes_where_it_asked_to(server: InProcess, after: str | None) -> None:
    held = submitted(server, stateAfterApproval=after)
    approved = decide(server, held, "approve")
    details = approved["approvalDetails"]
    assert approved == {
        **held,
        "state": after or "PUBLIC",
        "approvalStatus": "APPROVED",
        "approvalDetails": {
            **held["approvalDetails"],
            "approvalDate": details["approvalDate"],
            "approvedBy": "admin@example.com",
        },
        "revision": held["revision"] + 1,
    }
    assert MOMENT.fullmatch(details["approvalDate"])
    assert read_listing(server, held["productId"]) == approved
    seen = server.get(listing_path(held["productId"]), OUTSIDER).status_code
    assert seen == (200 if approved["state"] == "PUBLIC" else 404)


@pytest.mark.parametrize("after", ["PRIVATE", "READY_TO_LAUNCH", "PUBLIC"])
def test_what_was_approved_is_launched_and_taken_back_without_another_review(
    server: InProcess, after: str
) -> None:
    held = decide(server, submitted(server, stateAfterApproval=after), "approve")
    for state in ("PUBLIC", "PRIVATE", "PUBLIC"):
        held = changed(server, held, state=state)
        assert (held["state"], held["approvalStatus"]) == (state, "APPROVED")


def test_a_rejected_listing_tells_its_makers_why_and_can_be_submitted_again(
    server: InProcess,
) -> None:
    held = submitted(server)
    rejected = decide(server, held, "reject", reason="The icon is blurred")
    assert rejected == {
        **held,
        "approvalStatus": "REJECTED",
        "approvalDetails": {
            **held["approvalDetails"],
            "rejectionReason": "The icon is blurred",
        },
        "revision": held["revision"] + 1,
    }
    same = changed(server, rejected)
    assert same["approvalStatus"] == "REJECTED"
    again = changed(server, same, state="PUBLIC")
    assert again["approvalStatus"] == "SUBMITTED"
    assert again["approvalDetails"].keys() == {"submittedDate"}
    assert decide(server, again, "approve")["state"] == "PUBLIC"


@pytest.mark.parametrize("how", ["approve", "reject"])
@pytest.mark.parametrize("status", ["NOT_ASSIGNED", "APPROVED", "REJECTED"])
def test_only_what_is_submitted_can_be_decided(server: InProcess, status: str, how: str) -> None:
    held = submitted(server)
    if status == "NOT_ASSIGNED":
        held = app_listing(server)
    else:
        earlier = {"APPROVED": "approve", "REJECTED": "reject"}[status]
        held = decide(server, held, earlier, **({"reason": "No"} if earlier == "reject" else {}))
    path = f"{APPS}/{held['productId']}/listing/{how}"
    answer = server.post(path, ADMINISTRATOR, json={"reason": "No"})
    [detail] = refused(answer, 400, "VALIDATION_ERROR")
    assert detail.startswith(f"approvalStatus is {status}: ")
    assert read_listing(server, held["productId"]) == held


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 1001}, {"why": "x"}])
def test_a_rejection_needs_a_reason(server: InProcess, body: dict[str, str]) -> None:
    held = submitted(server)
    answer = server.post(f"{APPS}/{held['productId']}/listing/reject", ADMINISTRATOR, json=body)
    refused(answer, 400, "VALIDATION_ERROR")
    assert read_listing(server, held["productId"]) == held


def test_what_is_archived_is_not_decided(server: InProcess) -> None:
    held = submitted(server)
    administer(server, "POST", f"developer-spaces/{SPACE}/archive")
    answer = server.post(f"{APPS}/{held['productId']}/listing/approve", ADMINISTRATOR)
    assert refused(answer, 400, "VALIDATION_ERROR") == [
        "the app or its developer space is archived"
    ]


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_what_waits_is_listed_the_oldest_app_first(server: InProcess, limit: int) -> None:
    waiting = [submitted(server) for _ in range(4)]
    decide(server, waiting.pop(1), "approve")
    decide(server, waiting.pop(1), "reject", reason="No")
    app_listing(server)
    assert walk(server, QUEUE, "items", limit) == waiting


@pytest.mark.parametrize(("query", "detail"), BAD_PAGES)
def test_a_page_that_cannot_be_is_refused(shared: InProcess, query: str, detail: str) -> None:
    answer = shared.get(f"{QUEUE}?{query}", ADMINISTRATOR)
    assert refused(answer, 400, "INVALID_PARAMETER") == [detail]
