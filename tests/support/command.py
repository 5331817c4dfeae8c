"""The `tradepost` command, run as a user runs it: in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Result(NamedTuple):
    """What a command left: its exit status, standard output, and standard error."""

    status: int
    output: str
    errors: str

    @property
    def lines(self) -> list[list[str]]:
        """The output as rows of columns."""
        return [line.split("\t") for line in self.output.splitlines()]


def tradepost(
    *arguments: object,
    data: Path | None = None,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    sent: str = "",
) -> Result:
    """Run `tradepost` with a data directory, in a folder, with settings, with standard input."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("TRADEPOST_")}
    chosen = {} if data is None else {"TRADEPOST_DATA": str(data)}
    done = subprocess.run(
        [sys.executable, "-m", "tradepost", *map(str, arguments)],
        input=sent,
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
        cwd=folder,
        env={**inherited, **chosen, **(environment or {})},
    )
    return Result(done.returncode, done.stdout, done.stderr)


SET_UP = "tradepost: set up a new database in "
"""What the first command on a directory tells, besides what it does."""


def succeed(*arguments: object, data: Path | None = None, sent: str = "") -> Result:
    """Run a command that must succeed and complain of nothing."""
    result = tradepost(*arguments, data=data, sent=sent)
    told = [line for line in result.errors.splitlines() if SET_UP not in line]
    assert (result.status, told) == (0, []), result
    return result


def assert_one_sentence(result: Result, *words: str) -> None:
    """The command failed as promised: a status, and one sentence that has these words in it."""
    assert result.status > 0, result
    assert result.output == "", result
    assert result.errors.startswith("tradepost: "), result
    assert result.errors.endswith("\n"), result
    assert len(result.errors.splitlines()) == 1, result
    assert "Traceback" not in result.errors
    for word in words:
        assert word in result.errors, result
