"""What a document says of an app beside its versions: reviews, privacy and security, migration."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from tradepost.app_migration import store as migrations
from tradepost.app_migration.model import ProductMigrationInformation
from tradepost.chance import Chance
from tradepost.database import Transaction
from tradepost.http.fields import Line, Prose, Uuid
from tradepost.people import store as people
from tradepost.privacy_and_security import store as privacy
from tradepost.privacy_and_security.model import TrustInfo
from tradepost.reviews import store as reviews
from tradepost.reviews.model import AppReview, ResponseText, Stars, Votes
from tradepost.sandbox.model import AppEntry, Stamp
from tradepost.sandbox.soundness import BadDocumentError, converted


class _Review(AppReview, kw_only=True):
    """What a review may be by the operations that write one."""

    id: Uuid
    content: Prose
    response_content: ResponseText | UnsetType = UNSET
    stars: Stars
    date: Stamp
    total_votes: Votes
    helpful_votes: Votes
    author_name: Line


async def load_records(
    transaction: Transaction,
    app_pk: int,
    product_id: str,
    space_id: str,
    entry: AppEntry,
    at: str,
    chance: Chance,
) -> None:
    """Store the records of an app that is there; `at` is the time of what does not say its own.

    Raises `BadDocumentError`.
    """
    for number, sent in enumerate(entry.reviews):
        where = f"review {number + 1} of the app {entry.app_key}"
        await _review(transaction, product_id, sent, where, at, chance)
    for state in ("live", "draft"):
        record = getattr(entry.privacy_and_security, state)
        if record is not UNSET:
            where = f"the {state} privacy record of the app {entry.app_key}"
            info = converted(record, TrustInfo, where)
            await privacy.save_draft(transaction, app_pk, info)
            if state == "live":
                await privacy.publish(transaction, app_pk, info)
    if entry.migration is not UNSET:
        where = f"the migration record of the app {entry.app_key}"
        given = {
            "developerId": space_id,
            "addonName": entry.app_key,
            **entry.migration,
            "productId": product_id,
            "addonKey": entry.app_key,
        }
        record = converted(given, ProductMigrationInformation, where)
        await migrations.save(transaction, app_pk, record)


async def _review(
    transaction: Transaction,
    product_id: str,
    sent: Mapping[str, Any],
    where: str,
    at: str,
    chance: Chance,
) -> None:
    email = sent.get("author")
    author = await people.find_by_email(transaction, str(email).lower())
    if author is None:
        raise BadDocumentError(f"{where} needs an author: the email of somebody who is there")
    if "id" not in sent:
        sent = {**sent, "id": chance.uuid()}
    given = {
        "content": "",
        "date": at,
        "totalVotes": 0,
        "helpfulVotes": 0,
        "productHosting": "cloud",
        "isFlagged": False,
        "authorName": author.name,
        **{name: value for name, value in sent.items() if name != "author"},
    }
    review = converted(given, AppReview, where, narrower=_Review)
    await reviews.insert(transaction, product_id, author.id, review)
