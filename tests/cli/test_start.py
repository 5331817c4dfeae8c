"""What a start imports: `tradepost serve` and `tradepost demo` leave out what they do not need."""

import re
from pathlib import Path

import pytest

from tests.support.clients import get
from tests.support.command import tradepost
from tests.support.process import ServerProcess

LEFT_OUT = {
    "PIL",
    "httpcore2",
    "httpx2",
    "limits",
    "multipart",
    "obstore",
    "rich",
    "sqlite3",
    "tradepost.archive",
    "tradepost.assets.connections",
    "tradepost.assets.inspection",
    "tradepost.blobs.remote",
    "tradepost.cli.apps",
    "tradepost.cli.backup",
    "tradepost.cli.check",
    "tradepost.cli.data",
    "tradepost.cli.developer_spaces",
    "tradepost.cli.move",
    "tradepost.cli.people",
    "tradepost.cli.release",
    "tradepost.cli.remote",
    "tradepost.cli.reviews",
    "tradepost.cli.sandbox",
    "tradepost.client",
    "tradepost.database.transfer",
    "tradepost.http.openapi",
    "tradepost.integrity",
    "tradepost.release",
    "tradepost.sandbox.control",
    "tradepost.sandbox.documents",
    "tradepost.sandbox.marketplace",
    "tradepost.sandbox.remote",
}
"""What serves no request of those that a server is asked first, or other commands alone."""
DEMO = {"tradepost.demo.data", "tradepost.demo.load", "tradepost.sandbox", "zipfile"}
SERVER = {"granian", "tradepost.app", "tradepost.http.server"}
TOLD = {"PYTHONVERBOSE": "1"}
"""Lets Python tell each import, in a line on standard error."""


def imported(text: str) -> set[str]:
    """The modules that Python told to have imported."""
    return set(re.findall(r"^import '(\S+)' # ", text, re.MULTILINE))


def imported_until_ready(tmp_path: Path, *arguments: str) -> set[str]:
    log = tmp_path / "log"
    environment = {**TOLD, "TRADEPOST_DATA": str(tmp_path / "data"), "TMPDIR": str(tmp_path)}
    with ServerProcess(*arguments, log=log, environment=environment) as server:
        assert get(f"{server.url}/readyz").status_code == 200
        assert server.stop() == 0
    return imported(log.read_text())


@pytest.mark.parametrize("arguments", [["serve"], ["serve", "--workers", "2"]], ids=" ".join)
def test_a_server_starts_without_what_others_need(tmp_path: Path, arguments: list[str]) -> None:
    modules = imported_until_ready(tmp_path, *arguments)
    assert modules >= SERVER
    assert modules & (LEFT_OUT | DEMO) == set()


def test_the_demo_starts_without_what_others_need(tmp_path: Path) -> None:
    modules = imported_until_ready(tmp_path, "demo")
    assert modules >= SERVER | DEMO
    assert modules & LEFT_OUT == set()


def test_a_command_starts_without_the_http_server(tmp_path: Path) -> None:
    environment = {**TOLD, "TRADEPOST_DATA": str(tmp_path / "data")}
    result = tradepost("user", "add", "pat@example.com", environment=environment)
    assert result.status == 0
    modules = imported(result.errors)
    assert "tradepost.cli.people" in modules
    assert modules & {"granian", "tradepost.cli.serve", "tradepost.cli.demo"} == set()
