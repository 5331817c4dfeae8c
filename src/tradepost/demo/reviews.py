"""The reviews of the demo data: of every hosting, with every number of stars, all of one app."""

from typing import Final, NamedTuple

from msgspec import UNSET, UnsetType

from tradepost.demo import data
from tradepost.parent_software.model import Hosting
from tradepost.people.model import Person
from tradepost.reviews.model import AppReview


class DemoReview(NamedTuple):
    """A review of the add-on, and who wrote it."""

    author: Person
    review: AppReview


def _review(
    number: int,
    author: Person,
    hosting: Hosting,
    stars: int,
    date: str,
    content: str,
    *,
    votes: tuple[int, int] = (0, 0),
    response: str | UnsetType = UNSET,
    flagged: bool = False,
) -> DemoReview:
    """`votes` are the helpful ones and all."""
    review = AppReview(
        id=f"f0000000-0000-4000-8000-{number:012}",
        content=content,
        response_content=response,
        stars=stars,
        date=date,
        total_votes=votes[1],
        helpful_votes=votes[0],
        product_hosting=hosting,
        is_flagged=flagged,
        author_name=author.name,
    )
    return DemoReview(author, review)


REVIEWS: Final = (
    _review(
        1,
        data.BUYER,
        "server",
        2,
        "2022-03-14T08:12:00Z",
        "It does what it says, but every upgrade of Jira breaks it for a week.",
        votes=(11, 14),
        response="That was so until 3.1.4, which follows new releases within a day.",
    ),
    _review(
        2,
        data.CUSTOMER,
        "datacenter",
        5,
        "2022-07-01T15:40:00Z",
        "Two hundred people use it every day. It has never been in the way.",
        votes=(7, 7),
    ),
    _review(
        3,
        data.CUSTOMER,
        "cloud",
        5,
        "2022-11-20T10:05:00Z",
        "The board that Jira should have had from the start.",
        votes=(23, 25),
        response="Thank you! Swimlanes are next.",
    ),
    _review(
        4,
        data.OUTSIDER,
        "cloud",
        3,
        "2023-02-02T09:30:00Z",
        "Good for one project. With fifty it takes its time.",
        votes=(4, 9),
    ),
    _review(5, data.USER, "datacenter", 4, "2023-05-17T12:00:00Z", ""),
    _review(
        6,
        data.USER,
        "cloud",
        1,
        "2023-08-08T22:59:00Z",
        "WORST APP EVER. Get ours instead, at a third of the price!!!",
        votes=(0, 31),
        flagged=True,
    ),
    _review(
        7,
        data.BUYER,
        "cloud",
        4,
        "2023-10-30T07:45:00Z",
        "The move from server to cloud took an afternoon.\nSaved filters did not come along.",
        votes=(3, 3),
        response="They do since 3.6.0; write to us and we bring yours over.",
    ),
    _review(
        8,
        data.BUYER,
        "datacenter",
        3,
        "2024-01-09T13:20:00Z",
        "Fine, once the indexes were built.",
        votes=(1, 2),
    ),
)
"""In the order in which they came."""
