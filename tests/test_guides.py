"""The guides: every block of them, run as it stands there, in order."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.process import free_port

_OURS = re.compile("TRADEPOST_|MARKETPLACE_")
ROOT = Path(__file__).resolve().parents[1]


def blocks(name: str) -> list[str]:
    text = (ROOT / "docs" / name).read_text("utf-8")
    return re.findall(r"^```bash\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run(name: str, folder: Path) -> str:
    """Run a guide in a folder that is like a checkout; what it prints."""
    for tool in ("bash", "curl", "jq"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    port = str(free_port())
    script = "set -euo pipefail\ntrap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n"
    script += "\n".join(blocks(name)).replace("8090", port)
    (folder / "guide").write_text(script)
    bin_folder = folder / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    for command, module in (("tradepost", "tradepost"), ("pytest", "pytest")):
        (bin_folder / command).write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
        (bin_folder / command).chmod(0o755)
    shutil.copytree(ROOT / "examples", folder / "examples")
    done = subprocess.run(
        ["bash", "guide"],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not _OURS.match(name)},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_private_marketplace_ends_in_a_restored_one(tmp_path: Path) -> None:
    assert run("guide-private-marketplace.md", tmp_path).splitlines()[-1] == '"1.0.0"'


def test_the_script_ends_in_a_suite_that_passes(tmp_path: Path) -> None:
    printed = run("guide-testing-a-publishing-script.md", tmp_path)
    assert "4 passed" in printed.splitlines()[-1]
