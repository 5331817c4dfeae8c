"""`tradepost backup` and `tradepost restore`: a whole marketplace, to and from one file."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from tradepost.app import open_blobs
from tradepost.archive.format import ArchiveError, Contents
from tradepost.archive.making import make_archive
from tradepost.archive.restoring import restore as restore_archive
from tradepost.cli.common import data_option, open_current, run, settings_of
from tradepost.cli.progress import Progress
from tradepost.clock import Clock
from tradepost.database import Database
from tradepost.database.copies import copy_sqlite
from tradepost.database.sqlite import SqliteDatabase
from tradepost.database.transfer import MoveError, MovingIn, count, data_tables
from tradepost.settings import Settings
from tradepost.watch import Watch


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@data_option
def backup(file: Path, data: str | None) -> None:
    """Write everything into one FILE, while servers go on.

    It is the database as it was at one moment and every file that it names, each with a checksum,
    read back in the end. FILE must not exist, and does not until it is whole.
    """
    settings = settings_of(data=data)
    try:
        with Progress() as progress:
            contents = run(lambda: _backup(settings, file.absolute(), progress))
    except (ArchiveError, MoveError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"backed up {_told(contents)} into {file} ({file.stat().st_size} bytes)")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def restore(file: Path, data: str | None) -> None:
    """Make a data directory of a backup FILE.

    The directory must be empty or not there. No command takes it for a database before all is there
    and was compared with its checksum; after an interruption, run the same command again.
    """
    settings = settings_of(data=data)
    folder = Path(settings.data)

    async def work(watch: Watch) -> Contents:
        return await restore_archive(file, folder, watch)

    try:
        with Progress() as progress:
            contents = run(lambda: work(progress))
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"restored {_told(contents)} of {contents.made_at} into {folder}")
    if settings.database_url or settings.blobs_url:
        click.echo(
            "tradepost: the settings name a database or a store elsewhere: `tradepost move` brings "
            "what was restored there",
            err=True,
        )


async def _backup(settings: Settings, file: Path, watch: Watch) -> Contents:
    blobs = open_blobs(settings)
    database = await open_current(settings)
    try:
        return await make_archive(file, _copier(settings, database, watch), blobs, watch)
    finally:
        await database.close()


def _copier(
    settings: Settings, database: Database, watch: Watch
) -> Callable[[Path], Awaitable[None]]:
    """What copies the configured database into a new SQLite file."""

    async def by_pages(target: Path) -> None:
        done = 0

        def told(copied: int, total: int) -> None:
            nonlocal done
            if not done:
                watch.begins("pages of the database", total)
            watch.advances(copied - done)
            done = copied

        copy_sqlite(settings.database_path, target, told)

    async def by_rows(target: Path) -> None:
        copy = SqliteDatabase(target, Clock(), durable=False)
        try:
            await copy.migrate()
            moving = MovingIn(copy, await data_tables(copy))
            async with database.snapshot() as reader:
                tables = {table.name: table for table in await data_tables(database, reader)}
                ours = {(table.name, table.columns) for table in moving.tables}
                if ours != {(table.name, table.columns) for table in tables.values()}:
                    raise ArchiveError("the database has other tables than this program knows")
                await moving.begin(tuple(tables), anew=True)
                watch.begins("rows", sum([await count(reader, t) for t in tables.values()]))
                for table in moving.tables:
                    await moving.copy(reader, table, watch.advances)
            await moving.finish()
        finally:
            await copy.close()

    return by_pages if not settings.database_url else by_rows


def _told(contents: Contents) -> str:
    return (
        f"a database of {contents.size} bytes and {contents.blobs} files "
        f"of {contents.blob_bytes} bytes"
    )
