"""Review of app listings: operations for administrators."""

from collections.abc import Callable
from typing import Final

from tradepost.app_listing import listings, rules, store
from tradepost.app_listing.model import ProductListing, ProductListings
from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.http.bodies import encode
from tradepost.http.call import Answer, Call
from tradepost.http.cursors import CURSOR, LIMIT, Cursors
from tradepost.http.errors import INVALID_PARAMETER, PRODUCT_NOT_FOUND, VALIDATION_ERROR
from tradepost.http.operations import Access, operation
from tradepost.http.pages import page_body
from tradepost.http.writing import Trail
from tradepost.review.model import RejectRequest

_GROUP: Final = "Administration: review"
_LISTING: Final = "/admin/v1/apps/{productId}/listing"


class AppListingReviewApi:
    """Approve or reject the listings that developer spaces with the policy `manual` submit."""

    def __init__(self, database: Database, cursors: Cursors, clock: Clock):
        self._database = database
        self._cursors = cursors
        self._clock = clock

    @operation(
        "GET",
        "/admin/v1/submitted-app-listings",
        group=_GROUP,
        summary="List the app listings that wait for a reviewer, the oldest app first",
        access=Access.ADMINISTRATOR,
        query=(LIMIT, CURSOR),
        answers={200: ProductListings},
        errors=(INVALID_PARAMETER,),
    )
    async def list_submitted_app_listings(self, call: Call) -> Answer:
        page = self._cursors.page(call)
        rows = await store.submitted_page(self._database, page.after or 0, page.wanted)
        links, documents = self._cursors.cut(call, page, rows)
        return Answer(200, page_body(links, b"items", documents))

    @operation(
        "POST",
        f"{_LISTING}/approve",
        group=_GROUP,
        summary="Approve a submitted app listing, which goes where it asks to",
        access=Access.ADMINISTRATOR,
        answers={200: ProductListing},
        errors=(PRODUCT_NOT_FOUND, VALIDATION_ERROR),
    )
    async def approve_app_listing(self, call: Call) -> Answer:
        email, at = call.caller.email, self._clock.stamp()
        return await self._review(call, lambda listing: rules.approve(listing, email, at))

    @operation(
        "POST",
        f"{_LISTING}/reject",
        group=_GROUP,
        summary="Reject a submitted app listing, with a reason",
        access=Access.ADMINISTRATOR,
        body=RejectRequest,
        answers={200: ProductListing},
        errors=(PRODUCT_NOT_FOUND, VALIDATION_ERROR),
    )
    async def reject_app_listing(self, call: Call) -> Answer:
        if await store.standing(self._database, call.path["productId"]) is None:
            raise listings.no_product()
        body = await call.good_body(RejectRequest)
        return await self._review(call, lambda listing: rules.reject(listing, body.reason))

    async def _review(self, call: Call, decide: Callable[[ProductListing], None]) -> Answer:
        async def work(transaction: Transaction, trail: Trail) -> Answer:
            app = await listings.writable(transaction, call.path["productId"])
            before = encode(app.listing)
            decide(app.listing)
            after = await store.update(transaction, app.listing)
            target = listings.target(app.listing.product_id)
            trail.note("appListing", target, app.developer_space_id, before=before, after=after)
            return call.updated(after)

        return await call.write(work)
