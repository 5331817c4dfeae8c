"""The example of a release script, against a server that a newcomer has just started."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.archives import ADDON_KEY, plugin_jar
from tests.support.bodies import ADDON_DATACENTER, versions_path
from tests.support.client import OUTSIDER
from tests.support.clients import get
from tests.support.process import ServerProcess

SCRIPT = Path(__file__).resolve().parents[1] / "examples" / "release.sh"
NEWEST = 4210
"""The newest build of the add-on for datacenter in the demo data."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    for tool in ("bash", "curl", "jq", "sha512sum"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    with ServerProcess("demo", log=tmp_path_factory.mktemp("demo") / "log") as server:
        yield server


def release(url: str, jar: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(SCRIPT), str(jar)],
        env={**os.environ, "MARKETPLACE_URL": url, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def newest(server: ServerProcess) -> tuple[int, str]:
    """Build and number of the newest version that anybody sees."""
    path = f"{server.url}{versions_path(ADDON_DATACENTER)}"
    page = get(path, auth=OUTSIDER, params={"limit": 1}).json()
    found = page["versions"][0]
    return found["buildNumber"], found["versionNumber"]


def test_two_versions_are_released_one_after_the_other(demo: ServerProcess, tmp_path: Path) -> None:
    # The second by the base URL that the vendor's service has, from a file with an odd name.
    releases = [
        (demo.url, "2.7.0", "addon.jar"),
        (f"{demo.url}/marketplace", "2.8.0", "a; b,c.jar"),
    ]
    for count, (url, number, name) in enumerate(releases, 1):
        jar = tmp_path / name
        jar.write_bytes(plugin_jar(version=number))
        run = release(url, jar, RELEASE_SUMMARY="Faster boards")
        assert (run.returncode, run.stderr) == (0, ""), run.stdout + run.stderr
        statuses = [line[:3] for line in run.stdout.splitlines() if line[:3].isdigit()]
        assert statuses == ["200", "200", "200", "200", "201", "201", "200", "200", "200"]
        assert run.stdout.endswith(f"Version {number} of {ADDON_KEY} is released.\n")
        assert newest(demo) == (NEWEST + 100 * count, number)


def test_a_refusal_ends_it_with_the_answer(demo: ServerProcess, tmp_path: Path) -> None:
    before = newest(demo)
    refusals = {
        "file is not a JAR": b"just text",
        "APP_KEY_NOT_FOUND": plugin_jar("com.example.unknown"),
        "Version number already exists": plugin_jar(version="2.6.2"),
    }
    for words, content in refusals.items():
        jar = tmp_path / "addon.jar"
        jar.write_bytes(content)
        run = release(demo.url, jar)
        assert run.returncode == 1
        assert words in run.stderr
    jar.write_bytes(plugin_jar(version="2.9.0"))
    run = release(demo.url, jar, MARKETPLACE_USER=":".join(OUTSIDER))
    assert (run.returncode, "FORBIDDEN" in run.stderr) == (1, True)
    assert newest(demo) == before


def test_it_says_how_it_is_used(demo: ServerProcess, tmp_path: Path) -> None:
    run = release(demo.url, tmp_path / "missing.jar")
    assert run.returncode == 2
    assert run.stderr == f"there is no file {tmp_path / 'missing.jar'}\n"
    run = subprocess.run(["bash", str(SCRIPT)], capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "usage: examples/release.sh JAR" in run.stderr
