"""POST app-software/{appSoftwareId}/versions/{buildNumber}/listing: the listing of a version."""

from typing import Any

import pytest

from tests.support import answers
from tests.support.bodies import (
    ADDON_CLOUD,
    CALENDAR_CLOUD,
    ROLES,
    UNKNOWN,
    codes,
    listing,
    listing_path,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.scenes import (
    ARCHIVED,
    CALLERS,
    archive,
    as_caller,
    as_member,
    create,
    list_version,
    move,
    new_software,
    read_version,
    set_policy,
    unarchive,
)
from tests.support.version_listings import (
    BAD_CONTENT,
    GOOD_CONTENT,
    NO_NULLS,
    refused,
    refused_fields,
)

UNLISTED = 20100
"""A version of the add-on's cloud app software that is active and has no listing."""
LISTED = 26300
READ_ONLY: dict[str, Any] = {
    "revision": 1,
    "approvalStatus": "APPROVED",
    "approvalDetails": {"approvedBy": "me", "issueKey": 7},
    "buildNumber": 7,
    "appSoftwareId": UNKNOWN,
}


def new_version(server: InProcess) -> str:
    """The path of the listing of a new version, which is auto-approved and has none."""
    software_id = new_software(server)
    return listing_path(create(server, software_id, version())["buildNumber"], software_id)


def everything(server: InProcess) -> list[Any]:
    """What the database holds of versions and listings."""
    tables = ("app_software", "app_software_version", "app_software_version_listing")
    return [server.run(server.database.rows(f"SELECT * FROM {table}")) for table in tables]


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
def test_everything_that_is_sent_is_read_back(server: InProcess, prefix: str) -> None:
    software_id = new_software(server)
    create(server, software_id, version(buildNumber=7))
    path = listing_path(7, software_id)
    answer = server.post(prefix + path, json=listing())
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == path
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        **listing(),
        "approvalStatus": "UNINITIATED",
        "buildNumber": 7,
        "appSoftwareId": software_id,
        "revision": 1,
    }
    assert server.get(path).content == answer.content


def test_nothing_but_the_state_is_needed(server: InProcess) -> None:
    path = new_version(server)
    answer = server.post(path, json={"state": "PRIVATE"})
    assert answer.status_code == 201, answer.text
    assert set(answer.json()) == {
        "state",
        "approvalStatus",
        "buildNumber",
        "appSoftwareId",
        "revision",
    }


@pytest.mark.parametrize("content", GOOD_CONTENT, ids=str)
def test_content_may_go_to_its_limits(server: InProcess, content: dict[str, Any]) -> None:
    answer = server.post(new_version(server), json=listing(**content))
    assert answer.status_code == 201, answer.text
    assert answer.json().items() >= content.items()


def test_what_the_server_says_of_a_listing_cannot_be_set(server: InProcess) -> None:
    path = new_version(server)
    created = server.post(path, json={**listing(), **READ_ONLY, "colour": "green"}).json()
    assert (created["revision"], created["approvalStatus"]) == (1, "UNINITIATED")
    assert "approvalDetails" not in created
    assert "colour" not in created
    assert path == listing_path(created["buildNumber"], created["appSoftwareId"])


def test_the_listing_of_another_version_can_be_sent_as_it_was_read(server: InProcess) -> None:
    held = server.get(listing_path(LISTED)).json()
    path = new_version(server)
    created = server.post(path, json={**held, "state": "PRIVATE"})
    assert created.status_code == 201, created.text
    own = {"state", "approvalStatus", "approvalDetails", "buildNumber", "appSoftwareId", "revision"}
    assert {k: v for k, v in created.json().items() if k not in own} == {
        k: v for k, v in held.items() if k not in own
    }


@pytest.mark.parametrize("bad", [None, "1", {}, -1, 1.5])
def test_a_revision_is_ignored_whatever_it_is(server: InProcess, bad: Any) -> None:
    answer = server.post(new_version(server), json={**listing(), "revision": bad})
    assert (answer.status_code, answer.json()["revision"]) == (201, 1)


