"""PUT app-software/{appSoftwareId}/versions/{buildNumber}: a version replaced."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.answers import MOMENT, refused, refused_fields
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_SERVER,
    FRAMEWORKS,
    OTHER_WORKFLOW,
    UNKNOWN,
    WORKFLOW,
    codes,
    problems,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, InProcess
from tests.support.reference import CREATE_VERSION, UPDATE_VERSION
from tests.support.scenes import (
    ARCHIVED,
    CALLERS,
    administer,
    archive,
    as_caller,
    create,
    create_public,
    list_version,
    move,
    new_software,
    set_policy,
    unarchive,
)

pytestmark = pytest.mark.usefixtures("engine")

STATES = {
    "draft": 26400,
    "active": 26300,
    "auto-approved": 26200,
    "approved": 26100,
    "submitted": 25900,
    "rejected": 25600,
}
"""A build number of the add-on's cloud app software in each state that can be written."""


def read(server: InProcess, build_number: int, software_id: str = ADDON_CLOUD) -> dict[str, Any]:
    """A version as it is now."""
    held: dict[str, Any] = server.get(
        versions_path(software_id, build_number), ADMINISTRATOR
    ).json()
    return held


def put(
    server: InProcess, body: dict[str, Any], software_id: str = ADDON_CLOUD, **options: Any
) -> Any:
    """Send a body to the version that it names; the answer."""
    return server.put(versions_path(software_id, body["buildNumber"]), json=body, **options)


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
def test_the_example_of_the_reference_works_as_printed(server: InProcess, prefix: str) -> None:
    created = create_public(server, ADDON_CLOUD, CREATE_VERSION)
    assert (created["state"], created["revision"]) == ("active", 2)
    answer = server.put(prefix + versions_path(build_number=1001), json=UPDATE_VERSION)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    updated = answer.json()
    assert updated == {
        **created,
        **UPDATE_VERSION,
        "licenseType": created["licenseType"],
        "acceptedAgreements": created["acceptedAgreements"],
        "revision": 3,
    }
    assert read(server, 1001) == updated


@pytest.mark.parametrize("state", STATES)
def test_what_was_read_can_be_sent_back_in_every_state(server: InProcess, state: str) -> None:
    held = read(server, STATES[state])
    assert held["state"] == state
    answer = put(server, held)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**held, "revision": held["revision"] + 1}
    assert read(server, STATES[state]) == answer.json()


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_field_is_replaced(server: InProcess, framework: str) -> None:
    software_id = new_software(server)
    created = create(
        server,
        software_id,
        version(
            framework,
            buildNumber=4,
            versionNumber="one",
            licenseType={"id": "bsd"},
            sourceCodeLicense={"url": "https://a.example"},
            changelog={"releaseSummary": "First", "releaseNotes": "Notes"},
            editionsEnabled=True,
        ),
    )
    changes = {
        "versionNumber": "two",
        "compatibilities": [{"parentSoftwareId": "jira", "minBuildNumber": 3}],
        "supportedPaymentModel": "paid-via-vendor",
        "supported": False,
        "beta": True,
        "licenseType": {"id": "gpl"},
        "sourceCodeLicense": {"url": "https://b.example"},
        "changelog": {"releaseSummary": "Second"},
        "editionsEnabled": False,
    }
    updated = put(server, {**created, **changes}, software_id).json()
    assert updated["licenseType"].pop("name") == "GNU General Public License"
    assert updated["licenseType"].pop("link").startswith("https://")
    assert updated == {**created, **changes, "revision": 2}


def test_optional_fields_that_are_left_out_are_gone(server: InProcess) -> None:
    optional = ("licenseType", "sourceCodeLicense", "changelog", "editionsEnabled")
    body = version(
        licenseType={"id": "bsd"},
        sourceCodeLicense={"url": "https://a.example"},
        changelog={"releaseSummary": "First"},
        editionsEnabled=True,
    )
    created = create(server, ADDON_CLOUD, body)
    assert set(optional) <= created.keys()
    put(server, without(created, *optional))
    held = read(server, created["buildNumber"])
    assert held == {**without(created, *optional), "revision": 2}


def test_attributes_of_the_framework_are_replaced(server: InProcess) -> None:
    held = read(server, 20100)
    details = {"frameworkId": "connect", "attributes": {"descriptorId": "new", "scopes": []}}
    updated = put(server, {**held, "frameworkDetails": details}).json()
    assert updated["frameworkDetails"] == details


