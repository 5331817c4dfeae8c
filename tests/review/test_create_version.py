"""The administration's own create of a version: as the contract's, and as a draft if asked."""

from typing import Any

import pytest

from tests.support.administration import APP_SOFTWARE, create, read
from tests.support.bodies import (
    ADDON_CLOUD,
    CALENDAR_CLOUD,
    UNKNOWN,
    codes,
    problems,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess


def path(software: str = ADDON_CLOUD) -> str:
    return f"{APP_SOFTWARE}/{software}/versions"


@pytest.mark.parametrize(
    ("software", "draft", "state"),
    [
        (ADDON_CLOUD, {}, "auto-approved"),
        (ADDON_CLOUD, {"draft": False}, "auto-approved"),
        (ADDON_CLOUD, {"draft": True}, "draft"),
        (CALENDAR_CLOUD, {}, "submitted"),
        (CALENDAR_CLOUD, {"draft": False}, "submitted"),
        (CALENDAR_CLOUD, {"draft": True}, "draft"),
    ],
)
def test_a_version_is_a_draft_where_asked_and_else_as_the_policy_has_it(
    server: InProcess, software: str, draft: dict[str, Any], state: str
) -> None:
    response = server.post(path(software), auth=ADMINISTRATOR, json=version(**draft))
    assert response.status_code == 201
    created = response.json()
    number = created["buildNumber"]
    assert (created["state"], created["revision"]) == (state, 1)
    assert "draft" not in created
    assert response.headers["location"] == versions_path(software, number)
    assert read(server, response.headers["location"]) == created


def test_details_are_filled_in_as_far_as_the_version_got(server: InProcess) -> None:
    draft = create(server, path(), **version(draft=True))
    assert not draft.keys() & {"approvalDetails", "releaseDetails"}
    submitted = create(server, path(CALENDAR_CLOUD), **version())
    assert submitted["approvalDetails"] == {"submittedAt": submitted["createdAt"]}
    assert "releaseDetails" not in submitted
    approved = create(server, path(), **version())
    at = approved["createdAt"]
    assert approved["approvalDetails"] == {
        "submittedAt": at,
        "approvedAt": at,
        "approvedBy": "auto-approval",
    }
    assert "releaseDetails" not in approved


def test_the_contracts_own_create_makes_no_drafts(server: InProcess) -> None:
    created = server.post(versions_path(), json=version(draft=True))
    assert (created.status_code, created.json()["state"]) == (201, "auto-approved")


def test_a_draft_takes_a_number_and_can_be_updated(server: InProcess) -> None:
    first = create(server, path(), **version(draft=True))
    second = create(server, path(), **version(draft=True))
    assert second["buildNumber"] == first["buildNumber"] + 1
    response = server.put(
        versions_path(build_number=first["buildNumber"]), json={**first, "beta": True}
    )
    assert response.status_code == 200
    assert response.json() == {**first, "beta": True, "revision": 2}


@pytest.mark.parametrize(
    ("auth", "status"),
    [
        pytest.param(ADMINISTRATOR, 201, id="administrator"),
        pytest.param(DEVELOPER, 201, id="member"),
        pytest.param(OUTSIDER, 403, id="stranger"),
        pytest.param(None, 401, id="nobody"),
    ],
)
def test_members_and_administrators_may(server: InProcess, auth: Auth, status: int) -> None:
    response = server.post(path(), auth=auth, json=version(draft=True))
    assert response.status_code == status


@pytest.mark.parametrize("software", [UNKNOWN, "no-uuid"])
@pytest.mark.parametrize("auth", [ADMINISTRATOR, DEVELOPER])
def test_an_unknown_app_software_is_not_found(shared: InProcess, software: str, auth: Auth) -> None:
    response = shared.post(path(software), auth=auth, json={})
    assert (response.status_code, codes(response.json())) == (404, ["APP_SOFTWARE_NOT_FOUND"])


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (version(draft="yes"), {"draft must be true or false"}),
        (
            version(draft=None, buildNumber=20100, versionNumber="1.0.0", beta="no"),
            {
                "beta must be true or false",
                "buildNumber: Build number already exists",
                "versionNumber: Version number already exists",
            },
        ),
        (
            version("plugin", draft=True),
            {"buildNumber is required for plugin", "versionNumber is required for plugin"},
        ),
    ],
)
def test_a_draft_keeps_the_rules_of_every_version(
    shared: InProcess, body: dict[str, Any], details: set[str]
) -> None:
    response = shared.post(path(), auth=ADMINISTRATOR, json=body)
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", detail) for detail in details}
