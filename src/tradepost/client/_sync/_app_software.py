# Made by `make client` from _async/_app_software.py. Do not edit.
"""App software: versions and access tokens."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Unpack

from tradepost.app_software.model import (
    AccessTokenCollectionResponse,
    AccessTokenResponse,
    AppSoftwareByAppKeyResponse,
    AppSoftwareVersionCreateRequest,
    AppSoftwareVersionGetResponse,
    AppSoftwareVersionsGetResponse,
    AppSoftwareVersionUpdateRequest,
)
from tradepost.apps.model import ComplianceBoundary
from tradepost.client import _answers
from tradepost.client._queries import LARGEST_PAGE, VersionFilters, next_query
from tradepost.client._requests import get, path, path_of, write
from tradepost.client._sync._core import Core
from tradepost.parent_software.model import Hosting

_VERSIONS = "/rest/3/app-software/{}/versions"
_VERSION = "/rest/3/app-software/{}/versions/{}"
_TOKENS = "/rest/3/app-software/{}/tokens"


class AppSoftware(Core):
    """The operations of the reference's group "App software"."""

    def get_app_software_by_app_key(
        self,
        app_key: str,
        *,
        hosting: Hosting | None = None,
        compliance_boundaries: Sequence[ComplianceBoundary] | None = None,
    ) -> list[AppSoftwareByAppKeyResponse]:
        """The app software of an app. Without `compliance_boundaries`, only commercial clouds."""
        query = {"hosting": hosting, "compliance_boundaries": compliance_boundaries}
        where = path("/rest/3/app-software/app-key/{}", app_key)
        return self._call(get(where, list[AppSoftwareByAppKeyResponse], query))

    def get_app_software_versions(
        self,
        app_software_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        **filters: Unpack[VersionFilters],
    ) -> AppSoftwareVersionsGetResponse:
        """A page of the versions of an app software, newest first."""
        query = {"limit": limit, "cursor": cursor, **filters}
        where = path(_VERSIONS, app_software_id)
        return self._call(get(where, AppSoftwareVersionsGetResponse, query))

    def iterate_app_software_versions(
        self,
        app_software_id: str,
        *,
        page_size: int = LARGEST_PAGE,
        **filters: Unpack[VersionFilters],
    ) -> Iterator[AppSoftwareVersionGetResponse]:
        """All versions of an app software, newest first, read in pages of `page_size`."""
        where = path(_VERSIONS, app_software_id)
        first = get(where, AppSoftwareVersionsGetResponse, {"limit": page_size, **filters})
        return self._walk(first, lambda page: (page.versions, next_query(page.links)))

    def create_app_software_version(
        self,
        app_software_id: str,
        body: AppSoftwareVersionCreateRequest | Mapping[str, Any],
        *,
        validate_only: bool = False,
    ) -> AppSoftwareVersionGetResponse:
        """Create a version; what it is then.

        With `validate_only`, nothing is stored: the version is returned as it would be, or all
        that is wrong with it is raised. Only Tradepost can do that: raises `NotTradepostError`,
        and sends nothing that writes, unless the server has said that it is one.
        """
        request = write(
            "POST",
            path(_VERSIONS, app_software_id),
            body,
            AppSoftwareVersionGetResponse,
            lambda location: get(path_of(location), AppSoftwareVersionGetResponse),
        )
        return self._validate(request) if validate_only else self._call(request)

    def get_app_software_version(
        self, app_software_id: str, build_number: int
    ) -> AppSoftwareVersionGetResponse:
        """A version by its build number."""
        where = path(_VERSION, app_software_id, build_number)
        return self._call(get(where, AppSoftwareVersionGetResponse))

    def update_app_software_version(
        self,
        app_software_id: str,
        build_number: int,
        body: AppSoftwareVersionUpdateRequest | AppSoftwareVersionGetResponse | Mapping[str, Any],
        *,
        validate_only: bool = False,
    ) -> AppSoftwareVersionGetResponse:
        """Replace a version; what it is then. `revision` is the one last read.

        A version as it was read, with changes, can be sent. Raises `RevisionMismatchError` where
        somebody else has changed it meanwhile. `validate_only` is as in
        `create_app_software_version`.
        """
        where = path(_VERSION, app_software_id, build_number)
        kind = AppSoftwareVersionGetResponse
        request = write("PUT", where, body, kind, lambda _: get(where, kind))
        return self._validate(request) if validate_only else self._call(request)

    def get_access_tokens(
        self, id: str, *, token: str | None = None
    ) -> AccessTokenCollectionResponse:
        """The access tokens of an app software, or the one that is `token`, if it is there."""
        found = self._call(get(path(_TOKENS, id), AccessTokenCollectionResponse))
        if token is not None:
            # Narrowed here, not by the query: a URL ends up in logs on the way.
            found.tokens = [each for each in found.tokens if each.token == token]
        return found

    def create_access_token(self, id: str) -> AccessTokenResponse:
        """Create an access token, with which one site can install a private app."""
        request = write("POST", path(_TOKENS, id), {}, AccessTokenResponse)
        response = self._exchange(request)
        if response.content:
            return _answers.value(request, response.status_code, response.content)
        return _answers.created_token(request, response)
