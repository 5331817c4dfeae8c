"""Parent software: the products that apps extend, and their releases."""

from typing import Any, Final

from starlette.responses import Response

from tradepost.console.ask import segment
from tradepost.console.lists import cursor, pages
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit

PAGES = Pages()
_PATH: Final = "/rest/3/parent-software"


@PAGES.get("/parent-software")
async def products(visit: Visit) -> Response:
    query = {"cursor": visit.query.get("cursor", "")}
    page = await visit.ask.read(_PATH, query)
    found = [{**one, "newest": await _newest(visit, one["id"])} for one in page["parentSoftware"]]
    names = {"products": found, "pages": pages(visit, cursor(page["links"]))}
    return visit.render("parent_software.html", names)


@PAGES.get("/parent-software/{parent_id}")
async def product(visit: Visit) -> Response:
    parent = segment(visit.path["parent_id"])
    found = await visit.ask.read(f"{_PATH}/{parent}")
    query = {"cursor": visit.query.get("cursor", "")}
    page = await visit.ask.read(f"{_PATH}/{parent}/versions", query)
    names = {
        "product": found,
        "versions": page["versions"],
        "pages": pages(visit, cursor(page["links"])),
        "is_first": not query["cursor"],
    }
    return visit.render("parent_software_one.html", names)


async def _newest(visit: Visit, parent_id: str) -> Any:
    """The newest release of a product; `None` where there is none."""
    page = await visit.ask.read(f"{_PATH}/{segment(parent_id)}/versions", {"limit": 1})
    return page["versions"][0] if page["versions"] else None
