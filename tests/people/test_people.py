"""People: create, list, get, archive, un-archive."""

from typing import Any

import pytest

from tests.support.administration import (
    ADMIN,
    BAD_PAGES,
    NO_ADMINISTRATORS,
    PEOPLE,
    create,
    do,
    new_person,
    person_of,
    read,
    walk,
)
from tests.support.bodies import ADDON_CLOUD, UNKNOWN, codes, problems, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, Auth, InProcess

OPERATIONS = [
    ("POST", PEOPLE),
    ("GET", PEOPLE),
    ("GET", f"{PEOPLE}/{UNKNOWN}"),
    ("POST", f"{PEOPLE}/{UNKNOWN}/archive"),
    ("POST", f"{PEOPLE}/{UNKNOWN}/unarchive"),
]


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_only_administrators_may(
    shared: InProcess, method: str, path: str, auth: Auth, status: int, code: str
) -> None:
    response = shared.request(method, path, auth, json={"email": "pat@example.com"})
    assert (response.status_code, codes(response.json())) == (status, [code])


@pytest.mark.parametrize(("method", "path"), OPERATIONS[2:])
def test_an_unknown_person_is_not_found(shared: InProcess, method: str, path: str) -> None:
    response = shared.request(method, path, ADMINISTRATOR)
    assert response.status_code == 404
    assert problems(response.json()) == {("NOT_FOUND", "there is no person with this id")}


def test_a_new_person_is_where_location_says(server: InProcess) -> None:
    sent = {"email": "Pat@Example.com", "name": "Pat Ünicode", "administrator": True}
    response = server.post(PEOPLE, auth=ADMINISTRATOR, json=sent)
    assert response.status_code == 201
    person = response.json()
    assert person.items() >= {**sent, "email": "pat@example.com"}.items()
    assert person["createdAt"].endswith("Z")
    assert "archivedAt" not in person
    assert response.headers["location"] == f"{PEOPLE}/{person['id']}"
    assert read(server, response.headers["location"]) == person


def test_a_person_is_no_administrator_and_named_by_email_unless_told(server: InProcess) -> None:
    person = create(server, PEOPLE, email="pat@example.com")
    assert (person["name"], person["administrator"]) == ("pat@example.com", False)


def test_the_body_of_the_answer_can_be_left_out(server: InProcess) -> None:
    response = server.post(
        PEOPLE,
        auth=ADMINISTRATOR,
        json={"email": "pat@example.com"},
        headers={"prefer": "return=minimal"},
    )
    assert (response.status_code, response.content) == (201, b"")
    assert read(server, response.headers["location"])["email"] == "pat@example.com"


@pytest.mark.parametrize(("administrator", "status"), [(True, 200), (False, 403)])
def test_administrators_administer_and_others_do_not(
    server: InProcess, administrator: bool, status: int
) -> None:
    _, auth = new_person(server, administrator=administrator)
    assert server.get(PEOPLE, auth=auth).status_code == status


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, {"email is required"}),
        ([], {"the body must be an object"}),
        ({"email": "no address"}, {"email must be an email address"}),
        ({"email": "a\n@example.com"}, {"email must be an email address"}),
        ({"email": "a" * 251 + "@b.c"}, {"email must not be longer than 254 characters"}),
        ({"email": None}, {"email must be a string"}),
        (
            {"email": 1, "name": "", "administrator": "yes"},
            {
                "email must be a string",
                "name must not be empty",
                "administrator must be true or false",
            },
        ),
        (
            {"email": "pat@example.com", "name": "x" * 256},
            {"name must not be longer than 255 characters"},
        ),
        (
            {"email": "pat@example.com", "name": "two\nlines"},
            {"name must not contain control characters"},
        ),
    ],
)
def test_everything_wrong_with_a_person_is_told_at_once(
    shared: InProcess, body: Any, details: set[str]
) -> None:
    response = shared.post(PEOPLE, auth=ADMINISTRATOR, json=body)
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", detail) for detail in details}


