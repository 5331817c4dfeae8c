"""What is wrong with a `tradepost.toml` is told at once, each by its place in the file."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.archives import jwb, plugin_jar
from tests.support.releases import project, toml
from tradepost.release.errors import ConfigurationError
from tradepost.release.model import CarriedRanges, LocalArtifact, ProductRange, RemoteArtifact
from tradepost.release.wanted import read

URL = "https://downloads.example.com/addon.jar"
CLOUD = {"key": "com.example.app.addon", "hosting": "cloud"}
DATACENTER = {"key": "com.example.app.addon", "hosting": "datacenter"}


def told(file: Path) -> tuple[str, ...]:
    """The problems of a file that has some."""
    with pytest.raises(ConfigurationError) as raised:
        read(file)
    return raised.value.problems or (raised.value.sentence,)


def write(folder: Path, text: str) -> Path:
    file = folder / "tradepost.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_short_file_asks_for_what_is_usual(tmp_path: Path) -> None:
    wanted, url = read(project(tmp_path, "2.7.0"))
    assert url == ""
    assert (wanted.number, wanted.build_number, wanted.build_step) == ("2.7.0", None, 100)
    assert (wanted.boundary, wanted.framework, wanted.attributes) == (None, None, {})
    assert wanted.ranges == CarriedRanges(to_latest=False)
    assert (wanted.listing, wanted.listing_state) == (None, "PUBLIC")
    assert isinstance(wanted.artifact, LocalArtifact)
    assert wanted.artifact.size == len(plugin_jar(version="2.7.0"))
    assert wanted.fields == {
        "versionNumber": "2.7.0",
        "changelog": {"releaseSummary": "What is new in 2.7.0"},
    }


def test_everything_that_can_be_said_is_understood(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("Ünïcode notes", "utf-8")
    listing = {"moreDetails": "Much", "state": "PRIVATE", "revision": 4, "buildNumber": 7}
    (tmp_path / "listing.json").write_text(json.dumps(listing), "utf-8")
    checksum = "sha512:" + "0123456789abcdef" * 8
    text = toml(
        marketplace={"url": "https://marketplace.example.com"},
        app={**CLOUD, "compliance_boundary": "fedramp_moderate"},
        version={
            "number": "3.0.0",
            "build_number": 7000,
            "build_step": 5,
            "payment_model": "free",
            "license": "asl",
            "source_code_license_url": "https://example.com/license",
            "supported": False,
            "beta": True,
            "agreements": ["https://example.com/a", "https://example.com/b"],
        },
        artifact={"url": URL, "checksum": checksum},
        framework={"id": "plugin", "attributes": {"pluginFrameworkType": "P1"}},
        compatibility={"ranges": [{"parent": "jira", "min": "9.0.0", "max": "latest"}]},
        changelog={"summary": "Short", "notes_file": "notes.md"},
        listing={"file": "listing.json", "state": "private"},
    )
    wanted, url = read(write(tmp_path, text))
    assert url == "https://marketplace.example.com"
    assert (wanted.boundary, wanted.number) == ("fedramp_moderate", "3.0.0")
    assert (wanted.build_number, wanted.build_step) == (7000, 5)
    assert wanted.fields == {
        "versionNumber": "3.0.0",
        "supportedPaymentModel": "free",
        "licenseType": {"id": "asl"},
        "sourceCodeLicense": {"url": "https://example.com/license"},
        "supported": False,
        "beta": True,
        "acceptedAgreements": [
            {"agreementUrl": "https://example.com/a"},
            {"agreementUrl": "https://example.com/b"},
        ],
        "changelog": {"releaseSummary": "Short", "releaseNotes": "Ünïcode notes"},
    }
    assert wanted.artifact == RemoteArtifact(URL, checksum)
    assert (wanted.framework, wanted.attributes) == ("plugin", {"pluginFrameworkType": "P1"})
    assert wanted.ranges == (ProductRange("jira", "9.0.0", "latest"),)
    # A listing as it was read can be given: how it stood is not part of it.
    assert (wanted.listing, wanted.listing_state) == ({"moreDetails": "Much"}, "PRIVATE")


def test_a_version_number_of_the_command_line_wins(tmp_path: Path) -> None:
    text = toml(app=CLOUD, version={"number": "1.0.0"})
    assert read(write(tmp_path, text), "1.2.3")[0].number == "1.2.3"


def test_every_problem_is_told_in_one_go(tmp_path: Path) -> None:
    text = toml(
        app={"key": 3},
        version={"beta": "yes", "build_step": 0, "colour": "red", "agreements": []},
        artifact={"path": "a.jar", "url": URL},
        framework={"id": "applet", "attributes": {"artifactId": "mine"}, "extra": 1},
        compatibility={"from": "carry-over", "ranges": [{"parent": "jira"}, {"parent": "jira"}]},
        changelog={"notes": "One", "notes_file": "two.md"},
        listing={"from": "carry-over", "file": "missing.json", "state": "hidden"},
        prices={"monthly": 5},
    )
    assert set(told(write(tmp_path, text))) == {
        "app.key must be a string",
        "app.hosting is required",
        "version.beta must be true or false",
        "version.build-step must be between 1 and 1000000000",
        "version.colour is no field of this",
        "version.agreements must have at least 1 element",
        "artifact must have either path or url",
        "framework.id must be one of connect, forge, plugin, workflow, external",
        "framework.attributes.artifactId comes from [artifact]: leave it out",
        "framework.extra is no field of this",
        "compatibility must have either ranges, or from and max",
        "compatibility.ranges[1].parent jira is there twice",
        "changelog must have either notes or notes-file",
        "changelog.notes-file two.md cannot be read: No such file or directory",
        "listing must have either from or file",
        "listing.file missing.json cannot be read: No such file or directory",
        "listing.state must be one of none, private, public",
        "prices is no field of this",
        "version.number is required unless the file at artifact.path has it",
    }


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        ({"app": None}, "app is required"),
        ({"framework": {"attributes": 3}}, "framework.attributes must be a table"),
        (
            {"app": {**DATACENTER, "compliance_boundary": "commercial"}},
            "app.compliance-boundary is for cloud alone",
        ),
        (
            {"artifact": {"path": "addon.jar", "checksum": "sha512:" + "0" * 128}},
            "artifact.checksum goes with artifact.url: that of a file is known",
        ),
        (
            {"artifact": {"url": URL, "checksum": "md5:00"}, "version": {"number": "1"}},
            "artifact.checksum must be sha512: and 128 hexadecimal digits in lower case",
        ),
        (
            {"artifact": {"url": URL}},
            "version.number is required unless the file at artifact.path has it",
        ),
        (
            {"version": {"number": "2.8.0"}},
            "artifact.path is a file of version 2.7.0, but version.number is 2.8.0",
        ),
        (
            {"app": {**DATACENTER, "key": "com.example.other"}},
            "artifact.path is a file of the app com.example.app.addon, but app.key is "
            "com.example.other",
        ),
        (
            {"artifact": {"path": "../addon.jar"}},
            "artifact.path ../addon.jar cannot be read: No such file or directory",
        ),
        ({"artifact": {"path": "."}}, "artifact.path . cannot be read: Is a directory"),
        (
            {"artifact": {"path": "tradepost.toml"}},
            "artifact.path tradepost.toml is not a JAR, OBR, JWB or Connect descriptor",
        ),
        (
            {"compatibility": {"ranges": [{"parent": "jira", "min": "9.0.0"}]}},
            "compatibility.ranges[0].max is required for datacenter",
        ),
        (
            {"compatibility": {"ranges": [{"parent": "jira", "min": "latest", "max": "latest"}]}},
            "compatibility.ranges[0].min must be a version number: only max can be latest",
        ),
        (
            {"compatibility": {"max": "9.0.0"}},
            "compatibility.max must be one of latest",
        ),
        (
            {"listing": {"from": "carry-over", "state": "none"}},
            "listing.state is none, so there must be neither from nor file",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_problem_is_told_by_its_place(
    tables: dict[str, Any], problem: str, tmp_path: Path
) -> None:
    assert told(project(tmp_path, "2.7.0", **tables)) == (problem,)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[]", "is no JSON object"),
        (b"\xff", "is no JSON object"),
        (b"[" * 100_000, "is no JSON object"),
        (b'{"moreDetails": 3}', "moreDetails must be a string"),
        (b'{"heroImage": "mine"}', "heroImage must be a UUID in lower case"),
        (b'{"color": "red"}', "color is no field of a listing"),
    ],
)
def test_a_listing_file_is_checked_before_anything_is_sent(
    content: bytes, problem: str, tmp_path: Path
) -> None:
    file = project(tmp_path, "2.7.0", listing={"file": "listing.json"})
    (file.parent / "listing.json").write_bytes(content)
    assert told(file) == (f"listing.file listing.json: {problem}",)


def test_a_file_that_declares_no_version_needs_one(tmp_path: Path) -> None:
    file = project(tmp_path, "2.7.0", artifact={"path": "flow.jwb"})
    (file.parent / "flow.jwb").write_bytes(jwb())
    assert told(file) == ("version.number is required unless the file at artifact.path has it",)


@pytest.mark.parametrize("text", ["app = ", "[app]\n[app]\n", "a = 1\x00", "x = " + "[" * 5000])
def test_what_is_no_toml_is_told_as_that(text: str, tmp_path: Path) -> None:
    (problem,) = told(write(tmp_path, text))
    assert "is not TOML" in problem


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    assert "No such file" in told(tmp_path / "missing.toml")[0]
    (tmp_path / "latin.toml").write_bytes(b"# \xe4")
    assert "is not UTF-8" in told(tmp_path / "latin.toml")[0]


VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=5,
).filter(lambda value: not isinstance(value, float) or math.isfinite(value))
TABLES = ("app", "marketplace", "version", "artifact", "framework", "compatibility", "listing")
KEYS = ("key", "hosting", "number", "path", "url", "id", "attributes", "ranges", "max", "state")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tables=st.dictionaries(
        st.sampled_from(TABLES), st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4)
    )
)
def test_whatever_stands_in_the_file_is_told_and_never_fails(
    tables: dict[str, Any], tmp_path: Path
) -> None:
    file = write(tmp_path, toml(**tables))
    try:
        read(file)
    except ConfigurationError as error:
        assert error.problems or "TOML" in error.sentence  # noqa: PT017 (either may happen)
