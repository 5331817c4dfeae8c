"""`tradepost demo`: a throw-away server."""

import contextlib
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator

import click

from tradepost.cli.common import run, settings_of
from tradepost.cli.serving import port_option, seed_option, serve_with, url_of
from tradepost.demo import data as demo_data
from tradepost.people.directory import DEMO_TOKENS
from tradepost.sandbox.application import demo_database
from tradepost.settings import Settings


@click.command()
@port_option
@seed_option
def demo(port: int | None, seed: str | None) -> None:
    """Serve throw-away demo data.

    On this machine alone, with fixed and public credentials, for trying things. It is a sandbox:
    `tradepost sandbox` makes it fail, jump in time, and go back.
    """
    # From here on a signal is an ordinary end, which takes the directory away.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    folder = None
    try:
        with _signals_later():
            folder = tempfile.mkdtemp(prefix="tradepost-demo-")
            settings = settings_of(
                host="127.0.0.1",
                port=port,
                data=folder,
                workers=1,
                database_url="",
                blobs_url="",
                tls_certificate="",
                tls_key="",
                sandbox=True,
                sandbox_seed=seed,
            )
            database = run(lambda: demo_database(settings))
        visitor = next(iter(DEMO_TOKENS.items()))
        serve_with(settings, lambda served: click.echo(_welcome(served)), database, visitor)
    finally:
        if folder is not None:
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


def _welcome(settings: Settings) -> str:
    url = url_of(settings)
    credentials = "\n".join(f"  {email} / {token}" for email, token in DEMO_TOKENS.items())
    software_id = demo_data.ADDON_CLOUD.id
    return (
        f"Tradepost demo at {url} (throw-away data, this machine only; Ctrl+C ends it)\n"
        f"Credentials (email / API token):\n{credentials}\n"
        "Try:\n"
        f"  curl -u developer@example.com:demo-token "
        f"'{url}/rest/3/app-software/{software_id}/versions?limit=1'\n"
        f"Or open {url}/ in a browser: one click signs in to the console.\n"
    )
