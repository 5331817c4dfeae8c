"""Writing the members of a developer space, step by step, inside a transaction.

The steps raise `ApiError` with every problem, and nothing is stored then. A developer space that
is archived takes no writes, and its own members cannot leave it without anyone who manages them.
"""

import msgspec
from msgspec import UNSET

from tradepost.database import Transaction
from tradepost.developer_space import rules, store
from tradepost.developer_space.model import DeveloperMember, DeveloperMemberWrites, Member
from tradepost.http.bodies import encode
from tradepost.http.call import Caller
from tradepost.http.conditions import Precondition, body_tag
from tradepost.http.errors import (
    DEVELOPER_SPACE_NOT_FOUND,
    MEMBER_NOT_FOUND,
    VALIDATION_ERROR,
    ApiError,
    Problem,
    fail,
)
from tradepost.people import store as people


class Target(msgspec.Struct, frozen=True):
    """The member that is written, who writes, and when (RFC 3339)."""

    space_id: str
    person_id: str
    caller: Caller
    at: str


async def add(
    transaction: Transaction,
    target: Target,
    body: DeveloperMemberWrites,
    problems: list[Problem],
) -> DeveloperMember:
    """Let a person join; raises 404 where there is no such person. `problems` are the body's."""
    await _require_writable(transaction, target.space_id)
    found = [*problems, *rules.write_problems(body, target.space_id, needs_roles=True)]
    if await store.find_member(transaction, target.space_id, target.person_id):
        found.append(Problem(VALIDATION_ERROR, "this person is a member already"))
    if found:
        raise ApiError(found)
    if await people.find(transaction, target.person_id) is None:
        raise fail(MEMBER_NOT_FOUND, "there is no person with this id")
    return await _save(transaction, target, body, None)


async def change(
    transaction: Transaction,
    target: Target,
    body: DeveloperMemberWrites,
    problems: list[Problem],
    precondition: Precondition,
) -> DeveloperMember:
    """Replace what is sent of a member's roles and categories. For the rest see `add`."""
    await _require_writable(transaction, target.space_id)
    held = await store.find_member(transaction, target.space_id, target.person_id)
    if held is not None and precondition:
        precondition.require(body_tag(encode(rules.in_contract(held, target.space_id))))
    found = [*problems, *rules.write_problems(body, target.space_id, needs_roles=False)]
    if found:
        raise ApiError(found)
    if held is None:
        raise no_member()
    if body.roles is not UNSET and "admin" not in rules.role_ids(body.roles):
        await _require_other_admin(transaction, target, held)
    return await _save(transaction, target, body, held)


async def remove(transaction: Transaction, target: Target) -> DeveloperMember:
    """Remove a member; the member as it was."""
    await _require_writable(transaction, target.space_id)
    held = await store.find_member(transaction, target.space_id, target.person_id)
    if held is None:
        raise no_member()
    await _require_other_admin(transaction, target, held)
    await store.delete_member(transaction, target.space_id, target.person_id)
    return rules.in_contract(held, target.space_id)


async def _save(
    transaction: Transaction, target: Target, body: DeveloperMemberWrites, held: Member | None
) -> DeveloperMember:
    roles = [] if held is None else held.roles
    if body.roles is not UNSET:
        roles = rules.role_ids(body.roles)
    categories = [] if held is None else held.categories
    if body.categories is not UNSET:
        categories = rules.once(body.categories)
    await store.save_member(
        transaction, target.space_id, target.person_id, roles, target.at, categories
    )
    member = await store.find_member(transaction, target.space_id, target.person_id)
    assert member is not None
    return rules.in_contract(member, target.space_id)


async def _require_writable(transaction: Transaction, space_id: str) -> None:
    space = await store.find(transaction, space_id)
    if space is None:
        raise no_space()
    if space.archived_at is not UNSET:
        raise fail(VALIDATION_ERROR, "the developer space is archived")


async def _require_other_admin(transaction: Transaction, target: Target, held: Member) -> None:
    """Refuse to take away the last member who can manage members.

    Administrators of the server may, because they can bring one back.
    """
    if target.caller.administrator or "admin" not in held.roles:
        return
    if not await store.has_other_admin(transaction, target.space_id, target.person_id):
        detail = "this is the last member with the role admin; give it to somebody else first"
        raise fail(VALIDATION_ERROR, detail)


def audited(space_id: str, person_id: str) -> str:
    """What the audit calls a member."""
    return f"{space_id}/members/{person_id}"


def no_space() -> ApiError:
    return fail(DEVELOPER_SPACE_NOT_FOUND, "there is no developer space with this id")


def no_member() -> ApiError:
    return fail(MEMBER_NOT_FOUND, "this developer space has no such member")
