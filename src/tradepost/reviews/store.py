"""SQL of reviews, and nowhere else."""

from typing import Any, Final

import msgspec

from tradepost.app_listing import store as app_listings
from tradepost.database import Reader, Transaction, next_change
from tradepost.parent_software.model import Hosting
from tradepost.reviews.model import AdministeredReview, AppReview, Sort

_RANKS: Final[dict[Sort, str]] = {
    "recent": "",
    "helpful": "helpful_votes, ",
    "highest_rated": "stars, ",
    "lowest_rated": "-stars, ",
}
"""What comes first, by each order, with the highest first; equal ones stand newest first."""
_decode = msgspec.json.Decoder(AppReview).decode


class Totals(msgspec.Struct, frozen=True):
    """How many reviews there are, their stars together, and what differs after every write."""

    count: int
    stars: int
    changes: tuple[tuple[str, int], ...]


class Held(msgspec.Struct, frozen=True):
    """A review with what is not shown of it."""

    pk: int
    app_pk: int
    person_id: str
    changes: int
    review: AppReview


async def totals(reader: Reader, app_pk: int, hosting: str | None) -> Totals:
    """The totals of an app's reviews, of one hosting where one is given."""
    rows = await reader.rows(
        "SELECT hosting, reviews, stars, changes FROM review_total "
        "WHERE app_pk = $1 AND (CAST($2 AS TEXT) IS NULL OR hosting = $2) ORDER BY hosting",
        app_pk,
        hosting,
    )
    return Totals(
        sum(reviews for _, reviews, _, _ in rows),
        sum(stars for _, _, stars, _ in rows),
        tuple((of, changes) for of, _, _, changes in rows),
    )


async def page(
    reader: Reader, app_pk: int, hosting: str | None, sort: Sort, after: Any, limit: int
) -> list[tuple[list[Any], bytes]]:
    """Reviews of an app in an order, behind a position of it: position and document of each."""
    keys = f"{_RANKS[sort]}written_at, pk"
    position = after or []
    places = ", ".join(f"${number}" for number in range(3, 3 + len(position)))
    behind = f"AND ({keys}) < ({places}) " if position else ""
    order = ", ".join(f"{key} DESC" for key in keys.split(", "))
    rows = await reader.rows(
        f"SELECT {keys}, document FROM review "
        f"WHERE app_pk = $1 AND (CAST($2 AS TEXT) IS NULL OR hosting = $2) {behind}"
        f"ORDER BY {order} LIMIT ${3 + len(position)}",
        app_pk,
        hosting,
        *position,
        limit,
    )
    return [(list(place), document) for *place, document in rows]


async def changes_of(reader: Reader, app_pk: int, review_id: str) -> int | None:
    """The `changes` of a review; `None` where the app has none with this id."""
    row = await reader.row(
        "SELECT changes FROM review WHERE id = $1 AND app_pk = $2", review_id, app_pk
    )
    return row[0] if row else None


async def document(reader: Reader, review_id: str) -> bytes:
    """The document of a review that is there."""
    row: Any = await reader.row("SELECT document FROM review WHERE id = $1", review_id)
    return bytes(row[0])


async def find(reader: Reader, product_id: str, review_id: str) -> Held | None:
    row = await reader.row(
        "SELECT r.pk, r.app_pk, p.id, r.changes, r.document FROM review r "
        "JOIN app a ON a.pk = r.app_pk JOIN person p ON p.pk = r.person_pk "
        "WHERE r.id = $1 AND a.product_id = $2",
        review_id,
        product_id,
    )
    if row is None:
        return None
    pk, app_pk, person_id, changes, encoded = row
    return Held(pk, app_pk, person_id, changes, _decode(encoded))


async def has_reviewed(reader: Reader, product_id: str, person_id: str, hosting: Hosting) -> bool:
    """Whether a person has reviewed an app for a hosting."""
    row = await reader.row(
        "SELECT 1 FROM review r JOIN app a ON a.pk = r.app_pk "
        "JOIN person p ON p.pk = r.person_pk "
        "WHERE a.product_id = $1 AND p.id = $2 AND r.hosting = $3",
        product_id,
        person_id,
        hosting,
    )
    return row is not None


async def administered_page(
    reader: Reader, product_id: str, after: int, limit: int
) -> list[tuple[int, AdministeredReview]]:
    """Reviews of an app with their authors, in the order in which they came."""
    return [
        (pk, administered(_decode(encoded), product_id, person_id))
        for pk, person_id, encoded in await reader.rows(
            "SELECT r.pk, p.id, r.document FROM review r JOIN app a ON a.pk = r.app_pk "
            "JOIN person p ON p.pk = r.person_pk "
            "WHERE a.product_id = $1 AND r.pk > $2 ORDER BY r.pk LIMIT $3",
            product_id,
            after,
            limit,
        )
    ]


def administered(review: AppReview, product_id: str, person_id: str) -> AdministeredReview:
    """A review as administrators see it."""
    return AdministeredReview(
        **msgspec.structs.asdict(review), product_id=product_id, person_id=person_id
    )


async def insert(
    transaction: Transaction, product_id: str, person_id: str, review: AppReview
) -> None:
    """Store a new review, and count it."""
    row: Any = await transaction.row(
        "INSERT INTO review (id, app_pk, person_pk, hosting, stars, helpful_votes, written_at, "
        "document, changes) SELECT $1, a.pk, p.pk, $2, $3, $4, $5, $6, $7 FROM app a, person p "
        "WHERE a.product_id = $8 AND p.id = $9 RETURNING app_pk",
        review.id,
        review.product_hosting,
        review.stars,
        review.helpful_votes,
        review.date,
        msgspec.json.encode(review),
        next_change(),
        product_id,
        person_id,
    )
    await _count(transaction, row[0], product_id, review.product_hosting, 1, review.stars)


async def update(transaction: Transaction, product_id: str, held: Held, review: AppReview) -> None:
    """Replace a review; its author, app and hosting stay."""
    await transaction.execute(
        "UPDATE review SET stars = $1, helpful_votes = $2, written_at = $3, document = $4, "
        "changes = CASE WHEN changes < $5 THEN $5 ELSE changes + 1 END WHERE pk = $6",
        review.stars,
        review.helpful_votes,
        review.date,
        msgspec.json.encode(review),
        next_change(),
        held.pk,
    )
    more = review.stars - held.review.stars
    await _count(transaction, held.app_pk, product_id, review.product_hosting, 0, more)


async def remove(transaction: Transaction, product_id: str, held: Held) -> None:
    """Remove a review, and count it no more."""
    await transaction.execute("DELETE FROM review WHERE pk = $1", held.pk)
    review = held.review
    await _count(transaction, held.app_pk, product_id, review.product_hosting, -1, -review.stars)


async def _count(
    transaction: Transaction, app_pk: int, product_id: str, hosting: str, reviews: int, stars: int
) -> None:
    """Add to the totals of an app for a hosting, and say that its reviews are written."""
    transaction.touch(app_listings.topic(product_id))
    await transaction.execute(
        "INSERT INTO review_total (app_pk, hosting, reviews, stars, changes) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (app_pk, hosting) DO UPDATE SET "
        "reviews = review_total.reviews + excluded.reviews, "
        "stars = review_total.stars + excluded.stars, "
        "changes = CASE WHEN review_total.changes < excluded.changes THEN excluded.changes "
        "ELSE review_total.changes + 1 END",
        app_pk,
        hosting,
        reviews,
        stars,
        next_change(),
    )
