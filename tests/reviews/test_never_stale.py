"""Answers that are kept: whoever writes, and on whichever server, no read shows what was before.

Two servers on one database, and a third that keeps nothing: what it answers is what is stored.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.app_listings import changed, read_listing
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.reviews import (
    add_review,
    administered_path,
    new_product,
    response_path,
    review_path,
    reviews_path,
)

pytestmark = pytest.mark.usefixtures("engine")

READERS: tuple[Auth, ...] = (DEVELOPER, OUTSIDER)
WRITES = ("add", "edit", "remove", "answer", "take away", "hide", "show")
Servers = tuple[InProcess, InProcess, InProcess]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder: Path = tmp_path_factory.mktemp("never-stale")
    with (
        InProcess(folder) as first,
        InProcess(folder, demo=False) as second,
        InProcess(folder, demo=False, cache_bytes=0) as fresh,
    ):
        yield first, second, fresh


class Model:
    """The reviews of one app, and what its readers hold."""

    def __init__(self, servers: Servers):
        self.servers = servers
        self.product_id = new_product(servers[0])
        self.review_id = str(add_review(servers[0], self.product_id)["id"])
        self.held: dict[tuple[str, int], tuple[str, bytes]] = {}
        self.check()

    def write(self, server: InProcess, what: str) -> None:
        """Write something. What cannot be done in this state is refused, and changes nothing."""
        one = administered_path(self.product_id, self.review_id)
        response = response_path(self.review_id, self.product_id)
        if what == "add":
            add_review(server, self.product_id)
        elif what == "edit":
            server.request("PATCH", one, ADMINISTRATOR, json={"stars": 1})
        elif what == "remove":
            server.request("DELETE", one, ADMINISTRATOR)
        elif what == "answer":
            server.put(response, json={"responseContent": "Thanks"})
        elif what == "take away":
            server.request("DELETE", response)
        else:
            state = "PRIVATE" if what == "hide" else "PUBLIC"
            changed(server, read_listing(server, self.product_id), state=state)

    def check(self) -> None:
        """Read everything, as everyone, on both servers, with what was got before."""
        paths = (
            reviews_path(self.product_id),
            f"{reviews_path(self.product_id)}?hosting=server",
            review_path(self.review_id, self.product_id),
        )
        for path in paths:
            for number, who in enumerate(READERS):
                truth = self.servers[2].get(path, who)
                for server in self.servers[:2]:
                    self._read(server, path, number, truth)

    def _read(self, server: InProcess, path: str, number: int, truth: Any) -> None:
        tag, body = self.held.get((path, number), ("", b""))
        headers = {"If-None-Match": tag} if tag else {}
        found = server.get(path, READERS[number], headers=headers)
        if found.status_code == 304:
            assert (truth.status_code, truth.content) == (200, body)
            return
        assert found.status_code == truth.status_code
        if truth.status_code == 200:
            assert found.content == truth.content
            assert found.headers["etag"] == truth.headers["etag"]
            self.held[path, number] = (found.headers["etag"], found.content)


@settings(deadline=None, max_examples=30)
@given(steps=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(WRITES)), max_size=8))
def test_no_read_shows_what_was_before_a_write(
    servers: Servers, steps: list[tuple[int, str]]
) -> None:
    model = Model(servers)
    for number, what in steps:
        model.write(servers[number], what)
        model.check()
