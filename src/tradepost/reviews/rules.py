"""Rules of reviews: pure functions, no I/O.

Bodies may be good in part only: a field that was wrong is `MISSING`, and its problem has been told.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.clock import rfc3339
from tradepost.http.bodies import known, problem
from tradepost.http.errors import Problem
from tradepost.http.fields import Moment
from tradepost.parent_software.model import Hosting
from tradepost.people.model import Person
from tradepost.reviews.model import AppReview, ReviewCreateRequest, ReviewUpdateRequest

_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""No review is older: there was nothing yet to be reviewed."""


def average_stars(count: int, stars: int) -> float:
    """The average of so many reviews with so many stars together, to hundredths; 0 of none.

    Halves are rounded up, in whole numbers, so that every engine and reader sees the same.
    """
    return (200 * stars + count) // (2 * count) / 100 if count else 0.0


def create_problems(
    body: ReviewCreateRequest, author: Person | None, hostings: Collection[Hosting], now: datetime
) -> list[Problem]:
    """What is wrong with a new review of an app for these hostings; `author` is who is named."""
    found = []
    if known(body.person_id):
        if author is None:
            found.append(problem("personId", "is no person"))
        elif author.archived_at is not UNSET:
            found.append(problem("personId", "is archived"))
    if known(body.product_hosting) and body.product_hosting not in hostings:
        found.append(problem("productHosting", "is no hosting that the app is for"))
    found += _votes_problems(body.total_votes, body.helpful_votes)
    return found + _date_problems(body.date, now)


def update_problems(body: ReviewUpdateRequest, review: AppReview, now: datetime) -> list[Problem]:
    """What is wrong with changes to a review."""
    total = review.total_votes if body.total_votes is UNSET else body.total_votes
    helpful = review.helpful_votes if body.helpful_votes is UNSET else body.helpful_votes
    return _votes_problems(total, helpful) + _date_problems(body.date, now)


def _votes_problems(total: int, helpful: int) -> list[Problem]:
    if known(total) and known(helpful) and helpful > total:
        return [problem("helpfulVotes", "must not be more than totalVotes")]
    return []


def _date_problems(date: datetime | str | UnsetType, now: datetime) -> list[Problem]:
    if isinstance(date, str):  # of a body that is wrong elsewhere
        date = msgspec.convert(date, Moment)
    if not isinstance(date, datetime) or _BEGINNING <= date <= now:
        return []
    return [problem("date", "must be from the year 2000 on, and not in the future")]


def created(body: ReviewCreateRequest, review_id: str, author: Person, now: datetime) -> AppReview:
    """The review that a good body asks for."""
    return AppReview(
        id=review_id,
        content=body.content,
        stars=body.stars,
        date=rfc3339(now if body.date is UNSET else body.date),
        total_votes=body.total_votes,
        helpful_votes=body.helpful_votes,
        product_hosting=body.product_hosting,
        is_flagged=body.is_flagged,
        author_name=author.name,
    )


def updated(body: ReviewUpdateRequest, review: AppReview, author: Person) -> AppReview:
    """A review with good changes. It keeps its answer, its date unless one is given, and its id."""
    given = {name: value for name, value in msgspec.structs.asdict(body).items() if known(value)}
    if body.date is not UNSET:
        given["date"] = rfc3339(body.date)
    return msgspec.structs.replace(review, **given, author_name=author.name)


def answered(review: AppReview, response: str | UnsetType) -> AppReview:
    """A review with its makers' answer, in place of the one before; `UNSET` takes it away."""
    return msgspec.structs.replace(review, response_content=response)
