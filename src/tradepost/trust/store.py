"""SQL of the audit and of idempotency keys, and nowhere else."""

from typing import Any, Final

import msgspec
from msgspec import UNSET

from tradepost.database import Reader, Row, Transaction
from tradepost.http.writing import Change, Given, Key
from tradepost.trust.model import AuditEntry, AuditPerson, AuditTarget

Position = tuple[str, int]
"""Where a line of the audit stands: its time, and its number among those of that time."""

_REMOVED_AT_ONCE: Final = 500
_ENTRY: Final = (
    "at, pk, action, person_id, email, api_token_id, address, request_id, target_type, target_id, "
    "developer_space_id, document_before, document_after"
)

ANONYMOUS: Final = "anonymous"
"""The email of who had no credentials."""


class Actor(msgspec.Struct, frozen=True):
    """Who does something, from where, and in which request. Texts are empty where unknown."""

    person_id: str
    email: str
    api_token_id: str
    address: str
    request_id: str


class Filters(msgspec.Struct, frozen=True):
    """Which lines of the audit to show; `None` lets all pass.

    `target` is the id of a thing, which brings its parts along; `first` and `last` are times as
    they stand in the column, both included.
    """

    email: str | None = None
    action: str | None = None
    target: str | None = None
    space_id: str | None = None
    first: str | None = None
    last: str | None = None


async def record(
    transaction: Transaction, at: str, action: str, actor: Actor, change: Change
) -> None:
    """Add a line to the audit. Nothing ever changes or removes one."""
    await transaction.execute(
        "INSERT INTO audit (at, action, person_id, email, api_token_id, address, request_id, "
        "target_type, target_id, developer_space_id, document_before, document_after) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        at,
        action,
        actor.person_id or None,
        actor.email,
        actor.api_token_id or None,
        actor.address or None,
        actor.request_id,
        change.kind,
        change.id,
        change.space_id,
        change.before,
        change.after,
    )


async def page(
    reader: Reader, filters: Filters, before: Position | None, limit: int
) -> list[tuple[Position, AuditEntry]]:
    """Lines of the audit, the newest first, that stand before a position."""
    values: list[Any] = []
    conditions: list[str] = []

    def add(condition: str, value: Any) -> None:
        values.append(value)
        conditions.append(condition.format(f"${len(values)}"))

    if filters.email is not None:
        add("email = {0}", filters.email)
    if filters.action is not None:
        add("action = {0}", filters.action)
    if filters.target is not None:
        # A slash comes before its parts, and `0` is the character after the slash.
        parts = "target_id > {0} || '/' AND target_id < {0} || '0'"
        add(f"(target_id = {{0}} OR ({parts}))", filters.target)
    if filters.space_id is not None:
        add("developer_space_id = {0}", filters.space_id)
    if filters.first is not None:
        add("at >= {0}", filters.first)
    if filters.last is not None:
        add("at <= {0}", filters.last)
    if before is not None:
        add("at <= {0}", before[0])
        conditions.append(f"(at < ${len(values)} OR pk < ${len(values) + 1})")
        values.append(before[1])
    where = " AND ".join(conditions) or "1 = 1"
    rows = await reader.rows(
        f"SELECT {_ENTRY} FROM audit WHERE {where} "
        f"ORDER BY at DESC, pk DESC LIMIT ${len(values) + 1}",
        *values,
        limit,
    )
    return [(row[:2], _entry(row)) for row in rows]


def _entry(row: Row) -> AuditEntry:
    at, _, action, person_id, email, token_id, address, request_id, kind, target, space, *both = row
    before, after = (UNSET if document is None else msgspec.Raw(document) for document in both)
    return AuditEntry(
        at,
        action,
        AuditPerson(email, person_id or UNSET),
        AuditTarget(kind, target),
        request_id,
        address or UNSET,
        token_id or UNSET,
        space or UNSET,
        before,
        after,
    )


async def claim(transaction: Transaction, key: Key, at: str, oldest: str) -> Given | None:
    """Take an idempotency key for this transaction, unless it was answered after `oldest`: then
    what was answered. Whoever has taken it, in another process, is waited for."""
    taken = await transaction.execute(
        "INSERT INTO idempotency_key (person_id, name, fingerprint, created_at, status, headers, "
        "body, developer_space_id) VALUES ($1, $2, $3, $4, 0, '[]', NULL, NULL) "
        "ON CONFLICT (person_id, name) DO UPDATE SET fingerprint = excluded.fingerprint, "
        "created_at = excluded.created_at, status = 0, headers = '[]', body = NULL, "
        "developer_space_id = NULL "
        "WHERE idempotency_key.created_at < $5",
        key.person_id,
        key.name,
        key.fingerprint,
        at,
        oldest,
    )
    return None if taken else await given(transaction, key, oldest)


async def settle(
    transaction: Transaction,
    key: Key,
    status: int,
    headers: tuple[tuple[str, str], ...],
    body: bytes | None,
    space_id: str | None,
) -> None:
    """Keep the answer to the request that has taken a key; no body where it has a secret."""
    await transaction.execute(
        "UPDATE idempotency_key SET status = $1, headers = $2, body = $3, developer_space_id = $4 "
        "WHERE person_id = $5 AND name = $6",
        status,
        msgspec.json.encode(headers).decode(),
        body,
        space_id,
        key.person_id,
        key.name,
    )


async def given(reader: Reader, key: Key, oldest: str) -> Given | None:
    """The answer that was given to a request with a key, unless it was before `oldest`."""
    row = await reader.row(
        "SELECT fingerprint, status, headers, body, developer_space_id FROM idempotency_key "
        "WHERE person_id = $1 AND name = $2 AND created_at >= $3",
        key.person_id,
        key.name,
        oldest,
    )
    if row is None:
        return None
    fingerprint, status, headers, body, space_id = row
    pairs = msgspec.json.decode(headers, type=tuple[tuple[str, str], ...])
    return Given(fingerprint, status, pairs, body, space_id)


async def remove_keys(transaction: Transaction, oldest: str) -> bool:
    """Remove some of the keys from before `oldest`; whether there may be more."""
    removed = await transaction.execute(
        "DELETE FROM idempotency_key WHERE (person_id, name) IN (SELECT person_id, name "
        "FROM idempotency_key WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
        oldest,
        _REMOVED_AT_ONCE,
    )
    return removed == _REMOVED_AT_ONCE
