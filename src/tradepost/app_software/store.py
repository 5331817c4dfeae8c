"""SQL of app software versions and access tokens, and nowhere else."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.app_software.model import (
    AccessTokenResponse,
    AppSoftwareVersionGetResponse,
    VersionState,
)
from tradepost.app_software.rules import artifact_id_of, major_of
from tradepost.database import Reader, Row, Transaction, next_change
from tradepost.parent_software.model import Hosting

_decode = msgspec.json.Decoder(AppSoftwareVersionGetResponse).decode


class Software(msgspec.Struct, frozen=True, array_like=True):
    """An app software as its operations need it. `archived` counts its app and space as well."""

    pk: int
    id: str
    developer_space_id: str
    hosting: Hosting
    archived: bool
    approval_policy: str
    app_key: str


class HeldToken(msgspec.Struct, frozen=True, array_like=True):
    """An access token that is not revoked, and the site that is bound to it."""

    token: str
    software_pk: int
    software_id: str
    cloud_id: str | None
    instance: str | None


class VersionFilters(msgspec.Struct, frozen=True):
    """Which versions a list shows. `None` lets all pass.

    `above` and `parent_build` are build numbers, of a version and of a parent's release.
    """

    public_only: bool = False
    parent_id: str | None = None
    parent_build: int | None = None
    above: int | None = None
    payment_model: str | None = None
    state: str | None = None


async def find(reader: Reader, software_id: str) -> Software | None:
    row = await reader.row(
        "SELECT w.pk, w.id, s.id, w.hosting, "
        "CASE WHEN w.archived_at IS NULL AND a.archived_at IS NULL AND s.archived_at IS NULL "
        "THEN 0 ELSE 1 END, s.approval_policy, a.app_key "
        "FROM app_software w JOIN app a ON a.pk = w.app_pk "
        "JOIN developer_space s ON s.pk = a.developer_space_pk WHERE w.id = $1",
        software_id,
    )
    if row is None:
        return None
    pk, found_id, space_id, hosting, archived, approval_policy, app_key = row
    return Software(pk, found_id, space_id, hosting, bool(archived), approval_policy, app_key)


async def owner(reader: Reader, software_id: str) -> tuple[int, str, int] | None:
    """The key of an app software, the developer space that owns it, and its `changes`."""
    rows: Any = await reader.rows(
        "SELECT pk, developer_space_id, changes FROM app_software WHERE id = $1", software_id
    )
    return rows[0] if rows else None


async def by_app_key(reader: Reader, app_key: str) -> list[tuple[str, str, str, bool]] | None:
    """Id, hosting, boundary and `archived` of each app software; `None` for an unknown key."""
    rows = await reader.rows(
        "SELECT w.id, w.hosting, w.compliance_boundary, "
        "CASE WHEN w.archived_at IS NULL AND a.archived_at IS NULL AND s.archived_at IS NULL "
        "THEN 0 ELSE 1 END "
        "FROM app a JOIN developer_space s ON s.pk = a.developer_space_pk "
        "LEFT JOIN app_software w ON w.app_pk = a.pk WHERE a.app_key = $1 "
        "ORDER BY CASE w.hosting WHEN 'cloud' THEN 0 WHEN 'server' THEN 1 ELSE 2 END, w.pk",
        app_key,
    )
    if not rows:
        return None
    return [(i, hosting, boundary, bool(a)) for i, hosting, boundary, a in rows if i is not None]


class Standing(msgspec.Struct, frozen=True):
    """What is to be known of a version before its document is read.

    `version_pk`, `state` and `changes` are `None` where the app software has no such version.
    """

    software_pk: int
    developer_space_id: str
    version_pk: int | None
    state: str | None
    changes: int | None


async def standing(reader: Reader, software_id: str, build_number: int) -> Standing | None:
    """How a version stands; `None` where there is no app software."""
    rows = await reader.rows(
        "SELECT w.pk, w.developer_space_id, v.pk, v.state, v.changes FROM app_software w "
        "LEFT JOIN app_software_version v ON v.app_software_pk = w.pk AND v.build_number = $1 "
        "WHERE w.id = $2",
        build_number,
        software_id,
    )
    return Standing(*rows[0]) if rows else None


async def document(reader: Reader, version_pk: int) -> bytes:
    """The document of a version that is there."""
    row: Any = await reader.row(
        "SELECT document FROM app_software_version WHERE pk = $1", version_pk
    )
    return bytes(row[0])


async def changes_of(reader: Reader, software_pk: int, build_number: int) -> int:
    """The `changes` of a version that is there."""
    row: Any = await reader.row(
        "SELECT changes FROM app_software_version WHERE app_software_pk = $1 AND build_number = $2",
        software_pk,
        build_number,
    )
    return int(row[0])


async def page(
    reader: Reader, software_pk: int, filters: VersionFilters, before: int, limit: int
) -> list[tuple[int, bytes]]:
    """Versions with a build number below `before`, newest first: build number and document."""
    source, values = _where(software_pk, filters)
    rows: list[Any] = await reader.rows(
        f"SELECT v.build_number, v.document {source} AND v.build_number < ${len(values) + 1} "
        f"ORDER BY v.build_number DESC LIMIT ${len(values) + 2}",
        *values,
        before,
        limit,
    )
    return rows


async def count(reader: Reader, software_pk: int, filters: VersionFilters) -> int:
    source, values = _where(software_pk, filters)
    row: Any = await reader.row(f"SELECT count(*) {source}", *values)
    return int(row[0])


def _where(software_pk: int, filters: VersionFilters) -> tuple[str, list[Any]]:
    """FROM and WHERE of a list, and their values. Versions are `v`, compatibilities `c`."""
    values: list[Any] = [software_pk]
    conditions: list[str] = []

    def add(condition: str, value: Any) -> None:
        values.append(value)
        conditions.append(condition.format(f"${len(values)}"))

    if filters.public_only:
        conditions.append("v.state = 'active'")
    if filters.above is not None:
        add("v.build_number > {}", filters.above)
    if filters.payment_model is not None:
        add("v.payment_model = {}", filters.payment_model)
    if filters.state is not None:
        add("v.state = {}", filters.state)
    if filters.parent_id is not None or filters.parent_build is not None:
        inner = "c.app_software_pk = v.app_software_pk AND c.build_number = v.build_number"
        if filters.parent_id is not None:
            add("c.parent_software_id = {}", filters.parent_id)
            inner += f" AND {conditions.pop()}"
        if filters.parent_build is not None:
            add("COALESCE(c.min_build_number, 0) <= {0}", filters.parent_build)
            bound = f"${len(values)}"
            inner += f" AND {conditions.pop()}"
            inner += f" AND (c.max_build_number IS NULL OR c.max_build_number >= {bound})"
        conditions.append(
            f"EXISTS (SELECT 1 FROM app_software_version_compatibility c WHERE {inner})"
        )
    return (
        "FROM app_software_version v WHERE "
        + " AND ".join(["v.app_software_pk = $1", *conditions]),
        values,
    )


async def find_version(
    reader: Reader, software_pk: int, build_number: int
) -> AppSoftwareVersionGetResponse | None:
    row = await reader.row(
        "SELECT document FROM app_software_version "
        "WHERE app_software_pk = $1 AND build_number = $2",
        software_pk,
        build_number,
    )
    return _decode(row[0]) if row else None


async def state_before(reader: Reader, software_pk: int, build_number: int) -> VersionState | None:
    """The state that an archived version was in."""
    row = await reader.row(
        "SELECT state_before FROM app_software_version "
        "WHERE app_software_pk = $1 AND build_number = $2",
        software_pk,
        build_number,
    )
    return row[0] if row else None


class NumbersInUse(msgspec.Struct, frozen=True):
    """The highest build number of an app software, and which of two wanted numbers are taken."""

    highest: int | None
    build_number: bool
    version_number: bool


async def numbers_in_use(
    reader: Reader, software_pk: int, build_number: int | None, version_number: str | None
) -> NumbersInUse:
    """What a new version's numbers must be checked against; `None` is a number not wanted."""
    row: Any = await reader.row(
        "SELECT (SELECT MAX(build_number) FROM app_software_version WHERE app_software_pk = $1), "
        "EXISTS (SELECT 1 FROM app_software_version "
        "WHERE app_software_pk = $1 AND build_number = CAST($2 AS BIGINT)), "
        "EXISTS (SELECT 1 FROM app_software_version "
        "WHERE app_software_pk = $1 AND version_number = CAST($3 AS TEXT))",
        software_pk,
        build_number,
        version_number,
    )
    highest, has_build_number, has_version_number = row
    return NumbersInUse(highest, bool(has_build_number), bool(has_version_number))


