"""Developer space: the nine operations of the reference's group."""

from collections.abc import Awaitable, Callable
from typing import Final

from msgspec import UNSET

from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.developer_space import members, rights, rules, store
from tradepost.developer_space.model import (
    AllDeveloperMembers,
    DeveloperCatalogAccountId,
    DeveloperId,
    DeveloperListing,
    DeveloperMember,
    DeveloperMemberWrites,
    DeveloperSpace,
    DeveloperSpaceResponse,
)
from tradepost.http.authentication import Authenticator
from tradepost.http.bodies import encode
from tradepost.http.call import Answer, Call
from tradepost.http.cursors import CURSOR, LIMIT, Cursors
from tradepost.http.errors import (
    DEVELOPER_SPACE_NOT_FOUND,
    FORBIDDEN,
    INVALID_PARAMETER,
    MEMBER_NOT_FOUND,
    PRECONDITION_FAILED,
    VALIDATION_ERROR,
    Problem,
    fail,
)
from tradepost.http.operations import Access, operation
from tradepost.http.parameters import read_build_number
from tradepost.http.writing import Trail

_GROUP: Final = "Developer space"
_SPACE: Final = "/rest/3/developer-space/{developerId}"
_MEMBER: Final = f"{_SPACE}/members/{{aaid}}"
_WRITE_ERRORS: Final = (DEVELOPER_SPACE_NOT_FOUND, MEMBER_NOT_FOUND, FORBIDDEN, VALIDATION_ERROR)

Write = Callable[
    [Transaction, members.Target, DeveloperMemberWrites, list[Problem]], Awaitable[DeveloperMember]
]


