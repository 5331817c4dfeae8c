"""Short ways through the administration interface, as an administrator."""

from typing import Any

import pytest

from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess

ADMIN = "/admin/v1"
PEOPLE = f"{ADMIN}/people"
SPACES = f"{ADMIN}/developer-spaces"
APPS = f"{ADMIN}/apps"
APP_SOFTWARE = f"{ADMIN}/app-software"

NO_ADMINISTRATORS = [
    pytest.param(DEVELOPER, 403, "FORBIDDEN", id="member"),
    pytest.param(OUTSIDER, 403, "FORBIDDEN", id="stranger"),
    pytest.param(None, 401, "UNAUTHORIZED", id="nobody"),
    pytest.param(("admin@example.com", "wrong"), 401, "UNAUTHORIZED", id="wrong-token"),
]
"""Callers whom an operation for administrators refuses, and how."""

BAD_PAGES = [
    pytest.param("limit=0", "limit must be between 1 and 50", id="limit-low"),
    pytest.param("limit=51", "limit must be between 1 and 50", id="limit-high"),
    pytest.param("limit=ten", "limit must be between 1 and 50", id="limit-word"),
    pytest.param("cursor=AAAA", "cursor is damaged", id="cursor-damaged"),
]
"""Queries that no list takes, and what it says."""


def create(server: InProcess, path: str, **fields: Any) -> dict[str, Any]:
    """Create something that must be creatable; its representation."""
    response = server.post(path, auth=ADMINISTRATOR, json=fields)
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


def read(server: InProcess, path: str, auth: Auth = ADMINISTRATOR) -> Any:
    """Get something that must be readable."""
    response = server.get(path, auth=auth)
    assert response.status_code == 200, response.text
    return response.json()


def do(server: InProcess, path: str, **fields: Any) -> dict[str, Any]:
    """Call an operation without a body, or with these fields, that must succeed."""
    options = {"json": fields} if fields else {}
    response = server.post(path, auth=ADMINISTRATOR, **options)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def walk(server: InProcess, path: str, key: str, limit: int) -> list[dict[str, Any]]:
    """All elements of a list, read in pages of that size along `links.next`."""
    found: list[dict[str, Any]] = []
    following = f"{path}{'&' if '?' in path else '?'}limit={limit}"
    while following:
        page = read(server, following)
        assert 1 <= len(page[key]) <= limit
        found += page[key]
        following = page["links"].get("next", "")
    return found


def person_of(server: InProcess, email: str) -> dict[str, Any]:
    """The person with an email."""
    [person] = read(server, f"{PEOPLE}?email={email}")["people"]
    found: dict[str, Any] = person
    return found


def new_person(
    server: InProcess, email: str = "pat@example.com", **fields: Any
) -> tuple[dict[str, Any], tuple[str, str]]:
    """A new person, and credentials that are theirs."""
    person = create(server, PEOPLE, email=email, **fields)
    token = create(server, f"{PEOPLE}/{person['id']}/api-tokens", name="laptop")
    return person, (email, token["token"])
