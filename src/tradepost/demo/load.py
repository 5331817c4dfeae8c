"""Loading the demo data into a database that nobody uses yet."""

from typing import Final

from tradepost.app_software import store as app_software
from tradepost.apps import store as apps
from tradepost.clock import Clock
from tradepost.database import Database, Reader, Transaction
from tradepost.demo import data
from tradepost.developer_space import store as developer_spaces
from tradepost.people import rules
from tradepost.people import store as people
from tradepost.people.directory import DEMO_TOKENS
from tradepost.people.model import ApiToken, Person


class NotEmptyError(Exception):
    """The database has people already; the demo data is for empty ones."""


_TOKEN_IDS: Final = {
    person.email: f"e0000000-0000-4000-8000-00000000000{number}"
    for number, person in enumerate(data.PEOPLE, 1)
}


async def load(database: Database) -> None:
    """Store all of the demo data, or raise `NotEmptyError` and store nothing."""
    await database.write(_load)


async def has_demo_credentials(reader: Reader) -> bool:
    """Whether any of the public demo tokens would be accepted."""
    now = Clock().stamp()
    for token in DEMO_TOKENS.values():
        digest = rules.digest(token)
        for row in await people.tokens_by_lookup(reader, digest[: rules.LOOKUP_BYTES]):
            if (
                row.digest == digest
                and row.archived_at is None
                and rules.is_good(row.revoked_at, row.expires_at, now)
            ):
                return True
    return False


async def _load(transaction: Transaction) -> None:
    if await people.has_anyone(transaction) or await developer_spaces.page(transaction, 0, 1):
        raise NotEmptyError
    for person in data.PEOPLE:
        await _insert_person(transaction, person)
    for space, owner in data.SPACES:
        await developer_spaces.insert(transaction, space)
        await developer_spaces.save_member(
            transaction, space.id, owner.id, ["admin"], space.created_at
        )
    for app in data.APPS:
        await apps.insert(transaction, app)
    keys: dict[str, int] = {}
    for software in data.SOFTWARE:
        await apps.insert_software(transaction, software)
        found = await app_software.find(transaction, software.id)
        assert found is not None
        keys[software.id] = found.pk
    for software, version, before in data.versions():
        await app_software.insert(transaction, keys[software.id], version)
        if before is not None:
            await app_software.update(transaction, keys[software.id], version, before)
    for software, token in data.ACCESS_TOKENS:
        at = software.created_at
        await app_software.insert_token(
            transaction, keys[software.id], token, data.DEVELOPER.email, at
        )


async def _insert_person(transaction: Transaction, person: Person) -> None:
    await people.insert(transaction, person)
    token = ApiToken(_TOKEN_IDS[person.email], "laptop", person.created_at)
    digest = rules.digest(DEMO_TOKENS[person.email])
    await people.insert_token(transaction, person.id, token, digest[: rules.LOOKUP_BYTES], digest)
