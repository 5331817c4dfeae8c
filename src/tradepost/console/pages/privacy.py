"""What an app declares about privacy and security: the live record, the draft, and its form."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from tradepost.console.ask import Reply, Told
from tradepost.console.difference import differences
from tradepost.console.one_app import app_of, may
from tradepost.console.registry import Pages
from tradepost.console.structure import fields_of, label_at, lines, read
from tradepost.console.visit import Visit
from tradepost.developer_space import rights
from tradepost.privacy_and_security.model import AppTrustInformation
from tradepost.privacy_and_security.rules import NEEDS, THIRD_PARTY, Need

PAGES = Pages()

_FIELDS: Final = fields_of(AppTrustInformation)
_ROOT: Final = "commonCloud"
_PATH: Final = "/apps/{appKey}/privacy"
_THIRD_PARTY: Final = "thirdPartyInformation.thirdPartyDetails"


def _when(need: Need) -> str:
    """Why an answer is needed, as people read it."""
    value = "yes" if need.value is True else str(need.value).replace("_", " ").lower()
    text = f"where “{label_at(_FIELDS, need.answer)}” is {value}"
    return f"{text}, unless “{label_at(_FIELDS, need.unless)}” is told" if need.unless else text


_NEEDED: Final = {
    need.needed: {
        "answer": f"{_ROOT}.{need.answer}",
        "value": "true" if need.value is True else str(need.value),
        "text": "Needed "
        + "; or ".join(_when(each) for each in NEEDS if each.needed == need.needed)
        + ".",
        # Another answer may make it needed too: then it is always shown.
        "is_only": sum(each.needed == need.needed for each in NEEDS) == 1,
    }
    for need in NEEDS
}
_HINTS: Final[Mapping[str, Mapping[str, Any]]] = {
    **{f"{_ROOT}.{path}": hint for path, hint in _NEEDED.items()},
    **{
        f"{_ROOT}.{_THIRD_PARTY}[].{name}": {"text": "Needed of each third party."}
        for name in THIRD_PARTY
    },
}
"""What is said of the fields that others make needed, by their paths; `[]` is any row."""


@PAGES.get(_PATH)
async def show(visit: Visit) -> Response:
    return await _page(visit)


@PAGES.get(f"{_PATH}/edit")
async def edit(visit: Visit) -> Response:
    app = await app_of(visit)
    held = await _record(visit, app, "draft")
    shown = held or await _record(visit, app, "live")
    content = {} if shown is None else shown.data.get(_ROOT, {})
    etag = held.headers.get("etag", "") if held else ""
    return _form(visit, app, content, etag)


@PAGES.post(f"{_PATH}/edit")
async def save(visit: Visit) -> Response:
    app = await app_of(visit)
    content = read(_FIELDS, visit.form, f"{_ROOT}.")
    etag = visit.form["etag"]
    headers = {"if-match": etag} if etag else {}
    reply = await visit.ask.write("PUT", _operation(app), {_ROOT: content}, headers=headers)
    if not reply.is_success:
        return _form(visit, app, content, etag, reply)
    return visit.go(visit.request.url.path.removesuffix("/edit") + "?done=saved")


@PAGES.post(f"{_PATH}/publish")
async def publish(visit: Visit) -> Response:
    app = await app_of(visit)
    reply = await visit.ask.write("POST", f"{_operation(app)}/publish")
    return await _after(visit, reply, "/publish", "published")


@PAGES.post(f"{_PATH}/delete")
async def delete(visit: Visit) -> Response:
    app = await app_of(visit)
    reply = await visit.ask.write("DELETE", _operation(app))
    return await _after(visit, reply, "/delete", "deleted")


async def _after(visit: Visit, reply: Reply, step: str, done: str) -> Response:
    if not reply.is_success:
        return await _page(visit, reply)
    return visit.go(visit.request.url.path.removesuffix(step) + f"?done={done}")


async def _page(visit: Visit, refused: Reply | None = None) -> Response:
    """The records; `refused` is why a form was not taken."""
    app = await app_of(visit)
    live = await _record(visit, app, "live")
    sees_draft = visit.caller.belongs_to(app["developerSpace"]["id"])
    draft = await _record(visit, app, "draft") if sees_draft else None
    names = {
        "app": app,
        "live": _shown(live),
        "draft": _shown(draft),
        "differences": differences(_content(live), _content(draft)) if draft else [],
        "sees_draft": sees_draft,
        "may_edit": may(visit, app, rights.DECLARE_PRIVACY),
        "told": refused.problems if refused else [],
        "done": visit.query.get("done", ""),
    }
    return visit.render("privacy.html", names, refused.status if refused else 200)


def _form(
    visit: Visit, app: Any, content: Any, etag: str, refused: Reply | None = None
) -> Response:
    told: list[Told] = refused.problems if refused else []
    names = {
        "app": app,
        "fields": _FIELDS,
        "root": f"{_ROOT}.",
        "content": content,
        "etag": etag,
        "told": told,
        "hints": _HINTS,
        "is_changed": refused is not None and refused.status == 412,
    }
    return visit.render("privacy_edit.html", names, refused.status if refused else 200)


async def _record(visit: Visit, app: Any, state: str) -> Reply | None:
    """A record with its validator; `None` where there is none."""
    return await visit.ask.find_reply(_operation(app), {"state": state})


def _operation(app: Any) -> str:
    return f"/rest/3/privacy-and-security/products/{app['productId']}"


def _content(record: Reply | None) -> Any:
    """What is declared, without who has written it."""
    if record is None:
        return None
    return {n: v for n, v in record.data.get(_ROOT, {}).items() if n != "properties"}


def _shown(record: Reply | None) -> Any:
    if record is None:
        return None
    properties = record.data.get(_ROOT, {}).get("properties", {})
    return {"properties": properties, "lines": lines(_FIELDS, _content(record))}
