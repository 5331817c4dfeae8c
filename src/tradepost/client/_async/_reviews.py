"""Reviews: what customers think of an app, and what its makers answer."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from msgspec import Raw, UnsetType

from tradepost.client._async._core import AsyncCore
from tradepost.client._queries import LARGEST_PAGE
from tradepost.client._requests import Query, delete, get, path, write
from tradepost.parent_software.model import Hosting
from tradepost.reviews.model import AppReview, ReviewResponseRequest, ReviewsResponse, Sort

_REVIEWS = "/rest/3/products/{}/reviews"
_REVIEW = _REVIEWS + "/{}"
_RESPONSE = _REVIEW + "/response"


class AsyncReviews(AsyncCore):
    """The operations of the reference's group "Reviews"."""

    async def get_reviews(
        self,
        product_id: str,
        *,
        sort: Sort | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        hosting: Hosting | None = None,
    ) -> ReviewsResponse:
        """A page of the reviews of an app. Its `cursor` is that of the next one."""
        query = {"sort": sort, "cursor": cursor, "limit": limit, "hosting": hosting}
        return await self._call(get(path(_REVIEWS, product_id), ReviewsResponse, query))

    def iterate_reviews(
        self,
        product_id: str,
        *,
        page_size: int = LARGEST_PAGE,
        sort: Sort | None = None,
        hosting: Hosting | None = None,
    ) -> AsyncIterator[AppReview]:
        """The reviews of an app, read in pages of `page_size`."""
        query = {"limit": page_size, "sort": sort, "hosting": hosting}
        first = get(path(_REVIEWS, product_id), ReviewsResponse, query)

        def read(page: ReviewsResponse) -> tuple[list[AppReview], Query | None]:
            cursor = page.cursor
            return page.reviews, None if isinstance(cursor, UnsetType) else {"cursor": cursor}

        return self._walk(first, read)

    async def get_review(self, product_id: str, review_id: str) -> AppReview:
        """A review of an app."""
        return await self._call(get(path(_REVIEW, product_id, review_id), AppReview))

    async def update_review_response(
        self, product_id: str, review_id: str, body: ReviewResponseRequest | Mapping[str, Any]
    ) -> None:
        """Answer a review, in place of the answer that it has."""
        await self._call(write("PUT", path(_RESPONSE, product_id, review_id), body, Raw))

    async def delete_review_response(self, product_id: str, review_id: str) -> None:
        """Take the answer to a review away."""
        await self._call(delete(path(_RESPONSE, product_id, review_id)))
