"""The table of states with listings, cell by cell: every step from everything that can arise."""

from typing import Any

import pytest

from tests.support.bodies import ADDON_CLOUD, codes, version
from tests.support.client import ADMINISTRATOR, InProcess
from tests.support.scenes import create_public, new_software, set_policy
from tests.support.states import AUTO_TABLE, FIRST, STEPS, TABLE, Subject, looks, make

EVERYTHING = TABLE | AUTO_TABLE
CELLS = [
    *(("auto", cell) for cell in EVERYTHING),
    *(("manual", cell) for cell in TABLE),
]
LEGACY = 20100
"""A version of the demo data that is active without a listing, as from before there were any."""


@pytest.fixture
def software_id(server: InProcess) -> str:
    """An app software that has another public version, so that each may become private."""
    made = new_software(server)
    create_public(server, made, version(buildNumber=1))
    return made


def subject_in(server: InProcess, software_id: str, cell: str) -> Subject:
    """A new version that has gone all the way to a cell."""
    first, *steps = EVERYTHING[cell].reached_by.split()
    subject = make(server, software_id, first)
    for step in steps:
        assert subject.take(step).is_success
    assert subject.look() == looks(cell)
    return subject


def problems_where_refused(subject: Subject, step: str) -> list[str]:
    """Take a step that must be refused, and leave everything as it is; the codes."""
    before = subject.version(), subject.listing()
    answer = subject.take(step)
    assert answer.status_code == 400, answer.text
    assert (subject.version(), subject.listing()) == before
    return codes(answer.json())


def test_the_table_is_closed_and_reaches_every_cell() -> None:
    reached = set(FIRST.values())
    for _ in EVERYTHING:
        reached |= {to for cell in reached for to in EVERYTHING[cell].leads_to.values()}
    assert reached == EVERYTHING.keys()


@pytest.mark.parametrize(("policy", "cell"), CELLS)
def test_every_step_from_every_cell(
    server: InProcess, software_id: str, policy: str, cell: str
) -> None:
    set_policy(server, "auto")
    if policy == "manual" and "created" not in EVERYTHING[cell].reached_by:
        set_policy(server, policy)
    for step in STEPS:
        if step == "archive":
            continue
        subject = subject_in(server, software_id, cell)
        to = EVERYTHING[cell].leads_to.get(step)
        if to is None:
            assert problems_where_refused(subject, step) == ["VALIDATION_ERROR"]
            continue
        before, listing = subject.version(), subject.listing()
        answer = subject.take(step)
        assert answer.is_success, answer.text
        assert subject.look() == looks(to)
        check_revisions(step, subject, before, listing)
        active = looks(to).startswith("active")
        assert subject.seen_from_outside() == (active, active)


def check_revisions(step: str, subject: Subject, before: Any, listing: Any) -> None:
    """Each thing that a step has changed has its next revision, and nothing else has."""
    now = subject.version()
    writes_listing = step in ("private", "public")
    moved = not writes_listing or now["state"] != before["state"]
    assert now["revision"] == before["revision"] + moved
    assert moved or now == before
    held = subject.listing()
    if listing is None:
        assert held is None or (writes_listing and held["revision"] == 1)
        return
    changed = writes_listing or held["approvalStatus"] != listing["approvalStatus"]
    assert held["revision"] == listing["revision"] + changed
    assert changed or held == listing


@pytest.mark.parametrize("cell", EVERYTHING)
def test_the_archive_keeps_everything_as_it_is(
    server: InProcess, software_id: str, cell: str
) -> None:
    subject = subject_in(server, software_id, cell)
    before, listing = subject.version(), subject.listing()
    assert subject.take("archive").json()["state"] == "archived"
    assert subject.listing() == listing
    assert subject.seen_from_outside() == (False, False)
    for step in STEPS:
        if step != "unarchive":
            expected = "VALIDATION_FAIL" if step in ("private", "public") else "VALIDATION_ERROR"
            assert problems_where_refused(subject, step) == [expected]
    assert subject.take("unarchive").json() == {**before, "revision": before["revision"] + 2}
    assert subject.listing() == listing
    active = looks(cell).startswith("active")
    assert subject.seen_from_outside() == (active, active)


@pytest.mark.parametrize(("how", "policy"), FIRST)
def test_where_a_new_version_begins(
    server: InProcess, software_id: str, how: str, policy: str
) -> None:
    set_policy(server, policy)
    subject = make(server, software_id, how)
    assert subject.look() == FIRST[how, policy]
    assert subject.seen_from_outside() == (False, False)


@pytest.mark.parametrize(
    ("step", "to"),
    [("private", "auto-approved PRIVATE UNINITIATED"), ("public", "active PUBLIC APPROVED")],
)
def test_a_version_from_before_there_were_listings_keeps_its_state_until_it_has_one(
    server: InProcess, step: str, to: str
) -> None:
    subject = Subject(server, ADDON_CLOUD, LEGACY)
    assert subject.look() == "active"
    assert subject.seen_from_outside() == (True, False)
    assert subject.take(step).status_code == 201
    assert subject.look() == to


@pytest.mark.parametrize(
    ("steps", "approver"),
    [
        ("created public", "auto-approval"),
        ("created public private public", "auto-approval"),
        ("draft public submit approve", ADMINISTRATOR[0]),
        ("draft submit approve public", ADMINISTRATOR[0]),
        ("draft public submit reject submit approve", ADMINISTRATOR[0]),
    ],
)
def test_a_listing_tells_who_approved_it(
    server: InProcess, software_id: str, steps: str, approver: str
) -> None:
    first, *others = steps.split()
    subject = make(server, software_id, first)
    for step in others:
        assert subject.take(step).is_success
    assert subject.look() == "active PUBLIC APPROVED"
    assert subject.listing()["approvalDetails"]["approvedBy"] == approver
    assert subject.version()["approvalDetails"]["approvedBy"] == approver


def test_a_listing_that_is_submitted_again_forgets_the_decision(
    server: InProcess, software_id: str
) -> None:
    subject = subject_in(server, software_id, "rejected PUBLIC REJECTED")
    assert set(subject.listing()["approvalDetails"]) == {"submittedDate"}
    subject.take("submit")
    assert set(subject.listing()["approvalDetails"]) == {"submittedDate"}
    subject.take("approve")
    assert set(subject.listing()["approvalDetails"]) == {
        "submittedDate",
        "approvalDate",
        "approvedBy",
    }
