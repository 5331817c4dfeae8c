"""How far a long command is, told while it runs."""

import sys
import time
from types import TracebackType
from typing import Any, Final, Self

import click

_LINE_SECONDS: Final = 5.0


class Progress:
    """Tells on standard error how far it is: a bar on a terminal, else a line now and then."""

    def __init__(self) -> None:
        self._bars: Any = None
        self._task: Any = None
        self._what = ""
        self._done = self._total = 0
        self._told_at = 0.0

    def begins(self, what: str, total: int) -> None:
        self._what, self._done, self._total = what, 0, total
        if self._bars is not None:
            self._task = self._bars.add_task(what, total=total)
        self._told_at = time.monotonic()

    def advances(self, count: int) -> None:
        self._done += count
        if self._bars is not None:
            self._bars.update(self._task, completed=self._done)
        elif time.monotonic() - self._told_at > _LINE_SECONDS:
            self._told_at = time.monotonic()
            line = f"tradepost: {self._what}: {self._done:,} of {self._total:,}"
            click.echo(line, err=True)

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            # Only here: nothing but a terminal needs it, and it takes long to import.
            from rich import progress
            from rich.console import Console

            columns = (
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TimeRemainingColumn(),
            )
            self._bars = progress.Progress(*columns, console=Console(stderr=True))
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()
