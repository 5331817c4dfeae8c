"""POST app-software/{appSoftwareId}/versions: a new version."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.answers import MOMENT, refused, refused_fields
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_DATACENTER,
    ADDON_SERVER,
    FRAMEWORKS,
    UNKNOWN,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.reference import CREATE_VERSION
from tests.support.scenes import (
    ARCHIVED,
    CALLERS,
    administer,
    archive,
    as_caller,
    create,
    list_version,
    move,
    new_software,
    set_policy,
    unarchive,
)

pytestmark = pytest.mark.usefixtures("engine")

GREATEST = 9_007_199_254_740_991
HOSTINGS = {"cloud": ADDON_CLOUD, "server": ADDON_SERVER, "datacenter": ADDON_DATACENTER}
NUMBERED: dict[str, Any] = {"buildNumber": 500_000, "versionNumber": "50.0.0"}
"""A build number and a version number that are free everywhere."""

NEEDED = {
    "connect": ["descriptorId", "scopes"],
    "forge": ["appId", "versionId", "envId", "scopes"],
    "plugin": ["artifactId"],
    "workflow": ["artifactId"],
    "external": ["authorization"],
}
OPTIONAL: dict[str, dict[str, Any]] = {
    "connect": {"descriptorUrl": "https://example.com/descriptor"},
    "forge": {"appAccess": ["issues"]},
    "plugin": {"pluginFrameworkType": "P1", "descriptorId": "com.example"},
    "workflow": {},
    "external": {"binaryUrl": "https://example.com/app.zip"},
}


def count(server: InProcess, software_id: str = ADDON_CLOUD) -> int:
    """How many versions the app software has."""
    total: int = server.get(versions_path(software_id), ADMINISTRATOR).json()["totalCount"]
    return total


def compatible(*parents: str, low: int | None = None, high: int | None = None) -> list[Any]:
    """Compatibilities with some parents, with the same bounds."""
    bounds = {"minBuildNumber": low, "maxBuildNumber": high}
    given = {name: bound for name, bound in bounds.items() if bound is not None}
    return [{"parentSoftwareId": parent, **given} for parent in parents]


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
def test_the_example_of_the_reference_works_as_printed(server: InProcess, prefix: str) -> None:
    answer = server.post(prefix + versions_path(), json=CREATE_VERSION)
    assert answer.status_code == 201
    assert answer.headers["location"] == versions_path(build_number=1001)
    assert answer.headers["content-type"] == "application/json"
    created = answer.json()
    assert server.get(answer.headers["location"]).json() == created
    at = created["createdAt"]
    assert MOMENT.fullmatch(at)
    assert created == {
        **CREATE_VERSION,
        "licenseType": {
            "id": "commercial",
            "name": "Commercial License",
            "link": "https://www.atlassian.com/licensing/marketplace/termsofuse",
        },
        "state": "auto-approved",
        "revision": 1,
        "approvalDetails": {
            "submittedAt": at,
            "approvedAt": at,
            "approvedBy": "auto-approval",
        },
        "acceptedAgreements": [
            {
                "agreementUrl": "https://developer.atlassian.com/marketplace/terms",
                "acceptedBy": DEVELOPER[0],
                "acceptedAt": at,
            }
        ],
        "createdBy": DEVELOPER[0],
        "createdAt": at,
    }


def test_every_field_that_is_sent_is_read_back(server: InProcess) -> None:
    body = version(
        "forge",
        buildNumber=77,
        versionNumber="seventy-seven ✓",
        compatibilities=[
            {"parentSoftwareId": "jira", "minBuildNumber": 0, "maxBuildNumber": GREATEST},
            {"parentSoftwareId": "confluence", "maxBuildNumber": 5},
            {"parentSoftwareId": "bitbucket"},
        ],
        supportedPaymentModel="paid-via-vendor",
        supported=False,
        beta=True,
        editionsEnabled=True,
        sourceCodeLicense={"url": "https://example.com/licence?a=1#b"},
        changelog={"releaseSummary": "Größer", "releaseNotes": "line one\nline two\t\U0001f680"},
    )
    created = create(server, ADDON_CLOUD, body)
    assert {**created, "acceptedAgreements": body["acceptedAgreements"]} == {**created, **body}
    assert server.get(versions_path(build_number=77)).json() == created
    assert create(server, ADDON_SERVER, version(editionsEnabled=False))["editionsEnabled"] is False


def test_optional_fields_that_are_absent_are_left_out(server: InProcess) -> None:
    created = create(server, ADDON_CLOUD, version())
    absent = {"licenseType", "sourceCodeLicense", "editionsEnabled", "changelog"}
    assert not absent & created.keys()
    assert None not in created.values()


def test_unknown_fields_are_ignored(server: InProcess) -> None:
    body = version(
        colour="green",
        state="draft",
        revision=9,
        createdBy="someone@example.com",
        createdAt="never",
        approvalDetails=3,
        licenseType={"id": "bsd", "name": "Mine", "colour": "green"},
    )
    body["compatibilities"][0]["colour"] = "green"
    body["frameworkDetails"]["attributes"]["colour"] = "green"
    created = create(server, ADDON_CLOUD, body)
    assert (created["state"], created["revision"]) == ("auto-approved", 1)
    assert created["createdBy"] == DEVELOPER[0]
    assert created["licenseType"]["name"] == "BSD License"
    assert "green" not in str(created)


def test_prefer_minimal_leaves_the_body_out(server: InProcess) -> None:
    answer = server.post(
        versions_path(), json=version(buildNumber=5), headers={"Prefer": "return=minimal"}
    )
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["preference-applied"] == "return=minimal"
    assert answer.headers["location"] == versions_path(build_number=5)
    assert server.get(answer.headers["location"]).json()["buildNumber"] == 5


@pytest.mark.parametrize("prefer", ["return=representation", "respond-async", "wait=10"])
def test_other_preferences_change_nothing(server: InProcess, prefer: str) -> None:
    answer = server.post(versions_path(), json=version(), headers={"Prefer": prefer})
    assert answer.json()["state"] == "auto-approved"


# Who may.


@pytest.mark.parametrize("who", CALLERS)
def test_only_members_and_administrators_create_versions(server: InProcess, who: str) -> None:
    before = count(server)
    auth = as_caller(server, who)
    answer = server.post(versions_path(), auth, json=version())
    if who in ("member", "administrator"):
        assert answer.status_code == 201
        assert auth is not None
        assert answer.json()["createdBy"] == auth[0]
        assert answer.json()["acceptedAgreements"][0]["acceptedBy"] == auth[0]
        assert count(server) == before + 1
        return
    refused(answer, *((401, "UNAUTHORIZED") if who == "nobody" else (403, "FORBIDDEN")))
    assert count(server) == before


@pytest.mark.parametrize("software_id", [UNKNOWN, "not-a-uuid"])
@pytest.mark.parametrize("who", ["member", "stranger"])
def test_an_unknown_app_software_comes_before_permission_and_body(
    shared: InProcess, software_id: str, who: str
) -> None:
    answer = shared.post(versions_path(software_id), as_caller(shared, who), content=b"{")
    refused(answer, 404, "APP_SOFTWARE_NOT_FOUND")


@pytest.mark.parametrize("who", ["outsider", "stranger"])
def test_the_permission_comes_before_a_bad_body(shared: InProcess, who: str) -> None:
    answer = shared.post(versions_path(), as_caller(shared, who), json={})
    refused(answer, 403, "FORBIDDEN")


def test_a_former_member_may_create_no_more(server: InProcess) -> None:
    members = administer(
        server, "GET", "developer-spaces/87654321-4321-4321-4321-210987654321/members"
    )["members"]
    assert server.post(versions_path(), json=version()).status_code == 201
    administer(
        server,
        "DELETE",
        f"developer-spaces/87654321-4321-4321-4321-210987654321/members/{members[0]['personId']}",
    )
    refused(server.post(versions_path(), json=version()), 403, "FORBIDDEN")


# What each framework needs.


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("hosting", HOSTINGS)
def test_a_framework_is_not_tied_to_the_hosting(
    server: InProcess, framework: str, hosting: str
) -> None:
    created = create(server, HOSTINGS[hosting], version(framework, **NUMBERED))
    assert created["frameworkDetails"] == {
        "frameworkId": framework,
        "attributes": FRAMEWORKS[framework],
    }


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_framework_has_optional_attributes(server: InProcess, framework: str) -> None:
    attributes = {**FRAMEWORKS[framework], **OPTIONAL[framework]}
    details = {"frameworkId": framework, "attributes": attributes}
    created = create(server, ADDON_CLOUD, version(frameworkDetails=details, **NUMBERED))
    assert created["frameworkDetails"] == details


@pytest.mark.parametrize(
    ("framework", "attribute"),
    [(framework, attribute) for framework, needed in NEEDED.items() for attribute in needed],
)
def test_an_attribute_that_the_framework_needs_is_missed(
    shared: InProcess, framework: str, attribute: str
) -> None:
    body = version(framework, **NUMBERED)
    del body["frameworkDetails"]["attributes"][attribute]
    fields = refused_fields(shared.post(versions_path(), json=body))
    assert fields == [f"frameworkDetails.attributes.{attribute}"]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_attribute_that_is_missing_is_told(shared: InProcess, framework: str) -> None:
    details = {"frameworkId": framework, "attributes": {}}
    answer = shared.post(versions_path(), json=version(frameworkDetails=details, **NUMBERED))
    assert refused_fields(answer) == sorted(
        f"frameworkDetails.attributes.{attribute}" for attribute in NEEDED[framework]
    )


@pytest.mark.parametrize(
    ("framework", "attribute", "bad"),
    [
        ("connect", "scopes", "READ"),
        ("connect", "descriptorUrl", "no url"),
        ("forge", "appAccess", "issues"),
        ("plugin", "pluginFrameworkType", "P3"),
        ("plugin", "descriptorId", ""),
        ("workflow", "artifactId", 7),
        ("external", "authorization", "true"),
        ("external", "binaryUrl", "ftp://example.com/app.zip"),
    ],
)
def test_a_bad_attribute_is_refused(
    shared: InProcess, framework: str, attribute: str, bad: Any
) -> None:
    body = version(framework, **NUMBERED)
    body["frameworkDetails"]["attributes"][attribute] = bad
    fields = refused_fields(shared.post(versions_path(), json=body))
    assert fields == [f"frameworkDetails.attributes.{attribute}"]


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"attributes": {}}, "frameworkDetails.frameworkId"),
        ({"frameworkId": "p2", "attributes": {}}, "frameworkDetails.frameworkId"),
        ({"frameworkId": None, "attributes": {}}, "frameworkDetails.frameworkId"),
        ({"frameworkId": ["connect"], "attributes": {}}, "frameworkDetails.frameworkId"),
        ({"frameworkId": "connect"}, "frameworkDetails.attributes"),
        ({"frameworkId": "connect", "attributes": []}, "frameworkDetails.attributes"),
        ("connect", "frameworkDetails"),
    ],
)
def test_details_of_no_framework_are_refused(shared: InProcess, details: Any, field: str) -> None:
    answer = shared.post(versions_path(), json=version(frameworkDetails=details))
    assert refused_fields(answer) == [field]


@pytest.mark.parametrize("absent", [{}, {"buildNumber": None, "versionNumber": None}])
@pytest.mark.parametrize(
    ("framework", "needed"),
    [
        ("connect", []),
        ("forge", ["versionNumber"]),
        ("plugin", ["buildNumber", "versionNumber"]),
        ("workflow", ["buildNumber"]),
        ("external", ["buildNumber"]),
    ],
)
def test_numbers_are_required_as_the_framework_says(
    server: InProcess, framework: str, needed: list[str], absent: dict[str, None]
) -> None:
    answer = server.post(versions_path(), json={**version(framework), **absent})
    if needed:
        assert refused_fields(answer) == needed
    else:
        assert answer.status_code == 201
    given = {name: value for name, value in NUMBERED.items() if name in needed}
    assert server.post(versions_path(), json=version(framework, **given)).status_code == 201


@pytest.mark.parametrize("framework", ["workflow", "external"])
def test_an_optional_version_number_stays_absent(server: InProcess, framework: str) -> None:
    software_id = new_software(server)
    for build_number in (1, 2):  # two without one do not collide
        created = create(server, software_id, version(framework, buildNumber=build_number))
        assert "versionNumber" not in created
        path = versions_path(software_id, build_number)
        assert "versionNumber" not in server.get(path).json()


# Build numbers and version numbers.


@pytest.mark.parametrize("framework", ["connect", "forge"])
def test_a_generated_build_number_is_one_more_than_the_highest(
    server: InProcess, framework: str
) -> None:
    software_id = new_software(server)
    got = []
    for number, given in enumerate([None, None, 10, None, 5, None]):
        body = version(framework, versionNumber=f"{number}", buildNumber=given)
        got.append(create(server, software_id, body)["buildNumber"])
    assert got == [1, 2, 10, 11, 5, 12]


def test_an_archived_version_counts_for_the_highest(server: InProcess) -> None:
    software_id = new_software(server)
    create(server, software_id, version(buildNumber=8))
    move(server, "archive", 8, software_id)
    assert create(server, software_id, version())["buildNumber"] == 9


def test_generated_numbers_are_unique_and_gap_free_under_concurrent_calls(
    server: InProcess,
) -> None:
    software_id = new_software(server)
    refusals = [version(beta="?"), version(supportedPaymentModel="gold")]
    bodies = [version() for _ in range(24)]
    answers = server.at_once(
        *(
            server.send("POST", versions_path(software_id), json=body)
            for pair in zip(bodies, refusals * 12, strict=True)
            for body in pair
        )
    )
    assert [answer.status_code for answer in answers] == [201, 400] * 24
    created = [answer.json() for answer in answers if answer.status_code == 201]
    assert sorted(v["buildNumber"] for v in created) == list(range(1, 25))
    assert {v["versionNumber"] for v in created} == {f"1.0.{patch}" for patch in range(24)}


def test_one_of_many_concurrent_calls_gets_a_build_number(server: InProcess) -> None:
    answers = server.at_once(
        *(
            server.send("POST", versions_path(), json=version(buildNumber=9, versionNumber=f"{n}"))
            for n in range(12)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 11
    for answer in answers:
        if answer.status_code == 400:
            assert refused_fields(answer) == ["buildNumber"]


@pytest.mark.parametrize("bad", [-1, GREATEST + 1, 10**40, 1.5, "7", True, [7]])
def test_a_build_number_that_cannot_be_is_refused(shared: InProcess, bad: Any) -> None:
    assert refused_fields(shared.post(versions_path(), json=version(buildNumber=bad))) == [
        "buildNumber"
    ]


@pytest.mark.parametrize("good", [0, 1, GREATEST])
def test_the_least_and_the_greatest_build_number_can_be_used(server: InProcess, good: int) -> None:
    assert create(server, ADDON_CLOUD, version(buildNumber=good))["buildNumber"] == good


def test_no_build_number_is_generated_above_the_greatest(server: InProcess) -> None:
    create(server, ADDON_CLOUD, version(buildNumber=GREATEST))
    assert refused_fields(server.post(versions_path(), json=version())) == ["buildNumber"]


def test_a_used_build_number_is_refused(server: InProcess) -> None:
    before = server.get(versions_path(build_number=26400)).json()
    answer = server.post(versions_path(), json=version(buildNumber=26400))
    (detail,) = refused(answer, 400, "VALIDATION_ERROR")
    assert detail.startswith("buildNumber")
    assert "Build number already exists" in detail
    assert server.get(versions_path(build_number=26400)).json() == before


def test_a_used_version_number_is_refused(server: InProcess) -> None:
    before = count(server)
    answer = server.post(versions_path(), json=version(versionNumber="3.7.2"))
    assert refused_fields(answer) == ["versionNumber"]
    assert count(server) == before


def test_both_used_numbers_are_told_at_once(shared: InProcess) -> None:
    body = version(buildNumber=26300, versionNumber="3.7.2")
    fields = refused_fields(shared.post(versions_path(), json=body))
    assert fields == ["buildNumber", "versionNumber"]


def test_the_numbers_of_another_app_software_are_free(server: InProcess) -> None:
    body = version(buildNumber=26400, versionNumber="3.7.2")
    assert create(server, ADDON_SERVER, body)["buildNumber"] == 26400


@pytest.mark.parametrize(
    ("numbers", "generated"),
    [
        ([], "1.0.0"),
        (["1.0.0"], "1.0.1"),
        (["2.3.4"], "2.3.5"),
        (["0.0.9"], "0.0.10"),
        (["2.3.4", "1.9.9"], "2.3.5"),  # the highest major, though another is newer
        (["10.0.0", "9.9.9"], "10.0.1"),  # numbers, not texts
        (["1.2.3", "1.1.0"], "1.1.1"),  # the newest of the highest major
        (["1.0.2", "1.0.0", "1.0.1"], "1.0.3"),  # the patch grows until it is free
        (["1.0.1", "1.0.2", "1.0.0"], "1.0.3"),
        (["one", "1.0", "1.2.3-rc", "v1.2.3", "1.2.3.4", " 1.2.3"], "1.0.0"),
        (["one", "3.1.4", "5.0-beta"], "3.1.5"),
    ],
)
def test_a_version_number_is_generated_from_the_newest_of_the_highest_major(
    server: InProcess, numbers: list[str], generated: str
) -> None:
    software_id = new_software(server)
    for build_number, number in enumerate(numbers, 1):
        body = version(buildNumber=build_number, versionNumber=number)
        create(server, software_id, body)
    assert create(server, software_id, version())["versionNumber"] == generated


def test_the_newest_version_is_the_one_with_the_highest_build_number(server: InProcess) -> None:
    software_id = new_software(server)
    create(server, software_id, version(buildNumber=9, versionNumber="1.5.0"))
    create(server, software_id, version(buildNumber=3, versionNumber="1.8.0"))
    assert create(server, software_id, version())["versionNumber"] == "1.5.1"


def test_a_refused_version_uses_no_number_up(server: InProcess) -> None:
    software_id = new_software(server)
    server.post(versions_path(software_id), json=version(supported="?"))
    created = create(server, software_id, version())
    assert (created["buildNumber"], created["versionNumber"]) == (1, "1.0.0")


# Compatibilities.


@pytest.mark.parametrize(
    ("hosting", "compatibilities", "fields"),
    [
        ("cloud", [], ["compatibilities"]),
        ("cloud", compatible("nowhere"), ["compatibilities[0].parentSoftwareId"]),
        ("cloud", compatible("Jira"), ["compatibilities[0].parentSoftwareId"]),
        ("cloud", [{}], ["compatibilities[0].parentSoftwareId"]),
        ("cloud", compatible("jira", "jira"), ["compatibilities[1].parentSoftwareId"]),
        (
            "cloud",
            compatible("jira", "confluence", "jira", "nowhere"),
            ["compatibilities[2].parentSoftwareId", "compatibilities[3].parentSoftwareId"],
        ),
        ("cloud", compatible("jira", low=2, high=1), ["compatibilities[0].minBuildNumber"]),
        (
            "server",
            compatible("jira"),
            ["compatibilities[0].maxBuildNumber", "compatibilities[0].minBuildNumber"],
        ),
        ("server", compatible("jira", low=1), ["compatibilities[0].maxBuildNumber"]),
        ("datacenter", compatible("jira", high=1), ["compatibilities[0].minBuildNumber"]),
        ("cloud", compatible("jira", low=-1, high=-1), None),
        ("cloud", compatible("jira", low=GREATEST + 1), ["compatibilities[0].minBuildNumber"]),
    ],
)
def test_a_compatibility_that_cannot_be_is_refused(
    server: InProcess, hosting: str, compatibilities: list[Any], fields: list[str] | None
) -> None:
    software_id = HOSTINGS[hosting]
    before = count(server, software_id)
    body = version(compatibilities=compatibilities)
    told = refused_fields(server.post(versions_path(software_id), json=body))
    assert told == (
        fields or ["compatibilities[0].maxBuildNumber", "compatibilities[0].minBuildNumber"]
    )
    assert count(server, software_id) == before


@pytest.mark.parametrize(
    ("hosting", "parent"), [("cloud", "bamboo"), ("server", "compass"), ("datacenter", "compass")]
)
def test_a_parent_must_offer_the_hosting(shared: InProcess, hosting: str, parent: str) -> None:
    framework = "plugin" if parent == "bamboo" else "connect"
    body = version(framework, compatibilities=compatible(parent, low=1, high=2), **NUMBERED)
    (detail,) = refused(
        shared.post(versions_path(HOSTINGS[hosting]), json=body), 400, "VALIDATION_ERROR"
    )
    assert detail.startswith("compatibilities[0].parentSoftwareId")
    assert hosting in detail


@pytest.mark.parametrize(
    "bounds", [(None, None), (1, None), (None, 1), (5, 5), (0, GREATEST), (123_456_789, 987654321)]
)
def test_bounds_are_optional_for_cloud_and_need_be_no_release(
    server: InProcess, bounds: tuple[int | None, int | None]
) -> None:
    compatibilities = compatible("jira", low=bounds[0], high=bounds[1])
    created = create(server, ADDON_CLOUD, version(compatibilities=compatibilities))
    assert created["compatibilities"] == compatibilities


@pytest.mark.parametrize(
    ("framework", "hosting", "parents", "bad"),
    [
        ("workflow", "cloud", ["jira"], []),
        ("workflow", "cloud", ["jira", "confluence"], ["confluence"]),
        ("connect", "server", ["bamboo"], ["bamboo"]),
        ("forge", "datacenter", ["crowd", "jira", "fisheye"], ["crowd", "fisheye"]),
        ("plugin", "cloud", ["compass"], ["compass"]),
    ],
)
def test_every_parent_must_have_the_framework(
    server: InProcess, framework: str, hosting: str, parents: list[str], bad: list[str]
) -> None:
    body = version(framework, compatibilities=compatible(*parents, low=1, high=2), **NUMBERED)
    answer = server.post(versions_path(HOSTINGS[hosting]), json=body)
    if not bad:
        assert answer.status_code == 201
        return
    assert refused_fields(answer) == ["frameworkDetails.frameworkId"] * len(bad)
    details = refused(answer, 400, "VALIDATION_ERROR")
    assert [parent for parent in parents if any(parent in detail for detail in details)] == bad


@pytest.mark.parametrize("model", ["free", "paid-via-vendor", "paid-via-atlassian"])
def test_only_paid_via_atlassian_is_for_one_parent(server: InProcess, model: str) -> None:
    two = version(supportedPaymentModel=model, compatibilities=compatible("jira", "confluence"))
    answer = server.post(versions_path(), json=two)
    if model == "paid-via-atlassian":
        assert refused_fields(answer) == ["supportedPaymentModel"]
    else:
        assert answer.status_code == 201
    one = version(supportedPaymentModel=model, compatibilities=compatible("confluence"))
    assert create(server, ADDON_CLOUD, one)["supportedPaymentModel"] == model


# Licences and agreements.


@pytest.mark.parametrize(
    "licence",
    [
        "atlassian-closed-source",
        "commercial",
        "commercial-free",
        "bsd",
        "asl",
        "gpl",
        "lgpl",
        "epl",
    ],
)
def test_a_licence_is_answered_with_its_name_and_link(server: InProcess, licence: str) -> None:
    answered = create(server, ADDON_CLOUD, version(licenseType={"id": licence}))["licenseType"]
    assert set(answered) == {"id", "name", "link"}
    assert answered["id"] == licence
    assert answered["name"]
    assert answered["link"].startswith("https://")


@pytest.mark.parametrize(
    ("licence", "field"),
    [
        ({"id": "mit"}, "licenseType.id"),
        ({}, "licenseType.id"),
        ("bsd", "licenseType"),
        (None, "licenseType"),
    ],
)
def test_a_licence_that_cannot_be_is_refused(shared: InProcess, licence: Any, field: str) -> None:
    body = {**version(), "licenseType": licence}
    assert refused_fields(shared.post(versions_path(), json=body)) == [field]


@pytest.mark.parametrize(
    ("agreements", "field"),
    [
        ([], "acceptedAgreements"),
        ([{}], "acceptedAgreements[0].agreementUrl"),
        ([{"agreementUrl": "terms"}], "acceptedAgreements[0].agreementUrl"),
        (
            [{"agreementUrl": "https://a.example"}, {"agreementUrl": 1}],
            "acceptedAgreements[1].agreementUrl",
        ),
        ("https://a.example", "acceptedAgreements"),
    ],
)
def test_at_least_one_agreement_is_accepted(shared: InProcess, agreements: Any, field: str) -> None:
    body = version(acceptedAgreements=agreements)
    assert refused_fields(shared.post(versions_path(), json=body)) == [field]


def test_an_absent_list_of_agreements_is_refused(shared: InProcess) -> None:
    answer = shared.post(versions_path(), json=version(acceptedAgreements=None))
    assert refused_fields(answer) == ["acceptedAgreements"]


def test_the_server_says_who_accepted_an_agreement_and_when(server: InProcess) -> None:
    sent = {
        "agreementUrl": "https://a.example/terms",
        "acceptedBy": "someone.else@example.com",
        "acceptedAt": "2001-01-01T00:00:00Z",
    }
    created = create(server, ADDON_CLOUD, version(acceptedAgreements=[sent]))
    assert created["acceptedAgreements"] == [
        {
            "agreementUrl": "https://a.example/terms",
            "acceptedBy": DEVELOPER[0],
            "acceptedAt": created["createdAt"],
        }
    ]


def test_only_configured_agreements_can_be_accepted(tmp_path: Path) -> None:
    allowed = "https://a.example/terms https://b.example/terms"
    with InProcess(tmp_path / "data", agreements=allowed) as server:
        good = [{"agreementUrl": url} for url in allowed.split()]
        assert create(server, ADDON_CLOUD, version(acceptedAgreements=good))
        bad = [*good, {"agreementUrl": "https://c.example/terms"}]
        answer = server.post(versions_path(), json=version(acceptedAgreements=bad))
        assert refused_fields(answer) == ["acceptedAgreements[2].agreementUrl"]


# States and archives.


def test_with_manual_approval_a_new_version_waits_for_review(server: InProcess) -> None:
    set_policy(server, "manual")
    created = create(server, ADDON_CLOUD, version())
    assert created["state"] == "submitted"
    assert created["approvalDetails"] == {"submittedAt": created["createdAt"]}
    assert "releaseDetails" not in created


def test_with_automatic_approval_a_new_version_waits_for_its_listing(server: InProcess) -> None:
    created = create(server, ADDON_CLOUD, version())
    number = created["buildNumber"]
    assert created["state"] == "auto-approved"
    refused(
        server.get(versions_path(build_number=number), OUTSIDER),
        404,
        "APP_SOFTWARE_VERSION_NOT_FOUND",
    )
    list_version(server, ADDON_CLOUD, number)
    public = server.get(versions_path(build_number=number), OUTSIDER).json()
    assert (public["state"], public["revision"]) == ("active", 2)
    assert public["releaseDetails"]["releasedBy"] == ADMINISTRATOR[0]


@pytest.mark.parametrize("policy", ["auto", "manual"])
def test_a_draft_comes_from_the_administration_alone(server: InProcess, policy: str) -> None:
    set_policy(server, policy)
    assert create(server, ADDON_CLOUD, version(draft=True))["state"] != "draft"
    draft = administer(server, "POST", f"app-software/{ADDON_CLOUD}/versions", version(draft=True))
    assert draft["state"] == "draft"
    assert not {"approvalDetails", "releaseDetails"} & draft.keys()


@pytest.mark.parametrize("what", ARCHIVED)
def test_what_is_archived_gets_no_new_versions(server: InProcess, what: str) -> None:
    before = count(server)
    archive(server, what, ADDON_CLOUD)
    (detail,) = refused(server.post(versions_path(), json=version()), 400, "VALIDATION_ERROR")
    assert "archived" in detail
    assert count(server) == before
    unarchive(server, what, ADDON_CLOUD)
    assert create(server, ADDON_CLOUD, version())["state"] == "auto-approved"


# Problems.


def test_every_problem_of_a_body_is_told_at_once(server: InProcess) -> None:
    before = count(server, ADDON_SERVER)
    body = {
        "buildNumber": 3140,
        "versionNumber": "1.3.2",
        "compatibilities": [
            {"parentSoftwareId": "jira", "minBuildNumber": 5, "maxBuildNumber": 1},
            {"parentSoftwareId": "nowhere", "minBuildNumber": 1},
            {"parentSoftwareId": "compass", "minBuildNumber": "1", "maxBuildNumber": 2},
            "confluence",
        ],
        "supportedPaymentModel": "paid-via-atlassian",
        "frameworkDetails": {"frameworkId": "plugin", "attributes": {}},
        "supported": 1,
        "acceptedAgreements": [{"agreementUrl": "terms"}],
        "changelog": {"releaseSummary": "s" * 1001},
    }
    answer = server.post(versions_path(ADDON_SERVER), json=body)
    assert refused_fields(answer) == sorted(
        [
            "buildNumber",
            "versionNumber",
            "compatibilities[0].minBuildNumber",
            "compatibilities[1].parentSoftwareId",
            "compatibilities[1].maxBuildNumber",
            "compatibilities[2].parentSoftwareId",
            "compatibilities[2].minBuildNumber",
            "compatibilities[3]",
            "supportedPaymentModel",
            "frameworkDetails.attributes.artifactId",
            "frameworkDetails.frameworkId",  # compass has no plugins
            "supported",
            "beta",
            "acceptedAgreements[0].agreementUrl",
            "changelog.releaseSummary",
        ]
    )
    ids = [error["id"] for error in answer.json()["errors"]]
    assert len(set(ids)) == len(ids)
    assert count(server, ADDON_SERVER) == before
