"""SQL of version listings, and nowhere else."""

from typing import Any

import msgspec

from tradepost.app_software import store as app_software
from tradepost.app_version_listing.model import AppSoftwareVersionListing
from tradepost.database import Reader, Transaction

_decode = msgspec.json.Decoder(AppSoftwareVersionListing).decode


class Standing(msgspec.Struct, frozen=True):
    """What is to be known of a listing before its document is read.

    Fields are `None` where the app software has no such version, or the version no listing.
    """

    software_pk: int
    developer_space_id: str
    version_state: str | None
    listing_pk: int | None
    state: str | None
    changes: int | None


async def standing(reader: Reader, software_id: str, build_number: int) -> Standing | None:
    """How the listing of a version stands; `None` where there is no app software."""
    rows = await reader.rows(
        "SELECT w.pk, w.developer_space_id, v.state, l.pk, l.state, l.changes FROM app_software w "
        "LEFT JOIN app_software_version v ON v.app_software_pk = w.pk AND v.build_number = $1 "
        "LEFT JOIN app_software_version_listing l "
        "ON l.app_software_pk = w.pk AND l.build_number = v.build_number WHERE w.id = $2",
        build_number,
        software_id,
    )
    return Standing(*rows[0]) if rows else None


async def document(reader: Reader, listing_pk: int) -> bytes:
    """The document of a listing that is there."""
    row: Any = await reader.row(
        "SELECT document FROM app_software_version_listing WHERE pk = $1", listing_pk
    )
    return bytes(row[0])


async def changes_of(reader: Reader, software_pk: int, build_number: int) -> int:
    """The `changes` of a listing that is there."""
    row: Any = await reader.row(
        "SELECT changes FROM app_software_version_listing "
        "WHERE app_software_pk = $1 AND build_number = $2",
        software_pk,
        build_number,
    )
    return int(row[0])


async def page(
    reader: Reader,
    software_pk: int,
    public_only: bool,
    state: str | None,
    approval_status: str | None,
    before: int,
    limit: int,
) -> list[tuple[int, bytes]]:
    """Listings of versions with a build number below `before`, the newest version first."""
    public = (
        "AND l.state = 'PUBLIC' AND EXISTS (SELECT 1 FROM app_software_version v "
        "WHERE v.app_software_pk = l.app_software_pk AND v.build_number = l.build_number "
        "AND v.state = 'active') "
    )
    rows: list[Any] = await reader.rows(
        "SELECT l.build_number, l.document FROM app_software_version_listing l "
        "WHERE l.app_software_pk = $1 AND l.build_number < $2 "
        "AND (CAST($3 AS TEXT) IS NULL OR l.state = $3) "
        "AND (CAST($4 AS TEXT) IS NULL OR l.approval_status = $4) "
        f"{public if public_only else ''}ORDER BY l.build_number DESC LIMIT $5",
        software_pk,
        before,
        state,
        approval_status,
        limit,
    )
    return rows


async def find(
    reader: Reader, software_pk: int, build_number: int
) -> AppSoftwareVersionListing | None:
    row = await reader.row(
        "SELECT document FROM app_software_version_listing "
        "WHERE app_software_pk = $1 AND build_number = $2",
        software_pk,
        build_number,
    )
    return _decode(row[0]) if row else None


async def has_other_public_version(reader: Reader, software_pk: int, build_number: int) -> bool:
    """Whether the app of an app software has a public version beside one of its versions."""
    row = await reader.row(
        "SELECT 1 FROM app_software w JOIN app_software o ON o.app_pk = w.app_pk "
        "JOIN app_software_version v ON v.app_software_pk = o.pk AND v.state = 'active' "
        "WHERE w.pk = $1 AND NOT (v.app_software_pk = w.pk AND v.build_number = $2) LIMIT 1",
        software_pk,
        build_number,
    )
    return row is not None


async def insert(
    transaction: Transaction, software_pk: int, listing: AppSoftwareVersionListing
) -> bytes:
    """Store a new listing; its document as it will be served."""
    encoded = msgspec.json.encode(listing)
    changes = await app_software.count_change(transaction, software_pk)
    transaction.touch(app_software.version_topic(software_pk, listing.build_number))
    await transaction.execute(
        "INSERT INTO app_software_version_listing (app_software_pk, build_number, state, "
        "approval_status, revision, document, changes) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        software_pk,
        listing.build_number,
        listing.state,
        listing.approval_status,
        listing.revision,
        encoded,
        changes,
    )
    return encoded


async def update(
    transaction: Transaction, software_pk: int, listing: AppSoftwareVersionListing
) -> bytes:
    """Replace a listing that is there; its document as it will be served."""
    encoded = msgspec.json.encode(listing)
    changes = await app_software.count_change(transaction, software_pk)
    transaction.touch(app_software.version_topic(software_pk, listing.build_number))
    await transaction.execute(
        "UPDATE app_software_version_listing SET state = $1, approval_status = $2, revision = $3, "
        "document = $4, changes = $5 WHERE app_software_pk = $6 AND build_number = $7",
        listing.state,
        listing.approval_status,
        listing.revision,
        encoded,
        changes,
        software_pk,
        listing.build_number,
    )
    return encoded