@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize("email", ["pat@example.com", "PAT@EXAMPLE.COM"])
def test_an_email_belongs_to_one_person(server: InProcess, email: str, archived: bool) -> None:
    person = create(server, PEOPLE, email="pat@example.com")
    if archived:
        do(server, f"{PEOPLE}/{person['id']}/archive")
    response = server.post(PEOPLE, auth=ADMINISTRATOR, json={"email": email})
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", "email belongs to a person already")}
    assert len(read(server, f"{PEOPLE}?email=pat@example.com")["people"]) == 1


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_people_are_listed_the_oldest_first(server: InProcess, limit: int) -> None:
    made = [f"{name}@example.com" for name in ("zoe", "adam", "mia", "bob")]
    for email in made:
        create(server, PEOPLE, email=email)
    listed = [person["email"] for person in walk(server, PEOPLE, "people", limit)]
    assert listed[-4:] == made
    assert sorted(listed[:-4]) == [
        "admin@example.com",
        "buyer@example.com",
        "customer@example.com",
        "developer@example.com",
        "listing@example.com",
        "outsider@example.com",
        "release@example.com",
        "user@example.com",
        "viewer@example.com",
    ]


def test_people_can_be_found_by_email(shared: InProcess) -> None:
    assert person_of(shared, "Developer@EXAMPLE.com")["email"] == "developer@example.com"
    assert read(shared, f"{PEOPLE}?email=nobody@example.com")["people"] == []


@pytest.mark.parametrize(("query", "detail"), BAD_PAGES)
def test_a_page_that_cannot_be_is_refused(shared: InProcess, query: str, detail: str) -> None:
    response = shared.get(f"{PEOPLE}?{query}", auth=ADMINISTRATOR)
    assert response.status_code == 400
    assert problems(response.json()) == {("INVALID_PARAMETER", detail)}


def test_a_cursor_of_another_list_is_refused(shared: InProcess) -> None:
    following = read(shared, f"{PEOPLE}?limit=1")["links"]["next"]
    path = following.replace("/people", "/apps")
    assert path.startswith(f"{ADMIN}/apps?cursor=")
    response = shared.get(path, auth=ADMINISTRATOR)
    assert response.status_code == 400
    assert codes(response.json()) == ["INVALID_PARAMETER"]


def test_an_archived_person_stays_readable_and_signs_in_no_more(server: InProcess) -> None:
    assert server.get(versions_path(ADDON_CLOUD), auth=DEVELOPER).status_code == 200
    person = person_of(server, "developer@example.com")
    archived = do(server, f"{PEOPLE}/{person['id']}/archive")
    assert archived["archivedAt"].endswith("Z")
    assert {**person, "archivedAt": archived["archivedAt"]} == archived
    assert read(server, f"{PEOPLE}/{person['id']}") == archived
    assert person_of(server, "developer@example.com") == archived
    response = server.get(versions_path(ADDON_CLOUD), auth=DEVELOPER)
    assert (response.status_code, codes(response.json())) == (401, ["UNAUTHORIZED"])


def test_a_person_taken_back_from_the_archive_is_as_before(server: InProcess) -> None:
    person = person_of(server, "developer@example.com")
    do(server, f"{PEOPLE}/{person['id']}/archive")
    assert do(server, f"{PEOPLE}/{person['id']}/unarchive") == person
    assert server.get(f"{versions_path(ADDON_CLOUD)}?state=draft").json()["totalCount"] > 0


def test_an_archived_administrator_administers_no_more(server: InProcess) -> None:
    person, auth = new_person(server, administrator=True)
    assert server.get(PEOPLE, auth=auth).status_code == 200
    do(server, f"{PEOPLE}/{person['id']}/archive")
    assert server.get(PEOPLE, auth=auth).status_code == 401
