"""Commands that ask a server over HTTP for what apps declare: privacy records, migration records.

Both are documents, so they are shown as JSON, and taken as it: what `show` prints, `set` takes.
"""

from pathlib import Path
from typing import IO, Any

import click
import msgspec

from tradepost.cli.connection import EXIT_CODES, connect, connection_options, told_failures
from tradepost.cli.tables import show_json

_check = click.option("--check", is_flag=True, help="Only tell whether it would be taken.")
_file = click.argument("file", type=click.File("rb"))


@click.group()
def privacy() -> None:
    """What apps declare about privacy and security. Over HTTP, as JSON."""


@privacy.command("show", epilog=EXIT_CODES)
@click.argument("product_id")
@click.option("--draft", is_flag=True, help="The draft, which members see, not what is live.")
@connection_options
def privacy_show(
    product_id: str, draft: bool, url: str | None, email: str | None, token_file: Path | None
) -> None:
    """Show the record of an app: what is live, or the draft."""
    with told_failures(), connect(url, email, token_file) as client:
        show_json(client.get_privacy_and_security(product_id, state="draft" if draft else "live"))


@privacy.command("set", epilog=EXIT_CODES)
@click.argument("product_id")
@_file
@_check
@connection_options
def privacy_set(
    product_id: str,
    file: IO[bytes],
    check: bool,
    url: str | None,
    email: str | None,
    token_file: Path | None,
) -> None:
    """Replace the draft of an app by a JSON file, or - for standard input; what it is then."""
    body = _object(file)
    with told_failures(), connect(url, email, token_file) as client:
        show_json(client.update_privacy_and_security(product_id, body, validate_only=check))


@privacy.command("publish", epilog=EXIT_CODES)
@click.argument("product_id")
@_check
@connection_options
def privacy_publish(
    product_id: str, check: bool, url: str | None, email: str | None, token_file: Path | None
) -> None:
    """Publish the draft of an app; what is live then."""
    with told_failures(), connect(url, email, token_file) as client:
        show_json(client.publish_privacy_and_security(product_id, validate_only=check))


@privacy.command("drop", epilog=EXIT_CODES)
@click.argument("product_id")
@connection_options
def privacy_drop(
    product_id: str, url: str | None, email: str | None, token_file: Path | None
) -> None:
    """Drop the draft of an app; what is live stays."""
    with told_failures(), connect(url, email, token_file) as client:
        client.delete_privacy_and_security(product_id)


@click.group()
def migration() -> None:
    """How customers of an app get to the cloud. Over HTTP, as JSON."""


@migration.command("show", epilog=EXIT_CODES)
@click.argument("product_id")
@connection_options
def migration_show(
    product_id: str, url: str | None, email: str | None, token_file: Path | None
) -> None:
    """Show the migration record of an app."""
    with told_failures(), connect(url, email, token_file) as client:
        show_json(client.get_product_migration(product_id))


@migration.command("set", epilog=EXIT_CODES)
@click.argument("product_id")
@_file
@_check
@connection_options
def migration_set(
    product_id: str,
    file: IO[bytes],
    check: bool,
    url: str | None,
    email: str | None,
    token_file: Path | None,
) -> None:
    """Replace the record of an app by a JSON file, or - for standard input; what it is then."""
    body = _object(file)
    with told_failures(), connect(url, email, token_file) as client:
        show_json(client.update_product_migration(product_id, body, validate_only=check))


@migration.command("change", epilog=EXIT_CODES)
@click.argument("product_id")
@click.option(
    "--set",
    "given",
    type=(str, str),
    multiple=True,
    metavar="FIELD VALUE",
    help="Give a field a value; lists are JSON.",
)
@click.option("--remove", "removed", multiple=True, metavar="FIELD", help="Take a field away.")
@_check
@connection_options
def migration_change(
    product_id: str,
    given: tuple[tuple[str, str], ...],
    removed: tuple[str, ...],
    check: bool,
    url: str | None,
    email: str | None,
    token_file: Path | None,
) -> None:
    """Change fields of the record of an app: all that is asked, or nothing; what it is then."""
    steps: list[dict[str, Any]] = [
        *({"op": "add", "path": f"/{name}", "value": value} for name, value in given),
        *({"op": "remove", "path": f"/{name}"} for name in removed),
    ]
    if not steps:
        raise click.UsageError("nothing to change: give --set or --remove")
    with told_failures(), connect(url, email, token_file) as client:
        show_json(client.patch_product_migration(product_id, steps, validate_only=check))


def _object(file: IO[bytes]) -> dict[str, Any]:
    """The JSON object in a file; ends the command where there is none."""
    try:
        return msgspec.json.decode(file.read(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as bad:
        raise click.UsageError(f"{file.name} is no JSON object: {bad}") from None
