"""What docs/sandbox.md shows works as it stands there."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.sandboxes import ask
from tradepost.sandbox.marketplace import Marketplace

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "sandbox.md").read_text("utf-8")


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


def test_the_bodies_are_taken(marketplace: Marketplace) -> None:
    (faults,) = re.findall(r"-d '(\[.*?\])'", DOCUMENT, re.DOTALL)
    assert len(marketplace.call("POST", "/faults", json.loads(faults))["faults"]) == 3
    reviews, document = map(json.loads, examples("json"))
    assert len(marketplace.call("POST", "/reviews", reviews)["reviews"]) == 3
    marketplace.clear_faults()
    marketplace.load(document)
    (app,) = document["apps"]
    path = f"/rest/3/app-software/{app['appSoftware'][0]['id']}/versions"
    versions = ask(marketplace, "GET", path, auth=("pat@example.com", "pats-token")).body
    assert [v["versionNumber"] for v in versions["versions"]] == ["2.0.0", "1.0.0"]


def test_the_recipe_for_bash_runs_each_test_on_a_fresh_sandbox(tmp_path: Path) -> None:
    for tool in ("bash", "curl"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    (recipe,) = [text for text in examples("sh") if text.startswith("#!")]
    (tmp_path / "recipe").write_text(recipe)
    (tmp_path / "tests").mkdir()
    test = (
        "#!/bin/sh\nset -e\n"
        'curl -sf "$MARKETPLACE_URL/_sandbox/journal" | grep -q \'"exchanges":\\[\\]\'\n'
        'curl -sf "$MARKETPLACE_URL/rest/3/parent-software" > /dev/null\n'
        "echo one more\n"
    )
    for name in ("first", "second"):
        (tmp_path / "tests" / name).write_text(test)
        (tmp_path / "tests" / name).chmod(0o755)
    (tmp_path / "tradepost").write_text(f'#!/bin/sh\nexec {sys.executable} -m tradepost "$@"\n')
    (tmp_path / "tradepost").chmod(0o755)
    done = subprocess.run(
        ["bash", "recipe"],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "one more\none more\n"), done.stderr
    (tmp_path / "tests" / "second").write_text("#!/bin/sh\nexit 1\n")
    again = subprocess.run(
        ["bash", "recipe"],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert (again.returncode, again.stdout) == (1, "one more\ntests/second failed\n")
