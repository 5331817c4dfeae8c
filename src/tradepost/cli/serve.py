"""`tradepost serve`, the real server, and `tradepost demo`, a throw-away one."""

import contextlib
import errno
import os
import shlex
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click
import msgspec

from tradepost.app import Application, open_database
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.cli.common import data_option, run, settings_of
from tradepost.demo import data as demo_data
from tradepost.demo.load import has_demo_credentials, load
from tradepost.people import store as people
from tradepost.people.directory import DEMO_TOKENS
from tradepost.settings import Settings, environment_of

host_option = click.option("--host", help="The address to listen on [default: 127.0.0.1].")
port_option = click.option(
    "--port", type=int, help="The port to listen on; 0 takes a free one [default: 8080]."
)


@click.command()
@host_option
@port_option
@data_option
@click.option("--workers", type=int, help="How many processes answer requests [default: 1].")
def serve(host: str | None, port: int | None, data: str | None, workers: int | None) -> None:
    """Serve a database: the real server.

    A new data directory is set up at the first start.
    """
    settings = _resolved(settings_of(host=host, port=port, data=data, workers=workers))
    administered, has_demo = run(lambda: _prepare(settings))
    if has_demo and not settings.loopback:
        raise click.ClickException(
            f"the database has the public demo credentials, so it cannot be served on "
            f"{settings.host}: serve it on 127.0.0.1, or archive the demo people"
        )

    def announce(served: Settings) -> None:
        folder = Path(settings.data).resolve()
        click.echo(f"Tradepost serves {folder} at {_url(served)}")
        if not administered:
            command, data = _program(), shlex.quote(str(folder))
            click.echo(
                "There is no administrator yet. To create the first one, run\n"
                f"  {command} user add YOU@EXAMPLE.COM --admin --data {data}\n"
                f"  {command} api-token create YOU@EXAMPLE.COM --name laptop --data {data}"
            )

    _serve(settings, announce)


@click.command()
@port_option
def demo(port: int | None) -> None:
    """Serve throw-away demo data.

    On this machine alone, with fixed and public credentials, for trying things.
    """
    # From here on a signal is an ordinary end, which takes the directory away.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    folder = tempfile.mkdtemp(prefix="tradepost-demo-")
    try:
        settings = settings_of(host="127.0.0.1", port=port, data=folder, workers=1)
        with _signals_later():
            run(lambda: _load(settings))
        _serve(settings, lambda served: click.echo(_welcome(served)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _signals_later() -> Iterator[None]:
    """Let signals wait, for a moment: files that are just being written outlive a tidying up."""
    waiting = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, waiting)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, waiting)


async def _prepare(settings: Settings) -> tuple[bool, bool]:
    """Set the database up; whether it has an administrator, and whether demo credentials."""
    database = await open_database(settings)
    try:
        return await people.has_administrator(database), await has_demo_credentials(database)
    finally:
        await database.close()


async def _load(settings: Settings) -> None:
    database = await open_database(settings)
    try:
        # Throw-away data need not survive the machine's power.
        await load(database, DirectoryBlobs(settings.blobs_path, durable=False))
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


def _url(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _welcome(settings: Settings) -> str:
    url = _url(settings)
    credentials = "\n".join(f"  {email} / {token}" for email, token in DEMO_TOKENS.items())
    software_id = demo_data.ADDON_CLOUD.id
    return (
        f"Tradepost demo at {url} (throw-away data, this machine only; Ctrl+C ends it)\n"
        f"Credentials (email / API token):\n{credentials}\n"
        "Try:\n"
        f"  curl -u developer@example.com:demo-token "
        f"'{url}/rest/3/app-software/{software_id}/versions?limit=1'\n"
    )


def _serve(settings: Settings, announce: Callable[[Settings], None]) -> None:
    """Serve until a signal ends it; ends the command where the address cannot be had."""
    # Only here: no other command needs the HTTP server, and it takes long to import.
    from tradepost.http.server import UnstableError, serve_here, serve_in_workers

    settings = _bindable(settings)
    host, port = settings.host, settings.port
    announcing = threading.Thread(target=_when_listening, args=(settings, announce), daemon=True)
    if settings.workers == 1:
        announcing.start()
        application = Application(settings)
        serve_here(application, host, port, application.finish)
        return
    os.environ.update(environment_of(settings))
    try:
        serve_in_workers(
            "tradepost.app:create",
            host,
            port,
            settings.workers,
            settings.log_format,
            announcing.start,
        )
    except UnstableError:
        raise click.ClickException(
            "worker processes ended unexpectedly, one soon after the other, so the server has "
            "ended: start it again, and see its log and the system's for why"
        ) from None


def _when_listening(settings: Settings, announce: Callable[[Settings], None]) -> None:
    """Announce the server once it takes connections, so that what is announced works."""
    while True:
        try:
            socket.create_connection((settings.host, settings.port), timeout=1).close()
        except OSError:
            time.sleep(0.005)
        else:
            announce(settings)
            return


def _bindable(settings: Settings) -> Settings:
    """The settings with a port that is free now: the one asked for, or any for 0.

    Fails early and clearly: the HTTP server would share a port that another one has.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
            return msgspec.structs.replace(settings, port=probe.getsockname()[1])
        except OSError as error:
            reason = (
                "something listens there already; --port or TRADEPOST_PORT chooses another"
                if error.errno == errno.EADDRINUSE
                else (error.strerror or str(error))
            )
            raise click.ClickException(f"cannot listen at {_url(settings)}: {reason}") from None


COMMANDS: Final = (serve, demo)
