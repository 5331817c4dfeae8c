"""Migrations: the three operations of the reference's group."""

from typing import Final

from tradepost.app_migration import records, store
from tradepost.app_migration.model import (
    AppMigrationPatch,
    ProductMigrationInformation,
    ProductMigrationPut,
)
from tradepost.apps.about import about_app
from tradepost.database import Database, Transaction
from tradepost.developer_space import rights
from tradepost.http.call import Answer, Call
from tradepost.http.errors import (
    FORBIDDEN,
    MIGRATION_NOT_FOUND,
    PRECONDITION_FAILED,
    PRODUCT_NOT_FOUND,
    VALIDATION_ERROR,
)
from tradepost.http.operations import Access, operation
from tradepost.http.writing import Trail

_GROUP: Final = "Migrations"
_PRODUCT: Final = "/rest/3/cloud-migration-compatibility/products/{productId}"
_JSON_PATCH: Final = "application/json-patch+json"
_WRITE_ERRORS: Final = (PRODUCT_NOT_FOUND, FORBIDDEN, PRECONDITION_FAILED, VALIDATION_ERROR)


class AppMigrationApi:
    """The operations of the group. Source: the reference's structure."""

    def __init__(self, database: Database):
        self._database = database

    @operation(
        "GET",
        _PRODUCT,
        group=_GROUP,
        summary="Get the migration record of an app",
        answers={200: ProductMigrationInformation},
        errors=(PRODUCT_NOT_FOUND, MIGRATION_NOT_FOUND),
    )
    async def get_product_migration(self, call: Call) -> Answer:
        async with self._database.snapshot() as reader:
            found = await store.standing(reader, call.path["productId"])
            if found is None:
                raise records.no_product()
            if found.changes is None:
                raise records.no_record()
            call.depends_on(store.topic(found.app_pk))
            call.unless_unchanged(found.changes)
            return Answer(200, await store.document(reader, found.app_pk))

    @operation(
        "PUT",
        _PRODUCT,
        group=_GROUP,
        summary="Replace the migration record of an app, or make its first",
        access=Access.MEMBER,
        roles=rights.DESCRIBE_MIGRATION,
        may_validate_only=True,
        body=ProductMigrationPut,
        body_required=False,
        answers={200: ProductMigrationInformation},
        errors=_WRITE_ERRORS,
    )
    async def update_product_migration(self, call: Call) -> Answer:
        app, product_id = await self._described(call), call.path["productId"]
        body, problems = await call.body(ProductMigrationPut)
        held = call.precondition()

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before, after = await records.replace(transaction, product_id, body, problems, held)
            target = records.target(product_id)
            trail.note("migration", target, app.developer_space_id, before=before, after=after)
            return call.updated(after)

        return await call.write(work, about=about_app(app.app_key))

    @operation(
        "PATCH",
        _PRODUCT,
        group=_GROUP,
        summary="Change parts of the migration record of an app: all that is asked, or nothing",
        access=Access.MEMBER,
        roles=rights.DESCRIBE_MIGRATION,
        may_validate_only=True,
        body=AppMigrationPatch,
        body_required=False,
        consumes=_JSON_PATCH,
        answers={200: ProductMigrationInformation},
        errors=(*_WRITE_ERRORS, MIGRATION_NOT_FOUND),
    )
    async def patch_product_migration(self, call: Call) -> Answer:
        app, product_id = await self._described(call), call.path["productId"]
        steps, problems = await call.body(AppMigrationPatch)
        held = call.precondition()

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before, after = await records.patch(transaction, product_id, steps, problems, held)
            target = records.target(product_id)
            trail.note("migration", target, app.developer_space_id, before=before, after=after)
            return call.updated(after)

        return await call.write(work, about=about_app(app.app_key))

    async def _described(self, call: Call) -> store.Standing:
        """How the app of the path stands; raises 404, and 403 for those who may not describe it."""
        found = await store.standing(self._database, call.path["productId"])
        if found is None:
            raise records.no_product()
        call.require_member(found.developer_space_id)
        return found
