"""App software: the seven operations of the reference page."""

from typing import Final

from tradepost.app_software import access_tokens, store, versions
from tradepost.app_software.model import (
    PAYMENT_MODELS,
    VERSION_STATES,
    AccessTokenCollectionResponse,
    AccessTokenCreateRequest,
    AccessTokenResponse,
    AppSoftwareByAppKeyResponse,
    AppSoftwareVersionCreateRequest,
    AppSoftwareVersionGetResponse,
    AppSoftwareVersionsGetResponse,
    AppSoftwareVersionUpdateRequest,
)
from tradepost.apps.about import about_app
from tradepost.chance import Chance
from tradepost.clock import Clock
from tradepost.database import Database, Reader, Transaction
from tradepost.developer_space import rights
from tradepost.developer_space import store as developer_spaces
from tradepost.http.bodies import encode
from tradepost.http.call import Answer, Call
from tradepost.http.cursors import CURSOR, LIMIT, Cursors, Page
from tradepost.http.errors import (
    APP_KEY_NOT_FOUND,
    APP_SOFTWARE_NOT_FOUND,
    APP_SOFTWARE_VERSION_NOT_FOUND,
    FORBIDDEN,
    INVALID_PARAMETER,
    PRECONDITION_FAILED,
    REVISION_MISMATCH,
    VALIDATION_ERROR,
    Problem,
    fail,
)
from tradepost.http.operations import Access, operation
from tradepost.http.pages import page_body
from tradepost.http.parameters import (
    MAX_BUILD_NUMBER,
    Choice,
    Choices,
    Integer,
    Text,
    read_build_number,
)
from tradepost.http.writing import Trail
from tradepost.parent_software import store as parent_software
from tradepost.parent_software.model import HOSTINGS

_GROUP: Final = "App software"
_HOSTING: Final = Choice("hosting", HOSTINGS, "Only app software with this hosting.")
_BOUNDARIES: Final = Choices(
    "complianceBoundaries",
    ("commercial", "fedramp_moderate", "isolated_cloud"),
    "Only cloud app software with one of these boundaries; `commercial` where absent.",
)
_PARENT: Final = Text("parentSoftwareId", "Only versions compatible with this parent software.")
_PARENT_BUILD: Final = Integer(
    "parentSoftwareVersionId",
    0,
    MAX_BUILD_NUMBER,
    "A build number of the parent: only versions compatible with that release.",
)
_AFTER: Final = Text("afterVersion", "Only versions newer than the one with this version number.")
_PAYMENT: Final = Choice("paymentModel", PAYMENT_MODELS, "Only versions with this payment model.")
_STATE: Final = Choice("state", VERSION_STATES, "Only versions in this state.")
_TOKEN: Final = Text("token", "Only this access token.")


