"""`tradepost release`: what release scripts do."""

import sys
import textwrap
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import click

from tradepost.cli.connection import (
    EXIT_CODES,
    REFUSED,
    connect,
    connection_options,
    end,
    told_failures,
)
from tradepost.cli.tables import json_option, json_text, printable, show_fields, show_json

# Both import the client, which takes long, and the server starts without it.
if TYPE_CHECKING:
    from tradepost.client import Client, TradepostError
    from tradepost.release.model import Plan, Released, Step, Wanted
    from tradepost.release.rehearsal import Rehearsed

_OUTCOMES: Final = {"active": "published", "submitted": "waits for review"}
_DONE: Final = {
    "store-artifact": "stored the artifact",
    "create-version": "created the version",
    "create-listing": "created the listing",
    "publish-listing": "published the listing",
}


@click.command(epilog=EXIT_CODES)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default="tradepost.toml")
@click.option("--version-number", help="The version to release [default: what FILE says].")
@click.option("--dry-run", is_flag=True, help="Show the requests, check them, and write nothing.")
@json_option
@connection_options
def release(
    file: Path,
    version_number: str | None,
    dry_run: bool,
    as_json: bool,
    url: str | None,
    email: str | None,
    token_file: Path | None,
) -> None:
    """Release a version of an app, as FILE says [default: tradepost.toml].

    Uploads the artifact, creates the version and publishes its listing. Run again after whatever
    failure, it goes on from what the server shows, and does nothing twice. docs/release.md
    explains the file.
    """
    with told_failures():
        from tradepost.release.wanted import read

        wanted, url_in_file = read(file, version_number)
        with connect(url or url_in_file, email, token_file) as client:
            if dry_run:
                _rehearse(client, wanted, as_json)
            else:
                _release(client, wanted, as_json)


def _release(client: "Client", wanted: "Wanted", as_json: bool) -> None:
    from tradepost.release.run import release as run

    with _Watch() as watch:
        result = run(client, wanted, watch)
    outcome = _OUTCOMES.get(result.version.state, result.version.state)
    links = _links(client.base_url, result)
    if as_json:
        show_json({"outcome": outcome, **_document(result), "links": links})
        return
    show_fields(
        {
            "Outcome": outcome,
            "Version": f"{wanted.number} (build {result.version.build_number})",
            "Listing": None if result.listing is None else result.listing.state,
            "Artifact": _artifact(result),
            "Done": ", ".join(_DONE[name] for name in result.done) or "nothing to do",
            **{f"{name.capitalize()} link": link for name, link in links.items()},
        }
    )


def _document(result: "Released") -> dict[str, Any]:
    """A result as JSON, in the wire's names."""
    version, listing, artifact = result.version, result.listing, result.artifact
    return {
        "appSoftwareId": result.software_id,
        "versionNumber": version.version_number,
        "buildNumber": version.build_number,
        "state": version.state,
        "listingState": None if listing is None else listing.state,
        "artifact": None if artifact is None else artifact.file_info,
        "done": result.done,
    }


def _links(base_url: str, result: "Released") -> dict[str, str]:
    where = f"{base_url}/rest/3/app-software/{result.software_id}"
    version = f"{where}/versions/{result.version.build_number}"
    links = {"version": version}
    if result.listing is not None:
        links["listing"] = f"{version}/listing"
    if result.artifact is not None:
        path = result.artifact.links.binary.href.partition("/rest/3/")[2]
        links["artifact"] = f"{base_url}/rest/3/{path}"
    return links


def _artifact(result: "Released") -> str | None:
    if result.artifact is None:
        return None
    file = result.artifact.file_info
    return f"{file.logical_file_name}, {file.size:,} bytes, {file.checksum[:23]}…"


def _rehearse(client: "Client", wanted: "Wanted", as_json: bool) -> None:
    from tradepost.release.look import look
    from tradepost.release.plan import plan
    from tradepost.release.rehearsal import rehearse

    planned = plan(wanted, look(client, wanted))
    steps = rehearse(client, planned)
    if as_json:
        checked = client.server_version is not None
        show_json({"dryRun": True, "validated": checked, **_planned(wanted, planned, steps)})
    else:
        _show_rehearsal(client, wanted, steps)
    problems = [problem for step in steps for problem in step.problems]
    if problems:
        end(REFUSED, "the server would refuse this", problems)


def _planned(wanted: "Wanted", planned: "Plan", steps: "list[Rehearsed]") -> dict[str, Any]:
    version = planned.version
    return {
        "appSoftwareId": planned.software_id,
        "versionNumber": wanted.number,
        "state": None if version is None else version.state,
        "steps": steps,
    }


def _show_rehearsal(client: "Client", wanted: "Wanted", steps: "list[Rehearsed]") -> None:
    if not steps:
        click.echo(f"Nothing to do: version {printable(wanted.number)} is there as the file asks.")
        return
    which = f"{wanted.app_key} {wanted.number} ({wanted.hosting})"
    click.echo(f"To release {printable(which)} to {printable(client.base_url)}:")
    for number, step in enumerate(steps, 1):
        verdict = f"{step.verdict}: {step.detail}" if step.detail else step.verdict
        click.echo(f"\n{number}. {printable(f'{step.method} {step.path}')}\n   {verdict}")
        click.echo(textwrap.indent(json_text(step.body), "   "))
    click.echo("\nNothing was written.")


class _Watch:
    """Tells on standard error what happens; uploads have a bar where that is a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def begins(self, step: "Step") -> None:
        self._end_bar()
        click.echo(f"tradepost: {printable(_begun(step))}", err=True)

    def sends(self, sent: int, size: int) -> None:
        if self._bar is None:
            if not sys.stderr.isatty():
                return
            # Only here: nothing but a terminal needs it, and it takes long to import.
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

            columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True))
            self._bar.start()
            self._task = self._bar.add_task("", total=size)
        self._bar.update(self._task, completed=sent, total=size)

    def looks_again(self, failure: "TradepostError") -> None:
        self._end_bar()
        click.echo(f"tradepost: {printable(failure)}; looking what is there", err=True)

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end_bar()


def _begun(step: "Step") -> str:
    from tradepost.release.model import LocalArtifact, StoreArtifact

    if isinstance(step, StoreArtifact):
        artifact = step.artifact
        if isinstance(artifact, LocalArtifact):
            return f"uploading {artifact.path.name} ({artifact.size:,} bytes)"
        return f"letting the server fetch {artifact.url}"
    words = {
        "create-version": "creating the version",
        "create-listing": "creating its listing",
        "publish-listing": "publishing its listing",
    }
    return words[step.name]
