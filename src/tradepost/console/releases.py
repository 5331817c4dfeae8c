"""Products and their releases, as the API lists them, remembered as long as they stay the same."""

from typing import Final

import msgspec

from tradepost.console.ask import Ask, segment
from tradepost.console.charts.ranges import Release, Ruler
from tradepost.console.filters import plain
from tradepost.console.lists import rest
from tradepost.console.memory import Memory

_PATH: Final = "/rest/3/parent-software"
# What an answer's ETag stands for never comes twice, whichever server of this process gives it.
_PARENTS: Final = Memory[list["Parent"]](4)
_RULERS: Final = Memory["Ruled"](64)


class Parent(msgspec.Struct, frozen=True):
    """A product that apps extend. `name` is as it may be shown."""

    id: str
    name: str
    hostings: tuple[str, ...]


class Ruled(msgspec.Struct, frozen=True):
    """A product's releases for a hosting. `is_of_others` says that it has none for that, and these
    are those for others, in whose build numbers ranges are told all the same."""

    ruler: Ruler
    is_of_others: bool = False


async def parents(ask: Ask) -> tuple[list[Parent], str]:
    """Every product, in the order of the API, and the ETag of all that is known of products."""
    reply = await ask.get(_PATH, {"limit": 50})
    etag = reply.headers["etag"]
    known = _PARENTS.get(etag)
    if known is None:
        found = reply.data["parentSoftware"] + await rest(ask, _PATH, reply.data, "parentSoftware")
        known = [
            Parent(
                one["id"],
                plain(one["name"]),
                tuple(option["hosting"] for option in one["hostingOptions"]),
            )
            for one in found
        ]
        _PARENTS.put(etag, known)
    return known, etag


async def ruler(ask: Ask, parent_id: str, hosting: str) -> Ruled:
    """The releases of a product that count for a hosting; none where there is no such product."""
    path = f"{_PATH}/{segment(parent_id)}/versions"
    reply = await ask.get(path, {"limit": 50})
    if not reply.is_success:
        return Ruled(Ruler())
    key = (parent_id, hosting, reply.headers["etag"])
    known = _RULERS.get(key)
    if known is None:
        found = reply.data["versions"] + await rest(ask, path, reply.data, "versions")
        found = [one for one in found if one["state"] == "active"]
        own = [one for one in found if hosting in one["hosting"]]
        releases = [
            Release(one["buildNumber"], plain(one["versionNumber"])) for one in own or found
        ]
        known = Ruled(Ruler(releases), bool(found) and not own)
        _RULERS.put(key, known)
    return known
