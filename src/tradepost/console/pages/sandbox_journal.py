"""The journal of a sandbox, as it grows; one exchange of it; and what is there to take along."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.responses import Response

from tradepost.console.ask import Refused, Told
from tradepost.console.filters import query
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit

PAGES = Pages()

_SHOWN: Final = 50
"""How many exchanges a page has."""
_FILTERS: Final = ("operation", "person", "status")
_NO_SANDBOX: Final = Told("NOT_FOUND", "Not found", "This server is no sandbox.")
_NO_EXCHANGE: Final = Told(
    "NOT_FOUND", "Not found", "The journal has no such request, or has it no more."
)


@PAGES.get("/sandbox/journal")
async def more(visit: Visit) -> Response:
    """What has come since; a page that polls stays as it is where nothing has."""
    if visit.belongings.sandbox is None:
        return no_sandbox(visit)
    found = await _exchanges(visit, {"after": visit.query.get("after", "0"), "limit": "1000"})
    if not found:
        return Response(status_code=204)
    following = query({**_filters(visit), "after": str(found[0]["seq"])})
    names = {"exchanges": found, "following": following}
    return visit.render("sandbox_journal_more.html", names)


@PAGES.get("/sandbox/journal/{seq:int}")
async def exchange(visit: Visit) -> Response:
    """A request and its answer as a whole."""
    if visit.belongings.sandbox is None:
        return no_sandbox(visit)
    seq: int = visit.path["seq"]
    only = {"after": str(max(seq - 1, 0)), "before": str(seq + 1)}
    reply = await visit.ask.sandbox("GET", "/journal", query=only)
    if not reply.is_success:
        raise Refused(reply)
    if not reply.data["exchanges"]:
        return visit.apologise(404, [_NO_EXCHANGE])
    [found] = reply.data["exchanges"]
    names = {
        "exchange": found,
        "request_text": _pretty(found["requestBody"]),
        "response_text": _pretty(found["responseBody"]),
    }
    template = "sandbox_exchange_part.html" if visit.is_partial else "sandbox_exchange.html"
    return visit.render(template, names)


@PAGES.get("/sandbox/journal.har")
async def archive(visit: Visit) -> Response:
    """The journal as an HTTP Archive."""
    return await _taken_along(visit, "/journal", "journal.har", {"format": "har"})


@PAGES.get("/sandbox/state.json")
async def state(visit: Visit) -> Response:
    """The document of what the sandbox holds."""
    return await _taken_along(visit, "/state", "state.json", {})


async def first(visit: Visit) -> Mapping[str, Any]:
    """What the panel shows of the journal: the newest, or those before a certain one."""
    before = visit.query.get("before", "")
    found = await _exchanges(visit, {"before": before, "limit": str(_SHOWN)})
    filters = _filters(visit)
    newest = str(found[0]["seq"] if found else 0)
    is_whole = len(found) < _SHOWN
    return {
        "exchanges": found,
        "is_live": not before and "paused" not in visit.query,
        "is_later": bool(before),
        "filters": filters,
        "live": query(filters),
        "paused": query({**filters, "paused": "1"}),
        "following": query({**filters, "after": newest}),
        "older": "" if is_whole else query({**filters, "before": str(found[-1]["seq"])}),
    }


def no_sandbox(visit: Visit) -> Response:
    """The page where there is no sandbox."""
    return visit.apologise(404, [_NO_SANDBOX])


async def _exchanges(visit: Visit, which: dict[str, str]) -> list[Any]:
    """Exchanges that the filters let pass, the newest first."""
    numbers = {name: value for name, value in which.items() if value.isdigit()}
    sent = {name: value for name, value in _filters(visit).items() if value} | numbers
    reply = await visit.ask.sandbox("GET", "/journal", query=sent)
    if reply.status == 400:  # a filter that means nothing lets nothing pass
        return []
    if not reply.is_success:
        raise Refused(reply)
    exchanges: list[Any] = reply.data["exchanges"]
    return exchanges[::-1]


def _filters(visit: Visit) -> dict[str, str]:
    return {name: visit.query.get(name, "").strip() for name in _FILTERS}


async def _taken_along(visit: Visit, path: str, name: str, asked: dict[str, str]) -> Response:
    if visit.belongings.sandbox is None:
        return no_sandbox(visit)
    reply = await visit.ask.sandbox("GET", path, query=asked)
    if not reply.is_success:
        raise Refused(reply)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(reply.body, media_type="application/json", headers=headers)


def _pretty(body: Mapping[str, Any]) -> str:
    """The text of a body, JSON with indents."""
    text: str = body.get("text", "")
    if not text or body.get("isTruncated"):
        return text
    try:
        return msgspec.json.format(text, indent=2)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return text
