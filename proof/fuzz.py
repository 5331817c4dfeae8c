"""Fuzzing: Schemathesis on every operation, and the properties of parsers, cursors and bodies.

They are tests of the suite, which `make test` runs with fewer examples.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import shared

_PROPERTIES = (
    "tests/assets/test_inspection_properties.py",
    "tests/assets/test_inspection_layout.py",
    "tests/assets/test_pictures.py",
    "tests/assets/test_remote.py",
    "tests/properties/test_cursors.py",
    "tests/properties/test_bodies.py",
)
_SOCKETS = ("tests/security", "tests/concurrency/test_bad_clients.py")


def fuzz(examples: int, times: int, folder: Path) -> list[shared.Row]:
    """Schemathesis with so many examples of each operation and person, and the properties with so
    many times the examples that they have in the suite."""
    report = folder / "schemathesis.json"
    tests, seconds = _pytest(
        "tests/contract/test_schemathesis.py",
        PROOF_EXAMPLES=str(examples),
        PROOF_REPORT=str(report),
    )
    sent = json.loads(report.read_text("utf-8"))
    rows = [
        shared.Row(
            f"Schemathesis, {(tests - 1) // 2} operations as two people",
            f"{sent['requests']:,} requests",
            f"no 5xx, no answer off the document; memory {sent['before']:.0f} MB before, "
            f"{sent['after']:.0f} MB after",
            seconds,
        )
    ]
    walks = examples * 2 // 3
    _, seconds = _pytest(
        "tests/contract/test_stateful.py", PROOF_RUNS=str(walks), PROOF_REPORT=str(report)
    )
    sent = json.loads(report.read_text("utf-8"))
    rows.append(
        shared.Row(
            "Schemathesis along the links, from what was made to what can be done with it",
            f"{walks} walks of 40 steps, {sent['requests']:,} requests",
            "no 5xx, no answer off the document",
            seconds,
        )
    )
    tests, seconds = _pytest(*_PROPERTIES, PROOF_TIMES=str(times))
    what = "Hypothesis: artifact parsers, images, fetching, cursors, JSON bodies"
    rows.append(shared.Row(what, f"{tests} tests, {times} times the examples", "all hold", seconds))
    tests, seconds = _pytest(*_SOCKETS)
    what = "raw sockets: chunking, heads, early close, pipelining, smuggling, paths"
    rows.append(shared.Row(what, f"{tests} cases", "refused or answered as they should", seconds))
    return rows


def _pytest(*files: str, **variables: str) -> tuple[int, float]:
    """Run tests; how many there were, and for how long. Raises unless all pass."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "proof.examples", *files],
        cwd=shared.ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"(\d+) passed", done.stdout)
    shared.require(done.returncode == 0 and found, done.stdout[-3000:] + done.stderr[-1000:])
    assert found is not None
    return int(found[1]), time.monotonic() - begun
