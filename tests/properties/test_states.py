"""Walks through the states of versions and listings: what holds whatever anyone does."""

from typing import Any, NamedTuple

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.support.bodies import listings_path, versions_path
from tests.support.client import ADMINISTRATOR, OUTSIDER, Auth, InProcess
from tests.support.scenes import as_member, set_policy
from tests.support.scratch import new_app_software
from tests.support.states import AUTO_TABLE, FIRST, MAY, TABLE, Subject, looks, make

EVERYTHING = TABLE | AUTO_TABLE


class Step(NamedTuple):
    """What is done to one of the versions, and by which of those who may."""

    what: str
    version: int
    caller: int


WHAT = (
    *("policy", "created", "draft", "draft", "submit", "submit", "submit"),
    *("approve", "approve", "reject", "reject", "private", "public", "public"),
    *("archive", "unarchive", "unarchive", "edit"),
)
STEPS = st.builds(Step, st.sampled_from(WHAT), st.integers(0, 2), st.integers(0, 3))


@pytest.fixture(scope="module")
def callers(marketplace: InProcess) -> dict[str, Auth]:
    """Someone of each kind in `MAY`."""
    roles = ("admin", "release-manager", "listing-specialist")
    return {"administrator": ADMINISTRATOR, **{r: as_member(marketplace, r) for r in roles}}


class Model:
    """Where one version is in the table, and the revisions that it and its listing have."""

    def __init__(self, subject: Subject, cell: str):
        self.subject = subject
        self.cell = cell
        self.archived = False
        self.revision = 1
        self.listing_revision = 0

    @property
    def active(self) -> bool:
        return not self.archived and looks(self.cell).startswith("active")

    def allows(self, what: str, others_active: bool) -> bool:
        """Whether a step may be taken now."""
        if what == "unarchive":
            return self.archived
        if self.archived:
            return False
        if what in ("archive", "edit"):
            return True
        if what == "private" and self.active and not others_active:
            return False
        return what in EVERYTHING[self.cell].leads_to

    def go(self, what: str) -> None:
        """Take a step that is allowed."""
        if what in ("archive", "unarchive", "edit"):
            self.archived = what == "archive"
            self.revision += 1
            return
        to = EVERYTHING[self.cell].leads_to[what]
        before, after = looks(self.cell).split(), looks(to).split()
        listing_written = what in ("private", "public")
        self.revision += not listing_written or before[0] != after[0]
        self.listing_revision += listing_written or before[2:] != after[2:]
        self.cell = to

    def check(self) -> None:
        """Hold the server to the model, as members and as others see it."""
        states = looks(self.cell).split()
        held, listing = self.subject.version(), self.subject.listing()
        assert held["state"] == ("archived" if self.archived else states[0])
        assert held["revision"] == self.revision
        if states[1:]:
            assert [listing["state"], listing["approvalStatus"]] == states[1:]
            assert listing["revision"] == self.listing_revision
        else:
            assert listing is None
        assert ("releaseDetails" in held) == (states[0] == "active")
        public = states[1:] == ["PUBLIC", "APPROVED"] and not self.archived
        assert public == self.active
        assert self.subject.seen_from_outside() == (public, public)


@settings(deadline=None, max_examples=60)
@given(steps=st.lists(STEPS, min_size=8, max_size=30))
def test_versions_and_listings_go_where_the_table_leads(
    marketplace: InProcess, callers: dict[str, Auth], steps: list[Step]
) -> None:
    software_id = new_app_software(marketplace)
    models: list[Model] = []
    policy = "auto"
    try:
        for what, number, caller in steps:
            if what == "policy":
                policy = "manual" if policy == "auto" else "auto"
                set_policy(marketplace, policy)
            elif what in ("created", "draft") or not models:
                how = "draft" if what == "draft" else "created"
                subject = make(marketplace, software_id, how, who(callers, how, caller))
                models.append(Model(subject, FIRST[how, policy]))
            else:
                model = models[number % len(models)]
                take(models, model, what, who(callers, what, caller))
                model.check()
        for model in models:
            model.check()
        check_lists(marketplace, software_id, models)
    finally:
        set_policy(marketplace, "auto")


def who(callers: dict[str, Auth], what: str, caller: int) -> Auth:
    """One of those who may take a step."""
    may = MAY[what]
    return callers[may[caller % len(may)]]


def take(models: list[Model], model: Model, what: str, auth: Auth) -> None:
    """Take a step, or try to; the model follows where the server must allow it."""
    others_active = any(other.active for other in models if other is not model)
    allowed = model.allows(what, others_active)
    event(f"{what} {'allowed' if allowed else 'refused'}")
    creates = what in ("private", "public") and model.listing_revision == 0
    good = 201 if creates else 200
    answer = model.subject.take(what, auth)
    assert answer.status_code == (good if allowed else 400), answer.text
    if allowed:
        model.go(what)


def check_lists(server: InProcess, software_id: str, models: list[Model]) -> None:
    """The lists for others have what is active, and nothing else."""
    active = sorted((m.subject.build_number for m in models if m.active), reverse=True)
    page: Any = server.get(versions_path(software_id), OUTSIDER).json()
    assert [held["buildNumber"] for held in page["versions"]] == active[:25]
    assert page["totalCount"] == len(active)
    page = server.get(listings_path(software_id), OUTSIDER, params={"limit": 50}).json()
    assert [held["buildNumber"] for held in page["versions"]] == active
