"""Two nodes behind PgBouncer in transaction mode, which prepared statements do not survive."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nodes.ledger import Ledger
from tests.nodes.nodes import Nodes, new_app_software, serving
from tests.nodes.postgres import PostgresServer
from tests.nodes.proxies import pgbouncer
from tests.support.bodies import ADDON_DATACENTER, version, versions_path
from tests.support.clients import AsyncRequests, connect

DOWNLOAD = "/rest/3/artifacts/b0000000-0000-4000-8000-469268c33333/download"
TOKENS = f"/rest/3/app-software/{ADDON_DATACENTER}/tokens"
SITES = 8


@pytest.fixture
def pooled(postgres: PostgresServer, folder: Path) -> Iterator[Nodes]:
    """Nodes whose ten connections each share two of PostgreSQL's."""
    with pgbouncer(postgres.folder, postgres.port, size=2) as port:
        settings = {"database_url": PostgresServer.url_at(port), "database_statements": 0}
        with serving(folder, postgres, 2, **settings) as nodes:
            yield nodes


def test_many_clients_of_two_nodes_share_two_connections(pooled: Nodes) -> None:
    ledger = Ledger(new_app_software(pooled.urls[0]))

    async def redeem(clients: list[AsyncRequests]) -> None:
        """Of many sites that redeem one token at once, one gets it."""
        made = await clients[0].post(TOKENS)
        assert made.status_code == 201, made.text
        token = made.json()["token"]
        sites = [{"access-token": token, "instance": f"site-{n}"} for n in range(SITES)]
        asked = [
            clients[n % 2].get(DOWNLOAD, params=site, auth=None) for n, site in enumerate(sites)
        ]
        answers = await asyncio.gather(*asked)
        assert sorted(a.status_code for a in answers) == [200] + [403] * (SITES - 1)
        [winner] = [n for n, answer in enumerate(answers) if answer.status_code == 200]
        held = await clients[1].get(TOKENS, params={"token": token})
        assert held.json()["tokens"][0]["instance"] == f"site-{winner}"

    async def use(client: AsyncRequests) -> None:
        for _ in range(6):
            assert await ledger.create(client) == 201
            assert await ledger.read(client) == 200
            page = await client.get(versions_path(ADDON_DATACENTER), params={"limit": 50})
            assert page.status_code == 200, page.text
            one = await client.get(f"{ledger.path}/1")
            assert one.json()["buildNumber"] == 1
            checked = await client.post(
                ledger.path, json=version(), headers={"Prefer": "validate-only"}
            )
            assert checked.status_code == 200, checked.text

    async def work() -> None:
        async with connect(pooled.urls[0], 20) as a, connect(pooled.urls[1], 20) as b:
            users = [use(client) for client in (a, b) for _ in range(6)]
            await asyncio.gather(*users, *(redeem([a, b]) for _ in range(4)))

    asyncio.run(work())
    ledger.check(*pooled.urls)
    assert "Traceback" not in pooled.logs()
    assert "prepared statement" not in pooled.logs()
