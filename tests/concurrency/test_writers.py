"""Fifty clients write to one app software at once."""

from collections.abc import Awaitable, Callable
from itertools import chain
from typing import Any

import httpx2
import pytest

from tests.support.bodies import (
    ADDON_CLOUD,
    CALENDAR_CLOUD,
    REPORTS_FEDRAMP,
    codes,
    listing,
    listing_path,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR
from tests.support.clients import AsyncRequests, at_once, every_version, fetch
from tests.support.process import ServerProcess

CLIENTS = 50
Send = Callable[[AsyncRequests], Awaitable[httpx2.Response]]


def posting(path: str, body: dict[str, Any], times: int = 1) -> Callable[..., Awaitable[list[Any]]]:
    async def send(client: AsyncRequests) -> list[Any]:
        return [await client.post(path, json=body) for _ in range(times)]

    return send


def all_of(answers: list[list[Any]]) -> list[Any]:
    return list(chain.from_iterable(answers))


def putting(path: str, body: dict[str, Any]) -> Send:
    async def send(client: AsyncRequests) -> httpx2.Response:
        return await client.put(path, json=body)

    return send


@pytest.mark.parametrize("software_id", [ADDON_CLOUD, REPORTS_FEDRAMP])
def test_fifty_clients_create_at_once_and_no_number_repeats_or_is_left_out(
    served: ServerProcess, software_id: str
) -> None:
    path = versions_path(software_id)
    before = every_version(served.url, path)
    answers = all_of(at_once(served.url, [posting(path, version(), times=2)] * CLIENTS))
    assert [answer.status_code for answer in answers] == [201] * len(answers)
    made = [answer.json() for answer in answers]
    highest = before[0]["buildNumber"]
    builds = sorted(v["buildNumber"] for v in made)
    assert builds == list(range(highest + 1, highest + 1 + 2 * CLIENTS))
    after = every_version(served.url, path)
    numbers = [v["versionNumber"] for v in after]
    assert len(numbers) == len(set(numbers)) == len(before) + 2 * CLIENTS
    assert after[: len(made)] == sorted(made, key=lambda v: -v["buildNumber"])
    assert after[len(made) :] == before
    for answer in answers[:5]:
        assert fetch(served.url, answer.headers["location"]).content == answer.content


def test_of_fifty_clients_that_want_one_build_number_one_gets_it(served: ServerProcess) -> None:
    path = versions_path(ADDON_CLOUD)
    build = every_version(served.url, path)[0]["buildNumber"] + 1
    sends = [posting(path, version(buildNumber=build)) for _ in range(CLIENTS)]
    answers = all_of(at_once(served.url, sends))
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * (CLIENTS - 1)
    details = {a.json()["errors"][0]["detail"] for a in answers if a.status_code == 400}
    assert len(details) == 1
    assert "Build number already exists" in details.pop()


def test_of_fifty_clients_that_want_one_version_number_one_gets_it(served: ServerProcess) -> None:
    path = versions_path(ADDON_CLOUD)
    before = every_version(served.url, path)
    wanted = f"wanted {before[0]['buildNumber']}"
    sends = [posting(path, version(versionNumber=wanted)) for _ in range(CLIENTS)]
    answers = all_of(at_once(served.url, sends))
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * (CLIENTS - 1)
    # Those that were refused used up no build number.
    after = every_version(served.url, path)
    assert [v["buildNumber"] for v in after[:2]] == [
        before[0]["buildNumber"] + 1,
        before[0]["buildNumber"],
    ]


def test_of_fifty_clients_that_update_one_revision_one_wins(served: ServerProcess) -> None:
    path = versions_path(ADDON_CLOUD)
    made = at_once(served.url, [posting(path, version())])[0][0]
    location = made.headers["location"]
    held = made.json()
    bodies = [{**held, "changelog": {"releaseSummary": f"by client {n}"}} for n in range(CLIENTS)]
    answers = at_once(served.url, [putting(location, body) for body in bodies])
    winners = [answer for answer in answers if answer.status_code == 200]
    losers = [answer for answer in answers if answer.status_code != 200]
    assert len(winners) == 1
    assert [answer.status_code for answer in losers] == [400] * (CLIENTS - 1)
    assert all(codes(answer.json()) == ["REVISION_MISMATCH"] for answer in losers)
    details = {answer.json()["errors"][0]["detail"] for answer in losers}
    assert len(details) == 1
    assert "A more recent revision is available" in details.pop()
    kept = fetch(served.url, location)
    assert kept.content == winners[0].content
    assert kept.json()["revision"] == held["revision"] + 1
    assert kept.json()["changelog"] == bodies[answers.index(winners[0])]["changelog"]


def test_of_fifty_clients_that_list_one_version_one_does(served: ServerProcess) -> None:
    build = at_once(served.url, [posting(versions_path(ADDON_CLOUD), version())])[0][0].json()
    path = listing_path(build["buildNumber"])
    bodies = [listing(state="PUBLIC", moreDetails=f"by client {n}") for n in range(CLIENTS)]
    answers = all_of(at_once(served.url, [posting(path, body) for body in bodies]))
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * (CLIENTS - 1)
    winner = next(answer for answer in answers if answer.status_code == 201)
    for answer in answers:
        assert answer is winner or codes(answer.json()) == ["VALIDATION_FAIL"]
    assert fetch(served.url, path).content == winner.content
    held = fetch(served.url, versions_path(ADDON_CLOUD, build["buildNumber"])).json()
    assert (held["state"], held["revision"]) == ("active", 2)


def test_of_fifty_clients_that_update_one_revision_of_a_listing_one_wins(
    served: ServerProcess,
) -> None:
    build = at_once(served.url, [posting(versions_path(ADDON_CLOUD), version())])[0][0].json()
    path = listing_path(build["buildNumber"])
    held = at_once(served.url, [posting(path, listing())])[0][0].json()
    bodies = [
        {**held, "state": "PUBLIC" if n % 2 else "PRIVATE", "moreDetails": f"by client {n}"}
        for n in range(CLIENTS)
    ]
    answers = at_once(served.url, [putting(path, body) for body in bodies])
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (CLIENTS - 1)
    winner = next(answer for answer in answers if answer.status_code == 200)
    for answer in answers:
        assert answer is winner or codes(answer.json()) == ["REVISION_MISMATCH"]
    kept = fetch(served.url, path)
    assert kept.content == winner.content
    assert kept.json()["revision"] == held["revision"] + 1
    now = fetch(served.url, versions_path(ADDON_CLOUD, build["buildNumber"])).json()
    public = kept.json()["state"] == "PUBLIC"
    assert (now["state"], now["revision"]) == (("active", 2) if public else ("auto-approved", 1))


def test_of_fifty_clients_that_archive_one_version_one_does(served: ServerProcess) -> None:
    made = at_once(served.url, [posting(versions_path(ADDON_CLOUD), version())])[0][0].json()
    build = made["buildNumber"]
    path = f"/admin/v1/app-software/{ADDON_CLOUD}/versions/{build}/archive"
    answers = all_of(at_once(served.url, [posting(path, {})] * CLIENTS))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (CLIENTS - 1)
    kept = fetch(served.url, versions_path(ADDON_CLOUD, build)).json()
    assert (kept["state"], kept["revision"]) == ("archived", made["revision"] + 1)


def test_writers_of_different_app_software_do_not_disturb_each_other(
    served: ServerProcess,
) -> None:
    async def review(client: AsyncRequests) -> list[httpx2.Response]:
        path = versions_path(CALENDAR_CLOUD)
        return [await client.post(path, json=version(), auth=ADMINISTRATOR) for _ in range(10)]

    addon = versions_path(ADDON_CLOUD)
    good = posting(addon, version(), times=10)
    bad = posting(addon, version(beta="maybe"), times=10)
    results = at_once(served.url, [review, good, bad])
    statuses = [[answer.status_code for answer in answers] for answers in results]
    assert statuses == [[201] * 10, [201] * 10, [400] * 10]
    for answers in results[:2]:
        builds = [answer.json()["buildNumber"] for answer in answers]
        assert builds == list(range(builds[0], builds[0] + 10))
