"""PostgreSQL is stopped, or killed with `-9`, under load, and comes back."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.nodes.ledger import Ledger
from tests.nodes.nodes import Nodes, new_app_software
from tests.nodes.postgres import PostgresServer, until
from tests.support.clients import AsyncRequests, connect

WRITERS, READERS = 12, 4
ENDS: dict[str, Callable[[PostgresServer], None]] = {
    "stopped": PostgresServer.stop,
    "killed": PostgresServer.kill,
}


@asynccontextmanager
async def load(url: str, ledger: Ledger) -> AsyncIterator[None]:
    """Writers and readers that go on, whatever they are told, until the block ends."""
    ending = False

    async def repeat(client: AsyncRequests, do: Callable[[AsyncRequests], object]) -> None:
        while not ending:
            status = await do(client)  # type: ignore[misc] # a coroutine
            # A client that is told to come again later is not there again at once.
            await asyncio.sleep(0.05 if status == 503 else 0)

    async with connect(url, WRITERS + READERS) as client, asyncio.TaskGroup() as group:
        for _ in range(WRITERS):
            group.create_task(repeat(client, ledger.create))
        for _ in range(READERS):
            group.create_task(repeat(client, ledger.read))
        try:
            yield
        finally:
            ending = True


@pytest.mark.parametrize("how", ENDS)
def test_nothing_acknowledged_is_lost_and_service_returns_by_itself(nodes: Nodes, how: str) -> None:
    ledger = Ledger(new_app_software(nodes.url))
    postgres = nodes.postgres
    back: list[float] = []

    async def work() -> None:
        async with load(nodes.url, ledger):
            for _ in range(2):
                await ledger.reaches(201, 40)
                await asyncio.to_thread(ENDS[how], postgres)
                await ledger.reaches(503, 60)
                await asyncio.to_thread(postgres.start)
                started = time.monotonic()
                await ledger.reaches(201, 1)
                back.append(time.monotonic() - started)
                await ledger.reaches(201, 40)

    asyncio.run(work())
    until(nodes.are_ready, "every node is ready")
    assert set(ledger.statuses) <= {200, 201, 500, 503}
    # For the table in docs/operations.md: pytest -s shows it.
    print(f"PostgreSQL {how}: {dict(ledger.statuses)}, a create after {back} s")
    ledger.check(*nodes.urls)
