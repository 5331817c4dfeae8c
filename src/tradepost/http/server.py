"""The HTTP server, granian, as we run it. The seam is ASGI: nothing else knows granian."""

import asyncio
import signal
from collections.abc import Callable
from typing import Any, Final

import uvloop
from granian.constants import HTTPModes, Interfaces, Loops
from granian.server import Server as Supervisor
from granian.server.embed import Server

_PATIENCE: Final = 5
"""For how many seconds workers may finish their requests at the end, before they are killed.

A worker that is just starting can miss the signal (uvloop drops those that come while it is not
running), so without this the end could wait for ever. What was answered is durable either way.
"""

_SETTINGS: Final[dict[str, Any]] = {
    "interface": Interfaces.ASGI,
    "http": HTTPModes.http1,
    "websockets": False,
    "backlog": 1024,
    "log_enabled": False,
}


def serve_here(application: Callable[..., Any], host: str, port: int) -> None:
    """Serve an ASGI application in this process until a signal ends it."""

    async def work() -> None:
        server = Server(application, address=host, port=port, **_SETTINGS)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, server.stop)
        await server.serve()

    uvloop.run(work())


def serve_in_workers(factory: str, host: str, port: int, workers: int) -> None:
    """Serve what a factory makes in several processes, until a signal ends them.

    The factory is named `module:function`. A worker that fails is started again.
    """
    Supervisor(
        factory,
        address=host,
        port=port,
        workers=workers,
        loop=Loops.uvloop,
        factory=True,
        respawn_failed_workers=True,
        workers_kill_timeout=_PATIENCE,
        **_SETTINGS,
    ).serve()
