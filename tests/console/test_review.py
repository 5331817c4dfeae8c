"""Review on its pages, over HTTP: the queue, what is new, and deciding."""

from typing import Any

import pytest

from tests.support.administration import create, person_of, walk
from tests.support.app_listings import listing_path as app_listing_path
from tests.support.app_listings import put_listing, read_listing
from tests.support.bodies import CALENDAR_CLOUD, UNKNOWN, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.consoles import Surfer, follow, said, surf

CALENDAR = "456789ab-4567-4567-8567-456789abcdef"


def submitted(server: InProcess, **changes: Any) -> tuple[str, dict[str, Any]]:
    """A version that waits for a reviewer, and its page."""
    sent = version(**changes)
    answer = server.post(versions_path(CALENDAR_CLOUD), OUTSIDER, json=sent)
    assert answer.json()["state"] == "submitted"
    return f"/review/{CALENDAR_CLOUD}/{answer.json()['buildNumber']}", answer.json()


def seen(page: Any) -> str:
    found: str = page.text.partition('name="seen" value="')[2].partition('"')[0]
    return found


def state_of(server: InProcess, build_number: int) -> dict[str, Any]:
    answer = server.get(versions_path(CALENDAR_CLOUD, build_number), OUTSIDER)
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def reviewer(server: InProcess) -> Surfer:
    return surf(server, ADMINISTRATOR)


def test_the_queue_has_what_waits_and_for_how_long(server: InProcess, reviewer: Surfer) -> None:
    path, made = submitted(server, versionNumber="9.0.0")
    page = reviewer.get("/review")
    waiting = walk(server, "/admin/v1/submitted-versions", "versions", 50)
    links = [f"/review/{one['appSoftwareId']}/{one['buildNumber']}" for one in waiting]
    places = [page.text.index(f'href="{link}"') for link in links]
    assert places == sorted(places), "the oldest first"
    assert path in links
    assert "days" in said(page)
    assert "less than a minute" in said(page)
    assert made["createdBy"] in said(page)


def test_a_version_is_approved(server: InProcess, reviewer: Surfer) -> None:
    path, made = submitted(server, versionNumber="9.0.0")
    page = reviewer.get(path)
    assert "What is new since 1.4.1" in said(page)
    page = follow(reviewer, reviewer.post(f"{path}/approve", {"seen": seen(page)}))
    assert state_of(server, made["buildNumber"])["state"] == "approved"
    assert "it is approved, approved by admin@example.com" in said(page)
    assert "Reason" not in said(page)
    assert path not in reviewer.get("/review").text


def test_a_version_is_rejected_with_a_reason(server: InProcess, reviewer: Surfer) -> None:
    path, made = submitted(server)
    reason = "Too <b>early</b>.\nNext week."
    sent = {"seen": seen(reviewer.get(path)), "reason": reason.replace("\n", "\r\n")}
    page = follow(reviewer, reviewer.post(f"{path}/reject", sent))
    details = state_of(server, made["buildNumber"])["approvalDetails"]
    assert details["rejectionReason"] == reason
    assert "Too &lt;b&gt;early" in page.text


@pytest.mark.parametrize("reason", ["", "x" * 1001])
def test_what_is_wrong_with_a_reason_stands_beside_it(
    server: InProcess, reviewer: Surfer, reason: str
) -> None:
    path, made = submitted(server)
    sent = {"seen": seen(reviewer.get(path)), "reason": reason}
    page = reviewer.post(f"{path}/reject", sent)
    assert page.status_code == 400
    assert 'aria-invalid="true" aria-describedby="reason-told"' in page.text
    assert "reason must" in page.text.partition('id="reason-told"')[2]
    assert f">{reason}</textarea>" in page.text
    assert state_of(server, made["buildNumber"])["state"] == "submitted"


@pytest.mark.parametrize("how", ["approve", "reject"])
def test_somebody_else_has_decided_meanwhile(server: InProcess, reviewer: Surfer, how: str) -> None:
    path, made = submitted(server)
    sent = {"seen": seen(reviewer.get(path)), "reason": "Mine."}
    decided = f"/admin/v1/app-software/{CALENDAR_CLOUD}/versions/{made['buildNumber']}/reject"
    server.post(decided, ADMINISTRATOR, json={"reason": "Theirs."})
    page = reviewer.post(f"{path}/{how}", sent)
    assert page.status_code == 409
    assert "It has changed since you looked" in said(page)
    assert "it is rejected, for this reason: Theirs." in said(page)
    assert state_of(server, made["buildNumber"])["approvalDetails"]["rejectionReason"] == "Theirs."


def test_nothing_is_approved_that_was_changed_after_the_look(
    server: InProcess, reviewer: Surfer
) -> None:
    path, made = submitted(server)
    page = reviewer.get(path)
    sent = {**made, "changelog": {"releaseSummary": "Slipped in."}}
    changed = server.put(versions_path(CALENDAR_CLOUD, made["buildNumber"]), OUTSIDER, json=sent)
    assert changed.status_code == 200
    page = reviewer.post(f"{path}/approve", {"seen": seen(page)})
    assert page.status_code == 409
    assert "Slipped in." in said(page)
    assert state_of(server, made["buildNumber"])["state"] == "submitted"
    follow(reviewer, reviewer.post(f"{path}/approve", {"seen": seen(page)}))
    assert state_of(server, made["buildNumber"])["state"] == "approved"


