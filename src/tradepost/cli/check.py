"""`tradepost check`: whether all that is stored is as it should be."""

import sys
import time
from collections.abc import AsyncIterator
from typing import Final

import click
import msgspec

from tradepost.app import open_blobs
from tradepost.blobs import Blobs, StoredBlob
from tradepost.cli.common import data_option, open_current, run, settings_of
from tradepost.cli.progress import Progress
from tradepost.cli.tables import printable
from tradepost.database import Database, SchemaError
from tradepost.database.sqlite_files import damages_of
from tradepost.integrity.files import Files, problems_of_files, remove_orphans
from tradepost.integrity.look import Seen, problems_of_rows, readable
from tradepost.integrity.model import Problem
from tradepost.settings import Settings
from tradepost.watch import Watch

_TOLD: Final = 1_000


class _Result(msgspec.Struct):
    seen: Seen
    files: Files
    wrong: int = 0
    removed: list[StoredBlob] = msgspec.field(default_factory=list)

    def tell(self, found: Problem) -> None:
        self.wrong += 1
        if self.wrong <= _TOLD:
            click.echo(f"{printable(found.where)}\t{printable(found.what)}")


@click.command()
@data_option
@click.option(
    "--remove-orphans",
    is_flag=True,
    help="Remove files that no row names and that are older than an hour.",
)
def check(data: str | None, remove_orphans: bool) -> None:
    """Check every row, every reference and every file.

    Each document is held against its type and the columns beside it, each file against its hash.
    Servers may go on meanwhile. What is wrong is printed, a line each, and the status is 1.
    """
    settings = settings_of(data=data)
    with Progress() as progress:
        result = run(lambda: _check(settings, progress, remove_orphans))
    _tell_of_orphans(result)
    seen, files = result.seen, result.files
    summary = (
        f"checked {seen.rows} rows in {seen.tables} tables "
        f"and {files.named} files of {files.bytes} bytes"
    )
    if result.wrong:
        more = f" (the first {_TOLD} are listed)" if result.wrong > _TOLD else ""
        raise click.ClickException(f"{summary}: {result.wrong} things are wrong{more}")
    click.echo(f"{summary}: nothing is wrong")


async def _check(settings: Settings, watch: Watch, removes: bool) -> _Result:
    blobs = open_blobs(settings)
    result = _Result(Seen(), Files())
    is_file = not settings.database_url and settings.database_path.exists()
    damages = damages_of(settings.database_path) if is_file else []
    for text in damages:
        result.tell(Problem("database", text))
    try:
        database = await open_current(settings)
    except SchemaError as error:
        if not damages:
            raise
        result.tell(Problem("database", str(error)))
        return result
    try:
        async for found in _problems(database, blobs, watch, result):
            result.tell(found)
        if damages:  # rows that cannot be read name files too
            result.files.orphans.clear()
        if removes and not result.wrong:
            now = time.time()
            result.removed = await remove_orphans(database, blobs, result.files.orphans, now)
        return result
    finally:
        await database.close()


async def _problems(
    database: Database, blobs: Blobs, watch: Watch, result: _Result
) -> AsyncIterator[Problem]:
    async for found in readable("database", problems_of_rows(database, watch, result.seen)):
        yield found
    async for found in readable("files", problems_of_files(database, blobs, watch, result.files)):
        yield found


def _tell_of_orphans(result: _Result) -> None:
    """On standard error, because they are nothing wrong."""
    removed = {stored.key for stored in result.removed}
    for stored in result.files.orphans[:_TOLD]:
        what = "a part of an upload" if stored.is_partial else "a file that no row names"
        done = ": removed" if stored.key in removed else ""
        print(f"{printable(stored.key)}\t{what}, {stored.size} bytes{done}", file=sys.stderr)
    if len(result.files.orphans) > _TOLD:
        print(f"and {len(result.files.orphans) - _TOLD} more", file=sys.stderr)
