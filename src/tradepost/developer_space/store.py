"""SQL of developer spaces, their members and their listings, and nowhere else."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET

from tradepost.database import Reader, Row, Transaction, next_change
from tradepost.developer_space.model import (
    Category,
    CoreListing,
    DeveloperListing,
    DeveloperSpace,
    DeveloperSpaceResponse,
    ListingType,
    Member,
    RoleId,
    SpaceStatus,
    WebListing,
)
from tradepost.people import store as people

TOPIC: Final = "spaces"
"""What reads of developer spaces, their apps and the listings of these depend on."""

_SPACE = "id, vendor_id, name, approval_policy, created_at, archived_at, catalog_account_id"
_MEMBER = "p.id, p.email, p.name, m.roles, m.categories, m.joined_at"
_LISTING_TYPES: dict[type[DeveloperListing], ListingType] = {
    CoreListing: "DEVELOPER_CORE",
    WebListing: "DEVELOPER_WEB",
}


def _space(row: Row) -> DeveloperSpace:
    space_id, vendor_id, name, approval_policy, created_at, archived_at, account_id = row
    return DeveloperSpace(
        space_id,
        vendor_id,
        name,
        approval_policy,
        created_at,
        UNSET if archived_at is None else archived_at,
        UNSET if account_id is None else account_id,
    )


def _member(row: Row) -> Member:
    person_id, email, name, roles, categories, joined_at = row
    decode = msgspec.json.decode
    return Member(person_id, email, name, decode(roles), decode(categories), joined_at)


async def insert(transaction: Transaction, space: DeveloperSpace) -> None:
    await transaction.execute(
        "INSERT INTO developer_space (id, vendor_id, name, approval_policy, created_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        space.id,
        space.vendor_id,
        space.name,
        space.approval_policy,
        space.created_at,
    )


async def find(reader: Reader, space_id: str) -> DeveloperSpace | None:
    row = await reader.row(f"SELECT {_SPACE} FROM developer_space WHERE id = $1", space_id)
    return _space(row) if row else None


async def find_response(reader: Reader, space_id: str) -> DeveloperSpaceResponse | None:
    """A developer space as the contract has it."""
    row = await reader.row(
        "SELECT id, name, archived_at, vendor_id, version FROM developer_space WHERE id = $1",
        space_id,
    )
    if row is None:
        return None
    found_id, name, archived_at, vendor_id, version = row
    status: SpaceStatus = "ACTIVE" if archived_at is None else "ARCHIVED"
    return DeveloperSpaceResponse(found_id, name, status, "ATLASSIAN_EXTERNAL", vendor_id, version)


async def id_of_vendor(reader: Reader, vendor_id: int) -> str | None:
    row = await reader.row("SELECT id FROM developer_space WHERE vendor_id = $1", vendor_id)
    return str(row[0]) if row else None


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
    """Store a developer space that has changed, as its next version."""
    transaction.touch(TOPIC)
    await transaction.execute(
        "UPDATE developer_space SET name = $1, approval_policy = $2, archived_at = $3, "
        "catalog_account_id = $4, version = version + 1 WHERE id = $5",
        space.name,
        space.approval_policy,
        None if space.archived_at is UNSET else space.archived_at,
        None if space.catalog_account_id is UNSET else space.catalog_account_id,
        space.id,
    )


async def save_member(
    transaction: Transaction,
    space_id: str,
    person_id: str,
    roles: Sequence[RoleId],
    at: str,
    categories: Sequence[Category] = (),
) -> None:
    """Let a person join, or replace the roles and categories of a member."""
    transaction.touch(people.TOPIC)
    await transaction.execute(
        "INSERT INTO developer_space_member "
        "(developer_space_pk, person_pk, roles, categories, joined_at) "
        "SELECT s.pk, p.pk, CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT) "
        "FROM developer_space s, person p WHERE s.id = $4 AND p.id = $5 "
        "ON CONFLICT (developer_space_pk, person_pk) "
        "DO UPDATE SET roles = excluded.roles, categories = excluded.categories",
        msgspec.json.encode(roles).decode(),
        msgspec.json.encode(categories).decode(),
        at,
        space_id,
        person_id,
    )


async def delete_member(transaction: Transaction, space_id: str, person_id: str) -> int:
    transaction.touch(people.TOPIC)
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


async def has_other_admin(reader: Reader, space_id: str, person_id: str) -> bool:
    """Whether a developer space has a member with the role `admin` beside one of its members.

    Who is archived cannot sign in, and does not count.
    """
    rows = await reader.rows(
        "SELECT m.roles FROM developer_space_member m "
        "JOIN developer_space s ON s.pk = m.developer_space_pk "
        "JOIN person p ON p.pk = m.person_pk "
        "WHERE s.id = $1 AND p.id <> $2 AND p.archived_at IS NULL",
        space_id,
        person_id,
    )
    return any("admin" in msgspec.json.decode(roles) for (roles,) in rows)


async def listing_states(reader: Reader, space_id: str) -> list[Row]:
    """What differs whenever `listings` does."""
    return await reader.rows(
        "SELECT l.type, l.changes FROM developer_listing l "
        "JOIN developer_space s ON s.pk = l.developer_space_pk WHERE s.id = $1 ORDER BY l.type",
        space_id,
    )


async def listings(reader: Reader, space_id: str) -> list[bytes]:
    """The documents of a developer space's listings, in the order of their types."""
    rows: list[Any] = await reader.rows(
        "SELECT l.document FROM developer_listing l "
        "JOIN developer_space s ON s.pk = l.developer_space_pk WHERE s.id = $1 ORDER BY l.type",
        space_id,
    )
    return [document for (document,) in rows]


