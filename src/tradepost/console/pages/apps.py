"""Apps: what a visitor may see, and one app."""

from typing import Any, Final

from starlette.responses import Response

from tradepost.console import overview, words
from tradepost.console.ask import segment
from tradepost.console.filters import query
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit

PAGES = Pages()
_TAGS: Final = (("category", "Categories"), ("keywords", "Keywords"))
_LINKS: Final = (
    ("issueTracker", "Issue tracker"),
    ("supportTicketSystem", "Support"),
    ("appStatusPage", "Status"),
    ("forums", "Forums"),
    ("privacy", "Privacy policy"),
)


@PAGES.get("/")
@PAGES.get("/apps")
async def apps(visit: Visit) -> Response:
    search, cursor = visit.query.get("search", "").strip(), visit.query.get("cursor", "")
    found = await visit.ask.read(overview.PATH, {"search": search, "cursor": cursor})
    following = found["links"].get("next", "").partition("?cursor=")[2]
    names = {
        "apps": [(app, _software(app)) for app in found["apps"]],
        "search": search,
        "first": f"/apps{query({'search': search})}" if cursor else "",
        "next": f"/apps{query({'search': search, 'cursor': following})}" if following else "",
    }
    return visit.render("apps.html", names)


@PAGES.get("/apps/{appKey}")
async def app(visit: Visit) -> Response:
    found = await overview.by_key(visit.ask, visit.path["appKey"])
    listing = await visit.ask.find(f"/rest/3/product-listing/{segment(found['productId'])}")
    space_id = found["developerSpace"]["id"]
    names = {
        "app": found,
        "software": _software(found),
        "path": f"/apps/{segment(found['appKey'])}",
        "listing": _listing(listing) if listing else None,
        "belongs": visit.caller.belongs_to(space_id),
    }
    return visit.render("app.html", names)


def _listing(listing: Any) -> dict[str, Any]:
    """What customers read of an app, with its words; texts are as they were written."""
    links = listing.get("developerLinks", {})
    tags = listing.get("tags", {})
    return {
        "state": listing["state"].lower().replace("_", " "),
        "approval": listing["approvalStatus"].lower().replace("_", " "),
        "revision": listing["revision"],
        "slug": listing["slug"],
        "name": listing["appName"],
        "tag_line": listing.get("tagLine", ""),
        "summary": listing.get("summary", ""),
        "description": listing.get("legacyListingDetails", {}).get("description", ""),
        "tags": [(name, [one["name"] for one in tags[of]]) for of, name in _TAGS if tags.get(of)],
        "links": [(name, links[of]) for of, name in _LINKS if links.get(of)],
    }


def _software(app: Any) -> list[dict[str, Any]]:
    """Each app software of an app, with its words."""
    shown = []
    for one in app["appSoftware"]:
        active, newest = one.get("newestActive"), one.get("newest")
        if newest and active and newest["buildNumber"] == active["buildNumber"]:
            newest = None
        shown.append(
            {
                "path": f"/app-software/{segment(one['id'])}",
                "hosting": words.hosting(one),
                "archived": one["archived"],
                "active": active,
                "active_number": words.number(active) if active else "",
                "payment": words.PAYMENT[active["paymentModel"]] if active else "",
                "released": active.get("releasedAt", "")[:10] if active else "",
                "newest": newest,
                "newest_number": words.number(newest) if newest else "",
            }
        )
    return shown