def test_the_first_version_of_an_app_software_is_new_as_a_whole(
    server: InProcess, reviewer: Surfer
) -> None:
    software = create(server, f"/admin/v1/apps/{CALENDAR}/app-software", hosting="server")
    made = server.post(versions_path(software["id"]), OUTSIDER, json=version(buildNumber=7))
    assert made.status_code == 201, made.text
    page = said(reviewer.get(f"/review/{software['id']}/7"))
    assert "No version before it is active" in page
    assert "supportedPaymentModel" in page


@pytest.fixture
def listing(server: InProcess) -> dict[str, Any]:
    """An app listing that waits."""
    held = read_listing(server, CALENDAR)
    answer = put_listing(server, held, OUTSIDER, state="PUBLIC", summary="For everybody.")
    assert answer.json()["approvalStatus"] == "SUBMITTED"
    found: dict[str, Any] = answer.json()
    return found


def test_an_app_listing_is_approved(
    server: InProcess, reviewer: Surfer, listing: dict[str, Any]
) -> None:
    path = f"/review/app-listings/{CALENDAR}"
    assert path in reviewer.get("/review").text
    page = reviewer.get(path)
    assert "For everybody." in said(page)
    page = follow(reviewer, reviewer.post(f"{path}/approve", {"seen": seen(page)}))
    assert "it is approved and public" in said(page)
    assert read_listing(server, CALENDAR)["state"] == "PUBLIC"
    assert path not in reviewer.get("/review").text


def test_an_app_listing_is_rejected_with_a_reason(
    server: InProcess, reviewer: Surfer, listing: dict[str, Any]
) -> None:
    path = f"/review/app-listings/{CALENDAR}"
    sent = {"seen": seen(reviewer.get(path)), "reason": ""}
    page = reviewer.post(f"{path}/reject", sent)
    assert page.status_code == 400
    assert "reason must" in page.text.partition('id="reason-told"')[2]
    page = follow(reviewer, reviewer.post(f"{path}/reject", {**sent, "reason": "No picture."}))
    assert "for this reason: No picture." in said(page)
    found = read_listing(server, CALENDAR)
    assert (found["state"], found["approvalStatus"]) == ("PRIVATE", "REJECTED")


def test_an_app_listing_that_was_changed_after_the_look_is_looked_at_again(
    server: InProcess, reviewer: Surfer, listing: dict[str, Any]
) -> None:
    path = f"/review/app-listings/{CALENDAR}"
    sent = {"seen": seen(reviewer.get(path))}
    assert put_listing(server, listing, OUTSIDER, summary="Slipped in.").status_code == 200
    page = reviewer.post(f"{path}/approve", sent)
    assert page.status_code == 409
    assert "Slipped in." in said(page)
    assert server.get(app_listing_path(CALENDAR), DEVELOPER).status_code == 404


def test_an_app_listing_that_is_public_already_waits_for_nothing(
    server: InProcess, reviewer: Surfer, listing: dict[str, Any]
) -> None:
    path = f"/review/app-listings/{CALENDAR}"
    assert server.post(f"/admin/v1/apps/{CALENDAR}/listing/approve", ADMINISTRATOR).is_success
    page = reviewer.get(path)
    assert "it is approved and public" in said(page)
    refused = reviewer.post(f"{path}/approve", {"seen": read_listing(server, CALENDAR)["revision"]})
    assert refused.status_code == 400
    assert "only a listing that is SUBMITTED" in said(refused)


@pytest.mark.parametrize(
    "path", ["/review", f"/review/{CALENDAR_CLOUD}/13", f"/review/app-listings/{CALENDAR}"]
)
@pytest.mark.parametrize("person", [DEVELOPER, OUTSIDER], ids=["stranger", "maker"])
def test_only_administrators_review(server: InProcess, path: str, person: tuple[str, str]) -> None:
    surfer = surf(server, person)
    page = surfer.get(path)
    assert page.status_code == 403
    assert "only administrators of this server may do this" in said(page)
    if path != "/review":
        for how in ("approve", "reject"):
            sent = {"seen": "1", "reason": "Mine."}
            assert surfer.post(f"{path}/{how}", sent).status_code in (403, 404, 409)
    assert "Review" not in said(page)
    assert person_of(server, person[0])["administrator"] is False


@pytest.mark.parametrize(
    "path",
    [
        f"/review/{UNKNOWN}/1",
        f"/review/{CALENDAR_CLOUD}/99999",
        f"/review/app-listings/{UNKNOWN}",
        "/review/x/y",
    ],
)
def test_what_is_not_there_is_not_found(reviewer: Surfer, path: str) -> None:
    assert reviewer.get(path).status_code == 404
