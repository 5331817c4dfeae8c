"""Sign-in: finds the person whose API token it is."""

import asyncio
import math
from datetime import UTC, datetime, timedelta
from typing import Final

from tradepost.clock import Clock, rfc3339
from tradepost.database import Database, Reader, Transaction, UnavailableError, UncertainError
from tradepost.http.authentication import SignedIn
from tradepost.http.call import Caller
from tradepost.people import rules, store

DEMO_TOKENS: Final = {
    "developer@example.com": "demo-token",
    "outsider@example.com": "outsider-token",
    "admin@example.com": "admin-token",
}
"""The credentials of the demo data. They are public, so they work on loopback alone."""

_DEMO_DIGESTS: Final = frozenset(rules.digest(token) for token in DEMO_TOKENS.values())
_USE_NOTED_EVERY: Final = timedelta(minutes=1)


class PeopleDirectory:
    """Looks API tokens up in the database, and notes their last use."""

    def __init__(self, database: Database, clock: Clock, loopback: bool):
        self._database = database
        self._clock = clock
        self._loopback = loopback
        self._used: dict[int, str] = {}
        self._noting: asyncio.Task[None] | None = None

    async def sign_in(self, email: str, token: str) -> SignedIn | None:
        """The person with that email, if that API token is theirs and good now."""
        digest = rules.digest(token)
        if digest in _DEMO_DIGESTS and not self._loopback:
            return None
        async with self._database.snapshot() as reader:
            rows = await store.tokens_by_lookup(reader, digest[: rules.LOOKUP_BYTES])
            now = self._clock.now()
            for row in rows:
                if (
                    rules.same_digest(row.digest, digest)
                    and row.email == email
                    and _is_good(row, now)
                ):
                    caller = await self._caller(reader, row, now)
                    return SignedIn(caller, _seconds_left(row.expires_at, now))
        return None

    async def caller_of(self, reader: Reader, api_token_id: str) -> Caller | None:
        """Whose API token it is, if it is good now: for those who signed in with it before."""
        row = await store.token_row(reader, api_token_id)
        now = self._clock.now()
        if row is None or not _is_good(row, now):
            return None
        if row.digest in _DEMO_DIGESTS and not self._loopback:
            return None
        return await self._caller(reader, row, now)

    async def _caller(self, reader: Reader, row: store.TokenRow, now: datetime) -> Caller:
        self._note_use(row, now)
        spaces = await store.spaces_of(reader, row.person_pk)
        return Caller(row.person_id, row.email, row.administrator, dict(spaces), row.id)

    async def settle(self) -> None:
        """Finish the notes of last uses that are under way."""
        if self._noting is not None:
            await self._noting

    def _note_use(self, row: store.TokenRow, now: datetime) -> None:
        """Write the time of use down, once a minute at the most, and let nobody wait for it."""
        if row.last_used_at is not None:
            last = datetime.fromisoformat(row.last_used_at).astimezone(UTC)
            if now - last < _USE_NOTED_EVERY:
                return
        self._used[row.pk] = rfc3339(now)
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._write_uses())

    async def _write_uses(self) -> None:
        """Write down the uses noted, and those that come while this is under way, together."""
        while self._used:
            used, self._used = self._used, {}

            async def work(transaction: Transaction, used: dict[int, str] = used) -> None:
                await store.set_last_used(transaction, used)

            try:
                await self._database.write(work, about="uses of API tokens")
            except (UnavailableError, UncertainError):
                return  # a database that is busy has more important things to store


def _is_good(row: store.TokenRow, now: datetime) -> bool:
    return row.archived_at is None and rules.is_good(row.revoked_at, row.expires_at, rfc3339(now))


def _seconds_left(expires_at: str | None, now: datetime) -> float:
    if expires_at is None:
        return math.inf
    return (datetime.fromisoformat(expires_at).astimezone(UTC) - now).total_seconds()
