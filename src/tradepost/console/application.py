"""The console as an ASGI application in front of the server: its pages, and everything else on.

What browsers need to be told and asked stands here, once for every page: who is signed in, whether
a form was sent by one of our own pages, and which sources a page may use.
"""

import time
import traceback
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tradepost import __version__
from tradepost.console import filters
from tradepost.console.ask import Ask, Refused, Told
from tradepost.console.assets import ROOT, Assets
from tradepost.console.belongings import Belongings
from tradepost.console.pages import PAGES
from tradepost.console.protection import (
    HEADERS,
    SAFE,
    cookie_name,
    drop_session,
    form_body,
    is_from_here,
)
from tradepost.console.registry import Page
from tradepost.console.sessions import csrf_token, is_csrf_token
from tradepost.console.trying import Tried
from tradepost.console.visit import Form, Visit
from tradepost.database import UnavailableError, UncertainError
from tradepost.http.addresses import client_scheme
from tradepost.http.authentication import CHALLENGE, unauthorized
from tradepost.http.call import Caller, Receive, Scope, Send
from tradepost.http.errors import ApiError
from tradepost.http.logs import mask, mask_path, mask_query


class _Number(IntegerConvertor):
    """A number in a path. Longer ones than anything has are no such page: Python refuses the
    longest, outside of everything that would log it."""

    regex = "[0-9]{1,18}"


register_url_convertor("int", _Number())


