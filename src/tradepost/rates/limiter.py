"""Counts requests by person and by address with the library `limits`, in fixed windows.

A window begins with the first request in it and ends when its time is over, so that `Retry-After`
is exact. With one process the counters are in its memory, with several in the database.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from tradepost.database import Database, UnavailableError, UncertainError
from tradepost.http.limits import Kind, Policy, Standing
from tradepost.rates.rules import neighbourhood

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.aio.strategies import FixedWindowRateLimiter

_EXHAUSTED: Final = 10_000
"""How many exhausted windows are known without asking for them, at the most."""


class RateLimiter:
    """See `tradepost.http.limits.Limiter`. Counts in `database` where one is given."""

    def __init__(self, policies: Iterable[Policy | None], database: Database | None):
        self._policies = {policy.kind: policy for policy in policies if policy is not None}
        self._database = database
        self._counting: FixedWindowRateLimiter | None = None
        self._exhausted: OrderedDict[str, float] = OrderedDict()

    @property
    def limits_reads(self) -> bool:
        return "reads" in self._policies

    async def charge(
        self, kind: Kind, person_id: str, address: str, cost: int = 1
    ) -> Standing | None:
        policy = self._policies.get(kind)
        if policy is None:
            return None
        # Only here, because the library takes long to import, and may never be needed.
        from limits import RateLimitItemPerSecond

        item = RateLimitItemPerSecond(policy.quota, policy.seconds, namespace=kind)
        whom = [f"person {person_id}"] if person_id else []
        whom += [f"address {neighbourhood(address)}"] if address else []
        worst: Standing | None = None
        try:
            # All are asked before any is charged, so that what is refused uses nothing up.
            for charges in (False, True):
                for name in whom:
                    found = await self._look(policy, item, name, cost, charges)
                    if found.exceeded:
                        return found
                    if charges and (worst is None or found.left < worst.left):
                        worst = found
        except (UnavailableError, UncertainError):
            return None  # who may be let in is better let in than kept out by a busy database
        return worst

    async def _look(
        self, policy: Policy, item: "RateLimitItem", name: str, cost: int, charges: bool
    ) -> Standing:
        """How it stands with one person or address, before or after it is charged."""
        key = f"{policy.kind} {name}"
        left_over = self._exhausted.get(key, 0.0) - time.time()
        if left_over > 0:
            return Standing(policy, 0, left_over, exceeded=True)
        counting = self._counter()
        if charges:
            allowed = await counting.hit(item, name, cost=cost)
        elif cost == 1:
            return Standing(policy, 0, 0.0)  # one costs nothing that a refusal would have to spare
        else:
            allowed = await counting.test(item, name, cost=cost)
        reset, left = await counting.get_window_stats(item, name)
        if not allowed and left == 0:
            self._exhausted[key] = reset
            if len(self._exhausted) > _EXHAUSTED:
                self._exhausted.popitem(last=False)
        return Standing(policy, left, max(reset - time.time(), 0.0), exceeded=not allowed)

    def _counter(self) -> "FixedWindowRateLimiter":
        if self._counting is None:
            from limits.aio.storage import MemoryStorage
            from limits.aio.strategies import FixedWindowRateLimiter

            if self._database is None:
                self._counting = FixedWindowRateLimiter(MemoryStorage())
            else:
                from tradepost.rates.storage import DatabaseStorage

                self._counting = FixedWindowRateLimiter(DatabaseStorage(self._database))
        return self._counting
