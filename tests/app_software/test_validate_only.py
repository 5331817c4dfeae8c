"""`Prefer: validate-only` on the creation of a version: everything is checked, nothing stored."""

from typing import Any

import pytest

from tests.support.answers import refused, refused_fields
from tests.support.bodies import ADDON_CLOUD, ADDON_SERVER, UNKNOWN, codes, version, versions_path
from tests.support.client import OUTSIDER, InProcess
from tests.support.scenes import archive, as_caller, as_member, new_software, set_policy
from tests.support.scratch import everything_of
from tests.support.walks import pages

ONLY = {"Prefer": "validate-only"}
VERSION_TIMES = ("createdAt", "approvalDetails", "acceptedAgreements")


def without_times(held: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in held.items() if name not in VERSION_TIMES}


def without_ids(body: Any) -> list[dict[str, Any]]:
    return [{k: v for k, v in error.items() if k != "id"} for error in body["errors"]]


@pytest.mark.parametrize("policy", ["auto", "manual"])
@pytest.mark.parametrize("framework", ["connect", "external"])
def test_the_answer_is_what_would_be_created(
    server: InProcess, framework: str, policy: str
) -> None:
    set_policy(server, policy)
    software_id = new_software(server)
    body = version(framework, buildNumber=None if framework == "connect" else 7)
    before = everything_of(server, software_id)
    answer = server.post(versions_path(software_id), json=body, headers=ONLY)
    assert answer.status_code == 200, answer.text
    assert answer.headers["preference-applied"] == "validate-only"
    assert answer.headers["content-type"] == "application/json"
    assert "location" not in answer.headers
    assert everything_of(server, software_id) == before
    made = server.post(versions_path(software_id), json=body)
    assert made.status_code == 201
    assert without_times(answer.json()) == without_times(made.json())


def test_numbers_that_were_looked_at_are_still_free(server: InProcess) -> None:
    software_id = new_software(server)
    body = version(buildNumber=7, versionNumber="7.0.0")
    for _ in range(3):
        assert server.post(versions_path(software_id), json=body, headers=ONLY).status_code == 200
    assert server.get(versions_path(software_id)).json()["totalCount"] == 0
    refused(server.get(versions_path(software_id, 7)), 404, "APP_SOFTWARE_VERSION_NOT_FOUND")
    assert server.post(versions_path(software_id), json=body).status_code == 201
    again = server.post(versions_path(software_id), json=body, headers=ONLY)
    assert refused_fields(again) == ["buildNumber", "versionNumber"]


@pytest.mark.parametrize(
    ("software_id", "body"),
    [
        (ADDON_CLOUD, {}),
        (ADDON_CLOUD, version(beta="?", supportedPaymentModel="gold")),
        (ADDON_CLOUD, version(buildNumber=26300, versionNumber="3.7.2")),
        (ADDON_CLOUD, version("plugin")),
        (ADDON_SERVER, version(compatibilities=[{"parentSoftwareId": "nowhere"}])),
        (
            ADDON_SERVER,
            version(
                "plugin",
                buildNumber=1,
                versionNumber="1",
                frameworkDetails={
                    "frameworkId": "plugin",
                    "attributes": {"artifactId": "b000000d-0000-4000-8000-358157b22222"},
                },
            ),
        ),
        (UNKNOWN, version()),
    ],
    ids=["empty", "types", "taken", "missing", "parent", "artifact", "unknown app software"],
)
def test_problems_are_the_same_as_without(
    shared: InProcess, software_id: str, body: dict[str, Any]
) -> None:
    looked = shared.post(versions_path(software_id), json=body, headers=ONLY)
    tried = shared.post(versions_path(software_id), json=body)
    assert looked.status_code == tried.status_code >= 400
    assert without_ids(looked.json()) == without_ids(tried.json())
    assert "preference-applied" not in looked.headers


@pytest.mark.parametrize("who", ["outsider", "stranger", "nobody"])
def test_only_those_who_may_create_may_look(shared: InProcess, who: str) -> None:
    answer = shared.post(versions_path(), as_caller(shared, who), json=version(), headers=ONLY)
    refused(answer, *((401, "UNAUTHORIZED") if who == "nobody" else (403, "FORBIDDEN")))


@pytest.mark.parametrize("role", ["viewer", "listing-specialist"])
def test_looking_needs_the_same_role(server: InProcess, role: str) -> None:
    auth = as_member(server, role)
    refused(server.post(versions_path(), auth, json=version(), headers=ONLY), 403, "FORBIDDEN")