def test_what_the_server_says_of_a_version_cannot_be_set(server: InProcess) -> None:
    held = read(server, STATES["active"])
    claims = {
        "createdBy": "someone@example.com",
        "createdAt": "2001-01-01T00:00:00Z",
        "approvalDetails": {"approvedBy": "me"},
        "releaseDetails": 7,
        "colour": "green",
    }
    assert put(server, {**held, **claims}).json() == {**held, "revision": held["revision"] + 1}


def test_prefer_minimal_leaves_the_body_out(server: InProcess) -> None:
    held = read(server, STATES["active"])
    answer = put(server, held, headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["preference-applied"] == "return=minimal"
    assert read(server, STATES["active"])["revision"] == held["revision"] + 1


def test_filters_find_a_version_as_it_is_now(server: InProcess) -> None:
    held = read(server, 3080, ADDON_SERVER)
    changes = {
        "versionNumber": "9.9.9",
        "supportedPaymentModel": "free",
        "compatibilities": [
            {"parentSoftwareId": "confluence", "minBuildNumber": 5, "maxBuildNumber": 6}
        ],
    }
    assert put(server, {**held, **changes}, ADDON_SERVER).status_code == 200

    def found(**filters: Any) -> list[int]:
        page = server.get(versions_path(ADDON_SERVER), params=filters).json()
        return [listed["buildNumber"] for listed in page["versions"]]

    assert found(paymentModel="free") == [3080]
    assert found(parentSoftwareId="confluence", parentSoftwareVersionId=6) == [3080]
    assert 3080 not in found(parentSoftwareId="jira")
    assert found(afterVersion="9.9.9") == [3140, 3130, 3120, 3110, 3100, 3090]
    answer = server.get(versions_path(ADDON_SERVER), params={"afterVersion": "1.2.1"})
    refused(answer, 400, "INVALID_PARAMETER")


# Who may, and what is checked first.


@pytest.mark.parametrize("who", CALLERS)
def test_only_members_and_administrators_update_versions(server: InProcess, who: str) -> None:
    held = read(server, STATES["active"])
    path = versions_path(build_number=STATES["active"])
    answer = server.put(path, as_caller(server, who), json={**held, "beta": not held["beta"]})
    if who in ("member", "administrator"):
        expected = {**held, "beta": not held["beta"], "revision": held["revision"] + 1}
        assert answer.json() == expected
    else:
        refused(answer, *((401, "UNAUTHORIZED") if who == "nobody" else (403, "FORBIDDEN")))
        assert read(server, STATES["active"]) == held


@pytest.mark.parametrize("who", ["member", "stranger"])
@pytest.mark.parametrize("software_id", [UNKNOWN, "not-a-uuid"])
def test_an_unknown_app_software_comes_first(shared: InProcess, software_id: str, who: str) -> None:
    path = versions_path(software_id, "no-number")
    answer = shared.put(path, as_caller(shared, who), content=b"{")
    refused(answer, 404, "APP_SOFTWARE_NOT_FOUND")


@pytest.mark.parametrize("build_number", ["26300", "99999", "no-number"])
def test_the_permission_comes_before_the_body_and_the_version(
    shared: InProcess, build_number: str
) -> None:
    path = versions_path(build_number=build_number)
    answer = shared.put(path, as_caller(shared, "outsider"), content=b"{")
    refused(answer, 403, "FORBIDDEN")


def test_a_bad_body_comes_before_an_unknown_version(shared: InProcess) -> None:
    body = {**read(shared, STATES["active"]), "buildNumber": 99999, "versionNumber": "99.0.0"}
    refused(put(shared, body), 404, "APP_SOFTWARE_VERSION_NOT_FOUND")
    assert refused_fields(put(shared, {**body, "beta": 0})) == ["beta"]


@pytest.mark.parametrize("build_number", ["abc", "-1", "1.5", "9007199254740992"])
def test_a_build_number_in_the_path_that_cannot_be_is_refused(
    shared: InProcess, build_number: str
) -> None:
    body = read(shared, STATES["active"])
    answer = shared.put(versions_path(build_number=build_number), json=body)
    assert "INVALID_PARAMETER" in {code for code, _ in problems(answer.json())}
    assert answer.status_code == 400


# Revisions.


@pytest.mark.parametrize("difference", [-2, -1, 1, 10**15])
def test_a_revision_that_is_not_the_last_one_is_refused(server: InProcess, difference: int) -> None:
    created = create(server, ADDON_CLOUD, version())
    for revision in (1, 2):
        put(server, {**created, "revision": revision})
    held = read(server, created["buildNumber"])
    assert held["revision"] == 3
    answer = put(server, {**held, "revision": 3 + difference, "beta": True})
    (detail,) = refused(answer, 400, "REVISION_MISMATCH")
    assert ("A more recent revision is available" in detail) == (difference < 0)
    assert read(server, created["buildNumber"]) == held


def test_of_concurrent_updates_with_one_revision_exactly_one_wins(server: InProcess) -> None:
    held = read(server, STATES["active"])
    bodies = [{**held, "changelog": {"releaseSummary": f"writer {n}"}} for n in range(16)]
    path = versions_path(build_number=STATES["active"])
    answers = server.at_once(*(server.send("PUT", path, json=body) for body in bodies))
    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    for answer in answers:
        if answer.status_code != 200:
            refused(answer, 400, "REVISION_MISMATCH")
    assert winner["revision"] == held["revision"] + 1
    assert read(server, STATES["active"]) == winner


@pytest.mark.parametrize("bad", [-1, 1.5, "1", None, True])
def test_a_revision_that_cannot_be_is_refused(shared: InProcess, bad: Any) -> None:
    body = {**read(shared, STATES["active"]), "revision": bad}
    assert refused_fields(put(shared, body)) == ["revision"]


def test_a_move_in_review_makes_an_older_revision_stale(server: InProcess) -> None:
    held = read(server, STATES["draft"])
    move(server, "submit", STATES["draft"], ADDON_CLOUD)
    codes = {code for code, _ in problems(put(server, held).json())}
    assert codes == {"REVISION_MISMATCH", "VALIDATION_ERROR"}  # the state is another, too


# What cannot change.


def test_the_build_number_must_be_the_one_of_the_path(server: InProcess) -> None:
    held = read(server, STATES["active"])
    answer = server.put(versions_path(build_number=STATES["draft"]), json=held)
    assert "buildNumber" in {detail.split(" ")[0] for _, detail in problems(answer.json())}
    assert answer.status_code == 400
    assert read(server, STATES["active"]) == held


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("to", [*STATES, "archived"])
def test_the_state_must_be_the_current_one(shared: InProcess, state: str, to: str) -> None:
    if state == to:
        return
    held = read(shared, STATES[state])
    assert refused_fields(put(shared, {**held, "state": to})) == ["state"]
    assert read(shared, STATES[state]) == held


@pytest.mark.parametrize("bad", ["public", "", 1, None])
def test_a_state_that_cannot_be_is_refused(shared: InProcess, bad: Any) -> None:
    body = {**read(shared, STATES["active"]), "state": bad}
    assert refused_fields(put(shared, body)) == ["state"]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_framework_cannot_change(server: InProcess, framework: str) -> None:
    software_id = new_software(server)
    original = "plugin" if framework != "plugin" else "workflow"
    created = create(server, software_id, version(original, buildNumber=1, versionNumber="1.0.0"))
    details = {"frameworkId": framework, "attributes": FRAMEWORKS[framework]}
    answer = put(server, {**created, "frameworkDetails": details}, software_id)
    assert refused_fields(answer) == ["frameworkDetails.frameworkId"]
    assert read(server, 1, software_id) == created


@pytest.mark.parametrize("framework", ["plugin", "workflow"])
def test_the_artifact_of_an_active_version_cannot_change(server: InProcess, framework: str) -> None:
    set_policy(server, "manual")
    software_id = new_software(server)
    held = create(server, software_id, version(framework, buildNumber=1, versionNumber="1"))
    assert held["state"] == "submitted"

    def change(artifact_id: str) -> httpx2.Response:
        details = {"frameworkId": framework, "attributes": {"artifactId": artifact_id}}
        held = read(server, 1, software_id)
        answer: httpx2.Response = put(server, {**held, "frameworkDetails": details}, software_id)
        return answer

    assert change(OTHER_WORKFLOW).json()["frameworkDetails"]["attributes"] == {
        "artifactId": OTHER_WORKFLOW
    }
    assert change(WORKFLOW).status_code == 200
    assert move(server, "approve", 1, software_id)["state"] == "approved"
    # What a reviewer has approved stays what it is, before it is public as well as after.
    assert refused_fields(change(OTHER_WORKFLOW)) == ["frameworkDetails.attributes.artifactId"]
    assert change(WORKFLOW).status_code == 200
    list_version(server, software_id, 1)
    assert read(server, 1, software_id)["state"] == "active"
    assert refused_fields(change(OTHER_WORKFLOW)) == ["frameworkDetails.attributes.artifactId"]
    assert change(WORKFLOW).status_code == 200


# Rules that hold for new versions as well.


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"compatibilities": []}, ["compatibilities"]),
        (
            {"compatibilities": [{"parentSoftwareId": "nowhere"}]},
            [
                "compatibilities[0].maxBuildNumber",
                "compatibilities[0].minBuildNumber",
                "compatibilities[0].parentSoftwareId",
            ],
        ),
        (
            {
                "compatibilities": [
                    {"parentSoftwareId": "jira", "minBuildNumber": 2, "maxBuildNumber": 1}
                ]
            },
            ["compatibilities[0].minBuildNumber"],
        ),
        (
            {
                "compatibilities": [
                    {"parentSoftwareId": parent, "minBuildNumber": 1, "maxBuildNumber": 1}
                    for parent in ("jira", "confluence", "jira")
                ],
                "supportedPaymentModel": "paid-via-atlassian",
            },
            ["compatibilities[2].parentSoftwareId", "supportedPaymentModel"],
        ),
        (
            {
                "compatibilities": [
                    {"parentSoftwareId": "compass", "minBuildNumber": 1, "maxBuildNumber": 1}
                ]
            },
            ["compatibilities[0].parentSoftwareId", "frameworkDetails.frameworkId"],
        ),
        ({"supportedPaymentModel": "gold"}, ["supportedPaymentModel"]),
        ({"licenseType": {"id": "mit"}}, ["licenseType.id"]),
        ({"acceptedAgreements": [{}]}, ["acceptedAgreements[0].agreementUrl"]),
        (
            {"versionNumber": "1.3.2"},  # which another has, and the artifact has not
            ["frameworkDetails.attributes.artifactId", "versionNumber"],
        ),
        ({"versionNumber": None}, ["versionNumber"]),
        ({"versionNumber": ""}, ["versionNumber"]),
        ({"supported": 0, "beta": "no"}, ["beta", "supported"]),
    ],
)
def test_a_body_that_breaks_a_rule_is_refused(
    shared: InProcess, changes: dict[str, Any], fields: list[str]
) -> None:
    held = read(shared, 3140, ADDON_SERVER)
    assert refused_fields(put(shared, {**held, **changes}, ADDON_SERVER)) == fields
    assert read(shared, 3140, ADDON_SERVER) == held


