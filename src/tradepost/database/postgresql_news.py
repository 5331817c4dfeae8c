"""What was written to a PostgreSQL database, by any node: asked in time, and for many at once."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final, TypeAlias

import asyncpg

from tradepost.database.written import EVERYTHING

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

KEPT: Final = "10 minutes"
"""For how long what was written is kept; longer than the below by any sensible doubt."""
_TOLD_SECONDS: Final = 60.0
"""Who has not asked for that long is told that anything may have been written."""
_LATEST: Final = "9000000000000000000:9000000000000000000:"
"""A snapshot that sees every transaction."""
_NEWS: Final = (
    "SELECT CAST(pg_current_snapshot() AS TEXT), (SELECT string_agg(topics, ' ') FROM written "
    "WHERE transaction_id >= pg_snapshot_xmin(CAST(CAST($1 AS TEXT) AS pg_snapshot)) AND "
    "NOT pg_visible_in_snapshot(transaction_id, CAST(CAST($1 AS TEXT) AS pg_snapshot))), "
    # Its clock, which is that by which old rows are removed: a node's own stands still with it.
    "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS FLOAT8), "
    # Behind a pooler, this alone tells that a backup was restored, or another server promoted.
    "CAST(EXTRACT(EPOCH FROM pg_postmaster_start_time()) AS FLOAT8)"
)


class News:
    """The topics written to. `connect` opens a connection, `fetch` runs a statement on it.

    A question gives those rows of `written` that the snapshot of the one before could not see. So
    nothing is missed, in whichever order transactions began and ended, and nobody waits for them.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        fetch: Callable[..., Awaitable[list[asyncpg.Record]]],
    ):
        self._connect = connect
        self._fetch = fetch
        self._connection: Connection | None = None
        self._asking: asyncio.Task[None] | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._seen = ""
        self._asked_at = 0.0
        self._server_started = 0.0
        self._heard: set[str] | None = None

    async def ask(self) -> None:
        """One question for all who wait when it is sent: who comes later waits for the next."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_in_turn())
        await waiter

    def take(self) -> Collection[str] | None:
        """The topics heard of since this was last called; `None` for any."""
        heard, self._heard = self._heard, set()
        return heard

    async def close(self) -> None:
        if self._asking is not None:
            await self._asking
        if self._connection is not None:
            self._connection.terminate()

    async def _ask_in_turn(self) -> None:
        """Ask for the news as long as somebody waits for them."""
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            await self._ask()
            for waiter in waiting:
                if not waiter.done():  # else whoever waited has gone
                    waiter.set_result(None)
        self._asking = None

    async def _ask(self) -> None:
        try:
            connection = self._connection
            if connection is None or connection.is_closed():
                self._seen = ""
                connection = self._connection = await self._connect()
            row: Any = (await self._fetch(connection, _NEWS, self._seen or _LATEST))[0]
        except Exception:
            # Whoever reads next is told what is wrong; nothing kept is believed.
            self._seen, self._heard = "", None
            if self._connection is not None:
                self._connection.terminate()
            return
        seen, written, now, started = row
        knew = self._seen and 0 <= now - self._asked_at < _TOLD_SECONDS
        knew = knew and started == self._server_started
        self._seen, self._asked_at, self._server_started = seen, now, started
        topics = (written or "").split()
        if not knew or EVERYTHING in topics:
            self._heard = None
        elif self._heard is not None:
            self._heard.update(topics)
