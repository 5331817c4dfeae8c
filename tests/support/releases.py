"""Releases: projects with a `tradepost.toml`, and a server that they are released to."""

import contextlib
import io
import itertools
import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from tests.support.archives import plugin_jar
from tests.support.bodies import ADDON_DATACENTER
from tests.support.client import DEVELOPER
from tests.support.command import Result, succeed
from tests.support.process import ServerProcess
from tradepost.cli import main
from tradepost.client import Client, TradepostError
from tradepost.release.model import Released, Step
from tradepost.release.run import release
from tradepost.release.wanted import read

AGREEMENT = "https://developer.atlassian.com/marketplace/terms"
_PATCHES = itertools.count(100)


def command(
    *arguments: object,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Result:
    """Run `tradepost` in this process, which is quicker, in a folder and with variables."""
    output, errors = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment or {}),
        mock.patch.object(sys, "argv", ["tradepost", *map(str, arguments)]),
        mock.patch.object(sys, "stdin", io.StringIO()),
        contextlib.chdir(folder or Path.cwd()),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    assert isinstance(ended.value.code, int)
    return Result(ended.value.code, output.getvalue(), errors.getvalue())


def fresh_number() -> str:
    """A version number that no other test releases."""
    return f"9.0.{next(_PATCHES)}"


@contextlib.contextmanager
def demo_server(folder: Path) -> Iterator[ServerProcess]:
    """A real server on a database in `folder`, with the demo data; it may fetch from loopback."""
    succeed("load-demo", data=folder)
    environment = {"TRADEPOST_FETCH_HOSTS": "127.0.0.1"}
    with ServerProcess(
        "serve", "--data", str(folder), log=folder / "log", environment=environment
    ) as server:
        yield server


def toml(**tables: Any) -> str:
    """Tables as TOML; `_` in their keys stands for `-`. `None` leaves a table out."""
    lines = []
    for name, table in tables.items():
        if table is not None:
            lines.append(f"[{name}]")
            lines += [f"{key.replace('_', '-')} = {_value(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def project(folder: Path, number: str, **tables: Any) -> Path:
    """The `tradepost.toml` of a plugin for Data Center in a new folder, with its JAR beside it."""
    home = folder / number
    home.mkdir()
    (home / "addon.jar").write_bytes(plugin_jar(version=number))
    file = home / "tradepost.toml"
    chosen = {
        "app": {"key": "com.example.app.addon", "hosting": "datacenter"},
        "artifact": {"path": "addon.jar"},
        "changelog": {"summary": f"What is new in {number}"},
        **tables,
    }
    file.write_text(toml(**chosen), "utf-8")
    return file


class Silent:
    """Watches a release, and remembers the failures that it went on after."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.failures: list[TradepostError] = []

    def begins(self, step: Step) -> None:
        self.steps.append(step.name)

    def sends(self, sent: int, size: int) -> None:
        assert 0 <= sent <= size

    def looks_again(self, failure: TradepostError) -> None:
        self.failures.append(failure)


def client_of(url: str, auth: tuple[str, str] = DEVELOPER) -> Client:
    """A client that does not wait before it tries again."""
    return Client(url, auth, sleep=lambda _: None)


def run_release(
    url: str, file: Path, auth: tuple[str, str] = DEVELOPER, watch: Silent | None = None
) -> Released:
    """Release what a file asks for, without waiting after failures."""
    wanted, _ = read(file)
    with client_of(url, auth) as client:
        return release(client, wanted, watch or Silent(), sleep=lambda _: None)


def assert_released_once(server: ServerProcess, folder: Path, file: Path) -> None:
    """The server has one version of the number, with one public listing and one artifact."""
    wanted, _ = read(file)
    with client_of(server.url) as client:
        held = [
            version
            for version in client.iterate_app_software_versions(ADDON_DATACENTER)
            if version.version_number == wanted.number
        ]
        assert [version.state for version in held] == ["active"]
        listings = [
            listing.state
            for listing in client.iterate_app_software_version_listings(ADDON_DATACENTER)
            if listing.build_number == held[0].build_number
        ]
        assert listings == ["PUBLIC"]
        artifact_id = held[0].framework_details.attributes.artifact_id  # type: ignore[union-attr]
        assert wanted.artifact is not None
        assert client.get_artifact(artifact_id).file_info.checksum == wanted.artifact.checksum
    assert stored_artifacts(folder, wanted.artifact.checksum) == 1


def stored_artifacts(folder: Path, checksum: str) -> int:
    """How many artifacts with a checksum the database in a folder has."""
    with contextlib.closing(sqlite3.connect(folder / "tradepost.db")) as database:
        sha512 = checksum.removeprefix("sha512:")
        rows = database.execute("SELECT count(*) FROM artifact WHERE sha512 = ?", (sha512,))
        return int(rows.fetchone()[0])
