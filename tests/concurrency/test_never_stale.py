"""Answers that are kept, by one process and by two: after a write was answered, all show it."""

import asyncio
from typing import Any

from tests.support.bodies import version, versions_path
from tests.support.clients import AsyncRequests, connect
from tests.support.process import ServerProcess

WRITERS, ROUNDS, READERS = 4, 12, 4


def test_whoever_reads_after_a_write_sees_it(served: ServerProcess) -> None:
    async def read(client: AsyncRequests, path: str, held: dict[str, Any]) -> int:
        """The revision that a reader finds, who sends the validator of what it has."""
        tag = held.get("tag")
        found = await client.get(path, headers={"If-None-Match": tag} if tag else {})
        if found.status_code == 200:
            held.update(tag=found.headers["etag"], revision=found.json()["revision"])
        else:
            assert found.status_code == 304
        return int(held["revision"])

    async def write(client: AsyncRequests, number: int) -> None:
        created = await client.post(versions_path(), json=version())
        assert created.status_code == 201
        path, body = created.headers["location"], created.json()
        held: list[dict[str, Any]] = [{} for _ in range(READERS)]
        for step in range(1, ROUNDS + 1):
            body["beta"] = not body["beta"]
            body["revision"] = step
            answer = await client.put(path, json=body)
            assert answer.status_code == 200, answer.text
            # Each on whichever connection is free, and so in whichever process.
            seen = await asyncio.gather(*(read(client, path, one) for one in held))
            assert seen == [step + 1] * READERS
            page = await client.get(f"{versions_path()}?limit=50")
            shown = {v["buildNumber"]: v["revision"] for v in page.json()["versions"]}
            assert shown[body["buildNumber"]] == step + 1, number

    async def work() -> None:
        async with connect(served.url, WRITERS * READERS) as client:
            await asyncio.gather(*(write(client, number) for number in range(WRITERS)))

    asyncio.run(work())
