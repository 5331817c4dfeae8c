"""`tradepost sandbox …` controls a sandbox from the terminal."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Result, assert_one_sentence, tradepost
from tests.support.sandboxes import TOKENS, VERSIONS, ask
from tradepost.sandbox.marketplace import Marketplace


@pytest.fixture(scope="module")
def started() -> Iterator[Marketplace]:
    with Marketplace() as marketplace:
        yield marketplace


@pytest.fixture
def marketplace(started: Marketplace) -> Marketplace:
    started.reset()
    return started


def sandbox(marketplace: Marketplace, *arguments: object, sent: str = "") -> Result:
    environment = {"MARKETPLACE_URL": marketplace.url}
    return tradepost("sandbox", *arguments, environment=environment, sent=sent)


def done(marketplace: Marketplace, *arguments: object, sent: str = "") -> Result:
    result = sandbox(marketplace, *arguments, sent=sent)
    assert (result.status, result.errors) == (0, ""), result
    return result


def test_status_tells_what_there_is(marketplace: Marketplace) -> None:
    lines = dict(done(marketplace, "status").lines)
    assert (lines["seed"], lines["faults"], lines["snapshots"]) == ("-", "0", "start")
    assert lines["clock"].endswith("Z")


def test_faults_are_asked_for_listed_and_cleared(marketplace: Marketplace) -> None:
    made = done(
        marketplace,
        *("fault", "answer", "--status", 503, "--times", 1, "--retry-after", 9),
        *("--operation", "createAccessToken", "--person", "developer@example.com"),
    )
    assert made.lines[0][:3] == ["1", "answer", "struck 0"]
    answer = ask(marketplace, "POST", TOKENS, {})
    assert (answer.status, answer.headers["retry-after"]) == (503, "9")
    (line,) = done(marketplace, "faults").lines
    assert line[2] == "struck 1"
    assert "operation=createAccessToken" in line
    assert done(marketplace, "faults", "--clear").output == ""
    assert marketplace.faults() == []


def test_the_clock_is_shown_and_changed(marketplace: Marketplace) -> None:
    shown = done(marketplace, "clock", "--set", "2030-01-01T00:00:00Z", "--stop")
    assert shown.output == "2030-01-01T00:00:00.000Z (stopped)\n"
    assert done(marketplace, "clock", "--advance", "2h").output.startswith("2030-01-01T02:00:00")
    assert done(marketplace, "clock", "--advance", "-30d").output.startswith("2029-12-02T02:00")
    assert done(marketplace, "clock").output.startswith("2029-12-02T02:00:00")
    assert "stopped" not in done(marketplace, "clock", "--go").output
    assert_one_sentence(sandbox(marketplace, "clock", "--advance", "soon"), "no duration")


def test_reviews_are_decided_listed_and_cleared(marketplace: Marketplace) -> None:
    done(marketplace, "review", "approve", "--after", "15m", "--times", 3)
    done(marketplace, "review", "reject", "--reason", "No icon.")
    assert done(marketplace, "reviews").lines == [
        ["next", "approve", "3 times", "after 900 s"],
        ["next", "reject", "1 times", "after 0 s"],
    ]
    assert done(marketplace, "reviews", "--clear").output == ""
    assert_one_sentence(sandbox(marketplace, "review", "reject"), "reason is required")


def test_the_journal_is_shown_and_exported(marketplace: Marketplace, tmp_path: Path) -> None:
    ask(marketplace, "GET", f"{VERSIONS}?limit=1")
    ask(marketplace, "GET", "/nowhere", auth=None)
    first, second = done(marketplace, "journal").lines
    operation, person = "getAppSoftwareVersions", "developer@example.com"
    assert first[1:2] + first[3:] == ["200", "GET", f"{VERSIONS}?limit=1", operation, person]
    assert second[1:2] + second[3:] == ["404", "GET", "/nowhere", "-", ""]
    assert done(marketplace, "journal", "--status", 404).lines == [second]
    har = tmp_path / "journal.har"
    done(marketplace, "journal", "--har", har)
    assert len(json.loads(har.read_text())["log"]["entries"]) == 2
    assert done(marketplace, "journal", "--clear").output == ""


def test_the_journal_is_followed(marketplace: Marketplace) -> None:
    ask(marketplace, "GET", VERSIONS)
    with subprocess.Popen(
        [sys.executable, "-m", "tradepost", "sandbox", "journal", "--follow"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "MARKETPLACE_URL": marketplace.url, "PYTHONUNBUFFERED": "1"},
    ) as following:
        assert following.stdout is not None
        assert "getAppSoftwareVersions" in following.stdout.readline()
        ask(marketplace, "GET", TOKENS)
        assert "getAccessTokens" in following.stdout.readline()
        following.terminate()


def test_state_goes_out_and_in_again(marketplace: Marketplace, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    before = marketplace.state()
    done(marketplace, "state", file)
    assert json.loads(done(marketplace, "state").output) == json.loads(file.read_text()) == before
    done(marketplace, "load", "-", sent='{"apps": []}')
    assert marketplace.state()["apps"] == []
    done(marketplace, "snapshot", "empty")
    done(marketplace, "load", file)
    assert marketplace.state() == before
    done(marketplace, "reset", "empty")
    assert marketplace.state()["apps"] == []
    done(marketplace, "reset")
    assert marketplace.state() == before
    assert_one_sentence(sandbox(marketplace, "reset", "nowhere"), "there is no snapshot nowhere")
    assert_one_sentence(sandbox(marketplace, "load", "-", sent="{"), "the body")


def test_a_document_may_be_yaml(marketplace: Marketplace, tmp_path: Path) -> None:
    file = tmp_path / "apps.yaml"
    file.write_text("apps:\n- appKey: com.example.yaml\n  createdAt: 2025-01-01T00:00:00Z\n")
    done(marketplace, "load", file)
    (app,) = marketplace.state()["apps"]
    assert (app["appKey"], app["createdAt"]) == ("com.example.yaml", "2025-01-01T00:00:00Z")
    file.write_text("apps: [")
    assert_one_sentence(sandbox(marketplace, "load", file), "is no YAML")
    file.write_text("# nothing\n")
    assert_one_sentence(sandbox(marketplace, "load", file), "is empty")


def test_no_sandbox_is_one_sentence() -> None:
    result = tradepost("sandbox", "--url", "http://127.0.0.1:9", "status")
    assert_one_sentence(result, "there is no answer from http://127.0.0.1:9")
    assert_one_sentence(tradepost("sandbox", "--url", "nowhere", "status"), "no http or https URL")


def test_an_archive_that_cannot_be_written_is_told(marketplace: Marketplace) -> None:
    result = sandbox(marketplace, "journal", "--har", "/nope/x.har")
    assert_one_sentence(result, "/nope/x.har cannot be written: No such file or directory")


def test_a_snapshot_is_deleted(marketplace: Marketplace) -> None:
    done(marketplace, "snapshot", "mine")
    done(marketplace, "snapshot", "mine", "--delete")
    assert_one_sentence(sandbox(marketplace, "reset", "mine"), "there is no snapshot mine")
