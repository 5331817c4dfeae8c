"""Migrations: how an app's customers get from server or data center to the cloud."""

from collections.abc import Mapping, Sequence
from typing import Any

from tradepost.app_migration.model import (
    AppMigrationPatchDocumentation,
    ProductMigrationInformation,
    ProductMigrationPut,
)
from tradepost.client._async._core import AsyncCore
from tradepost.client._requests import get, patch, path, write

_PRODUCT = "/rest/3/cloud-migration-compatibility/products/{}"


class AsyncAppMigration(AsyncCore):
    """The operations of the reference's group "Migrations"."""

    async def get_product_migration(self, product_id: str) -> ProductMigrationInformation:
        """The migration record of an app."""
        return await self._call(get(path(_PRODUCT, product_id), ProductMigrationInformation))

    async def update_product_migration(
        self,
        product_id: str,
        body: ProductMigrationPut | ProductMigrationInformation | Mapping[str, Any],
        *,
        validate_only: bool = False,
    ) -> ProductMigrationInformation:
        """Replace the migration record of an app, or make its first; what it is then.

        `validate_only` is as in `create_app_software_version`.
        """
        where = path(_PRODUCT, product_id)
        kind = ProductMigrationInformation
        request = write("PUT", where, body, kind, lambda _: get(where, kind))
        return await (self._validate(request) if validate_only else self._call(request))

    async def patch_product_migration(
        self,
        product_id: str,
        body: Sequence[AppMigrationPatchDocumentation | Mapping[str, Any]],
        *,
        validate_only: bool = False,
    ) -> ProductMigrationInformation:
        """Change parts of the migration record of an app: all that is asked, or nothing; what it
        is then.

        `validate_only` is as in `create_app_software_version`.
        """
        where = path(_PRODUCT, product_id)
        kind = ProductMigrationInformation
        request = patch(where, body, kind, lambda _: get(where, kind))
        return await (self._validate(request) if validate_only else self._call(request))
