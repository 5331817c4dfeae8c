"""The API reference: our OpenAPI document in a viewer, whose requests are made as the visitor."""

from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.responses import JSONResponse, Response

from tradepost.console.protection import is_from_here
from tradepost.console.reference import PASSED_ON, reference
from tradepost.console.registry import Pages
from tradepost.console.trying import Tried, passed_headers
from tradepost.console.visit import Visit

PAGES = Pages()

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SANDBOX: Final = "/_sandbox"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""As of every page, but that the viewer shows pictures that it has just got."""


@PAGES.get("/reference")
async def show(visit: Visit) -> Response:
    found = await reference(visit)
    headers = {"content-security-policy": _POLICY}
    return visit.render("reference.html", {"groups": found.groups}, headers=headers)


@PAGES.get("/reference/openapi.json")
async def document(visit: Visit) -> Response:
    found = await reference(visit)
    return Response(found.document, media_type="application/json")


@PAGES.passing_on(f"{PASSED_ON}/{{rest:path}}", _METHODS)
async def pass_on(visit: Visit) -> Response:
    """A request that the viewer makes. On a sandbox, its faults and its journal get it too."""
    scope = visit.request.scope
    sent: bytes = scope.get("raw_path") or scope["path"].encode()
    raw_path = sent.partition(b"?")[0].removeprefix(PASSED_ON.encode())
    path = unquote_to_bytes(raw_path).decode("utf-8", "replace")
    if not is_from_here(visit.request):
        return _refusal(403, "FORBIDDEN", "Forbidden", "this is for pages of this console alone")
    if path == _SANDBOX or path.startswith(f"{_SANDBOX}/"):
        return _refusal(404, "NOT_FOUND", "Not found", "no operation has this path")
    passed = visit.ask.vouched(path, raw_path, passed_headers(scope["headers"]))
    return Tried(visit.belongings.writes, passed)


def _refusal(status: int, code: str, title: str, detail: str) -> Response:
    """An error as those of the API look."""
    error = {"id": "1", "status": str(status), "code": code, "title": title, "detail": detail}
    return JSONResponse({"errors": [error]}, status)
