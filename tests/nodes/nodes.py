"""Nodes of `tradepost serve` on one PostgreSQL, and short ways to use them."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.nodes.postgres import PostgresServer
from tests.nodes.proxies import nginx
from tests.support.bodies import SPACE
from tests.support.client import ADMINISTRATOR
from tests.support.clients import requests_to
from tests.support.process import ServerProcess


def environment(url: str, **settings: object) -> dict[str, str]:
    """The environment of a node on a PostgreSQL database."""
    chosen = {"database_url": url, "log_level": "warning", **settings}
    return {f"TRADEPOST_{name.upper()}": str(value) for name, value in chosen.items()}


def command(*arguments: str, data: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `tradepost` on a PostgreSQL database, whatever comes of it."""
    return subprocess.run(
        [sys.executable, "-m", "tradepost", *arguments, "--data", str(data)],
        env={**os.environ, **environment(url)},
        check=False,
        capture_output=True,
        text=True,
    )


class Nodes:
    """Some nodes, which share a data directory and a database. `url` is that of the proxy."""

    def __init__(self, folder: Path, postgres: PostgresServer, **settings: object):
        self.postgres = postgres
        self.url = ""
        self.data = postgres.folder / "shared"
        self._folder = folder
        self._environment = environment(postgres.url, **settings)
        self._stack = ExitStack()
        self.each: list[ServerProcess] = []

    def started(self, number: int, port: int = 0) -> ServerProcess:
        arguments = ["serve", "--data", str(self.data)]
        log = self._folder / f"node-{number}.log"
        return self._stack.enter_context(
            ServerProcess(*arguments, log=log, environment=self._environment, port=port)
        )

    def start_again(self, number: int) -> None:
        """Start a node that has ended, where it was."""
        self.each[number] = self.started(number, self.each[number].port)

    @property
    def urls(self) -> list[str]:
        return [node.url for node in self.each]

    def are_ready(self) -> bool:
        return all(readiness(url) == 200 for url in self.urls)

    def logs(self) -> str:
        return "".join(log.read_text() for log in sorted(self._folder.glob("node-*.log")))

    def close(self) -> None:
        self._stack.close()


@contextmanager
def serving(
    folder: Path, postgres: PostgresServer, count: int = 3, **settings: object
) -> Iterator[Nodes]:
    """Nodes with the demo data, behind nginx where they are three."""
    nodes = Nodes(folder, postgres, **settings)
    try:
        for number in range(count):
            nodes.each.append(nodes.started(number))
        if count == 3:
            with nginx(folder, [node.port for node in nodes.each]) as nodes.url:
                yield nodes
        else:
            yield nodes
    finally:
        nodes.close()


def load_demo(postgres: PostgresServer) -> None:
    done = command("load-demo", data=postgres.folder / "shared", url=postgres.url)
    assert done.returncode == 0, done.stderr


def readiness(url: str) -> int:
    with requests_to(url, None) as client:
        return client.get("/readyz").status_code


def new_app_software(url: str) -> str:
    """The id of a new app software without versions, of a new app of the developer's space."""
    with requests_to(url, ADMINISTRATOR) as client:
        key = f"com.example.nodes.{uuid.uuid4().hex[:12]}"
        app = client.post("/admin/v1/apps", json={"appKey": key, "developerSpaceId": SPACE})
        assert app.status_code == 201, app.text
        path = f"/admin/v1/apps/{app.json()['productId']}/app-software"
        software = client.post(path, json={"hosting": "cloud"})
        assert software.status_code == 201, software.text
        return str(software.json()["id"])
