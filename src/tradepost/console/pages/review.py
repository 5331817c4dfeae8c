"""Review, for administrators: what waits for a decision, and deciding about versions."""

from typing import Any, Final

from starlette.responses import Response

from tradepost.console.ask import Told, segment
from tradepost.console.difference import Difference, differences
from tradepost.console.lists import cursor, pages
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit
from tradepost.console.waiting import waited

PAGES = Pages()
_VERSION: Final = "/review/{software_id}/{build_number:int}"
_LISTINGS_CURSOR: Final = "listings-cursor"
_OF_THE_SERVER: Final = frozenset(
    {
        "buildNumber",
        "state",
        "revision",
        "approvalDetails",
        "approvalStatus",
        "releaseDetails",
        "createdBy",
        "createdAt",
        "appSoftwareId",
    }
)
"""Fields that say where a thing stands, not what its makers have written."""


CHANGED: Final = Told(
    "CONFLICT",
    "It has changed since you looked",
    "Nothing was decided: look at it as it is now, below, and decide then.",
)


@PAGES.get("/review")
async def review(visit: Visit) -> Response:
    now = visit.belongings.clock.stamp()
    versions = await visit.ask.read(
        "/admin/v1/submitted-versions", {"cursor": visit.query.get("cursor", "")}
    )
    listings = await visit.ask.read(
        "/admin/v1/submitted-app-listings", {"cursor": visit.query.get(_LISTINGS_CURSOR, "")}
    )
    waiting = [
        {**version, "waited": waited(version["submittedAt"], now)}
        for version in versions["versions"]
    ]
    apps = [{**listing, "waited": _waited(listing, now)} for listing in listings["items"]]
    names = {
        "versions": waiting,
        "version_pages": pages(visit, cursor(versions["links"]), _LISTINGS_CURSOR),
        "listings": apps,
        "listing_pages": pages(visit, cursor(listings["links"]), "cursor", name=_LISTINGS_CURSOR),
    }
    return visit.render("review.html", names)


@PAGES.get(_VERSION)
async def version(visit: Visit) -> Response:
    return await _page(visit)


@PAGES.post(f"{_VERSION}/approve")
async def approve(visit: Visit) -> Response:
    return await _decide(visit, "approve", None)


@PAGES.post(f"{_VERSION}/reject")
async def reject(visit: Visit) -> Response:
    return await _decide(visit, "reject", {"reason": visit.form["reason"]})


async def _decide(visit: Visit, how: str, body: Any) -> Response:
    seen = await _standing(visit)
    if seen != visit.form["seen"]:
        return await _page(visit, [CHANGED], 409)
    reply = await visit.ask.write("POST", f"{_administered(visit)}/{how}", body)
    if not reply.is_success:
        return await _page(visit, reply.problems, reply.status)
    return visit.go(f"/review/{segment(visit.path['software_id'])}/{visit.path['build_number']}")


async def _page(visit: Visit, told: list[Told] | None = None, status: int = 200) -> Response:
    software = await visit.ask.read(f"/admin/v1/app-software/{segment(visit.path['software_id'])}")
    app = await visit.ask.read(f"/admin/v1/apps/{segment(software['productId'])}")
    submitted = await visit.ask.read(_path(visit))
    listing = await visit.ask.find(f"{_path(visit)}/listing")
    previous = await _previous(visit)
    previous_listing = None
    if previous is not None:
        previous_listing = await visit.ask.find(
            f"{_versions(visit)}/{previous['buildNumber']}/listing"
        )
    names = {
        "app": app,
        "software": software,
        "submitted": submitted,
        "listing": listing,
        "previous": previous,
        "changes": written(previous, submitted),
        "listing_changes": written(previous_listing, listing),
        "had_listing": previous_listing is not None,
        "waited": waited(
            submitted.get("approvalDetails", {}).get("submittedAt", submitted["createdAt"]),
            visit.belongings.clock.stamp(),
        ),
        "seen": _revisions(submitted, listing),
        "reason": visit.form["reason"],
        "told": told or [],
    }
    return visit.render("review_version.html", names, status)


async def _previous(visit: Visit) -> Any:
    """The newest active version below this one; `None` for the first."""
    query: dict[str, str | int | None] = {"state": "active", "limit": 50}
    while True:
        page = await visit.ask.read(_versions(visit), query)
        for one in page["versions"]:
            if one["buildNumber"] < visit.path["build_number"]:
                return one
        query = {"cursor": cursor(page["links"])}
        if not query["cursor"]:
            return None


async def _standing(visit: Visit) -> str:
    """The revisions of the version and its listing, as they are now."""
    found = await visit.ask.read(_path(visit))
    return _revisions(found, await visit.ask.find(f"{_path(visit)}/listing"))


def _revisions(version: Any, listing: Any) -> str:
    return f"{version['revision']} {'' if listing is None else listing['revision']}".strip()


def written(before: Any, after: Any) -> list[Difference]:
    """What differs of what its makers have written."""
    return [
        one
        for one in differences(before, after)
        if one.path.partition(".")[0] not in _OF_THE_SERVER
        and not one.path.endswith((".acceptedAt", ".acceptedBy"))
    ]


def _waited(listing: Any, now: str) -> str:
    since = listing.get("approvalDetails", {}).get("submittedDate")
    return waited(since, now) if since else ""


def _versions(visit: Visit) -> str:
    return f"/rest/3/app-software/{segment(visit.path['software_id'])}/versions"


def _path(visit: Visit) -> str:
    return f"{_versions(visit)}/{visit.path['build_number']}"


def _administered(visit: Visit) -> str:
    software = segment(visit.path["software_id"])
    return f"/admin/v1/app-software/{software}/versions/{visit.path['build_number']}"
