"""Many HTTP clients at once, each on a connection of its own; and commands on a data directory."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from tests.support.client import DEVELOPER, Auth
from tradepost.client import AsyncClient, Client

T = TypeVar("T")


def tradepost(*arguments: str, data: Path, environment: dict[str, str] | None = None) -> None:
    """Run a command of `tradepost` on a data directory, to its good end."""
    subprocess.run(
        [sys.executable, "-m", "tradepost", *arguments],
        env={**os.environ, **(environment or {}), "TRADEPOST_DATA": str(data)},
        check=True,
        capture_output=True,
    )


class Requests(Client):
    """The typed client, where a test sends requests as they are."""

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx2.Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx2.Response:
        return self.request("PUT", path, **options)


class AsyncRequests(AsyncClient):
    """The same for requests that are under way together."""

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        return await self.request("GET", path, **options)

    async def post(self, path: str, **options: Any) -> httpx2.Response:
        return await self.request("POST", path, **options)

    async def put(self, path: str, **options: Any) -> httpx2.Response:
        return await self.request("PUT", path, **options)


def request(method: str, url: str, auth: Auth = None, **options: Any) -> httpx2.Response:
    """One answer, on a connection of its own; as nobody unless told otherwise."""
    parts = httpx2.URL(url)
    path = parts.raw_path.decode("ascii")
    with requests_to(str(parts.copy_with(raw_path=b"/")), auth) as client:
        return client.request(method, path, **options)


get = partial(request, "GET")
post = partial(request, "POST")
put = partial(request, "PUT")


def requests_to(url: str, auth: Auth = DEVELOPER) -> Requests:
    """A client of a server, one request after the other."""
    return Requests(url, auth, timeout=120, transport=httpx2.HTTPTransport())


def connect(url: str, connections: int = 1, auth: Auth = DEVELOPER) -> AsyncRequests:
    """A client that keeps up to so many connections to a server."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    transport = httpx2.AsyncHTTPTransport(limits=limits)
    return AsyncRequests(url, auth, timeout=60, transport=transport)


def at_once(url: str, requests: Sequence[Callable[[AsyncRequests], Awaitable[T]]]) -> list[T]:
    """Send requests at once, each on a connection that is open before the first is sent."""

    async def run() -> list[T]:
        async with connect(url, len(requests)) as client:
            await asyncio.gather(*(client.get("/healthz") for _ in requests))
            return await asyncio.gather(*(send(client) for send in requests))

    return asyncio.run(run())


def fetch(url: str, path: str, **options: Any) -> httpx2.Response:
    """One answer to a GET of the developer."""
    with requests_to(url) as client:
        return client.get(path, **options)


def every_version(url: str, path: str) -> list[Any]:
    """All versions of a list, page by page."""
    found: list[Any] = []
    with requests_to(url) as client:
        link: str | None = f"{path}?limit=50"
        while link:
            answer = client.get(link)
            assert answer.status_code == 200, answer.text
            found += answer.json()["versions"]
            link = answer.json()["links"].get("next")
    return found
