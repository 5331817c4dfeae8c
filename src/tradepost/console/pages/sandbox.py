"""The control panel of a sandbox: faults, clock, reviews, snapshots; its journal is beside this."""

import re
from collections.abc import Mapping
from typing import Any, Final, get_args

from starlette.responses import Response

from tradepost.console.ask import Refused, Reply, Told, segment
from tradepost.console.pages import sandbox_journal
from tradepost.console.reference import operation_names
from tradepost.console.registry import Pages
from tradepost.console.visit import Form, Visit
from tradepost.sandbox.faults import Kind

PAGES = Pages()

_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_PLACE: Final = re.compile(r"^the body: (?P<what>.*) - at `\$(?:\[\d+\])?\.?(?P<path>[^`]*)`$")
_NUMBERS: Final = ("status", "retryAfter", "delayMilliseconds", "times", "every", "seed")
_TEXTS: Final = ("operation", "path", "method", "person")
_UNITS: Final = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_STATUSES: Final = (429, 500, 502, 503, 504)
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_DONE: Final = {
    "clock": "The clock is set.",
    "fault": "The fault waits for requests.",
    "faults-removed": "It strikes no more.",
    "review": "The reviewer knows.",
    "reviews-removed": "The reviewer decides on nothing any more.",
    "snapshot": "The snapshot is taken.",
    "reset": "The sandbox is as it was. You are still signed in.",
    "loaded": "The document is loaded.",
    "journal": "The journal is empty.",
}
"""What is said after a form was taken."""


@PAGES.get("/sandbox")
async def panel(visit: Visit) -> Response:
    return await _panel(visit)


@PAGES.post("/sandbox/clock")
async def set_clock(visit: Visit) -> Response:
    form = visit.form
    body: dict[str, Any] = {}
    if form["do"] in ("stop", "go"):
        body["stopped"] = form["do"] == "stop"
    elif form["do"] == "advance":
        amount = _number(form["amount"])
        if not isinstance(amount, int | float):
            told = Told("VALIDATION_ERROR", "Not set", "amount must be a number")
            return await _panel(visit, 400, "clock", [told])
        body["advanceSeconds"] = amount * _UNITS.get(form["unit"], 1)
    else:
        body["at"] = form["at"].strip()
    return await _do(visit, "clock", "clock", "POST", "/clock", body)


@PAGES.post("/sandbox/faults")
async def add_fault(visit: Visit) -> Response:
    form = visit.form
    body: dict[str, Any] = {"fault": form["fault"]}
    for name in _NUMBERS:
        if form[name].strip():
            body[name] = _number(form[name])
    for name in _TEXTS:
        if form[name].strip():
            body[name] = form[name].strip()
    if form["probability"].strip():
        body["probability"] = _number(form["probability"])
    if "carriedOut" in form:
        body["carriedOut"] = True
    return await _do(visit, "fault", "faults", "POST", "/faults", body)


@PAGES.post("/sandbox/faults/remove")
async def remove_faults(visit: Visit) -> Response:
    one = visit.form["fault"]
    path = f"/faults/{segment(one)}" if one else "/faults"
    return await _do(visit, "faults-removed", "faults", "DELETE", path)


@PAGES.post("/sandbox/reviews")
async def add_review(visit: Visit) -> Response:
    form = visit.form
    body: dict[str, Any] = {"decision": form["decision"]}
    if form["reason"].strip():
        body["reason"] = form["reason"].strip()
    for name in ("afterSeconds", "times"):
        if form[name].strip():
            body[name] = _number(form[name])
    return await _do(visit, "review", "reviews", "POST", "/reviews", body)


@PAGES.post("/sandbox/reviews/remove")
async def remove_reviews(visit: Visit) -> Response:
    return await _do(visit, "reviews-removed", "reviews", "DELETE", "/reviews")


@PAGES.post("/sandbox/snapshots")
async def take_snapshot(visit: Visit) -> Response:
    name = visit.form["name"].strip()
    return await _do(visit, "snapshot", "snapshots", "POST", f"/snapshots/{segment(name)}")


@PAGES.post("/sandbox/reset")
async def reset(visit: Visit) -> Response:
    body = {"snapshot": visit.form["snapshot"] or "start"}
    return await _do(visit, "reset", "snapshots", "POST", "/reset", body)


@PAGES.post("/sandbox/load")
async def load(visit: Visit) -> Response:
    document = visit.form["document"].encode()
    return await _do(visit, "loaded", "load", "POST", "/load", document)


@PAGES.post("/sandbox/journal/clear")
async def clear_journal(visit: Visit) -> Response:
    return await _do(visit, "journal", "journal", "DELETE", "/journal")


async def _do(
    visit: Visit, done: str, part: str, method: str, path: str, body: Any = None
) -> Response:
    """Ask the sandbox for something, and show the panel again: with what was wrong, if anything."""
    if visit.belongings.sandbox is None:
        return sandbox_journal.no_sandbox(visit)
    reply = await visit.ask.sandbox(method, path, body)
    if not reply.is_success:
        if reply.status in (401, 403):
            raise Refused(reply)
        return await _panel(visit, reply.status, part, _placed(reply))
    return visit.go(f"/sandbox?done={done}#{part}")


async def _panel(
    visit: Visit, status: int = 200, part: str = "", told: list[Told] | None = None
) -> Response:
    """The panel; `told` is what was wrong with the form in a `part` of it."""
    if visit.belongings.sandbox is None:
        return sandbox_journal.no_sandbox(visit)
    names: Mapping[str, Any] = {
        "about": await _read(visit, ""),
        "faults": (await _read(visit, "/faults"))["faults"],
        "reviews": await _read(visit, "/reviews"),
        "kinds": get_args(Kind),
        "statuses": _STATUSES,
        "methods": _METHODS,
        "units": _UNITS,
        "operations": await operation_names(visit),
        "failed": part,
        "told": told or [],
        "form": visit.form if part else Form(),
        "done": _DONE.get(visit.query.get("done", ""), ""),
        **await sandbox_journal.first(visit),
    }
    return visit.render("sandbox.html", names, status)


async def _read(visit: Visit, path: str) -> Any:
    reply = await visit.ask.sandbox("GET", path)
    if not reply.is_success:
        raise Refused(reply)
    return reply.data


def _number(text: str) -> Any:
    """A number as JSON has it; what is none stays a text, and the sandbox says so."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _placed(reply: Reply) -> list[Told]:
    """Problems, those of fields with the field in front."""
    found = []
    for told in reply.problems:
        place = _PLACE.match(told.detail)
        if place is not None:
            told = Told(told.code, told.title, f"{place['path'] or 'body'} {place['what']}")
        found.append(told)
    return found