def test_every_field_that_is_missing_is_told_at_once(shared: InProcess) -> None:
    answer = shared.put(versions_path(build_number=STATES["active"]), json={})
    assert refused_fields(answer) == sorted(
        [
            "buildNumber",
            "compatibilities",
            "supportedPaymentModel",
            "frameworkDetails",
            "supported",
            "beta",
            "state",
            "revision",
        ]
    )


def test_the_problems_of_the_body_and_those_of_the_version_are_told_at_once(
    shared: InProcess,
) -> None:
    held = read(shared, STATES["active"])
    body = {**held, "revision": held["revision"] + 5, "state": "draft", "beta": 1}
    found = {
        (code, detail.split(" ")[0].rstrip(":"))
        for code, detail in problems(put(shared, body).json())
    }
    assert found == {
        ("REVISION_MISMATCH", "revision"),
        ("VALIDATION_ERROR", "state"),
        ("VALIDATION_ERROR", "beta"),
    }


@pytest.mark.parametrize(
    ("framework", "optional"),
    [
        ("connect", False),
        ("forge", False),
        ("plugin", False),
        ("workflow", True),
        ("external", True),
    ],
)
def test_the_version_number_may_be_absent_where_the_framework_lets_it(
    server: InProcess, framework: str, optional: bool
) -> None:
    software_id = new_software(server)
    created = create(server, software_id, version(framework, buildNumber=1, versionNumber="1.0.0"))
    answer = put(server, without(created, "versionNumber"), software_id)
    if optional:
        assert "versionNumber" not in answer.json()
        assert read(server, 1, software_id) == answer.json()
    else:
        assert refused_fields(answer) == ["versionNumber"]


