"""The members of a developer space: pages with a bare cursor, and one by one."""

from urllib.parse import unquote

import pytest

from tests.support.answers import refused
from tests.support.bodies import OUTSIDER_SPACE, ROLES, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, InProcess
from tests.support.members import (
    CATEGORIES,
    everyone,
    member,
    member_path,
    members_path,
    new_member,
    new_space,
    person_id,
    roles,
)
from tests.support.scenes import as_caller


def test_a_member_is_told_with_roles_and_categories(server: InProcess) -> None:
    person = new_member(server, *ROLES, categories=list(CATEGORIES))
    expected = {
        "aaid": person.id,
        "roles": roles(*ROLES),
        "categories": list(CATEGORIES),
        "email": person.email,
        "userName": person.email,
    }
    for auth in (person.auth, DEVELOPER, ADMINISTRATOR):
        answer = member(server, person.id, auth=auth)
        assert (answer.status_code, answer.json()) == (200, expected)
    assert everyone(server)[-1] == expected


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_members_are_listed_each_once_the_oldest_person_first(
    server: InProcess, limit: int
) -> None:
    space_id = new_space(server)
    people = [new_member(server, "viewer", space_id=space_id) for _ in range(7)]
    listed = everyone(server, space_id, people[0].auth, limit)
    assert [one["aaid"] for one in listed] == [person.id for person in people]
    assert {one["roles"][0]["resourceId"] for one in listed} == {space_id}


def test_a_page_has_twenty_five_members_unless_told_otherwise(server: InProcess) -> None:
    space_id = new_space(server)
    for _ in range(26):
        new_member(server, "viewer", space_id=space_id)
    first = server.get(members_path(space_id), ADMINISTRATOR).json()
    assert len(first["members"]) == 25
    query = {"cursor": first["next"]}
    second = server.get(members_path(space_id), ADMINISTRATOR, params=query).json()
    assert len(second["members"]) == 1
    assert second.keys() == {"members"}


@pytest.mark.parametrize("decoded", [False, True])
@pytest.mark.parametrize("repeated", [False, True])
def test_the_bare_cursor_is_sent_decoded_or_not_with_the_limit_or_without(
    server: InProcess, decoded: bool, repeated: bool
) -> None:
    people = [new_member(server, "viewer") for _ in range(3)]
    expected = [one["aaid"] for one in everyone(server)]
    page = server.get(f"/marketplace{members_path()}", params={"limit": 2}).json()
    found = page["members"]
    while "next" in page:
        token = unquote(page["next"]) if decoded else page["next"]
        path = f"{members_path()}?cursor={token}{'&limit=2' if repeated else ''}"
        page = server.get(path).json()
        assert len(page["members"]) <= 2
        found += page["members"]
    assert [one["aaid"] for one in found] == expected
    assert expected[-3:] == [person.id for person in people]


def test_members_that_come_and_go_between_pages_neither_repeat_nor_skip(
    server: InProcess,
) -> None:
    space_id = new_space(server)
    people = [new_member(server, "admin", space_id=space_id) for _ in range(4)]
    path = members_path(space_id)
    first = server.get(path, people[3].auth, params={"limit": 2}).json()
    gone = server.request("DELETE", member_path(people[0].id, space_id), people[3].auth)
    assert gone.status_code == 200
    late = new_member(server, "viewer", space_id=space_id)
    second = server.get(path, people[3].auth, params={"cursor": first["next"], "limit": 9}).json()
    listed = [one["aaid"] for one in first["members"] + second["members"]]
    assert listed == [*(person.id for person in people), late.id]


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("limit=0", {"limit must be between 1 and 50"}),
        ("limit=51", {"limit must be between 1 and 50"}),
        ("limit=ten", {"limit must be between 1 and 50"}),
        ("cursor=AAAA&limit=", {"cursor is damaged", "limit must be between 1 and 50"}),
    ],
)
def test_a_page_that_cannot_be_is_refused(shared: InProcess, query: str, details: set[str]) -> None:
    answer = shared.get(f"{members_path()}?{query}")
    assert set(refused(answer, 400, "INVALID_PARAMETER")) == details


def test_the_cursor_of_another_space_is_refused(server: InProcess) -> None:
    new_member(server, "viewer")
    page = server.get(members_path(), ADMINISTRATOR, params={"limit": 1}).json()
    path = f"{members_path(OUTSIDER_SPACE)}?cursor={page['next']}"
    assert refused(server.get(path, ADMINISTRATOR), 400, "INVALID_PARAMETER") == [
        "cursor belongs to another request"
    ]


@pytest.mark.parametrize(("who", "status"), [("outsider", 403), ("stranger", 403), ("nobody", 401)])
def test_others_see_no_members(shared: InProcess, who: str, status: int) -> None:
    auth = as_caller(shared, who)
    developer = person_id(shared, "developer@example.com")
    for path in (members_path(), member_path(developer), member_path(UNKNOWN)):
        answer = shared.get(path, auth)
        refused(answer, status, "FORBIDDEN" if status == 403 else "UNAUTHORIZED")


@pytest.mark.parametrize("aaid", [UNKNOWN, "x", "%F0%9F%99%82", "{outsider}"])
def test_who_is_no_member_is_not_found(shared: InProcess, aaid: str) -> None:
    aaid = aaid.format(outsider=person_id(shared, "outsider@example.com"))
    answer = member(shared, aaid)
    details = ["this developer space has no such member"]
    assert refused(answer, 404, "MEMBER_NOT_FOUND") == details


def test_a_space_without_members_has_an_empty_page(server: InProcess) -> None:
    answer = server.get(members_path(new_space(server)), ADMINISTRATOR)
    assert (answer.status_code, answer.json()) == (200, {"members": []})
