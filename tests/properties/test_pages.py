"""Walking the pages of a list gives what filtering a list in Python gives."""

from typing import Any, NamedTuple

import msgspec
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.support.bodies import version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.scenes import list_version
from tests.support.scratch import new_app_software
from tradepost.app_software import store
from tradepost.app_software.model import (
    PAYMENT_MODELS,
    VERSION_STATES,
    AppSoftwareVersionGetResponse,
)
from tradepost.database import Transaction

PARENTS = ("jira", "confluence")
BOUND = st.none() | st.integers(0, 6)
Range = tuple[int | None, int | None]


class Release(NamedTuple):
    """A version as the model of the list sees it."""

    build: int
    number: str
    state: str
    payment: str
    ranges: dict[str, Range]


class Filters(NamedTuple):
    parent: str | None
    parent_build: int | None
    after: str | None
    payment: str | None
    state: str | None

    def query(self) -> dict[str, str]:
        named = {
            "parentSoftwareId": self.parent,
            "parentSoftwareVersionId": self.parent_build,
            "afterVersion": self.after,
            "paymentModel": self.payment,
            "state": self.state,
        }
        return {name: str(value) for name, value in named.items() if value is not None}


def inside(bounds: Range, build: int | None) -> bool:
    low, high = bounds
    return build is None or ((low is None or low <= build) and (high is None or build <= high))


def shown(release: Release, filters: Filters, above: int, public_only: bool) -> bool:
    """Whether a list with these filters has a version in it: the model, in plain Python."""
    fits = (
        inside(bounds, filters.parent_build)
        for parent, bounds in release.ranges.items()
        if filters.parent in (None, parent)
    )
    return (
        release.build > above
        and (not public_only or release.state == "active")
        and filters.payment in (None, release.payment)
        and filters.state in (None, release.state)
        and any(fits)
    )


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low, high = draw(BOUND), draw(BOUND)
    return (high, low) if low is not None and high is not None and low > high else (low, high)


@st.composite
def releases(draw: st.DrawFn) -> list[Release]:
    """Versions with builds 10, 20, … so that there is room between them; any states."""
    count = draw(st.integers(0, 14))
    return [draw(release(10 * (index + 1))) for index in range(count)]


@st.composite
def release(draw: st.DrawFn, build: int, state: str | None = None) -> Release:
    payment = draw(st.sampled_from(PAYMENT_MODELS))
    # A version that is paid through the marketplace has one parent.
    most = 1 if payment == "paid-via-atlassian" else 2
    by_parent = draw(st.dictionaries(st.sampled_from(PARENTS), ranges(), min_size=1, max_size=most))
    shown_state = state or draw(st.sampled_from(("active", *VERSION_STATES)))
    return Release(build, f"n{build}", shown_state, payment, by_parent)


FILTERS = st.builds(
    Filters,
    parent=st.none() | st.sampled_from(PARENTS),
    parent_build=st.none() | st.integers(0, 7),
    after=st.none() | st.integers(1, 15).map(lambda n: f"n{10 * n}"),
    payment=st.none() | st.sampled_from(PAYMENT_MODELS),
    state=st.none() | st.sampled_from(VERSION_STATES),
)
CALLERS: st.SearchStrategy[Auth] = st.sampled_from((DEVELOPER, OUTSIDER, ADMINISTRATOR))


