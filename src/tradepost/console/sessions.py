"""Sessions: a browser's cookie that stands for an API token.

The cookie holds 256 random bits, of which the database has a hash alone. Whoever revokes the API
token, or archives the person, ends the session; so does its own end, and signing out.
"""

import hashlib
import hmac
from datetime import timedelta
from typing import Final

from tradepost.chance import Chance
from tradepost.clock import Clock, rfc3339
from tradepost.console import store
from tradepost.database import Database, Transaction
from tradepost.http.call import Caller
from tradepost.people.directory import PeopleDirectory

LENGTH: Final = timedelta(hours=12)
_BYTES: Final = 32


class Sessions:
    """Begins, finds and ends sessions."""

    def __init__(
        self, database: Database, directory: PeopleDirectory, clock: Clock, chance: Chance
    ):
        self._database = database
        self._directory = directory
        self._clock = clock
        self._chance = chance

    async def begin(self, caller: Caller) -> str:
        """Begin a session of somebody who has just signed in; what the cookie says."""
        secret = self._chance.token_bytes(_BYTES).hex()
        now = self._clock.now()

        async def work(transaction: Transaction) -> None:
            await store.remove_ended(transaction, rfc3339(now))
            await store.insert(
                transaction,
                _digest(secret),
                caller.api_token_id,
                rfc3339(now),
                rfc3339(now + LENGTH),
            )

        await self._database.write(work, about="console sessions")
        return secret

    async def find(self, secret: str) -> Caller | None:
        """Whose session it is, if it goes on and their API token is good."""
        now = rfc3339(self._clock.now())
        async with self._database.snapshot() as reader:
            api_token_id = await store.api_token_of(reader, _digest(secret), now)
            if api_token_id is None:
                return None
            return await self._directory.caller_of(reader, api_token_id)

    async def end(self, secret: str) -> None:
        """End a session, if there is one."""

        async def work(transaction: Transaction) -> None:
            await store.remove(transaction, _digest(secret))

        await self._database.write(work, about="console sessions")


def csrf_token(secret: str) -> str:
    """What a form of this session must bring along, so that no other site can send it."""
    return hashlib.blake2b(b"csrf", key=secret.encode()[:64], digest_size=16).hexdigest()


def is_csrf_token(text: str, secret: str) -> bool:
    return hmac.compare_digest(text.encode(), csrf_token(secret).encode())


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
