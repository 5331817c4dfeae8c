"""SQL of app listings, and nowhere else."""

from typing import Any

import msgspec

from tradepost.app_listing.model import ProductListing
from tradepost.database import Reader, Row, Transaction, next_change
from tradepost.developer_space import store as developer_spaces

_PAGE = (
    "FROM developer_space s JOIN app a ON a.developer_space_pk = s.pk "
    "JOIN app_listing l ON l.app_pk = a.pk WHERE s.id = $1 AND a.pk > $2"
)
_PUBLIC = "AND l.state = 'PUBLIC' "
_decode = msgspec.json.Decoder(ProductListing).decode


class ListedApp(msgspec.Struct, frozen=True):
    """An app as its listing needs it, with the listing."""

    developer_space_id: str
    approval_policy: str
    archived: bool
    listing: ProductListing


class Standing(msgspec.Struct, frozen=True):
    """What is to be known of a listing before its document is read."""

    app_pk: int
    developer_space_id: str
    state: str
    changes: int


def topic(product_id: str) -> str:
    """What reads depend on that show something of an app to those who may see its listing."""
    return f"product-{product_id}"


async def standing(reader: Reader, product_id: str) -> Standing | None:
    """How the listing of an app stands."""
    rows = await reader.rows(
        "SELECT a.pk, s.id, l.state, l.changes FROM app a "
        "JOIN developer_space s ON s.pk = a.developer_space_pk "
        "JOIN app_listing l ON l.app_pk = a.pk WHERE a.product_id = $1",
        product_id,
    )
    return Standing(*rows[0]) if rows else None


async def document(reader: Reader, app_pk: int) -> bytes:
    """The document of the listing of an app that is there."""
    row: Any = await reader.row("SELECT document FROM app_listing WHERE app_pk = $1", app_pk)
    return bytes(row[0])


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
        f"SELECT a.pk, l.document {_PAGE} {_PUBLIC if public_only else ''}ORDER BY a.pk LIMIT $3",
        space_id,
        after,
        limit,
    )
    return rows


async def page_states(
    reader: Reader, space_id: str, public_only: bool, after: int, limit: int
) -> list[Row]:
    """What differs whenever `page` does."""
    return await reader.rows(
        f"SELECT a.pk, l.changes {_PAGE} {_PUBLIC if public_only else ''}ORDER BY a.pk LIMIT $3",
        space_id,
        after,
        limit,
    )


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
    transaction.touch(developer_spaces.TOPIC)
    transaction.touch(topic(listing.product_id))
    await transaction.execute(
        "INSERT INTO app_listing (app_pk, state, approval_status, revision, document, changes) "
        "SELECT pk, $1, $2, $3, $4, $5 FROM app WHERE product_id = $6",
        listing.state,
        listing.approval_status,
        listing.revision,
        msgspec.json.encode(listing),
        next_change(),
        listing.product_id,
    )


async def update(transaction: Transaction, listing: ProductListing) -> bytes:
    """Replace a listing; its document as it will be served."""
    encoded = msgspec.json.encode(listing)
    transaction.touch(developer_spaces.TOPIC)
    transaction.touch(topic(listing.product_id))
    await transaction.execute(
        "UPDATE app_listing SET state = $1, approval_status = $2, revision = $3, document = $4, "
        "changes = CASE WHEN changes < $5 THEN $5 ELSE changes + 1 END "
        "WHERE app_pk = (SELECT pk FROM app WHERE product_id = $6)",
        listing.state,
        listing.approval_status,
        listing.revision,
        encoded,
        next_change(),
        listing.product_id,
    )
    return encoded
