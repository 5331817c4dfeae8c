"""Copies of an SQLite database in memory, and putting them back while it is served.

For data that may be thrown away: what was written since a copy is gone when it is put back.
"""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import apsw

from tradepost.database import UnavailableError
from tradepost.database.sqlite import open_file

_GAP: Final = 1_000_000
"""Further than any commit that falls between reading the news and putting a copy back."""
_PATIENCE: Final = 10.0
_NEWEST: Final = "SELECT COALESCE(MAX(seq), 0) FROM written"


class Copies:
    """Makes copies of the database in a file, and puts them back; `close` it at the end."""

    def __init__(self, path: Path):
        self._connection = open_file(path, writes=True, durable=False)

    def take(self) -> apsw.Connection:
        """The database as it is now, in memory."""
        copy = apsw.Connection(":memory:")
        _copy(self._connection, copy)
        return copy

    def put_back(
        self,
        copy: apsw.Connection,
        prepare: Callable[[apsw.Connection, apsw.Connection], None] | None = None,
    ) -> None:
        """Make the database what a copy is. Every process is told that anything may have changed.

        `prepare` gets the database as it is and the copy, which it may give what is to stay.

        Raises `UnavailableError` where others do not stop writing.
        """
        rows: list[Any] = self._connection.execute(_NEWEST).fetchall()
        if prepare is not None:
            prepare(self._connection, copy)
        # In the copy, so that no moment has the one without the other; and behind what may still be
        # written until then, with a gap, which means the same to whoever asks for news.
        copy.execute("DELETE FROM written")
        copy.execute("INSERT INTO written (seq, topics) VALUES ($1, '*')", (rows[0][0] + _GAP,))
        _copy(copy, self._connection)

    def close(self) -> None:
        self._connection.close()


def _copy(source: apsw.Connection, target: apsw.Connection) -> None:
    """Make one database what another one is."""
    give_up = time.monotonic() + _PATIENCE
    while True:
        with contextlib.suppress(apsw.BusyError), target.backup("main", source, "main") as backup:
            while not backup.done:
                backup.step()
            return
        if time.monotonic() > give_up:
            raise UnavailableError("the database is being written to all the time")
        time.sleep(0.001)
