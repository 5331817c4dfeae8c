"""`tradepost sandbox`: control a sandbox, which is `tradepost demo` or `tradepost serve --sandbox`.

Sources and formats: docs/sandbox.md.
"""

import contextlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import click
import msgspec.yaml

from tradepost.cli.connection import api_token
from tradepost.cli.tables import printable
from tradepost.sandbox.faults import Kind
from tradepost.sandbox.journal import Exchange
from tradepost.sandbox.remote import Sandbox, SandboxError

_DEFAULT_URL: Final = "http://127.0.0.1:8080"
_FOLLOWS_FOR: Final = 20
"""For how many seconds one request waits for more of the journal."""
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_KINDS: Final[tuple[str, ...]] = get_args(Kind)

pass_sandbox = click.make_pass_decorator(Sandbox)


class _Duration(click.ParamType[float]):
    """A duration such as `90`, `90s`, `15m`, `2h` or `30d`, in seconds."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        found = re.fullmatch(r"(-?[0-9]{1,9}(?:\.[0-9]{1,6})?)([smhd]?)", str(value))
        if found is None:
            self.fail(f"{value} is no duration such as 90s, 15m, 2h or 30d", param, ctx)
        return float(found[1]) * _UNITS[found[2] or "s"]


@click.group()
@click.option(
    "--url",
    envvar="MARKETPLACE_URL",
    default=_DEFAULT_URL,
    help=f"Where the sandbox is [default: $MARKETPLACE_URL or {_DEFAULT_URL}].",
)
@click.option("--email", help="An administrator, for a sandbox that is not on this machine.")
@click.option(
    "--token-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file with their API token [default: $MARKETPLACE_API_TOKEN].",
)
@click.pass_context
def sandbox(ctx: click.Context, url: str, email: str | None, token_file: Path | None) -> None:
    """Control a sandbox: `tradepost demo`, or `tradepost serve --sandbox`.

    Let it fail, stop its clock, decide reviews beforehand, look at what was asked of it, and bring
    it back to where it was.
    """
    auth = None if email is None else (email, api_token(token_file))
    with _told():
        ctx.obj = Sandbox(url, auth)


@sandbox.command()
@pass_sandbox
def status(sandbox: Sandbox) -> None:
    """Show the clock, and what there is."""
    with _told():
        found = sandbox.call("GET", "")
    clock = found["clock"]
    click.echo(f"clock\t{clock['now']}{' (stopped)' if clock['stopped'] else ''}")
    click.echo(f"seed\t{printable(found['seed'])}")
    click.echo(f"faults\t{found['faults']}")
    click.echo(f"snapshots\t{' '.join(found['snapshots'])}")


@sandbox.command()
@click.argument("kind", type=click.Choice(_KINDS))
@click.option("--status", type=int, help="The status of an answer: 429, 500, 502, 503 or 504.")
@click.option("--retry-after", type=int, help="What Retry-After says, in seconds.")
@click.option(
    "--carried-out", is_flag=True, default=None, help="Carry the request out before the error."
)
@click.option("--delay", "delay_milliseconds", type=int, help="Wait so many milliseconds first.")
@click.option("--operation", help="Only for an operation, such as createAppSoftwareVersion.")
@click.option("--path", help="Only for paths such as '/rest/3/app-software/*/versions'.")
@click.option("--method", help="Only for a method.")
@click.option("--person", help="Only for requests of this email.")
@click.option("--times", type=int, help="Only for the next so many [default: all].")
@click.option("--every", type=int, help="Only for every n-th.")
@click.option("--probability", type=float, help="Only with a probability from 0 to 1.")
@click.option("--seed", type=int, help="What the probability is drawn from [default: 0].")
@pass_sandbox
def fault(sandbox: Sandbox, /, kind: str, **fields: Any) -> None:
    """Let requests fail: all that the options leave, until faults are cleared."""
    with _told():
        _show_fault(sandbox.fault(kind, **fields))


@sandbox.command()
@click.option("--clear", is_flag=True, help="Let nothing fail any more.")
@pass_sandbox
def faults(sandbox: Sandbox, clear: bool) -> None:
    """List the faults, with how many requests each has struck."""
    with _told():
        if clear:
            sandbox.clear_faults()
        for found in sandbox.faults():
            _show_fault(found)


@sandbox.command()
@click.option("--set", "at", metavar="TIME", help="Set it, to a time such as 2026-01-31T12:00:00Z.")
@click.option("--advance", type=_Duration(), help="Set it on by 90s, 15m, 2h or 30d.")
@click.option("--stop/--go", "stopped", default=None, help="Stop it, or let it go on.")
@pass_sandbox
def clock(sandbox: Sandbox, at: str | None, advance: float | None, stopped: bool | None) -> None:
    """Show the clock, or change it: set, then advance, then stop or go."""
    asked = {"at": at, "advanceSeconds": advance, "stopped": stopped}
    sent = {name: value for name, value in asked.items() if value is not None}
    with _told():
        found = sandbox.call("POST", "/clock", sent) if sent else sandbox.call("GET", "/clock")
    click.echo(f"{found['now']}{' (stopped)' if found['stopped'] else ''}")


@sandbox.command()
@click.argument("decision", type=click.Choice(["approve", "reject", "leave"]))
@click.option("--reason", help="Why it is rejected.")
@click.option("--after", "after_seconds", type=_Duration(), help="Decide so long after.")
@click.option("--times", type=int, help="For the next so many submissions [default: 1].")
@pass_sandbox
def review(sandbox: Sandbox, /, decision: str, **fields: Any) -> None:
    """Decide beforehand on the next versions that are submitted."""
    with _told():
        sandbox.review(decision, **fields)


@sandbox.command()
@click.option("--clear", is_flag=True, help="Decide on nothing any more.")
@pass_sandbox
def reviews(sandbox: Sandbox, clear: bool) -> None:
    """List the decisions to come, and those that wait for their time."""
    with _told():
        found = sandbox.call("DELETE" if clear else "GET", "/reviews")
    for entry in found["reviews"]:
        after = entry.get("afterSeconds", 0)
        click.echo(f"next\t{entry['decision']}\t{entry.get('times', 1)} times\tafter {after:g} s")
    for entry in found["due"]:
        version = f"{entry['appSoftwareId']} {entry['buildNumber']}"
        click.echo(f"{entry['at']}\t{entry['decision']}\t{version}")


@sandbox.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with what is asked from now on.")
@click.option("--operation", help="Only requests to an operation.")
@click.option("--person", help="Only requests of this email.")
@click.option("--status", type=int, help="Only answers with this status.")
@click.option(
    "--har",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an HTTP Archive to this file instead.",
)
@click.option("--clear", is_flag=True, help="Forget what was asked so far.")
@pass_sandbox
def journal(
    sandbox: Sandbox, /, follow: bool, har: Path | None, clear: bool, **filters: Any
) -> None:
    """Show what was asked and answered, a line each; secrets are masked."""
    with _told():
        if har is not None:
            sent = {**filters, "format": "har"}
            archive = msgspec.json.format(sandbox.call_raw("GET", "/journal", **sent))
            try:
                har.write_bytes(archive)
            except OSError as bad:
                raise click.ClickException(f"{har} cannot be written: {bad.strerror}") from None
            return
        if clear:
            sandbox.call("DELETE", "/journal")
        after = 0
        for exchange in sandbox.journal(**filters):
            _show_exchange(exchange)
            after = exchange.seq
        while follow:
            for exchange in sandbox.journal(**filters, after=after, wait=_FOLLOWS_FOR):
                _show_exchange(exchange)
                after = exchange.seq


@sandbox.command()
@click.argument("snapshot", default="start")
@pass_sandbox
def reset(sandbox: Sandbox, snapshot: str) -> None:
    """Bring everything back to a snapshot, or to how it was at the start."""
    with _told():
        sandbox.reset(snapshot)


@sandbox.command()
@click.argument("name")
@click.option("--delete", is_flag=True, help="Forget the snapshot of that name instead.")
@pass_sandbox
def snapshot(sandbox: Sandbox, name: str, delete: bool) -> None:
    """Keep how everything is under a name, for `reset`."""
    with _told():
        if delete:
            sandbox.delete_snapshot(name)
        else:
            sandbox.snapshot(name)


@sandbox.command()
@click.argument("file", type=click.File("rb"))
@pass_sandbox
def load(sandbox: Sandbox, file: Any) -> None:
    """Replace people, developer spaces, apps or parent software by those of a JSON or YAML file.

    What the file has no part for stays. `-` reads JSON from standard input.
    """
    document = file.read()
    if file.name.endswith((".yaml", ".yml")):
        try:
            document = msgspec.yaml.decode(document)
        except msgspec.DecodeError as bad:
            raise click.ClickException(f"{file.name} is no YAML: {bad}") from None
    if not document:
        raise click.ClickException(f"{file.name} is empty: docs/sandbox.md shows a document")
    with _told():
        sandbox.load(document)


@sandbox.command()
@click.argument("file", type=click.File("wb"), default="-")
@pass_sandbox
def state(sandbox: Sandbox, file: Any) -> None:
    """Write everything that there is to a JSON file, for `load`."""
    with _told():
        file.write(msgspec.json.format(sandbox.call_raw("GET", "/state")) + b"\n")


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """End the command with one sentence where the work inside fails."""
    try:
        yield
    except SandboxError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        sys.exit(130)


def _show_fault(found: dict[str, Any]) -> None:
    shown = dict(found)
    first = (shown.pop("id"), shown.pop("fault"), f"struck {shown.pop('struck')}")
    rest = [f"{name}={printable(value)}" for name, value in shown.items()]
    click.echo("\t".join([*first, *rest]))


def _show_exchange(exchange: Exchange) -> None:
    query = f"?{exchange.query}" if exchange.query else ""
    line = [
        exchange.time,
        str(exchange.status),
        f"{exchange.milliseconds:.1f} ms",
        exchange.method,
        printable(f"{exchange.path}{query}"),
        exchange.operation or "-",
        printable(exchange.person),
    ]
    if exchange.fault is not None:
        line.append(f"fault {exchange.fault}{'' if exchange.delivered else ', not delivered'}")
    click.echo("\t".join(line))