class DeveloperSpaceApi:
    """The operations of the group. Source: the reference's structure, and "Developer space" in
    the contract's semantics."""

    def __init__(
        self, database: Database, cursors: Cursors, authenticator: Authenticator, clock: Clock
    ):
        self._database = database
        self._cursors = cursors
        self._authenticator = authenticator
        self._clock = clock

    @operation(
        "GET",
        _SPACE,
        group=_GROUP,
        summary="Get a developer space",
        answers={200: DeveloperSpaceResponse},
        errors=(DEVELOPER_SPACE_NOT_FOUND,),
    )
    async def get_developer_space(self, call: Call) -> Answer:
        space = await store.find_response(self._database, call.path["developerId"])
        if space is None:
            raise members.no_space()
        call.depends_on(store.TOPIC)
        return Answer(200, encode(space))

    @operation(
        "GET",
        "/rest/3/developer-space/vendor/{vendorId}",
        group=_GROUP,
        summary="Get the id of the developer space with a vendor id",
        path_integers=("vendorId",),
        answers={200: DeveloperId},
        errors=(DEVELOPER_SPACE_NOT_FOUND,),
    )
    async def get_developer_space_by_vendor(self, call: Call) -> Answer:
        vendor_id = read_build_number(call.path["vendorId"])
        space_id = None
        if vendor_id is not None:
            space_id = await store.id_of_vendor(self._database, vendor_id)
        if space_id is None:
            detail = "there is no developer space with this vendor id"
            raise fail(DEVELOPER_SPACE_NOT_FOUND, detail)
        return Answer(200, encode(DeveloperId(space_id)))

    @operation(
        "GET",
        f"{_SPACE}/catalog-account",
        group=_GROUP,
        summary="Get the catalog account of a developer space",
        access=Access.MEMBER,
        answers={200: DeveloperCatalogAccountId},
        errors=(DEVELOPER_SPACE_NOT_FOUND, FORBIDDEN),
    )
    async def get_developer_catalog_account(self, call: Call) -> Answer:
        space = await self._joined(call)
        if space.catalog_account_id is UNSET:
            raise fail(DEVELOPER_SPACE_NOT_FOUND, "this developer space has no catalog account")
        return Answer(200, encode(DeveloperCatalogAccountId(space.id, space.catalog_account_id)))

    @operation(
        "GET",
        f"{_SPACE}/listings",
        group=_GROUP,
        summary="Get the listings of a developer space: how customers reach and know it",
        answers={200: list[DeveloperListing]},
        errors=(DEVELOPER_SPACE_NOT_FOUND,),
    )
    async def get_developer_listings(self, call: Call) -> Answer:
        space = await self._space(call)
        call.depends_on(store.TOPIC)
        call.unless_unchanged(await store.listing_states(self._database, space.id))
        documents = await store.listings(self._database, space.id)
        return Answer(200, b"[%b]" % b",".join(documents))

    @operation(
        "GET",
        f"{_SPACE}/members",
        group=_GROUP,
        summary="Get the members of a developer space",
        access=Access.MEMBER,
        query=(LIMIT, CURSOR),
        # 200, as it was observed; the contract's file has 201.
        answers={200: AllDeveloperMembers},
        errors=(DEVELOPER_SPACE_NOT_FOUND, FORBIDDEN, INVALID_PARAMETER),
    )
    async def get_developer_members(self, call: Call) -> Answer:
        space = await self._joined(call)
        page = self._cursors.page(call)
        rows = await store.members_page(self._database, space.id, page.after or 0, page.wanted)
        links, found = self._cursors.cut(call, page, rows)
        shown = AllDeveloperMembers([rules.in_contract(member, space.id) for member in found])
        if links.next is not UNSET:
            shown.next = links.next.removeprefix(f"{call.url_path}?cursor=")
        return Answer(200, encode(shown))

    @operation(
        "GET",
        _MEMBER,
        group=_GROUP,
        summary="Get a member of a developer space",
        access=Access.MEMBER,
        answers={200: DeveloperMember},
        errors=(DEVELOPER_SPACE_NOT_FOUND, MEMBER_NOT_FOUND, FORBIDDEN),
    )
    async def get_developer_member(self, call: Call) -> Answer:
        space = await self._joined(call)
        member = await store.find_member(self._database, space.id, call.path["aaid"])
        if member is None:
            raise members.no_member()
        return Answer(200, encode(rules.in_contract(member, space.id)))

    @operation(
        "POST",
        _MEMBER,
        group=_GROUP,
        summary="Add a person to a developer space",
        access=Access.MEMBER,
        roles=rights.MANAGE_MEMBERS,
        body=DeveloperMemberWrites,
        answers={201: DeveloperMember},
        errors=_WRITE_ERRORS,
    )
    async def create_developer_member(self, call: Call) -> Answer:
        return await self._write(call, members.add)

    @operation(
        "PUT",
        _MEMBER,
        group=_GROUP,
        summary="Replace the roles or categories of a member",
        access=Access.MEMBER,
        roles=rights.MANAGE_MEMBERS,
        body=DeveloperMemberWrites,
        answers={201: DeveloperMember},
        errors=(*_WRITE_ERRORS, PRECONDITION_FAILED),
    )
    async def update_developer_member(self, call: Call) -> Answer:
        held = call.precondition()

        async def change(
            transaction: Transaction,
            target: members.Target,
            body: DeveloperMemberWrites,
            problems: list[Problem],
        ) -> DeveloperMember:
            return await members.change(transaction, target, body, problems, held)

        return await self._write(call, change)

    @operation(
        "DELETE",
        _MEMBER,
        group=_GROUP,
        summary="Remove a member from a developer space",
        access=Access.MEMBER,
        roles=rights.MANAGE_MEMBERS,
        # With the member as it was: a client breaks on a success without a body.
        answers={200: DeveloperMember},
        errors=_WRITE_ERRORS,
    )
    async def delete_developer_member(self, call: Call) -> Answer:
        target = self._target(call, await self._joined(call))

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            document = encode(await members.remove(transaction, target))
            audited = members.audited(target.space_id, target.person_id)
            trail.note("member", audited, target.space_id, before=document)
            return Answer(200, document)

        answer = await call.write(work)
        self._authenticator.forget()
        return answer

    async def _write(self, call: Call, write: Write) -> Answer:
        space = await self._joined(call)
        body, problems = await call.body(DeveloperMemberWrites)
        target = self._target(call, space)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            held = await store.find_member(transaction, target.space_id, target.person_id)
            before = None if held is None else encode(rules.in_contract(held, target.space_id))
            after = encode(await write(transaction, target, body, problems))
            audited = members.audited(target.space_id, target.person_id)
            trail.note("member", audited, target.space_id, before=before, after=after)
            return call.created(call.url_path, after)

        answer = await call.write(work)
        self._authenticator.forget()
        return answer

    def _target(self, call: Call, space: DeveloperSpace) -> members.Target:
        return members.Target(space.id, call.path["aaid"], call.caller, self._clock.stamp())

    async def _space(self, call: Call) -> DeveloperSpace:
        """The developer space of the path; raises 404."""
        space = await store.find(self._database, call.path["developerId"])
        if space is None:
            raise members.no_space()
        return space

    async def _joined(self, call: Call) -> DeveloperSpace:
        """The developer space of the path, where the caller may do this; raises 404 and 403."""
        space = await self._space(call)
        call.require_member(space.id)
        return space
