"""Dispatch alone, without HTTP: ours against Starlette's, both with every operation of the server.

Starlette routes, and builds `Request` and `Response`; sign-in and handlers are the same. Prints
microseconds for each request, medians of interleaved rounds. `bench/requirements.lock` must be
installed (`make bench` does that).
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tradepost.app import open_tradepost
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.demo.data import ADDON, ADDON_CLOUD
from tradepost.demo.load import load
from tradepost.http.authentication import Authenticator
from tradepost.http.call import ANONYMOUS, Call
from tradepost.http.operations import Handler, Operation
from tradepost.settings import Settings

Application = Callable[[Any, Any, Any], Awaitable[None]]

CREDENTIALS = b"Basic ZGV2ZWxvcGVyQGV4YW1wbGUuY29tOmRlbW8tdG9rZW4="
PATHS = {
    "version by build number": f"/rest/3/app-software/{ADDON_CLOUD.id}/versions/20100",
    "app-key look-up": f"/rest/3/app-software/app-key/{ADDON.app_key}",
    "parent software": "/rest/3/parent-software/jira",
    "health": "/healthz",
}
ROUNDS, REQUESTS = 7, 5000


def on_starlette(
    operations: list[tuple[Operation, Handler]], authenticator: Authenticator
) -> Application:
    def endpoint(
        operation: Operation, handler: Handler
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            header = request.headers.get("authorization")
            caller = ANONYMOUS
            if header is not None:
                caller = await authenticator.authenticate(header.encode(), "127.0.0.1")
            scope, path = request.scope, request.path_params
            headers = dict(scope["headers"])
            call = Call(operation, scope, request.receive, headers, path, scope["path"], caller)
            found = await handler(call)
            common = {
                "x-request-id": "1",
                "x-content-type-options": "nosniff",
                "cache-control": "private, no-cache",
            }
            return Response(found.body, found.status, common, media_type="application/json")

        return answer

    return Starlette(
        routes=[
            Route(operation.path, endpoint(operation, handler), methods=[operation.method])
            for operation, handler in operations
        ]
    )


async def microseconds(application: Application, path: str) -> float:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(_: Any) -> None:
        return

    headers = [(b"host", b"x"), (b"authorization", CREDENTIALS)]
    begun = time.perf_counter()
    for _ in range(REQUESTS):
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
        }
        await application(scope, receive, send)
    return (time.perf_counter() - begun) / REQUESTS * 1e6


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        tradepost = await open_tradepost(Settings(data=folder, log_level="warning"))
        await load(tradepost.database, DirectoryBlobs(tradepost.settings.blobs_path, durable=False))
        starlette = on_starlette(tradepost.operations, tradepost.authenticator)
        print(f"{len(tradepost.operations)} operations; microseconds a request")
        for name, path in PATHS.items():
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(await microseconds(tradepost.dispatcher, path))
                theirs.append(await microseconds(starlette, path))
            print(
                f"{name}: {statistics.median(ours):.1f}, Starlette {statistics.median(theirs):.1f}"
            )
        await tradepost.close()


asyncio.run(main())
