"""`kill -9` of one of three nodes while 200 clients create: the others go on, nothing is lost."""

import asyncio
import time

from tests.nodes.ledger import GONE, Ledger
from tests.nodes.nodes import Nodes, new_app_software, readiness
from tests.nodes.postgres import until
from tests.support.clients import connect

CLIENTS = 200


def test_a_node_that_is_killed_takes_nothing_along_that_was_acknowledged(nodes: Nodes) -> None:
    ledger = Ledger(new_app_software(nodes.url))
    back: list[float] = []

    async def work() -> None:
        async with connect(nodes.url, CLIENTS) as client, asyncio.TaskGroup() as group:
            reaches = ledger.reaches(201, CLIENTS // 4)
            creates = [group.create_task(ledger.create(client)) for _ in range(CLIENTS)]
            await reaches
            nodes.each[0].kill()
            killed = time.monotonic()
            await ledger.reaches(201, 1)
            back.append(time.monotonic() - killed)
            await asyncio.gather(*creates)
            # The others go on: whoever comes now does not notice.
            again = [ledger.create(client) for _ in range(30)]
            assert await asyncio.gather(*again) == [201] * 30

    asyncio.run(work())
    assert ledger.statuses[201] + ledger.statuses[GONE] == CLIENTS + 30
    assert ledger.statuses[201] > CLIENTS // 2
    print(f"node killed: {dict(ledger.statuses)}, a create after {back} s")
    ledger.check(*nodes.urls[1:])
    nodes.start_again(0)
    until(lambda: readiness(nodes.urls[0]) == 200, "the node is back")
    ledger.check(*nodes.urls)
