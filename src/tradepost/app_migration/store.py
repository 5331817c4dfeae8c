"""SQL of migration records, and nowhere else."""

from typing import Any

import msgspec

from tradepost.app_migration.model import ProductMigrationInformation
from tradepost.database import Reader, Transaction, next_change

_decode = msgspec.json.Decoder(ProductMigrationInformation).decode


class Standing(msgspec.Struct, frozen=True):
    """What is to be known before a record is read; `changes` is `None` where there is none."""

    app_pk: int
    app_key: str
    developer_space_id: str
    archived: bool
    changes: int | None


def topic(app_pk: int) -> str:
    """What answers about an app's record depend on."""
    return f"migration-{app_pk}"


async def standing(reader: Reader, product_id: str) -> Standing | None:
    """How the record of an app stands; `None` where there is no app."""
    row = await reader.row(
        "SELECT a.pk, a.app_key, s.id, COALESCE(a.archived_at, s.archived_at), m.changes "
        "FROM app a JOIN developer_space s ON s.pk = a.developer_space_pk "
        "LEFT JOIN app_migration m ON m.app_pk = a.pk WHERE a.product_id = $1",
        product_id,
    )
    if row is None:
        return None
    app_pk, app_key, space_id, archived_at, changes = row
    return Standing(app_pk, app_key, space_id, archived_at is not None, changes)


async def document(reader: Reader, app_pk: int) -> bytes:
    """The document of a record that is there."""
    row: Any = await reader.row("SELECT document FROM app_migration WHERE app_pk = $1", app_pk)
    return bytes(row[0])


def decoded(document: bytes) -> ProductMigrationInformation:
    """A record, of its document."""
    return _decode(document)


async def save(transaction: Transaction, app_pk: int, record: ProductMigrationInformation) -> bytes:
    """Store the record of an app in place of the one before; its document as it will be served."""
    encoded = msgspec.json.encode(record)
    transaction.touch(topic(app_pk))
    await transaction.execute(
        "INSERT INTO app_migration (app_pk, document, changes) VALUES ($1, $2, $3) "
        "ON CONFLICT (app_pk) DO UPDATE SET document = excluded.document, changes = "
        "CASE WHEN app_migration.changes < excluded.changes "
        "THEN excluded.changes ELSE app_migration.changes + 1 END",
        app_pk,
        encoded,
        next_change(),
    )
    return encoded
