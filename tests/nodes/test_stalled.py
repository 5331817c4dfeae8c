"""A PostgreSQL that answers nothing, and one that refuses."""

from pathlib import Path

import pytest

from tests.nodes.nodes import Nodes, command
from tests.nodes.postgres import PostgresServer, until
from tests.support.clients import requests_to


def test_a_node_is_alive_and_not_ready_while_the_database_stands_still(nodes: Nodes) -> None:
    with nodes.postgres.stalled():
        for url in nodes.urls:
            with requests_to(url, None) as client:
                assert client.get("/healthz", timeout=3).status_code == 200
        with requests_to(nodes.urls[0], None) as client:
            assert client.get("/readyz", timeout=15).status_code == 503
    until(nodes.are_ready, "every node is ready")


@pytest.mark.parametrize(
    ("where", "detail"),
    [
        ("tradepost@{}/nowhere", 'database "nowhere" does not exist'),
        ("nobody@{}/tradepost", 'role "nobody" does not exist'),
    ],
)
def test_a_database_that_cannot_be_had_is_told_in_one_sentence(
    postgres: PostgresServer, folder: Path, where: str, detail: str
) -> None:
    url = "postgresql://" + where.format(f"127.0.0.1:{postgres.port}")
    refused = command("serve", "--port", "0", data=folder, url=url)
    assert refused.returncode == 1
    assert detail in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
