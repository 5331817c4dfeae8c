"""What a visitor may do with an app software, as far as a page needs to know beforehand.

It decides what a page offers; whether it is done, the operation decides.
"""

from typing import Any

import msgspec

from tradepost.console import overview, words
from tradepost.console.ask import segment
from tradepost.console.visit import Visit
from tradepost.developer_space import rights
from tradepost.http.errors import ApiError


class Standing(msgspec.Struct, frozen=True):
    """How a visitor stands to an app software. `trail` leads to it: pairs of name and path.

    Members see what is not public; whoever `may_release` may write versions, too.
    """

    is_member: bool
    may_release: bool
    hosting: str
    trail: list[tuple[str, str]]


async def standing(visit: Visit, software_id: str) -> Standing:
    """How the visitor stands to an app software that is there."""
    here = f"/app-software/{segment(software_id)}"
    try:
        app, software = await overview.by_software(visit.ask, software_id)
    except ApiError:  # archived, which only administrators are told more of
        return await _standing_of_archived(visit, software_id, here)
    space_id = app["developerSpace"]["id"]
    return Standing(
        visit.caller.belongs_to(space_id),
        visit.caller.has_role(space_id, rights.RELEASE) and not software["archived"],
        software["hosting"],
        [
            ("Apps", "/apps"),
            (app["name"], f"/apps/{segment(app['appKey'])}"),
            (words.hosting(software), here),
        ],
    )


async def _standing_of_archived(visit: Visit, software_id: str, here: str) -> Standing:
    # Only members may ask for access tokens, and there is none of this name.
    path = f"/rest/3/app-software/{segment(software_id)}/tokens"
    is_member = (await visit.ask.get(path, {"token": "none"})).is_success
    return Standing(is_member, False, "", [("Apps", "/apps"), ("App software", here)])


async def history(visit: Visit, target: str, cursor: str = "", space: str = "") -> Any:
    """A page of the audit about a thing, with the developer space that it is from, if any.

    `None` for those who may not see it.
    """
    filters: dict[str, str | int | None] = {"target": target, "limit": 10, "cursor": cursor}
    if visit.caller.administrator:
        return await visit.ask.find("/admin/v1/audit", filters), ""
    for space_id in [space] if space in visit.caller.spaces else sorted(visit.caller.spaces):
        path = f"/admin/v1/developer-spaces/{segment(space_id)}/audit"
        page = await visit.ask.find(path, filters)
        if page is not None and page["entries"]:
            return page, space_id
    return None, ""
