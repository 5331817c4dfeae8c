"""A page of 25 versions in the console against the list of the API that it shows, without HTTP.

Both are asked in this process by somebody who belongs to the app software. The list is measured as
it comes from the database, and as it comes from the answers that the server keeps; the page as it
is drawn when somebody sees it first (anew), and later. Prints medians of interleaved rounds in
microseconds of processor time, and how many times the page takes as long as the list from the
database: the limit is 10.
"""

import asyncio
import itertools
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
ROUNDS, REQUESTS = 11, 50


_numbers = itertools.count()


async def microseconds(
    application: Application, path: str, headers: Headers, *, is_new: bool = False
) -> float:
    """What one request takes; raises where it is no success. `is_new` makes each URL another."""
    statuses = set()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.add(message["status"])

    begun = time.process_time()
    for _ in range(REQUESTS):
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "server": ("127.0.0.1", 8080),
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"seen=%d" % next(_numbers) if is_new else b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
        }
        await application(scope, receive, send)
    taken = (time.process_time() - begun) / REQUESTS * 1e6
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
            page = f"/app-software/{software.id}"
            rows = f"/rest/3/app-software/{software.id}/versions"
            wanted: dict[str, tuple[Application, str, Headers, bool]] = {
                "page anew": (console, page, cookie, True),
                "page": (console, page, cookie, False),
                "list": (forgetting.dispatcher, rows, basic, False),
                "kept list": (keeping.dispatcher, rows, basic, False),
            }
            taken: dict[str, list[float]] = {name: [] for name in wanted}
            for _ in range(ROUNDS):
                for name, (application, path, headers, is_new) in wanted.items():
                    taken[name].append(
                        await microseconds(application, path, headers, is_new=is_new)
                    )
            medians = {name: statistics.median(times) for name, times in taken.items()}
            told = ", ".join(f"{name} {median:.0f}" for name, median in medians.items())
            times = medians["page"] / medians["list"]
            print(f"{software.hosting}: {told}; {times:.1f} times as long")
        await forgetting.close()
        await keeping.close()


asyncio.run(main())
