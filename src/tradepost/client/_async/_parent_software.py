"""Parent software: the products that apps extend, and their releases."""

from collections.abc import AsyncIterator

from tradepost.client._async._core import AsyncCore
from tradepost.client._queries import LARGEST_PAGE, next_query
from tradepost.client._requests import get, path
from tradepost.parent_software.model import (
    ParentSoftwareGetAllResponse,
    ParentSoftwareGetResponse,
    ParentSoftwareVersionGetResponse,
    ParentSoftwareVersionsGetResponse,
)

_ALL = "/rest/3/parent-software"
_VERSIONS = "/rest/3/parent-software/{}/versions"


class AsyncParentSoftware(AsyncCore):
    """The operations of the reference's group "Parent software". They need no credentials."""

    async def get_all_parent_software(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> ParentSoftwareGetAllResponse:
        """A page of the products that apps extend."""
        query = {"limit": limit, "cursor": cursor}
        return await self._call(get(_ALL, ParentSoftwareGetAllResponse, query))

    def iterate_all_parent_software(
        self, *, page_size: int = LARGEST_PAGE
    ) -> AsyncIterator[ParentSoftwareGetResponse]:
        """All products that apps extend, read in pages of `page_size`."""
        first = get(_ALL, ParentSoftwareGetAllResponse, {"limit": page_size})
        return self._walk(first, lambda page: (page.parent_software, next_query(page.links)))

    async def get_parent_software(self, parent_software_id: str) -> ParentSoftwareGetResponse:
        """A product by its id, such as `jira`."""
        where = path("/rest/3/parent-software/{}", parent_software_id)
        return await self._call(get(where, ParentSoftwareGetResponse))

    async def get_parent_software_versions(
        self, parent_software_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> ParentSoftwareVersionsGetResponse:
        """A page of the releases of a product, newest first."""
        query = {"limit": limit, "cursor": cursor}
        where = path(_VERSIONS, parent_software_id)
        return await self._call(get(where, ParentSoftwareVersionsGetResponse, query))

    def iterate_parent_software_versions(
        self, parent_software_id: str, *, page_size: int = LARGEST_PAGE
    ) -> AsyncIterator[ParentSoftwareVersionGetResponse]:
        """All releases of a product, newest first, read in pages of `page_size`."""
        where = path(_VERSIONS, parent_software_id)
        first = get(where, ParentSoftwareVersionsGetResponse, {"limit": page_size})
        return self._walk(first, lambda page: (page.versions, next_query(page.links)))

    async def get_parent_software_version_by_build(
        self, parent_software_id: str, build_number: int
    ) -> ParentSoftwareVersionGetResponse:
        """A release of a product by its build number."""
        where = path(_VERSIONS + "/build/{}", parent_software_id, build_number)
        return await self._call(get(where, ParentSoftwareVersionGetResponse))

    async def get_parent_software_version_by_number(
        self, id: str, version_number: str
    ) -> ParentSoftwareVersionGetResponse:
        """A release of a product by its version number."""
        where = path(_VERSIONS + "/number/{}", id, version_number)
        return await self._call(get(where, ParentSoftwareVersionGetResponse))
