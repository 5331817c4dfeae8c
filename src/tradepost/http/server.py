"""The HTTP server, granian, as we run it. The seam is ASGI: nothing else knows granian."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import uvloop
from granian.constants import HTTPModes, Interfaces, Loops, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server
from granian.server.mp import MPServer

from tradepost.http.logs import LogFormat

_PATIENCE: Final = 5
"""For how many seconds workers may finish their requests at the end, before they are killed.

A worker that is just starting can miss the signal (uvloop drops those that come while it is not
running), so without this the end could wait for ever. What was answered is durable either way.
"""

_ENDS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_SETTINGS: Final[dict[str, Any]] = {
    "interface": Interfaces.ASGI,
    "http": HTTPModes.http1,
    "websockets": False,
    "backlog": 1024,
}


class Wire(NamedTuple):
    """Where the server listens, and what it grants to those who talk to it.

    A client may take `header_seconds` for the head of a request, which has at most `header_bytes`.
    With the files of a certificate and its key it speaks TLS alone, 1.2 or newer.
    """

    host: str
    port: int
    header_seconds: float
    header_bytes: int
    certificate: Path | None = None
    key: Path | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """The same for granian."""
        return {
            "address": self.host,
            "port": self.port,
            "http1_settings": HTTP1Settings(
                header_read_timeout=round(self.header_seconds * 1000),
                max_buffer_size=self.header_bytes,
            ),
            "ssl_cert": self.certificate,
            "ssl_key": self.key,
            "ssl_protocol_min": SSLProtocols.tls12,
            **_SETTINGS,
        }


def _logging(look: LogFormat) -> dict[str, Any]:
    """Granian's own warnings, such as the unexpected end of a worker, as lines like ours."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "tradepost.http.logs.LineFormatter", "look": look}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "loggers": {"_granian": {"handlers": ["lines"], "level": "WARNING", "propagate": False}},
    }


class UnstableError(Exception):
    """Workers failed faster than they can be started again; the server has ended."""


class _Interrupt:
    """Granian's supervisor waits on a `threading.Event` that its signal handlers set.

    That takes a lock, so a handler that runs while the main thread or another handler holds it
    waits for ever; and a signal that comes just before the wait is only seen after it. So: a plain
    flag, looked at a few times a second.
    """

    def __init__(self) -> None:
        self._set = False

    def set(self) -> None:
        self._set = True

    def clear(self) -> None:
        self._set = False

    def wait(self) -> None:
        while not self._set:
            time.sleep(0.2)


class _Supervisor(MPServer):
    """Granian's supervisor, which tells when all workers were started.

    Not before: a thread that runs while a worker is forked could leave it with a lock held.
    """

    started: Callable[[], None]

    def startup(self, *arguments: Any) -> None:
        super().startup(*arguments)  # type: ignore[no-untyped-call]
        # Granian would start all workers anew; a server whose terminal is gone ends instead.
        signal.signal(signal.SIGHUP, self.signal_handler_interrupt)
        self.started()


def serve_here(
    application: Callable[..., Any],
    wire: Wire,
    finish: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Serve an ASGI application in this process until a signal ends it.

    Requests under way have some seconds to end. Clients that will not are left, and `finish` closes
    what the application then could not close itself.
    """

    async def work() -> None:
        loop = asyncio.get_running_loop()
        ending = asyncio.Event()
        for number in _ENDS:
            loop.add_signal_handler(number, ending.set)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
        server = Server(application, log_enabled=False, **wire.settings)
        serving = asyncio.ensure_future(server.serve())
        await asyncio.wait(
            {serving, asyncio.ensure_future(ending.wait())}, return_when=asyncio.FIRST_COMPLETED
        )
        server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait({serving}, timeout=_PATIENCE)
        serving.cancel()
        if finish is not None:
            await finish()

    # Until the loop takes them, for uvloop drops those that come while it is being set up.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    uvloop.run(work())
    for number in _ENDS:  # a second one must not keep the caller from tidying up
        signal.signal(number, signal.SIG_IGN)


def serve_in_workers(
    factory: str,
    wire: Wire,
    workers: int,
    look: LogFormat,
    started: Callable[[], None],
) -> None:
    """Serve what a factory makes in several processes, until a signal ends them.

    The factory is named `module:function`. A worker that fails is started again; raises
    `UnstableError` where that does not help. `started` is called once all were started.
    """
    supervisor = _Supervisor(
        factory,
        workers=workers,
        loop=Loops.uvloop,
        factory=True,
        respawn_failed_workers=True,
        workers_kill_timeout=_PATIENCE,
        log_level=LogLevels.warning,
        log_dictconfig=_logging(look),
        **wire.settings,
    )
    supervisor.started = started
    supervisor.main_loop_interrupt = _Interrupt()  # type: ignore[assignment]
    try:
        supervisor.serve()
    except SystemExit as end:
        # A signal to the whole group may end workers before the supervisor has heard of it.
        if end.code and not supervisor.interrupt_signal:
            raise UnstableError from None
