"""The commands that ask a server over HTTP."""

import contextlib
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.archives import plugin_jar
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_DATACENTER,
    ADDON_SERVER,
    REPORTS_FEDRAMP,
    UNKNOWN,
)
from tests.support.client import DEVELOPER
from tests.support.command import Result
from tests.support.process import ServerProcess
from tests.support.releases import command, demo_server

EMAIL, TOKEN = DEVELOPER
ADDON = "com.example.app.addon"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with demo_server(tmp_path_factory.mktemp("data")) as server:
        yield server


def run(server: ServerProcess, *arguments: object, folder: Path | None = None) -> Result:
    environment = {
        "MARKETPLACE_URL": server.url,
        "MARKETPLACE_EMAIL": EMAIL,
        "MARKETPLACE_API_TOKEN": TOKEN,
    }
    return command(*arguments, folder=folder, environment=environment)


def succeed(server: ServerProcess, *arguments: object, folder: Path | None = None) -> Result:
    result = run(server, *arguments, folder=folder)
    assert (result.status, result.errors) == (0, ""), result
    return result


def test_an_app_is_shown_with_the_newest_version_of_each_app_software(
    server: ServerProcess,
) -> None:
    assert succeed(server, "app", "show", ADDON).lines == [
        [ADDON_CLOUD, "cloud", "commercial", "no", "26400", "3.7.2", "draft"],
        [ADDON_SERVER, "server", "-", "no", "3140", "1.3.3", "active"],
        [ADDON_DATACENTER, "datacenter", "-", "no", "4210", "2.6.2", "active"],
    ]
    shown = json.loads(succeed(server, "app", "show", ADDON, "--json").output)
    assert [each["appSoftwareId"] for each in shown] == [
        ADDON_CLOUD,
        ADDON_SERVER,
        ADDON_DATACENTER,
    ]
    assert shown[2]["newestVersion"]["versionNumber"] == "2.6.2"
    boundaries = succeed(server, "app", "show", "com.example.app.reports").lines
    assert [line[2] for line in boundaries] == ["commercial", "fedramp_moderate"]


def test_versions_are_listed_by_id_or_by_app_key(server: ServerProcess) -> None:
    lines = succeed(server, "versions", ADDON_DATACENTER).lines
    assert len(lines) == 21
    assert lines[0][:3] == ["4210", "2.6.2", "active"]
    assert lines[0][4:6] == ["plugin", "jira 740000…940000"]
    by_key = succeed(server, "versions", ADDON, "--hosting", "datacenter", "--limit", "2").lines
    assert by_key == lines[:2]
    rejected = succeed(server, "versions", ADDON_CLOUD, "--state", "rejected").lines
    assert {line[2] for line in rejected} == {"rejected"}
    listed = json.loads(succeed(server, "versions", ADDON_CLOUD, "--limit", 60, "--json").output)
    assert len(listed) == 60
    boundary = ("--compliance-boundary", "fedramp_moderate")
    fedramp = succeed(server, "versions", "com.example.app.reports", *boundary).lines
    assert fedramp == succeed(server, "versions", REPORTS_FEDRAMP).lines


def test_an_app_key_that_is_not_enough_is_told_with_what_there_is(server: ServerProcess) -> None:
    result = run(server, "versions", ADDON)
    assert result.status == 2
    assert f"datacenter {ADDON_DATACENTER}" in result.errors
    result = run(server, "versions", "com.example.app.reports", "--hosting", "server")
    assert (result.status, result.output) == (2, "")
    assert "has no such app software" in result.errors


def test_a_version_is_shown(server: ServerProcess) -> None:
    cells = dict(succeed(server, "version", "show", ADDON_DATACENTER, 4210).lines)
    assert (cells["Version"], cells["State"], cells["License"]) == ("2.6.2", "active", "commercial")
    assert (cells["Framework"], cells["  pluginFrameworkType"]) == ("plugin", "P2")
    shown = succeed(server, "version", "show", ADDON_DATACENTER, 4210, "--json")
    assert json.loads(shown.output)["buildNumber"] == 4210
    result = run(server, "version", "show", ADDON_DATACENTER, 4)
    assert (result.status, result.output) == (3, "")
    assert "(APP_SOFTWARE_VERSION_NOT_FOUND)" in result.errors


