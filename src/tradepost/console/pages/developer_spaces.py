"""Developer spaces: those one belongs to, all for administrators; one with its members and apps."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from tradepost.console.ask import Reply, Told, segment
from tradepost.console.difference import differences
from tradepost.console.lists import cursor, pages
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit
from tradepost.developer_space.rights import MANAGE_MEMBERS

PAGES = Pages()
_SPACE: Final = "/developer-spaces/{space_id}"
_ADMINISTERED: Final = "/admin/v1/developer-spaces"
_APPS_CURSOR: Final = "apps-cursor"


@PAGES.get("/developer-spaces")
async def spaces(visit: Visit) -> Response:
    return await _list(visit)


@PAGES.post("/developer-spaces")
async def create(visit: Visit) -> Response:
    form = visit.form
    body = {"name": form["name"].strip(), "approvalPolicy": form["policy"] or "auto"}
    reply = await visit.ask.write("POST", _ADMINISTERED, body)
    if not reply.is_success:
        if not visit.caller.administrator:
            return visit.sorry(reply)
        return await _list(visit, reply.problems, reply.status)
    return visit.go(f"/developer-spaces/{reply.data['id']}")


@PAGES.get(_SPACE)
async def space(visit: Visit) -> Response:
    return await _page(visit)


@PAGES.post(_SPACE)
async def update(visit: Visit) -> Response:
    form = visit.form
    body = {"name": form["name"].strip(), "approvalPolicy": form["policy"]}
    return await _after(visit, await visit.ask.write("PATCH", _operation(visit), body))


@PAGES.post(f"{_SPACE}/archive")
async def archive(visit: Visit) -> Response:
    return await _after(visit, await visit.ask.write("POST", f"{_operation(visit)}/archive"))


@PAGES.post(f"{_SPACE}/unarchive")
async def unarchive(visit: Visit) -> Response:
    return await _after(visit, await visit.ask.write("POST", f"{_operation(visit)}/unarchive"))


async def _after(visit: Visit, reply: Reply) -> Response:
    if not reply.is_success:
        return await _page(visit, reply)
    return visit.go(f"/developer-spaces/{segment(visit.path['space_id'])}")


async def _list(visit: Visit, told: Sequence[Told] = (), status: int = 200) -> Response:
    links = ("", "")
    if visit.caller.administrator:
        page = await visit.ask.read(_ADMINISTERED, {"cursor": visit.query.get("cursor", "")})
        found, links = page["developerSpaces"], pages(visit, cursor(page["links"]))
    else:
        found = [await visit.ask.read(_public(one)) for one in sorted(visit.caller.spaces)]
        found.sort(key=lambda one: one["name"])
    names = {
        "spaces": found,
        "pages": links,
        "policy": visit.form["policy"] or "auto",
        "told": told,
    }
    return visit.render("developer_spaces.html", names, status)


async def _page(visit: Visit, refused: Reply | None = None) -> Response:
    space_id: str = visit.path["space_id"]
    caller, query = visit.caller, visit.query
    path = _public(space_id)
    found = await visit.ask.read(path)
    administered = await visit.ask.read(_operation(visit)) if caller.administrator else None
    is_member = caller.belongs_to(space_id)
    members: dict[str, Any] = {"members": []}
    if is_member:
        members = await visit.ask.read(f"{path}/members", {"cursor": query.get("cursor", "")})
    apps = await visit.ask.read(
        f"/rest/3/product-listing/developer-space/{segment(space_id)}",
        {
            "includePrivate": "true" if is_member else "",
            "cursor": query.get(_APPS_CURSOR, ""),
        },
    )
    form = visit.form
    held = administered or {"name": found["name"], "approvalPolicy": "auto"}
    names = {
        "space": found,
        "administered": administered,
        "is_member": is_member,
        "may_manage": caller.has_role(space_id, MANAGE_MEMBERS),
        "roles": caller.spaces.get(space_id, ()),
        "members": members["members"],
        "member_pages": pages(visit, members.get("next", ""), _APPS_CURSOR),
        "apps": apps["items"],
        "app_pages": pages(visit, cursor(apps["links"]), "cursor", name=_APPS_CURSOR),
        "listings": [
            {"type": one["type"], "content": differences(None, one["content"])}
            for one in await visit.ask.read(f"{path}/listings")
        ],
        "name": form["name"] if "name" in form else held["name"],
        "policy": form["policy"] or held["approvalPolicy"],
        "told": [] if refused is None else refused.problems,
    }
    return visit.render("developer_space.html", names, 200 if refused is None else refused.status)


def _public(space_id: str) -> str:
    return f"/rest/3/developer-space/{segment(space_id)}"


def _operation(visit: Visit) -> str:
    return f"{_ADMINISTERED}/{segment(visit.path['space_id'])}"
