"""What parts one test from the next: what began before a reset or load writes nothing after it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from tradepost.database import Database, Transaction, UnavailableError

T = TypeVar("T")


class OverError(UnavailableError):
    """The sandbox was reset or loaded meanwhile; nothing of this was stored."""

    def __init__(self) -> None:
        super().__init__("the sandbox was reset or loaded while this was under way")


class Eras:
    """Tells whoever runs on behalf of a request whether its era is over."""

    def __init__(self) -> None:
        self._now = 0
        self._began: ContextVar[int | None] = ContextVar("began", default=None)
        self._ending = asyncio.Event()

    def enter(self) -> None:
        """Let whatever is called from here on belong to the present era. Else it is of any."""
        self._began.set(self._now)

    @property
    def is_over(self) -> bool:
        """Whether the era of who asks is over."""
        return self._began.get() not in (None, self._now)

    def end(self) -> None:
        """Begin another era; inside a unit of work too. Needs `wake` after it."""
        self._now += 1

    def wake(self) -> None:
        """End all waiting of eras that are over."""
        self._ending.set()
        self._ending = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait; raises `OverError` as soon as the era is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()
        if self.is_over:
            raise OverError

    def guard(self, database: Database) -> Database:
        """A database that takes no writes of eras that are over: they raise `OverError`."""
        return cast("Database", _Guarded(self, database))

    def bound(
        self, work: Callable[[Transaction], Awaitable[T]]
    ) -> Callable[[Transaction], Awaitable[T]]:
        """A unit of work that is refused where it would run after the present one's era."""
        began = self._began.get()
        if began is None:
            return work

        async def bound(transaction: Transaction) -> T:
            # Looked at inside the transaction: a reset is before it, or takes back what it wrote.
            if began != self._now:
                raise OverError
            return await work(transaction)

        return bound


class _Guarded:
    """See `Eras.guard`: a database in all but `write`."""

    def __init__(self, eras: Eras, database: Database):
        self._eras = eras
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def write(
        self, work: Callable[[Transaction], Awaitable[T]], *, about: str | None = None
    ) -> T:
        return await self._database.write(self._eras.bound(work), about=about)