def test_a_version_number_that_was_given_up_is_free_again(server: InProcess) -> None:
    held = read(server, STATES["active"])
    old = held["versionNumber"]
    put(server, {**held, "versionNumber": "77.0.0"})
    assert create(server, ADDON_CLOUD, version(versionNumber=old))["versionNumber"] == old


# Agreements.


def test_agreements_are_replaced_and_keep_who_accepted_them_before(server: InProcess) -> None:
    created = create(server, ADDON_CLOUD, version())
    first = created["acceptedAgreements"]
    kept = put(server, without(created, "acceptedAgreements")).json()
    assert kept["acceptedAgreements"] == first
    new = {"agreementUrl": "https://more.example/terms", "acceptedBy": "someone@example.com"}
    path = versions_path(build_number=created["buildNumber"])
    sent = {**kept, "acceptedAgreements": [first[0], new, new]}
    answer = server.put(path, ADMINISTRATOR, json=sent)
    (before, added) = answer.json()["acceptedAgreements"]
    assert before == first[0]
    assert before["acceptedBy"] == DEVELOPER[0]
    assert added["agreementUrl"] == "https://more.example/terms"
    assert added["acceptedBy"] == ADMINISTRATOR[0]
    assert MOMENT.fullmatch(added["acceptedAt"])
    last = put(server, {**answer.json(), "acceptedAgreements": [new]}).json()
    assert last["acceptedAgreements"] == [added]


