"""The disk is full while clients write: writes are refused, reads go on, nothing is half written.

The disk is a small file system in memory. The server is killed while it is full, and starts on it
again.
"""

import asyncio
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx2
import shared
from tests.support.bodies import ADDON_CLOUD, version, versions_path
from tests.support.clients import AsyncRequests, connect, fetch, requests_to
from tests.support.process import ServerProcess

_BYTES: Final = 48 * 1024 * 1024
_WRITERS: Final = 16
_PATH: Final = versions_path(ADDON_CLOUD)


def full_disk(rounds: int, folder: Path) -> list[shared.Row]:
    begun = time.monotonic()
    acknowledged: dict[str, bytes] = {}
    statuses: Counter[int] = Counter()
    with _small_disk(folder / "disk") as disk:
        data = disk / "data"
        shared.tradepost("load-demo", data=data)
        for _ in range(rounds):
            with _serving(data, folder) as server:
                asyncio.run(_write(server, acknowledged, statuses, until=503))
                shared.require(fetch(server.url, _PATH).status_code == 200, "reads go on")
                _fill(disk / "filler")
                asyncio.run(_write(server, acknowledged, statuses, until=503))
                server.kill()
            (disk / "filler").unlink()
            shared.checked(data)
            with _serving(data, folder) as server:
                _compare(server, acknowledged)
            _make_room(data)
    shared.require(set(statuses) == {201, 503}, f"answers were {dict(statuses)}")
    result = (
        f"{statuses[201]} writes acknowledged, 0 lost; {statuses[503]} refused with 503, reads "
        "went on; clean after the kill"
    )
    what = f"full disk, then `kill -9`, {_WRITERS} clients writing"
    return [shared.Row(what, f"{rounds} times", result, time.monotonic() - begun)]


@contextmanager
def _small_disk(where: Path) -> Iterator[Path]:
    where.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={_BYTES}", "tradepost-proof", str(where)]
    done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    shared.require(done.returncode == 0, f"no file system can be mounted: {done.stderr.strip()}")
    try:
        yield where
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=True)


def _serving(data: Path, folder: Path) -> ServerProcess:
    return ServerProcess("serve", "--data", str(data), log=folder / "disk.log")


async def _write(
    server: ServerProcess, acknowledged: dict[str, bytes], statuses: Counter[int], until: int
) -> None:
    """Create versions until each client was answered with a status."""

    async def work(client: AsyncRequests, number: int) -> None:
        notes = f"{number} " + "x" * 20_000
        while True:
            answer = await client.post(_PATH, json=version(changelog={"releaseNotes": notes}))
            statuses[answer.status_code] += 1
            if answer.status_code == 201:
                acknowledged[answer.headers["location"]] = answer.content
            if answer.status_code == until:
                return

    async with connect(server.url, _WRITERS) as client:
        await asyncio.gather(*(work(client, number) for number in range(_WRITERS)))


def _fill(file: Path) -> None:
    """Take all that is left on a disk."""
    with file.open("wb", buffering=0) as stream:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while stream.write(os.urandom(size)):
                    pass
            except OSError:
                continue


def _compare(server: ServerProcess, acknowledged: dict[str, bytes]) -> None:
    with requests_to(server.url) as client:
        for location, body in acknowledged.items():
            answer: httpx2.Response = client.get(location)
            shared.require(answer.content == body, f"{location} is not what was acknowledged")


def _make_room(data: Path) -> None:
    """Make the disk larger, as an operator does."""
    where = data.parent
    held = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    size = held + _BYTES
    subprocess.run(["mount", "-o", f"remount,size={size}", str(where)], check=True)
