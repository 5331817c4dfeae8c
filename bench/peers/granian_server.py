"""The HTTP server of the peers that run on granian, with the settings of `tradepost serve`."""

import argparse
import asyncio
import signal
from typing import Any

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server


def serve(application: Any, port: int) -> None:
    """Serve an ASGI application until a signal ends it."""

    async def work() -> None:
        server = Server(
            application,
            address="127.0.0.1",
            port=port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            backlog=1024,
            log_enabled=False,
        )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, server.stop)
        await server.serve()

    uvloop.run(work())


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The command line that these peers share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, required=True)
    return parser
