"""Releases to a real server: of each framework, first ones, and those that it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.archives import jwb, plugin_jar
from tests.support.bodies import ADDON_SERVER
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER
from tests.support.process import ServerProcess
from tests.support.releases import (
    AGREEMENT,
    Silent,
    assert_released_once,
    client_of,
    fresh_number,
    project,
    run_release,
    toml,
)
from tests.support.remotes import Remote, ok
from tradepost.client import ForbiddenError, UnauthorizedError, ValidationError
from tradepost.release.errors import ConfigurationError, ConflictError
from tradepost.release.model import Released

SPACE = "87654321-4321-4321-4321-210987654321"
CLOUD = {"key": "com.example.app.reports", "hosting": "cloud"}
SCOPES = ["READ", "WRITE"]
PRODUCTS = (("jira", "9.12.0"), ("confluence", "8.5.0"))


def write(folder: Path, **tables: Any) -> Path:
    file = folder / "tradepost.toml"
    file.write_text(toml(**tables), "utf-8")
    return file


def administer(server: ServerProcess, method: str, path: str, body: Any) -> Any:
    with client_of(server.url, ADMINISTRATOR) as client:
        answer = client.request(method, f"/admin/v1/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()


def new_app(server: ServerProcess, app_key: str, hosting: str) -> str:
    """An app of the developer's space with one app software, which has no versions; its id."""
    app = administer(server, "POST", "apps", {"appKey": app_key, "developerSpaceId": SPACE})
    path = f"apps/{app['productId']}/app-software"
    return str(administer(server, "POST", path, {"hosting": hosting})["id"])


def ranges_of(result: Released) -> list[tuple[str, Any, Any]]:
    return [
        (each.parent_software_id, each.min_build_number, each.max_build_number)
        for each in result.version.compatibilities
    ]


def test_a_plugin_is_released_and_run_again_there_is_nothing_to_do(
    server: ServerProcess, data: Path, tmp_path: Path
) -> None:
    file = project(tmp_path, fresh_number(), changelog={"summary": "S", "notes_file": "notes.md"})
    (file.parent / "notes.md").write_text("Many notes", "utf-8")
    result = run_release(server.url, file)
    assert result.done == ("store-artifact", "create-version", "create-listing")
    assert result.version.state == "active"
    assert result.listing is not None
    assert result.listing.state == "PUBLIC"
    assert result.version.changelog.release_notes == "Many notes"  # type: ignore[union-attr]
    assert ranges_of(result) == [("jira", 740000, 940000)]
    assert_released_once(server, data, file)
    again = run_release(server.url, file)
    assert again.done == ()
    assert again.version == result.version


def test_an_artifact_is_fetched_from_where_it_is_published(
    server: ServerProcess, data: Path, tmp_path: Path
) -> None:
    number = fresh_number()
    with Remote({"/addon.jar": ok(plugin_jar(version=number))}) as remote:
        url = remote.url("/addon.jar")
        file = project(tmp_path, number, artifact={"url": url}, version={"number": number})
        result = run_release(server.url, file)
        assert result.done == ("store-artifact", "create-version", "create-listing")
        assert result.artifact is not None
        assert result.artifact.links.remote.href == url  # type: ignore[union-attr]
        asked = remote.connections
        assert run_release(server.url, file).done == ()
        assert remote.connections == asked, "what is released is not fetched again"


def test_an_artifact_at_a_url_must_be_the_one_that_was_built(
    server: ServerProcess, tmp_path: Path
) -> None:
    number = fresh_number()
    with Remote({"/addon.jar": ok(plugin_jar(version=number))}) as remote:
        pinned = {"url": remote.url("/addon.jar"), "checksum": "sha512:" + "0" * 128}
        file = project(tmp_path, number, artifact=pinned, version={"number": number})
        with pytest.raises(ConflictError, match="not the artifact"):
            run_release(server.url, file)
    with client_of(server.url) as client:
        versions = client.iterate_app_software_versions("cef233d3-3333-47de-b24c-469268c33333")
        assert number not in [version.version_number for version in versions]


