"""Commands for reviews of apps."""

from typing import Any, Final

import click

from tradepost.cli.common import (
    Operations,
    call_and_show,
    data_option,
    given,
    list_and_show,
    show,
    with_operations,
)
from tradepost.parent_software.model import HOSTINGS

_REVIEW: Final = ("id", "productHosting", "stars", "date", "authorName", "isFlagged", "content")
_VOTES: Final = "How many found it helpful, of how many who said."
_stars = click.IntRange(1, 5)


@click.group()
def review() -> None:
    """Reviews of apps: one for each person, app and hosting."""


@review.command("list")
@click.argument("product_id")
@data_option
def review_list(product_id: str, data: str | None) -> None:
    """List the reviews of an app, in the order in which they came.

    A line each: id, hosting, stars, date, author, flagged, text.
    """
    list_and_show(data, _REVIEW, "listReviews", "reviews", {}, productId=product_id)


@review.command("create")
@click.argument("product_id")
@click.argument("email")
@click.argument("hosting", type=click.Choice(HOSTINGS))
@click.argument("stars", type=_stars)
@click.option("--content", help="What the person says of it [default: nothing].")
@click.option("--date", help="When it was written, such as 2026-01-31T10:30:00Z [default: now].")
@click.option("--votes", nargs=2, type=int, metavar="HELPFUL ALL", help=_VOTES)
@data_option
def review_create(
    product_id: str,
    email: str,
    hosting: str,
    stars: int,
    content: str | None,
    date: str | None,
    votes: tuple[int, int] | None,
    data: str | None,
) -> None:
    """Enter the review of an app by the person with an email."""
    sent = given(productHosting=hosting, stars=stars, content=content, date=date, **_votes(votes))

    async def work(operations: Operations) -> Any:
        person = await operations.person(email)
        body = {**sent, "personId": person["id"]}
        return await operations.call("createReview", body, productId=product_id)

    show([with_operations(data, work)], *_REVIEW)


@review.command("update")
@click.argument("product_id")
@click.argument("review_id")
@click.option("--stars", type=_stars, help="1 to 5.")
@click.option("--content", help="What the person says of it.")
@click.option("--date", help="When it was written, such as 2026-01-31T10:30:00Z.")
@click.option("--votes", nargs=2, type=int, metavar="HELPFUL ALL", help=_VOTES)
@click.option("--flag/--no-flag", "flagged", default=None, help="Whether it is to be looked at.")
@data_option
def review_update(
    product_id: str,
    review_id: str,
    stars: int | None,
    content: str | None,
    date: str | None,
    votes: tuple[int, int] | None,
    flagged: bool | None,
    data: str | None,
) -> None:
    """Edit a review; what is not given stays."""
    body = given(stars=stars, content=content, date=date, isFlagged=flagged, **_votes(votes))
    path = {"productId": product_id, "reviewId": review_id}
    call_and_show(data, _REVIEW, "updateReview", body, **path)


@review.command("remove")
@click.argument("product_id")
@click.argument("review_id")
@data_option
def review_remove(product_id: str, review_id: str, data: str | None) -> None:
    """Remove a review and its answer."""
    path = {"productId": product_id, "reviewId": review_id}
    call_and_show(data, (), "removeReview", None, **path)


def _votes(votes: tuple[int, int] | None) -> dict[str, int]:
    """The fields of a body that hold votes, where they are given."""
    return {} if votes is None else {"helpfulVotes": votes[0], "totalVotes": votes[1]}