class Pages:
    """The pages of the console as an ASGI application of HTTP alone."""

    def __init__(self, belongings: Belongings):
        self._have = belongings
        assets = Assets()
        self._templates = filters.templates(assets.url)
        self._common: dict[str, Any] = {
            "version": __version__,
            "is_sandbox": belongings.sandbox is not None,
            "now": belongings.clock.stamp,
        }
        routes = [
            Route(f"{ROOT}/{{digest}}/{{name:path}}", assets.answer),
            *(
                Route(page.path, partial(self._show, page), methods=list(page.methods))
                for page in PAGES
            ),
        ]
        # Nothing matches a path without what it ends in: pages have one address each.
        self._starlette = Starlette(
            routes=routes, exception_handlers={HTTPException: self._not_found}
        )
        self._starlette.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scheme = client_scheme(scope, self._have.trusted_proxies)
        await self._starlette({**scope, "scheme": scheme}, receive, send)  # type: ignore[arg-type]

    async def _show(self, page: Page, request: Request) -> Response:
        started = time.perf_counter()
        details: dict[str, Any] = {}
        visit = self._visit(request, None, "", Form())
        try:
            visit, refusal = await self._enter(page, request, visit)
            response = refusal or await page.show(visit)
        except Refused as refused:
            if refused.reply.status == 401:  # the session has ended in this moment
                response = self._to_sign_in(request, visit, True)
            else:
                response = visit.sorry(refused.reply)
        except ApiError as error:
            response = visit.apologise(error.status, _told(error))
            # A browser that is challenged would ask for a password itself.
            challenge, _ = CHALLENGE
            response.headers.update({k: v for k, v in error.headers if k != challenge})
        except (UnavailableError, UncertainError) as error:
            details["cause"] = mask(str(error))
            response = visit.apologise(503, [_BUSY])
        except Exception:
            details["traceback"] = mask(traceback.format_exc())
            response = visit.apologise(500, [_FAILED])
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not isinstance(response, Tried):  # which the server itself logs
            self._log(request, visit, response.status_code, started, details)
        return response

    async def _enter(
        self, page: Page, request: Request, nobody: Visit
    ) -> tuple[Visit, Response | None]:
        """Who comes, with which form; and the answer, where the page itself is not to be asked."""
        is_form = request.method not in SAFE
        if is_form and not is_from_here(request):
            return nobody, nobody.apologise(403, [_FOREIGN])
        secret = request.cookies.get(cookie_name(request), "")
        caller = await self._have.sessions.find(secret) if secret else None
        known = secret if caller else ""
        visit = self._visit(request, caller, known, Form())
        if page.needs_sign_in and caller is None:
            return visit, self._to_sign_in(request, visit, bool(secret))
        if is_form and not page.streams:
            try:
                form = Form.of(await form_body(request, self._have.body_seconds))
            except ValueError:
                return visit, visit.apologise(400, [_NO_FORM])
            visit = self._visit(request, caller, known, form)
        if is_form and caller is not None:
            sent = request.headers.get("x-csrf-token") or visit.form["csrf"]
            if not is_csrf_token(sent, secret):
                return visit, visit.apologise(403, [_FOREIGN])
        return visit, None

    def _visit(self, request: Request, caller: Caller | None, secret: str, form: Form) -> Visit:
        identify = partial(self._identify, secret) if caller is not None else None
        have = self._have
        ask = Ask(have.reads, have.writes, have.sandbox, request.scope, caller, identify)
        csrf = csrf_token(secret) if caller is not None else ""
        return Visit(
            request,
            ask,
            caller,
            csrf,
            secret,
            form,
            self._have,
            self._templates,
            self._common,
        )

    async def _identify(self, secret: str) -> Caller:
        """Who a session stands for at this moment: what takes long asks again."""
        caller = await self._have.sessions.find(secret)
        if caller is None:
            raise unauthorized("this session has ended: sign in again")
        return caller

    def _to_sign_in(self, request: Request, visit: Visit, had_session: bool) -> Response:
        query_string = request.scope["query_string"].decode("latin-1")
        here = visit.here + (f"?{query_string}" if query_string else "")
        query = {"to": here} if request.method in SAFE and here != "/" else {}
        if had_session:
            query["ended"] = "1"
        response = visit.go("/sign-in" + (f"?{urlencode(query)}" if query else ""))
        if had_session:
            drop_session(response, request)
        return response

    async def _not_found(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        told = _NO_PAGE if error.status_code == 404 else _NO_METHOD

        async def show(visit: Visit) -> Response:
            return visit.apologise(error.status_code, [told])

        if request.method not in SAFE:
            response = await show(self._visit(request, None, "", Form()))
            response.headers.update(HEADERS)
        else:
            page = Page("", show, needs_sign_in=False)
            response = await self._show(page, request)
        response.headers.update(error.headers or {})
        return response

    def _log(
        self,
        request: Request,
        visit: Visit,
        status: int,
        started: float,
        details: dict[str, Any],
    ) -> None:
        log = self._have.log
        failed = status >= 500
        if not log.requests and not failed:
            return
        query = request.scope["query_string"].decode("latin-1")
        log.event(
            "error" if failed else "info",
            "page",
            method=request.method,
            path=mask_path(request.scope["path"]),
            **({"query": mask_query(query)} if query else {}),
            status=status,
            milliseconds=round((time.perf_counter() - started) * 1000, 3),
            who=visit.caller.email if visit.is_signed_in else "",
            **details,
        )


_BUSY: Final = Told("SERVICE_UNAVAILABLE", "Busy", "The database cannot take this now; try again.")
_FAILED: Final = Told("INTERNAL_ERROR", "Server error", "The server failed; see its log.")
_FOREIGN: Final = Told(
    "FORBIDDEN",
    "Not from this page",
    "This was not sent by a page of this console, or its session has ended. Nothing was done: open "
    "the page anew and send it again.",
)
_NO_FORM: Final = Told(
    "VALIDATION_ERROR", "No form", "What was sent is no form, too large or too slow."
)
_NO_PAGE: Final = Told("NOT_FOUND", "Not found", "There is no such page.")
_NO_METHOD: Final = Told("METHOD_NOT_ALLOWED", "Not allowed", "This page takes no such request.")


def _told(error: ApiError) -> list[Told]:
    return [
        Told(problem.error.code, problem.error.title, problem.detail) for problem in error.problems
    ]
