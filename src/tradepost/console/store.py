"""SQL of the console's sessions, and nowhere else."""

from typing import Any

from tradepost.database import Reader, Transaction


async def insert(
    transaction: Transaction, digest: bytes, api_token_id: str, created_at: str, expires_at: str
) -> None:
    await transaction.execute(
        "INSERT INTO console_session (digest, api_token_pk, created_at, expires_at) "
        "SELECT $1, pk, $2, $3 FROM api_token WHERE id = $4",
        digest,
        created_at,
        expires_at,
        api_token_id,
    )


async def api_token_of(reader: Reader, digest: bytes, now: str) -> str | None:
    """The id of the API token that a session stands for, unless it has ended."""
    row: Any = await reader.row(
        "SELECT t.id FROM console_session s JOIN api_token t ON t.pk = s.api_token_pk "
        "WHERE s.digest = $1 AND s.expires_at > $2",
        digest,
        now,
    )
    return None if row is None else str(row[0])


async def remove(transaction: Transaction, digest: bytes) -> None:
    await transaction.execute("DELETE FROM console_session WHERE digest = $1", digest)


async def remove_ended(transaction: Transaction, now: str) -> None:
    await transaction.execute("DELETE FROM console_session WHERE expires_at <= $1", now)
