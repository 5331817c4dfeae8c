"""SQLite files looked at from outside: what is damaged in one, and what is in one that is done."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import apsw

from tradepost.database import Reader, SchemaError
from tradepost.database.sqlite import APPLICATION_ID, Statements

_BUSY_MILLISECONDS: Final = 10_000
_HEADING: Final = "*** in database main ***"


def damages_of(path: Path) -> list[str]:
    """What SQLite itself finds wrong with a database file, in its words; all pages are read.

    Whoever writes meanwhile is not kept from it. Empty for a file that is no database at all.
    """
    told: list[str] = []
    try:
        with contextlib.closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as db:
            db.set_busy_timeout(_BUSY_MILLISECONDS)
            told = _damages(db)
    except apsw.NotADBError:
        return []
    except apsw.CorruptError as error:
        told.append(str(error))
    return told


def _damages(connection: apsw.Connection) -> list[str]:
    told: list[str] = []
    try:
        for (text,) in connection.execute("PRAGMA integrity_check"):
            told += [line for line in text.splitlines() if line not in ("ok", _HEADING)]
    except apsw.CorruptError as error:  # it gives up, after it has told some
        told.append(str(error))
    return told


@contextlib.contextmanager
def finished(path: Path) -> Iterator[Reader]:
    """A reader of a database of ours that nobody writes, with nothing left beside it.

    Raises `SchemaError` for a file that is none, or that is damaged.
    """
    uri = f"{path.absolute().as_uri()}?immutable=1"
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    try:
        with contextlib.closing(apsw.Connection(uri, flags=flags)) as connection:
            application = connection.pragma("application_id")
            if application != APPLICATION_ID:
                raise SchemaError("it is an SQLite database of another program")
            if told := _damages(connection):
                raise SchemaError(f"it is damaged: {told[0]}")
            yield Statements(connection)
    except apsw.NotADBError:
        raise SchemaError("it is not an SQLite database") from None
    except apsw.CorruptError as error:
        raise SchemaError(f"it is damaged: {error}") from None
    except apsw.SQLError as error:  # a table that is not there
        raise SchemaError(f"it has not what it must have: {error}") from None
