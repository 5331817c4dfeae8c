"""What all parts of the proof share: where things are, and what they found."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class ProofError(Exception):
    """Something does not hold; the text says what."""


class Row(NamedTuple):
    """A line of the table: what was tried, how much of it, what came of it, and in how long."""

    what: str
    amount: str
    result: str
    seconds: float


def say(text: str) -> None:
    """Tell how far it is, on standard error."""
    print(text, file=sys.stderr, flush=True)


def require(holds: object, what: str) -> None:
    """Raise unless something holds."""
    if not holds:
        raise ProofError(what)


def environment(**values: str) -> dict[str, str]:
    """Our environment without settings of Tradepost, and with these values."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TRADEPOST_")}
    return {**kept, **values}


def tradepost(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run a command on a data directory."""
    return subprocess.run(
        [sys.executable, "-m", "tradepost", *arguments],
        env=environment(TRADEPOST_DATA=str(data)),
        capture_output=True,
        text=True,
        check=False,
    )


def checked(data: Path) -> None:
    """Raise unless `tradepost check` finds nothing wrong."""
    done = tradepost("check", data=data)
    require(done.returncode == 0, f"tradepost check: {done.stdout}{done.stderr}")
