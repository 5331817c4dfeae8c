"""People and their API tokens on their pages, over HTTP."""

import re
from typing import Any

import pytest

from tests.support.administration import create, new_person, person_of, read
from tests.support.bodies import UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, InProcess
from tests.support.consoles import Surfer, follow, said, surf

_SECRET = re.compile(r'id="secret" class="secret">([^<]+)<')


@pytest.fixture
def surfer(server: InProcess) -> Surfer:
    return surf(server, ADMINISTRATOR)


def tokens_of(server: InProcess, person_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(server, f"/admin/v1/people/{person_id}/api-tokens")[
        "apiTokens"
    ]
    return found


def test_people_are_listed_along_pages_and_found_by_email(
    server: InProcess, surfer: Surfer
) -> None:
    for number in range(30):
        create(server, "/admin/v1/people", email=f"p{number}@example.com")
    page = surfer.get("/people")
    assert "developer@example.com" in said(page)
    following = re.search(r'<a href="([^"]+)" rel="next">', page.text)
    assert following
    page = surfer.get(following[1].replace("&amp;", "&"))
    assert "p29@example.com" in said(page)
    assert "First page" in said(page)
    page = surfer.get("/people", params={"email": "P7@example.com"})
    assert "p7@example.com" in said(page)
    assert "p8@example.com" not in said(page)
    assert "Nobody has this email" in said(surfer.get("/people?email=x@example.com"))


def test_a_person_is_created_renamed_and_made_an_administrator(
    server: InProcess, surfer: Surfer
) -> None:
    page = follow(surfer, surfer.post("/people", {"email": " Pat@example.com ", "name": ""}))
    person = person_of(server, "pat@example.com")
    assert (person["name"], person["administrator"]) == ("pat@example.com", False)
    path = f"/people/{person['id']}"
    page = follow(surfer, surfer.post(path, {"name": "Pat <i>", "administrator": "1"}))
    assert "Pat &lt;i&gt;" in page.text
    person = person_of(server, "pat@example.com")
    assert (person["name"], person["administrator"]) == ("Pat <i>", True)
    follow(surfer, surfer.post(path, {"name": "Pat"}))
    assert person_of(server, "pat@example.com")["administrator"] is False


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(surfer: Surfer) -> None:
    sent = {"email": "no email", "name": "N" * 256, "administrator": "1"}
    page = surfer.post("/people", sent)
    assert page.status_code == 400
    assert "must be an email address" in page.text.partition('id="email-told"')[2][:200]
    assert "name must" in page.text.partition('id="name-told"')[2][:200]
    assert 'value="no email"' in page.text
    assert f'value="{"N" * 256}"' in page.text
    assert 'name="administrator" value="1" checked' in page.text
    taken = surfer.post("/people", {"email": DEVELOPER[0]})
    assert "belongs to a person already" in said(taken)


def test_an_archived_person_is_out_until_taken_back(server: InProcess, surfer: Surfer) -> None:
    person, auth = new_person(server)
    theirs = surf(server, auth)
    path = f"/people/{person['id']}"
    page = follow(surfer, surfer.post(f"{path}/archive"))
    assert "archived" in said(page)
    assert theirs.get("/developer-spaces").status_code == 303
    assert "Create an API token" not in said(page)
    follow(surfer, surfer.post(f"{path}/unarchive"))
    assert surf(server, auth).get("/developer-spaces").status_code == 200


def test_an_api_token_is_shown_once_works_and_is_revoked(server: InProcess, surfer: Surfer) -> None:
    person, _ = new_person(server)
    path = f"/people/{person['id']}"
    page = surfer.post(f"{path}/api-tokens", {"token-name": "ci", "days": "30"})
    assert page.status_code == 201
    found = _SECRET.search(page.text)
    assert found
    assert "shown this once" in said(page)
    assert page.headers["cache-control"] == "no-store"
    theirs = surf(server, (person["email"], found[1]))
    assert found[1] not in surfer.get(path).text
    [_, token] = tokens_of(server, person["id"])
    assert (token["name"], "expiresAt" in token) == ("ci", True)
    follow(surfer, surfer.post(f"{path}/api-tokens/{token['id']}/revoke"))
    assert "revoked" in said(surfer.get(path))
    assert theirs.get("/developer-spaces").status_code == 303


def test_an_api_token_may_never_expire(server: InProcess, surfer: Surfer) -> None:
    person, _ = new_person(server)
    sent = {"token-name": "for ever", "days": " "}
    assert surfer.post(f"/people/{person['id']}/api-tokens", sent).status_code == 201
    assert "expiresAt" not in tokens_of(server, person["id"])[-1]


@pytest.mark.parametrize("days", ["0", "3651", "soon", "-1", "1.5", "9" * 30, "\u0663"])
def test_an_api_token_of_a_wrong_length_is_not_made(
    server: InProcess, surfer: Surfer, days: str
) -> None:
    person, _ = new_person(server)
    page = surfer.post(f"/people/{person['id']}/api-tokens", {"token-name": "ci", "days": days})
    assert page.status_code == 400
    assert "expiresInDays" in page.text.partition('id="days-told"')[2][:200]
    assert f'value="{days}"' in page.text
    assert len(tokens_of(server, person["id"])) == 1


def test_one_is_told_before_one_signs_oneself_out(server: InProcess, surfer: Surfer) -> None:
    me = person_of(server, ADMINISTRATOR[0])
    path = f"/people/{me['id']}"
    page = said(surfer.get(path))
    assert "You are signed in with this API token: revoking it signs you out at once" in page
    assert "This is you: you are signed out at once" in page
    other = said(surfer.get(f"/people/{person_of(server, DEVELOPER[0])['id']}"))
    assert "This is you" not in other
    assert "You are signed in with this" not in other
    [token] = tokens_of(server, me["id"])
    answer = surfer.post(f"{path}/api-tokens/{token['id']}/revoke")
    assert answer.status_code == 303
    answer = surfer.get(answer.headers["location"])
    assert answer.headers["location"].startswith("/sign-in?")


def test_only_administrators_see_and_change_people(server: InProcess) -> None:
    surfer = surf(server)
    person = person_of(server, DEVELOPER[0])
    path = f"/people/{person['id']}"
    for answer in (
        surfer.get("/people"),
        surfer.get(path),
        surfer.post("/people", {"email": "x@example.com"}),
        surfer.post(path, {"name": "Boss", "administrator": "1"}),
        surfer.post(f"{path}/api-tokens", {"token-name": "more"}),
        surfer.post(f"{path}/archive"),
    ):
        assert answer.status_code == 403
        assert "only administrators of this server may do this" in said(answer)
    assert person_of(server, DEVELOPER[0]) == person
    assert len(tokens_of(server, person["id"])) == 1


def test_nobody_has_an_unknown_id(surfer: Surfer) -> None:
    assert surfer.get(f"/people/{UNKNOWN}").status_code == 404
    assert surfer.get("/people/%2e%2e%2faudit").status_code == 404
    assert surfer.get("/people/..%3Fx=1").status_code == 404
