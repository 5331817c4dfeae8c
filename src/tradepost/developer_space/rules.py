"""Rules of members: pure functions, no I/O.

Source: "Developer space" in the contract's semantics. Rules look at bodies that may be good in
part only: a field that was wrong is `MISSING`, and its problem has been told.
"""

from collections.abc import Iterable
from typing import TypeVar

from msgspec import UNSET

from tradepost.developer_space.model import (
    DeveloperMember,
    DeveloperMemberWrites,
    Member,
    MemberRole,
    RoleId,
)
from tradepost.http.bodies import known, problem
from tradepost.http.errors import Problem

T = TypeVar("T")


def write_problems(
    body: DeveloperMemberWrites, space_id: str, *, needs_roles: bool
) -> list[Problem]:
    """What is wrong with the roles that a member of a developer space is to have."""
    if body.roles is UNSET:
        return [problem("roles", "is required")] if needs_roles else []
    if not known(body.roles):
        return []
    if not body.roles:
        return [problem("roles", "must have at least 1 element")]
    return [
        problem(f"roles[{index}].resourceId", "must be the id of this developer space")
        for index, role in enumerate(body.roles)
        if known(role) and known(role.resource_id) and role.resource_id != space_id
    ]


def role_ids(roles: Iterable[MemberRole]) -> list[RoleId]:
    """The roles that a good body gives, each once."""
    return once(role.role_id for role in roles)


def once(elements: Iterable[T]) -> list[T]:
    """The elements without those that were there before, in their order."""
    return list(dict.fromkeys(elements))


def in_contract(member: Member, space_id: str) -> DeveloperMember:
    """A member as the contract has it."""
    return DeveloperMember(
        aaid=member.person_id,
        roles=[MemberRole(role, "DEVELOPER_SPACE", space_id) for role in member.roles],
        categories=member.categories,
        email=member.email,
        user_name=member.name,
    )