@pytest.mark.parametrize(
    "prefer",
    [
        "validate-only",
        "Validate-Only",
        "return=minimal, validate-only",
        "validate-only; foo=bar",
        "handling=strict,validate-only,wait=10",
    ],
)
def test_the_preference_is_found_among_others(server: InProcess, prefer: str) -> None:
    before = everything_of(server, ADDON_CLOUD)
    answer = server.post(versions_path(), json=version(), headers={"Prefer": prefer})
    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == "validate-only"
    assert answer.json()["state"] == "auto-approved"
    assert everything_of(server, ADDON_CLOUD) == before


@pytest.mark.parametrize("prefer", ["validate", "validate-onl", "xvalidate-only"])
def test_other_preferences_do_not_hold_a_creation_back(server: InProcess, prefer: str) -> None:
    answer = server.post(versions_path(), json=version(), headers={"Prefer": prefer})
    assert answer.status_code == 201


def test_looking_and_creating_at_once_do_not_disturb_each_other(server: InProcess) -> None:
    software_id = new_software(server)
    path = versions_path(software_id)
    sends = [
        server.send("POST", path, json=version(), headers=ONLY if n % 3 else {}) for n in range(60)
    ]
    answers = server.at_once(*sends)
    assert [answer.status_code for answer in answers] == [201, 200, 200] * 20
    held = [v for page in pages(server, path) for v in page["versions"]]
    assert [v["buildNumber"] for v in held] == list(range(20, 0, -1))


def test_what_is_archived_refuses_to_be_looked_at(server: InProcess) -> None:
    archive(server, "app software", ADDON_CLOUD)
    answer = server.post(versions_path(), json=version(), headers=ONLY)
    assert (answer.status_code, codes(answer.json())) == (400, ["VALIDATION_ERROR"])
    assert server.post(versions_path(), OUTSIDER, json=version(), headers=ONLY).status_code == 403


@pytest.mark.parametrize(
    "lines",
    [
        [("Prefer", "return=minimal"), ("Prefer", "validate-only")],
        [("Prefer", "validate-only"), ("Prefer", "return=minimal")],
        [("Prefer", "return=minimal, validate-only")],
        [("Prefer", 'Validate-Only=""')],
        [("Prefer", "validate-only=true; wait=5")],
        [("Prefer", " validate-only ; x")],
    ],
    ids=str,
)
def test_however_it_is_spelled_nothing_is_written(
    server: InProcess, lines: list[tuple[str, str]]
) -> None:
    software_id = new_software(server)
    answer = server.post(versions_path(software_id), json=version(), headers=lines)
    assert answer.status_code == 200, answer.text
    assert answer.headers["preference-applied"] == "validate-only"
    assert server.get(versions_path(software_id)).json()["totalCount"] == 0


def test_an_update_can_be_checked_too(server: InProcess) -> None:
    held = server.get(versions_path(ADDON_CLOUD, 26000)).json()
    path = versions_path(ADDON_CLOUD, 26000)
    answer = server.put(path, json={**held, "beta": not held["beta"]}, headers=ONLY)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**held, "beta": not held["beta"], "revision": held["revision"] + 1}
    assert answer.headers["preference-applied"] == "validate-only"
    assert server.get(path).json() == held
    listing = server.get(f"{path}/listing").json()
    changed = {**listing, "moreDetails": "Other words."}
    checked = server.put(f"{path}/listing", json=changed, headers=ONLY)
    assert (checked.status_code, checked.json()["moreDetails"]) == (200, "Other words.")
    assert server.get(f"{path}/listing").json() == listing


def test_the_administrations_own_create_can_be_checked_too(server: InProcess) -> None:
    software_id = new_software(server)
    path = f"/admin/v1/app-software/{software_id}/versions"
    answer = server.post(path, json={**version(), "draft": True}, headers=ONLY)
    assert (answer.status_code, answer.json()["state"]) == (200, "draft")
    assert server.get(versions_path(software_id)).json()["totalCount"] == 0


def test_a_write_that_cannot_be_checked_is_not_done_instead(server: InProcess) -> None:
    path = f"/rest/3/app-software/{ADDON_CLOUD}/tokens"
    before = server.get(path).json()
    answer = server.post(path, headers=ONLY)
    assert refused(answer, 400, "VALIDATION_ERROR") == [
        "Prefer: validate-only is not understood here, so nothing was done"
    ]
    assert server.get(path, headers=ONLY).json() == before
