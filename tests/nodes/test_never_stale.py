"""Three nodes on one PostgreSQL: whoever writes, and on whichever node, no read shows what was
before. Once as a property, and once with real processes that write and read at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.nodes.ledger import Ledger
from tests.nodes.nodes import Nodes, new_app_software
from tests.nodes.postgres import PostgresServer
from tests.properties.test_never_stale import Model, Read, Write, steps_on
from tests.support.bodies import version, versions_path
from tests.support.client import InProcess
from tests.support.clients import AsyncRequests, connect

WRITERS, ROUNDS = 6, 8


@pytest.fixture(scope="module")
def servers(
    postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[InProcess]]:
    """Three nodes, and a fourth that keeps nothing: what it answers is what is stored."""
    folder = tmp_path_factory.mktemp("never-stale")
    with ExitStack() as stack:
        yield [
            stack.enter_context(node(folder, postgres.url, cache_bytes=size))
            for size in (1 << 26, 1 << 26, 1 << 26, 0)
        ]


def node(folder: Path, url: str, **chosen: Any) -> InProcess:
    return InProcess(folder, demo=False, database_url=url, database_connections=4, **chosen)


@settings(max_examples=15, deadline=None)
@given(steps=steps_on(3))
def test_no_read_shows_what_was_before_a_write(
    servers: list[InProcess], steps: list[Read | Write]
) -> None:
    *three, fresh = servers
    Model(tuple(three), fresh).follow(steps)


def test_whoever_reads_after_a_write_sees_it_on_every_node(nodes: Nodes) -> None:
    path = versions_path(new_app_software(nodes.url))

    async def read(client: AsyncRequests, where: str, held: dict[str, Any]) -> Any:
        """What a reader finds, who sends the validator of what it has."""
        tag = held.get("tag")
        found = await client.get(where, headers={"If-None-Match": tag} if tag else {})
        if found.status_code == 200:
            held.update(tag=found.headers["etag"], body=found.json())
        else:
            assert found.status_code == 304
        return held["body"]

    async def write(clients: list[AsyncRequests], number: int) -> None:
        created = await clients[number % 3].post(path, json=version())
        assert created.status_code == 201
        location, body = created.headers["location"], created.json()
        held: list[dict[str, Any]] = [{} for _ in range(6)]
        for step in range(1, ROUNDS + 1):
            body.update(beta=not body["beta"], revision=step)
            answer = await clients[(number + step) % 3].put(location, json=body)
            assert answer.status_code == 200, answer.text
            ones = [read(c, location, h) for c, h in zip(clients, held[:3], strict=True)]
            pages = [read(c, f"{path}?limit=50", h) for c, h in zip(clients, held[3:], strict=True)]
            *found, one, two, three = await asyncio.gather(*ones, *pages)
            assert [v["revision"] for v in found] == [step + 1] * 3
            for page in (one, two, three):
                shown = {v["buildNumber"]: v["revision"] for v in page["versions"]}
                assert shown[body["buildNumber"]] == step + 1

    async def work() -> None:
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(connect(url, 40)) for url in nodes.urls]
            await asyncio.gather(*(write(clients, number) for number in range(WRITERS)))

    asyncio.run(work())


def test_whoever_has_nothing_is_never_told_that_nothing_has_changed(nodes: Nodes) -> None:
    ledger = Ledger(new_app_software(nodes.url))

    async def work() -> None:
        async with connect(nodes.urls[0], 20) as client:

            async def repeat(do: Callable[[AsyncRequests], Awaitable[int]], times: int) -> None:
                for _ in range(times):
                    await do(client)

            writers = [repeat(ledger.create, 25) for _ in range(4)]
            readers = [repeat(ledger.read, 150) for _ in range(12)]
            await asyncio.gather(*writers, *readers)

    asyncio.run(work())
    assert set(ledger.statuses) == {200, 201}
