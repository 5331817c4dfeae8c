"""PUT replaces the roles or the categories of a member."""

from typing import Any

import pytest

from tests.support.answers import refused
from tests.support.bodies import OUTSIDER_SPACE, ROLES, SPACE, UNKNOWN, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, InProcess
from tests.support.members import (
    everyone,
    member,
    member_path,
    new_member,
    new_space,
    person_id,
    roles,
)
from tests.support.scenes import administer, as_caller

LAST = "this is the last member with the role admin; give it to somebody else first"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"roles": roles("viewer")},
        {"roles": roles("admin", "release-manager")},
        {"categories": ["marketing"]},
        {"categories": []},
        {"roles": roles("data-analyst"), "categories": ["support", "security"]},
    ],
    ids=lambda body: "+".join(body) or "nothing",
)
def test_what_is_sent_is_replaced_and_the_rest_stays(
    server: InProcess, body: dict[str, Any]
) -> None:
    person = new_member(server, "release-manager", categories=["finance"])
    before = member(server, person.id).json()
    answer = server.put(member_path(person.id), json=body)
    assert (answer.status_code, answer.json()) == (201, {**before, **body})
    assert answer.headers["location"] == member_path(person.id)
    assert member(server, person.id).json() == {**before, **body}


def test_a_member_that_was_read_can_be_sent_back_as_it_is(server: InProcess) -> None:
    person = new_member(server, *ROLES, categories=["finance"])
    held = member(server, person.id).json()
    answer = server.put(member_path(person.id), json=held)
    assert (answer.status_code, answer.json()) == (201, held)


def test_the_place_in_the_list_and_the_time_of_joining_stay(server: InProcess) -> None:
    people = [new_member(server, "viewer") for _ in range(2)]
    order = [one["aaid"] for one in everyone(server)]
    path = f"developer-spaces/{SPACE}/members"
    joined = {m["personId"]: m["joinedAt"] for m in administer(server, "GET", path)["members"]}
    server.put(member_path(people[0].id), json={"roles": roles("admin")})
    assert [one["aaid"] for one in everyone(server)] == order
    after = {m["personId"]: m["joinedAt"] for m in administer(server, "GET", path)["members"]}
    assert after == joined


def test_a_change_of_roles_counts_at_once(server: InProcess) -> None:
    person = new_member(server, "release-manager")
    assert server.post(versions_path(), person.auth, json=version()).status_code == 201
    server.put(member_path(person.id), json={"roles": roles("viewer")})
    assert server.post(versions_path(), person.auth, json=version()).status_code == 403
    server.put(member_path(person.id), json={"roles": roles("admin")})
    assert server.post(versions_path(), person.auth, json=version()).status_code == 201


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"roles": []}, {"roles must have at least 1 element"}),
        (
            {"roles": roles("viewer", space_id=OUTSIDER_SPACE), "categories": None},
            {
                "roles[0].resourceId must be the id of this developer space",
                "categories must be a list",
            },
        ),
    ],
)
def test_everything_wrong_with_a_change_is_told_at_once(
    server: InProcess, body: Any, details: set[str]
) -> None:
    person = new_member(server, "viewer")
    before = member(server, person.id).json()
    answer = server.put(member_path(person.id), json=body)
    assert set(refused(answer, 400, "VALIDATION_ERROR")) == details
    assert member(server, person.id).json() == before


@pytest.mark.parametrize("aaid", [UNKNOWN, "x", "{outsider}"])
def test_who_is_no_member_is_not_found(shared: InProcess, aaid: str) -> None:
    aaid = aaid.format(outsider=person_id(shared, "outsider@example.com"))
    answer = shared.put(member_path(aaid), json={"roles": roles("viewer")})
    details = ["this developer space has no such member"]
    assert refused(answer, 404, "MEMBER_NOT_FOUND") == details
    refused(shared.put(member_path(aaid), json={"roles": []}), 400, "VALIDATION_ERROR")


@pytest.mark.parametrize(("who", "status"), [("outsider", 403), ("stranger", 403), ("nobody", 401)])
def test_others_change_nobody(shared: InProcess, who: str, status: int) -> None:
    person = new_member(shared, "viewer")
    auth = as_caller(shared, who)
    answer = shared.put(member_path(person.id), auth, json={"roles": roles("admin")})
    refused(answer, status, "FORBIDDEN" if status == 403 else "UNAUTHORIZED")
    assert member(shared, person.id).json()["roles"] == roles("viewer")


def test_an_unknown_space_is_not_found_and_an_archived_one_changes_nobody(
    server: InProcess,
) -> None:
    person = new_member(server, "viewer")
    answer = server.put(member_path(person.id, UNKNOWN), json={})
    refused(answer, 404, "DEVELOPER_SPACE_NOT_FOUND")
    administer(server, "POST", f"developer-spaces/{SPACE}/archive")
    for auth in (DEVELOPER, ADMINISTRATOR):
        answer = server.put(member_path(person.id), auth, json={"roles": []})
        details = ["the developer space is archived"]
        assert refused(answer, 400, "VALIDATION_ERROR") == details


def test_the_last_admin_cannot_step_down_but_stays_free_in_the_rest(server: InProcess) -> None:
    space_id = new_space(server)
    last = new_member(server, "admin", "viewer", space_id=space_id)
    new_member(server, "release-manager", space_id=space_id)
    path = member_path(last.id, space_id)
    answer = server.put(path, last.auth, json={"roles": roles("viewer", space_id=space_id)})
    assert refused(answer, 400, "VALIDATION_ERROR") == [LAST]
    for body in (
        {"roles": roles("admin", "data-analyst", space_id=space_id)},
        {"categories": ["primary"]},
    ):
        assert server.put(path, last.auth, json=body).status_code == 201
    body = {"roles": roles("viewer", space_id=space_id)}
    assert server.put(path, ADMINISTRATOR, json=body).status_code == 201


def test_an_admin_who_is_archived_does_not_count(server: InProcess) -> None:
    space_id = new_space(server)
    last = new_member(server, "admin", space_id=space_id)
    other = new_member(server, "admin", space_id=space_id)
    path, body = member_path(last.id, space_id), {"roles": roles("viewer", space_id=space_id)}
    administer(server, "POST", f"people/{other.id}/archive")
    assert refused(server.put(path, last.auth, json=body), 400, "VALIDATION_ERROR") == [LAST]
    administer(server, "POST", f"people/{other.id}/unarchive")
    assert server.put(path, last.auth, json=body).status_code == 201


def test_admins_who_demote_each_other_at_once_leave_some(server: InProcess) -> None:
    space_id = new_space(server)
    people = [new_member(server, "admin", space_id=space_id) for _ in range(4)]
    body = {"roles": roles("viewer", space_id=space_id)}
    answers = server.at_once(
        *(
            server.send("PUT", member_path(one.id, space_id), other.auth, json=body)
            for one, other in zip(people, people[1:] + people[:1], strict=True)
        )
    )
    # Who has been demoted meanwhile is refused; so is the demotion of the last one.
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {201, 400, 403}
    held = everyone(server, space_id, ADMINISTRATOR)
    admins = [one for one in held if one["roles"] == roles("admin", space_id=space_id)]
    assert len(admins) == len(people) - statuses.count(201) >= 1
