"""Apps: what a visitor may see."""

from starlette.responses import Response

from tradepost.console.registry import Pages
from tradepost.console.visit import Visit

PAGES = Pages()


@PAGES.get("/")
@PAGES.get("/apps")
async def apps(visit: Visit) -> Response:
    return visit.render("apps.html")
