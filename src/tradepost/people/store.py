"""SQL of people and API tokens, and nowhere else."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET

from tradepost.database import Reader, Row, SchemaError, Transaction
from tradepost.people.model import ApiToken, Person

TOPIC: Final = "people"
"""What sign-ins depend on: people, their API tokens, and which developer spaces they belong to."""

SECRET_BYTES: Final = 16
"""How many bytes a secret of the server has at the least."""


class TokenRow(msgspec.Struct, array_like=True):
    """An API token with its person, as sign-in needs them."""

    pk: int
    id: str
    digest: bytes
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None
    person_pk: int
    person_id: str
    email: str
    administrator: bool
    archived_at: str | None


_SELECT_WITH_PERSON = (
    "SELECT t.pk, t.id, t.digest, t.expires_at, t.last_used_at, t.revoked_at, "
    "p.pk, p.id, p.email, p.administrator, p.archived_at "
    "FROM api_token t JOIN person p ON p.pk = t.person_pk"
)
_PERSON = "id, email, name, administrator, created_at, archived_at"
_API_TOKEN = "id, name, created_at, expires_at, last_used_at, revoked_at"  # noqa: S105 (columns)


def _person(row: Row) -> Person:
    person_id, email, name, administrator, created_at, archived_at = row
    return Person(person_id, email, name, bool(administrator), created_at, archived_at or UNSET)


def _token(row: Row) -> ApiToken:
    token_id, name, created_at, *moments = row
    return ApiToken(token_id, name, created_at, *(moment or UNSET for moment in moments))


async def insert(transaction: Transaction, person: Person) -> None:
    await transaction.execute(
        f"INSERT INTO person ({_PERSON}) VALUES ($1, $2, $3, $4, $5, NULL)",
        person.id,
        person.email,
        person.name,
        int(person.administrator),
        person.created_at,
    )


async def find(reader: Reader, person_id: str) -> Person | None:
    row = await reader.row(f"SELECT {_PERSON} FROM person WHERE id = $1", person_id)
    return _person(row) if row else None


async def find_by_email(reader: Reader, email: str) -> Person | None:
    row = await reader.row(f"SELECT {_PERSON} FROM person WHERE email = $1", email)
    return _person(row) if row else None


async def page(
    reader: Reader, email: str | None, after: int, limit: int
) -> list[tuple[int, Person]]:
    """People, the oldest first, behind a position; of one email where one is given."""
    rows = await reader.rows(
        f"SELECT pk, {_PERSON} FROM person "
        "WHERE pk > $1 AND (CAST($2 AS TEXT) IS NULL OR email = $2) ORDER BY pk LIMIT $3",
        after,
        email,
        limit,
    )
    return [(row[0], _person(row[1:])) for row in rows]


async def set_archived(transaction: Transaction, person_id: str, at: str | None) -> None:
    """Archive a person, or take them back; who is archived already keeps the time."""
    transaction.touch(TOPIC)
    await transaction.execute(
        "UPDATE person SET archived_at = $1 "
        "WHERE id = $2 AND (CAST($1 AS TEXT) IS NULL OR archived_at IS NULL)",
        at,
        person_id,
    )


async def update(transaction: Transaction, person: Person) -> None:
    """Store a person's name and whether they administer the server."""
    transaction.touch(TOPIC)
    await transaction.execute(
        "UPDATE person SET name = $1, administrator = $2 WHERE id = $3",
        person.name,
        int(person.administrator),
        person.id,
    )


async def has_anyone(reader: Reader) -> bool:
    return await reader.row("SELECT 1 FROM person LIMIT 1") is not None


async def has_administrator(reader: Reader) -> bool:
    row = await reader.row(
        "SELECT 1 FROM person WHERE administrator = 1 AND archived_at IS NULL LIMIT 1"
    )
    return row is not None


