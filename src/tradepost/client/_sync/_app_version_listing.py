# Made by `make client` from _async/_app_version_listing.py. Do not edit.
"""App version listing: what customers read about a version."""

from collections.abc import Iterator, Mapping
from typing import Any

from tradepost.app_version_listing.model import (
    ApprovalStatus,
    AppSoftwareVersionListing,
    AppSoftwareVersionListings,
    CreateAppSoftwareVersionListingV3Request,
    ListingState,
    UpdateAppSoftwareVersionListingV3Request,
)
from tradepost.client._queries import LARGEST_PAGE, next_query
from tradepost.client._requests import get, path, write
from tradepost.client._sync._core import Core

_LISTING = "/rest/3/app-software/{}/versions/{}/listing"
_ALL = "/rest/3/app-software/{}/listings/all"


class AppVersionListing(Core):
    """The operations of the reference's group "App version listing"."""

    def get_app_software_version_listing(
        self, app_software_id: str, build_number: int
    ) -> AppSoftwareVersionListing:
        """The listing of a version."""
        where = path(_LISTING, app_software_id, build_number)
        return self._call(get(where, AppSoftwareVersionListing))

    def create_app_software_version_listing(
        self,
        app_software_id: str,
        build_number: int,
        body: CreateAppSoftwareVersionListingV3Request | Mapping[str, Any],
        *,
        validate_only: bool = False,
    ) -> AppSoftwareVersionListing:
        """Create the listing of a version; what it is then.

        `validate_only` is as in `create_app_software_version`.
        """
        where = path(_LISTING, app_software_id, build_number)
        kind = AppSoftwareVersionListing
        request = write("POST", where, body, kind, lambda _: get(where, kind))
        return self._validate(request) if validate_only else self._call(request)

    def update_app_software_version_listing(
        self,
        app_software_id: str,
        build_number: int,
        body: UpdateAppSoftwareVersionListingV3Request
        | AppSoftwareVersionListing
        | Mapping[str, Any],
        *,
        validate_only: bool = False,
    ) -> AppSoftwareVersionListing:
        """Replace the listing of a version; what it is then. `revision` is the one last read.

        `validate_only` is as in `create_app_software_version`.
        """
        where = path(_LISTING, app_software_id, build_number)
        kind = AppSoftwareVersionListing
        request = write("PUT", where, body, kind, lambda _: get(where, kind))
        return self._validate(request) if validate_only else self._call(request)

    def get_app_software_version_listings(
        self,
        app_software_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        state: ListingState | None = None,
        approval_status: ApprovalStatus | None = None,
    ) -> AppSoftwareVersionListings:
        """A page of the listings of all versions, the newest version first."""
        query = {
            "limit": limit,
            "cursor": cursor,
            "state": state,
            "approval_status": approval_status,
        }
        where = path(_ALL, app_software_id)
        return self._call(get(where, AppSoftwareVersionListings, query))

    def iterate_app_software_version_listings(
        self,
        app_software_id: str,
        *,
        page_size: int = LARGEST_PAGE,
        state: ListingState | None = None,
        approval_status: ApprovalStatus | None = None,
    ) -> Iterator[AppSoftwareVersionListing]:
        """The listings of all versions, the newest version first, in pages of `page_size`."""
        query = {"limit": page_size, "state": state, "approval_status": approval_status}
        first = get(path(_ALL, app_software_id), AppSoftwareVersionListings, query)
        return self._walk(first, lambda page: (page.versions, next_query(page.links)))
