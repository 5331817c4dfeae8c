"""The examples work as they stand, against a server that a newcomer has just started."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.process import ServerProcess

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def test_the_seven_requests_of_the_reference_page_answer_as_printed(tmp_path: Path) -> None:
    for tool in ("bash", "curl", "jq"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    with ServerProcess("demo", log=tmp_path / "log") as server:
        run = subprocess.run(
            ["bash", str(EXAMPLES / "app-software.sh")],
            env={**os.environ, "MARKETPLACE_URL": server.url},
            capture_output=True,
            text=True,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    statuses = [line[:3] for line in run.stdout.splitlines() if line[:3].isdigit()]
    assert statuses == ["200", "200", "201", "200", "201", "200", "200", "201"]
