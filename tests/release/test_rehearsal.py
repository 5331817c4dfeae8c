"""A dry run shows the requests, has them checked where that is possible, and writes nothing."""

import json
from pathlib import Path

import pytest

from tests.support.bodies import ADDON_DATACENTER, UNKNOWN
from tests.support.process import ServerProcess
from tests.support.proxy import Proxy
from tests.support.releases import client_of, fresh_number, project, run_release
from tradepost.release.look import look
from tradepost.release.plan import plan
from tradepost.release.rehearsal import Rehearsed, rehearse
from tradepost.release.wanted import read


def dry_run(url: str, file: Path) -> list[Rehearsed]:
    wanted, _ = read(file)
    with client_of(url) as client:
        return rehearse(client, plan(wanted, look(client, wanted)))


def verdicts(steps: list[Rehearsed]) -> list[tuple[str, str]]:
    return [(step.step, step.verdict) for step in steps]


def test_the_requests_are_shown_and_checked_and_nothing_is_written(
    server: ServerProcess, proxy: Proxy, tmp_path: Path
) -> None:
    file = project(tmp_path, fresh_number())
    with client_of(server.url) as client:
        before = list(client.iterate_app_software_versions(ADDON_DATACENTER))
        steps = dry_run(proxy.url, file)
        assert list(client.iterate_app_software_versions(ADDON_DATACENTER)) == before
    assert verdicts(steps) == [
        ("store-artifact", "not-checked"),
        ("create-version", "valid"),
        ("create-listing", "valid"),
    ]
    assert [(step.method, step.path) for step in steps] == [
        ("POST", "/rest/3/artifacts"),
        ("POST", f"/rest/3/app-software/{ADDON_DATACENTER}/versions"),
        ("POST", f"/rest/3/app-software/{ADDON_DATACENTER}/versions/{{buildNumber}}/listing"),
    ]
    assert not any(each.path.startswith("/rest/3/artifacts") for each in proxy.passed)
    run_release(server.url, file)
    assert dry_run(server.url, file) == []


def test_everything_but_the_artifact_that_is_not_there_yet_is_a_problem(
    server: ServerProcess, tmp_path: Path
) -> None:
    listing = {"heroImage": UNKNOWN, "highlights": []}
    compatibility = {"ranges": [{"parent": "jira", "min": "10.3.0", "max": "9.12.0"}]}
    file = project(
        tmp_path, fresh_number(), compatibility=compatibility, listing={"file": "listing.json"}
    )
    (file.parent / "listing.json").write_text(json.dumps(listing), "utf-8")
    _, create, create_listing = dry_run(server.url, file)
    assert (create.verdict, create_listing.verdict) == ("invalid", "invalid")
    assert create.problems == ["compatibilities[0].minBuildNumber must not be above maxBuildNumber"]
    assert create_listing.problems == ["heroImage is no image that was uploaded"]


def test_the_listing_of_a_version_that_is_there_is_checked_for_good(
    server: ServerProcess, tmp_path: Path
) -> None:
    file = project(tmp_path, fresh_number(), listing={"state": "none"})
    run_release(server.url, file)
    text = file.read_text("utf-8")
    file.write_text(text.replace('"none"', '"private"'), "utf-8")
    assert verdicts(dry_run(server.url, file)) == [("create-listing", "valid")]
    run_release(server.url, file)
    file.write_text(text.replace('"none"', '"public"'), "utf-8")
    (step,) = dry_run(server.url, file)
    assert (step.step, step.verdict, step.method) == ("publish-listing", "not-checked", "PUT")


@pytest.fixture
def other_server(server: ServerProcess) -> Proxy:
    """A server that does not say that it is a Tradepost server."""
    return Proxy(server.port, hide=("tradepost-version",))


def test_to_another_server_a_dry_run_sends_nothing_but_reads(
    other_server: Proxy, tmp_path: Path
) -> None:
    file = project(tmp_path, fresh_number())
    with other_server:
        steps = dry_run(other_server.url, file)
        assert {step.verdict for step in steps} == {"not-checked"}
        assert "only a Tradepost server" in steps[1].detail
        assert other_server.passed
        assert not any(each.writes for each in other_server.passed)


def test_another_server_is_released_to_all_the_same(other_server: Proxy, tmp_path: Path) -> None:
    file = project(tmp_path, fresh_number())
    with other_server:
        result = run_release(f"{other_server.url}/marketplace", file)
    assert result.version.state == "active"
