"""People: rename them, make and unmake administrators."""

import pytest

from tests.support.administration import NO_ADMINISTRATORS, PEOPLE, new_person, person_of, read
from tests.support.bodies import UNKNOWN, codes, problems
from tests.support.client import ADMINISTRATOR, DEVELOPER, Auth, InProcess


def test_a_person_becomes_an_administrator_at_once_and_no_more_at_once(server: InProcess) -> None:
    person = person_of(server, "developer@example.com")
    path = f"{PEOPLE}/{person['id']}"
    assert server.get(PEOPLE, auth=DEVELOPER).status_code == 403
    made = server.request("PATCH", path, ADMINISTRATOR, json={"administrator": True})
    assert (made.status_code, made.json()) == (200, {**person, "administrator": True})
    assert server.get(PEOPLE, auth=DEVELOPER).status_code == 200
    server.request("PATCH", path, ADMINISTRATOR, json={"administrator": False})
    assert server.get(PEOPLE, auth=DEVELOPER).status_code == 403


def test_a_person_is_renamed_and_nothing_else_changes(server: InProcess) -> None:
    person, _ = new_person(server)
    path = f"{PEOPLE}/{person['id']}"
    answer = server.request("PATCH", path, ADMINISTRATOR, json={"name": "New Name"})
    assert answer.json() == read(server, path) == {**person, "name": "New Name"}
    assert server.request("PATCH", path, ADMINISTRATOR, json={}).json() == read(server, path)


def test_every_problem_of_a_change_is_told(server: InProcess) -> None:
    person, _ = new_person(server)
    sent = {"name": "", "administrator": "yes", "email": "other@example.com"}
    answer = server.request("PATCH", f"{PEOPLE}/{person['id']}", ADMINISTRATOR, json=sent)
    assert answer.status_code == 400
    assert problems(answer.json()) == {
        ("VALIDATION_ERROR", "name must not be empty"),
        ("VALIDATION_ERROR", "administrator must be true or false"),
        ("VALIDATION_ERROR", "email is no field of this"),
    }
    assert read(server, f"{PEOPLE}/{person['id']}") == person


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
def test_only_administrators_change_people(
    shared: InProcess, auth: Auth, status: int, code: str
) -> None:
    answer = shared.request("PATCH", f"{PEOPLE}/{UNKNOWN}", auth, json={"administrator": True})
    assert (answer.status_code, codes(answer.json())) == (status, [code])


def test_an_unknown_person_cannot_be_changed(shared: InProcess) -> None:
    answer = shared.request("PATCH", f"{PEOPLE}/{UNKNOWN}", ADMINISTRATOR, json={"name": "x"})
    assert (answer.status_code, codes(answer.json())) == (404, ["NOT_FOUND"])


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (PEOPLE, {"email": "pat@example.com", "admin": True}),
        ("/admin/v1/developer-spaces", {"name": "x", "policy": "manual"}),
        ("/admin/v1/apps", {"appKey": "a.b", "developerSpaceId": UNKNOWN, "key": "x"}),
    ],
)
def test_a_field_that_our_own_bodies_do_not_have_is_refused(
    server: InProcess, path: str, sent: dict[str, object]
) -> None:
    unknown = list(sent)[-1]
    answer = server.post(path, ADMINISTRATOR, json=sent)
    assert answer.status_code == 400
    assert ("VALIDATION_ERROR", f"{unknown} is no field of this") in problems(answer.json())
