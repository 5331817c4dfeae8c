"""Developer spaces and their members: operations for administrators."""

from collections.abc import Callable
from typing import Final

from msgspec import UNSET

from tradepost.chance import Chance
from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.developer_space import members, store
from tradepost.developer_space.model import (
    DeveloperSpace,
    DeveloperSpaceCreateRequest,
    DeveloperSpacePage,
    DeveloperSpaceUpdateRequest,
    Member,
    MemberPage,
    MemberWriteRequest,
)
from tradepost.developer_space.rules import once
from tradepost.http.authentication import Authenticator
from tradepost.http.bodies import encode, problem
from tradepost.http.call import Answer, Call
from tradepost.http.cursors import CURSOR, LIMIT, Cursors
from tradepost.http.errors import (
    INVALID_PARAMETER,
    NOT_FOUND,
    VALIDATION_ERROR,
    ApiError,
    fail,
)
from tradepost.http.operations import Access, operation
from tradepost.http.parameters import MAX_BUILD_NUMBER
from tradepost.http.writing import Trail
from tradepost.people import store as people

_GROUP: Final = "Administration: developer spaces"


class DeveloperSpaceAdministrationApi:
    """Create, list, change and archive developer spaces; say who belongs to them."""

    def __init__(
        self,
        database: Database,
        cursors: Cursors,
        authenticator: Authenticator,
        clock: Clock,
        chance: Chance,
    ):
        self._database = database
        self._cursors = cursors
        self._authenticator = authenticator
        self._clock = clock
        self._chance = chance

    @operation(
        "POST",
        "/admin/v1/developer-spaces",
        group=_GROUP,
        summary="Create a developer space",
        access=Access.ADMINISTRATOR,
        body=DeveloperSpaceCreateRequest,
        answers={201: DeveloperSpace},
        errors=(VALIDATION_ERROR,),
    )
    async def create_developer_space(self, call: Call) -> Answer:
        body = await call.good_body(DeveloperSpaceCreateRequest)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            space_id = self._chance.uuid() if body.id is UNSET else body.id
            vendor_id = body.vendor_id
            taken = []
            if await store.find(transaction, space_id):
                taken.append(problem("id", "belongs to a developer space already"))
            if vendor_id is UNSET:
                vendor_id = await store.highest_vendor_id(transaction) + 1
                if vendor_id > MAX_BUILD_NUMBER:
                    taken.append(problem("vendorId", "cannot be generated: the highest is in use"))
            elif await store.id_of_vendor(transaction, vendor_id):
                taken.append(problem("vendorId", "belongs to a developer space already"))
            if taken:
                raise ApiError(taken)
            space = DeveloperSpace(
                space_id, vendor_id, body.name, body.approval_policy, self._clock.stamp()
            )
            await store.insert(transaction, space)
            document = encode(space)
            trail.note("developerSpace", space.id, space.id, after=document)
            return call.created(f"/admin/v1/developer-spaces/{space.id}", document)

        return await call.write(work)

    @operation(
        "GET",
        "/admin/v1/developer-spaces",
        group=_GROUP,
        summary="List developer spaces",
        access=Access.ADMINISTRATOR,
        query=(LIMIT, CURSOR),
        answers={200: DeveloperSpacePage},
        errors=(INVALID_PARAMETER,),
    )
    async def list_developer_spaces(self, call: Call) -> Answer:
        page = self._cursors.page(call)
        rows = await store.page(self._database, page.after or 0, page.wanted)
        return Answer(200, encode(DeveloperSpacePage(*self._cursors.cut(call, page, rows))))

    @operation(
        "GET",
        "/admin/v1/developer-spaces/{developerSpaceId}",
        group=_GROUP,
        summary="Get a developer space",
        access=Access.ADMINISTRATOR,
        answers={200: DeveloperSpace},
        errors=(NOT_FOUND,),
    )
    async def get_developer_space_for_administration(self, call: Call) -> Answer:
        space = await store.find(self._database, call.path["developerSpaceId"])
        if space is None:
            raise no_space()
        return Answer(200, encode(space))

    @operation(
        "PATCH",
        "/admin/v1/developer-spaces/{developerSpaceId}",
        group=_GROUP,
        summary="Rename a developer space, or set its approval policy or catalog account",
        access=Access.ADMINISTRATOR,
        body=DeveloperSpaceUpdateRequest,
        answers={200: DeveloperSpace},
        errors=(NOT_FOUND, VALIDATION_ERROR),
    )
    async def update_developer_space(self, call: Call) -> Answer:
        body = await call.good_body(DeveloperSpaceUpdateRequest)

        def change(space: DeveloperSpace) -> None:
            refuse_archived(space)
            if body.name is not UNSET:
                space.name = body.name
            if body.approval_policy is not UNSET:
                space.approval_policy = body.approval_policy
            if body.catalog_account_id is not UNSET:
                account_id = body.catalog_account_id
                space.catalog_account_id = UNSET if account_id is None else account_id

        return await self._change(call, change)

    @operation(
        "POST",
        "/admin/v1/developer-spaces/{developerSpaceId}/archive",
        group=_GROUP,
        summary="Archive a developer space: nothing of it can be written any more",
        access=Access.ADMINISTRATOR,
        answers={200: DeveloperSpace},
        errors=(NOT_FOUND,),
    )
    async def archive_developer_space(self, call: Call) -> Answer:
        def change(space: DeveloperSpace) -> None:
            if space.archived_at is UNSET:
                space.archived_at = self._clock.stamp()

        return await self._change(call, change)

    @operation(
        "POST",
        "/admin/v1/developer-spaces/{developerSpaceId}/unarchive",
        group=_GROUP,
        summary="Take a developer space back from the archive",
        access=Access.ADMINISTRATOR,
        answers={200: DeveloperSpace},
        errors=(NOT_FOUND,),
    )
    async def unarchive_developer_space(self, call: Call) -> Answer:
        def change(space: DeveloperSpace) -> None:
            space.archived_at = UNSET

        return await self._change(call, change)

    @operation(
        "GET",
        "/admin/v1/developer-spaces/{developerSpaceId}/members",
        group=_GROUP,
        summary="List the members of a developer space",
        access=Access.ADMINISTRATOR,
        query=(LIMIT, CURSOR),
        answers={200: MemberPage},
        errors=(NOT_FOUND, INVALID_PARAMETER),
    )
    async def list_members(self, call: Call) -> Answer:
        space_id = call.path["developerSpaceId"]
        if await store.find(self._database, space_id) is None:
            raise no_space()
        page = self._cursors.page(call)
        rows = await store.members_page(self._database, space_id, page.after or 0, page.wanted)
        return Answer(200, encode(MemberPage(*self._cursors.cut(call, page, rows))))

    @operation(
        "PUT",
        "/admin/v1/developer-spaces/{developerSpaceId}/members/{personId}",
        group=_GROUP,
        summary="Add a member to a developer space, or set a member's roles and categories",
        access=Access.ADMINISTRATOR,
        body=MemberWriteRequest,
        answers={200: Member},
        errors=(NOT_FOUND, VALIDATION_ERROR),
    )
    async def put_member(self, call: Call) -> Answer:
        space_id, person_id = call.path["developerSpaceId"], call.path["personId"]
        body = await call.good_body(MemberWriteRequest)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            space = await store.find(transaction, space_id)
            if space is None:
                raise no_space()
            refuse_archived(space)
            if await people.find(transaction, person_id) is None:
                raise fail(NOT_FOUND, "there is no person with this id")
            held = await store.find_member(transaction, space_id, person_id)
            categories = [] if held is None else held.categories
            if body.categories is not UNSET:
                categories = once(body.categories)
            at, roles = self._clock.stamp(), once(body.roles)
            await store.save_member(transaction, space_id, person_id, roles, at, categories)
            member = await store.find_member(transaction, space_id, person_id)
            assert member is not None
            after = encode(member)
            before = None if held is None else encode(held)
            target = members.audited(space_id, person_id)
            trail.note("member", target, space_id, before=before, after=after)
            return call.updated(after)

        answer = await call.write(work)
        self._authenticator.forget()
        return answer

    @operation(
        "DELETE",
        "/admin/v1/developer-spaces/{developerSpaceId}/members/{personId}",
        group=_GROUP,
        summary="Remove a member from a developer space",
        access=Access.ADMINISTRATOR,
        answers={204: None},
        errors=(NOT_FOUND,),
    )
    async def remove_member(self, call: Call) -> Answer:
        space_id, person_id = call.path["developerSpaceId"], call.path["personId"]

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            held = await store.find_member(transaction, space_id, person_id)
            if held is None or not await store.delete_member(transaction, space_id, person_id):
                raise fail(NOT_FOUND, "this developer space has no such member")
            target = members.audited(space_id, person_id)
            trail.note("member", target, space_id, before=encode(held))
            return Answer(204)

        answer = await call.write(work)
        self._authenticator.forget()
        return answer

    async def _change(self, call: Call, change: Callable[[DeveloperSpace], None]) -> Answer:
        async def work(transaction: Transaction, trail: Trail) -> Answer:
            space = await store.find(transaction, call.path["developerSpaceId"])
            if space is None:
                raise no_space()
            before = encode(space)
            change(space)
            after = encode(space)
            if after != before:  # else its version would grow
                await store.update(transaction, space)
            trail.note("developerSpace", space.id, space.id, before=before, after=after)
            return call.updated(after)

        return await call.write(work)


def refuse_archived(space: DeveloperSpace) -> None:
    if space.archived_at is not UNSET:
        raise fail(VALIDATION_ERROR, "the developer space is archived")


def no_space() -> ApiError:
    return fail(NOT_FOUND, "there is no developer space with this id")