def test_prefer_minimal_leaves_the_body_out(server: InProcess) -> None:
    path = new_version(server)
    answer = server.post(path, json=listing(), headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["preference-applied"] == "return=minimal"
    assert server.get(answer.headers["location"]).json()["revision"] == 1


# Who may, and what is checked first.


@pytest.mark.parametrize("who", CALLERS)
def test_only_members_and_administrators_create_listings(server: InProcess, who: str) -> None:
    before = everything(server)
    answer = server.post(
        listing_path(UNLISTED), as_caller(server, who), json=listing(state="PUBLIC")
    )
    if who in ("member", "administrator"):
        assert answer.status_code == 201
        return
    refused(answer, *((401, "UNAUTHORIZED") if who == "nobody" else (403, "FORBIDDEN")))
    assert everything(server) == before


@pytest.mark.parametrize("role", ROLES)
def test_a_member_needs_a_role_for_listings(server: InProcess, role: str) -> None:
    path = new_version(server)
    answer = server.post(path, as_member(server, role), json=listing())
    if role in ("admin", "release-manager", "listing-specialist"):
        assert answer.status_code == 201
        return
    (detail,) = refused(answer, 403, "FORBIDDEN")
    assert "listing-specialist" in detail
    refused(server.get(path), 404, "APP_SOFTWARE_VERSION_LISTING_NOT_FOUND")


@pytest.mark.parametrize("software_id", [UNKNOWN, "not-a-uuid"])
@pytest.mark.parametrize("who", ["member", "stranger"])
def test_an_unknown_app_software_comes_first(shared: InProcess, software_id: str, who: str) -> None:
    path = listing_path("no-number", software_id)
    answer = shared.post(path, as_caller(shared, who), content=b"{")
    refused(answer, 404, "APP_SOFTWARE_NOT_FOUND")


@pytest.mark.parametrize("build_number", [UNLISTED, 99999, "no-number"])
def test_the_permission_comes_before_the_body_and_the_version(
    shared: InProcess, build_number: object
) -> None:
    answer = shared.post(listing_path(build_number), OUTSIDER, content=b"{")
    refused(answer, 403, "FORBIDDEN")


def test_a_bad_body_comes_before_an_unknown_version(shared: InProcess) -> None:
    path = listing_path(99999)
    refused(shared.post(path, json=listing()), 404, "APP_SOFTWARE_VERSION_NOT_FOUND")
    assert refused_fields(shared.post(path, json=listing(state=1))) == ["state"]


@pytest.mark.parametrize("bad", ["abc", "-1", "1.5", "9007199254740992"])
def test_a_build_number_that_cannot_be_is_told_with_the_body(shared: InProcess, bad: str) -> None:
    (detail,) = refused(shared.post(listing_path(bad), json=listing()), 400, "INVALID_PARAMETER")
    assert detail.startswith("buildNumber")
    answer = shared.post(listing_path(bad), json=listing(heroImage=UNKNOWN, state="?"))
    assert (answer.status_code, codes(answer.json())) == (
        400,
        ["INVALID_PARAMETER", "VALIDATION_FAIL", "VALIDATION_FAIL"],
    )


# What is wrong with a body.


@pytest.mark.parametrize(("changes", "fields"), BAD_CONTENT)
def test_bad_content_is_refused(
    shared: InProcess, changes: dict[str, Any], fields: list[str]
) -> None:
    answer = shared.post(listing_path(UNLISTED), json=listing(**changes))
    assert refused_fields(answer) == fields
    refused(shared.get(listing_path(UNLISTED)), 404, "APP_SOFTWARE_VERSION_LISTING_NOT_FOUND")


@pytest.mark.parametrize("field", NO_NULLS)
def test_null_is_no_value(shared: InProcess, field: str) -> None:
    answer = shared.post(listing_path(UNLISTED), json={**listing(), field: None})
    assert refused_fields(answer) == [field]


def test_the_state_is_required(shared: InProcess) -> None:
    answer = shared.post(listing_path(UNLISTED), json=listing(state=None))
    assert refused(answer, 400, "VALIDATION_FAIL") == ["state is required"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_refused(shared: InProcess, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = shared.post(listing_path(UNLISTED), content=content, headers=headers)
    refused(answer, 400, "VALIDATION_FAIL")


def test_other_errors_have_a_number_for_a_status_as_well(shared: InProcess) -> None:
    path = listing_path(UNLISTED)
    large = shared.post(path, content=b" " * (1024 * 1024 + 1))
    refused(large, 413, "PAYLOAD_TOO_LARGE")
    kind = shared.post(path, content=b"{}", headers={"Content-Type": "text/plain"})
    refused(kind, 415, "UNSUPPORTED_MEDIA_TYPE")
    accept = shared.post(path, json=listing(), headers={"Accept": "text/html"})
    refused(accept, 406, "NOT_ACCEPTABLE")
    wrong = shared.post(path, (DEVELOPER[0], "wrong"), json=listing())
    refused(wrong, 401, "UNAUTHORIZED")
    assert wrong.headers["www-authenticate"].startswith("Basic")
    refused(shared.request("DELETE", path), 405, "METHOD_NOT_ALLOWED")


# A listing that is there.


def test_a_version_has_one_listing(server: InProcess) -> None:
    path = new_version(server)
    created = server.post(path, json=listing()).json()
    (detail,) = refused(server.post(path, json=listing()), 400, "VALIDATION_FAIL")
    assert "already" in detail
    assert server.get(path).json() == created


def test_an_invalid_second_one_tells_its_own_problems(shared: InProcess) -> None:
    answer = shared.post(listing_path(LISTED), json=listing(heroImage=UNKNOWN, youtubeId=7))
    assert refused_fields(answer) == ["heroImage", "youtubeId"]


def test_of_many_at_once_one_is_created(server: InProcess) -> None:
    path = new_version(server)
    bodies = [listing(moreDetails=f"by {n}", state="PUBLIC") for n in range(12)]
    made = server.at_once(*(server.send("POST", path, json=body) for body in bodies))
    assert sorted(answer.status_code for answer in made) == [201] + [400] * 11
    (winner,) = [answer for answer in made if answer.status_code == 201]
    for answer in made:
        if answer is not winner:
            (detail,) = refused(answer, 400, "VALIDATION_FAIL")
            assert "already" in detail
    assert server.get(path).content == winner.content


# What it does to its version.


@pytest.mark.parametrize(
    ("policy", "approver"), [("auto", "auto-approval"), ("manual", ADMINISTRATOR[0])]
)
def test_a_public_listing_makes_an_approved_version_active(
    server: InProcess, policy: str, approver: str
) -> None:
    set_policy(server, policy)
    software_id = new_software(server)
    created = create(server, software_id, version(buildNumber=1))
    if policy == "manual":
        created = move(server, "approve", 1, software_id)
    answer = server.post(listing_path(1, software_id), json=listing(state="PUBLIC"))
    assert answer.status_code == 201
    made = answer.json()
    assert (made["state"], made["approvalStatus"], made["revision"]) == ("PUBLIC", "APPROVED", 1)
    assert made["approvalDetails"]["approvedBy"] == approver
    assert answers.MOMENT.fullmatch(made["approvalDetails"]["approvalDate"])
    assert read_version(server, software_id, 1) == {
        **created,
        "state": "active",
        "revision": created["revision"] + 1,
        "releaseDetails": {
            "releasedAt": made["approvalDetails"]["approvalDate"],
            "releasedBy": DEVELOPER[0],
        },
    }


@pytest.mark.parametrize("state", ["PRIVATE", "PUBLIC"])
def test_the_listing_of_a_submitted_version_waits_with_it(server: InProcess, state: str) -> None:
    set_policy(server, "manual")
    software_id = new_software(server)
    created = create(server, software_id, version(buildNumber=1))
    made = list_version(server, software_id, 1, state)
    if state == "PUBLIC":
        assert made["approvalStatus"] == "SUBMITTED"
        assert set(made["approvalDetails"]) == {"submittedDate"}
    else:
        assert made["approvalStatus"] == "UNINITIATED"
        assert "approvalDetails" not in made
    assert read_version(server, software_id, 1) == created


def test_a_public_listing_leaves_a_version_that_was_active_without_one_active(
    server: InProcess,
) -> None:
    before = read_version(server, ADDON_CLOUD, UNLISTED)
    made = list_version(server, ADDON_CLOUD, UNLISTED)
    assert (made["state"], made["approvalStatus"]) == ("PUBLIC", "APPROVED")
    assert read_version(server, ADDON_CLOUD, UNLISTED) == before


def test_a_private_listing_takes_a_version_back_that_was_active_without_one(
    server: InProcess,
) -> None:
    before = read_version(server, ADDON_CLOUD, UNLISTED)
    made = list_version(server, ADDON_CLOUD, UNLISTED, "PRIVATE")
    assert (made["state"], made["approvalStatus"]) == ("PRIVATE", "UNINITIATED")
    after = read_version(server, ADDON_CLOUD, UNLISTED)
    assert (after["state"], after["revision"]) == ("auto-approved", before["revision"] + 1)
    assert "releaseDetails" not in after


def test_a_private_listing_does_not_hide_the_only_public_version_of_an_app(
    server: InProcess,
) -> None:
    path = versions_path(CALENDAR_CLOUD)
    public = server.get(path, OUTSIDER, params={"state": "active"}).json()["versions"]
    kept, *others = [held["buildNumber"] for held in public]
    for build_number in others:
        move(server, "archive", build_number)
    answer = server.post(listing_path(kept, CALENDAR_CLOUD), OUTSIDER, json=listing())
    assert refused_fields(answer) == ["state"]
    assert read_version(server, CALENDAR_CLOUD, kept) == public[0]
    answer = server.post(listing_path(kept, CALENDAR_CLOUD), OUTSIDER, json=listing(state="PUBLIC"))
    assert answer.status_code == 201


# Archives.


@pytest.mark.parametrize("what", ARCHIVED)
def test_what_is_archived_gets_no_listings(server: InProcess, what: str) -> None:
    archive(server, what, ADDON_CLOUD)
    (detail,) = refused(
        server.post(listing_path(UNLISTED), json=listing(state="PUBLIC")), 400, "VALIDATION_FAIL"
    )
    assert "archived" in detail
    unarchive(server, what, ADDON_CLOUD)
    assert server.post(listing_path(UNLISTED), json=listing(state="PUBLIC")).status_code == 201


def test_an_archived_version_gets_no_listing(server: InProcess) -> None:
    move(server, "archive", UNLISTED, ADDON_CLOUD)
    (detail,) = refused(server.post(listing_path(UNLISTED), json=listing()), 400, "VALIDATION_FAIL")
    assert "archived" in detail
    move(server, "unarchive", UNLISTED, ADDON_CLOUD)
    assert server.post(listing_path(UNLISTED), json=listing()).status_code == 201


# Only to look.


@pytest.mark.parametrize("state", ["PRIVATE", "PUBLIC"])
def test_validate_only_answers_with_what_would_be_and_stores_nothing(
    server: InProcess, state: str
) -> None:
    path = new_version(server)
    before = everything(server)
    headers = {"Prefer": "validate-only"}
    answer = server.post(path, json=listing(state=state), headers=headers)
    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == "validate-only"
    assert "location" not in answer.headers
    assert everything(server) == before
    refused(server.get(path), 404, "APP_SOFTWARE_VERSION_LISTING_NOT_FOUND")
    made = server.post(path, json=listing(state=state)).json()
    would_be = answer.json()
    assert without_times(would_be) == without_times(made)


@pytest.mark.parametrize(
    ("build_number", "body"),
    [
        (UNLISTED, listing(heroImage=UNKNOWN, state="?")),
        (UNLISTED, {}),
        (LISTED, listing()),
        (25700, listing()),
        (99999, listing()),
        ("abc", listing(youtubeId=7)),
    ],
    ids=["bad content", "empty", "listed", "archived", "unknown version", "no number"],
)
def test_validate_only_tells_the_same_problems(
    shared: InProcess, build_number: object, body: dict[str, Any]
) -> None:
    path = listing_path(build_number)
    looked = shared.post(path, json=body, headers={"Prefer": "validate-only"})
    tried = shared.post(path, json=body)
    assert looked.status_code == tried.status_code >= 400
    assert without_ids(looked.json()) == without_ids(tried.json())
    assert "preference-applied" not in looked.headers


@pytest.mark.parametrize("who", ["outsider", "stranger", "nobody"])
def test_validate_only_is_for_those_who_may(shared: InProcess, who: str) -> None:
    answer = shared.post(
        listing_path(UNLISTED),
        as_caller(shared, who),
        json=listing(),
        headers={"Prefer": "validate-only"},
    )
    refused(answer, *((401, "UNAUTHORIZED") if who == "nobody" else (403, "FORBIDDEN")))


def without_ids(body: Any) -> list[tuple[Any, ...]]:
    return [tuple(v for k, v in error.items() if k != "id") for error in body["errors"]]


def without_times(listing: dict[str, Any]) -> dict[str, Any]:
    details = dict(listing.get("approvalDetails", {}))
    details.pop("approvalDate", None)
    return {**listing, "approvalDetails": details}
