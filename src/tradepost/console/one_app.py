"""The app that a page is about."""

from typing import Any

from tradepost.console.visit import Visit
from tradepost.http.errors import NOT_FOUND, fail


async def app_of(visit: Visit) -> Any:
    """The app whose key is in the path, as the overview of apps has it; raises 404."""
    page = await visit.ask.read("/admin/v1/app-overview", {"appKey": visit.path["appKey"]})
    if not page["apps"]:
        raise fail(NOT_FOUND, "there is no app with this key that you may see")
    return page["apps"][0]


def may(visit: Visit, app: Any, roles: frozenset[str]) -> bool:
    """Whether the visitor has a role that allows to change something of an app."""
    return not app["archived"] and visit.caller.has_role(app["developerSpace"]["id"], roles)
