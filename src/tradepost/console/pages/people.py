"""People, for administrators: list them, find one by email, create one."""

from collections.abc import Sequence

from starlette.responses import Response

from tradepost.console.ask import Told
from tradepost.console.lists import cursor, pages
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit

PAGES = Pages()


@PAGES.get("/people")
async def people(visit: Visit) -> Response:
    return await _page(visit)


@PAGES.post("/people")
async def create(visit: Visit) -> Response:
    form = visit.form
    body = {"email": form["email"].strip(), "administrator": "administrator" in form}
    if form["name"].strip():
        body["name"] = form["name"].strip()
    reply = await visit.ask.write("POST", "/admin/v1/people", body)
    if not reply.is_success:
        return await _page(visit, reply.problems, reply.status)
    return visit.go(f"/people/{reply.data['id']}")


async def _page(visit: Visit, told: Sequence[Told] = (), status: int = 200) -> Response:
    email = visit.query.get("email", "").strip()
    query = {"email": email, "cursor": visit.query.get("cursor", "")}
    page = await visit.ask.read("/admin/v1/people", query)
    names = {
        "email": email,
        "people": page["people"],
        "pages": pages(visit, cursor(page["links"]), "email"),
        "told": told,
    }
    return visit.render("people.html", names, status)
