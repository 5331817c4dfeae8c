"""A database of the first release, brought up to date with all that is in it."""

import contextlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.support.bodies import listing, listing_path, versions_path
from tests.support.client import Auth, InProcess
from tradepost.database.sqlite import APPLICATION_ID
from tradepost.people.rules import LOOKUP_BYTES, digest

AT = "2025-06-01T12:00:00Z"
SPACE = "11111111-1111-4111-8111-111111111111"
CLOUD = "22222222-2222-4222-8222-222222222222"
SERVER = "33333333-3333-4333-8333-333333333333"
MEMBER = ("member@example.com", "member-secret")
OTHER = ("other@example.com", "other-secret")
ARTIFACT = "any text was an artifact id then"
ACCESS_TOKEN = "at_0f1e2d3c4b5a69788796a5b4c3d2e1f0"
STATES = ("draft", "submitted", "active", "rejected", "archived")
FRAMEWORKS = {
    "plugin": {"artifactId": ARTIFACT},
    "workflow": {"artifactId": "b0000002-0000-4000-8000-358157b22222"},
    "external": {"authorization": True},
}


def version(build_number: int, state: str, framework: str) -> dict[str, Any]:
    """A version as the first release stored it."""
    approved = state in ("active", "archived")
    details: dict[str, Any] = {} if state == "draft" else {"submittedAt": AT}
    if approved:
        details |= {"approvedAt": AT, "approvedBy": "auto-approval"}
    if state == "rejected":
        details |= {"rejectionReason": "No."}
    return {
        "buildNumber": build_number,
        "versionNumber": f"1.0.{build_number}",
        "compatibilities": [{"parentSoftwareId": "jira", "minBuildNumber": 1, "maxBuildNumber": 2}],
        "supportedPaymentModel": "free",
        "frameworkDetails": {"frameworkId": framework, "attributes": FRAMEWORKS[framework]},
        "supported": True,
        "beta": False,
        "state": state,
        "revision": 4,
        **({"approvalDetails": details} if details else {}),
        **({"releaseDetails": {"releasedAt": AT, "releasedBy": MEMBER[0]}} if approved else {}),
        "acceptedAgreements": [
            {"agreementUrl": "https://a.example", "acceptedBy": MEMBER[0], "acceptedAt": AT}
        ],
        "createdBy": MEMBER[0],
        "createdAt": AT,
    }


