"""The listings of a developer space: pages, who sees which, cursors."""

from typing import Any

import pytest

from tests.support.app_listings import app_listing, changed, listings_path, told
from tests.support.bodies import OUTSIDER_SPACE, SPACE, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.scenes import administer, as_caller
from tests.support.walks import CURSOR_READERS, cursor_of, pages

EVERYTHING = {"includePrivate": "true", "limit": "1"}


def new_space(server: InProcess) -> str:
    """A developer space without apps, which the developer belongs to."""
    space = administer(server, "POST", "developer-spaces", {"name": "Tools"})["id"]
    [person] = administer(server, "GET", "people?email=developer@example.com")["people"]
    path = f"developer-spaces/{space}/members/{person['id']}"
    administer(server, "PUT", path, {"roles": ["admin"]})
    return str(space)


def some_listings(server: InProcess, count: int) -> tuple[str, list[dict[str, Any]]]:
    """A new space and the listings of its apps: every other one is public."""
    space = new_space(server)
    made = [app_listing(server, space) for _ in range(count)]
    made[::2] = [changed(server, listing, state="PUBLIC") for listing in made[::2]]
    return space, made


def listed(server: InProcess, path: str, auth: Auth = DEVELOPER, **query: Any) -> list[Any]:
    return [item for page in pages(server, path, auth, **query) for item in page["items"]]


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_listings_come_the_oldest_app_first_and_each_once(server: InProcess, limit: int) -> None:
    space, made = some_listings(server, 7)
    path = listings_path(space)
    assert listed(server, path, limit=limit) == made[::2]
    assert listed(server, path, limit=limit, includePrivate="false") == made[::2]
    assert listed(server, path, limit=limit, includePrivate="true") == made
    assert listed(server, path, OUTSIDER, limit=limit) == made[::2]


def test_a_page_has_ten_listings_unless_told_otherwise(server: InProcess) -> None:
    space = new_space(server)
    for _ in range(11):
        app_listing(server, space)
    sizes = [
        len(page["items"]) for page in pages(server, listings_path(space), includePrivate="true")
    ]
    assert sizes == [10, 1]


def test_links_are_relative_and_the_last_page_has_no_next(server: InProcess) -> None:
    space, _ = some_listings(server, 3)
    path = listings_path(space)
    first = server.get(path, params={"includePrivate": "true", "limit": 2}).json()
    assert first["links"]["self"] == f"{path}?limit=2&includePrivate=true"
    assert first["links"]["next"].startswith(f"{path}?cursor=")
    second = server.get(f"/marketplace{first['links']['next']}").json()
    assert second["links"] == {"self": first["links"]["next"]}
    assert len(second["items"]) == 1


@pytest.mark.parametrize("reader", CURSOR_READERS)
def test_clients_may_take_the_link_apart_as_they_like(server: InProcess, reader: Any) -> None:
    space, made = some_listings(server, 5)
    path, query = listings_path(space), {"includePrivate": "true", "limit": "2"}
    page = server.get(path, params=query).json()
    found = page["items"]
    while "next" in page["links"]:
        where, sent = reader(page["links"]["next"])
        page = server.get(where, params={**sent, **query} if sent else None).json()
        found += page["items"]
    assert found == made


def test_apps_that_come_and_change_between_pages_neither_repeat_nor_skip(
    server: InProcess,
) -> None:
    space, made = some_listings(server, 6)
    walk = pages(server, listings_path(space), limit=2, includePrivate="true")
    found = next(walk)["items"]
    changed(server, made[0], summary="Another revision")
    late = app_listing(server, space)
    found += [item for page in walk for item in page["items"]]
    assert found == [*made, late]


@pytest.mark.parametrize("who", ["outsider", "stranger"])
def test_private_listings_are_for_members(server: InProcess, who: str) -> None:
    auth = as_caller(server, who)
    told(server.get(listings_path(), auth, params=EVERYTHING), 403, "FORBIDDEN")
    page = server.get(listings_path(), params=EVERYTHING).json()
    with_cursor = f"{listings_path()}?cursor={cursor_of(page)}"
    assert server.get(with_cursor, DEVELOPER).status_code == 200
    assert server.get(with_cursor, ADMINISTRATOR).status_code == 200
    told(server.get(with_cursor, auth), 403, "FORBIDDEN")


def test_administrators_see_the_private_listings_of_every_space(shared: InProcess) -> None:
    listing = app_listing(shared, OUTSIDER_SPACE)
    path = listings_path(OUTSIDER_SPACE)
    assert listing in listed(shared, path, ADMINISTRATOR, limit=50, includePrivate="true")
    assert listing not in listed(shared, path, ADMINISTRATOR, limit=50)


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("limit=0", {"limit must be between 1 and 50"}),
        ("limit=51", {"limit must be between 1 and 50"}),
        ("includePrivate=yes", {"includePrivate must be true or false"}),
        ("includePrivate=", {"includePrivate must be true or false"}),
        ("includePrivate=TRUE", {"includePrivate must be true or false"}),
        (
            "includePrivate=true&includePrivate=false",
            {"includePrivate is given more than once, with different values"},
        ),
        ("cursor=AAAA", {"cursor is damaged"}),
        (
            "limit=x&includePrivate=1&cursor=%00",
            {
                "limit must be between 1 and 50",
                "includePrivate must be true or false",
                "cursor must not contain the character U+0000",
            },
        ),
    ],
)
def test_a_query_that_cannot_be_is_refused(
    shared: InProcess, query: str, details: set[str]
) -> None:
    answer = shared.get(f"{listings_path()}?{query}")
    assert told(answer, 400, "INVALID_PARAMETER") == details


def test_a_cursor_cannot_be_used_for_other_lists_or_filters(server: InProcess) -> None:
    page = server.get(listings_path(), params=EVERYTHING).json()
    token = cursor_of(page)
    answer = server.get(f"{listings_path(OUTSIDER_SPACE)}?cursor={token}")
    assert told(answer, 400, "INVALID_PARAMETER") == {"cursor belongs to another request"}
    answer = server.get(f"{listings_path()}?cursor={token}&includePrivate=false")
    assert told(answer, 400, "INVALID_PARAMETER") == {"includePrivate contradicts the cursor"}


@pytest.mark.parametrize("space", [UNKNOWN, "x"])
def test_an_unknown_space_is_not_found(shared: InProcess, space: str) -> None:
    answer = shared.get(f"{listings_path(space)}?limit=0")
    details = {"there is no developer space with this id"}
    assert told(answer, 404, "DEVELOPER_SPACE_NOT_FOUND") == details
    told(shared.get(listings_path(SPACE), None), 401, "UNAUTHORIZED")


def test_a_space_without_apps_has_an_empty_list(server: InProcess) -> None:
    path = listings_path(new_space(server))
    assert server.get(path).json() == {"links": {"self": path}, "items": []}
