"""What a person may see of apps: everyone's overview, which the contract does not have."""

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.apps import store
from tradepost.apps.model import (
    ActiveVersion,
    AppOverview,
    AppOverviewPage,
    NewestVersion,
    OwnerOverview,
    SoftwareOverview,
)
from tradepost.database import Database, Reader
from tradepost.http.bodies import encode
from tradepost.http.call import Answer, Call, Caller
from tradepost.http.cursors import CURSOR, LIMIT, Cursors, Page
from tradepost.http.errors import INVALID_PARAMETER
from tradepost.http.operations import Access, operation
from tradepost.http.parameters import Text

_SEARCH: Final = Text("search", "Only apps whose name or app key contains this, in any case.")
_APP_KEY: Final = Text("appKey", "Only the app with this app key, even where it is archived.")
_SOFTWARE: Final = Text(
    "appSoftwareId", "Only the app that this app software is of, even where it is archived."
)
_SCANNED: Final = 500
"""How many apps are looked at in one go, after as many as the page shows."""


class _Release(msgspec.Struct, rename="camel"):
    released_at: str


class _Version(msgspec.Struct, rename="camel"):
    """What the overview tells of a version: the rest of its document is not looked at."""

    build_number: int
    supported_payment_model: str
    beta: bool
    state: str
    version_number: str | UnsetType = UNSET
    release_details: _Release | UnsetType = UNSET


_decode: Final = msgspec.json.Decoder(_Version).decode


class AppOverviewApi:
    """Find apps, each with what is newest of its app software."""

    def __init__(self, database: Database, cursors: Cursors):
        self._database = database
        self._cursors = cursors

    @operation(
        "GET",
        "/admin/v1/app-overview",
        group="Administration: apps",
        summary="List the apps that the caller may see, with their newest versions",
        access=Access.PERSON,
        query=(_SEARCH, _APP_KEY, _SOFTWARE, LIMIT, CURSOR),
        answers={200: AppOverviewPage},
        errors=(INVALID_PARAMETER,),
    )
    async def list_app_overview(self, call: Call) -> Answer:
        page = self._cursors.page(call)
        async with self._database.snapshot() as reader:
            found = await _find(reader, call.caller, page)
            software = await _software_of(reader, call.caller, found)
        rows = [(app.pk, _overview(call.caller, app, software.get(app.pk, []))) for app in found]
        return Answer(200, encode(AppOverviewPage(*self._cursors.cut(call, page, rows))))


async def _find(reader: Reader, caller: Caller, page: Page) -> list[store.SeenApp]:
    """The apps of a page and the one behind it.

    Search is here and not in SQL, because engines disagree on which letters are the same.
    """
    search = page.filters.get(_SEARCH.name, "").casefold()
    app_key, software_id = page.filters.get(_APP_KEY.name), page.filters.get(_SOFTWARE.name)
    is_named = app_key is not None or software_id is not None
    found: list[store.SeenApp] = []
    after, many = page.after or 0, page.wanted
    while len(found) < page.wanted:
        apps = await store.seen(reader, app_key, software_id, after, many)
        found += [
            app
            for app in apps
            if (search in app.name.casefold() or search in app.app_key.casefold())
            and _may_see(caller, app, is_named)
        ]
        if len(apps) < many:
            break
        after, many = apps[-1].pk, _SCANNED
    return found[: page.wanted]


def _may_see(caller: Caller, app: store.SeenApp, is_named: bool) -> bool:
    """Whether an app is listed: archived ones are for administrators, and whoever names them."""
    if caller.administrator:
        return True
    if app.archived and not is_named:
        return False
    return caller.belongs_to(app.space_id) or app.has_active_version


async def _software_of(
    reader: Reader, caller: Caller, apps: list[store.SeenApp]
) -> dict[int, list[SoftwareOverview]]:
    """The app software of some apps by the keys of these."""
    belongs = {app.pk: caller.belongs_to(app.space_id) for app in apps}
    found: dict[int, list[SoftwareOverview]] = {}
    for row in await store.newest_of(reader, list(belongs)) if belongs else ():
        app_pk, software_id, hosting, boundary, archived, active, newest = row
        overview = SoftwareOverview(
            software_id,
            hosting,
            bool(archived),
            boundary or UNSET,
            _active(active) if active else UNSET,
            _newest(newest) if newest and belongs[app_pk] else UNSET,
        )
        found.setdefault(app_pk, []).append(overview)
    return found


def _active(document: Any) -> ActiveVersion:
    version = _decode(document)
    details = version.release_details
    return ActiveVersion(
        version.build_number,
        version.supported_payment_model,
        version.beta,
        version.version_number,
        UNSET if details is UNSET else details.released_at,
    )


def _newest(document: Any) -> NewestVersion:
    version = _decode(document)
    return NewestVersion(version.build_number, version.state, version.version_number)


def _overview(caller: Caller, app: store.SeenApp, software: list[SoftwareOverview]) -> AppOverview:
    active = [one.newest_active for one in software if one.newest_active is not UNSET]
    released = [version.released_at for version in active if version.released_at is not UNSET]
    return AppOverview(
        app.product_id,
        app.app_key,
        app.name,
        OwnerOverview(app.space_id, app.space_name),
        app.space_id in caller.spaces,
        app.archived,
        software,
        max(released) if released else UNSET,
    )
