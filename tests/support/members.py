"""Members of a developer space by the contract: where they are, and short ways to have some."""

from typing import Any

import httpx2

from tests.support.bodies import SPACE
from tests.support.client import DEVELOPER, Auth, InProcess
from tests.support.scenes import NewPerson, administer, new_person

CATEGORIES = (
    "primary",
    "engineering",
    "marketing",
    "finance",
    "support",
    "security",
    "migrations",
    "salessupportandapprovals",
)


def space_path(space_id: str = SPACE) -> str:
    return f"/rest/3/developer-space/{space_id}"


def members_path(space_id: str = SPACE) -> str:
    return f"{space_path(space_id)}/members"


def member_path(person_id: str, space_id: str = SPACE) -> str:
    return f"{members_path(space_id)}/{person_id}"


def roles(*names: str, space_id: str = SPACE) -> list[dict[str, str]]:
    """Roles as the contract has them."""
    return [
        {"roleId": name, "resourceType": "DEVELOPER_SPACE", "resourceId": space_id}
        for name in names
    ]


def new_space(server: InProcess, **fields: Any) -> str:
    """The id of a developer space without members."""
    body = {"name": "Tools", **fields}
    return str(administer(server, "POST", "developer-spaces", body)["id"])


def new_member(
    server: InProcess, *names: str, space_id: str = SPACE, categories: list[str] | None = None
) -> NewPerson:
    """A new person with these roles in a developer space."""
    person = new_person(server)
    body = {"roles": list(names), "categories": categories or []}
    administer(server, "PUT", f"developer-spaces/{space_id}/members/{person.id}", body)
    return person


def person_id(server: InProcess, email: str) -> str:
    """The id of the person with an email."""
    [person] = administer(server, "GET", f"people?email={email}")["people"]
    return str(person["id"])


def everyone(
    server: InProcess, space_id: str = SPACE, auth: Auth = DEVELOPER, limit: int = 50
) -> list[Any]:
    """All members of a developer space, page by page."""
    found: list[Any] = []
    query: dict[str, Any] = {"limit": limit}
    while query:
        answer = server.get(members_path(space_id), auth, params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert 1 <= len(page["members"]) <= limit
        found += page["members"]
        query = {"cursor": page["next"]} if "next" in page else {}
    return found


def member(
    server: InProcess, person_id: str, space_id: str = SPACE, auth: Auth = DEVELOPER
) -> httpx2.Response:
    return server.get(member_path(person_id, space_id), auth)