def listing_type(kind: type[DeveloperListing]) -> ListingType:
    """What the contract calls a kind of listing."""
    return _LISTING_TYPES[kind]


async def listing(reader: Reader, space_id: str, kind: type[DeveloperListing]) -> bytes | None:
    """The document of a listing, if there is one."""
    row = await reader.row(
        "SELECT l.document FROM developer_listing l "
        "JOIN developer_space s ON s.pk = l.developer_space_pk WHERE s.id = $1 AND l.type = $2",
        space_id,
        _LISTING_TYPES[kind],
    )
    return bytes(row[0]) if row else None


async def listing_version(reader: Reader, space_id: str, kind: type[DeveloperListing]) -> int:
    """The version of a listing, or 0 where there is none."""
    row: Any = await reader.row(
        "SELECT l.version FROM developer_listing l "
        "JOIN developer_space s ON s.pk = l.developer_space_pk WHERE s.id = $1 AND l.type = $2",
        space_id,
        _LISTING_TYPES[kind],
    )
    return int(row[0]) if row else 0


async def save_listing(transaction: Transaction, listing: DeveloperListing) -> bytes:
    """Store a listing in the place of the one of its type; its document."""
    transaction.touch(TOPIC)
    document = msgspec.json.encode(listing)
    await transaction.execute(
        "INSERT INTO developer_listing (developer_space_pk, type, version, document, changes) "
        "SELECT pk, $1, $2, $3, $4 FROM developer_space WHERE id = $5 "
        "ON CONFLICT (developer_space_pk, type) DO UPDATE SET version = excluded.version, "
        "document = excluded.document, changes = CASE "
        "WHEN developer_listing.changes < excluded.changes THEN excluded.changes "
        "ELSE developer_listing.changes + 1 END",
        _LISTING_TYPES[type(listing)],
        listing.version,
        document,
        next_change(),
        listing.developer_id,
    )
    return document


async def delete_listing(
    transaction: Transaction, space_id: str, kind: type[DeveloperListing]
) -> int:
    transaction.touch(TOPIC)
    return await transaction.execute(
        "DELETE FROM developer_listing WHERE type = $1 "
        "AND developer_space_pk = (SELECT pk FROM developer_space WHERE id = $2)",
        _LISTING_TYPES[kind],
        space_id,
    )
