"""What clients were told of the versions that they created, held against what is stored."""

import asyncio
from collections import Counter
from typing import Any

import httpx2

from tests.support.bodies import version, versions_path
from tests.support.clients import AsyncRequests, every_version, requests_to

GONE = 502
"""What nginx answers for a node that went away: the request may have been done."""


class Ledger:
    """The answers to creates of one app software. Each version is known by its notes."""

    def __init__(self, software_id: str):
        self.path = versions_path(software_id)
        self.acknowledged: dict[str, bytes] = {}
        """The body of each version by its location, as it was answered."""
        self.stored: set[str] = set()
        self.refused: set[str] = set()
        """Notes of creates of which the answer says that nothing was stored."""
        self.uncertain: set[str] = set()
        self.statuses: Counter[int] = Counter()
        self._sent = 0
        self._changed = asyncio.Condition()

    async def create(self, client: AsyncRequests) -> int:
        """Create a version, and note the answer; its status."""
        self._sent += 1
        notes = f"notes {self._sent}"
        body = version(changelog={"releaseNotes": notes})
        answer = await client.post(self.path, json=body)
        self.note(notes, answer)
        async with self._changed:
            self._changed.notify_all()
        return answer.status_code

    async def read(self, client: AsyncRequests) -> int:
        """Read the first page, and note the status."""
        answer = await client.get(f"{self.path}?limit=5")
        self.statuses[answer.status_code] += 1
        if answer.status_code == 503:
            assert_unavailable(answer)
        else:
            assert answer.status_code in (200, GONE), (answer, answer.headers, answer.text)
        return answer.status_code

    def note(self, notes: str, answer: httpx2.Response) -> None:
        self.statuses[answer.status_code] += 1
        if answer.status_code == 201:
            self.acknowledged[answer.headers["location"]] = answer.content
            self.stored.add(notes)
        elif answer.status_code == 503:
            assert_unavailable(answer)
            self.refused.add(notes)
        elif answer.status_code == 500:
            [error] = answer.json()["errors"]
            assert "look whether it is there" in error["detail"], answer.text
            self.uncertain.add(notes)
        else:
            assert answer.status_code == GONE, answer.text
            self.uncertain.add(notes)

    async def reaches(self, status: int, more: int, seconds: float = 30) -> None:
        """Wait until so many more creates or reads were answered with a status."""
        wanted = self.statuses[status] + more
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: self.statuses[status] >= wanted)

    def check(self, url: str, *others: str) -> None:
        """Check that all that was acknowledged is there as it was answered, whole, and no more.

        Other nodes must list the same.
        """
        held: list[Any] = every_version(url, self.path)
        notes = {v["changelog"]["releaseNotes"] for v in held}
        assert len(notes) == len(held), "a version was stored twice"
        assert notes >= self.stored
        assert not notes & self.refused, "what was refused is stored"
        assert notes <= self.stored | self.uncertain
        # Numbers have no gaps: nothing was taken that is not there.
        assert [v["buildNumber"] for v in held] == list(range(len(held), 0, -1))
        assert len({v["versionNumber"] for v in held}) == len(held)
        with requests_to(url) as client:
            # The rows that filters look at are there as well: all versions are for jira.
            for filters in ({}, {"parentSoftwareId": "jira", "parentSoftwareVersionId": 85000}):
                page = client.get(self.path, params={"limit": 1, **filters}).json()
                assert page["totalCount"] == len(held)
            for v in held:
                found = client.get(f"{self.path}/{v['buildNumber']}")
                assert found.json() == v
            for location, body in self.acknowledged.items():
                assert client.get(location).content == body
        for other in others:
            assert every_version(other, self.path) == held


def assert_unavailable(answer: httpx2.Response) -> None:
    """Check that a 503 says when to come again, and is one of ours."""
    assert answer.headers["retry-after"] == "1"
    [error] = answer.json()["errors"]
    assert error["code"] == "SERVICE_UNAVAILABLE"
