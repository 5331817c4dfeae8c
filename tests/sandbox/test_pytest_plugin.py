"""The pytest plugin, in a suite of somebody else's."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PLUGIN = "tradepost.sandbox.pytest_plugin"
SUITE = """
import pytest
from tradepost.client import AnswerLostError, NO_RETRIES

SOFTWARE = "acd011b1-1111-45bc-902a-247046a11111"
seen = set()

@pytest.mark.parametrize("number", range(5))
def test_alone(marketplace, number, caplog):
    assert marketplace.journal() == []
    client = marketplace.client(retries=NO_RETRIES)
    marketplace.fault("lost-answer", operation="createAccessToken", times=1)
    before = len(client.get_access_tokens(SOFTWARE).tokens)
    with pytest.raises(AnswerLostError):
        client.create_access_token(SOFTWARE)
    assert len(client.get_access_tokens(SOFTWARE).tokens) == before + 1 == 4
    seen.add(client.get_access_tokens(SOFTWARE).tokens[-1].token)
    marketplace.load({"apps": []})
    marketplace.clock.stop()
    assert marketplace.clock.advance(seconds=60) == marketplace.clock.now()

def test_the_same_every_time():
    assert len(seen) == 1
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
        # Without the plugins that are installed here, some of which take long to be imported.
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "100"},
    )


def test_each_test_has_a_marketplace_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\ntradepost_seed = x\nfilterwarnings = error\n")
    done = run(tmp_path)
    assert "6 passed" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def test_whoever_does_not_use_it_waits_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(
        "import sys\n"
        "def test_it():\n"
        "    assert not {'tradepost.app', 'granian', 'httpx2', 'apsw'} & set(sys.modules)\n"
    )
    done = run(tmp_path)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_fixture_is_explained(tmp_path: Path) -> None:
    done = run(tmp_path, "--fixtures")
    assert "A marketplace with the demo data and nothing of any other test." in done.stdout


def test_it_is_installed_with_the_package() -> None:
    root = Path(__file__).resolve().parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {PLUGIN: PLUGIN}


@pytest.mark.parametrize("module", [PLUGIN, "tradepost.sandbox.marketplace"])
def test_it_needs_little_to_be_imported(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=30
    )
    assert not {"tradepost.app", "granian", "httpx2", "apsw"} & set(done.stdout.split())
