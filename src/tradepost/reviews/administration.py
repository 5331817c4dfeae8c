"""How reviews come in: operations for administrators."""

from typing import Final

from tradepost.app_listing import listings
from tradepost.app_listing import store as app_listings
from tradepost.apps import store as apps
from tradepost.apps.about import about_app
from tradepost.chance import Chance
from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.http.bodies import encode, known, problem
from tradepost.http.call import Answer, Call
from tradepost.http.cursors import CURSOR, LIMIT, Cursors
from tradepost.http.errors import (
    INVALID_PARAMETER,
    PRODUCT_NOT_FOUND,
    REVIEW_NOT_FOUND,
    VALIDATION_ERROR,
    ApiError,
)
from tradepost.http.operations import Access, operation
from tradepost.http.writing import Trail
from tradepost.people import store as people
from tradepost.reviews import rules, store
from tradepost.reviews.api import no_review
from tradepost.reviews.model import (
    AdministeredReview,
    AdministeredReviewPage,
    ReviewCreateRequest,
    ReviewUpdateRequest,
)

_GROUP: Final = "Administration: reviews"
_REVIEWS: Final = "/admin/v1/apps/{productId}/reviews"
_REVIEW: Final = f"{_REVIEWS}/{{reviewId}}"


class ReviewAdministrationApi:
    """Enter, edit and remove reviews: one for each person, app and hosting."""

    def __init__(self, database: Database, cursors: Cursors, clock: Clock, chance: Chance):
        self._database = database
        self._cursors = cursors
        self._clock = clock
        self._chance = chance

    @operation(
        "POST",
        _REVIEWS,
        group=_GROUP,
        summary="Enter a person's review of an app for a hosting",
        access=Access.ADMINISTRATOR,
        may_validate_only=True,
        body=ReviewCreateRequest,
        answers={201: AdministeredReview},
        errors=(PRODUCT_NOT_FOUND, VALIDATION_ERROR),
    )
    async def create_review(self, call: Call) -> Answer:
        app = await self._app(call)
        product_id = app.listing.product_id
        body, problems = await call.body(ReviewCreateRequest)
        review_id, now = self._chance.uuid(), self._clock.now()

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            await listings.writable(transaction, product_id)
            author = None
            if known(body.person_id):
                author = await people.find(transaction, body.person_id)
            software = await apps.software_of(transaction, product_id)
            hostings = {each.hosting for each in software}
            found = [*problems, *rules.create_problems(body, author, hostings, now)]
            if (
                author is not None
                and known(body.product_hosting)
                and await store.has_reviewed(
                    transaction, product_id, author.id, body.product_hosting
                )
            ):
                found.append(problem("personId", "has reviewed this app for this hosting already"))
            if found:
                raise ApiError(found)
            assert author is not None
            review = rules.created(body, review_id, author, now)
            await store.insert(transaction, product_id, author.id, review)
            document = encode(store.administered(review, product_id, author.id))
            trail.note("review", review_id, app.developer_space_id, after=document)
            return call.created(f"/rest/3/products/{product_id}/reviews/{review_id}", document)

        return await call.write(work, about=about_app(app.listing.app_key))

    @operation(
        "GET",
        _REVIEWS,
        group=_GROUP,
        summary="List the reviews of an app with their authors, in the order in which they came",
        access=Access.ADMINISTRATOR,
        query=(LIMIT, CURSOR),
        answers={200: AdministeredReviewPage},
        errors=(PRODUCT_NOT_FOUND, INVALID_PARAMETER),
    )
    async def list_reviews(self, call: Call) -> Answer:
        product_id = (await self._app(call)).listing.product_id
        page = self._cursors.page(call)
        rows = await store.administered_page(
            self._database, product_id, page.after or 0, page.wanted
        )
        return Answer(200, encode(AdministeredReviewPage(*self._cursors.cut(call, page, rows))))

    @operation(
        "PATCH",
        _REVIEW,
        group=_GROUP,
        summary="Edit a review: stars, text, votes, flag, date",
        access=Access.ADMINISTRATOR,
        body=ReviewUpdateRequest,
        answers={200: AdministeredReview},
        errors=(PRODUCT_NOT_FOUND, REVIEW_NOT_FOUND, VALIDATION_ERROR),
    )
    async def update_review(self, call: Call) -> Answer:
        app = await self._app(call)
        product_id = app.listing.product_id
        body, problems = await call.body(ReviewUpdateRequest)
        now = self._clock.now()

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            await listings.writable(transaction, product_id)
            held = await self._held(transaction, call)
            found = [*problems, *rules.update_problems(body, held.review, now)]
            if found:
                raise ApiError(found)
            author = await people.find(transaction, held.person_id)
            assert author is not None
            review = rules.updated(body, held.review, author)
            await store.update(transaction, product_id, held, review)
            before = _administered(held, product_id)
            after = encode(store.administered(review, product_id, author.id))
            trail.note("review", review.id, app.developer_space_id, before=before, after=after)
            return Answer(200, after)

        return await call.write(work, about=about_app(app.listing.app_key))

    @operation(
        "DELETE",
        _REVIEW,
        group=_GROUP,
        summary="Remove a review and its answer, also of an archived app",
        access=Access.ADMINISTRATOR,
        answers={204: None},
        errors=(PRODUCT_NOT_FOUND, REVIEW_NOT_FOUND),
    )
    async def remove_review(self, call: Call) -> Answer:
        app = await self._app(call)
        product_id = app.listing.product_id

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            held = await self._held(transaction, call)
            await store.remove(transaction, product_id, held)
            before = _administered(held, product_id)
            trail.note("review", held.review.id, app.developer_space_id, before=before)
            return Answer(204)

        return await call.write(work, about=about_app(app.listing.app_key))

    async def _app(self, call: Call) -> app_listings.ListedApp:
        """The app of the path; raises 404."""
        app = await app_listings.find(self._database, call.path["productId"])
        if app is None:
            raise listings.no_product()
        return app

    async def _held(self, transaction: Transaction, call: Call) -> store.Held:
        """The review of the path; raises 404."""
        held = await store.find(transaction, call.path["productId"], call.path["reviewId"])
        if held is None:
            raise no_review()
        return held


def _administered(held: store.Held, product_id: str) -> bytes:
    """The document of a review that is there, as administrators see it."""
    return encode(store.administered(held.review, product_id, held.person_id))
