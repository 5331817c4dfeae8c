"""A copy of an SQLite database in one file, of one moment, while others write."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import apsw

from tradepost.database import SchemaError, UnavailableError

_PAGES: Final = 256
_BUSY_MILLISECONDS: Final = 10_000


def copy_sqlite(source: Path, target: Path, told: Callable[[int, int], None]) -> None:
    """Copy a database with SQLite's backup interface into a file that is not there yet.

    `told` is given how many pages are copied, and how many there are. Raises `UnavailableError`
    where the disk is full or the database is busy, `SchemaError` where it cannot be read.
    """
    flags = apsw.SQLITE_OPEN_READWRITE
    try:
        with (
            contextlib.closing(apsw.Connection(str(source), flags=flags)) as reader,
            contextlib.closing(apsw.Connection(str(target))) as writer,
        ):
            reader.set_busy_timeout(_BUSY_MILLISECONDS)
            writer.execute("PRAGMA synchronous = OFF")  # who asks for it makes the whole durable
            # One snapshot for all steps: else a commit of another process would have it begin anew,
            # and under steady writes it would never end.
            reader.execute("BEGIN")
            reader.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
            with writer.backup("main", reader, "main") as copying:
                while not copying.done:
                    copying.step(_PAGES)
                    told(copying.page_count - copying.remaining, copying.page_count)
            reader.execute("COMMIT")
            writer.execute("PRAGMA journal_mode = DELETE")  # so that the one file is all there is
    except (apsw.FullError, apsw.IOError, apsw.BusyError) as error:
        raise UnavailableError(_told_by(error)) from None
    except (apsw.CorruptError, apsw.NotADBError, apsw.CantOpenError) as error:
        raise SchemaError(f"{source} cannot be copied: {error}") from None


def _told_by(error: apsw.Error) -> str:
    """What went wrong: the backup interface leaves no text of its own with the connection."""
    if isinstance(error, apsw.FullError):
        return "the disk is full"
    text = str(error)
    return "the disk or the database cannot be used now" if text == "not an error" else text