@st.composite
def meanwhile(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """What others do between two pages: insert a version somewhere, archive one, bring one back."""
    insert = st.tuples(
        st.just("insert"), st.integers(1, 200).filter(lambda n: n % 10).flatmap(release_inserted)
    )
    move = st.tuples(st.sampled_from(("archive", "unarchive")), st.integers(0, 30))
    return draw(st.lists(insert | move, max_size=3))


def release_inserted(build: int) -> st.SearchStrategy[Release]:
    # The developer space approves at once, and what is listed as well is active.
    states = st.sampled_from(("active", "auto-approved"))
    return states.flatmap(lambda state: release(build, state=state))


def body_of(release: Release) -> dict[str, Any]:
    return version(
        buildNumber=release.build,
        versionNumber=release.number,
        supportedPaymentModel=release.payment,
        compatibilities=[
            {
                "parentSoftwareId": parent,
                **({} if low is None else {"minBuildNumber": low}),
                **({} if high is None else {"maxBuildNumber": high}),
            }
            for parent, (low, high) in release.ranges.items()
        ],
    )


def store_releases(server: InProcess, software_id: str, stored: list[Release]) -> None:
    """Put versions into the database in any state, which no single operation can."""

    async def work(transaction: Transaction) -> None:
        software = await store.find(transaction, software_id)
        assert software is not None
        for release in stored:
            fields = {
                **body_of(release),
                "state": release.state,
                "revision": 1,
                "createdBy": DEVELOPER[0],
                "createdAt": "2024-01-01T00:00:00Z",
                "acceptedAgreements": [],
            }
            kept = msgspec.convert(fields, AppSoftwareVersionGetResponse)
            await store.insert(transaction, software.pk, kept)
            if release.state == "archived":
                await store.update(transaction, software.pk, kept, state_before="active")

    server.run(server.database.write(work))


def play(
    server: InProcess, software_id: str, held: dict[int, Release], moves: list[tuple[str, Any]]
) -> set[int]:
    """Do to the server and to the model what others do; the builds that this touched."""
    touched = set()
    for move, what in moves:
        if move == "insert":
            if what.build in held:
                continue
            answer = server.post(versions_path(software_id), json=body_of(what))
            assert answer.status_code == 201, answer.text
            if what.state == "active":
                list_version(server, software_id, what.build)
            held[what.build] = what
            touched.add(what.build)
            continue
        archived = move == "unarchive"
        there = [build for build, r in held.items() if (r.state == "archived") == archived]
        if not there:
            continue
        build = there[what % len(there)]
        path = f"/admin/v1/app-software/{software_id}/versions/{build}/{move}"
        answer = server.post(path)
        assert answer.status_code == 200, answer.text
        held[build] = held[build]._replace(state=answer.json()["state"])
        touched.add(build)
    return touched


@settings(deadline=None, max_examples=80)
@given(
    stored=releases(),
    filters=FILTERS,
    limit=st.integers(1, 6),
    caller=CALLERS,
    between=st.lists(meanwhile(), max_size=6),
)
def test_a_walk_shows_each_page_as_filtering_the_present_list_would(
    marketplace: InProcess,
    stored: list[Release],
    filters: Filters,
    limit: int,
    caller: Auth,
    between: list[list[tuple[str, Any]]],
) -> None:
    """Three things hold, whatever others insert and archive between two pages.

    1. Every page is the first `limit` of the versions that match at that moment and are older
       than the last one shown; `totalCount` is the number of all that match at that moment.
    2. Nothing is shown twice, and what is shown goes from newest to oldest.
    3. A version that nobody touches during the walk is shown exactly when it matches.
    """
    software_id = new_app_software(marketplace)
    store_releases(marketplace, software_id, stored)
    held = {release.build: release for release in stored}
    public_only = caller == OUTSIDER
    path = versions_path(software_id)
    answer = marketplace.get(path, caller, params={**filters.query(), "limit": limit})
    named = [r for r in stored if r.number == filters.after]
    if filters.after and not any(not public_only or r.state == "active" for r in named):
        event("afterVersion names nothing that the caller may see")
        assert answer.status_code == 400
        assert [e["code"] for e in answer.json()["errors"]] == ["INVALID_PARAMETER"]
        return
    above = named[0].build if named else -1
    untouched = {b for b, r in held.items() if shown(r, filters, above, public_only)}
    expected_of_untouched = set(untouched)
    walked: list[int] = []
    touched: set[int] = set()
    moves = iter(between)
    while True:
        assert answer.status_code == 200, answer.text
        page = answer.json()
        matching = sorted(
            (b for b, r in held.items() if shown(r, filters, above, public_only)), reverse=True
        )
        left = [build for build in matching if not walked or build < walked[-1]]
        builds = [v["buildNumber"] for v in page["versions"]]
        assert builds == left[:limit]
        assert page["totalCount"] == len(matching)
        assert [v["state"] for v in page["versions"]] == [held[b].state for b in builds]
        assert ("next" in page["links"]) == (len(left) > limit)
        walked += builds
        if "next" not in page["links"]:
            break
        touched |= play(marketplace, software_id, held, next(moves, []))
        answer = marketplace.get(page["links"]["next"], caller)
    event(f"{min(len(walked) // limit, 5)} pages or more")
    assert walked == sorted(set(walked), reverse=True)
    assert set(walked) - touched == expected_of_untouched - touched


@settings(deadline=None, max_examples=30)
@given(stored=releases(), limit=st.integers(1, 6))
def test_a_walk_ends_though_newer_versions_keep_arriving(
    marketplace: InProcess, stored: list[Release], limit: int
) -> None:
    software_id = new_app_software(marketplace)
    store_releases(marketplace, software_id, stored)
    answer = marketplace.get(versions_path(software_id), params={"limit": limit})
    walked: list[int] = []
    for _ in range(len(stored) + 1):
        page = answer.json()
        walked += [v["buildNumber"] for v in page["versions"]]
        assert marketplace.post(versions_path(software_id), json=version()).status_code == 201
        if "next" not in page["links"]:
            break
        answer = marketplace.get(page["links"]["next"])
    assert walked == [release.build for release in reversed(stored)]
