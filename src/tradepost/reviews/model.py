"""The wire of Reviews. Names and shapes are those of the reference; the rest is administration."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.http.cursors import PageLinks
from tradepost.http.fields import Moment, Prose, Uuid
from tradepost.http.parameters import MAX_BUILD_NUMBER
from tradepost.parent_software.model import Hosting

Sort = Literal["recent", "helpful", "highest_rated", "lowest_rated"]
Stars = Annotated[int, Meta(ge=1, le=5)]
Votes = Annotated[int, Meta(ge=0, le=MAX_BUILD_NUMBER)]
ResponseText = Annotated[Prose, Meta(min_length=1)]


class AppReview(msgspec.Struct, rename="camel", kw_only=True):
    """A review. `responseContent` is there where the makers of the app have answered."""

    id: str
    content: str
    response_content: str | UnsetType = UNSET
    stars: int
    date: str
    total_votes: int
    helpful_votes: int
    product_hosting: Hosting
    is_flagged: bool
    author_name: str


class ReviewsResponse(msgspec.Struct, rename="camel", kw_only=True):
    """A page of reviews. `count` and `averageStars` are of all that match, not of the page;
    the average is rounded to hundredths, and 0 where there are none. `cursor` leads to the next
    page, and is absent on the last one."""

    product_id: str
    reviews: list[AppReview]
    cursor: str | UnsetType = UNSET
    count: int
    average_stars: float


class ReviewResponseRequest(msgspec.Struct, rename="camel"):
    response_content: ResponseText


class ReviewCreateRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """`date` is when it was written, the present where it is absent."""

    person_id: Uuid
    product_hosting: Hosting
    stars: Stars
    content: Prose = ""
    date: Moment | UnsetType = UNSET
    total_votes: Votes = 0
    helpful_votes: Votes = 0
    is_flagged: bool = False


class ReviewUpdateRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """What is absent stays as it is, but for the author's name, which is that of now."""

    stars: Stars | UnsetType = UNSET
    content: Prose | UnsetType = UNSET
    date: Moment | UnsetType = UNSET
    total_votes: Votes | UnsetType = UNSET
    helpful_votes: Votes | UnsetType = UNSET
    is_flagged: bool | UnsetType = UNSET


class AdministeredReview(AppReview, rename="camel", kw_only=True):
    """A review with what administrators see of it: who wrote it."""

    product_id: str
    person_id: str


class AdministeredReviewPage(msgspec.Struct, rename="camel"):
    links: PageLinks
    reviews: list[AdministeredReview]
