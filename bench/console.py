"""A page of 25 versions in the console against the list of the API that it shows, without HTTP.

Both are asked in this process by somebody who belongs to the app software. The list is measured as
it comes from the database, and as it comes from the answers that the server keeps. Prints medians
of interleaved rounds in microseconds, and how many times the page takes as long: the limit is 10.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from tradepost.app import open_tradepost
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.console.front import Front
from tradepost.demo.data import ADDON_CLOUD, ADDON_DATACENTER
from tradepost.demo.load import load
from tradepost.settings import Settings

Application = Callable[[Any, Any, Any], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

CREDENTIALS: Final = b"Basic ZGV2ZWxvcGVyQGV4YW1wbGUuY29tOmRlbW8tdG9rZW4="
ROUNDS, REQUESTS = 15, 100


async def microseconds(application: Application, path: str, headers: Headers) -> float:
    """What one request takes; raises where it is no success."""
    statuses = set()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.add(message["status"])

    begun = time.perf_counter()
    for _ in range(REQUESTS):
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "server": ("127.0.0.1", 8080),
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
        }
        await application(scope, receive, send)
    taken = (time.perf_counter() - begun) / REQUESTS * 1e6
    assert statuses == {200}, statuses
    return taken


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=folder, log_level="warning")
        keeping = await open_tradepost(settings)
        await load(keeping.database, DirectoryBlobs(settings.blobs_path, durable=False))
        settings = Settings(data=folder, log_level="warning", cache_bytes=0)
        forgetting = await open_tradepost(settings)
        belongings = keeping.belongings(None, None)
        console = Front(keeping.dispatcher, belongings)
        signed_in = await belongings.authenticator.authenticate(CREDENTIALS, "127.0.0.1")
        session = await belongings.sessions.begin(signed_in)
        cookie: Headers = [(b"host", b"x"), (b"cookie", f"tradepost={session}".encode())]
        basic: Headers = [(b"host", b"x"), (b"authorization", CREDENTIALS)]
        for software in (ADDON_CLOUD, ADDON_DATACENTER):
            page, rows = f"/app-software/{software.id}", f"/rest/3/app-software/{software.id}"
            measured: dict[str, list[float]] = {"page": [], "list": [], "kept list": []}
            for _ in range(ROUNDS):
                measured["page"].append(await microseconds(console, page, cookie))
                measured["list"].append(
                    await microseconds(forgetting.dispatcher, f"{rows}/versions", basic)
                )
                measured["kept list"].append(
                    await microseconds(keeping.dispatcher, f"{rows}/versions", basic)
                )
            medians = {name: statistics.median(times) for name, times in measured.items()}
            told = ", ".join(f"{name} {taken:.0f}" for name, taken in medians.items())
            times = [medians["page"] / medians[name] for name in ("list", "kept list")]
            print(f"{software.hosting}: {told}; {times[0]:.1f} and {times[1]:.1f} times as long")
        await forgetting.close()
        await keeping.close()


asyncio.run(main())
