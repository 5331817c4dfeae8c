"""The migrations of each engine: SQL files that are part of the package, in their order."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from tradepost.database import SchemaError

MOVING_IN: Final = "moving-in"
"""Stands among the names of steps while `tradepost move` fills a database, so that none serves it.

Programs that know nothing of moves refuse it as well, as a step that they do not know."""


def steps_of(engine: str) -> dict[str, str]:
    """The migrations that this program knows: name and statements."""
    folder = Path(__file__).parent / "migrations" / engine
    return {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.sql"))}


def steps_left(steps: Collection[str], done: Collection[str], where: str) -> list[str]:
    """The names of those steps that a database has yet to take; `where` is what to call it.

    Raises `SchemaError` for a database that this program cannot use.
    """
    if MOVING_IN in done:
        raise SchemaError(
            f"{where} is only half filled: `tradepost move` is moving data there, or was "
            "interrupted and has to be run again"
        )
    unknown = sorted(set(done) - set(steps))
    if unknown:
        raise SchemaError(
            f"{where} was made by a newer tradepost (it has {unknown[-1]}): "
            "use that version or a later one"
        )
    return [name for name in steps if name not in done]
