# Made by `make client` from _async/_developer_space.py. Do not edit.
"""Developer space: who owns apps, and who belongs to it."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UnsetType

from tradepost.client._queries import LARGEST_PAGE
from tradepost.client._requests import Query, delete, get, path, write
from tradepost.client._sync._core import Core
from tradepost.developer_space.model import (
    AllDeveloperMembers,
    DeveloperCatalogAccountId,
    DeveloperId,
    DeveloperListing,
    DeveloperMember,
    DeveloperMemberWrites,
    DeveloperSpaceResponse,
)

_SPACE = "/rest/3/developer-space/{}"
_MEMBERS = _SPACE + "/members"
_MEMBER = _MEMBERS + "/{}"

Writes = DeveloperMemberWrites | DeveloperMember | Mapping[str, Any]


class DeveloperSpace(Core):
    """The operations of the reference's group "Developer space"."""

    def get_developer_space(self, developer_id: str) -> DeveloperSpaceResponse:
        """A developer space."""
        return self._call(get(path(_SPACE, developer_id), DeveloperSpaceResponse))

    def get_developer_space_by_vendor(self, vendor_id: int) -> DeveloperId:
        """The id of the developer space with a vendor id."""
        where = path("/rest/3/developer-space/vendor/{}", vendor_id)
        return self._call(get(where, DeveloperId))

    def get_developer_catalog_account(self, developer_id: str) -> DeveloperCatalogAccountId:
        """The catalog account of a developer space."""
        where = path(_SPACE + "/catalog-account", developer_id)
        return self._call(get(where, DeveloperCatalogAccountId))

    def get_developer_listings(self, developer_id: str) -> list[DeveloperListing]:
        """What customers read about a developer space."""
        where = path(_SPACE + "/listings", developer_id)
        return self._call(get(where, list[DeveloperListing]))

    def get_developer_members(
        self, developer_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> AllDeveloperMembers:
        """A page of the members of a developer space. Its `next` is the cursor of the next one."""
        query = {"limit": limit, "cursor": cursor}
        return self._call(get(path(_MEMBERS, developer_id), AllDeveloperMembers, query))

    def iterate_developer_members(
        self, developer_id: str, *, page_size: int = LARGEST_PAGE
    ) -> Iterator[DeveloperMember]:
        """All members of a developer space, read in pages of `page_size`."""
        first = get(path(_MEMBERS, developer_id), AllDeveloperMembers, {"limit": page_size})

        def read(page: AllDeveloperMembers) -> tuple[list[DeveloperMember], Query | None]:
            cursor = page.next
            return page.members, None if isinstance(cursor, UnsetType) else {"cursor": cursor}

        return self._walk(first, read)

    def get_developer_member(self, developer_id: str, aaid: str) -> DeveloperMember:
        """A member of a developer space."""
        return self._call(get(path(_MEMBER, developer_id, aaid), DeveloperMember))

    def create_developer_member(
        self, developer_id: str, aaid: str, body: Writes
    ) -> DeveloperMember:
        """Add a person to a developer space; the member."""
        where = path(_MEMBER, developer_id, aaid)
        kind = DeveloperMember
        return self._call(write("POST", where, body, kind, lambda _: get(where, kind)))

    def update_developer_member(
        self, developer_id: str, aaid: str, body: Writes
    ) -> DeveloperMember:
        """Set what is given of a member's roles and categories; the member."""
        where = path(_MEMBER, developer_id, aaid)
        kind = DeveloperMember
        return self._call(write("PUT", where, body, kind, lambda _: get(where, kind)))

    def delete_developer_member(self, developer_id: str, aaid: str) -> None:
        """Remove a member from a developer space."""
        self._call(delete(path(_MEMBER, developer_id, aaid)))
