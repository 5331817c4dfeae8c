"""Parent software: five operations that only read. Credentials are not needed."""

from typing import Final

from tradepost.database import Database
from tradepost.http.call import Answer, Call
from tradepost.http.cursors import CURSOR, LIMIT, Cursors
from tradepost.http.errors import (
    INVALID_PARAMETER,
    PARENT_SOFTWARE_NOT_FOUND,
    PARENT_SOFTWARE_VERSION_NOT_FOUND,
    ApiError,
    fail,
)
from tradepost.http.operations import Access, operation
from tradepost.http.pages import page_body
from tradepost.http.parameters import MAX_BUILD_NUMBER, read_build_number
from tradepost.parent_software import store
from tradepost.parent_software.model import (
    ParentSoftwareGetAllResponse,
    ParentSoftwareGetResponse,
    ParentSoftwareVersionGetResponse,
    ParentSoftwareVersionsGetResponse,
)

_GROUP: Final = "Parent software"


class ParentSoftwareApi:
    """The operations of the group. Source: "Parent software" in the contract's semantics."""

    def __init__(self, database: Database, cursors: Cursors):
        self._database = database
        self._cursors = cursors

    @operation(
        "GET",
        "/rest/3/parent-software",
        group=_GROUP,
        summary="Get all parent software",
        access=Access.ANYONE,
        query=(LIMIT, CURSOR),
        answers={200: ParentSoftwareGetAllResponse},
        errors=(INVALID_PARAMETER,),
    )
    async def get_all_parent_software(self, call: Call) -> Answer:
        page = self._cursors.page(call)
        await self._unless_unchanged(call)
        rows = await store.page(self._database, page.after or 0, page.wanted)
        links, documents = self._cursors.cut(call, page, rows)
        return Answer(200, page_body(links, b"parentSoftware", documents))

    @operation(
        "GET",
        "/rest/3/parent-software/{parentSoftwareId}",
        group=_GROUP,
        summary="Get parent software by id",
        access=Access.ANYONE,
        answers={200: ParentSoftwareGetResponse},
        errors=(PARENT_SOFTWARE_NOT_FOUND,),
    )
    async def get_parent_software(self, call: Call) -> Answer:
        parent_id = call.path["parentSoftwareId"]
        await self._key(parent_id)
        await self._unless_unchanged(call)
        document = await store.document(self._database, parent_id)
        assert document is not None
        return Answer(200, document)

    @operation(
        "GET",
        "/rest/3/parent-software/{parentSoftwareId}/versions",
        group=_GROUP,
        summary="Get versions of parent software",
        access=Access.ANYONE,
        query=(LIMIT, CURSOR),
        answers={200: ParentSoftwareVersionsGetResponse},
        errors=(INVALID_PARAMETER, PARENT_SOFTWARE_NOT_FOUND),
    )
    async def get_parent_software_versions(self, call: Call) -> Answer:
        parent_pk = await self._key(call.path["parentSoftwareId"])
        page = self._cursors.page(call)
        await self._unless_unchanged(call)
        before = MAX_BUILD_NUMBER + 1 if page.after is None else page.after
        rows = await store.versions_page(self._database, parent_pk, before, page.wanted)
        links, documents = self._cursors.cut(call, page, rows)
        return Answer(200, page_body(links, b"versions", documents))

    @operation(
        "GET",
        "/rest/3/parent-software/{parentSoftwareId}/versions/build/{buildNumber}",
        group=_GROUP,
        summary="Get a version of parent software by its build number",
        access=Access.ANYONE,
        path_integers=("buildNumber",),
        answers={200: ParentSoftwareVersionGetResponse},
        errors=(PARENT_SOFTWARE_NOT_FOUND, PARENT_SOFTWARE_VERSION_NOT_FOUND),
    )
    async def get_parent_software_version_by_build(self, call: Call) -> Answer:
        parent_id, text = call.path["parentSoftwareId"], call.path["buildNumber"]
        parent_pk = await self._key(parent_id)
        build_number = read_build_number(text)
        if build_number is None or not await store.has_build(
            self._database, parent_pk, build_number
        ):
            raise _no_version(parent_id, f"the build number {text}")
        await self._unless_unchanged(call)
        return Answer(200, await store.version_document(self._database, parent_pk, build_number))

    @operation(
        "GET",
        "/rest/3/parent-software/{id}/versions/number/{versionNumber}",
        group=_GROUP,
        summary="Get a version of parent software by its version number",
        access=Access.ANYONE,
        answers={200: ParentSoftwareVersionGetResponse},
        errors=(PARENT_SOFTWARE_NOT_FOUND, PARENT_SOFTWARE_VERSION_NOT_FOUND),
    )
    async def get_parent_software_version_by_number(self, call: Call) -> Answer:
        parent_id, number = call.path["id"], call.path["versionNumber"]
        parent_pk = await self._key(parent_id)
        build_number = await store.build_of(self._database, parent_pk, number)
        if build_number is None:
            raise _no_version(parent_id, f"the version number {number}")
        await self._unless_unchanged(call)
        return Answer(200, await store.version_document(self._database, parent_pk, build_number))

    async def _key(self, parent_id: str) -> int:
        """The key of a product; raises 404."""
        parent_pk = await store.key(self._database, parent_id)
        if parent_pk is None:
            raise fail(PARENT_SOFTWARE_NOT_FOUND, f"there is no parent software {parent_id}")
        return parent_pk

    async def _unless_unchanged(self, call: Call) -> None:
        """End in a 304 where the client has the catalogue as it is now."""
        call.depends_on(store.TOPIC)
        call.unless_unchanged(await store.changes(self._database))


def _no_version(parent_id: str, what: str) -> ApiError:
    detail = f"parent software {parent_id} has no version with {what}"
    return fail(PARENT_SOFTWARE_VERSION_NOT_FOUND, detail)
