"""A server with the demo data in this process, which either client can ask."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from tests.client.driven import Driven, Twin
from tests.support.client import DEVELOPER, Auth, InProcess
from tradepost.app import Tradepost, open_tradepost
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.client import InProcessTransport
from tradepost.demo.load import load
from tradepost.settings import Settings


class DemoApplication:
    """An ASGI application that opens a server with the demo data when its life starts."""

    def __init__(self, folder: Path):
        self._settings = Settings(data=str(folder), log_level="warning")
        self._tradepost: Tradepost | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            assert self._tradepost is not None
            await self._tradepost.dispatcher(scope, receive, send)
            return
        await receive()
        self._tradepost = await open_tradepost(self._settings)
        blobs = DirectoryBlobs(self._settings.blobs_path, durable=False)
        await load(self._tradepost.database, blobs)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._tradepost.close()
        await send({"type": "lifespan.shutdown.complete"})


class Demo:
    """The server and its clients."""

    def __init__(self, twin: Twin, folder: Path):
        self._twin = twin
        if twin == "sync":
            transport = InProcessTransport(DemoApplication(folder), lifespan=True)
            self._http: Any = httpx2.Client(transport=transport)
        else:
            self._server = InProcess(folder)
            app = self._server.tradepost.dispatcher
            self._http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))

    def client(self, auth: Auth = DEVELOPER, base: str = "http://tradepost.test") -> Driven:
        """A client, as the developer unless told otherwise."""
        run = None if self._twin == "sync" else self._server.run
        return Driven(self._twin, base, auth, http=self._http, run=run)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._twin == "sync":
            self._http.close()
        else:
            self._server.run(self._http.aclose())
            self._server.close()