def test_access_tokens_are_listed_and_created(server: ServerProcess) -> None:
    before = succeed(server, "tokens", ADDON_CLOUD).lines
    assert ["at_2b3c4d5e6f708192a3b4c5d6e7f8091a", "-", "-"] in before
    created = json.loads(succeed(server, "tokens", ADDON_CLOUD, "--create", "--json").output)
    assert created["cloudId"] is None
    after = succeed(server, "tokens", ADDON_CLOUD).lines
    assert [line for line in after if line not in before] == [[created["token"], "-", "-"]]
    assert len(json.loads(succeed(server, "tokens", ADDON_CLOUD, "--json").output)) == len(after)


def test_an_artifact_goes_there_and_back(server: ServerProcess, tmp_path: Path) -> None:
    content = plugin_jar(version="6.6.6")
    (tmp_path / "addon.jar").write_bytes(content)
    cells = dict(succeed(server, "artifacts", "upload", "addon.jar", folder=tmp_path).lines)
    assert (cells["App key"], cells["Version"], cells["Bytes"]) == (
        ADDON,
        "6.6.6",
        f"{len(content)}",
    )
    assert dict(succeed(server, "artifacts", "show", cells["Id"]).lines) == cells
    shown = json.loads(succeed(server, "artifacts", "show", cells["Id"], "--json").output)
    assert shown["fileInfo"]["checksum"] == cells["Checksum"]
    fetch = ("artifacts", "download", cells["Id"])
    result = run(server, *fetch, folder=tmp_path)
    assert result.status == 2, "a file that is there is not replaced unless its name is given"
    (tmp_path / "addon.jar").unlink()
    assert succeed(server, *fetch, folder=tmp_path).lines == [
        ["File", "addon.jar"],
        ["Bytes", f"{len(content)}"],
    ]
    assert (tmp_path / "addon.jar").read_bytes() == content
    told = succeed(server, *fetch, "--output", tmp_path / "b.jar", "--json", folder=tmp_path)
    assert json.loads(told.output) == {"file": str(tmp_path / "b.jar"), "size": len(content)}
    assert (tmp_path / "b.jar").read_bytes() == content


def test_what_is_not_there_is_told_and_leaves_no_file(
    server: ServerProcess, tmp_path: Path
) -> None:
    result = run(server, "artifacts", "download", UNKNOWN, "--output", tmp_path / "a.jar")
    assert (result.status, result.output) == (3, "")
    assert "(ARTIFACT_NOT_FOUND)" in result.errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["app show", "versions", "version show", "tokens", "artifacts upload", "artifacts show"],
)
def test_help_tells_the_options_and_exit_codes(name: str) -> None:
    result = command(*name.split(), "--help")
    for word in (
        "--url",
        "--email",
        "--token-file",
        "MARKETPLACE_API_TOKEN",
        "--json",
        "Exit codes",
    ):
        assert word in result.output


def test_a_table_on_a_narrow_terminal_cuts_nothing_off(server: ServerProcess) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    environment = {
        **os.environ,
        "MARKETPLACE_URL": server.url,
        "MARKETPLACE_EMAIL": EMAIL,
        "MARKETPLACE_API_TOKEN": TOKEN,
    }
    arguments = [sys.executable, "-m", "tradepost", "app", "show", ADDON]
    subprocess.run(arguments, stdout=theirs, env=environment, check=True, timeout=60)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError), open(ours, "rb", buffering=0) as terminal:
        while part := terminal.read(4096):
            shown += part
    line = next(line for line in shown.decode().splitlines() if ADDON_DATACENTER in line)
    assert [cell.strip() for cell in line.split("  ") if cell.strip()] == [
        *(ADDON_DATACENTER, "datacenter", "-", "no", "4210", "2.6.2", "active"),
    ]
