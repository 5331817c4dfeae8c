"""Writing what an app declares, step by step, inside a transaction."""

import msgspec

from tradepost.database import Transaction
from tradepost.http.conditions import Precondition, entity_tag
from tradepost.http.errors import (
    PRECONDITION_FAILED,
    PRIVACY_AND_SECURITY_NOT_FOUND,
    PRODUCT_NOT_FOUND,
    VALIDATION_ERROR,
    ApiError,
    Problem,
    fail,
)
from tradepost.privacy_and_security import rules, store
from tradepost.privacy_and_security.model import AppPrivacyAndSecurity, RecordState


class Author(msgspec.Struct, frozen=True):
    """Who writes, and when, in milliseconds since 1970."""

    email: str
    at: int


async def save_draft(
    transaction: Transaction,
    product_id: str,
    body: AppPrivacyAndSecurity,
    problems: list[Problem],
    author: Author,
    precondition: Precondition,
) -> tuple[bytes | None, bytes]:
    """Replace the draft of an app, or begin one; its document as it was, if there was one, and as
    it is. `problems` are those of the body.

    `precondition` is about the draft, and about the live record where there is no draft: what
    whoever edits has read. Raises `ApiError` with every problem, or 412; nothing is stored then.
    """
    app = await _writable(transaction, product_id)
    if precondition:
        held = app.live if app.draft is None else app.draft
        if held is None:
            raise fail(PRECONDITION_FAILED, "If-Match names a state, but nothing is held yet")
        precondition.require(entity_tag(held))
    found = [*problems, *rules.problems_of(body.common_cloud)]
    if found:
        raise ApiError(found)
    record = rules.draft(body, author.email, author.at)
    before = None if app.draft is None else await store.document(transaction, app.app_pk, "draft")
    return before, await store.save_draft(transaction, app.app_pk, record)


async def drop_draft(transaction: Transaction, product_id: str) -> bytes:
    """Forget the draft of an app; its document as it was. Raises 404 where there is none."""
    app = await _with_draft(transaction, product_id)
    before = await store.document(transaction, app.app_pk, "draft")
    await store.drop_draft(transaction, app.app_pk)
    return before


async def publish(
    transaction: Transaction, product_id: str, author: Author
) -> tuple[bytes | None, bytes]:
    """Let the draft of an app take the place of its live record; the document of that as it was,
    if there was one, and as it is.

    Raises 404 where there is no draft, and 400 with every problem of one that was saved when less
    was asked of drafts.
    """
    app = await _with_draft(transaction, product_id)
    record = rules.live(await store.draft(transaction, app.app_pk), author.email, author.at)
    assert isinstance(record.common_cloud, msgspec.Struct)
    found = rules.problems_of(record.common_cloud)
    if found:
        raise ApiError(found)
    before = None if app.live is None else await store.document(transaction, app.app_pk, "live")
    return before, await store.publish(transaction, app.app_pk, record)


def target(product_id: str, state: RecordState) -> str:
    """What the audit calls a record of an app."""
    return f"{product_id}/privacy-and-security/{state}"


def no_product() -> ApiError:
    return fail(PRODUCT_NOT_FOUND, "there is no app with this product id")


def no_record(state: RecordState) -> ApiError:
    what = "draft" if state == "draft" else "live record"
    return fail(PRIVACY_AND_SECURITY_NOT_FOUND, f"this app has no {what} of privacy and security")


async def _writable(transaction: Transaction, product_id: str) -> store.Standing:
    """How an app stands now; raises 404, or 400 where it is archived."""
    app = await store.standing(transaction, product_id)
    if app is None:
        raise no_product()
    if app.archived:
        raise fail(VALIDATION_ERROR, "the app or its developer space is archived")
    return app


async def _with_draft(transaction: Transaction, product_id: str) -> store.Standing:
    app = await _writable(transaction, product_id)
    if app.draft is None:
        raise no_record("draft")
    return app
