"""A rolling upgrade: who may start on which schema, and what runs on while it grows."""

import asyncio
from pathlib import Path

from tests.nodes.ledger import Ledger
from tests.nodes.nodes import Nodes, command, new_app_software
from tests.nodes.test_database_lost import load


def test_a_node_refuses_a_database_of_a_newer_version(nodes: Nodes, folder: Path) -> None:
    postgres = nodes.postgres
    postgres.execute("INSERT INTO schema_migration VALUES ('9999_later', '2030-01-01T00:00:00Z')")
    try:
        refused = command("serve", "--port", "0", data=folder, url=postgres.url)
        assert refused.returncode == 1
        assert "the database was made by a newer tradepost (it has 9999_later)" in refused.stderr
        assert "Traceback" not in refused.stderr
        # Those that run already go on: expanding a schema takes nothing from them.
        assert nodes.are_ready()
    finally:
        postgres.execute("DELETE FROM schema_migration WHERE name = '9999_later'")


def test_nodes_go_on_while_columns_are_added(nodes: Nodes) -> None:
    ledger = Ledger(new_app_software(nodes.url))
    tables = ("app_software_version", "app_software", "app", "developer_space", "written")

    async def work() -> None:
        async with load(nodes.url, ledger):
            for table in tables:
                await ledger.reaches(201, 10)
                add = f"ALTER TABLE {table} ADD COLUMN later BIGINT NOT NULL DEFAULT 7"
                await asyncio.to_thread(nodes.postgres.execute, add)
            await ledger.reaches(201, 20)

    asyncio.run(work())
    try:
        assert set(ledger.statuses) == {200, 201}
        ledger.check(*nodes.urls)
    finally:
        nodes.postgres.execute(*(f"ALTER TABLE {table} DROP COLUMN later" for table in tables))
