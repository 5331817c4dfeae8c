"""How every operation writes: what it changes, its line in the audit and the answer kept for its
idempotency key are one unit of work, so none of them is ever there without the others."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from tradepost.clock import Clock, rfc3339
from tradepost.database import Database, Transaction, UnavailableError, UncertainError
from tradepost.http.call import OPERATOR, Answer, Call
from tradepost.http.writing import Change, Given, Key, Trail, Work, repeated
from tradepost.trust import store

KEPT_FOR: Final = timedelta(hours=24)
"""For how long an idempotency key is good."""
_REMOVED_EVERY: Final = timedelta(hours=1)
"""How often keys that are over are removed: with a write, the first one of a process included."""


class AuditedWriter:
    """See `tradepost.http.writing.Writer`."""

    def __init__(self, database: Database, clock: Clock, most_waiting: int):
        self._database = database
        self._clock = clock
        self._most_waiting = most_waiting
        self._waiting = 0
        self._removed_at: datetime | None = None

    async def write(self, call: Call, work: Work, about: str | None) -> Answer:
        key = call.key
        at = self._clock.exact_stamp()
        oldest = "" if key is None else self._oldest()
        actor = store.Actor(
            call.caller.person_id,
            call.caller.email or store.ANONYMOUS,
            call.caller.api_token_id,
            call.origin.address,
            call.origin.request_id,
        )

        async def unit(transaction: Transaction) -> Answer:
            if key is not None:
                given = await store.claim(transaction, key, at, oldest)
                if given is not None:
                    return repeated(given, key)
            trail = Trail()
            answer = await work(transaction, trail)
            if trail.change is None:
                raise RuntimeError(f"{call.operation.name} has not said what it has done")
            await store.record(transaction, at, call.operation.name, actor, trail.change)
            if key is not None:
                body = None if call.operation.answers_once else answer.body
                await store.settle(
                    transaction, key, answer.status, _texts(answer), body, call.required_space
                )
            return answer

        if self._waiting >= self._most_waiting:
            # More would only wait longer than anybody does.
            raise UnavailableError(f"{self._waiting} writes are under way already")
        self._waiting += 1
        try:
            if call.validates_only and call.operation.may_validate_only:
                return await self._database.rehearse(unit, about=about)
            answer = await self._database.write(unit, about=about)
        finally:
            self._waiting -= 1
        await self._remove_old_keys()
        return answer

    async def given(self, key: Key) -> Given | None:
        return await store.given(self._database, key, self._oldest())

    def _oldest(self) -> str:
        return rfc3339(self._clock.now() - KEPT_FOR)

    async def _remove_old_keys(self) -> None:
        """Remove keys that are over, now and then: some of their answers have secrets."""
        now = self._clock.now()
        last = self._removed_at
        if last is not None and last <= now < last + _REMOVED_EVERY:
            return
        self._removed_at = now
        oldest = self._oldest()

        async def unit(transaction: Transaction) -> bool:
            return await store.remove_keys(transaction, oldest)

        try:
            while await self._database.write(unit, about="old idempotency keys"):
                pass
        except (UnavailableError, UncertainError):
            return  # the next time will do


async def record_command(
    transaction: Transaction, clock: Clock, action: str, change: Change
) -> None:
    """Add what a command that is no operation does to the audit."""
    actor = store.Actor("", OPERATOR.email, "", "", f"command-{secrets.token_hex(6)}")
    await store.record(transaction, clock.exact_stamp(), action, actor, change)


def _texts(answer: Answer) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode(), value.decode()) for name, value in answer.headers)
