"""App version listing: the four operations of the reference's group."""

from typing import Final

from tradepost.app_software import store as app_software
from tradepost.app_software import versions
from tradepost.app_version_listing import listings, store
from tradepost.app_version_listing.model import (
    AppSoftwareVersionListing,
    AppSoftwareVersionListings,
    CreateAppSoftwareVersionListingV3Request,
    UpdateAppSoftwareVersionListingV3Request,
)
from tradepost.apps.about import about_app
from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.developer_space import rights
from tradepost.http.call import Answer, Call
from tradepost.http.cursors import CURSOR, Cursors, limit_parameter
from tradepost.http.errors import (
    APP_SOFTWARE_NOT_FOUND,
    APP_SOFTWARE_VERSION_LISTING_NOT_FOUND,
    APP_SOFTWARE_VERSION_NOT_FOUND,
    FORBIDDEN,
    INVALID_PARAMETER,
    LISTINGS,
    PRECONDITION_FAILED,
    REVISION_MISMATCH,
    VALIDATION_ERROR,
)
from tradepost.http.operations import Access, operation
from tradepost.http.pages import page_body
from tradepost.http.parameters import MAX_BUILD_NUMBER, Text, read_build_number
from tradepost.http.writing import Trail

_GROUP: Final = "App version listing"
_LISTING: Final = "/rest/3/app-software/{appSoftwareId}/versions/{buildNumber}/listing"
_DEFAULT_LIMIT: Final = 10
_LIMIT: Final = limit_parameter(_DEFAULT_LIMIT)
# Any text: an unknown value gives an empty list, as it was observed.
_STATE: Final = Text("state", "Only listings in this state: PRIVATE or PUBLIC.")
_STATUS: Final = Text(
    "approvalStatus",
    "Only listings with this status: APPROVED, SUBMITTED, REJECTED or UNINITIATED.",
)
_WRITE_ERRORS: Final = (
    APP_SOFTWARE_NOT_FOUND,
    APP_SOFTWARE_VERSION_NOT_FOUND,
    FORBIDDEN,
    INVALID_PARAMETER,
    VALIDATION_ERROR,
)


class AppVersionListingApi:
    """The operations of the group. Source: the reference's structure, and "App version listing"
    in the contract's semantics."""

    def __init__(self, database: Database, cursors: Cursors, clock: Clock):
        self._database = database
        self._cursors = cursors
        self._clock = clock

    @operation(
        "GET",
        _LISTING,
        group=_GROUP,
        summary="Get the listing of a version",
        path_integers=("buildNumber",),
        dialect=LISTINGS,
        answers={200: AppSoftwareVersionListing},
        errors=(
            APP_SOFTWARE_NOT_FOUND,
            APP_SOFTWARE_VERSION_NOT_FOUND,
            APP_SOFTWARE_VERSION_LISTING_NOT_FOUND,
        ),
    )
    async def get_app_software_version_listing(self, call: Call) -> Answer:
        number = call.path["buildNumber"]
        wanted = read_build_number(number)
        async with self._database.snapshot() as reader:
            found = await store.standing(
                reader, call.path["appSoftwareId"], -1 if wanted is None else wanted
            )
            if found is None:
                raise versions.no_software()
            is_member = call.caller.belongs_to(found.developer_space_id)
            if found.version_state is None or not (is_member or found.version_state == "active"):
                raise versions.no_version(number)
            if found.listing_pk is None or not (is_member or found.state == "PUBLIC"):
                raise listings.no_listing()
            topic = app_software.version_topic(found.software_pk, wanted or 0)
            call.depends_on(topic, found.developer_space_id)
            call.unless_unchanged(found.changes)
            return Answer(200, await store.document(reader, found.listing_pk))

    @operation(
        "POST",
        _LISTING,
        group=_GROUP,
        summary="Create the listing of a version",
        access=Access.MEMBER,
        roles=rights.LIST_VERSIONS,
        may_validate_only=True,
        path_integers=("buildNumber",),
        dialect=LISTINGS,
        body=CreateAppSoftwareVersionListingV3Request,
        answers={201: AppSoftwareVersionListing},
        errors=_WRITE_ERRORS,
    )
    async def create_app_software_version_listing(self, call: Call) -> Answer:
        software, number = await self._listed(call)
        body, problems = await versions.body_of_version(
            call, CreateAppSoftwareVersionListingV3Request, number
        )
        author = listings.Author(call.caller.email, self._clock.stamp())

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            document = await listings.create(
                transaction, software.id, number, body, problems, author
            )
            trail.note(
                "versionListing",
                listings.target(software.id, number or 0),
                software.developer_space_id,
                after=document,
            )
            return call.created(call.url_path, document)

        return await call.write(work, about=about_app(software.app_key))

    @operation(
        "PUT",
        _LISTING,
        group=_GROUP,
        summary="Update the listing of a version",
        access=Access.MEMBER,
        roles=rights.LIST_VERSIONS,
        may_validate_only=True,
        path_integers=("buildNumber",),
        dialect=LISTINGS,
        body=UpdateAppSoftwareVersionListingV3Request,
        answers={200: AppSoftwareVersionListing},
        errors=(
            *_WRITE_ERRORS,
            APP_SOFTWARE_VERSION_LISTING_NOT_FOUND,
            PRECONDITION_FAILED,
            REVISION_MISMATCH,
        ),
    )
    async def update_app_software_version_listing(self, call: Call) -> Answer:
        software, number = await self._listed(call)
        body, problems = await versions.body_of_version(
            call, UpdateAppSoftwareVersionListingV3Request, number
        )
        author = listings.Author(call.caller.email, self._clock.stamp())
        held = call.precondition()

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before, after = await listings.update(
                transaction, software.id, number, body, problems, author, held
            )
            trail.note(
                "versionListing",
                listings.target(software.id, number or 0),
                software.developer_space_id,
                before=before,
                after=after,
            )
            return call.updated(after)

        return await call.write(work, about=about_app(software.app_key))

    @operation(
        "GET",
        "/rest/3/app-software/{appSoftwareId}/listings/all",
        group=_GROUP,
        summary="Get the listings of all versions, the newest version first",
        query=(_LIMIT, CURSOR, _STATE, _STATUS),
        dialect=LISTINGS,
        answers={200: AppSoftwareVersionListings},
        errors=(APP_SOFTWARE_NOT_FOUND, INVALID_PARAMETER),
    )
    async def get_app_software_version_listings(self, call: Call) -> Answer:
        async with self._database.snapshot() as reader:
            found = await app_software.owner(reader, call.path["appSoftwareId"])
            if found is None:
                raise versions.no_software()
            software_pk, space_id, changes = found
            page = self._cursors.page(call, _DEFAULT_LIMIT)
            public_only = not call.caller.belongs_to(space_id)
            call.depends_on(app_software.topic(software_pk), space_id)
            call.unless_unchanged(changes, "public" if public_only else "all")
            rows = await store.page(
                reader,
                software_pk,
                public_only,
                page.filters.get(_STATE.name),
                page.filters.get(_STATUS.name),
                MAX_BUILD_NUMBER + 1 if page.after is None else page.after,
                page.wanted,
            )
        links, documents = self._cursors.cut(call, page, rows)
        return Answer(200, page_body(links, b"versions", documents))

    async def _listed(self, call: Call) -> tuple[app_software.Software, int | None]:
        """The app software and build number of the path; raises 404, and 403 for others."""
        software = await app_software.find(self._database, call.path["appSoftwareId"])
        if software is None:
            raise versions.no_software()
        call.require_member(software.developer_space_id)
        return software, read_build_number(call.path["buildNumber"])
