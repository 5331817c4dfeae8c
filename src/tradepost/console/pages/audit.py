"""The audit: who did what to what, and how that was before and after."""

import re
from typing import Any, Final

from starlette.responses import Response

from tradepost.console.ask import segment
from tradepost.console.curl import curl
from tradepost.console.difference import differences
from tradepost.console.filters import query
from tradepost.console.lists import cursor, pages
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit

PAGES = Pages()
_FILTERS: Final = ("person", "action", "target", "from", "to")
_SPACE: Final = "developerSpaceId"
_SHOWN: Final = (_SPACE, *_FILTERS)
_LINES: Final = 10
_ROOM: Final = 8_000
"""About how many bytes the changes of a page may take; lines that have more link to their own."""
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
        "exactly": lambda entry: _exactly(space, entry),
    }
    if not caller.administrator and not space:
        return visit.render("audit.html", names)
    path, asked = _request(visit, space, asked)
    pairs = {**asked, "limit": str(_LINES)}
    names["curl"] = curl(visit.request, visit.caller.email, path, pairs)
    cursor_sent = visit.query.get("cursor", "")
    limit = "" if cursor_sent else _LINES  # a cursor knows it
    reply = await visit.ask.get(path, {**asked, "cursor": cursor_sent, "limit": limit})
    if reply.status == 400:
        return visit.render("audit.html", {**names, "told": reply.problems}, 400)
    if not reply.is_success:
        return visit.sorry(reply)
    names["entries"] = _with_changes(reply.data["entries"])
    names["pages"] = pages(visit, cursor(reply.data["links"]), *_SHOWN)
    return visit.render("audit.html", names)


def _with_changes(entries: list[Any]) -> list[Any]:
    """Lines with what they have changed, as far as there is room; one alone always has it."""
    found, room = [], _ROOM
    for entry in entries:
        changes = differences(entry.get("before"), entry.get("after"))
        size = sum(110 + len(f"{one.path}{one.before}{one.after}") for one in changes)
        is_shown = len(entries) == 1 or size <= room
        room -= size if is_shown else 0
        found.append({**entry, "count": len(changes), "changes": changes if is_shown else []})
    return found


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


def _exactly(space: str, entry: Any) -> str:
    """Where a line stands alone, or with what was done to the same thing in that moment."""
    at, target = entry["at"], entry["target"]["id"]
    asked = {"action": entry["action"], "target": target, "from": at, "to": at}
    return f"/audit{query({_SPACE: space, **asked})}"


def _utc(text: str, ends: bool = False) -> str:
    """A day or a time without a zone as RFC 3339 in UTC; a day until its end. All else as it is."""
    found = _LOCAL.fullmatch(text)
    if found is None:
        return text
    if found[1] is None:
        return f"{text}T{'23:59:59.999' if ends else '00:00:00'}Z"
    return f"{text.replace(' ', 'T')}{'' if found[2] else ':00'}Z"