def test_a_hundred_agreements_are_sent_back_as_they_were_read(server: InProcess) -> None:
    many = [{"agreementUrl": f"https://a.example/{number}"} for number in range(100)]
    created = create(server, ADDON_CLOUD, version(acceptedAgreements=many))
    other = [{"agreementUrl": "https://a.example/other"}]
    answer = put(server, {**created, "acceptedAgreements": other})
    assert len(answer.json()["acceptedAgreements"]) == 1
    assert put(server, {**answer.json(), "acceptedAgreements": many}).status_code == 200


def test_an_agreement_that_is_held_passes_when_it_is_on_the_list_no_more(tmp_path: Path) -> None:
    with InProcess(tmp_path / "data") as server:
        created = create(server, ADDON_CLOUD, version())
    with InProcess(tmp_path / "data", demo=False, agreements="https://a.example/terms") as server:
        same = put(server, created)
        assert same.status_code == 200
        assert same.json()["acceptedAgreements"] == created["acceptedAgreements"]
        other = [{"agreementUrl": "https://b.example/terms"}]
        refused_answer = put(server, {**same.json(), "acceptedAgreements": other})
        assert refused_answer.status_code == 400


def test_a_bad_build_number_in_the_path_hides_nothing_of_the_body(server: InProcess) -> None:
    created = create(server, ADDON_CLOUD, version())
    parents = [{"parentSoftwareId": "nope"}]
    body = {**created, "compatibilities": parents}
    answer = server.put(versions_path(build_number="abc"), json=body)
    assert answer.status_code == 400
    assert codes(answer.json()) == ["INVALID_PARAMETER", "VALIDATION_ERROR"]
    assert "compatibilities[0].parentSoftwareId" in answer.json()["errors"][1]["detail"]
    headers = {"content-type": "application/json"}
    no_json = server.put(versions_path(build_number="abc"), content=b"{", headers=headers)
    assert codes(no_json.json()) == ["INVALID_PARAMETER", "VALIDATION_ERROR"]


def test_an_empty_list_of_agreements_is_good_here(server: InProcess) -> None:
    created = create(server, ADDON_CLOUD, version())
    answer = put(server, {**created, "acceptedAgreements": []})
    assert answer.json()["acceptedAgreements"] == created["acceptedAgreements"]


def test_only_configured_agreements_can_be_accepted(tmp_path: Path) -> None:
    with InProcess(tmp_path / "data", agreements="https://a.example/terms") as server:
        sent = [{"agreementUrl": "https://a.example/terms"}]
        created = create(server, ADDON_CLOUD, version(acceptedAgreements=sent))
        bad = [*sent, {"agreementUrl": "https://b.example/terms"}]
        answer = put(server, {**created, "acceptedAgreements": bad})
        assert refused_fields(answer) == ["acceptedAgreements[1].agreementUrl"]


# Archives.


@pytest.mark.parametrize("what", ARCHIVED)
def test_what_is_archived_is_not_written(server: InProcess, what: str) -> None:
    held = read(server, STATES["active"])
    archive(server, what, ADDON_CLOUD)
    (detail,) = refused(put(server, held), 400, "VALIDATION_ERROR")
    assert "archived" in detail
    assert read(server, STATES["active"]) == held
    unarchive(server, what, ADDON_CLOUD)
    assert put(server, held).status_code == 200


def test_an_archived_version_is_not_written_until_it_is_taken_back(server: InProcess) -> None:
    held = administer(server, "POST", f"app-software/{ADDON_SERVER}/versions/3140/archive")
    (detail,) = refused(put(server, held, ADDON_SERVER), 400, "VALIDATION_ERROR")
    assert "archived" in detail
    assert read(server, 3140, ADDON_SERVER) == held
    held = move(server, "unarchive", 3140, ADDON_SERVER)
    assert put(server, held, ADDON_SERVER).status_code == 200