async def insert_token(
    transaction: Transaction, person_id: str, token: ApiToken, lookup: bytes, digest: bytes
) -> None:
    await transaction.execute(
        "INSERT INTO api_token (id, person_pk, name, lookup, digest, created_at, expires_at) "
        "SELECT $1, pk, $2, $3, $4, $5, $6 FROM person WHERE person.id = $7",
        token.id,
        token.name,
        lookup,
        digest,
        token.created_at,
        token.expires_at if token.expires_at is not UNSET else None,
        person_id,
    )


async def tokens_page(
    reader: Reader, person_id: str, after: int, limit: int
) -> list[tuple[int, ApiToken]]:
    rows = await reader.rows(
        f"SELECT pk, {_API_TOKEN} FROM api_token "
        "WHERE person_pk = (SELECT pk FROM person WHERE person.id = $1) AND pk > $2 "
        "ORDER BY pk LIMIT $3",
        person_id,
        after,
        limit,
    )
    return [(row[0], _token(row[1:])) for row in rows]


async def find_token(reader: Reader, token_id: str) -> ApiToken | None:
    row = await reader.row(f"SELECT {_API_TOKEN} FROM api_token WHERE id = $1", token_id)
    return _token(row) if row else None


async def owner_of_token(reader: Reader, token_id: str) -> str:
    """The id of the person whose an API token is that is there."""
    row: Any = await reader.row(
        "SELECT p.id FROM api_token t JOIN person p ON p.pk = t.person_pk WHERE t.id = $1", token_id
    )
    return str(row[0])


async def revoke_token(transaction: Transaction, token_id: str, at: str) -> None:
    """Revoke an API token; one that is revoked keeps its time."""
    transaction.touch(TOPIC)
    await transaction.execute(
        "UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", at, token_id
    )


async def tokens_by_lookup(reader: Reader, lookup: bytes) -> list[TokenRow]:
    rows = await reader.rows(f"{_SELECT_WITH_PERSON} WHERE t.lookup = $1", lookup)
    return [msgspec.convert(row, TokenRow, strict=False) for row in rows]


async def token_row(reader: Reader, token_id: str) -> TokenRow | None:
    row = await reader.row(f"{_SELECT_WITH_PERSON} WHERE t.id = $1", token_id)
    return None if row is None else msgspec.convert(row, TokenRow, strict=False)


async def set_last_used(transaction: Transaction, used: Mapping[int, str]) -> None:
    """Store when API tokens were used last, by their keys."""
    await transaction.execute_many(
        "UPDATE api_token SET last_used_at = $1 WHERE pk = $2",
        [(at, token_pk) for token_pk, at in used.items()],
    )


async def spaces_of(reader: Reader, person_pk: int) -> list[tuple[str, tuple[str, ...]]]:
    """The developer spaces that a person belongs to, and the roles in each."""
    rows: list[Any] = await reader.rows(
        "SELECT s.id, m.roles FROM developer_space_member m "
        "JOIN developer_space s ON s.pk = m.developer_space_pk WHERE m.person_pk = $1",
        person_pk,
    )
    return [(space_id, tuple(msgspec.json.decode(roles))) for space_id, roles in rows]


async def secret(transaction: Transaction, name: str, fresh: bytes) -> bytes:
    """The server's secret of that name; made from `fresh` where there is none yet.

    Raises `SchemaError` for one that is too short to be any.
    """
    await transaction.execute(
        "INSERT INTO server_secret (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        name,
        fresh,
    )
    row = await transaction.row("SELECT value FROM server_secret WHERE name = $1", name)
    assert row is not None
    return _good_secret(name, row[0])


async def check_secrets(reader: Reader) -> None:
    """Raise `SchemaError` for a secret of the server that is too short to be any."""
    for name, value in await reader.rows("SELECT name, value FROM server_secret"):
        _good_secret(name, value)


def _good_secret(name: str, value: Any) -> bytes:
    if isinstance(value, str | int) or len(value) < SECRET_BYTES:
        raise SchemaError(
            f"the secret {name} in the table server_secret is damaged, it must have at least "
            f"{SECRET_BYTES} bytes: restore a backup, or remove its row, which ends what it has "
            "signed"
        )
    return bytes(value)
