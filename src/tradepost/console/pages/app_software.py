"""An app software: its compatibility and its releases as pictures, and its versions as a table."""

from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup
from starlette.responses import Response

from tradepost.app_software.model import PAYMENT_MODELS, VERSION_STATES
from tradepost.console import overview, words
from tradepost.console.ask import Ask, Refused, Reply, Told, segment
from tradepost.console.charts import percent
from tradepost.console.curl import curl
from tradepost.console.filters import query
from tradepost.console.memory import Memory
from tradepost.console.registry import Pages
from tradepost.console.releases import Parent, parents, ruler
from tradepost.console.version_rows import (
    listed,
    named,
    picture_of_compatibility,
    picture_of_releases,
    row,
)
from tradepost.console.visit import Visit
from tradepost.developer_space import rights

PAGES = Pages()
_FILTERS: Final = (
    "parentSoftwareId",
    "parentSoftwareVersionId",
    "afterVersion",
    "paymentModel",
    "state",
    "limit",
)
_REGIONS: Final = Memory[Markup](64)
"""Parts of pages as they were drawn, by all that they are drawn from."""
_PICTURE: Final = "picture"
"""The product whose releases stand across, where it is not that of the filter."""


@PAGES.get("/app-software/{appSoftwareId}")
async def app_software(visit: Visit) -> Response:
    app, software = await overview.by_software(visit.ask, visit.path["appSoftwareId"])
    every_parent, catalogue = await parents(visit.ask)
    typed = {name: value for name in _FILTERS if (value := visit.query.get(name, "").strip())}
    filters = {**typed, **await _build_of_release(visit.ask, typed, software["hosting"])}
    asked = {**filters, "cursor": visit.query.get("cursor", "")}
    reply = await visit.ask.get(_api_path(software), asked)
    if reply.status not in (200, 400):
        raise Refused(reply)
    key = (str(visit.request.url), visit.caller.email, reply.headers.get("etag"), catalogue)
    region = _REGIONS.get(key)
    if region is None:
        names = _of_form(typed, software, every_parent, reply)
        names["curl"] = curl(visit.request, visit.caller.email, _api_path(software), asked)
        if reply.is_success:
            names |= await _of_rows(visit, typed, software, every_parent, reply.data)
        region = visit.part("app_software_versions.html", names)
        if reply.is_success:
            _REGIONS.put(key, region)
    space_id = app["developerSpace"]["id"]
    names = {
        "app": app,
        "software": software,
        "title": words.hosting(software),
        "path": _path(software),
        "may_release": visit.caller.has_role(space_id, rights.RELEASE),
        "sees_all": visit.caller.belongs_to(space_id),
        "region": region,
    }
    return visit.render("app_software.html", names, reply.status)


def _path(software: Any) -> str:
    return f"/app-software/{segment(software['id'])}"


def _api_path(software: Any) -> str:
    return f"/rest/3{_path(software)}/versions"


def _of_form(
    typed: Mapping[str, str], software: Any, every_parent: list[Parent], reply: Reply
) -> dict[str, Any]:
    """What the form shows, and what is wrong with it."""
    return {
        "path": _path(software),
        "id": segment(software["id"]),
        "hosting": software["hosting"],
        "title": words.hosting(software),
        "parents": [
            (one.id, one.name) for one in every_parent if software["hosting"] in one.hostings
        ],
        "payment_names": words.PAYMENT,
        "payment_models": [(model, words.PAYMENT[model]) for model in PAYMENT_MODELS],
        "states": [(state, state) for state in VERSION_STATES],
        "typed": {name: typed.get(name, "") for name in _FILTERS},
        "is_filtered": any(name != "limit" for name in typed),
        "problems": reply.problems,
        "problem_of": _problem_of(reply.problems),
        "rows": [],
        "first": "",
    }


async def _of_rows(
    visit: Visit, typed: Mapping[str, str], software: Any, every_parent: list[Parent], page: Any
) -> dict[str, Any]:
    """What the table and both pictures show of a page of the list."""
    rows = [row(version) for version in page["versions"]]
    seen = named(rows)
    rulers = {parent: await ruler(visit.ask, parent, software["hosting"]) for parent in seen}
    names = {one.id: one.name for one in every_parent}
    wanted = visit.query.get(_PICTURE, "")
    picture = wanted or typed.get("parentSoftwareId", "")
    chosen = picture if picture in seen else next(iter(seen), "")
    path = _path(software)
    return {
        "total": page["totalCount"],
        "first": f"{path}{query(typed)}" if visit.query.get("cursor") else "",
        "next": _next(path, typed, wanted, page["links"]),
        "rows": listed(rows, names, rulers),
        "chosen": chosen,
        "chosen_name": names.get(chosen, chosen),
        "switch": [(one, names.get(one, one), _with(visit, one)) for one in seen],
        "compatibility": picture_of_compatibility(rows, chosen, rulers[chosen]) if chosen else None,
        "is_of_others": bool(chosen) and rulers[chosen].is_of_others,
        "timeline": picture_of_releases(rows),
        "percent": percent,
    }


async def _build_of_release(ask: Ask, typed: Mapping[str, str], hosting: str) -> dict[str, str]:
    """The build number of a release that was given by its version number, as people know it."""
    parent, release = typed.get("parentSoftwareId"), typed.get("parentSoftwareVersionId", "")
    if not parent or not release or release.isdecimal():
        return {}
    build = (await ruler(ask, parent, hosting)).ruler.build_of(release)
    return {} if build is None else {"parentSoftwareVersionId": str(build)}


def _next(path: str, typed: Mapping[str, str], picture: str, links: Any) -> str:
    """The next page: the API's cursor, and what the form says, so that it goes on saying it."""
    following = links.get("next")
    if not following:
        return ""
    cursor = following.partition("?cursor=")[2]
    return f"{path}{query({**typed, _PICTURE: picture, 'cursor': cursor})}"


def _with(visit: Visit, parent_id: str) -> str:
    """This page with the releases of another product across."""
    pairs = [(name, value) for name, value in visit.query.items() if name != _PICTURE]
    return f"{query([*pairs, (_PICTURE, parent_id)])}#compatibility"


def _problem_of(problems: list[Told]) -> dict[str, str]:
    """What is wrong with each field."""
    return {
        name: next((one.detail for one in problems if one.is_of(name)), "") for name in _FILTERS
    }
