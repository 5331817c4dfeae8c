"""What is left of a release follows from what is wanted and what is there."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradepost.app_software.model import AppSoftwareVersionGetResponse
from tradepost.app_version_listing.model import AppSoftwareVersionListing
from tradepost.assets.model import SoftwareArtifact
from tradepost.release.errors import ConfigurationError, ConflictError
from tradepost.release.model import (
    LATEST,
    PENDING_ARTIFACT,
    CarriedRanges,
    CreateListing,
    CreateVersion,
    Found,
    LocalArtifact,
    ProductRange,
    PublishListing,
    RemoteArtifact,
    Step,
    StoreArtifact,
    Wanted,
)
from tradepost.release.plan import plan, releases_named

CHECKSUM = "sha512:" + "a" * 128
FILE = LocalArtifact(Path("addon.jar"), 100, CHECKSUM)
AGREEMENT = "https://example.com/terms"
LATEST_BUILD = 1_000_000


def wanted(**changes: Any) -> Wanted:
    fields: dict[str, Any] = {
        "app_key": "com.example.app.addon",
        "hosting": "datacenter",
        "boundary": None,
        "number": "2.0.0",
        "build_number": None,
        "build_step": 100,
        "fields": {"versionNumber": "2.0.0", "changelog": {"releaseSummary": "New"}},
        "framework": None,
        "attributes": {},
        "artifact": FILE,
        "ranges": CarriedRanges(),
        "listing": None,
        "listing_state": "PUBLIC",
    }
    return Wanted(**{**fields, **changes})


def version(number: str, build: int, state: str = "active", **changes: Any) -> Any:
    fields = {
        "buildNumber": build,
        "versionNumber": number,
        "compatibilities": [
            {"parentSoftwareId": "jira", "minBuildNumber": 700, "maxBuildNumber": 900}
        ],
        "supportedPaymentModel": "free",
        "frameworkDetails": {
            "frameworkId": "plugin",
            "attributes": {"artifactId": f"artifact-{build}", "pluginFrameworkType": "P2"},
        },
        "licenseType": {"id": "asl", "name": "Apache License 2.0", "link": "https://apache.org"},
        "supported": True,
        "beta": True,
        "state": state,
        "revision": 1,
        "acceptedAgreements": [
            {"agreementUrl": AGREEMENT, "acceptedBy": "a@example.com", "acceptedAt": "2026-01-01"}
        ],
        "createdBy": "a@example.com",
        "createdAt": "2026-01-01T00:00:00Z",
        "changelog": {"releaseSummary": "New"},
        **changes,
    }
    return msgspec.convert(fields, AppSoftwareVersionGetResponse)


def listing(build: int, state: str = "PUBLIC", **changes: Any) -> Any:
    fields = {
        "moreDetails": f"About {build}",
        "state": state,
        "approvalStatus": "APPROVED",
        "buildNumber": build,
        "appSoftwareId": "software",
        "revision": 3,
        **changes,
    }
    return msgspec.convert(fields, AppSoftwareVersionListing)


def artifact(checksum: str = CHECKSUM, remote: str = "") -> SoftwareArtifact:
    links: dict[str, Any] = {"self": {"href": "/rest/3/artifacts/1"}, "binary": {"href": "/b"}}
    if remote:
        links["remote"] = {"href": remote}
    file = {"logicalFileName": "addon.jar", "size": 100, "checksum": checksum}
    return msgspec.convert({"fileInfo": file, "_links": links}, SoftwareArtifact)


def found(*versions: Any, **changes: Any) -> Found:
    newest_first = tuple(sorted(versions, key=lambda each: -each.build_number))
    fields = {
        "software_id": "software",
        "versions": newest_first,
        "builds": {},
        "listing_before": listing(10),
        **changes,
    }
    return Found(**fields)


BEFORE = version("1.0.0", 10)
THERE = version("2.0.0", 110)


def body_of(asked: Wanted, there: Found) -> Any:
    (step,) = (step for step in plan(asked, there).steps if isinstance(step, CreateVersion))
    return step.body


def test_the_first_run_stores_creates_and_lists() -> None:
    planned = plan(wanted(), found(BEFORE))
    assert planned.version is None
    store, create, create_listing = planned.steps
    assert store == StoreArtifact(FILE)
    assert isinstance(create, CreateVersion)
    assert create.body == {
        "versionNumber": "2.0.0",
        "buildNumber": 110,
        "compatibilities": [
            {"parentSoftwareId": "jira", "minBuildNumber": 700, "maxBuildNumber": 900}
        ],
        "supportedPaymentModel": "free",
        "frameworkDetails": {
            "frameworkId": "plugin",
            "attributes": {"artifactId": PENDING_ARTIFACT, "pluginFrameworkType": "P2"},
        },
        "licenseType": {"id": "asl"},
        "supported": True,
        "beta": True,
        "acceptedAgreements": [{"agreementUrl": AGREEMENT}],
        "changelog": {"releaseSummary": "New"},
    }
    body = {"moreDetails": "About 10", "state": "PUBLIC", "revision": 1}
    assert create_listing == CreateListing(None, body)


def test_what_the_file_says_lies_over_what_is_taken_over() -> None:
    asked = wanted(
        fields={**wanted().fields, "beta": False, "licenseType": {"id": "gpl"}},
        attributes={"pluginFrameworkType": "P1"},
        build_step=5,
    )
    body = body_of(asked, found(BEFORE))
    assert (body["beta"], body["licenseType"], body["buildNumber"]) == (False, {"id": "gpl"}, 15)
    attributes = {"artifactId": PENDING_ARTIFACT, "pluginFrameworkType": "P1"}
    assert body["frameworkDetails"]["attributes"] == attributes


def test_drafts_and_what_was_rejected_or_archived_are_not_taken_over() -> None:
    dead = [
        version(f"1.{build}.0", build, state, supportedPaymentModel="paid-via-vendor")
        for build, state in ((20, "draft"), (30, "rejected"), (40, "archived"))
    ]
    body = body_of(wanted(), found(BEFORE, *dead))
    # Their build numbers are taken all the same.
    assert (body["supportedPaymentModel"], body["buildNumber"]) == ("free", 140)


def test_upper_ends_are_raised_to_the_latest_but_never_lowered_or_closed() -> None:
    ranges = [
        {"parentSoftwareId": "jira", "minBuildNumber": 700, "maxBuildNumber": 900},
        {"parentSoftwareId": "confluence", "minBuildNumber": 5, "maxBuildNumber": 2_000_000},
        {"parentSoftwareId": "bamboo", "minBuildNumber": 6},
    ]
    before = version("1.0.0", 10, compatibilities=ranges)
    asked = wanted(ranges=CarriedRanges(to_latest=True))
    needed = releases_named(asked, (before,))
    assert needed == {("jira", LATEST), ("confluence", LATEST)}
    body = body_of(asked, found(before, builds=dict.fromkeys(needed, LATEST_BUILD)))
    assert body["compatibilities"] == [{**ranges[0], "maxBuildNumber": LATEST_BUILD}, *ranges[1:]]


def test_explicit_ranges_become_build_numbers() -> None:
    asked = wanted(ranges=(ProductRange("jira", "9.0.0", LATEST), ProductRange("bamboo", "1.0")))
    builds = {("jira", "9.0.0"): 900, ("jira", LATEST): 999, ("bamboo", "1.0"): 1}
    assert releases_named(asked, (BEFORE,)) == set(builds)
    assert body_of(asked, found(BEFORE, builds=builds))["compatibilities"] == [
        {"parentSoftwareId": "jira", "minBuildNumber": 900, "maxBuildNumber": 999},
        {"parentSoftwareId": "bamboo", "minBuildNumber": 1},
    ]


def test_the_server_numbers_the_builds_of_connect_and_forge() -> None:
    connect = {"frameworkId": "connect", "attributes": {"descriptorId": "d", "scopes": []}}
    before = version("1.0.0", 10, frameworkDetails=connect)
    body = body_of(wanted(artifact=None), found(before))
    assert "buildNumber" not in body
    assert body["frameworkDetails"] == connect
    assert body_of(wanted(artifact=None, build_number=7), found(before))["buildNumber"] == 7


def test_a_first_release_says_all_that_is_missing() -> None:
    with pytest.raises(ConfigurationError) as raised:
        plan(wanted(), found(listing_before=None))
    nothing = "there is no version to take it over from"
    assert set(raised.value.problems) == {
        f"framework.id is required: {nothing}",
        f"version.payment-model is required: {nothing}",
        f"version.agreements is required: {nothing}",
        f"compatibility.ranges is required: {nothing}",
        'listing.file is required, or listing.state = "none": '
        "there is no listing to take over from",
    }


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"artifact": None}, "artifact is required for plugin"),
        ({"framework": "external"}, "artifact cannot be for external, which has none"),
        (
            {"framework": "connect", "artifact": None},
            "frameworkDetails.attributes.scopes is required",
        ),
        (
            {"attributes": {"pluginFrameworkType": "P3"}},
            "frameworkDetails.attributes.pluginFrameworkType must be one of P1, P2",
        ),
    ],
)
def test_a_version_that_would_be_none_is_told_before_anything_is_sent(
    asked: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        plan(wanted(**asked), found(BEFORE))
    assert problem in raised.value.problems


def test_a_build_number_of_another_version_is_a_conflict() -> None:
    with pytest.raises(ConflictError, match=r"build number 10 is that of version 1\.0\.0"):
        plan(wanted(build_number=10), found(BEFORE))


@pytest.mark.parametrize("state", ["active", "submitted", "approved", "auto-approved"])
def test_a_version_that_is_there_lacks_its_listing_alone(state: str) -> None:
    there = found(BEFORE, version("2.0.0", 110, state), artifact=artifact())
    (step,) = plan(wanted(), there).steps
    assert isinstance(step, CreateListing)
    assert step.build_number == 110
    assert plan(wanted(listing_state=None), there).steps == ()


def test_a_private_listing_is_published_as_it_was_read() -> None:
    held = listing(110, "PRIVATE", approvalStatus="UNINITIATED")
    there = found(BEFORE, THERE, artifact=artifact(), listing=held)
    (step,) = plan(wanted(), there).steps
    assert step == PublishListing(
        110,
        {
            "moreDetails": "About 110",
            "state": "PUBLIC",
            "approvalStatus": "UNINITIATED",
            "revision": 3,
        },
    )
    assert plan(wanted(listing_state="PRIVATE"), there).steps == ()


def test_a_release_that_is_done_has_no_steps_even_if_it_was_to_stay_private() -> None:
    there = found(BEFORE, THERE, artifact=artifact(), listing=listing(110))
    assert plan(wanted(), there).steps == ()
    assert plan(wanted(listing_state="PRIVATE"), there).steps == ()


@pytest.mark.parametrize(
    ("state", "words"),
    [("draft", "is a draft"), ("rejected", "was rejected"), ("archived", "is archived")],
)
def test_a_version_in_a_dead_end_is_a_conflict(state: str, words: str) -> None:
    details = {"approvalDetails": {"rejectionReason": "Too slow"}} if state == "rejected" else {}
    with pytest.raises(ConflictError, match=words) as raised:
        plan(wanted(), found(version("2.0.0", 110, state, **details), artifact=artifact()))
    assert raised.value.problems == (("Too slow",) if details else ())


@pytest.mark.parametrize(
    ("asked", "held", "problem"),
    [
        ({}, artifact("sha512:" + "b" * 128), "its artifact has the checksum sha512:bbb"),
        ({"artifact": None}, artifact(), "it has the artifact addon.jar, the file asks for none"),
        ({}, None, "it has no artifact, the file asks for one"),
        (
            {"artifact": RemoteArtifact("https://example.com/a")},
            artifact(remote="https://example.com/b"),
            "its artifact was fetched from https://example.com/b, not fetched from",
        ),
        (
            {"artifact": RemoteArtifact("https://example.com/a")},
            artifact(),
            "its artifact was uploaded, not fetched from https://example.com/a",
        ),
        ({"build_number": 3}, artifact(), "buildNumber is not what the file asks for"),
        (
            {"fields": {"changelog": {"releaseSummary": "Else"}}},
            artifact(),
            "changelog.releaseSummary is not what the file asks for",
        ),
        (
            {"ranges": (ProductRange("jira", "9", LATEST),)},
            artifact(),
            "compatibilities[0].minBuildNumber is not what the file asks for",
        ),
        (
            {"attributes": {"pluginFrameworkType": "P1"}},
            artifact(),
            "frameworkDetails.attributes.pluginFrameworkType is not what the file asks for",
        ),
    ],
)
def test_another_version_of_that_number_is_a_conflict(
    asked: dict[str, Any], held: SoftwareArtifact | None, problem: str
) -> None:
    builds = {("jira", "9"): 900}
    with pytest.raises(ConflictError) as raised:
        plan(wanted(**asked), found(BEFORE, THERE, artifact=held, builds=builds))
    assert len(raised.value.problems) == 1
    assert raised.value.problems[0].startswith(problem)


def test_what_was_the_latest_then_is_not_compared() -> None:
    asked = wanted(ranges=(ProductRange("jira", "7", LATEST),))
    assert releases_named(asked, (THERE, BEFORE)) == {("jira", "7")}
    builds = {("jira", "7"): 700}
    there = found(BEFORE, THERE, artifact=artifact(), listing=listing(110), builds=builds)
    assert plan(asked, there).steps == ()


@pytest.mark.parametrize(
    ("checksum", "remote"), [("", "https://example.com/a"), (CHECKSUM, "https://example.com/b")]
)
def test_a_fetched_artifact_is_told_by_its_checksum_or_else_its_source(
    checksum: str, remote: str
) -> None:
    asked = wanted(artifact=RemoteArtifact("https://example.com/a", checksum))
    there = found(THERE, artifact=artifact(remote=remote), listing=listing(110))
    assert plan(asked, there).steps == ()


def test_another_listing_is_a_conflict() -> None:
    asked = wanted(listing={"moreDetails": "Mine"})
    there = found(BEFORE, THERE, artifact=artifact(), listing=listing(110, "PRIVATE"))
    with pytest.raises(ConflictError, match="another listing") as raised:
        plan(asked, there)
    assert raised.value.problems == ("moreDetails is not what the file asks for",)


NUMBERS = st.sampled_from(["1.0.0", "1.1.0", "2.0.0", "3.0.0"])
STATES = st.sampled_from(
    ["draft", "submitted", "approved", "auto-approved", "active", "rejected", "archived"]
)


@st.composite
def worlds(draw: st.DrawFn) -> Found:
    """What a server may show: any versions in any states, with or without listings."""
    held: dict[str, Any] = {}
    for number in draw(st.lists(NUMBERS, unique=True)):
        build = draw(st.integers(0, 500))
        if build not in {each.build_number for each in held.values()}:
            held[number] = version(number, build, draw(STATES))
    of_version: dict[str, Any] = {}
    if there := held.get("2.0.0"):
        of_version["artifact"] = artifact(draw(st.sampled_from([CHECKSUM, "sha512:b"])))
        states = [None, "PUBLIC", "PRIVATE"]
        if state := draw(st.sampled_from(states)):
            of_version["listing"] = listing(there.build_number, state)
    listing_before = draw(st.sampled_from([None, listing(10)]))
    return found(*held.values(), **of_version, listing_before=listing_before)


def after(there: Found, step: Step) -> Found:
    """What a server shows after a step was taken."""
    if isinstance(step, StoreArtifact):
        return there
    if isinstance(step, CreateVersion):
        made = version(str(step.body["versionNumber"]), step.body["buildNumber"], "auto-approved")
        versions = sorted((made, *there.versions), key=lambda each: -each.build_number)
        return msgspec.structs.replace(there, versions=tuple(versions), artifact=artifact())
    build = next(each.build_number for each in there.versions if each.version_number == "2.0.0")
    revision = there.listing.revision + 1 if there.listing else 1
    made = listing(build, step.body["state"], revision=revision)
    return msgspec.structs.replace(there, listing=made)


@given(
    there=worlds(),
    breaks=st.lists(st.integers(0, 3), max_size=6),
    listing_state=st.sampled_from(["PUBLIC", "PRIVATE", None]),
)
def test_runs_that_are_broken_off_anywhere_never_create_anything_twice(
    there: Found, breaks: list[int], listing_state: Any
) -> None:
    asked = wanted(listing_state=listing_state)
    was_there = any(each.version_number == "2.0.0" for each in there.versions)
    taken: list[str] = []
    try:
        # Each run takes so many of its steps and is broken off; the last is left to its end.
        for steps in [*breaks, 4]:
            for step in plan(asked, there).steps[:steps]:
                there = after(there, step)
                taken.append(step.name)
    except (ConflictError, ConfigurationError):
        assert taken == [], "what a release does never stands in its own way"
        return
    assert plan(asked, there).steps == ()
    assert taken.count("create-version") == (0 if was_there else 1)
    assert taken.count("create-listing") <= 1
    assert taken.count("publish-listing") <= 1
    assert [each.version_number for each in there.versions].count("2.0.0") == 1
