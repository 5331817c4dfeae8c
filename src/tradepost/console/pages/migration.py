"""The migration record of an app, and its form."""

from typing import Any, Final

from starlette.responses import Response

from tradepost.app_migration.model import ProductMigrationPut
from tradepost.console.ask import Reply
from tradepost.console.one_app import app_of, may
from tradepost.console.registry import Pages
from tradepost.console.structure import fields_of, lines, read
from tradepost.console.visit import Visit
from tradepost.developer_space import rights

PAGES = Pages()

_SET: Final = "developerId"
"""What is that of the app, and nobody's to choose."""
_FIELDS: Final = tuple(
    sorted(fields_of(ProductMigrationPut, (_SET,)), key=lambda field: not field.required)
)
_PATH: Final = "/apps/{appKey}/migration"


@PAGES.get(_PATH)
async def show(visit: Visit) -> Response:
    app = await app_of(visit)
    record = await _record(visit, app)
    names = {
        "app": app,
        "lines": None if record is None else lines(_FIELDS, record.data),
        "may_edit": may(visit, app, rights.DESCRIBE_MIGRATION),
        "is_saved": "saved" in visit.query,
    }
    return visit.render("migration.html", names)


@PAGES.get(f"{_PATH}/edit")
async def edit(visit: Visit) -> Response:
    app = await app_of(visit)
    record = await _record(visit, app)
    content = {"addonName": app["name"]} if record is None else record.data
    return _form(visit, app, content, record.headers.get("etag", "") if record else "")


@PAGES.post(f"{_PATH}/edit")
async def save(visit: Visit) -> Response:
    app = await app_of(visit)
    content = read(_FIELDS, visit.form)
    etag = visit.form["etag"]
    reply = await visit.ask.write(
        "PUT",
        _operation(app),
        {_SET: app["developerSpace"]["id"], **content},
        headers={"if-match": etag} if etag else {},
    )
    if not reply.is_success:
        return _form(visit, app, content, etag, reply)
    return visit.go(visit.request.url.path.removesuffix("/edit") + "?saved=1")


def _form(
    visit: Visit, app: Any, content: Any, etag: str, refused: Reply | None = None
) -> Response:
    names = {
        "app": app,
        "fields": _FIELDS,
        "content": content,
        "etag": etag,
        "told": refused.problems if refused else [],
        "is_changed": refused is not None and refused.status == 412,
    }
    return visit.render("migration_edit.html", names, refused.status if refused else 200)


async def _record(visit: Visit, app: Any) -> Reply | None:
    """The record with its validator; `None` where there is none."""
    return await visit.ask.find_reply(_operation(app))


def _operation(app: Any) -> str:
    return f"/rest/3/cloud-migration-compatibility/products/{app['productId']}"
