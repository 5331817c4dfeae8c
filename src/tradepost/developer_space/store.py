"""SQL of developer spaces and their members, and nowhere else."""

from typing import Any

import msgspec
from msgspec import UNSET

from tradepost.database import Reader, Row, Transaction
from tradepost.developer_space.model import DeveloperSpace, Member, RoleId

_SPACE = "id, vendor_id, name, approval_policy, created_at, archived_at"
_MEMBER = "p.id, p.email, p.name, m.roles, m.joined_at"


def _space(row: Row) -> DeveloperSpace:
    space_id, vendor_id, name, approval_policy, created_at, archived_at = row
    return DeveloperSpace(
        space_id, vendor_id, name, approval_policy, created_at, archived_at or UNSET
    )


def _member(row: Row) -> Member:
    person_id, email, name, roles, joined_at = row
    return Member(person_id, email, name, msgspec.json.decode(roles), joined_at)


async def insert(transaction: Transaction, space: DeveloperSpace) -> None:
    await transaction.execute(
        f"INSERT INTO developer_space ({_SPACE}) VALUES ($1, $2, $3, $4, $5, NULL)",
        space.id,
        space.vendor_id,
        space.name,
        space.approval_policy,
        space.created_at,
    )


async def find(reader: Reader, space_id: str) -> DeveloperSpace | None:
    row = await reader.row(f"SELECT {_SPACE} FROM developer_space WHERE id = $1", space_id)
    return _space(row) if row else None


async def has_vendor_id(reader: Reader, vendor_id: int) -> bool:
    return bool(await reader.row("SELECT 1 FROM developer_space WHERE vendor_id = $1", vendor_id))


async def highest_vendor_id(reader: Reader) -> int:
    row: Any = await reader.row("SELECT COALESCE(MAX(vendor_id), 0) FROM developer_space")
    return int(row[0])


async def page(reader: Reader, after: int, limit: int) -> list[tuple[int, DeveloperSpace]]:
    rows = await reader.rows(
        f"SELECT pk, {_SPACE} FROM developer_space WHERE pk > $1 ORDER BY pk LIMIT $2",
        after,
        limit,
    )
    return [(row[0], _space(row[1:])) for row in rows]


async def update(transaction: Transaction, space: DeveloperSpace) -> None:
    await transaction.execute(
        "UPDATE developer_space SET name = $1, approval_policy = $2, archived_at = $3 "
        "WHERE id = $4",
        space.name,
        space.approval_policy,
        None if space.archived_at is UNSET else space.archived_at,
        space.id,
    )


async def save_member(
    transaction: Transaction, space_id: str, person_id: str, roles: list[RoleId], at: str
) -> None:
    """Let a person join with some roles, or replace the roles of a member."""
    await transaction.execute(
        "INSERT INTO developer_space_member (developer_space_pk, person_pk, roles, joined_at) "
        "SELECT s.pk, p.pk, CAST($1 AS TEXT), CAST($2 AS TEXT) FROM developer_space s, person p "
        "WHERE s.id = $3 AND p.id = $4 "
        "ON CONFLICT (developer_space_pk, person_pk) DO UPDATE SET roles = excluded.roles",
        msgspec.json.encode(roles).decode(),
        at,
        space_id,
        person_id,
    )


async def delete_member(transaction: Transaction, space_id: str, person_id: str) -> int:
    return await transaction.execute(
        "DELETE FROM developer_space_member "
        "WHERE developer_space_pk = (SELECT pk FROM developer_space WHERE id = $1) "
        "AND person_pk = (SELECT pk FROM person WHERE id = $2)",
        space_id,
        person_id,
    )


async def find_member(reader: Reader, space_id: str, person_id: str) -> Member | None:
    row = await reader.row(
        f"SELECT {_MEMBER} FROM developer_space_member m "
        "JOIN developer_space s ON s.pk = m.developer_space_pk "
        "JOIN person p ON p.pk = m.person_pk WHERE s.id = $1 AND p.id = $2",
        space_id,
        person_id,
    )
    return _member(row) if row else None


async def members_page(
    reader: Reader, space_id: str, after: int, limit: int
) -> list[tuple[int, Member]]:
    """Members in the order in which the people were created."""
    rows = await reader.rows(
        f"SELECT p.pk, {_MEMBER} FROM developer_space_member m "
        "JOIN developer_space s ON s.pk = m.developer_space_pk "
        "JOIN person p ON p.pk = m.person_pk "
        "WHERE s.id = $1 AND p.pk > $2 ORDER BY p.pk LIMIT $3",
        space_id,
        after,
        limit,
    )
    return [(row[0], _member(row[1:])) for row in rows]
