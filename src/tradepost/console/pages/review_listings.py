"""Review of an app's listing, for administrators: all that it says, and the decision."""

from typing import Any, Final

from starlette.responses import Response

from tradepost.console.ask import Told, segment
from tradepost.console.pages.review import CHANGED, written
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit

PAGES = Pages()
_LISTING: Final = "/review/app-listings/{product_id}"


@PAGES.get(_LISTING)
async def listing(visit: Visit) -> Response:
    return await _page(visit)


@PAGES.post(f"{_LISTING}/approve")
async def approve(visit: Visit) -> Response:
    return await _decide(visit, "approve", None)


@PAGES.post(f"{_LISTING}/reject")
async def reject(visit: Visit) -> Response:
    return await _decide(visit, "reject", {"reason": visit.form["reason"]})


async def _decide(visit: Visit, how: str, body: Any) -> Response:
    product = segment(visit.path["product_id"])
    if str((await _read(visit))["revision"]) != visit.form["seen"]:
        return await _page(visit, [CHANGED], 409)
    reply = await visit.ask.write("POST", f"/admin/v1/apps/{product}/listing/{how}", body)
    if not reply.is_success:
        return await _page(visit, reply.problems, reply.status)
    return visit.go(f"/review/app-listings/{product}")


async def _page(visit: Visit, told: list[Told] | None = None, status: int = 200) -> Response:
    # Operations for administrators: nobody else sees this page.
    app = await visit.ask.read(f"/admin/v1/apps/{segment(visit.path['product_id'])}")
    found = await _read(visit)
    names = {
        "app": app,
        "listing": found,
        "content": written(None, found),
        "reason": visit.form["reason"],
        "told": told or [],
    }
    return visit.render("review_listing.html", names, status)


async def _read(visit: Visit) -> Any:
    return await visit.ask.read(f"/rest/3/product-listing/{segment(visit.path['product_id'])}")
