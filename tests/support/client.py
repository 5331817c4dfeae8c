"""A server in this process, asked through ASGI: quick, and the whole road but the socket."""

import asyncio
import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from tests.support import engines
from tradepost.app import Tradepost, open_blobs, open_database, open_tradepost
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.client import AsyncClient
from tradepost.database import Database
from tradepost.demo.load import load
from tradepost.settings import Settings

DEVELOPER = ("developer@example.com", "demo-token")
OUTSIDER = ("outsider@example.com", "outsider-token")
ADMINISTRATOR = ("admin@example.com", "admin-token")

T = TypeVar("T")
Auth = tuple[str, str] | None
NewStore = Callable[[], dict[str, Any]]
"""Makes settings of an empty store of blobs."""


@functools.cache
def _demo_data() -> Path:
    """A data directory with the demo data: loaded once, because thousands of tests want it."""
    folder = Path(tempfile.mkdtemp(prefix="tradepost-tests-"))
    atexit.register(shutil.rmtree, folder)
    settings = Settings(data=str(folder))

    async def make() -> None:
        database = await open_database(settings)
        await load(database, DirectoryBlobs(settings.blobs_path, durable=False))
        await database.close()

    asyncio.run(make())
    return folder


async def _move_blobs(settings: Settings) -> None:
    """Bring the blobs of a data directory to where the settings want them."""
    blobs = open_blobs(settings)

    async def move(path: Path) -> None:
        with path.open("rb") as file:
            await blobs.put(str(path.relative_to(settings.blobs_path)), file)

    files = (path for path in settings.blobs_path.rglob("*") if path.is_file())
    await asyncio.gather(*map(move, files))
    shutil.rmtree(settings.blobs_path)


class InProcess:
    """A whole server on a database of its own, with the demo data unless told otherwise."""

    def __init__(
        self, folder: Path, *, demo: bool = True, engine: str | None = None, **settings: Any
    ):
        self._runner = asyncio.Runner()
        self._folder = folder
        url = engines.database_url(folder, engine, demo=demo)
        own = {"data": str(folder), "database_url": url, "database_connections": 4}
        chosen = Settings(**{**own, "log_level": "warning", **settings})
        if demo:
            shutil.copytree(_demo_data(), chosen.data, dirs_exist_ok=True)
        self.tradepost: Tradepost = self.run(open_tradepost(chosen))
        if demo and chosen.blobs_url:
            self.run(_move_blobs(chosen))
        transport = httpx2.ASGITransport(self.tradepost.dispatcher)
        self.client = AsyncClient("http://tradepost.test", DEVELOPER, transport=transport)
        """The typed client, as the developer; the methods here send requests as they are."""

    @property
    def database(self) -> Database:
        return self.tradepost.database

    def run(self, work: Any) -> Any:
        """Run a coroutine on the server's event loop."""
        return self._runner.run(work)

    def request(
        self, method: str, path: str, auth: Auth = DEVELOPER, **options: Any
    ) -> httpx2.Response:
        """Send a request, as the developer unless told otherwise; `auth=None` for nobody."""

        async def send_and_settle() -> httpx2.Response:
            response = await self.send(method, path, auth, **options)
            # What goes on in the background would hold its locks for as long as this loop is not
            # run, and other servers of the same test would wait for them.
            await self.tradepost.settle()
            return response

        response: httpx2.Response = self.run(send_and_settle())
        return response

    async def send(
        self, method: str, path: str, auth: Auth = DEVELOPER, **options: Any
    ) -> httpx2.Response:
        """The same as a coroutine, for requests that are under way together."""
        return await self.client.request(method, path, auth=auth, **options)

    def at_once(self, *sent: Coroutine[Any, Any, httpx2.Response]) -> list[httpx2.Response]:
        """Run some `send` together; the answers in the order of the requests."""

        async def work() -> list[httpx2.Response]:
            return await asyncio.gather(*sent)

        answers: list[httpx2.Response] = self.run(work())
        return answers

    def get(self, path: str, auth: Auth = DEVELOPER, **options: Any) -> httpx2.Response:
        return self.request("GET", path, auth, **options)

    def post(self, path: str, auth: Auth = DEVELOPER, **options: Any) -> httpx2.Response:
        return self.request("POST", path, auth, **options)

    def put(self, path: str, auth: Auth = DEVELOPER, **options: Any) -> httpx2.Response:
        return self.request("PUT", path, auth, **options)

    def close(self) -> None:
        self.run(self.client.aclose())
        self.run(self.tradepost.close())
        self._runner.close()
        engines.give_up(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
