"""Writing a migration record, step by step, inside a transaction."""

from tradepost.app_migration import rules, store
from tradepost.app_migration.model import AppMigrationPatchDocumentation, ProductMigrationPut
from tradepost.database import Transaction
from tradepost.http.conditions import Precondition, entity_tag
from tradepost.http.errors import (
    MIGRATION_NOT_FOUND,
    PRECONDITION_FAILED,
    PRODUCT_NOT_FOUND,
    VALIDATION_ERROR,
    ApiError,
    Problem,
    fail,
)


async def replace(
    transaction: Transaction,
    product_id: str,
    body: ProductMigrationPut,
    problems: list[Problem],
    precondition: Precondition,
) -> tuple[bytes | None, bytes]:
    """Replace the record of an app, or make its first; its document as it was, if there was one,
    and as it is.

    `problems` are those of the body. Raises `ApiError` with every problem, or 412; nothing is
    stored then.
    """
    app = await _writable(transaction, product_id)
    _require(precondition, app.changes)
    found = [*problems, *rules.put_problems(body, app.developer_space_id)]
    if found:
        raise ApiError(found)
    record = rules.replaced(body, product_id, app.app_key)
    before = None if app.changes is None else await store.document(transaction, app.app_pk)
    return before, await store.save(transaction, app.app_pk, record)


async def patch(
    transaction: Transaction,
    product_id: str,
    steps: list[AppMigrationPatchDocumentation],
    problems: list[Problem],
    precondition: Precondition,
) -> tuple[bytes, bytes]:
    """Change the record of an app by all steps or by none; its document as it was and as it is.
    See `replace`.

    Raises 404 where there is no record. A patch that changes nothing writes nothing.
    """
    app = await _writable(transaction, product_id)
    if app.changes is None:
        raise no_record()
    _require(precondition, app.changes)
    before = await store.document(transaction, app.app_pk)
    held = store.decoded(before)
    record, found = rules.patched(held, steps)
    if problems or found:
        raise ApiError([*problems, *found])
    if record == held:
        return before, before
    return before, await store.save(transaction, app.app_pk, record)


def target(product_id: str) -> str:
    """What the audit calls the migration record of an app."""
    return f"{product_id}/migration"


def no_product() -> ApiError:
    return fail(PRODUCT_NOT_FOUND, "there is no app with this product id")


def no_record() -> ApiError:
    return fail(MIGRATION_NOT_FOUND, "this app has no migration record")


def _require(precondition: Precondition, changes: int | None) -> None:
    """Raise 412 unless what is held is what the client has read."""
    if precondition and changes is None:
        raise fail(PRECONDITION_FAILED, "If-Match names a state, but nothing is held yet")
    precondition.require(entity_tag(changes))


async def _writable(transaction: Transaction, product_id: str) -> store.Standing:
    """How an app stands now; raises 404, or 400 where it is archived."""
    app = await store.standing(transaction, product_id)
    if app is None:
        raise no_product()
    if app.archived:
        raise fail(VALIDATION_ERROR, "the app or its developer space is archived")
    return app
