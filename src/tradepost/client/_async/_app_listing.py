"""App listing: what customers read about an app as a whole."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from tradepost.app_listing.model import (
    ProductListing,
    ProductListings,
    UpdateProductListingV3Request,
)
from tradepost.client._async._core import AsyncCore
from tradepost.client._queries import LARGEST_PAGE, next_query
from tradepost.client._requests import get, path, write

_LISTING = "/rest/3/product-listing/{}"
_OF_SPACE = "/rest/3/product-listing/developer-space/{}"


class AsyncAppListing(AsyncCore):
    """The operations of the reference's group "App listing"."""

    async def get_product_listing(self, product_id: str) -> ProductListing:
        """The listing of an app."""
        return await self._call(get(path(_LISTING, product_id), ProductListing))

    async def update_product_listing(
        self,
        product_id: str,
        body: UpdateProductListingV3Request | ProductListing | Mapping[str, Any],
    ) -> ProductListing:
        """Replace the listing of an app; what it is then. `revision` is the one last read."""
        where = path(_LISTING, product_id)
        kind = ProductListing
        return await self._call(write("PUT", where, body, kind, lambda _: get(where, kind)))

    async def get_product_listings(
        self,
        developer_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        include_private: bool | None = None,
    ) -> ProductListings:
        """A page of the listings of a developer space's apps; members may include private ones."""
        query = {"limit": limit, "cursor": cursor, "include_private": include_private}
        return await self._call(get(path(_OF_SPACE, developer_id), ProductListings, query))

    def iterate_product_listings(
        self,
        developer_id: str,
        *,
        page_size: int = LARGEST_PAGE,
        include_private: bool | None = None,
    ) -> AsyncIterator[ProductListing]:
        """The listings of a developer space's apps, read in pages of `page_size`."""
        query = {"limit": page_size, "include_private": include_private}
        first = get(path(_OF_SPACE, developer_id), ProductListings, query)
        return self._walk(first, lambda page: (page.items, next_query(page.links)))
