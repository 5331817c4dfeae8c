"""The migrations of each engine: SQL files that are part of the package, in their order."""

from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Final

from tradepost.database import Reader, SchemaError, Transaction
from tradepost.database.written import EVERYTHING, TELL

MOVING_IN: Final = "moving-in"
"""Stands among the names of steps while `tradepost move` fills a database, so that none serves it.

Programs that know nothing of moves refuse it as well, as a step that they do not know."""


def steps_of(engine: str) -> dict[str, str]:
    """The migrations that this program knows: name and statements."""
    folder = Path(__file__).parent / "migrations" / engine
    return {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.sql"))}


async def steps_left(
    reader: Reader, engine: str, tables: Collection[str], where: str, foreign: str
) -> list[str] | None:
    """The names of those steps that a database with these tables has yet to take; `None` for all,
    of one that has no tables.

    Raises `SchemaError` for a database that this program cannot use. Of `where` it is said why;
    `foreign` says that the tables are not ours.
    """
    if not tables:
        return None
    if "schema_migration" not in tables:
        raise SchemaError(foreign)
    done = await steps_done(reader)
    if MOVING_IN in done:
        raise SchemaError(
            f"{where} is only half filled: `tradepost move` is moving data there, or was "
            "interrupted and has to be run again"
        )
    return lacking(engine, done, where)


async def steps_done(reader: Reader) -> set[str]:
    """The names of the steps that a database says it has taken."""
    return {name for (name,) in await reader.rows("SELECT name FROM schema_migration")}


def lacking(engine: str, done: Collection[str], where: str) -> list[str]:
    """The names of the steps that are not done; raises `SchemaError` where a newer one is."""
    steps = steps_of(engine)
    unknown = sorted(set(done) - steps.keys())
    if unknown:
        raise SchemaError(
            f"{where} was made by a newer tradepost (it has {unknown[-1]}): "
            "use that version or a later one"
        )
    return [name for name in steps if name not in done]


async def take_steps(
    transaction: Transaction,
    engine: str,
    left: list[str] | None,
    at: str,
    run: Callable[[str], Awaitable[object]],
) -> list[str]:
    """Take the steps that `steps_left` has told of; their names. `run` runs those of the engine."""
    steps = steps_of(engine)
    taken = list(steps) if left is None else left
    for name in taken:
        await run(steps[name])
        note = "INSERT INTO schema_migration (name, applied_at) VALUES ($1, $2)"
        await transaction.execute(note, name, at)
    if taken:
        await transaction.execute(TELL, EVERYTHING)
    return taken
