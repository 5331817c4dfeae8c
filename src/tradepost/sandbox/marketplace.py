"""A marketplace for a test suite: a sandbox with the demo data, in a thread of the same process."""

import asyncio
import concurrent.futures
import contextlib
import gc
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from tradepost.sandbox.remote import Sandbox

if TYPE_CHECKING:
    from tradepost.client import Client

_HOST: Final = "127.0.0.1"
_PATIENCE: Final = 30.0


class Marketplace(Sandbox):
    """See `Sandbox`, which this is one of. It serves from `start` to `close`, or inside `with`.

    `url` is where it is reached. With a `seed` its ids, tokens and times come again.
    """

    def __init__(self, seed: str = "") -> None:
        self._port = _free_port()
        super().__init__(f"http://{_HOST}:{self._port}")
        self._seed = seed
        self._folder = tempfile.mkdtemp(prefix="tradepost-marketplace-")
        self._clients: list[Client] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._ended: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._run, name="tradepost-marketplace", daemon=True)

    def start(self) -> Self:
        """Serve from now on; returns when it answers."""
        self._thread.start()
        give_up = time.monotonic() + _PATIENCE
        while not _takes_connections(self._port):
            if self._ended.done():
                self._ended.result()
            if self._ended.done() or time.monotonic() > give_up:
                raise RuntimeError("the marketplace did not start")
            time.sleep(0.001)
        return self

    def close(self) -> None:
        """End it, and throw its data away."""
        self.close_clients()
        if self._loop is not None and self._ending is not None and not self._ended.done():
            self._loop.call_soon_threadsafe(self._ending.set)
        if self._thread.ident is not None:
            self._thread.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def client(
        self, email: str = "developer@example.com", token: str | None = None, **options: Any
    ) -> "Client":
        """A typed client of somebody; without a token, of somebody of the demo data.

        `options` are those of `tradepost.client.Client`. It is closed with the marketplace, or at
        the end of the test.
        """
        import httpx2

        from tradepost.client import Client
        from tradepost.people.directory import DEMO_TOKENS

        if "http" not in options and "transport" not in options:
            # Plain HTTP needs no certificates, and to read them takes 20 ms for each test.
            options["transport"] = httpx2.HTTPTransport(verify=False)
        client = Client(self.url, (email, token or DEMO_TOKENS[email]), **options)
        self._clients.append(client)
        return client

    def close_clients(self) -> None:
        """Close all clients that were made here."""
        while self._clients:
            self._clients.pop().close()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self) -> None:
        import uvloop

        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._serve())
        except BaseException as error:
            self._ended.set_exception(error)
        else:
            self._ended.set_result(None)

    async def _serve(self) -> None:
        with _without_collections():
            # Only here: whoever has the plugin and does not use it waits for none of this.
            from tradepost.http.server import Wire, serve_until
            from tradepost.people.directory import DEMO_TOKENS
            from tradepost.sandbox.application import SandboxApplication, demo_database
            from tradepost.settings import Settings

        settings = Settings(
            data=self._folder,
            host=_HOST,
            port=self._port,
            log_level="warning",
            sandbox=True,
            sandbox_seed=self._seed,
        )
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        database = await demo_database(settings)
        visitor = next(iter(DEMO_TOKENS.items()))
        application = SandboxApplication(settings, database, is_guest=True, visitor=visitor)
        wire = Wire(_HOST, self._port, settings.header_seconds, settings.header_bytes)
        await serve_until(self._ending, application, wire, application.finish)


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Let nothing be looked through for garbage: what is imported stays, and is a lot."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _takes_connections(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((_HOST, port)) == 0
