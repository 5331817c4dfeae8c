"""Apps and their app software: operations for administrators."""

from typing import Final

from msgspec import UNSET

from tradepost.apps import store
from tradepost.apps.model import (
    App,
    AppCreateRequest,
    AppPage,
    AppSoftware,
    AppSoftwareCreateRequest,
    AppSoftwarePage,
)
from tradepost.chance import Chance
from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.developer_space import store as developer_spaces
from tradepost.http.bodies import encode, known, problem
from tradepost.http.call import Answer, Call
from tradepost.http.cursors import CURSOR, LIMIT, Cursors, PageLinks
from tradepost.http.errors import (
    APP_SOFTWARE_NOT_FOUND,
    INVALID_PARAMETER,
    NOT_FOUND,
    VALIDATION_ERROR,
    ApiError,
    Problem,
    fail,
)
from tradepost.http.operations import Access, operation
from tradepost.http.parameters import Text
from tradepost.http.writing import Trail

_GROUP: Final = "Administration: apps"
_SPACE: Final = Text("developerSpaceId", "Only the apps of this developer space.")


class AppsApi:
    """Create, list and archive apps and their app software."""

    def __init__(self, database: Database, cursors: Cursors, clock: Clock, chance: Chance):
        self._database = database
        self._cursors = cursors
        self._clock = clock
        self._chance = chance

    @operation(
        "POST",
        "/admin/v1/apps",
        group=_GROUP,
        summary="Create an app in a developer space",
        access=Access.ADMINISTRATOR,
        body=AppCreateRequest,
        answers={201: App},
        errors=(VALIDATION_ERROR,),
    )
    async def create_app(self, call: Call) -> Answer:
        body, problems = await call.body(AppCreateRequest)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            found = list(problems)
            if known(body.app_key) and await store.find_by_key(transaction, body.app_key):
                found.append(problem("appKey", "belongs to an app already"))
            if known(body.developer_space_id):
                space = await developer_spaces.find(transaction, body.developer_space_id)
                if space is None:
                    found.append(problem("developerSpaceId", "is no developer space"))
                elif space.archived_at is not UNSET:
                    found.append(problem("developerSpaceId", "is archived"))
            product_id = self._chance.uuid() if body.product_id is UNSET else body.product_id
            if known(product_id) and await store.find(transaction, product_id):
                found.append(problem("productId", "belongs to an app already"))
            if found:
                raise ApiError(found)
            name = body.app_key if body.name is UNSET else body.name
            at = self._clock.stamp()
            app = App(product_id, body.app_key, name, body.developer_space_id, at)
            await store.insert(transaction, app)
            document = encode(app)
            trail.note("app", app.product_id, app.developer_space_id, after=document)
            return call.created(f"/admin/v1/apps/{app.product_id}", document)

        return await call.write(work)

    @operation(
        "GET",
        "/admin/v1/apps",
        group=_GROUP,
        summary="List apps, the oldest first",
        access=Access.ADMINISTRATOR,
        query=(_SPACE, LIMIT, CURSOR),
        answers={200: AppPage},
        errors=(INVALID_PARAMETER,),
    )
    async def list_apps(self, call: Call) -> Answer:
        page = self._cursors.page(call)
        space_id = page.filters.get(_SPACE.name)
        rows = await store.page(self._database, space_id, page.after or 0, page.wanted)
        return Answer(200, encode(AppPage(*self._cursors.cut(call, page, rows))))

    @operation(
        "GET",
        "/admin/v1/apps/{productId}",
        group=_GROUP,
        summary="Get an app",
        access=Access.ADMINISTRATOR,
        answers={200: App},
        errors=(NOT_FOUND,),
    )
    async def get_app(self, call: Call) -> Answer:
        app = await store.find(self._database, call.path["productId"])
        if app is None:
            raise _no_app()
        return Answer(200, encode(app))

    @operation(
        "POST",
        "/admin/v1/apps/{productId}/archive",
        group=_GROUP,
        summary="Archive an app: nothing of it can be written any more",
        access=Access.ADMINISTRATOR,
        answers={200: App},
        errors=(NOT_FOUND,),
    )
    async def archive_app(self, call: Call) -> Answer:
        return await self._set_archived(call, self._clock.stamp())

    @operation(
        "POST",
        "/admin/v1/apps/{productId}/unarchive",
        group=_GROUP,
        summary="Take an app back from the archive",
        access=Access.ADMINISTRATOR,
        answers={200: App},
        errors=(NOT_FOUND,),
    )
    async def unarchive_app(self, call: Call) -> Answer:
        return await self._set_archived(call, None)

    @operation(
        "POST",
        "/admin/v1/apps/{productId}/app-software",
        group=_GROUP,
        summary="Create an app software: one for each hosting and compliance boundary",
        access=Access.ADMINISTRATOR,
        body=AppSoftwareCreateRequest,
        answers={201: AppSoftware},
        errors=(NOT_FOUND, VALIDATION_ERROR),
    )
    async def create_app_software(self, call: Call) -> Answer:
        product_id = call.path["productId"]
        if await store.find(self._database, product_id) is None:
            raise _no_app()
        body, problems = await call.body(AppSoftwareCreateRequest)
        boundary = body.compliance_boundary
        if body.hosting == "cloud" and boundary is UNSET:
            boundary = "commercial"
        elif known(body.hosting) and body.hosting != "cloud" and known(boundary):
            problems.append(problem("complianceBoundary", "is for cloud alone"))

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            found = list(problems)
            app = await store.find(transaction, product_id)
            if app is None:
                raise _no_app()
            space = await developer_spaces.find(transaction, app.developer_space_id)
            if app.archived_at is not UNSET:
                found.append(Problem(VALIDATION_ERROR, "the app is archived"))
            if space is None or space.archived_at is not UNSET:
                found.append(Problem(VALIDATION_ERROR, "the developer space is archived"))
            software_id = self._chance.uuid() if body.id is UNSET else body.id
            if known(software_id) and await store.find_software(transaction, software_id):
                found.append(problem("id", "belongs to an app software already"))
            if any(
                other.hosting == body.hosting and other.compliance_boundary == boundary
                for other in await store.software_of(transaction, product_id)
            ):
                found.append(problem("hosting", "has an app software of this app already"))
            if found:
                raise ApiError(found)
            at = self._clock.stamp()
            software = AppSoftware(software_id, product_id, body.hosting, at, boundary)
            await store.insert_software(transaction, software)
            document = encode(software)
            trail.note("appSoftware", software.id, app.developer_space_id, after=document)
            return call.created(f"/admin/v1/app-software/{software.id}", document)

        return await call.write(work)

    @operation(
        "GET",
        "/admin/v1/apps/{productId}/app-software",
        group=_GROUP,
        summary="List the app software of an app",
        access=Access.ADMINISTRATOR,
        answers={200: AppSoftwarePage},
        errors=(NOT_FOUND,),
    )
    async def list_app_software(self, call: Call) -> Answer:
        product_id = call.path["productId"]
        if await store.find(self._database, product_id) is None:
            raise _no_app()
        software = await store.software_of(self._database, product_id)
        return Answer(200, encode(AppSoftwarePage(PageLinks(call.url_path), software)))

    @operation(
        "GET",
        "/admin/v1/app-software/{appSoftwareId}",
        group=_GROUP,
        summary="Get an app software",
        access=Access.ADMINISTRATOR,
        answers={200: AppSoftware},
        errors=(APP_SOFTWARE_NOT_FOUND,),
    )
    async def get_app_software(self, call: Call) -> Answer:
        software = await store.find_software(self._database, call.path["appSoftwareId"])
        if software is None:
            raise fail(APP_SOFTWARE_NOT_FOUND, "there is no app software with this id")
        return Answer(200, encode(software))

    @operation(
        "POST",
        "/admin/v1/app-software/{appSoftwareId}/archive",
        group=_GROUP,
        summary="Archive an app software: nothing of it can be written any more",
        access=Access.ADMINISTRATOR,
        answers={200: AppSoftware},
        errors=(APP_SOFTWARE_NOT_FOUND,),
    )
    async def archive_app_software(self, call: Call) -> Answer:
        return await self._set_software_archived(call, self._clock.stamp())

    @operation(
        "POST",
        "/admin/v1/app-software/{appSoftwareId}/unarchive",
        group=_GROUP,
        summary="Take an app software back from the archive",
        access=Access.ADMINISTRATOR,
        answers={200: AppSoftware},
        errors=(APP_SOFTWARE_NOT_FOUND,),
    )
    async def unarchive_app_software(self, call: Call) -> Answer:
        return await self._set_software_archived(call, None)

    async def _set_archived(self, call: Call, at: str | None) -> Answer:
        product_id = call.path["productId"]

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before = await store.find(transaction, product_id)
            await store.set_archived(transaction, product_id, at)
            app = await store.find(transaction, product_id)
            if before is None or app is None:
                raise _no_app()
            after = encode(app)
            space_id = app.developer_space_id
            trail.note("app", product_id, space_id, before=encode(before), after=after)
            return Answer(200, after)

        return await call.write(work)

    async def _set_software_archived(self, call: Call, at: str | None) -> Answer:
        software_id = call.path["appSoftwareId"]

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before = await store.find_software(transaction, software_id)
            if before is None:
                raise fail(APP_SOFTWARE_NOT_FOUND, "there is no app software with this id")
            await store.set_software_archived(transaction, software_id, at)
            software = await store.find_software(transaction, software_id)
            app = await store.find(transaction, before.product_id)
            assert software is not None
            assert app is not None
            after, space_id = encode(software), app.developer_space_id
            trail.note("appSoftware", software_id, space_id, before=encode(before), after=after)
            return Answer(200, after)

        return await call.write(work)


def _no_app() -> ApiError:
    return fail(NOT_FOUND, "there is no app with this product id")
