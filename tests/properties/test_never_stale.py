"""Answers that are kept: whoever writes, and on whichever server, no read shows what was before.

Two servers on one database, as two workers are, each with what it keeps. Reads carry the validator
that the reader got last, as a client's would.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.bodies import version
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.scratch import new_app_software

pytestmark = pytest.mark.usefixtures("engine")

READERS: tuple[Auth, ...] = (DEVELOPER, OUTSIDER)
KINDS = ("version", "versions", "few versions", "listing", "listings", "app key")
WRITES = ("create", "update", "draft", "archive", "unarchive", "list", "app archive")


class Read(NamedTuple):
    server: int
    kind: str
    reader: int
    conditional: bool


class Write(NamedTuple):
    server: int
    what: str
    software: int


def steps_on(servers: int) -> st.SearchStrategy[list[Read | Write]]:
    """Reads and writes in any order, each on one of so many servers."""
    server, choice = st.integers(0, servers - 1), st.integers(0, 1)
    reads = st.builds(Read, server, st.sampled_from(KINDS), choice, st.booleans())
    writes = st.builds(Write, server, st.sampled_from(WRITES), choice)
    return st.lists(reads | writes, max_size=25)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[InProcess, InProcess]]:
    folder = tmp_path_factory.mktemp("never-stale")
    with InProcess(folder) as first, InProcess(folder, demo=False) as second:
        yield first, second


class Model:
    """One app software, what its readers hold, and what the database says without anything kept."""

    def __init__(self, servers: tuple[InProcess, ...], fresh: InProcess):
        self.servers = servers
        self.fresh = fresh
        self.softwares = [new_app_software(servers[0]) for _ in range(2)]
        self.held: dict[tuple[str, int], tuple[str, bytes]] = {}
        self.archived = False
        for software_id in self.softwares:
            self._write(0, "create", software_id)

    def paths(self) -> dict[str, str]:
        software_id = self.softwares[0]
        base = f"/rest/3/app-software/{software_id}"
        return {
            "version": f"{base}/versions/1",
            "versions": f"{base}/versions",
            "few versions": f"{base}/versions?limit=1&parentSoftwareId=jira",
            "listing": f"{base}/versions/1/listing",
            "listings": f"{base}/listings/all",
            "app key": f"/rest/3/app-software/app-key/{self.app_key()}",
        }

    def app_key(self) -> str:
        product = self.product()
        return str(self.servers[0].get(f"/admin/v1/apps/{product}", ADMINISTRATOR).json()["appKey"])

    def product(self) -> str:
        path = f"/admin/v1/app-software/{self.softwares[0]}"
        return str(self.servers[0].get(path, ADMINISTRATOR).json()["productId"])

    def follow(self, steps: list[Read | Write]) -> None:
        """Take some steps, and read everything on every server at the end."""
        for step in steps:
            if isinstance(step, Read):
                self.read(step)
            else:
                self.write(step)
        for number in range(len(self.servers)):
            for kind in KINDS:
                for reader in (0, 1):
                    self.read(Read(number, kind, reader, conditional=True))

    def read(self, step: Read) -> None:
        path, who = self.paths()[step.kind], READERS[step.reader]
        truth = self.fresh.get(path, who)
        tag, body = self.held.get((path, step.reader), ("", b""))
        headers = {"If-None-Match": tag} if step.conditional and tag else {}
        found = self.servers[step.server].get(path, who, headers=headers)
        if found.status_code == 304:
            assert (truth.status_code, truth.content) == (200, body)
        else:
            assert found.status_code == truth.status_code
            if truth.status_code == 200:
                assert found.content == truth.content
                assert found.headers["etag"] == truth.headers["etag"]
                self.held[path, step.reader] = (found.headers["etag"], found.content)

    def write(self, step: Write) -> None:
        self._write(step.server, step.what, self.softwares[step.software])

    def _write(self, number: int, what: str, software_id: str) -> None:
        """Write on one of the servers. What cannot be done in this state is refused there."""
        server = self.servers[number]
        base = f"/rest/3/app-software/{software_id}/versions"
        admin = f"/admin/v1/app-software/{software_id}/versions"
        if what == "create":
            server.post(base, json=version())
        elif what == "draft":
            server.post(admin, json=version(draft=True))
        elif what == "update":
            current: Any = server.get(f"{base}/1").json()
            current["beta"] = not current["beta"]
            server.put(f"{base}/1", json=current)
        elif what == "list":
            self._list(server, f"{base}/1/listing")
        elif what in ("archive", "unarchive"):
            server.post(f"{admin}/1/{what}")
        else:
            self.archived = not self.archived
            end = "archive" if self.archived else "unarchive"
            done = server.post(f"/admin/v1/apps/{self.product()}/{end}", ADMINISTRATOR)
            assert done.status_code in (200, 204), done.text

    def _list(self, server: InProcess, path: str) -> None:
        held = server.get(path)
        if held.status_code == 404:
            server.post(path, json={"state": "PRIVATE", "releaseSummary": "One"})
        else:
            server.put(path, json={**held.json(), "releaseSummary": "Another"})


@pytest.fixture(scope="module")
def fresh(servers: tuple[InProcess, InProcess]) -> Iterator[InProcess]:
    """A third server that keeps nothing: what it answers is what is stored."""
    folder = servers[0].tradepost.settings.data
    with InProcess(Path(folder), demo=False, cache_bytes=0) as server:
        yield server


@settings(deadline=None)
@given(steps=steps_on(2))
def test_no_read_shows_what_was_before_a_write(
    servers: tuple[InProcess, InProcess], fresh: InProcess, steps: list[Read | Write]
) -> None:
    Model(servers, fresh).follow(steps)