async def newest_numbered(reader: Reader, software_pk: int) -> str | None:
    """The version number of the newest version of the highest major number, where one reads so."""
    row = await reader.row(
        "SELECT version_number FROM app_software_version "
        "WHERE app_software_pk = $1 AND major IS NOT NULL "
        "ORDER BY major DESC, build_number DESC LIMIT 1",
        software_pk,
    )
    return row[0] if row else None


async def build_number_of(
    reader: Reader, software_pk: int, version_number: str, public_only: bool = False
) -> int | None:
    """The build number of the version with that version number."""
    row = await reader.row(
        "SELECT build_number, state FROM app_software_version "
        "WHERE app_software_pk = $1 AND version_number = $2",
        software_pk,
        version_number,
    )
    if row is None or (public_only and row[1] != "active"):
        return None
    return int(row[0])


async def insert(
    transaction: Transaction, software_pk: int, version: AppSoftwareVersionGetResponse
) -> bytes:
    """Store a new version; its document as it will be served."""
    encoded = msgspec.json.encode(version)
    changes = await count_change(transaction, software_pk)
    await transaction.execute(
        "INSERT INTO app_software_version (app_software_pk, build_number, version_number, major, "
        "state, payment_model, revision, artifact_id, document, changes) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        software_pk,
        version.build_number,
        _null(version.version_number),
        major_of(version.version_number),
        version.state,
        version.supported_payment_model,
        version.revision,
        artifact_id_of(version),
        encoded,
        changes,
    )
    await _insert_compatibilities(transaction, software_pk, version)
    return encoded


