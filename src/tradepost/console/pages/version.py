"""A version: everything about it, what was done to it, and what can be done with it."""

from typing import Any, Final

from starlette.responses import Response

from tradepost.console import lists
from tradepost.console.ask import Told, segment
from tradepost.console.parents import Parents
from tradepost.console.registry import Pages
from tradepost.console.software import Standing, history, standing
from tradepost.console.version_fields import NAMES, framework_of, get
from tradepost.console.version_form import wanted_releases
from tradepost.console.version_view import attributes, in_short, ranges
from tradepost.console.visit import Visit

PAGES = Pages()

_PATH: Final = "/app-software/{id}/versions/{build}"
_MOVES: Final = {
    "submit": ("Submit for review", ("draft", "rejected")),
    "archive": (
        "Archive",
        ("draft", "submitted", "approved", "auto-approved", "active", "rejected"),
    ),
    "unarchive": ("Take back from the archive", ("archived",)),
}
"""What members may do with a version, what that is called, and the states that allow it."""
_LISTINGS: Final = {
    "publish": ("Make it public", "PUBLIC", ("submitted", "approved", "auto-approved")),
    "withdraw": ("Make it private", "PRIVATE", ("active",)),
}
"""The same for its listing, with the state that it is given."""
_OTHERS: Final = 50


@PAGES.get(_PATH)
async def version(visit: Visit) -> Response:
    return await _show(visit, [], 200)


@PAGES.post(f"{_PATH}/{{move}}")
async def move(visit: Visit) -> Response:
    """Submit, publish, archive or take back; what the state does not allow, the API refuses."""
    how = visit.path["move"]
    if how in _LISTINGS:
        return await _list(visit, _LISTINGS[how][1])
    if how not in _MOVES:
        told = Told("NOT_FOUND", "Not found", "There is no such page.")
        return visit.apologise(404, [told])
    software_id, build = visit.path["id"], visit.path["build"]
    path = f"/admin/v1/app-software/{segment(software_id)}/versions/{segment(build)}/{how}"
    reply = await visit.ask.write("POST", path)
    if reply.is_success:
        return visit.go(page_of(software_id, build))
    return await _show(visit, reply.problems, reply.status)


async def _list(visit: Visit, state: str) -> Response:
    """Give the listing of a version a state; a version without one gets one that says no more."""
    software_id, build = visit.path["id"], visit.path["build"]
    path = f"{api_path(software_id, build)}/listing"
    listing = await visit.ask.find(path)
    method = "POST" if listing is None else "PUT"
    reply = await visit.ask.write(method, path, {**(listing or {}), "state": state})
    if reply.is_success:
        return visit.go(page_of(software_id, build))
    return await _show(visit, reply.problems, reply.status)


def page_of(software_id: str, build: object) -> str:
    """Where the page of a version is."""
    return f"/app-software/{segment(software_id)}/versions/{segment(str(build))}"


def api_path(software_id: str, build: object) -> str:
    """Where the API has a version."""
    return f"/rest/3/app-software/{segment(software_id)}/versions/{segment(str(build))}"


async def others(visit: Visit, software_id: str, build: int) -> tuple[list[Any], bool]:
    """The newest other versions, and whether there are more."""
    path = f"/rest/3/app-software/{segment(software_id)}/versions"
    page = await visit.ask.read(path, {"limit": _OTHERS})
    found = [other for other in page["versions"] if other["buildNumber"] != build]
    return found, bool(lists.cursor(page["links"]))


async def _show(visit: Visit, problems: list[Told], status: int) -> Response:
    ask, software_id, build = visit.ask, visit.path["id"], visit.path["build"]
    path = api_path(software_id, build)
    document = await ask.read(path)
    may: Standing = await standing(visit, software_id)
    listing = await ask.find(f"{path}/listing")
    parents = await Parents.of(ask)
    await parents.find_releases(wanted_releases(document))
    choices, has_more = await others(visit, software_id, document["buildNumber"])
    older = [c["buildNumber"] for c in choices if c["buildNumber"] < document["buildNumber"]]
    target = f"{software_id}/{document['buildNumber']}"
    cursor, space = visit.query.get("history", ""), visit.query.get("space", "")
    audit, space = (None, "") if not may.is_member else await history(visit, target, cursor, space)
    names = {
        "software_id": software_id,
        "v": document,
        "framework": NAMES.get(framework_of(document), framework_of(document)),
        "attributes": attributes(document),
        "ranges": ranges(document, parents),
        "listing": listing,
        "artifact_id": get(document, "frameworkDetails.attributes.artifactId"),
        "artifact": await _artifact(visit, document),
        "others": choices,
        "has_more_others": has_more,
        "previous": max(older, default=None),
        "may": may,
        "moves": _moves(may, document["state"], listing),
        "entries": [(entry, _changes(entry)) for entry in audit["entries"]] if audit else [],
        "history_next": lists.cursor(audit["links"]) if audit else "",
        "history_space": space,
        "history_is_first": not cursor,
        "problems": problems,
    }
    return visit.render("version.html", names, status)


def _moves(may: Standing, state: str, listing: Any) -> list[tuple[str, str]]:
    """What a visitor may do with a version of a state, and what that is called."""
    if not may.may_release:
        return []
    is_there = listing["state"] if listing else ""
    found = [
        (how, f"{label} once approved" if state == "submitted" else label)
        for how, (label, wanted, states) in _LISTINGS.items()
        if state in states and wanted != is_there
    ]
    return found + [(how, label) for how, (label, states) in _MOVES.items() if state in states]


def _changes(entry: Any) -> list[Any]:
    """What an entry of the audit says has changed: nothing for what is new, which is all there."""
    if "before" not in entry or "after" not in entry:
        return []
    return in_short(entry["before"], entry["after"])


async def _artifact(visit: Visit, document: Any) -> Any:
    """What the API says of the artifact of a version; `None` where it has none, or says nothing."""
    artifact_id = get(document, "frameworkDetails.attributes.artifactId")
    if not artifact_id:
        return None
    reply = await visit.ask.get(f"/rest/3/artifacts/{segment(artifact_id)}")
    return reply.data if reply.is_success else None
