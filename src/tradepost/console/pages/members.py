"""The members of a developer space: add one, set roles and categories, remove one.

By the contract's operations, for members and administrators alike: they refuse to take a role away
that somebody else has given meanwhile.
"""

from collections.abc import Sequence
from typing import Any, Final, get_args

from starlette.responses import Response

from tradepost.console.ask import Reply, Told, segment
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit
from tradepost.developer_space.model import Category
from tradepost.developer_space.rights import MANAGE_MEMBERS

PAGES = Pages()
_SPACE: Final = "/developer-spaces/{space_id}"
_MEMBER: Final = f"{_SPACE}/members/{{person_id}}"
ROLES: Final = {
    "admin": "Everything in this developer space, its members included.",
    "release-manager": "Artifacts, versions, access tokens, images, version listings, migration "
    "records.",
    "listing-specialist": "Images, version and app listings, answers to reviews, privacy and "
    "security, migration records.",
    "partner-details-manager": "See everything; this server has no partner details to manage.",
    "payment-details-manager": "See everything; this server has no payments.",
    "pricing-specialist": "See everything; this server has no prices.",
    "promotions-manager": "See everything; this server has no promotions.",
    "data-analyst": "See everything; this server has no reports.",
    "viewer": "See everything of this developer space.",
}
"""What each role allows, as `docs/roles.md` has it."""
CATEGORIES: Final[tuple[str, ...]] = get_args(Category)
_NOBODY: Final = Told("VALIDATION_ERROR", "Nobody", "person belongs to nobody on this server")
_NONE: Final = Told("VALIDATION_ERROR", "Nobody", "person is required")


@PAGES.get(f"{_SPACE}/add-member")
async def addition(visit: Visit) -> Response:
    return await _addition(visit)


@PAGES.post(f"{_SPACE}/add-member")
async def add(visit: Visit) -> Response:
    person = visit.form["person"].strip()
    if not person:
        return await _addition(visit, [_NONE], 400)
    if visit.caller.administrator and "@" in person:
        page = await visit.ask.read("/admin/v1/people", {"email": person})
        if not page["people"]:
            return await _addition(visit, [_NOBODY], 400)
        person = page["people"][0]["id"]
    reply = await visit.ask.write("POST", _operation(visit, person), _body(visit))
    if not reply.is_success:
        told = [_NOBODY] if reply.status == 404 else reply.problems
        return await _addition(visit, told, reply.status)
    return visit.go(_home(visit))


@PAGES.get(_MEMBER)
async def member(visit: Visit) -> Response:
    return await _page(visit)


@PAGES.post(_MEMBER)
async def change(visit: Visit) -> Response:
    path = _operation(visit, visit.path["person_id"])
    seen = {"if-match": visit.form["seen"]} if visit.form["seen"] else {}
    reply = await visit.ask.write("PUT", path, _body(visit), headers=seen)
    return visit.go(_home(visit)) if reply.is_success else await _page(visit, reply)


@PAGES.post(f"{_MEMBER}/remove")
async def remove(visit: Visit) -> Response:
    reply = await visit.ask.write("DELETE", _operation(visit, visit.path["person_id"]))
    return visit.go(_home(visit)) if reply.is_success else await _page(visit, reply)


async def _addition(visit: Visit, told: Sequence[Told] = (), status: int = 200) -> Response:
    names = {
        "member": None,
        "held": visit.form.all("role") or ["viewer"],
        "categories": visit.form.all("category"),
        "seen": "",
        "told": told,
        "is_stale": False,
    }
    return await _render(visit, names, status)


async def _page(visit: Visit, refused: Reply | None = None) -> Response:
    reply = await visit.ask.get(_operation(visit, visit.path["person_id"]))
    if not reply.is_success:
        return visit.sorry(reply)
    found = reply.data
    is_stale = refused is not None and refused.status == 412
    was_sent = "seen" in visit.form and not is_stale
    held = [role["roleId"] for role in found["roles"]]
    names = {
        "member": found,
        "held": visit.form.all("role") if was_sent else held,
        "categories": visit.form.all("category") if was_sent else found["categories"],
        "seen": visit.form["seen"] if was_sent else reply.headers["etag"],
        "told": [] if refused is None else refused.problems,
        "is_stale": is_stale,
    }
    return await _render(visit, names, 200 if refused is None else refused.status)


async def _render(visit: Visit, names: dict[str, Any], status: int) -> Response:
    space_id: str = visit.path["space_id"]
    space = await visit.ask.read(f"/rest/3/developer-space/{segment(space_id)}")
    common = {
        "space": space,
        "may_manage": visit.caller.has_role(space_id, MANAGE_MEMBERS),
        "all_roles": ROLES,
        "all_categories": CATEGORIES,
        "person": visit.form["person"],
    }
    return visit.render("member.html", {**common, **names}, status)


def _body(visit: Visit) -> dict[str, Any]:
    """What the form says, in the contract's words."""
    space_id = visit.path["space_id"]
    roles = [
        {"roleId": role, "resourceType": "DEVELOPER_SPACE", "resourceId": space_id}
        for role in visit.form.all("role")
    ]
    return {"roles": roles, "categories": visit.form.all("category")}


def _operation(visit: Visit, person_id: str) -> str:
    space = segment(visit.path["space_id"])
    return f"/rest/3/developer-space/{space}/members/{segment(person_id)}"


def _home(visit: Visit) -> str:
    return f"/developer-spaces/{segment(visit.path['space_id'])}"