VERSIONS = [
    version(number, state, framework)
    for number, (state, framework) in enumerate(
        ((state, framework) for state in STATES for framework in FRAMEWORKS), 1
    )
]
PEOPLE = ((1, MEMBER), (2, OTHER))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The folder of a database as the first release left it."""
    folder = tmp_path / "data"
    folder.mkdir()
    steps = resources.files("tradepost.database") / "migrations" / "sqlite"
    with contextlib.closing(apsw.Connection(str(folder / "tradepost.db"))) as db:
        db.pragma("application_id", APPLICATION_ID)
        db.pragma("foreign_keys", True)
        db.execute((steps / "0001_initial.sql").read_text("utf-8"))
        insert(db, "schema_migration", "0001_initial", AT)
        insert(db, "developer_space", 1, SPACE, 7, "Tools", "auto", AT, None)
        for pk, (email, token) in PEOPLE:
            insert(db, "person", pk, f"person {pk}", email, email, 0, AT, None)
            whole = digest(token)
            lookup = whole[:LOOKUP_BYTES]
            insert(db, "api_token", pk, f"{pk}", pk, "laptop", lookup, whole, AT, None, None, None)
        insert(db, "developer_space_member", 1, 1, '["admin","viewer"]', AT)
        insert(db, "app", 1, "product", "com.example.tools", "Tools", 1, AT, None)
        insert(db, "app_software", 1, CLOUD, 1, SPACE, "cloud", "commercial", AT, None, 3)
        insert(db, "app_software", 2, SERVER, 1, SPACE, "server", "", AT, None, 99)
        for number, held in enumerate(VERSIONS, 1):
            before = "active" if held["state"] == "archived" else None
            document = json.dumps(held, separators=(",", ":")).encode()
            insert(
                db,
                "app_software_version",
                *(number, 2, number, held["versionNumber"], 1, held["state"], before),
                *("free", 4, document),
            )
            insert(db, "app_software_version_compatibility", 2, "jira", number, 1, 2)
        insert(db, "access_token", 1, ACCESS_TOKEN, 2, None, None, MEMBER[0], AT, None)
    return folder


def insert(db: apsw.Connection, table: str, *values: Any) -> None:
    db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)


def read(server: InProcess, path: str, auth: Auth = MEMBER) -> Any:
    answer = server.get(path, auth)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_versions_stay_as_they_were(old: Path) -> None:
    with InProcess(old, demo=False) as server:
        assert read(server, versions_path(SERVER))["versions"] == VERSIONS[::-1]
        seen = read(server, versions_path(SERVER), OTHER)["versions"]
        assert seen == [held for held in VERSIONS[::-1] if held["state"] == "active"]
        assert len(seen) == len(FRAMEWORKS)
        for held in VERSIONS:
            path = listing_path(held["buildNumber"], SERVER)
            assert server.get(path, MEMBER).status_code == 404


def test_versions_know_their_artifacts(old: Path) -> None:
    with InProcess(old, demo=False) as server:
        rows = server.run(
            server.database.rows(
                "SELECT build_number, artifact_id FROM app_software_version ORDER BY build_number"
            )
        )
    assert rows == [
        (held["buildNumber"], held["frameworkDetails"]["attributes"].get("artifactId"))
        for held in VERSIONS
    ]


@pytest.mark.parametrize("held", VERSIONS, ids=lambda held: held["state"])
def test_what_was_stored_can_be_sent_back(old: Path, held: dict[str, Any]) -> None:
    path = versions_path(SERVER, held["buildNumber"])
    with InProcess(old, demo=False) as server:
        answer = server.put(path, MEMBER, json=held)
        if held["state"] == "archived":
            assert answer.status_code == 400
        else:
            assert answer.json() == {**held, "revision": 5}
        unknown = {"frameworkId": "workflow", "attributes": {"artifactId": "another text"}}
        new = {**held, "buildNumber": 77, "versionNumber": "77", "frameworkDetails": unknown}
        assert server.post(versions_path(SERVER), MEMBER, json=new).status_code == 400


def test_active_versions_become_private_and_public_by_their_listings(old: Path) -> None:
    number = next(held["buildNumber"] for held in VERSIONS if held["state"] == "active")
    content = dict.fromkeys(("screenshots", "highlights", "heroImage", "deploymentInstructions"))
    with InProcess(old, demo=False) as server:
        path = listing_path(number, SERVER)
        made = server.post(path, MEMBER, json=listing(**content))
        assert made.status_code == 201, made.text
        assert read(server, versions_path(SERVER, number))["state"] == "auto-approved"
        public = server.put(path, MEMBER, json={**made.json(), "state": "PUBLIC"})
        assert public.json()["approvalStatus"] == "APPROVED"
        assert read(server, versions_path(SERVER, number))["state"] == "active"


def test_members_and_tokens_stay(old: Path) -> None:
    with InProcess(old, demo=False) as server:
        members = read(server, f"/rest/3/developer-space/{SPACE}/members")["members"]
        [roles] = [member["roles"] for member in members]
        assert [role["roleId"] for role in roles] == ["admin", "viewer"]
        assert read(server, f"/rest/3/app-software/{SERVER}/tokens")["tokens"] == [
            {"token": ACCESS_TOKEN, "cloudId": None, "instance": None}
        ]
        assert server.get(f"/rest/3/app-software/{SERVER}/tokens", OTHER).status_code == 403


def test_it_is_brought_up_to_date_once(old: Path) -> None:
    for _ in range(2):
        with InProcess(old, demo=False) as server:
            rows = server.run(
                server.database.rows("SELECT name FROM schema_migration ORDER BY name")
            )
            names = [name for (name,) in rows]
            assert names[:2] == ["0001_initial", "0002_release_pipeline"]
            assert server.run(server.database.rows("PRAGMA foreign_key_check")) == []
            [check] = server.run(server.database.rows("PRAGMA integrity_check"))
            assert check == ("ok",)
