"""Counters in the database, as the library of limits wants them: for several processes."""

import time

from limits.aio.storage import Storage

from tradepost.database import Database, Transaction, UnavailableError, UncertainError
from tradepost.rates import store

_REMOVED_EVERY = 256
"""After how many counts those that have ended are removed."""


class DatabaseStorage(Storage):
    """Windows that begin with the first count and end when their time is over."""

    STORAGE_SCHEME = None

    def __init__(self, database: Database):
        super().__init__()
        self._database = database
        self._counts = 0

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return (UnavailableError, UncertainError)

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = _now()
        self._counts += 1
        removes = self._counts % _REMOVED_EVERY == 0

        async def work(transaction: Transaction) -> int:
            if removes:
                await store.remove_ended(transaction, now)
            used, _ = await store.add(transaction, key, amount, now + expiry * 1000, now)
            return used

        return await self._database.write(work, about=f"limit {key}")

    async def get(self, key: str) -> int:
        used, _ = await store.counter(self._database, key, _now())
        return used

    async def get_expiry(self, key: str) -> float:
        _, ends_at = await store.counter(self._database, key, _now())
        return ends_at / 1000

    async def check(self) -> bool:
        await self._database.check()
        return True

    async def reset(self) -> int | None:
        return await self._database.write(store.remove_all)

    async def clear(self, key: str) -> None:
        await self._database.write(lambda transaction: store.remove(transaction, key))


def _now() -> int:
    return time.time_ns() // 1_000_000
