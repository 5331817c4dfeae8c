"""SQL of the counters of limits that several processes share, and nowhere else."""

from typing import Any

from tradepost.database import Reader, Transaction

_REMOVED_AT_ONCE = 500


async def add(
    transaction: Transaction, name: str, amount: int, ends_at: int, now: int
) -> tuple[int, int]:
    """Add to a counter, which begins anew where it has ended; what it counts, and when it ends.

    Times are milliseconds since 1970.
    """
    await transaction.execute(
        "INSERT INTO rate_counter (name, used, ends_at) VALUES ($1, $2, $3) "
        "ON CONFLICT (name) DO UPDATE SET "
        "used = CASE WHEN rate_counter.ends_at <= $4 THEN excluded.used "
        "ELSE rate_counter.used + excluded.used END, "
        "ends_at = CASE WHEN rate_counter.ends_at <= $4 THEN excluded.ends_at "
        "ELSE rate_counter.ends_at END",
        name,
        amount,
        ends_at,
        now,
    )
    row: Any = await transaction.row("SELECT used, ends_at FROM rate_counter WHERE name = $1", name)
    return row[0], row[1]


async def counter(reader: Reader, name: str, now: int) -> tuple[int, int]:
    """What a counter counts, and when it ends; 0 and now where it has ended."""
    row: Any = await reader.row(
        "SELECT used, ends_at FROM rate_counter WHERE name = $1 AND ends_at > $2", name, now
    )
    return (0, now) if row is None else (row[0], row[1])


async def remove(transaction: Transaction, name: str) -> None:
    await transaction.execute("DELETE FROM rate_counter WHERE name = $1", name)


async def remove_all(transaction: Transaction) -> int:
    return await transaction.execute("DELETE FROM rate_counter WHERE used >= 0")


async def remove_ended(transaction: Transaction, now: int) -> None:
    """Remove some of the counters that have ended."""
    await transaction.execute(
        "DELETE FROM rate_counter WHERE name IN (SELECT name FROM rate_counter "
        "WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)",
        now,
        _REMOVED_AT_ONCE,
    )