def test_product_versions_become_ranges(server: ServerProcess, tmp_path: Path) -> None:
    with client_of(server.url) as client:
        low = client.get_parent_software_version_by_number("jira", "9.12.0").build_number
        latest = next(
            release.build_number
            for release in client.iterate_parent_software_versions("jira")
            if "datacenter" in release.hosting
        )
    asked = {"ranges": [{"parent": "jira", "min": "9.12.0", "max": "latest"}]}
    result = run_release(server.url, project(tmp_path, fresh_number(), compatibility=asked))
    assert ranges_of(result) == [("jira", low, latest)]
    raised = project(tmp_path, fresh_number(), compatibility={"max": "latest"})
    assert ranges_of(run_release(server.url, raised)) == [("jira", low, latest)]


def test_all_products_and_releases_that_are_not_there_are_told(
    server: ServerProcess, tmp_path: Path
) -> None:
    asked = [
        {"parent": "jira", "min": "0.0.1", "max": "99.0.0"},
        {"parent": "sandcastle", "min": "1.0", "max": "latest"},
    ]
    file = project(tmp_path, fresh_number(), compatibility={"ranges": asked})
    with pytest.raises(ConfigurationError) as raised:
        run_release(server.url, file)
    assert set(raised.value.problems) == {
        "there is no release 0.0.1 of jira",
        "there is no release 99.0.0 of jira",
        "there is no product sandcastle",
    }


def test_a_connect_app_is_released_without_an_artifact(
    server: ServerProcess, tmp_path: Path
) -> None:
    file = write(
        tmp_path,
        app=CLOUD,
        version={"number": "5.0.0"},
        framework={"attributes": {"scopes": SCOPES}},
    )
    result = run_release(server.url, file)
    assert result.done == ("create-version", "create-listing")
    assert result.artifact is None
    assert result.version.state == "active"
    assert result.version.framework_details.attributes.scopes == SCOPES  # type: ignore[union-attr]
    assert run_release(server.url, file).done == ()


def test_a_workflow_is_released(server: ServerProcess, tmp_path: Path) -> None:
    (tmp_path / "flow.jwb").write_bytes(jwb())
    file = write(
        tmp_path,
        app={"key": "com.example.app.addon", "hosting": "server"},
        version={"number": "7.0.0", "build_number": 99_000},
        framework={"id": "workflow"},
        artifact={"path": "flow.jwb"},
    )
    result = run_release(server.url, file)
    assert (result.software_id, result.version.build_number) == (ADDON_SERVER, 99_000)
    assert result.version.state == "active"


def test_the_first_release_of_an_app_says_everything_itself(
    server: ServerProcess, tmp_path: Path
) -> None:
    software_id = new_app(server, "com.example.first", "datacenter")
    (tmp_path / "first.jar").write_bytes(plugin_jar("com.example.first", "1.0.0"))
    (tmp_path / "listing.json").write_text(json.dumps({"moreDetails": "The first"}), "utf-8")
    app = {"key": "com.example.first", "hosting": "datacenter"}
    artifact = {"path": "first.jar"}
    with pytest.raises(ConfigurationError) as raised:
        run_release(server.url, write(tmp_path, app=app, artifact=artifact))
    assert len(raised.value.problems) == 5
    file = write(
        tmp_path,
        app=app,
        artifact=artifact,
        version={"payment_model": "free", "license": "asl", "agreements": [AGREEMENT]},
        framework={"id": "plugin"},
        compatibility={"ranges": [{"parent": "jira", "min": "9.12.0", "max": "latest"}]},
        listing={"file": "listing.json"},
    )
    result = run_release(server.url, file)
    assert (result.software_id, result.version.build_number) == (software_id, 100)
    assert (result.version.state, result.version.supported) == ("active", True)
    assert run_release(server.url, file).done == ()


