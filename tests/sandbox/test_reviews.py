"""Reviews that are decided beforehand: what a pipeline that waits for one sees."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.client import DEVELOPER, OUTSIDER
from tests.support.sandboxes import OUTSIDER_VERSIONS, VERSION, VERSIONS, Answer, ask
from tradepost.sandbox.marketplace import Marketplace
from tradepost.sandbox.remote import SandboxError

CALENDAR = {
    **VERSION,
    "frameworkDetails": {
        "frameworkId": "connect",
        "attributes": {"descriptorId": "com.outsider.app.calendar", "scopes": []},
    },
}


def created(marketplace: Marketplace, **headers: str) -> Answer:
    """A new version of a developer space whose versions are reviewed."""
    return ask(marketplace, "POST", OUTSIDER_VERSIONS, CALENDAR, OUTSIDER, **headers)


def now(marketplace: Marketplace, answer: Answer, auth: Any = OUTSIDER) -> Any:
    """The version as it is now."""
    return ask(marketplace, "GET", answer.headers["location"], auth=auth).body


def test_nothing_is_decided_unless_asked_for(marketplace: Marketplace) -> None:
    answer = created(marketplace)
    assert answer.body["state"] == now(marketplace, answer)["state"] == "submitted"


def test_a_version_is_approved_at_once(marketplace: Marketplace) -> None:
    marketplace.review("approve")
    answer = created(marketplace)
    assert answer.body["state"] == "submitted"
    version = now(marketplace, answer)
    assert (version["state"], version["approvalDetails"]["approvedBy"]) == ("approved", "operator")


def test_a_version_is_rejected_with_a_reason(marketplace: Marketplace) -> None:
    marketplace.review("reject", reason="No icon.")
    version = now(marketplace, created(marketplace))
    assert version["state"] == "rejected"
    assert version["approvalDetails"]["rejectionReason"] == "No icon."


def test_the_next_ones_are_decided_on_in_turn(marketplace: Marketplace) -> None:
    marketplace.review("reject", reason="Not on a Friday.")
    marketplace.review("leave")
    marketplace.review("approve", times=2)
    answers = [created(marketplace) for _ in range(5)]
    states = [now(marketplace, answer)["state"] for answer in answers]
    assert states == ["rejected", "submitted", "approved", "approved", "submitted"]


def test_a_decision_waits_for_the_clock_of_the_sandbox(marketplace: Marketplace) -> None:
    marketplace.clock.stop()
    begun = marketplace.clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    marketplace.review("approve", after_seconds=3600)
    answer = created(marketplace)
    marketplace.clock.advance(seconds=3599)
    assert now(marketplace, answer)["state"] == "submitted"
    (due,) = marketplace.call("GET", "/reviews")["due"]
    assert (due["decision"], due["at"]) == ("approve", "2030-01-01T01:00:00Z")
    marketplace.clock.set(begun + timedelta(days=1))
    version = now(marketplace, answer)
    assert version["state"] == "approved"
    # As of when it was due, not of when somebody looked.
    assert version["approvalDetails"]["approvedAt"] == "2030-01-01T01:00:00Z"
    assert marketplace.call("GET", "/reviews") == {"reviews": [], "due": []}


def test_a_space_without_review_has_one_where_it_is_decided(marketplace: Marketplace) -> None:
    def version() -> Answer:
        return ask(marketplace, "POST", VERSIONS, VERSION)

    assert version().body["state"] == "auto-approved"
    marketplace.review("reject", reason="No.")
    answer = version()
    assert answer.body["state"] == "submitted"
    assert now(marketplace, answer, DEVELOPER)["state"] == "rejected"
    assert version().body["state"] == "auto-approved"


def test_a_rejected_version_is_submitted_again(marketplace: Marketplace) -> None:
    marketplace.review("reject", reason="No.")
    marketplace.review("approve")
    answer = created(marketplace)
    where = answer.headers["location"].replace("/rest/3", "/admin/v1")
    submitted = ask(marketplace, "POST", f"{where}/submit", auth=OUTSIDER)
    assert (submitted.status, submitted.body["state"]) == (200, "submitted")
    assert now(marketplace, answer)["state"] == "approved"


def test_what_is_not_submitted_uses_no_decision_up(marketplace: Marketplace) -> None:
    marketplace.review("approve")
    assert created(marketplace, Prefer="validate-only").status == 200
    assert ask(marketplace, "POST", OUTSIDER_VERSIONS, {}, OUTSIDER).status == 400
    draft = OUTSIDER_VERSIONS.replace("/rest/3", "/admin/v1")
    assert ask(marketplace, "POST", draft, {**CALENDAR, "draft": True}, OUTSIDER).status == 201
    assert len(marketplace.call("GET", "/reviews")["reviews"]) == 1
    answer = created(marketplace, Prefer="return=minimal")
    assert answer.content == b""
    assert now(marketplace, answer)["state"] == "approved"


def test_a_lost_answer_is_decided_on_as_well(marketplace: Marketplace) -> None:
    marketplace.review("approve")
    marketplace.fault("lost-answer", method="POST")
    with pytest.raises(ConnectionError):
        created(marketplace)
    versions = ask(marketplace, "GET", OUTSIDER_VERSIONS, auth=OUTSIDER).body["versions"]
    assert versions[0]["state"] == "approved"


def test_clearing_leaves_versions_waiting(marketplace: Marketplace) -> None:
    marketplace.review("approve", after_seconds=60)
    marketplace.review("approve")
    answer = created(marketplace)
    marketplace.call("DELETE", "/reviews")
    marketplace.clock.advance(seconds=120)
    assert now(marketplace, answer)["state"] == "submitted"
    assert now(marketplace, created(marketplace))["state"] == "submitted"


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"decision": "reject"}, "reason is required to reject"),
        ({"decision": "approve", "reason": "good"}, "reason is required to reject"),
        ({"decision": "shrug"}, "decision"),
        ({"decision": "leave", "times": 0}, "times"),
        ({"decision": "leave", "afterSeconds": -1}, "afterSeconds"),
    ],
    ids=str,
)
def test_a_review_that_cannot_be_is_refused(
    marketplace: Marketplace, sent: dict[str, Any], why: str
) -> None:
    with pytest.raises(SandboxError, match=why):
        marketplace.call("POST", "/reviews", sent)
