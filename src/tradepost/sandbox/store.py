"""SQL for replacing and exporting all that a sandbox holds, and nowhere else."""

from collections.abc import Sequence
from typing import Any

import apsw

from tradepost.database import Reader, Row, Transaction

EVERYTHING = "*"
"""The topic of a write after which nothing that was read before holds."""

_APPS = (
    "review",
    "review_total",
    "privacy_and_security",
    "app_migration",
    "app_software_version_listing",
    "app_software_version_compatibility",
    "access_token",
    "app_software_version",
    "app_listing",
    "app_software",
    "app",
)
_SPACES = (*_APPS, "developer_listing", "developer_space_member", "developer_space")
_PARTS = {
    "apps": _APPS,
    "developer_spaces": _SPACES,
    "people": (*_SPACES, "api_token", "person"),
    "parent_software": ("parent_software_version", "parent_software"),
}

CHECKED = frozenset(table for tables in _PARTS.values() for table in tables) - {"access_token"}
"""The tables that are to be sound. Access tokens may be any words, so that tests can name them."""


async def clear(transaction: Transaction, part: str) -> None:
    """Remove a part of a document, and what hangs on it."""
    transaction.touch(EVERYTHING)
    for table in _PARTS[part]:
        await transaction.execute(f"DELETE FROM {table}")


_SESSIONS = (
    "SELECT s.digest, s.created_at, s.expires_at, t.digest, p.email FROM console_session s "
    "JOIN api_token t ON t.pk = s.api_token_pk JOIN person p ON p.pk = t.person_pk"
)
_END_SESSIONS = "DELETE FROM console_session"
_RESUME_SESSION = (
    "INSERT INTO console_session (digest, api_token_pk, created_at, expires_at) "
    "SELECT $1, t.pk, $2, $3 FROM api_token t JOIN person p ON p.pk = t.person_pk "
    "WHERE t.digest = $4 AND p.email = $5"
)


async def end_sessions(transaction: Transaction) -> Sequence[Row]:
    """End every session at the console; what `resume_sessions` needs to let them go on."""
    rows = await transaction.rows(_SESSIONS)
    await transaction.execute(_END_SESSIONS)
    return rows


async def resume_sessions(transaction: Transaction, sessions: Sequence[Row]) -> None:
    """Let those sessions go on whose person has the same API token again."""
    for row in sessions:
        await transaction.execute(_RESUME_SESSION, *row)


def carry_sessions_over(now: apsw.Connection, then: apsw.Connection) -> None:
    """Give a copy of the database the sessions of now, of the people and API tokens it has.

    Its own are gone: who has signed out meanwhile stays so.
    """
    sessions = now.execute(_SESSIONS).fetchall()
    then.execute(_END_SESSIONS)
    then.executemany(_RESUME_SESSION, sessions)


async def insert(transaction: Transaction, table: str, **values: Any) -> None:
    """Store a row."""
    numbers = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    await transaction.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({numbers})", *values.values()
    )


async def key_of(reader: Reader, table: str, column: str, value: Any) -> int | None:
    """The key of the row that has a value in a column."""
    row = await reader.row(f"SELECT pk FROM {table} WHERE {column} = $1", value)
    return None if row is None else int(row[0])


async def first_space(reader: Reader) -> str | None:
    row = await reader.row("SELECT id FROM developer_space ORDER BY pk LIMIT 1")
    return None if row is None else str(row[0])


async def first_parent(reader: Reader) -> str | None:
    """The id of jira, or of the first parent software where that is not there."""
    row = await reader.row(
        "SELECT id FROM parent_software "
        "ORDER BY CASE WHEN id = 'jira' THEN 0 ELSE 1 END, pk LIMIT 1"
    )
    return None if row is None else str(row[0])


async def set_state_before(
    transaction: Transaction, software_pk: int, build_number: int, state: str
) -> None:
    await transaction.execute(
        "UPDATE app_software_version SET state_before = $1 "
        "WHERE app_software_pk = $2 AND build_number = $3",
        state,
        software_pk,
        build_number,
    )


async def people(reader: Reader) -> Sequence[Row]:
    return await reader.rows(
        "SELECT pk, email, id, name, administrator, created_at, archived_at FROM person ORDER BY pk"
    )


async def api_tokens(reader: Reader) -> Sequence[Row]:
    return await reader.rows(
        "SELECT person_pk, digest, id, name, created_at, expires_at, revoked_at "
        "FROM api_token ORDER BY pk"
    )


async def spaces(reader: Reader) -> Sequence[Row]:
    return await reader.rows(
        "SELECT pk, name, id, vendor_id, approval_policy, version, catalog_account_id, "
        "created_at, archived_at FROM developer_space ORDER BY pk"
    )


async def members(reader: Reader) -> Sequence[Row]:
    return await reader.rows(
        "SELECT m.developer_space_pk, p.email, m.roles, m.categories, m.joined_at "
        "FROM developer_space_member m JOIN person p ON p.pk = m.person_pk "
        "ORDER BY m.developer_space_pk, m.person_pk"
    )


async def developer_listings(reader: Reader) -> Sequence[Row]:
    return await reader.rows(
        "SELECT developer_space_pk, type, version, document FROM developer_listing "
        "ORDER BY developer_space_pk, type"
    )


async def parents(reader: Reader) -> Sequence[Row]:
    return await reader.rows("SELECT pk, document FROM parent_software ORDER BY pk")


async def parent_versions(reader: Reader) -> Sequence[Row]:
    return await reader.rows(
        "SELECT parent_software_pk, document FROM parent_software_version "
        "ORDER BY parent_software_pk, build_number"
    )


async def apps(reader: Reader) -> Sequence[Row]:
    return await reader.rows(
        "SELECT a.pk, a.app_key, a.product_id, a.name, s.id, a.created_at, a.archived_at, "
        "l.document FROM app a JOIN developer_space s ON s.pk = a.developer_space_pk "
        "JOIN app_listing l ON l.app_pk = a.pk ORDER BY a.pk"
    )


async def software(reader: Reader) -> Sequence[Row]:
    return await reader.rows(
        "SELECT app_pk, pk, hosting, id, compliance_boundary, created_at, archived_at "
        "FROM app_software ORDER BY pk"
    )


async def versions(reader: Reader) -> Sequence[Row]:
    return await reader.rows(
        "SELECT v.app_software_pk, v.document, v.state_before, l.document "
        "FROM app_software_version v LEFT JOIN app_software_version_listing l "
        "ON l.app_software_pk = v.app_software_pk AND l.build_number = v.build_number "
        "ORDER BY v.app_software_pk, v.build_number"
    )


async def reviews(reader: Reader) -> Sequence[Row]:
    return await reader.rows(
        "SELECT r.app_pk, p.email, r.document FROM review r JOIN person p ON p.pk = r.person_pk "
        "ORDER BY r.pk"
    )


async def privacy_records(reader: Reader) -> Sequence[Row]:
    return await reader.rows("SELECT app_pk, live, draft FROM privacy_and_security")


async def migration_records(reader: Reader) -> Sequence[Any]:
    return await reader.rows("SELECT app_pk, document FROM app_migration")


async def access_tokens(reader: Reader) -> Sequence[Row]:
    return await reader.rows(
        "SELECT app_software_pk, token, cloud_id, instance, created_by, created_at, "
        "redeemed_at, revoked_at FROM access_token ORDER BY pk"
    )
