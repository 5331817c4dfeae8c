"""Commands that bring data into a database: a catalogue, the demo data."""

from pathlib import Path

import click

from tradepost.app import connect_database, open_blobs, open_database
from tradepost.app import migrate as migrate_database
from tradepost.cli.common import data_option, run, settings_of
from tradepost.clock import Clock
from tradepost.database import Transaction
from tradepost.demo.load import NotEmptyError, load
from tradepost.http.bodies import encode
from tradepost.http.writing import Change
from tradepost.parent_software import catalogue as catalogues
from tradepost.trust.writing import record_command


@click.group()
def catalogue() -> None:
    """The catalogue of parent software."""


@catalogue.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def catalogue_import(file: Path, data: str | None) -> None:
    """Merge a catalogue file into the database.

    What is new is added, what differs is replaced, what the file leaves out stays.
    """
    settings = settings_of(data=data)
    try:
        sent = catalogues.parse(file.read_bytes())
    except (catalogues.CatalogueError, OSError) as error:
        raise click.ClickException(f"{file}: {error}") from None

    async def merge(transaction: Transaction) -> catalogues.Imported:
        imported = await catalogues.merge(transaction, sent)
        change = Change("catalogue", "parent-software", None, None, encode(imported))
        await record_command(transaction, Clock(), "importCatalogue", change)
        return imported

    async def work() -> catalogues.Imported:
        database = await open_database(settings)
        try:
            return await database.write(merge)
        finally:
            await database.close()

    try:
        imported = run(work)
    except catalogues.CatalogueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{imported.added} added, {imported.changed} changed")


@click.command("migrate")
@data_option
def migrate(data: str | None) -> None:
    """Bring the database's schema up to date, or set a new one up.

    Servers of the version before may go on meanwhile. On SQLite, `serve` does it by itself.
    """
    settings = settings_of(data=data)

    async def work() -> list[str]:
        database = connect_database(settings)
        try:
            return await migrate_database(database)
        finally:
            await database.close()

    done = run(work)
    click.echo(f"migrated: {', '.join(done)}" if done else "the schema is up to date")


@click.command("load-demo")
@data_option
def load_demo(data: str | None) -> None:
    """Put the demo data into an empty database."""
    settings = settings_of(data=data)

    async def note(transaction: Transaction) -> None:
        change = Change("demo", "demo", None, None, None)
        await record_command(transaction, Clock(), "loadDemo", change)

    async def work() -> None:
        database = await open_database(settings)
        try:
            await load(database, open_blobs(settings), note)
        finally:
            await database.close()

    try:
        run(work)
    except NotEmptyError:
        raise click.ClickException(
            "the database has people or developer spaces already: demo data is for an empty one"
        ) from None
    click.echo("demo data loaded; its credentials are public, so serve answers on loopback alone")
