"""SQL of what apps declare about privacy and security, and nowhere else."""

from typing import Any

import msgspec

from tradepost.database import Reader, Transaction, next_change
from tradepost.privacy_and_security.model import RecordState, TrustInfo

_decode = msgspec.json.Decoder(TrustInfo).decode
_OF_PRODUCT = (
    "FROM app a JOIN developer_space s ON s.pk = a.developer_space_pk "
    "LEFT JOIN privacy_and_security p ON p.app_pk = a.pk WHERE a.product_id = $1"
)


class Standing(msgspec.Struct, frozen=True):
    """What is to be known before a record is read: the `changes` of each, `None` for none."""

    app_pk: int
    app_key: str
    developer_space_id: str
    archived: bool
    live: int | None
    draft: int | None


def topic(app_pk: int) -> str:
    """What answers about an app's records depend on."""
    return f"privacy-{app_pk}"


async def standing(reader: Reader, product_id: str) -> Standing | None:
    """How the records of an app stand; `None` where there is no app."""
    row = await reader.row(
        "SELECT a.pk, a.app_key, s.id, COALESCE(a.archived_at, s.archived_at), "
        "CASE WHEN p.live IS NULL THEN NULL ELSE p.live_changes END, "
        f"CASE WHEN p.draft IS NULL THEN NULL ELSE p.draft_changes END {_OF_PRODUCT}",
        product_id,
    )
    if row is None:
        return None
    app_pk, app_key, space_id, archived_at, live, draft = row
    return Standing(app_pk, app_key, space_id, archived_at is not None, live, draft)


async def document(reader: Reader, app_pk: int, state: RecordState) -> bytes:
    """The document of a record that is there."""
    row: Any = await reader.row(
        "SELECT CASE WHEN $1 = 'live' THEN live ELSE draft END FROM privacy_and_security "
        "WHERE app_pk = $2",
        state,
        app_pk,
    )
    return bytes(row[0])


async def draft(reader: Reader, app_pk: int) -> TrustInfo:
    """The draft of an app that has one."""
    return _decode(await document(reader, app_pk, "draft"))


async def save_draft(transaction: Transaction, app_pk: int, record: TrustInfo) -> bytes:
    """Store the draft of an app in place of the one before; its document as it will be served."""
    encoded = msgspec.json.encode(record)
    transaction.touch(topic(app_pk))
    await transaction.execute(
        "INSERT INTO privacy_and_security (app_pk, draft, draft_changes) VALUES ($1, $2, $3) "
        "ON CONFLICT (app_pk) DO UPDATE SET draft = excluded.draft, draft_changes = "
        "CASE WHEN privacy_and_security.draft_changes < excluded.draft_changes "
        "THEN excluded.draft_changes ELSE privacy_and_security.draft_changes + 1 END",
        app_pk,
        encoded,
        next_change(),
    )
    return encoded


async def drop_draft(transaction: Transaction, app_pk: int) -> None:
    """Forget the draft of an app. Its `changes` stay, so that no number comes twice."""
    transaction.touch(topic(app_pk))
    await transaction.execute(
        "UPDATE privacy_and_security SET draft = NULL WHERE app_pk = $1", app_pk
    )


async def publish(transaction: Transaction, app_pk: int, record: TrustInfo) -> bytes:
    """Store the live record of an app whose draft it was, and forget that; its document."""
    encoded = msgspec.json.encode(record)
    transaction.touch(topic(app_pk))
    await transaction.execute(
        "UPDATE privacy_and_security SET draft = NULL, live = $1, live_changes = "
        "CASE WHEN live_changes < $2 THEN $2 ELSE live_changes + 1 END WHERE app_pk = $3",
        encoded,
        next_change(),
        app_pk,
    )
    return encoded
