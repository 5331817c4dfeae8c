"""App listing: the three operations of the reference's group."""

from typing import Final

from tradepost.app_listing import listings, store
from tradepost.app_listing.model import (
    ProductListing,
    ProductListings,
    UpdateProductListingV3Request,
)
from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.developer_space import rights
from tradepost.developer_space import store as developer_spaces
from tradepost.http.call import Answer, Call
from tradepost.http.cursors import CURSOR, Cursors, limit_parameter
from tradepost.http.errors import (
    DEVELOPER_SPACE_NOT_FOUND,
    FORBIDDEN,
    INVALID_PARAMETER,
    LISTINGS,
    PRECONDITION_FAILED,
    PRODUCT_NOT_FOUND,
    REVISION_MISMATCH,
    VALIDATION_ERROR,
    fail,
)
from tradepost.http.operations import Access, operation
from tradepost.http.pages import page_body
from tradepost.http.parameters import Boolean
from tradepost.http.writing import Trail

_GROUP: Final = "App listing"
_LISTING: Final = "/rest/3/product-listing/{productId}"
_DEFAULT_LIMIT: Final = 10
_LIMIT: Final = limit_parameter(_DEFAULT_LIMIT)
_PRIVATE: Final = Boolean(
    "includePrivate", "Listings in every state, for members; else public ones only."
)


class AppListingApi:
    """The operations of the group. Source: the reference's structure, and "App listing" in the
    contract's semantics."""

    def __init__(self, database: Database, cursors: Cursors, clock: Clock):
        self._database = database
        self._cursors = cursors
        self._clock = clock

    @operation(
        "GET",
        _LISTING,
        group=_GROUP,
        summary="Get the listing of an app",
        dialect=LISTINGS,
        answers={200: ProductListing},
        errors=(PRODUCT_NOT_FOUND,),
    )
    async def get_product_listing(self, call: Call) -> Answer:
        async with self._database.snapshot() as reader:
            found = await store.standing(reader, call.path["productId"])
            if found is None:
                raise listings.no_product()
            if found.state != "PUBLIC" and not call.caller.belongs_to(found.developer_space_id):
                raise listings.no_product()
            call.depends_on(developer_spaces.TOPIC, found.developer_space_id)
            call.unless_unchanged(found.changes)
            return Answer(200, await store.document(reader, found.app_pk))

    @operation(
        "PUT",
        _LISTING,
        group=_GROUP,
        summary="Update the listing of an app",
        access=Access.MEMBER,
        roles=rights.LIST_APPS,
        dialect=LISTINGS,
        body=UpdateProductListingV3Request,
        answers={200: ProductListing},
        errors=(
            PRODUCT_NOT_FOUND,
            FORBIDDEN,
            PRECONDITION_FAILED,
            REVISION_MISMATCH,
            VALIDATION_ERROR,
        ),
    )
    async def update_product_listing(self, call: Call) -> Answer:
        product_id = call.path["productId"]
        found = await store.standing(self._database, product_id)
        if found is None:
            raise listings.no_product()
        call.require_member(found.developer_space_id)
        body, problems = await call.body(UpdateProductListingV3Request)
        at = self._clock.stamp()
        held = call.precondition()

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before, after = await listings.update(transaction, product_id, body, problems, at, held)
            target = listings.target(product_id)
            trail.note("appListing", target, found.developer_space_id, before=before, after=after)
            return call.updated(after)

        return await call.write(work)

    @operation(
        "GET",
        "/rest/3/product-listing/developer-space/{developerId}",
        group=_GROUP,
        summary="Get the listings of a developer space's apps, the oldest app first",
        query=(_LIMIT, CURSOR, _PRIVATE),
        dialect=LISTINGS,
        answers={200: ProductListings},
        errors=(DEVELOPER_SPACE_NOT_FOUND, FORBIDDEN, INVALID_PARAMETER),
    )
    async def get_product_listings(self, call: Call) -> Answer:
        space_id = call.path["developerId"]
        async with self._database.snapshot() as reader:
            if await developer_spaces.find(reader, space_id) is None:
                raise fail(DEVELOPER_SPACE_NOT_FOUND, "there is no developer space with this id")
            page = self._cursors.page(call, _DEFAULT_LIMIT)
            # The cursor says it too, and may have come from somebody else.
            with_private = page.filters.get(_PRIVATE.name) == "true"
            if with_private and not call.caller.belongs_to(space_id):
                raise fail(FORBIDDEN, "only members of the developer space see private listings")
            asked = (space_id, not with_private, page.after or 0, page.wanted)
            call.depends_on(developer_spaces.TOPIC, space_id)
            call.unless_unchanged(await store.page_states(reader, *asked))
            rows = await store.page(reader, *asked)
        links, documents = self._cursors.cut(call, page, rows)
        return Answer(200, page_body(links, b"items", documents))
