"""Lists that page by the API's cursors."""

from collections.abc import Mapping
from typing import Any

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
    here = visit.request.url.path
    fields = {field: visit.query.get(field, "") for field in kept}
    first = f"{here}{query(fields)}" if name in visit.query else ""
    return first, f"{here}{query({**fields, name: following})}" if following else ""
