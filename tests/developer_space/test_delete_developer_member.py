"""DELETE removes a member from a developer space."""

import httpx2
import pytest

from tests.support.answers import refused
from tests.support.bodies import SPACE, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, Auth, InProcess
from tests.support.members import (
    everyone,
    member,
    member_path,
    members_path,
    new_member,
    new_space,
    person_id,
    roles,
)
from tests.support.scenes import administer, as_caller

LAST = "this is the last member with the role admin; give it to somebody else first"


def remove(
    server: InProcess, aaid: str, space_id: str = SPACE, auth: Auth = DEVELOPER
) -> httpx2.Response:
    return server.request("DELETE", member_path(aaid, space_id), auth)


def test_a_member_is_told_once_more_and_then_gone(server: InProcess) -> None:
    person = new_member(server, "viewer", categories=["support"])
    held = member(server, person.id).json()
    answer = remove(server, person.id)
    assert (answer.status_code, answer.json()) == (200, held)
    refused(member(server, person.id), 404, "MEMBER_NOT_FOUND")
    assert held not in everyone(server)
    refused(server.get(members_path(), person.auth), 403, "FORBIDDEN")
    details = ["this developer space has no such member"]
    assert refused(remove(server, person.id), 404, "MEMBER_NOT_FOUND") == details


def test_who_comes_back_starts_anew(server: InProcess) -> None:
    person = new_member(server, "admin", categories=["support"])
    remove(server, person.id)
    answer = server.post(member_path(person.id), json={"roles": roles("viewer")})
    assert (answer.status_code, answer.json()["categories"]) == (201, [])


def test_members_leave_one_space_and_stay_in_the_others(server: InProcess) -> None:
    other = new_space(server)
    person = new_member(server, "admin")
    body = {"roles": ["viewer"]}
    administer(server, "PUT", f"developer-spaces/{other}/members/{person.id}", body)
    assert remove(server, person.id, auth=person.auth).status_code == 200
    assert [one["aaid"] for one in everyone(server, other, person.auth)] == [person.id]


@pytest.mark.parametrize("aaid", [UNKNOWN, "x", "{outsider}"])
def test_who_is_no_member_is_not_found(shared: InProcess, aaid: str) -> None:
    aaid = aaid.format(outsider=person_id(shared, "outsider@example.com"))
    refused(remove(shared, aaid), 404, "MEMBER_NOT_FOUND")
    refused(remove(shared, aaid, UNKNOWN), 404, "DEVELOPER_SPACE_NOT_FOUND")


@pytest.mark.parametrize(("who", "status"), [("outsider", 403), ("stranger", 403), ("nobody", 401)])
def test_others_remove_nobody(shared: InProcess, who: str, status: int) -> None:
    person = new_member(shared, "viewer")
    answer = remove(shared, person.id, auth=as_caller(shared, who))
    refused(answer, status, "FORBIDDEN" if status == 403 else "UNAUTHORIZED")
    assert member(shared, person.id).status_code == 200


def test_an_archived_space_loses_nobody(server: InProcess) -> None:
    person = new_member(server, "viewer")
    administer(server, "POST", f"developer-spaces/{SPACE}/archive")
    for auth in (DEVELOPER, ADMINISTRATOR):
        answer = remove(server, person.id, auth=auth)
        details = ["the developer space is archived"]
        assert refused(answer, 400, "VALIDATION_ERROR") == details
    assert member(server, person.id).status_code == 200


def test_the_last_admin_cannot_leave_until_somebody_else_is_one(server: InProcess) -> None:
    space_id = new_space(server)
    last = new_member(server, "admin", space_id=space_id)
    heir = new_member(server, "release-manager", space_id=space_id)
    answer = remove(server, last.id, space_id, last.auth)
    assert refused(answer, 400, "VALIDATION_ERROR") == [LAST]
    body = {"roles": roles("admin", space_id=space_id)}
    assert server.put(member_path(heir.id, space_id), last.auth, json=body).status_code == 201
    assert remove(server, last.id, space_id, last.auth).status_code == 200
    assert [one["aaid"] for one in everyone(server, space_id, heir.auth)] == [heir.id]


def test_administrators_of_the_server_remove_even_the_last_admin(server: InProcess) -> None:
    space_id = new_space(server)
    last = new_member(server, "admin", space_id=space_id)
    assert remove(server, last.id, space_id, ADMINISTRATOR).status_code == 200
    assert server.get(members_path(space_id), ADMINISTRATOR).json() == {"members": []}


def test_admins_who_remove_each_other_at_once_leave_one(server: InProcess) -> None:
    space_id = new_space(server)
    people = [new_member(server, "admin", space_id=space_id) for _ in range(2)]
    one, other = people
    answers = server.at_once(
        server.send("DELETE", member_path(one.id, space_id), other.auth),
        server.send("DELETE", member_path(other.id, space_id), one.auth),
    )
    # The second may find itself removed before it is asked who it is, or only the last one left.
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert statuses[1] in (400, 403)
    assert len(server.get(members_path(space_id), ADMINISTRATOR).json()["members"]) == 1


def test_of_clients_that_remove_one_member_at_once_one_does(server: InProcess) -> None:
    person = new_member(server, "viewer")
    path = member_path(person.id)
    answers = server.at_once(*(server.send("DELETE", path) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 19
