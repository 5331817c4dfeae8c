"""Results as people and programs read them: tables on a terminal, lines elsewhere, or JSON."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
import msgspec

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def show_json(value: Any) -> None:
    """Print a value as one JSON document."""
    click.echo(json_text(value))


def json_text(value: Any) -> str:
    """A value as JSON over several lines, with escapes for whatever could steer a terminal."""
    import json  # only here: a server starts without it

    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    # Outside strings JSON has nothing to escape, so each character can be looked at alone.
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def show_table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows: below their titles on a terminal, elsewhere as lines with tabs between cells."""
    texts = [[printable(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in texts:
            click.echo("\t".join(row))
        return
    # Only here: nothing but a terminal needs it, and it takes long to import.
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*titles, box=box.SIMPLE_HEAD)
    table.columns[0].no_wrap = True  # it is what other commands are given
    for row in texts:
        table.add_row(*map(Text, row))
    # As wide as it needs: a terminal breaks lines, but what is cut off nobody can copy.
    console = Console()
    wanted = console.measure(table, options=console.options.update(max_width=10_000)).maximum
    Console(width=max(console.width, wanted)).print(table)


def show_fields(fields: Mapping[str, Any]) -> None:
    """Print names and values, a line each: aligned on a terminal, elsewhere with a tab between."""
    aligned = sys.stdout.isatty()
    width = max(map(len, fields)) + 2
    for name, value in fields.items():
        click.echo((name.ljust(width) if aligned else f"{name}\t") + printable(value))


def printable(value: Any) -> str:
    """A value as text in which nothing can break a line or steer a terminal."""
    if value is None or value is msgspec.UNSET:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return "".join(c if c.isprintable() else "?" for c in text)