class AppSoftwareApi:
    """The operations of the group. Source: the reference page "App software"."""

    def __init__(
        self,
        database: Database,
        cursors: Cursors,
        clock: Clock,
        chance: Chance,
        agreements: frozenset[str],
    ):
        self._database = database
        self._cursors = cursors
        self._clock = clock
        self._chance = chance
        self._agreements = agreements

    @operation(
        "GET",
        "/rest/3/app-software/app-key/{appKey}",
        group=_GROUP,
        summary="Get app software mappings for app",
        query=(_HOSTING, _BOUNDARIES),
        answers={200: list[AppSoftwareByAppKeyResponse]},
        errors=(APP_KEY_NOT_FOUND, INVALID_PARAMETER),
    )
    async def get_app_software_by_app_key(self, call: Call) -> Answer:
        app_key = call.path["appKey"]
        found = await store.by_app_key(self._database, app_key)
        if found is None:
            raise fail(APP_KEY_NOT_FOUND, f"there is no app with the app key {app_key}")
        call.depends_on(developer_spaces.TOPIC)
        query = call.query()
        hosting = query.get(_HOSTING)
        boundaries = query.get(_BOUNDARIES) or ("commercial",)
        shown = [
            {
                "appSoftwareId": software_id,
                "hosting": its_hosting,
                "complianceBoundaries": [boundary] if boundary else None,
                "archived": archived,
            }
            for software_id, its_hosting, boundary, archived in found
            if hosting in (None, its_hosting) and (not boundary or boundary in boundaries)
        ]
        return Answer(200, encode(shown))

    @operation(
        "GET",
        "/rest/3/app-software/{appSoftwareId}/versions",
        group=_GROUP,
        summary="Get app software versions",
        query=(LIMIT, CURSOR, _PARENT, _PARENT_BUILD, _AFTER, _PAYMENT, _STATE),
        answers={200: AppSoftwareVersionsGetResponse},
        errors=(APP_SOFTWARE_NOT_FOUND, INVALID_PARAMETER),
    )
    async def get_app_software_versions(self, call: Call) -> Answer:
        async with self._database.snapshot() as reader:
            found = await store.owner(reader, call.path["appSoftwareId"])
            if found is None:
                raise versions.no_software()
            software_pk, space_id, changes = found
            public_only = not call.caller.belongs_to(space_id)
            page, above = await self._versions_page(reader, call, software_pk, public_only)
            call.depends_on(store.topic(software_pk), space_id)
            call.unless_unchanged(changes, "public" if public_only else "all")
            filters = _version_filters(page, above, public_only)
            before = MAX_BUILD_NUMBER + 1 if page.after is None else page.after
            rows = await store.page(reader, software_pk, filters, before, page.wanted)
            total = await store.count(reader, software_pk, filters)
        links, documents = self._cursors.cut(call, page, rows, kept=above)
        return Answer(200, page_body(links, b"versions", documents, total))

    @operation(
        "POST",
        "/rest/3/app-software/{appSoftwareId}/versions",
        group=_GROUP,
        summary="Create a new app software version",
        access=Access.MEMBER,
        roles=rights.RELEASE,
        may_validate_only=True,
        body=AppSoftwareVersionCreateRequest,
        answers={201: AppSoftwareVersionGetResponse},
        errors=(APP_SOFTWARE_NOT_FOUND, FORBIDDEN, VALIDATION_ERROR),
    )
    async def create_app_software_version(self, call: Call) -> Answer:
        software = await self._owned(call)
        body, problems = await call.body(AppSoftwareVersionCreateRequest)
        author = self._author(call)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            build_number, document = await versions.create(
                transaction, software.id, body, problems, author
            )
            target = versions.target(software.id, build_number)
            trail.note("version", target, software.developer_space_id, after=document)
            location = f"/rest/3/app-software/{software.id}/versions/{build_number}"
            return call.created(location, document)

        return await call.write(work, about=about_app(software.app_key))

    @operation(
        "GET",
        "/rest/3/app-software/{appSoftwareId}/versions/{buildNumber}",
        group=_GROUP,
        summary="Get app software version by build number",
        path_integers=("buildNumber",),
        answers={200: AppSoftwareVersionGetResponse},
        errors=(APP_SOFTWARE_NOT_FOUND, APP_SOFTWARE_VERSION_NOT_FOUND, INVALID_PARAMETER),
    )
    async def get_app_software_version(self, call: Call) -> Answer:
        build_number = read_build_number(call.path["buildNumber"])
        # -1 finds the app software and no version, so that a 404 comes before the 400.
        wanted = -1 if build_number is None else build_number
        async with self._database.snapshot() as reader:
            found = await store.standing(reader, call.path["appSoftwareId"], wanted)
            if found is None:
                raise versions.no_software()
            if build_number is None:
                raise versions.bad_build_number()
            space_id = found.developer_space_id
            hidden = found.state != "active" and not call.caller.belongs_to(space_id)
            if found.version_pk is None or hidden:
                raise versions.no_version(build_number)
            call.depends_on(store.version_topic(found.software_pk, build_number), space_id)
            call.unless_unchanged(found.changes)
            return Answer(200, await store.document(reader, found.version_pk))

    @operation(
        "PUT",
        "/rest/3/app-software/{appSoftwareId}/versions/{buildNumber}",
        group=_GROUP,
        summary="Update app software version",
        access=Access.MEMBER,
        roles=rights.RELEASE,
        may_validate_only=True,
        path_integers=("buildNumber",),
        body=AppSoftwareVersionUpdateRequest,
        answers={200: AppSoftwareVersionGetResponse},
        errors=(
            APP_SOFTWARE_NOT_FOUND,
            APP_SOFTWARE_VERSION_NOT_FOUND,
            FORBIDDEN,
            INVALID_PARAMETER,
            PRECONDITION_FAILED,
            REVISION_MISMATCH,
            VALIDATION_ERROR,
        ),
    )
    async def update_app_software_version(self, call: Call) -> Answer:
        software = await self._owned(call)
        number = read_build_number(call.path["buildNumber"])
        body, problems = await versions.body_of_version(
            call, AppSoftwareVersionUpdateRequest, number
        )
        author = self._author(call)
        held = call.precondition()

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before, after = await versions.update(
                transaction, software.id, number, body, problems, author, held
            )
            target = versions.target(software.id, number or 0)
            trail.note("version", target, software.developer_space_id, before=before, after=after)
            return call.updated(after)

        return await call.write(work, about=about_app(software.app_key))

    @operation(
        "GET",
        "/rest/3/app-software/{id}/tokens",
        group=_GROUP,
        summary="Get list of access tokens for app software",
        access=Access.MEMBER,
        query=(_TOKEN,),
        answers={200: AccessTokenCollectionResponse},
        errors=(APP_SOFTWARE_NOT_FOUND, FORBIDDEN, INVALID_PARAMETER),
    )
    async def get_access_tokens(self, call: Call) -> Answer:
        software = await self._owned(call, "id")
        token = call.query().get(_TOKEN)
        tokens = await store.tokens(self._database, software.pk, token)
        return Answer(200, encode(AccessTokenCollectionResponse(list(tokens))))

    @operation(
        "POST",
        "/rest/3/app-software/{id}/tokens",
        group=_GROUP,
        summary="Create access token for app software",
        access=Access.MEMBER,
        roles=rights.RELEASE,
        body=AccessTokenCreateRequest,
        body_required=False,
        answers={201: AccessTokenResponse},
        errors=(APP_SOFTWARE_NOT_FOUND, FORBIDDEN, VALIDATION_ERROR),
    )
    async def create_access_token(self, call: Call) -> Answer:
        software = await self._owned(call, "id")
        await call.good_body(AccessTokenCreateRequest)
        token = AccessTokenResponse(self._chance.access_token(), None, None)
        author = self._author(call)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            held = await versions.writable(transaction, software.id)
            await store.insert_token(transaction, held.pk, token, author.email, author.at)
            access_tokens.note(trail, held.id, held.developer_space_id, None, token)
            location = f"/rest/3/app-software/{software.id}/tokens?token={token.token}"
            return call.created(location, encode(token))

        return await call.write(work, about=about_app(software.app_key))

    async def _owned(self, call: Call, name: str = "appSoftwareId") -> store.Software:
        """The app software of the path, of which the caller is a member; raises 404 and 403."""
        software = await store.find(self._database, call.path[name])
        if software is None:
            raise versions.no_software()
        call.require_member(software.developer_space_id)
        return software

    def _author(self, call: Call) -> versions.Author:
        at = self._clock.stamp()
        return versions.Author(call.caller.email, at, self._agreements, call.is_reviewed)

    async def _versions_page(
        self, reader: Reader, call: Call, software_pk: int, public_only: bool
    ) -> tuple[Page, int | None]:
        """The page asked for, and the build number that `afterVersion` stands for.

        The first page looks that up and its cursor keeps it, so that a walk stays the same
        whatever happens to that version. Raises 400 for names that stand for nothing.
        """
        query, _ = call.query_and_problems()
        if query.get(CURSOR) is not None:
            page = self._cursors.page(call)
            return page, page.kept
        problems: list[Problem] = []
        above = None
        parent_id, after = query.get(_PARENT), query.get(_AFTER)
        if parent_id is not None and await parent_software.key(reader, parent_id) is None:
            detail = f"parentSoftwareId: there is no parent software {parent_id}"
            problems.append(Problem(INVALID_PARAMETER, detail, _PARENT.name))
        if after is not None:
            above = await store.build_number_of(reader, software_pk, after, public_only)
            if above is None:
                detail = f"afterVersion: there is no version with the version number {after}"
                problems.append(Problem(INVALID_PARAMETER, detail, _AFTER.name))
        return self._cursors.page(call, also=problems), above


def _version_filters(page: Page, above: int | None, public_only: bool) -> store.VersionFilters:
    parent_build = page.filters.get(_PARENT_BUILD.name)
    return store.VersionFilters(
        public_only=public_only,
        parent_id=page.filters.get(_PARENT.name),
        parent_build=None if parent_build is None else int(parent_build),
        above=above,
        payment_model=page.filters.get(_PAYMENT.name),
        state=page.filters.get(_STATE.name),
    )
