"""The audit: who did what to what, and how that was before and after."""

import re
import shlex
from typing import Any, Final

from starlette.responses import Response

from tradepost.console.ask import segment
from tradepost.console.difference import differences
from tradepost.console.filters import query
from tradepost.console.lists import cursor, pages
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit

PAGES = Pages()
_FILTERS: Final = ("person", "action", "target", "from", "to")
_SPACE: Final = "developerSpaceId"
_SHOWN: Final = (_SPACE, *_FILTERS)
_LOCAL: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ]([0-9]{2}:[0-9]{2}(:[0-9]{2})?))?")


@PAGES.get("/audit")
async def audit(visit: Visit) -> Response:
    caller = visit.caller
    spaces = await _spaces(visit)
    space = visit.query.get(_SPACE, "").strip()
    if not caller.administrator and not space and spaces:
        space = spaces[0]["id"]
    wanted = {name: visit.query.get(name, "").strip() for name in _FILTERS}
    asked = {**wanted, "from": _utc(wanted["from"]), "to": _utc(wanted["to"], ends=True)}
    names: dict[str, Any] = {
        "spaces": spaces,
        "space": space,
        "filters": wanted,
        "told": [],
        "entries": [],
        "pages": ("", ""),
        "curl": "",
        "is_filtered": any(wanted.values()) or (caller.administrator and bool(space)),
        "keep": lambda **more: f"/audit{query({_SPACE: space, **wanted, **more})}",
    }
    if not caller.administrator and not space:
        return visit.render("audit.html", names)
    path, asked = _request(visit, space, asked)
    names["curl"] = _curl(visit, path, asked)
    reply = await visit.ask.get(path, {**asked, "cursor": visit.query.get("cursor", "")})
    if reply.status == 400:
        return visit.render("audit.html", {**names, "told": reply.problems}, 400)
    if not reply.is_success:
        return visit.sorry(reply)
    names["entries"] = [
        {**entry, "changes": differences(entry.get("before"), entry.get("after"))}
        for entry in reply.data["entries"]
    ]
    names["pages"] = pages(visit, cursor(reply.data["links"]), *_SHOWN)
    return visit.render("audit.html", names)


async def _spaces(visit: Visit) -> list[Any]:
    """The developer spaces that one can choose. Administrators type the id of any."""
    if visit.caller.administrator:
        return []
    found = [
        await visit.ask.read(f"/rest/3/developer-space/{segment(one)}")
        for one in sorted(visit.caller.spaces)
    ]
    return sorted(found, key=lambda one: str(one["name"]))


def _request(visit: Visit, space: str, asked: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The operation that has the rows, and its query."""
    if visit.caller.administrator:
        return "/admin/v1/audit", {_SPACE: space, **asked}
    return f"/admin/v1/developer-spaces/{segment(space)}/audit", asked


def _curl(visit: Visit, path: str, asked: dict[str, str]) -> str:
    url = f"{str(visit.request.base_url).rstrip('/')}{path}{query(asked)}"
    return f"curl -u {shlex.quote(visit.caller.email)} {shlex.quote(url)}"


def _utc(text: str, ends: bool = False) -> str:
    """A day or a time without a zone as RFC 3339 in UTC; a day until its end. All else as it is."""
    found = _LOCAL.fullmatch(text)
    if found is None:
        return text
    if found[1] is None:
        return f"{text}T{'23:59:59.999' if ends else '00:00:00'}Z"
    return f"{text.replace(' ', 'T')}{'' if found[2] else ':00'}Z"
