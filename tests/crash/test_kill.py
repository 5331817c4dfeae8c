"""`kill -9` while many clients write: what was acknowledged is there after it, whole."""

import asyncio
import random
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.bodies import ADDON_CLOUD, REPORTS_FEDRAMP, version, versions_path
from tests.support.clients import AsyncRequests, connect, every_version, requests_to, tradepost
from tests.support.process import ServerProcess

WRITERS = 24
ROUNDS = 4
PATHS = (versions_path(ADDON_CLOUD), versions_path(REPORTS_FEDRAMP))


class Acknowledged:
    """What the server has answered with success: the newest body of each version."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.under_way: dict[str, Any] = {}
        """Updates that were sent and never answered; they may have happened or not."""
        self.answers = 0
        self._limit = 0
        self._enough = asyncio.Event()

    def expect(self, more: int) -> asyncio.Event:
        """What is set when so many more writes have been acknowledged."""
        self._limit = self.answers + more
        self._enough = asyncio.Event()
        return self._enough

    def note(self, location: str, body: bytes) -> None:
        self.bodies[location] = body
        self.answers += 1
        if self.answers >= self._limit:
            self._enough.set()


async def write(client: AsyncRequests, number: int, acknowledged: Acknowledged) -> None:
    """Create versions and update each of them, until the server is gone."""
    with suppress(httpx2.TransportError):
        for turn in range(10_000):
            notes = f"{number}/{turn} " + "x" * (turn * 997 % 20_000)
            body = version(changelog={"releaseNotes": notes})
            made = await client.post(PATHS[(number + turn) % 2], json=body)
            assert made.status_code == 201, made.text
            location = made.headers["location"]
            acknowledged.note(location, made.content)
            changed = {**made.json(), "beta": True}
            acknowledged.under_way[location] = changed
            answer = await client.put(location, json=changed)
            assert answer.status_code == 200, answer.text
            del acknowledged.under_way[location]
            acknowledged.note(location, answer.content)


async def write_until_killed(server: ServerProcess, after: int, acknowledged: Acknowledged) -> None:
    """Let all write; the server is killed when it has acknowledged so many writes."""
    enough = acknowledged.expect(after)

    async def kill() -> None:
        await enough.wait()
        server.kill()

    async with connect(server.url, WRITERS) as client, asyncio.TaskGroup() as group:
        group.create_task(kill())
        for number in range(WRITERS):
            group.create_task(write(client, number, acknowledged))


def check(server: ServerProcess, acknowledged: Acknowledged) -> None:
    """Check what the restarted server has against all that was ever acknowledged."""
    with requests_to(server.url) as client:
        for path in PATHS:
            held = {f"{path}/{v['buildNumber']}": v for v in every_version(server.url, path)}
            builds = [v["buildNumber"] for v in held.values()]
            numbers = [v["versionNumber"] for v in held.values()]
            assert builds == sorted(set(builds), reverse=True)
            assert len(numbers) == len(set(numbers))
            # The rows that filters look at are there as well: all versions are for jira.
            for filters in ({}, {"parentSoftwareId": "jira"}):
                page = client.get(path, params={"limit": 1, **filters}).json()
                assert page["totalCount"] == len(held)
            for location, sent in list(acknowledged.under_way.items()):
                if location in held and held[location]["revision"] > sent["revision"]:
                    # The update was stored, and the server killed before it could say so.
                    assert held[location] == {**sent, "revision": sent["revision"] + 1}
                    acknowledged.bodies[location] = client.get(location).content
                    del acknowledged.under_way[location]
        for location, body in acknowledged.bodies.items():
            assert client.get(location).content == body, location


@pytest.mark.parametrize("seed", [1, 2])
def test_every_acknowledged_version_survives_kill_9(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = tmp_path / "data"
    tradepost("load-demo", data=data)
    acknowledged = Acknowledged()
    for _ in range(ROUNDS):
        with ServerProcess("serve", "--data", str(data), log=tmp_path / "log") as server:
            check(server, acknowledged)
            asyncio.run(write_until_killed(server, chance.randint(1, 300), acknowledged))
        with closing(sqlite3.connect(tmp_path / "data" / "tradepost.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
            repeated = database.execute(
                "SELECT app_software_pk, build_number FROM app_software_version "
                "GROUP BY 1, 2 HAVING count(*) > 1"
            )
            assert repeated.fetchall() == []
    with ServerProcess("serve", "--data", str(data), log=tmp_path / "log") as server:
        check(server, acknowledged)
        assert server.stop() == 0
    assert acknowledged.answers >= ROUNDS
    assert b"Traceback" not in (tmp_path / "log").read_bytes()
