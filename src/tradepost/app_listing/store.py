"""SQL of app listings, and nowhere else."""

from typing import Any

import msgspec

from tradepost.app_listing.model import ProductListing
from tradepost.database import Reader, Transaction

_PUBLIC = "AND l.state = 'PUBLIC' "
_decode = msgspec.json.Decoder(ProductListing).decode


class ListedApp(msgspec.Struct, frozen=True):
    """An app as its listing needs it, with the listing."""

    developer_space_id: str
    approval_policy: str
    archived: bool
    listing: ProductListing


async def document(reader: Reader, product_id: str) -> tuple[str, str, bytes] | None:
    """The developer space of an app, and state and document of its listing."""
    rows: Any = await reader.rows(
        "SELECT s.id, l.state, l.document FROM app a "
        "JOIN developer_space s ON s.pk = a.developer_space_pk "
        "JOIN app_listing l ON l.app_pk = a.pk WHERE a.product_id = $1",
        product_id,
    )
    return rows[0] if rows else None


async def find(reader: Reader, product_id: str) -> ListedApp | None:
    row = await reader.row(
        "SELECT s.id, s.approval_policy, COALESCE(a.archived_at, s.archived_at), l.document "
        "FROM app a JOIN developer_space s ON s.pk = a.developer_space_pk "
        "JOIN app_listing l ON l.app_pk = a.pk WHERE a.product_id = $1",
        product_id,
    )
    if row is None:
        return None
    space_id, approval_policy, archived_at, encoded = row
    return ListedApp(space_id, approval_policy, archived_at is not None, _decode(encoded))


async def page(
    reader: Reader, space_id: str, public_only: bool, after: int, limit: int
) -> list[tuple[int, bytes]]:
    """Listings of a developer space's apps, the oldest app first, behind a position."""
    rows: list[Any] = await reader.rows(
        "SELECT a.pk, l.document FROM developer_space s "
        "JOIN app a ON a.developer_space_pk = s.pk JOIN app_listing l ON l.app_pk = a.pk "
        f"WHERE s.id = $1 AND a.pk > $2 {_PUBLIC if public_only else ''}ORDER BY a.pk LIMIT $3",
        space_id,
        after,
        limit,
    )
    return rows


async def submitted_page(reader: Reader, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Listings that wait for a reviewer, the oldest app first, behind a position."""
    rows: list[Any] = await reader.rows(
        "SELECT app_pk, document FROM app_listing "
        "WHERE approval_status = 'SUBMITTED' AND app_pk > $1 ORDER BY app_pk LIMIT $2",
        after,
        limit,
    )
    return rows


async def insert(transaction: Transaction, listing: ProductListing) -> None:
    """Store the listing of a new app."""
    await transaction.execute(
        "INSERT INTO app_listing (app_pk, state, approval_status, revision, document) "
        "SELECT pk, $1, $2, $3, $4 FROM app WHERE product_id = $5",
        listing.state,
        listing.approval_status,
        listing.revision,
        msgspec.json.encode(listing),
        listing.product_id,
    )


async def update(transaction: Transaction, listing: ProductListing) -> bytes:
    """Replace a listing; its document as it will be served."""
    encoded = msgspec.json.encode(listing)
    await transaction.execute(
        "UPDATE app_listing SET state = $1, approval_status = $2, revision = $3, document = $4 "
        "WHERE app_pk = (SELECT pk FROM app WHERE product_id = $5)",
        listing.state,
        listing.approval_status,
        listing.revision,
        encoded,
        listing.product_id,
    )
    return encoded