def test_a_private_listing_is_published_when_the_file_says_so(
    server: ServerProcess, data: Path, tmp_path: Path
) -> None:
    number = fresh_number()
    file = project(tmp_path, number, listing={"state": "private"})
    result = run_release(server.url, file)
    assert result.version.state == "auto-approved"
    file.write_text(file.read_text("utf-8").replace("private", "public"), "utf-8")
    result = run_release(server.url, file)
    assert result.done == ("publish-listing",)
    assert_released_once(server, data, file)


def test_a_version_without_a_listing_is_left_at_that(server: ServerProcess, tmp_path: Path) -> None:
    result = run_release(server.url, project(tmp_path, fresh_number(), listing={"state": "none"}))
    assert (result.listing, result.version.state) == (None, "auto-approved")


def test_where_versions_are_reviewed_a_release_ends_with_waiting(
    server: ServerProcess, tmp_path: Path
) -> None:
    app = {"key": "com.outsider.app.calendar", "hosting": "cloud"}
    file = write(tmp_path, app=app, version={"number": "8.0.0"}, listing={"state": "public"})
    result = run_release(server.url, file, OUTSIDER)
    assert result.version.state == "submitted"
    assert run_release(server.url, file, OUTSIDER).done == ()
    path = f"app-software/{result.software_id}/versions/{result.version.build_number}/reject"
    administer(server, "POST", path, {"reason": "The icon is missing"})
    with pytest.raises(ConflictError, match="was rejected") as raised:
        run_release(server.url, file, OUTSIDER)
    assert raised.value.problems == ("The icon is missing",)


def test_another_artifact_under_the_same_number_is_never_touched(
    server: ServerProcess, data: Path, tmp_path: Path
) -> None:
    number = fresh_number()
    file = project(tmp_path, number)
    run_release(server.url, file)
    jar = file.parent / "addon.jar"
    first = jar.read_bytes()
    jar.write_bytes(plugin_jar(version=number, extra_entries={"more.txt": b"more"}))
    watch = Silent()
    with pytest.raises(ConflictError, match="is another one"):
        run_release(server.url, file, watch=watch)
    assert watch.steps == []
    jar.write_bytes(first)
    assert_released_once(server, data, file)


def test_credentials_that_do_not_do_end_a_release_before_it_begins(
    server: ServerProcess, tmp_path: Path
) -> None:
    file = project(tmp_path, fresh_number())
    with pytest.raises(UnauthorizedError):
        run_release(server.url, file, (DEVELOPER[0], "wrong"))
    with pytest.raises(ForbiddenError):
        run_release(server.url, file, OUTSIDER)


def test_a_refusal_stands_and_is_not_tried_again(server: ServerProcess, tmp_path: Path) -> None:
    products = [{"parent": id, "min": low, "max": "latest"} for id, low in PRODUCTS]
    file = project(
        tmp_path,
        fresh_number(),
        version={"payment_model": "paid-via-atlassian"},
        compatibility={"ranges": products},
    )
    watch = Silent()
    with pytest.raises(ValidationError, match="with one parent software"):
        run_release(server.url, file, watch=watch)
    assert watch.steps == ["store-artifact", "create-version"]


@pytest.mark.parametrize(
    ("app", "words"),
    [
        ({"key": "com.example.nobody", "hosting": "cloud"}, "no app with the key"),
        ({"key": "com.example.app.checklists", "hosting": "cloud"}, "has no app software for"),
    ],
)
def test_an_app_that_is_not_there_is_told(
    app: dict[str, str], words: str, server: ServerProcess, tmp_path: Path
) -> None:
    file = write(tmp_path, app=app, version={"number": "1.0.0"})
    with pytest.raises(ConfigurationError, match=words):
        run_release(server.url, file)


def test_a_file_that_says_which_cloud_is_released_to_that(
    server: ServerProcess, tmp_path: Path
) -> None:
    app = {**CLOUD, "compliance_boundary": "fedramp_moderate"}
    result = run_release(server.url, write(tmp_path, app=app, version={"number": "5.1.0"}))
    assert result.software_id == "e1b455f5-5555-49f0-946e-68b480e55555"
