"""How `tradepost serve` and `tradepost demo` serve: a free port, an announcement, and an end."""

import errno
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from tradepost.app import Application
from tradepost.database import Database
from tradepost.http.server import UnstableError, Wire, serve_here, serve_in_workers
from tradepost.settings import Settings, hand_on

port_option = click.option(
    "--port", type=int, help="The port to listen on; 0 takes a free one [default: 8080]."
)

seed_option = click.option(
    "--seed",
    metavar="TEXT",
    help="Draw the ids and tokens of a sandbox from this, and let its clock stand.",
)


def url_of(settings: Settings) -> str:
    """Where the server of some settings is reached."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    scheme = "https" if settings.tls_certificate else "http"
    return f"{scheme}://{host}:{settings.port}"


def serve_with(
    settings: Settings,
    announce: Callable[[Settings], None],
    database: Database | None = None,
    visitor: tuple[str, str] | None = None,
) -> None:
    """Serve until a signal ends it; ends the command where the address cannot be had.

    One process may be given a database that is open; else the configured one is opened. It may be
    given the email and API token of a `visitor` too, for one click at the console.
    """
    settings = _bindable(settings)
    wire = _wire(settings)
    announcing = threading.Thread(target=_when_listening, args=(settings, announce), daemon=True)
    if settings.workers == 1:
        announcing.start()
        application = _application(settings, database, visitor)
        serve_here(application, wire, application.finish)
        return
    hand_on(settings)
    try:
        serve_in_workers(
            "tradepost.app:create",
            wire,
            settings.workers,
            settings.log_format,
            announcing.start,
        )
    except UnstableError:
        raise click.ClickException(
            "worker processes ended unexpectedly, one soon after the other, so the server has "
            "ended: start it again, and see its log and the system's for why"
        ) from None


def _wire(settings: Settings) -> Wire:
    """How to listen; ends the command where the certificate or its key is none."""
    certificate, key = settings.tls_certificate, settings.tls_key
    if not certificate and not key:
        files: tuple[Path, ...] = ()
    elif certificate and key:
        files = (Path(certificate), Path(key))
        for name, path in zip(("CERTIFICATE", "KEY"), files, strict=True):
            try:
                path.open("rb").close()
            except OSError as error:
                raise click.ClickException(
                    f"TRADEPOST_TLS_{name}: {path} cannot be read: {error.strerror}"
                ) from None
        try:
            # A key with a password would be asked for at the terminal.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*files, password=lambda: "")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or error
            raise click.ClickException(
                f"TRADEPOST_TLS_CERTIFICATE and TRADEPOST_TLS_KEY cannot be used: {reason}"
            ) from None
    else:
        raise click.ClickException(
            "TRADEPOST_TLS_CERTIFICATE and TRADEPOST_TLS_KEY must both be set, or neither"
        )
    return Wire(
        settings.host, settings.port, settings.header_seconds, settings.header_bytes, *files
    )


def _application(
    settings: Settings, database: Database | None, visitor: tuple[str, str] | None
) -> Application:
    if not settings.sandbox:
        return Application(settings, database, visitor=visitor)
    from tradepost.sandbox.application import SandboxApplication  # which others never need

    return SandboxApplication(settings, database, visitor=visitor)


def check_sandbox(settings: Settings) -> None:
    """End the command where a sandbox is asked for and there can be none."""
    if not settings.sandbox:
        return
    if settings.workers > 1:
        raise click.ClickException("a sandbox has one worker: what it is told is in its memory")
    if settings.database_url:
        raise click.ClickException("a sandbox keeps its data in a file: leave the database URL out")


def _when_listening(settings: Settings, announce: Callable[[Settings], None]) -> None:
    """Announce the server once it takes connections, so that what is announced works."""
    while True:
        with socket.socket(_family(settings)) as probe:
            probe.settimeout(1)
            if probe.connect_ex((settings.host, settings.port)) == 0:
                break
        time.sleep(0.005)
    announce(settings)


def _bindable(settings: Settings) -> Settings:
    """The settings with a port that is free now: the one asked for, or any for 0.

    Fails early and clearly: the HTTP server would share a port that another one has.
    """
    with socket.socket(_family(settings)) as probe:
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
            raise click.ClickException(f"cannot listen at {url_of(settings)}: {reason}") from None


def _family(settings: Settings) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in settings.host else socket.AF_INET
