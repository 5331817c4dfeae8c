"""`make proof`: what may go wrong is made to go wrong, and what came of it is a table.

Parts are kills, disk, soak, backup and fuzz. `--quick` is the form that CI runs; `--write` puts the
table into docs/proof.md.
"""

import argparse
import asyncio
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

# The tests' support and the benchmark's data and loads are used as they are.
_ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(_ROOT), str(_ROOT / "bench")]

import data
import shared
from backups import backups, with_files
from disk import full_disk
from fuzz import fuzz
from kills import kills
from shared import Row
from soak import soak

PARTS = ("kills", "disk", "soak", "backup", "fuzz")
_DOCUMENT = shared.ROOT / "docs" / "proof.md"
_MARK = "<!-- made by proof/run.py -->\n"


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began, load, begun = datetime.now(UTC), os.getloadavg()[0], time.monotonic()
    rows: list[Row] = []
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tradepost-proof-") as name:
        folder = Path(name)
        try:
            for part, work in _works(options, folder):
                shared.say(f"proof: {part}")
                rows += work()
        except shared.ProofError as error:
            shared.say(f"proof: {error}")
            failed = 1
    table = _table(rows)
    print(table)
    print(f"{len(rows)} passed, {failed} failed")
    if failed:
        sys.exit(1)
    if options.write:
        text = _DOCUMENT.read_text("utf-8").partition(_MARK)[0]
        command = " ".join(["python proof/run.py", *sys.argv[1:]])
        about = (
            f"Made by `{command}`, begun {began:%Y-%m-%d %H:%M} UTC, in "
            f"{(time.monotonic() - begun) / 60:.0f} minutes, on {os.cpu_count()} cores "
            f"({platform.machine()}, Linux {platform.release().partition('-')[0]}, Python "
            f"{platform.python_version()}) with a load average of {load:.1f} before it (others' "
            "work).\n"
        )
        _DOCUMENT.write_text(f"{text}{_MARK}{about}\n{table}", encoding="utf-8")


def _works(options: argparse.Namespace, folder: Path) -> list[tuple[str, Callable[[], list[Row]]]]:
    quick = options.quick
    pristine = folder / "pristine"

    def built() -> Path:
        if not pristine.exists():
            shared.say("proof: building 100,000 versions")
            asyncio.run(data.build(pristine))
            with_files(pristine)
        return pristine

    works: dict[str, Callable[[], list[Row]]] = {
        "kills": lambda: kills(options.kills or (20 if quick else 200), folder),
        "disk": lambda: full_disk(1 if quick else 5, folder),
        "soak": lambda: soak(options.seconds or (60 if quick else 1_800), built(), folder),
        "backup": lambda: backups(built(), folder),
        "fuzz": lambda: fuzz(9 if quick else 90, 1 if quick else 10, folder),
    }
    return [(part, works[part]) for part in PARTS if part in options.only]


def _table(rows: list[Row]) -> str:
    lines = ["| what | how much | what came of it | seconds |", "|---|---|---|--:|"]
    lines += [f"| {r.what} | {r.amount} | {r.result} | {r.seconds:.0f} |" for r in rows]
    return "\n".join(lines) + "\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the form that CI runs")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="these parts")
    parser.add_argument("--kills", type=int, help="how many kills")
    parser.add_argument("--seconds", type=int, help="how long the load lasts")
    parser.add_argument("--write", action="store_true", help="put the table into docs/proof.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
