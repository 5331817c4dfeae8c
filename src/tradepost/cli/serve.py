"""`tradepost serve`: the real server."""

import shlex
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from tradepost.app import open_blobs, open_database
from tradepost.cli.common import data_option, named, run, settings_of
from tradepost.cli.serving import check_sandbox, port_option, seed_option, serve_with, url_of
from tradepost.demo.credentials import has_demo_credentials
from tradepost.people import store as people
from tradepost.settings import Settings

host_option = click.option("--host", help="The address to listen on [default: 127.0.0.1].")


@click.command()
@host_option
@port_option
@data_option
@click.option("--workers", type=int, help="How many processes answer requests [default: 1].")
@click.option("--sandbox", is_flag=True, default=None, help="Let it be controlled by tests.")
@seed_option
def serve(sandbox: bool | None, seed: str | None, **flags: Any) -> None:
    """Serve a database: the real server.

    A new data directory is set up at the first start.
    """
    settings = _resolved(settings_of(sandbox=sandbox, sandbox_seed=seed, **flags))
    check_sandbox(settings)
    administered, has_demo = run(lambda: _prepare(settings))
    if has_demo and not settings.loopback:
        raise click.ClickException(
            f"the database has the public demo credentials, so it cannot be served on "
            f"{settings.host}: serve it on 127.0.0.1, or archive the demo people"
        )

    def announce(served: Settings) -> None:
        folder = Path(settings.data).resolve()
        where = named(settings.database_url) if settings.database_url else folder
        click.echo(f"Tradepost serves {where} at {url_of(served)}")
        if not administered:
            command, data = _program(), f" --data {shlex.quote(str(folder))}"
            condition = ""
            if settings.database_url:
                data, condition = "", " where TRADEPOST_DATABASE_URL is set as here"
            click.echo(
                f"There is no administrator yet. To create the first one, run{condition}\n"
                f"  {command} user add YOU@EXAMPLE.COM --admin{data}\n"
                f"  {command} api-token create YOU@EXAMPLE.COM --name laptop{data}"
            )

    serve_with(settings, announce)


async def _prepare(settings: Settings) -> tuple[bool, bool]:
    """Set the database up; whether it has an administrator, and whether demo credentials."""
    if settings.workers == 1:
        # Else the first upload would tell of a wrong setting. Not where workers are forked off this
        # process: the library's threads would not be there in them.
        await open_blobs(settings).check()
    database = await open_database(settings)
    try:
        await people.check_secrets(database)  # here, for a worker could only tell its log
        return await people.has_administrator(database), await has_demo_credentials(database)
    finally:
        await database.close()


def _resolved(settings: Settings) -> Settings:
    """The settings with an address for a host's name, because the HTTP server takes no names."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise click.ClickException(f"there is no host {settings.host}") from None
    return msgspec.structs.replace(settings, host=found[0][4][0])


def _program() -> str:
    """How this command can be called again, by somebody in another directory."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m tradepost"
    return called.name if shutil.which(called.name) else shlex.quote(str(called.resolve()))
