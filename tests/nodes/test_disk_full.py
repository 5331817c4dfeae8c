"""The disk of the database is full: writes are refused, reads go on, and it recovers by itself.

The disk is a small file system in memory; the WAL is on another, as it should be.
"""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nodes.ledger import Ledger
from tests.nodes.nodes import Nodes, load_demo, new_app_software, serving
from tests.nodes.postgres import PostgresServer, folder_for_all, give_away
from tests.support.clients import connect

SIZE = 96 * 1024 * 1024


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small disk of its own, where mounting is allowed."""
    with folder_for_all() as folder:
        where = folder / "disk"
        where.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tradepost", str(where)]
        done = subprocess.run(mount, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        try:
            give_away(where)
            yield where
        finally:
            subprocess.run(["umount", "--lazy", str(where)], check=True)


@pytest.fixture
def small(disk: Path, folder: Path) -> Iterator[Nodes]:
    """A node on a PostgreSQL whose files are on the small disk."""
    server = PostgresServer(disk.parent, disk / "data")
    try:
        load_demo(server)
        with serving(folder, server, 1) as nodes:
            yield nodes
    finally:
        server.close()


def test_a_full_disk_refuses_writes_and_nothing_else(small: Nodes, disk: Path) -> None:
    [url] = small.urls
    ledger = Ledger(new_app_software(url))
    filler = disk / "filler"
    back: list[float] = []

    async def work() -> None:
        async with connect(url, 8) as client:
            assert await asyncio.gather(*(ledger.create(client) for _ in range(20))) == [201] * 20
            fill(filler)
            # What has room in the pages that are there is stored; then nothing is.
            async with asyncio.timeout(30):
                while 503 not in [await ledger.create(client) for _ in range(8)]:
                    pass
            for _ in range(20):
                assert await ledger.read(client) == 200
                await ledger.create(client)
            filler.unlink()
            emptied = time.monotonic()
            assert await ledger.create(client) == 201
            back.append(time.monotonic() - emptied)
            assert await asyncio.gather(*(ledger.create(client) for _ in range(20))) == [201] * 20

    asyncio.run(work())
    print(f"disk full: {dict(ledger.statuses)}, a create after {back} s")
    assert set(ledger.statuses) == {200, 201, 503}
    ledger.check(url)
    assert "Traceback" not in small.logs()


def fill(file: Path) -> None:
    """Take all that is left on a disk."""
    with file.open("wb", buffering=0) as stream:
        for size in (1 << 20, 1 << 12):
            try:
                while stream.write(os.urandom(size)):
                    pass
            except OSError:
                continue
