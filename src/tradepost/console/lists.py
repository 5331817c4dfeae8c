"""Lists that page by the API's cursors."""

import itertools
from collections.abc import Mapping
from typing import Any

from tradepost.console.ask import Ask
from tradepost.console.filters import query
from tradepost.console.visit import Visit

CURSOR = "cursor"


def cursor(links: Mapping[str, Any]) -> str:
    """The cursor of the next page, from the `links` of this one; empty on the last."""
    following: str = links.get("next", "")
    return following.partition("?cursor=")[2]


def pages(visit: Visit, following: str, *kept: str, name: str = CURSOR) -> tuple[str, str]:
    """Where the first page of a list is, empty on that; and the next, empty on the last.

    `kept` are the fields of the query that stay; `name` is the one that holds the cursor.
    """
    here = visit.here
    fields = {field: visit.query.get(field, "") for field in kept}
    first = f"{here}{query(fields)}" if name in visit.query else ""
    return first, f"{here}{query({**fields, name: following})}" if following else ""


async def every(ask: Ask, path: str, name: str, most_pages: int = 20) -> list[Any]:
    """The elements of a list of the API over all of its pages, up to some number of pages."""
    page = await ask.read(path, {"limit": 50})
    return [*page[name], *await rest(ask, path, page, name, most_pages - 1)]


async def rest(
    ask: Ask, path: str, page: Any, name: str, most_pages: int | None = None
) -> list[Any]:
    """The elements on the pages behind one, up to some number of pages."""
    found: list[Any] = []
    numbers = itertools.count() if most_pages is None else range(most_pages)
    for _ in numbers:
        following = cursor(page["links"])
        if not following:
            break
        page = await ask.read(path, {"cursor": following})
        found += page[name]
    return found