async def update(
    transaction: Transaction,
    software_pk: int,
    version: AppSoftwareVersionGetResponse,
    state_before: str | None = None,
) -> bytes:
    """Replace a version that is there; its document as it will be served."""
    encoded = msgspec.json.encode(version)
    changes = await count_change(transaction, software_pk)
    transaction.touch(version_topic(software_pk, version.build_number))
    await transaction.execute(
        "UPDATE app_software_version SET version_number = $1, major = $2, state = $3, "
        "state_before = $4, payment_model = $5, revision = $6, artifact_id = $7, document = $8, "
        "changes = $9 WHERE app_software_pk = $10 AND build_number = $11",
        _null(version.version_number),
        major_of(version.version_number),
        version.state,
        state_before,
        version.supported_payment_model,
        version.revision,
        artifact_id_of(version),
        encoded,
        changes,
        software_pk,
        version.build_number,
    )
    await transaction.execute(
        "DELETE FROM app_software_version_compatibility "
        "WHERE app_software_pk = $1 AND build_number = $2",
        software_pk,
        version.build_number,
    )
    await _insert_compatibilities(transaction, software_pk, version)
    return encoded


async def _insert_compatibilities(
    transaction: Transaction, software_pk: int, version: AppSoftwareVersionGetResponse
) -> None:
    rows: list[Row] = [
        (
            software_pk,
            compatibility.parent_software_id,
            version.build_number,
            _null(compatibility.min_build_number),
            _null(compatibility.max_build_number),
        )
        for compatibility in version.compatibilities
    ]
    await transaction.execute_many(
        "INSERT INTO app_software_version_compatibility (app_software_pk, parent_software_id, "
        "build_number, min_build_number, max_build_number) VALUES ($1, $2, $3, $4, $5)",
        rows,
    )


def topic(software_pk: int) -> str:
    """What reads of an app software's versions and their listings depend on."""
    return f"software-{software_pk}"


def version_topic(software_pk: int, build_number: int) -> str:
    """What reads of one version depend on, and of its listing."""
    return f"version-{software_pk}-{build_number}"


async def count_change(transaction: Transaction, software_pk: int) -> int:
    """Note that something of an app software is written, for whoever keeps what was read.

    Returns its `changes`, which no write had before.
    """
    transaction.touch(topic(software_pk))
    # Two statements, because SQLite takes several times as long for one with RETURNING.
    await transaction.execute(
        "UPDATE app_software SET changes = CASE WHEN changes < $1 THEN $1 ELSE changes + 1 END "
        "WHERE pk = $2",
        next_change(),
        software_pk,
    )
    row: Any = await transaction.row("SELECT changes FROM app_software WHERE pk = $1", software_pk)
    return int(row[0])


async def tokens(
    reader: Reader, software_pk: int, token: str | None = None
) -> Sequence[AccessTokenResponse]:
    """The access tokens that are not revoked, the oldest first; or that one alone."""
    rows = await reader.rows(
        "SELECT token, cloud_id, instance FROM access_token WHERE app_software_pk = $1 "
        "AND revoked_at IS NULL AND (CAST($2 AS TEXT) IS NULL OR token = $2) ORDER BY pk",
        software_pk,
        token,
    )
    return [AccessTokenResponse(*row) for row in rows]


async def insert_token(
    transaction: Transaction, software_pk: int, token: AccessTokenResponse, email: str, at: str
) -> None:
    await transaction.execute(
        "INSERT INTO access_token (token, app_software_pk, cloud_id, instance, created_by, "
        "created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        token.token,
        software_pk,
        token.cloud_id,
        token.instance,
        email,
        at,
    )


async def revoke_token(transaction: Transaction, software_pk: int, token: str, at: str) -> int:
    """Revoke an access token; how many were revoked by this (0 or 1)."""
    return await transaction.execute(
        "UPDATE access_token SET revoked_at = $1 "
        "WHERE app_software_pk = $2 AND token = $3 AND revoked_at IS NULL",
        at,
        software_pk,
        token,
    )


async def find_token(reader: Reader, token: str) -> HeldToken | None:
    row = await reader.row(
        "SELECT t.token, w.pk, w.id, t.cloud_id, t.instance FROM access_token t "
        "JOIN app_software w ON w.pk = t.app_software_pk "
        "WHERE t.token = $1 AND t.revoked_at IS NULL",
        token,
    )
    return HeldToken(*row) if row else None


async def bind_token(
    transaction: Transaction, token: str, cloud_id: str | None, instance: str | None, at: str
) -> None:
    """Bind an access token to the site that has redeemed it."""
    await transaction.execute(
        "UPDATE access_token SET cloud_id = $1, instance = $2, redeemed_at = $3 WHERE token = $4",
        cloud_id,
        instance,
        at,
        token,
    )


def _null(value: Any) -> Any:
    """`None` for an absent field."""
    return None if isinstance(value, UnsetType) or value is UNSET else value
