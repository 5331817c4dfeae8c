"""Reviews of an app, the answers to them, and what administrators enter."""

from typing import Any, Final, get_args

from starlette.responses import Response

from tradepost.console.ask import Reply, Told, segment
from tradepost.console.filters import query
from tradepost.console.one_app import app_of, may
from tradepost.console.registry import Pages
from tradepost.console.visit import Form, Visit, whole
from tradepost.developer_space import rights
from tradepost.http.errors import FORBIDDEN, fail
from tradepost.parent_software.model import HOSTINGS
from tradepost.reviews.model import Sort

PAGES = Pages()

_PATH: Final = "/apps/{appKey}/reviews"
_REVIEW: Final = f"{_PATH}/{{reviewId}}"
_SHOWN: Final = "10"
_DONE: Final = {
    "answered": "The review is answered.",
    "unanswered": "The answer is gone.",
    "entered": "The review is entered.",
    "edited": "The review is changed.",
    "removed": "The review is gone.",
}
_NUMBERS: Final = ("stars", "totalVotes", "helpfulVotes")
_TEXTS: Final = ("content", "date")


@PAGES.get(_PATH)
async def show(visit: Visit) -> Response:
    app = await app_of(visit)
    chosen = {name: visit.query.get(name, "") for name in ("sort", "hosting")}
    # A cursor holds on to the filters that it began with.
    cursor = visit.query.get("cursor", "")
    page = await visit.ask.read(
        _operation(app), {**({} if cursor else chosen), "limit": _SHOWN, "cursor": cursor}
    )
    totals = {
        hosting: await visit.ask.read(_operation(app), {"hosting": hosting, "limit": 1})
        for hosting in HOSTINGS
    }
    names = {
        "app": app,
        "page": page,
        "all": await visit.ask.read(_operation(app), {"limit": 1}),
        "totals": totals,
        "sorts": get_args(Sort),
        "chosen": chosen,
        "next": query({**chosen, "cursor": page.get("cursor", "")}) if "cursor" in page else "",
        "is_first": not cursor,
        "may_answer": may(visit, app, rights.LIST_APPS),
        "done": _DONE.get(visit.query.get("done", ""), ""),
    }
    return visit.render("reviews.html", names)


@PAGES.get(f"{_PATH}/new")
async def new(visit: Visit) -> Response:
    if not visit.caller.administrator:
        raise fail(FORBIDDEN, "only administrators of this server enter reviews")
    return _new(visit, await app_of(visit))


@PAGES.post(f"{_PATH}/new")
async def enter(visit: Visit) -> Response:
    app, form = await app_of(visit), visit.form
    body = _body(form)
    people = await visit.ask.read("/admin/v1/people", {"email": form["email"].strip() or "-"})
    if people["people"]:
        body["personId"] = people["people"][0]["id"]
    reply = await visit.ask.write("POST", _administered(app), body)
    if not reply.is_success:
        return _new(visit, app, reply)
    return _back(visit, app, "entered")


@PAGES.get(_REVIEW)
async def one(visit: Visit) -> Response:
    app = await app_of(visit)
    return await _one(visit, app)


@PAGES.post(_REVIEW)
async def change(visit: Visit) -> Response:
    app = await app_of(visit)
    body = {"content": "", "isFlagged": False, **_body(visit.form)}
    reply = await visit.ask.write("PATCH", _administered(app, visit.path["reviewId"]), body)
    return await _after(visit, app, reply, "edited", "edit")


@PAGES.post(f"{_REVIEW}/delete")
async def remove(visit: Visit) -> Response:
    app = await app_of(visit)
    reply = await visit.ask.write("DELETE", _administered(app, visit.path["reviewId"]))
    return await _after(visit, app, reply, "removed", "edit")


@PAGES.post(f"{_REVIEW}/response")
async def answer(visit: Visit) -> Response:
    app = await app_of(visit)
    body = {"responseContent": visit.form["responseContent"]}
    path = f"{_operation(app, visit.path['reviewId'])}/response"
    reply = await visit.ask.write("PUT", path, body)
    return await _after(visit, app, reply, "answered", "answer")


@PAGES.post(f"{_REVIEW}/response/delete")
async def take_answer_away(visit: Visit) -> Response:
    app = await app_of(visit)
    path = f"{_operation(app, visit.path['reviewId'])}/response"
    reply = await visit.ask.write("DELETE", path)
    return await _after(visit, app, reply, "unanswered", "answer")


async def _after(visit: Visit, app: Any, reply: Reply, done: str, part: str) -> Response:
    return _back(visit, app, done) if reply.is_success else await _one(visit, app, part, reply)


def _back(visit: Visit, app: Any, done: str) -> Response:
    return visit.go(f"/apps/{segment(app['appKey'])}/reviews?done={done}")


async def _one(visit: Visit, app: Any, part: str = "", refused: Reply | None = None) -> Response:
    """A review with its forms; `refused` is why the one in a `part` was not taken."""
    review = await visit.ask.read(_operation(app, visit.path["reviewId"]))
    told: list[Told] = refused.problems if refused else []
    names = {
        "app": app,
        "review": review,
        "may_answer": may(visit, app, rights.LIST_APPS),
        "told": told,
        "failed": part,
        "response": visit.form["responseContent"]
        if part == "answer"
        else review.get("responseContent", ""),
        "typed": _typed(visit.form) if part == "edit" else review,
    }
    return visit.render("review_of_app.html", names, refused.status if refused else 200)


def _new(visit: Visit, app: Any, refused: Reply | None = None) -> Response:
    names = {
        "app": app,
        "hostings": [one["hosting"] for one in app["appSoftware"]],
        "told": refused.problems if refused else [],
        "typed": _typed(visit.form),
    }
    return visit.render("review_new.html", names, refused.status if refused else 200)


def _body(form: Form) -> dict[str, Any]:
    """What a form of administrators says of a review; what is empty is left out."""
    body: dict[str, Any] = {}
    for name in _NUMBERS:
        text = form[name].strip()
        if text:
            body[name] = whole(text)
    for name in (*_TEXTS, "productHosting"):
        if form[name].strip():
            body[name] = form[name].strip()
    if "isFlagged" in form:
        body["isFlagged"] = True
    return body


def _typed(form: Form) -> dict[str, Any]:
    """What was typed into that form, as it was."""
    names = ("email", "productHosting", *_NUMBERS, *_TEXTS)
    return {name: form[name] for name in names} | {"isFlagged": "isFlagged" in form}


def _operation(app: Any, review_id: str = "") -> str:
    path = f"/rest/3/products/{app['productId']}/reviews"
    return f"{path}/{segment(review_id)}" if review_id else path


def _administered(app: Any, review_id: str = "") -> str:
    path = f"/admin/v1/apps/{app['productId']}/reviews"
    return f"{path}/{segment(review_id)}" if review_id else path
