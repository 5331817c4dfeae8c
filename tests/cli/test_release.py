"""`tradepost release` as a user runs it: what it prints, and how it ends."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.archives import plugin_jar
from tests.support.bodies import ADDON_DATACENTER
from tests.support.client import DEVELOPER, OUTSIDER
from tests.support.command import Result
from tests.support.process import ServerProcess, free_port
from tests.support.proxy import Proxy
from tests.support.releases import command, demo_server, fresh_number, project, toml

EMAIL, TOKEN = DEVELOPER
WRONG = {"MARKETPLACE_API_TOKEN": "wrong"}
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "tradepost.toml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with demo_server(tmp_path_factory.mktemp("data")) as server:
        yield server


def run(
    url: str,
    *arguments: object,
    folder: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Result:
    """Run `tradepost release` as the developer, unless variables say otherwise."""
    environment = {
        "MARKETPLACE_URL": url,
        "MARKETPLACE_EMAIL": EMAIL,
        "MARKETPLACE_API_TOKEN": TOKEN,
        **(variables or {}),
    }
    return command("release", *arguments, folder=folder, environment=environment)


def assert_ended(result: Result, status: int, *words: str) -> None:
    """The command ended with a status and, first of all, a sentence with these words."""
    assert (result.status, result.output) == (status, ""), result
    sentence = [line for line in result.errors.splitlines() if line.startswith("tradepost: ")][-1]
    for word in words:
        assert word in sentence
    assert "Traceback" not in result.errors


def test_a_release_prints_a_table_with_links(server: ServerProcess, tmp_path: Path) -> None:
    number = fresh_number()
    file = project(tmp_path, number)
    result = run(server.url, folder=file.parent)
    assert result.status == 0, result
    size = len(plugin_jar(version=number))
    assert result.errors.splitlines() == [
        f"tradepost: uploading addon.jar ({size:,} bytes)",
        "tradepost: creating the version",
        "tradepost: creating its listing",
    ]
    cells = dict(line for line in result.lines)
    build = re.fullmatch(rf"{re.escape(number)} \(build (\d+)\)", cells["Version"])
    assert build is not None
    version = f"{server.url}/rest/3/app-software/{ADDON_DATACENTER}/versions/{build[1]}"
    assert (cells["Outcome"], cells["Listing"]) == ("published", "PUBLIC")
    assert cells["Done"] == "stored the artifact, created the version, created the listing"
    assert (cells["Version link"], cells["Listing link"]) == (version, f"{version}/listing")
    again = run(server.url, file)
    assert (again.status, again.errors) == (0, "")
    assert dict(line for line in again.lines) == {**cells, "Done": "nothing to do"}


def test_a_release_prints_one_document_for_machines(server: ServerProcess, tmp_path: Path) -> None:
    number = fresh_number()
    result = run(server.url, project(tmp_path, number), "--json")
    assert result.status == 0
    told = json.loads(result.output)
    build = told["buildNumber"]
    links = told.pop("links")
    artifact = told.pop("artifact")
    assert told == {
        "outcome": "published",
        "appSoftwareId": ADDON_DATACENTER,
        "versionNumber": number,
        "buildNumber": build,
        "state": "active",
        "listingState": "PUBLIC",
        "done": ["store-artifact", "create-version", "create-listing"],
    }
    assert set(links) == {"version", "listing", "artifact"}
    assert set(artifact) == {"logicalFileName", "size", "checksum"}


def test_a_version_that_waits_for_review_is_a_success(
    server: ServerProcess, tmp_path: Path
) -> None:
    file = tmp_path / "tradepost.toml"
    app = {"key": "com.outsider.app.calendar", "hosting": "cloud"}
    file.write_text(toml(app=app), "utf-8")
    email, token = OUTSIDER
    who = {"MARKETPLACE_EMAIL": email, "MARKETPLACE_API_TOKEN": token}
    result = run(server.url, file, "--version-number", "8.0.0", variables=who)
    assert result.status == 0
    assert result.lines[0] == ["Outcome", "waits for review"]


def test_a_dry_run_shows_the_plan_and_its_payloads(server: ServerProcess, tmp_path: Path) -> None:
    number = fresh_number()
    file = project(tmp_path, number)
    result = run(server.url, file, "--dry-run")
    assert (result.status, result.errors) == (0, "")
    where = f"/rest/3/app-software/{ADDON_DATACENTER}/versions"
    for text in (
        f"To release com.example.app.addon {number} (datacenter) to {server.url}:",
        "1. POST /rest/3/artifacts\n",
        f"2. POST {where}\n   valid\n",
        f"3. POST {where}/{{buildNumber}}/listing\n   valid\n",
        f'"versionNumber": "{number}"',
        "Nothing was written.\n",
    ):
        assert text in result.output
    told = json.loads(run(server.url, file, "--dry-run", "--json").output)
    assert (told["dryRun"], told["validated"], told["state"]) == (True, True, None)
    assert [step["verdict"] for step in told["steps"]] == ["not-checked", "valid", "valid"]
    assert told["steps"][1]["body"]["versionNumber"] == number
    run(server.url, file)
    assert "Nothing to do" in run(server.url, file, "--dry-run").output


def test_nothing_in_a_payload_can_steer_a_terminal(server: ServerProcess, tmp_path: Path) -> None:
    summary = "A \x1b[31m\x9b31m\u202e\U000e0001 B"
    file = project(tmp_path, fresh_number(), changelog={"summary": summary})
    shown = run(server.url, file, "--dry-run")
    assert shown.status == 0
    assert all(c.isprintable() or c == "\n" for c in shown.output)
    told = json.loads(run(server.url, file, "--dry-run", "--json").output)
    assert told["steps"][1]["body"]["changelog"]["releaseSummary"] == summary


def test_a_dry_run_that_finds_problems_says_so_and_fails(
    server: ServerProcess, tmp_path: Path
) -> None:
    compatibility = {"ranges": [{"parent": "jira", "min": "10.3.0", "max": "9.12.0"}]}
    file = project(tmp_path, fresh_number(), compatibility=compatibility)
    result = run(server.url, file, "--dry-run", "--json")
    assert result.status == 3
    assert json.loads(result.output)["steps"][1]["verdict"] == "invalid"
    assert result.errors.splitlines() == [
        "tradepost: the server would refuse this",
        "  compatibilities[0].minBuildNumber must not be above maxBuildNumber",
    ]


def test_a_dry_run_says_that_another_server_was_not_asked(
    server: ServerProcess, tmp_path: Path
) -> None:
    file = project(tmp_path, fresh_number())
    with Proxy(server.port, hide=("tradepost-version",)) as other:
        result = run(other.url, file, "--dry-run")
    assert result.status == 0
    assert "not-checked: only a Tradepost server checks without writing" in result.output
    assert not any(each.writes for each in other.passed)


def test_what_is_wrong_with_the_file_is_told_line_by_line(
    server: ServerProcess, tmp_path: Path
) -> None:
    file = tmp_path / "tradepost.toml"
    file.write_text(toml(app={"key": 3}, extra={"a": "\x1b[31m"}), "utf-8")
    result = run(server.url, file)
    assert_ended(result, 2, "has 4 problems")
    assert set(result.errors.splitlines()[1:]) == {
        "  app.key must be a string",
        "  app.hosting is required",
        "  extra is no field of this",
        "  version.number is required unless the file at artifact.path has it",
    }


def test_a_file_that_is_not_there_is_told(server: ServerProcess, tmp_path: Path) -> None:
    assert_ended(run(server.url, folder=tmp_path), 2, "tradepost.toml cannot be read")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"MARKETPLACE_URL": ""}, "which marketplace? --url or MARKETPLACE_URL says"),
        ({"MARKETPLACE_URL": "marketplace.example.com"}, "must start with http:// or https://"),
        ({"MARKETPLACE_URL": "http://me:secret@example.com"}, "given as auth, not in the base URL"),
        ({"MARKETPLACE_EMAIL": ""}, "who are you? --email or MARKETPLACE_EMAIL says"),
        ({"MARKETPLACE_EMAIL": "a:b@example.com"}, "cannot have a colon"),
        ({"MARKETPLACE_API_TOKEN": ""}, "an API token is needed"),
    ],
)
def test_what_is_missing_to_connect_is_told(
    variables: dict[str, str], words: str, server: ServerProcess, tmp_path: Path
) -> None:
    file = project(tmp_path, fresh_number())
    result = run(server.url, file, variables=variables)
    assert_ended(result, 2, words)
    assert "secret" not in result.errors


def test_the_token_can_come_from_a_file_and_the_url_from_the_project(
    server: ServerProcess, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", "utf-8")
    file = project(tmp_path, fresh_number(), marketplace={"url": server.url})
    result = run("", file, "--token-file", tmp_path / "token", variables=WRONG)
    assert result.status == 0
    assert_ended(run("", file, "--token-file", tmp_path / "missing"), 2, "cannot be read")


def test_a_refusal_ends_with_3(server: ServerProcess, tmp_path: Path) -> None:
    file = project(tmp_path, fresh_number())
    result = run(server.url, file, variables=WRONG)
    assert_ended(result, 3, "was answered with 401")
    assert TOKEN not in result.errors
    assert "(UNAUTHORIZED)" in result.errors


def test_a_conflict_ends_with_4(server: ServerProcess, tmp_path: Path) -> None:
    number = fresh_number()
    file = project(tmp_path, number)
    run(server.url, file)
    other = plugin_jar(version=number, extra_entries={"more.txt": b"more"})
    (file.parent / "addon.jar").write_bytes(other)
    assert_ended(run(server.url, file), 4, f"version {number}", "is another one")


def test_no_answer_ends_with_5(tmp_path: Path) -> None:
    file = project(tmp_path, fresh_number())
    assert_ended(run(f"http://127.0.0.1:{free_port()}", file), 5, "was not sent")


def test_the_example_works_with_the_demo_data(server: ServerProcess) -> None:
    result = run(server.url, EXAMPLE)
    assert (result.status, result.lines[0]) == (0, ["Outcome", "published"])


def test_on_a_terminal_there_is_a_table_and_a_bar(server: ServerProcess, tmp_path: Path) -> None:
    output = on_a_terminal(server.url, "release", project(tmp_path, fresh_number()))
    assert re.search(r"Outcome +published", output)
    assert "━" in output


def on_a_terminal(url: str, *arguments: Any) -> str:
    """What a command prints on a terminal."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tradepost", *map(str, arguments), "--url", url],
        env={
            **os.environ,
            "MARKETPLACE_EMAIL": EMAIL,
            "MARKETPLACE_API_TOKEN": TOKEN,
            "TERM": "xterm",
            "COLUMNS": "120",
        },
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    output = b""
    with open(controller, "rb", buffering=0) as screen:
        try:
            while chunk := screen.read(65536):
                output += chunk
        except OSError:  # so Linux says that nobody holds the terminal any more
            pass
    assert process.wait(timeout=30) == 0, output
    return output.decode()
