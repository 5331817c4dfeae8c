"""`tradepost move`: everything, from one engine and blob store to another."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import click

from tradepost.app import open_blobs
from tradepost.blobs import BlobError, Blobs
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.cli.common import named, run, settings_of
from tradepost.cli.moving import Moved, Place, move_files
from tradepost.cli.moving import move as move_all
from tradepost.cli.progress import Progress
from tradepost.cli.tables import show_table
from tradepost.database import UncertainError
from tradepost.database.transfer import MoveError
from tradepost.settings import Settings

_POSTGRESQL: Final = ("postgresql", "postgres")


@click.command()
@click.option("--from", "source", required=True, metavar="PLACE", help="Where the data is.")
@click.option("--to", "target", required=True, metavar="PLACE", help="Where it is to be.")
@click.option("--from-blobs", metavar="STORE", help="Where the files are [default: see above].")
@click.option("--to-blobs", metavar="STORE", help="Where they are to be [default: see above].")
@click.option("--anew", is_flag=True, help="Remove what an interrupted move has moved, and begin.")
def move(
    source: str, target: str, from_blobs: str | None, to_blobs: str | None, anew: bool
) -> None:
    """Copy everything to another database and store of files.

    A PLACE is a data directory (or file:///DIR), which is its SQLite database and the files in
    its blobs directory, or a postgresql:// URL, whose files are in the STORE that the settings
    name, TRADEPOST_DATA/blobs by default. A STORE is a directory or a URL such as
    s3://BUCKET/PREFIX.

    Neither may be served meanwhile. The target must be empty; it cannot be served until all is
    there and was checked. After an interruption, the same command goes on where it stopped. The
    same PLACE twice, with another store as --to-blobs, copies files alone. docs/moving.md explains
    it.
    """
    places = _place(source, from_blobs), _place(target, to_blobs)
    files_alone = places[0].name == places[1].name
    if files_alone and to_blobs in (None, from_blobs):
        raise click.UsageError(
            "--from and --to are the same place; with another store as --to-blobs, files alone go"
        )
    if not places[0].settings.database_url and not places[0].settings.database_path.exists():
        raise click.ClickException(f"there is no database in {places[0].name}")
    try:
        with Progress() as progress:
            if files_alone:
                moved = run(lambda: move_files(*places, progress))
            else:
                moved = run(lambda: move_all(*places, progress, anew=anew))
    except MoveError as error:
        raise click.ClickException(str(error)) from None
    except UncertainError as error:
        raise click.ClickException(f"{error}: run the same command again") from None
    _show(moved)


def _place(text: str, store: str | None) -> Place:
    """The place that an option names; the rest is as in the settings of the environment."""
    url = urlsplit(text)
    if url.scheme in _POSTGRESQL:
        name = named(text)
        settings = settings_of(database_url=text)
    else:
        folder = _folder(text)
        name = str(folder.resolve())
        settings = settings_of(data=str(folder), database_url="", blobs_url="")
    return Place(name, settings, _store(settings, store))


def _store(settings: Settings, text: str | None) -> Blobs:
    if text is not None and ("://" not in text or text.startswith("file:")):
        return DirectoryBlobs(_folder(text))
    try:
        return open_blobs(settings if text is None else settings_of(blobs_url=text))
    except BlobError as error:
        raise click.ClickException(str(error)) from None


def _folder(text: str) -> Path:
    url = urlsplit(text)
    if url.scheme == "file" and url.netloc in ("", "localhost") and url.path.startswith("/"):
        return Path(unquote(url.path))
    if not text or "://" in text or url.scheme == "file":
        raise click.UsageError(f"{text!r} is neither a directory nor a URL of a kind that is known")
    return Path(text)


def _show(moved: Moved) -> None:
    rows: list[tuple[Any, ...]] = [
        (name, found.rows, found.checksum) for name, found in sorted(moved.tables.items())
    ]
    show_table(("Table", "Rows", "Checksum"), rows)
    total = sum(found.rows for found in moved.tables.values())
    click.echo(
        f"moved {total} rows in {len(rows)} tables and {moved.blobs} files of {moved.bytes} bytes; "
        "all are as they were"
    )
