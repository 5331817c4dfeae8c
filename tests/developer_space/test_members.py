"""Members of a developer space: list, add, change, remove; what they then may."""

from typing import Any

import pytest

from tests.support.administration import (
    BAD_PAGES,
    NO_ADMINISTRATORS,
    SPACES,
    new_person,
    person_of,
    read,
    walk,
)
from tests.support.bodies import ROLES, SPACE, UNKNOWN, codes, problems, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess

MEMBERS = f"{SPACES}/{SPACE}/members"


def put(server: InProcess, person_id: str, *roles: str) -> dict[str, Any]:
    response = server.put(f"{MEMBERS}/{person_id}", auth=ADMINISTRATOR, json={"roles": list(roles)})
    assert response.status_code == 200, response.text
    member: dict[str, Any] = response.json()
    return member


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", MEMBERS), ("PUT", f"{MEMBERS}/{UNKNOWN}"), ("DELETE", f"{MEMBERS}/{UNKNOWN}")],
)
def test_only_administrators_may(
    shared: InProcess, method: str, path: str, auth: Auth, status: int, code: str
) -> None:
    response = shared.request(method, path, auth, json={"roles": ["admin"]})
    assert (response.status_code, codes(response.json())) == (status, [code])


@pytest.mark.parametrize(
    ("method", "path", "detail"),
    [
        ("GET", f"{SPACES}/{UNKNOWN}/members", "there is no developer space with this id"),
        (
            "PUT",
            f"{SPACES}/{UNKNOWN}/members/{{developer}}",
            "there is no developer space with this id",
        ),
        ("PUT", f"{MEMBERS}/{UNKNOWN}", "there is no person with this id"),
        (
            "DELETE",
            f"{SPACES}/{UNKNOWN}/members/{{developer}}",
            "this developer space has no such member",
        ),
        ("DELETE", f"{MEMBERS}/{UNKNOWN}", "this developer space has no such member"),
        ("DELETE", f"{MEMBERS}/{{outsider}}", "this developer space has no such member"),
    ],
)
def test_an_unknown_space_or_person_is_not_found(
    shared: InProcess, method: str, path: str, detail: str
) -> None:
    people = {n: person_of(shared, f"{n}@example.com")["id"] for n in ("developer", "outsider")}
    response = shared.request(
        method, path.format(**people), ADMINISTRATOR, json={"roles": ["admin"]}
    )
    assert response.status_code == 404
    assert problems(response.json()) == {("NOT_FOUND", detail)}


def test_a_new_member_sees_and_writes_what_is_the_spaces(server: InProcess) -> None:
    outsider = person_of(server, "outsider@example.com")
    public = server.get(versions_path(), auth=OUTSIDER).json()["totalCount"]
    assert server.post(versions_path(), auth=OUTSIDER, json=version()).status_code == 403
    member = put(server, outsider["id"], "release-manager", "viewer")
    assert member == {
        "personId": outsider["id"],
        "email": "outsider@example.com",
        "name": outsider["name"],
        "roles": ["release-manager", "viewer"],
        "categories": [],
        "joinedAt": member["joinedAt"],
    }
    assert member in read(server, MEMBERS)["members"]
    assert server.get(versions_path(), auth=OUTSIDER).json()["totalCount"] > public
    assert server.post(versions_path(), auth=OUTSIDER, json=version()).status_code == 201


def test_adding_a_member_again_replaces_the_roles(server: InProcess) -> None:
    outsider = person_of(server, "outsider@example.com")["id"]
    before = put(server, outsider, "admin")
    after = put(server, outsider, "viewer", "data-analyst", "viewer")
    assert after == {**before, "roles": ["viewer", "data-analyst"]}
    assert [m["personId"] for m in read(server, MEMBERS)["members"]].count(outsider) == 1


def test_categories_are_kept_until_others_are_sent(server: InProcess) -> None:
    path = f"{MEMBERS}/{person_of(server, 'outsider@example.com')['id']}"

    def sent(**body: Any) -> Any:
        response = server.put(path, auth=ADMINISTRATOR, json={"roles": ["viewer"], **body})
        assert response.status_code == 200, response.text
        return response.json()["categories"]

    assert sent(categories=["finance", "primary", "finance"]) == ["finance", "primary"]
    assert sent() == ["finance", "primary"]
    assert sent(categories=[]) == []
    refused = server.put(path, auth=ADMINISTRATOR, json={"roles": [], "categories": ["sales"]})
    assert refused.status_code == 400
    assert {detail.split()[0] for _, detail in problems(refused.json())} == {
        "roles",
        "categories[0]",
    }


def test_every_role_can_be_given(server: InProcess) -> None:
    outsider = person_of(server, "outsider@example.com")["id"]
    assert put(server, outsider, *ROLES)["roles"] == list(ROLES)


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, {"roles is required"}),
        ({"roles": []}, {"roles must have at least 1 element"}),
        ({"roles": "admin"}, {"roles must be a list"}),
        (
            {"roles": ["admin", "owner", 1]},
            {f"roles[{i}] must be one of {', '.join(sorted(ROLES))}" for i in (1, 2)},
        ),
    ],
)
def test_everything_wrong_with_roles_is_told_at_once(
    shared: InProcess, body: Any, details: set[str]
) -> None:
    outsider = person_of(shared, "outsider@example.com")["id"]
    response = shared.put(f"{MEMBERS}/{outsider}", auth=ADMINISTRATOR, json=body)
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", detail) for detail in details}


def test_a_removed_member_sees_and_does_what_strangers_do_at_once(server: InProcess) -> None:
    path = versions_path()
    assert server.get(f"{path}?state=draft", auth=DEVELOPER).json()["totalCount"] > 0
    developer = person_of(server, "developer@example.com")["id"]
    response = server.request("DELETE", f"{MEMBERS}/{developer}", ADMINISTRATOR)
    assert (response.status_code, response.content) == (204, b"")
    assert developer not in [m["personId"] for m in read(server, MEMBERS)["members"]]
    assert server.get(f"{path}?state=draft", auth=DEVELOPER).json()["totalCount"] == 0
    assert server.post(path, auth=DEVELOPER, json=version()).status_code == 403
    again = server.request("DELETE", f"{MEMBERS}/{developer}", ADMINISTRATOR)
    assert (again.status_code, codes(again.json())) == (404, ["NOT_FOUND"])


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_members_are_listed_the_oldest_first(server: InProcess, limit: int) -> None:
    before = [member["email"] for member in read(server, MEMBERS)["members"]]
    emails = [f"{name}@example.com" for name in ("zoe", "adam", "mia")]
    for email in emails:
        person, _ = new_person(server, email)
        put(server, person["id"], "viewer")
    listed = [member["email"] for member in walk(server, MEMBERS, "members", limit)]
    assert listed == [*before, *emails]


@pytest.mark.parametrize(("query", "detail"), BAD_PAGES)
def test_a_page_that_cannot_be_is_refused(shared: InProcess, query: str, detail: str) -> None:
    response = shared.get(f"{MEMBERS}?{query}", auth=ADMINISTRATOR)
    assert response.status_code == 400
    assert problems(response.json()) == {("INVALID_PARAMETER", detail)}
