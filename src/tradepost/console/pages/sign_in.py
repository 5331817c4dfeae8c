"""Signing in and out."""

import base64

from starlette.responses import Response

from tradepost.console.protection import drop_session, set_session
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit
from tradepost.http.errors import ApiError

PAGES = Pages()


@PAGES.get("/sign-in", needs_sign_in=False)
async def sign_in(visit: Visit) -> Response:
    if visit.is_signed_in:
        return visit.go(_inside(visit.query.get("to", "")))
    return _form(visit, to=visit.query.get("to", ""), ended="ended" in visit.query)


@PAGES.post("/sign-in", needs_sign_in=False)
async def take_sign_in(visit: Visit) -> Response:
    form, have = visit.form, visit.belongings
    email, token = form["email"].strip(), form["api-token"].strip()
    if "visitor" in form and have.visitor is not None:
        email, token = have.visitor
    if not email or not token:
        return _form(visit, 400, to=form["to"], email=email, told="Email and API token are needed.")
    header = b"Basic " + base64.b64encode(f"{email}:{token}".encode())
    try:
        caller = await have.authenticator.authenticate(header, visit.address)
    except ApiError as error:
        problem = error.problems[0]
        response = _form(visit, error.status, to=form["to"], email=email, told=_sentence(problem))
        response.headers.update(
            {name: value for name, value in error.headers if name != "www-authenticate"}
        )
        return response
    if visit.secret:
        await have.sessions.end(visit.secret)
    secret = await have.sessions.begin(caller)
    response = visit.go(_inside(form["to"]))
    set_session(response, visit.request, secret)
    return response


@PAGES.post("/sign-out", needs_sign_in=False)
async def sign_out(visit: Visit) -> Response:
    if visit.secret:
        await visit.belongings.sessions.end(visit.secret)
    response = visit.go("/sign-in")
    drop_session(response, visit.request)
    return response


def _form(visit: Visit, status: int = 200, **names: object) -> Response:
    given: dict[str, object] = {"to": "", "email": "", "told": "", "ended": False, **names}
    visitor = visit.belongings.visitor
    given["visitor"] = visitor[0] if visitor else None
    return visit.render("sign_in.html", given, status)


def _sentence(problem: object) -> str:
    assert hasattr(problem, "detail")
    detail = str(problem.detail)
    return f"{detail[:1].upper()}{detail[1:]}."


def _inside(path: str) -> str:
    """A path of this console; the first page for what leads elsewhere."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\", "/sign-"))
    return path if is_ours and path.isprintable() and "\\" not in path else "/"
