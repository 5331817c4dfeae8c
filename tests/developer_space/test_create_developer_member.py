"""POST adds a person to a developer space."""

from typing import Any

import pytest

from tests.support.answers import refused
from tests.support.bodies import OUTSIDER_SPACE, ROLES, SPACE, UNKNOWN, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, InProcess
from tests.support.members import (
    CATEGORIES,
    everyone,
    member,
    member_path,
    new_member,
    new_space,
    roles,
)
from tests.support.scenes import administer, as_caller, new_person


def test_a_new_member_is_where_location_says(server: InProcess) -> None:
    person = new_person(server)
    body = {"roles": roles("viewer", "release-manager"), "categories": ["finance", "primary"]}
    answer = server.post(member_path(person.id), json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json() == {
        "aaid": person.id,
        **body,
        "email": person.email,
        "userName": person.email,
    }
    assert answer.headers["location"] == member_path(person.id)
    assert server.get(answer.headers["location"]).json() == answer.json()
    assert everyone(server)[-1] == answer.json()


def test_a_new_member_has_the_rights_of_the_roles_at_once(server: InProcess) -> None:
    person = new_person(server)
    assert server.post(versions_path(), person.auth, json=version()).status_code == 403
    server.post(member_path(person.id), json={"roles": roles("release-manager")})
    assert server.post(versions_path(), person.auth, json=version()).status_code == 201


def test_every_role_and_category_can_be_given_and_counts_once(server: InProcess) -> None:
    body = {"roles": roles(*ROLES, *ROLES), "categories": [*CATEGORIES, *CATEGORIES]}
    answer = server.post(member_path(new_person(server).id), json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["roles"] == roles(*ROLES)
    assert answer.json()["categories"] == list(CATEGORIES)


def test_categories_are_optional_and_unknown_fields_ignored(server: InProcess) -> None:
    body = {"roles": [{**roles("viewer")[0], "since": 1}], "email": "other@example.com"}
    person = new_person(server)
    answer = server.post(member_path(person.id), json=body)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["categories"], answer.json()["email"]) == ([], person.email)


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, {"roles is required"}),
        ({"roles": []}, {"roles must have at least 1 element"}),
        (
            {"roles": "admin", "categories": "x"},
            {"roles must be a list", "categories must be a list"},
        ),
        ({"roles": None}, {"roles must be a list"}),
        (
            {"roles": [{}], "categories": ["sales", 7]},
            {
                "roles[0].roleId is required",
                "roles[0].resourceType is required",
                "roles[0].resourceId is required",
                *(
                    f"categories[{index}] must be one of {', '.join(sorted(CATEGORIES))}"
                    for index in (0, 1)
                ),
            },
        ),
        (
            {
                "roles": [
                    {"roleId": "owner", "resourceType": "APP", "resourceId": 1},
                    *roles("admin", space_id=OUTSIDER_SPACE),
                    *roles("admin"),
                    *roles("viewer", space_id=UNKNOWN),
                ]
            },
            {
                f"roles[0].roleId must be one of {', '.join(sorted(ROLES))}",
                "roles[0].resourceType must be one of DEVELOPER_SPACE",
                "roles[0].resourceId must be a string",
                "roles[1].resourceId must be the id of this developer space",
                "roles[3].resourceId must be the id of this developer space",
            },
        ),
        ({"roles": roles("viewer") * 101}, {"roles must not have more than 100 elements"}),
    ],
)
def test_everything_wrong_with_a_member_is_told_at_once(
    shared: InProcess, body: Any, details: set[str]
) -> None:
    person = new_person(shared)
    answer = shared.post(member_path(person.id), json=body)
    assert set(refused(answer, 400, "VALIDATION_ERROR")) == details
    assert member(shared, person.id).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_member_at_all_is_refused(shared: InProcess, body: bytes) -> None:
    person = new_person(shared)
    refused(shared.post(member_path(person.id), content=body), 400, "VALIDATION_ERROR")
    assert member(shared, person.id).status_code == 404


def test_who_is_a_member_already_cannot_be_added_again(server: InProcess) -> None:
    person = new_member(server, "viewer")
    before = member(server, person.id).json()
    answer = server.post(member_path(person.id), json={"roles": roles("admin")})
    details = ["this person is a member already"]
    assert refused(answer, 400, "VALIDATION_ERROR") == details
    answer = server.post(member_path(person.id), json={})
    assert set(refused(answer, 400, "VALIDATION_ERROR")) == {"roles is required", *details}
    assert member(server, person.id).json() == before


@pytest.mark.parametrize("aaid", [UNKNOWN, "x", "%F0%9F%99%82", "a%27%3B--"])
def test_there_must_be_such_a_person(shared: InProcess, aaid: str) -> None:
    answer = shared.post(member_path(aaid), json={"roles": roles("viewer")})
    details = ["there is no person with this id"]
    assert refused(answer, 404, "MEMBER_NOT_FOUND") == details
    # What is wrong with the body comes first, as everywhere.
    refused(shared.post(member_path(aaid), json={}), 400, "VALIDATION_ERROR")


@pytest.mark.parametrize(("who", "status"), [("outsider", 403), ("stranger", 403), ("nobody", 401)])
def test_others_add_nobody(shared: InProcess, who: str, status: int) -> None:
    person = new_person(shared)
    auth = as_caller(shared, who)
    answer = shared.post(member_path(person.id), auth, json={"roles": roles("admin")})
    refused(answer, status, "FORBIDDEN" if status == 403 else "UNAUTHORIZED")
    assert member(shared, person.id).status_code == 404


def test_an_unknown_space_is_not_found_and_an_archived_one_takes_nobody(
    server: InProcess,
) -> None:
    person = new_person(server)
    body = {"roles": roles("viewer")}
    answer = server.post(member_path(person.id, UNKNOWN), json=body)
    refused(answer, 404, "DEVELOPER_SPACE_NOT_FOUND")
    administer(server, "POST", f"developer-spaces/{SPACE}/archive")
    for auth in (DEVELOPER, ADMINISTRATOR):
        answer = server.post(member_path(person.id), auth, json={"roles": []})
        details = ["the developer space is archived"]
        assert refused(answer, 400, "VALIDATION_ERROR") == details


def test_administrators_of_the_server_add_the_first_member(server: InProcess) -> None:
    space_id, person = new_space(server), new_person(server)
    body = {"roles": roles("admin", space_id=space_id)}
    answer = server.post(member_path(person.id, space_id), ADMINISTRATOR, json=body)
    assert answer.status_code == 201, answer.text
    assert everyone(server, space_id, person.auth) == [answer.json()]


def test_of_clients_that_add_one_person_at_once_one_does(server: InProcess) -> None:
    person = new_person(server)
    body = {"roles": roles("viewer")}
    path = member_path(person.id)
    answers = server.at_once(*(server.send("POST", path, json=body) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 19
    assert [one["aaid"] for one in everyone(server)].count(person.id) == 1


def test_a_client_that_minds_gets_no_body(server: InProcess) -> None:
    person = new_person(server)
    headers = {"Prefer": "return=minimal"}
    body = {"roles": roles("viewer")}
    answer = server.post(member_path(person.id), json=body, headers=headers)
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["location"] == member_path(person.id)
