"""Many HTTP clients at once, each on a connection of its own; and commands on a data directory."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from tests.support.client import DEVELOPER, Auth

T = TypeVar("T")


def tradepost(*arguments: str, data: Path) -> None:
    """Run a command of `tradepost` on a data directory, to its good end."""
    subprocess.run(
        [sys.executable, "-m", "tradepost", *arguments],
        env={**os.environ, "TRADEPOST_DATA": str(data)},
        check=True,
        capture_output=True,
    )


def connect(url: str, connections: int = 1, auth: Auth = DEVELOPER) -> httpx2.AsyncClient:
    """A client that keeps up to so many connections to a server."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx2.AsyncClient(base_url=url, auth=auth, limits=limits, timeout=60, trust_env=False)


def at_once(url: str, requests: Sequence[Callable[[httpx2.AsyncClient], Awaitable[T]]]) -> list[T]:
    """Send requests at once, each on a connection that is open before the first is sent."""

    async def run() -> list[T]:
        async with connect(url, len(requests)) as client:
            await asyncio.gather(*(client.get("/healthz") for _ in requests))
            return await asyncio.gather(*(request(client) for request in requests))

    return asyncio.run(run())


def fetch(url: str, path: str, **options: Any) -> httpx2.Response:
    """One answer to a GET of the developer."""
    with httpx2.Client(base_url=url, auth=DEVELOPER, timeout=60, trust_env=False) as client:
        return client.get(path, **options)


def every_version(url: str, path: str) -> list[Any]:
    """All versions of a list, page by page."""
    found: list[Any] = []
    with httpx2.Client(base_url=url, auth=DEVELOPER, timeout=60, trust_env=False) as client:
        link: str | None = f"{path}?limit=50"
        while link:
            answer = client.get(link)
            assert answer.status_code == 200, answer.text
            found += answer.json()["versions"]
            link = answer.json()["links"].get("next")
    return found
