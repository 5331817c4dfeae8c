# Made by `make client` from _async/_app_listing.py. Do not edit.
"""App listing: what customers read about an app as a whole."""

from collections.abc import Iterator, Mapping
from typing import Any

from tradepost.app_listing.model import (
    ProductListing,
    ProductListings,
    UpdateProductListingV3Request,
)
from tradepost.client._queries import LARGEST_PAGE, next_query
from tradepost.client._requests import get, path, write
from tradepost.client._sync._core import Core

_LISTING = "/rest/3/product-listing/{}"
_OF_SPACE = "/rest/3/product-listing/developer-space/{}"


class AppListing(Core):
    """The operations of the reference's group "App listing"."""

    def get_product_listing(self, product_id: str) -> ProductListing:
        """The listing of an app."""
        return self._call(get(path(_LISTING, product_id), ProductListing))

    def update_product_listing(
        self,
        product_id: str,
        body: UpdateProductListingV3Request | ProductListing | Mapping[str, Any],
    ) -> ProductListing:
        """Replace the listing of an app; what it is then. `revision` is the one last read."""
        where = path(_LISTING, product_id)
        kind = ProductListing
        return self._call(write("PUT", where, body, kind, lambda _: get(where, kind)))

    def get_product_listings(
        self,
        developer_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        include_private: bool | None = None,
    ) -> ProductListings:
        """A page of the listings of a developer space's apps; members may include private ones."""
        query = {"limit": limit, "cursor": cursor, "include_private": include_private}
        return self._call(get(path(_OF_SPACE, developer_id), ProductListings, query))

    def iterate_product_listings(
        self,
        developer_id: str,
        *,
        page_size: int = LARGEST_PAGE,
        include_private: bool | None = None,
    ) -> Iterator[ProductListing]:
        """The listings of a developer space's apps, read in pages of `page_size`."""
        query = {"limit": page_size, "include_private": include_private}
        first = get(path(_OF_SPACE, developer_id), ProductListings, query)
        return self._walk(first, lambda page: (page.items, next_query(page.links)))
