"""A person, for administrators: name, rights, the archive, and API tokens."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from tradepost.console.ask import Reply, Told, segment
from tradepost.console.lists import cursor, pages
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit, whole

PAGES = Pages()
_PERSON: Final = "/people/{person_id}"
_TOKENS: Final = 12


@PAGES.get(_PERSON)
async def person(visit: Visit) -> Response:
    return await _page(visit)


@PAGES.post(_PERSON)
async def update(visit: Visit) -> Response:
    form = visit.form
    body = {"name": form["name"].strip(), "administrator": "administrator" in form}
    return await _after(visit, await visit.ask.write("PATCH", _operation(visit), body))


@PAGES.post(f"{_PERSON}/archive")
async def archive(visit: Visit) -> Response:
    return await _after(visit, await visit.ask.write("POST", f"{_operation(visit)}/archive"))


@PAGES.post(f"{_PERSON}/unarchive")
async def unarchive(visit: Visit) -> Response:
    return await _after(visit, await visit.ask.write("POST", f"{_operation(visit)}/unarchive"))


@PAGES.post(f"{_PERSON}/api-tokens")
async def create_api_token(visit: Visit) -> Response:
    body: dict[str, Any] = {"name": visit.form["token-name"].strip()}
    days = visit.form["days"].strip()
    if days:
        # What is no number goes to the API as it is, which says what it should be.
        body["expiresInDays"] = whole(days)
    reply = await visit.ask.write("POST", f"{_operation(visit)}/api-tokens", body)
    if not reply.is_success:
        return await _page(visit, reply)
    # Not on to another page: the secret is in this answer and nowhere else.
    found = await visit.ask.read(_operation(visit))
    names = {"person": found, "token": reply.data}
    return visit.render("api_token.html", names, reply.status)


@PAGES.post(f"{_PERSON}/api-tokens/{{token_id}}/revoke")
async def revoke_api_token(visit: Visit) -> Response:
    path = f"/admin/v1/api-tokens/{segment(visit.path['token_id'])}/revoke"
    return await _after(visit, await visit.ask.write("POST", path))


async def _after(visit: Visit, reply: Reply) -> Response:
    """Back to the person, or what was wrong. Whose session ends by this is asked to sign in."""
    if not reply.is_success:
        return await _page(visit, reply)
    return visit.go(f"/people/{segment(visit.path['person_id'])}")


async def _page(visit: Visit, refused: Reply | None = None) -> Response:
    found = await visit.ask.read(_operation(visit))
    sent = visit.query.get("cursor", "")
    query = {"cursor": sent, "limit": "" if sent else _TOKENS}
    page = await visit.ask.read(f"{_operation(visit)}/api-tokens", query)
    told: Sequence[Told] = [] if refused is None else refused.problems
    form, is_new = visit.form, "token-name" in visit.form
    names = {
        "person": found,
        "tokens": page["apiTokens"],
        "pages": pages(visit, cursor(page["links"])),
        "name": form["name"] if "name" in form else found["name"],
        "is_administrator": "administrator" in form if "name" in form else found["administrator"],
        "token_name": form["token-name"],
        "days": form["days"] if is_new else "90",
        "is_self": found["id"] == visit.caller.person_id,
        # The path of a field says `name` in both forms.
        "told": told,
        "told_of_person": [] if is_new else told,
        "told_of_token": told if is_new else [],
        "now_stamp": visit.belongings.clock.stamp(),
    }
    return visit.render("person.html", names, 200 if refused is None else refused.status)


def _operation(visit: Visit) -> str:
    return f"/admin/v1/people/{segment(visit.path['person_id'])}"
