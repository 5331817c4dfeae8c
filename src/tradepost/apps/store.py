"""SQL of apps and their app software, and nowhere else."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from tradepost.app_listing import listings, rules
from tradepost.app_listing import store as app_listings
from tradepost.apps.model import App, AppSoftware
from tradepost.database import Reader, Row, Transaction
from tradepost.developer_space import store as developer_spaces

_APP = (
    "a.product_id, a.app_key, a.name, s.id, a.created_at, a.archived_at "
    "FROM app a JOIN developer_space s ON s.pk = a.developer_space_pk"
)
_SOFTWARE = (
    "w.id, a.product_id, w.hosting, w.created_at, w.compliance_boundary, w.archived_at "
    "FROM app_software w JOIN app a ON a.pk = w.app_pk"
)


class SeenApp(msgspec.Struct, frozen=True):
    """An app and what decides who may see it. `archived` counts its developer space as well."""

    pk: int
    product_id: str
    app_key: str
    name: str
    space_id: str
    space_name: str
    archived: bool
    has_active_version: bool


def _app(row: Row) -> App:
    product_id, app_key, name, space_id, created_at, archived_at = row
    return App(product_id, app_key, name, space_id, created_at, archived_at or UNSET)


def _software(row: Row) -> AppSoftware:
    software_id, product_id, hosting, created_at, boundary, archived_at = row
    return AppSoftware(
        software_id, product_id, hosting, created_at, boundary or UNSET, archived_at or UNSET
    )


async def insert(transaction: Transaction, app: App) -> None:
    """Store a new app, and the listing that every app has."""
    transaction.touch(developer_spaces.TOPIC)
    await transaction.execute(
        "INSERT INTO app (product_id, app_key, name, developer_space_pk, created_at) "
        "SELECT $1, $2, $3, pk, $4 FROM developer_space WHERE developer_space.id = $5",
        app.product_id,
        app.app_key,
        app.name,
        app.created_at,
        app.developer_space_id,
    )
    listing = rules.first_listing(app.product_id, app.app_key, app.developer_space_id, app.name)
    await app_listings.insert(transaction, listing)


async def find(reader: Reader, product_id: str) -> App | None:
    row = await reader.row(f"SELECT {_APP} WHERE a.product_id = $1", product_id)
    return _app(row) if row else None


async def find_by_key(reader: Reader, app_key: str) -> App | None:
    row = await reader.row(f"SELECT {_APP} WHERE a.app_key = $1", app_key)
    return _app(row) if row else None


async def page(
    reader: Reader, space_id: str | None, after: int, limit: int
) -> list[tuple[int, App]]:
    """Apps, the oldest first; of one developer space where one is given."""
    rows = await reader.rows(
        f"SELECT a.pk, {_APP} WHERE a.pk > $1 AND (CAST($2 AS TEXT) IS NULL OR s.id = $2) "
        "ORDER BY a.pk LIMIT $3",
        after,
        space_id,
        limit,
    )
    return [(row[0], _app(row[1:])) for row in rows]


async def seen(
    reader: Reader, app_key: str | None, software_id: str | None, after: int, limit: int
) -> list[SeenApp]:
    """Apps behind a position, the oldest first; the one that is named, where one is."""
    rows = await reader.rows(
        "SELECT a.pk, a.product_id, a.app_key, a.name, s.id, s.name, "
        "CASE WHEN a.archived_at IS NULL AND s.archived_at IS NULL THEN 0 ELSE 1 END, "
        "CASE WHEN EXISTS (SELECT 1 FROM app_software w JOIN app_software_version v "
        "ON v.app_software_pk = w.pk AND v.state = 'active' WHERE w.app_pk = a.pk) "
        "THEN 1 ELSE 0 END "
        "FROM app a JOIN developer_space s ON s.pk = a.developer_space_pk WHERE a.pk > $1 "
        "AND (CAST($2 AS TEXT) IS NULL OR a.app_key = $2) "
        "AND (CAST($3 AS TEXT) IS NULL OR a.pk = (SELECT app_pk FROM app_software WHERE id = $3)) "
        "ORDER BY a.pk LIMIT $4",
        after,
        app_key,
        software_id,
        limit,
    )
    return [
        SeenApp(pk, product_id, key, name, space_id, space, bool(archived), bool(has_active))
        for pk, product_id, key, name, space_id, space, archived, has_active in rows
    ]


async def newest_of(reader: Reader, app_pks: Sequence[int]) -> Sequence[Row]:
    """The app software of some apps: the app's key, id, hosting, boundary, whether it is archived,
    and the documents of its newest active version and of its newest version, or `None`."""
    places = ", ".join(f"${number + 1}" for number in range(len(app_pks)))
    return await reader.rows(
        "SELECT w.app_pk, w.id, w.hosting, w.compliance_boundary, "
        "CASE WHEN w.archived_at IS NULL AND a.archived_at IS NULL AND s.archived_at IS NULL "
        "THEN 0 ELSE 1 END, active.document, newest.document "
        "FROM app_software w JOIN app a ON a.pk = w.app_pk "
        "JOIN developer_space s ON s.pk = a.developer_space_pk "
        "LEFT JOIN app_software_version active ON active.app_software_pk = w.pk "
        "AND active.build_number = (SELECT MAX(v.build_number) FROM app_software_version v "
        "WHERE v.app_software_pk = w.pk AND v.state = 'active') "
        "LEFT JOIN app_software_version newest ON newest.app_software_pk = w.pk "
        "AND newest.build_number = (SELECT MAX(v.build_number) FROM app_software_version v "
        "WHERE v.app_software_pk = w.pk) "
        f"WHERE w.app_pk IN ({places}) "
        "ORDER BY CASE w.hosting WHEN 'cloud' THEN 0 WHEN 'server' THEN 1 ELSE 2 END, w.pk",
        *app_pks,
    )


async def set_archived(transaction: Transaction, product_id: str, at: str | None) -> None:
    """Archive an app, or take it back; one that is archived already keeps the time."""
    transaction.touch(developer_spaces.TOPIC)
    await transaction.execute(
        "UPDATE app SET archived_at = $1 "
        "WHERE product_id = $2 AND (CAST($1 AS TEXT) IS NULL OR archived_at IS NULL)",
        at,
        product_id,
    )


async def insert_software(transaction: Transaction, software: AppSoftware) -> None:
    """Store a new app software; the app's listing says where it is not the commercial cloud."""
    transaction.touch(developer_spaces.TOPIC)
    boundary = "" if software.compliance_boundary is UNSET else software.compliance_boundary
    await transaction.execute(
        "INSERT INTO app_software "
        "(id, app_pk, developer_space_id, hosting, compliance_boundary, created_at) "
        "SELECT $1, a.pk, s.id, $2, $3, $4 "
        "FROM app a JOIN developer_space s ON s.pk = a.developer_space_pk WHERE a.product_id = $5",
        software.id,
        software.hosting,
        boundary,
        software.created_at,
        software.product_id,
    )
    if boundary not in ("", "commercial"):
        await listings.note_compliance_boundary(transaction, software.product_id)


async def find_software(reader: Reader, software_id: str) -> AppSoftware | None:
    row = await reader.row(f"SELECT {_SOFTWARE} WHERE w.id = $1", software_id)
    return _software(row) if row else None


async def software_of(reader: Reader, product_id: str) -> list[AppSoftware]:
    """All app software of an app, the oldest first; there are at most five."""
    rows = await reader.rows(
        f"SELECT {_SOFTWARE} WHERE a.product_id = $1 ORDER BY w.pk", product_id
    )
    return [_software(row) for row in rows]


async def set_software_archived(transaction: Transaction, software_id: str, at: str | None) -> None:
    transaction.touch(developer_spaces.TOPIC)
    await transaction.execute(
        "UPDATE app_software SET archived_at = $1 "
        "WHERE id = $2 AND (CAST($1 AS TEXT) IS NULL OR archived_at IS NULL)",
        at,
        software_id,
    )
