"""Apps as a visitor may see them, found by what a page's path names."""

from typing import Any

from tradepost.console.ask import Ask, Refused
from tradepost.http.errors import APP_SOFTWARE_NOT_FOUND, NOT_FOUND, ErrorCode, fail

PATH = "/admin/v1/app-overview"


async def by_key(ask: Ask, app_key: str) -> Any:
    """The app with an app key; raises 404."""
    return await _only(ask, "appKey", app_key, NOT_FOUND, "there is no app with this app key")


async def by_software(ask: Ask, software_id: str) -> tuple[Any, Any]:
    """An app software and its app; raises 404."""
    told = "there is no app software with this id"
    app = await _only(ask, "appSoftwareId", software_id, APP_SOFTWARE_NOT_FOUND, told)
    software = next(one for one in app["appSoftware"] if one["id"] == software_id)
    return app, software


async def _only(ask: Ask, name: str, value: str, code: ErrorCode, told: str) -> Any:
    reply = await ask.get(PATH, {name: value})
    if reply.status == 400:  # a text that no key or id can be
        raise fail(code, told)
    if not reply.is_success:
        raise Refused(reply)
    if not reply.data["apps"]:
        raise fail(code, told)
    return reply.data["apps"][0]
