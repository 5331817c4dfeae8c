"""`tradepost privacy` and `tradepost migration`: what apps declare, as JSON over HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.bodies import ADDON_PRODUCT, UNKNOWN
from tests.support.client import DEVELOPER
from tests.support.command import Result
from tests.support.process import ServerProcess
from tests.support.releases import command, demo_server
from tests.support.reviews import REPORTS_PRODUCT


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with demo_server(tmp_path_factory.mktemp("data")) as server:
        yield server


def run(server: ServerProcess, *arguments: object) -> Result:
    environment = {
        "MARKETPLACE_URL": server.url,
        "MARKETPLACE_EMAIL": DEVELOPER[0],
        "MARKETPLACE_API_TOKEN": DEVELOPER[1],
    }
    return command(*arguments, environment=environment)


def shown(server: ServerProcess, *arguments: object) -> Any:
    """The JSON that a command prints, which must succeed."""
    result = run(server, *arguments)
    assert (result.status, result.errors) == (0, ""), result
    return json.loads(result.output) if result.output else None


def written(folder: Path, body: Any) -> Path:
    file = folder / "body.json"
    file.write_text(json.dumps(body))
    return file


def test_a_draft_is_shown_changed_and_published(server: ServerProcess, tmp_path: Path) -> None:
    draft = shown(server, "privacy", "show", ADDON_PRODUCT, "--draft")
    draft["commonCloud"]["llmModels"] = ["a-model"]
    file = written(tmp_path, draft)
    checked = shown(server, "privacy", "set", ADDON_PRODUCT, file, "--check")
    assert checked["commonCloud"]["llmModels"] == ["a-model"]
    held = shown(server, "privacy", "show", ADDON_PRODUCT, "--draft")
    assert held["commonCloud"].get("llmModels") != ["a-model"], "it was only checked"
    shown(server, "privacy", "set", ADDON_PRODUCT, file)
    shown(server, "privacy", "publish", ADDON_PRODUCT)
    live = shown(server, "privacy", "show", ADDON_PRODUCT)
    assert live["commonCloud"]["llmModels"] == ["a-model"]
    gone = run(server, "privacy", "drop", ADDON_PRODUCT)
    assert gone.status != 0
    assert "draft" in gone.errors


def test_a_draft_is_dropped(server: ServerProcess, tmp_path: Path) -> None:
    file = written(tmp_path, {"commonCloud": {"llmModels": []}})
    shown(server, "privacy", "set", REPORTS_PRODUCT, file)
    assert shown(server, "privacy", "drop", REPORTS_PRODUCT) is None
    assert run(server, "privacy", "show", REPORTS_PRODUCT, "--draft").status != 0


def test_a_migration_record_is_changed_and_replaced(server: ServerProcess, tmp_path: Path) -> None:
    before = shown(server, "migration", "show", ADDON_PRODUCT)
    changed = shown(
        server,
        *("migration", "change", ADDON_PRODUCT, "--set", "migrationPath", "MANUAL"),
        *("--set", "isDualLicenseOptedIn", "false", "--remove", "cloudAddonKey"),
    )
    assert (changed["migrationPath"], changed["isDualLicenseOptedIn"]) == ("MANUAL", False)
    assert "cloudAddonKey" not in changed
    assert shown(server, "migration", "set", ADDON_PRODUCT, written(tmp_path, before)) == before


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("privacy", "show", UNKNOWN), "product"),
        (("migration", "show", UNKNOWN), "product"),
        (("migration", "change", ADDON_PRODUCT), "--set"),
        (("migration", "change", ADDON_PRODUCT, "--set", "nothing", "x"), "path"),
        (("migration", "change", ADDON_PRODUCT, "--set", "migrationPath", "FLY"), "value"),
        (("privacy", "set", ADDON_PRODUCT, "/dev/null"), "no JSON object"),
    ],
)
def test_what_cannot_be_done_is_told(
    server: ServerProcess, arguments: tuple[object, ...], word: str
) -> None:
    result = run(server, *arguments)
    assert result.status != 0
    assert word in result.errors, result
    assert result.output == ""
