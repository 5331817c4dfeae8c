"""What customers read about a developer space: operations for administrators.

The contract's group reads these listings and has no operation that writes them.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from tradepost.database import Transaction
from tradepost.developer_space import store
from tradepost.developer_space.administration import no_space, refuse_archived
from tradepost.developer_space.model import (
    CoreListing,
    DeveloperCoreListing,
    DeveloperListing,
    DeveloperWebListing,
    WebListing,
)
from tradepost.http.call import Answer, Call
from tradepost.http.errors import NOT_FOUND, VALIDATION_ERROR, fail
from tradepost.http.operations import Access, operation
from tradepost.http.writing import Trail

_GROUP: Final = "Administration: developer spaces"
_LISTINGS: Final = "/admin/v1/developer-spaces/{developerSpaceId}/listings"
_ERRORS: Final = (NOT_FOUND, VALIDATION_ERROR)

Content = TypeVar("Content", DeveloperCoreListing, DeveloperWebListing)


class DeveloperListingAdministrationApi:
    """Set and remove the listings of a developer space. The body of PUT is the content."""

    @operation(
        "PUT",
        f"{_LISTINGS}/DEVELOPER_CORE",
        group=_GROUP,
        summary="Set how customers reach a developer space",
        access=Access.ADMINISTRATOR,
        body=DeveloperCoreListing,
        answers={200: CoreListing},
        errors=_ERRORS,
    )
    async def put_developer_core_listing(self, call: Call) -> Answer:
        return await self._put(call, DeveloperCoreListing, CoreListing)

    @operation(
        "PUT",
        f"{_LISTINGS}/DEVELOPER_WEB",
        group=_GROUP,
        summary="Set how a developer space presents and supports itself",
        access=Access.ADMINISTRATOR,
        body=DeveloperWebListing,
        answers={200: WebListing},
        errors=_ERRORS,
    )
    async def put_developer_web_listing(self, call: Call) -> Answer:
        return await self._put(call, DeveloperWebListing, WebListing)

    @operation(
        "DELETE",
        f"{_LISTINGS}/DEVELOPER_CORE",
        group=_GROUP,
        summary="Remove what customers read about reaching a developer space",
        access=Access.ADMINISTRATOR,
        answers={204: None},
        errors=_ERRORS,
    )
    async def delete_developer_core_listing(self, call: Call) -> Answer:
        return await self._delete(call, CoreListing)

    @operation(
        "DELETE",
        f"{_LISTINGS}/DEVELOPER_WEB",
        group=_GROUP,
        summary="Remove what a developer space shows of itself",
        access=Access.ADMINISTRATOR,
        answers={204: None},
        errors=_ERRORS,
    )
    async def delete_developer_web_listing(self, call: Call) -> Answer:
        return await self._delete(call, WebListing)

    async def _put(
        self,
        call: Call,
        kind: type[Content],
        listing_of: Callable[..., DeveloperListing],
    ) -> Answer:
        space_id = call.path["developerSpaceId"]
        content = await call.good_body(kind)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            await _require_writable(transaction, space_id)
            listing = listing_of(developer_id=space_id, content=content)
            listing.version = 1 + await store.listing_version(transaction, space_id, type(listing))
            before = await store.listing(transaction, space_id, type(listing))
            after = await store.save_listing(transaction, listing)
            target = f"{space_id}/listings/{store.listing_type(type(listing))}"
            trail.note("developerListing", target, space_id, before=before, after=after)
            return call.updated(after)

        return await call.write(work)

    async def _delete(self, call: Call, kind: type[DeveloperListing]) -> Answer:
        space_id = call.path["developerSpaceId"]

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            await _require_writable(transaction, space_id)
            before = await store.listing(transaction, space_id, kind)
            if not await store.delete_listing(transaction, space_id, kind):
                raise fail(NOT_FOUND, "this developer space has no such listing")
            target = f"{space_id}/listings/{store.listing_type(kind)}"
            trail.note("developerListing", target, space_id, before=before)
            return Answer(204)

        return await call.write(work)


async def _require_writable(transaction: Transaction, space_id: str) -> None:
    """Raise 404 for a developer space that is not there, and 400 for one that is archived."""
    space = await store.find(transaction, space_id)
    if space is None:
        raise no_space()
    refuse_archived(space)
