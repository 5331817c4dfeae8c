"""Reviews: the four operations of the reference's group."""

from typing import Final, cast, get_args

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.app_listing import listings
from tradepost.app_listing import store as app_listings
from tradepost.apps.about import about_app
from tradepost.database import Database, Reader, Transaction
from tradepost.developer_space import rights
from tradepost.http.bodies import encode
from tradepost.http.call import Answer, Call
from tradepost.http.conditions import NO_PRECONDITION, Precondition, entity_tag
from tradepost.http.cursors import CURSOR, LIMIT, Cursors
from tradepost.http.errors import (
    FORBIDDEN,
    INVALID_PARAMETER,
    PRECONDITION_FAILED,
    PRODUCT_NOT_FOUND,
    REVIEW_NOT_FOUND,
    VALIDATION_ERROR,
    ApiError,
    Problem,
    fail,
)
from tradepost.http.operations import Access, operation
from tradepost.http.parameters import Choice
from tradepost.http.writing import Trail
from tradepost.parent_software.model import HOSTINGS
from tradepost.reviews import rules, store
from tradepost.reviews.model import AppReview, ReviewResponseRequest, ReviewsResponse, Sort

_GROUP: Final = "Reviews"
_REVIEWS: Final = "/rest/3/products/{productId}/reviews"
_REVIEW: Final = f"{_REVIEWS}/{{reviewId}}"
_SORT: Final = Choice(
    "sort", get_args(Sort), "What comes first; `recent` unless told otherwise. Equal ones: newest."
)
_HOSTING: Final = Choice("hosting", HOSTINGS, "Only reviews of the app for this hosting.")
_WRITE_ERRORS: Final = (PRODUCT_NOT_FOUND, REVIEW_NOT_FOUND, FORBIDDEN, VALIDATION_ERROR)


class ReviewsApi:
    """The operations of the group. Source: the reference's structure, and "Reviews" in the
    decisions of `docs/api-design.md`."""

    def __init__(self, database: Database, cursors: Cursors):
        self._database = database
        self._cursors = cursors

    @operation(
        "GET",
        _REVIEWS,
        group=_GROUP,
        summary="Get the reviews of an app",
        query=(_SORT, CURSOR, LIMIT, _HOSTING),
        answers={200: ReviewsResponse},
        errors=(PRODUCT_NOT_FOUND, INVALID_PARAMETER),
    )
    async def get_reviews(self, call: Call) -> Answer:
        async with self._database.snapshot() as reader:
            app = await _reviewed(reader, call)
            page = self._cursors.page(call)
            hosting = page.filters.get(_HOSTING.name)
            sort = cast("Sort", page.filters.get(_SORT.name, "recent"))
            totals = await store.totals(reader, app.app_pk, hosting)
            call.unless_unchanged(*totals.changes)
            rows = await store.page(reader, app.app_pk, hosting, sort, page.after, page.wanted)
        cursor = None
        if len(rows) > page.limit:
            after, _ = rows[page.limit - 1]
            cursor = self._cursors.seal(call.url_path, page, after)
        return Answer(200, _page_body(call.path["productId"], rows[: page.limit], cursor, totals))

    @operation(
        "GET",
        _REVIEW,
        group=_GROUP,
        summary="Get a review",
        answers={200: AppReview},
        errors=(PRODUCT_NOT_FOUND, REVIEW_NOT_FOUND),
    )
    async def get_review(self, call: Call) -> Answer:
        review_id = call.path["reviewId"]
        async with self._database.snapshot() as reader:
            app = await _reviewed(reader, call)
            changes = await store.changes_of(reader, app.app_pk, review_id)
            if changes is None:
                raise no_review()
            call.unless_unchanged(changes)
            return Answer(200, await store.document(reader, review_id))

    @operation(
        "PUT",
        f"{_REVIEW}/response",
        group=_GROUP,
        summary="Answer a review, in place of the answer that it has",
        access=Access.MEMBER,
        roles=rights.LIST_APPS,
        body=ReviewResponseRequest,
        answers={204: None},
        errors=(*_WRITE_ERRORS, PRECONDITION_FAILED),
    )
    async def update_review_response(self, call: Call) -> Answer:
        app = await self._owned(call)
        body, problems = await call.body(ReviewResponseRequest)
        held = call.precondition()
        return await self._answer(call, app, body.response_content, problems, held)

    @operation(
        "DELETE",
        f"{_REVIEW}/response",
        group=_GROUP,
        summary="Take the answer to a review away",
        access=Access.MEMBER,
        roles=rights.LIST_APPS,
        answers={204: None},
        errors=_WRITE_ERRORS,
    )
    async def delete_review_response(self, call: Call) -> Answer:
        app = await self._owned(call)
        return await self._answer(call, app, UNSET, [], NO_PRECONDITION)

    async def _owned(self, call: Call) -> app_listings.ListedApp:
        """The app of the path; raises 404, and 403 for those who may not answer for it."""
        app = await app_listings.find(self._database, call.path["productId"])
        if app is None:
            raise listings.no_product()
        call.require_member(app.developer_space_id)
        return app

    async def _answer(
        self,
        call: Call,
        app: app_listings.ListedApp,
        response: str | UnsetType,
        problems: list[Problem],
        precondition: Precondition,
    ) -> Answer:
        """Set the answer to the review of the path, or take it away."""
        product_id = call.path["productId"]

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            await listings.writable(transaction, product_id)
            held = await store.find(transaction, product_id, call.path["reviewId"])
            if held is None:
                raise no_review()
            precondition.require(entity_tag(held.changes))
            if problems:
                raise ApiError(problems)
            if response is UNSET and held.review.response_content is UNSET:
                raise fail(REVIEW_NOT_FOUND, "this review has no answer")
            review = rules.answered(held.review, response)
            await store.update(transaction, product_id, held, review)
            trail.note(
                "reviewResponse",
                f"{review.id}/response",
                app.developer_space_id,
                before=_response(held.review),
                after=_response(review),
            )
            return Answer(204)

        return await call.write(work, about=about_app(app.listing.app_key))


async def _reviewed(reader: Reader, call: Call) -> app_listings.Standing:
    """The app of the path, and that the answer depends on it; raises 404 where the caller may not
    see its listing."""
    product_id = call.path["productId"]
    found = await app_listings.standing(reader, product_id)
    if found is None:
        raise listings.no_product()
    if found.state != "PUBLIC" and not call.caller.belongs_to(found.developer_space_id):
        raise listings.no_product()
    call.depends_on(app_listings.topic(product_id), found.developer_space_id)
    return found


def _page_body(
    product_id: str, rows: list[tuple[list[int], bytes]], cursor: str | None, totals: store.Totals
) -> bytes:
    """`ReviewsResponse` as JSON, with the documents spliced in."""
    return b'{"productId":%b,"reviews":[%b],%b"count":%d,"averageStars":%b}' % (
        msgspec.json.encode(product_id),
        b",".join(document for _, document in rows),
        b"" if cursor is None else b'"cursor":"%b",' % cursor.encode(),
        totals.count,
        msgspec.json.encode(rules.average_stars(totals.count, totals.stars)),
    )


def _response(review: AppReview) -> bytes | None:
    """The answer to a review as JSON, where it has one."""
    if isinstance(review.response_content, UnsetType):
        return None
    return encode(ReviewResponseRequest(review.response_content))


def no_review() -> ApiError:
    return fail(REVIEW_NOT_FOUND, "this product has no review with this id")
