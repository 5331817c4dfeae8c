"""Writing an app listing, step by step, inside a transaction."""

import msgspec

from tradepost.app_listing import rules, store
from tradepost.app_listing.model import UpdateProductListingV3Request
from tradepost.assets import store as assets
from tradepost.database import Transaction
from tradepost.http.conditions import Precondition, entity_tag
from tradepost.http.errors import PRODUCT_NOT_FOUND, VALIDATION_ERROR, ApiError, Problem, fail


async def writable(transaction: Transaction, product_id: str) -> store.ListedApp:
    """The app with its listing as it is now; raises 404, or 400 where it is archived."""
    app = await store.find(transaction, product_id)
    if app is None:
        raise no_product()
    if app.archived:
        raise fail(VALIDATION_ERROR, "the app or its developer space is archived")
    return app


async def update(
    transaction: Transaction,
    product_id: str,
    body: UpdateProductListingV3Request,
    problems: list[Problem],
    at: str,
    precondition: Precondition,
) -> tuple[bytes, bytes]:
    """Replace a listing; its document as it was and as it is.

    `problems` are those of the body, `at` is RFC 3339.

    Raises `ApiError` with every problem, or 412; nothing is stored then.
    """
    app = await writable(transaction, product_id)
    if precondition:
        standing = await store.standing(transaction, product_id)
        assert standing is not None
        precondition.require(entity_tag(standing.changes))
    missing = await assets.missing_images(transaction, (i for _, i in rules.images_of(body)))
    found = [
        *rules.conflict_problems(body, app.listing),
        *problems,
        *rules.content_problems(body, missing),
    ]
    if found:
        raise ApiError(found)
    before = msgspec.json.encode(app.listing)
    listing = rules.updated(body, app.listing, app.approval_policy, at)
    return before, await store.update(transaction, listing)


async def note_compliance_boundary(transaction: Transaction, product_id: str) -> None:
    """Let the listing say that the app has a cloud app software beside the commercial one."""
    app = await store.find(transaction, product_id)
    assert app is not None
    if not app.listing.cloud_compliance_boundary:
        app.listing.cloud_compliance_boundary = True
        app.listing.revision += 1
        await store.update(transaction, app.listing)


def target(product_id: str) -> str:
    """What the audit calls the listing of an app."""
    return f"{product_id}/listing"


def no_product() -> ApiError:
    return fail(PRODUCT_NOT_FOUND, "there is no app with this product id")
