"""How every operation writes: what it changes, its line in the audit and the answer kept for its
idempotency key are one unit of work, so none of them is ever there without the others."""

import secrets
from datetime import timedelta
from typing import Final

from tradepost.clock import Clock, rfc3339
from tradepost.database import Database, Transaction, UnavailableError, UncertainError
from tradepost.http.call import OPERATOR, Answer, Call
from tradepost.http.writing import Change, Given, Key, Trail, Work, repeated
from tradepost.trust import store

KEPT_FOR: Final = timedelta(hours=24)
"""For how long an idempotency key is good."""
_REMOVED_EVERY: Final = 64
"""After how many requests with keys old ones are removed. More are removed than were added."""


class AuditedWriter:
    """See `tradepost.http.writing.Writer`."""

    def __init__(self, database: Database, clock: Clock, most_waiting: int):
        self._database = database
        self._clock = clock
        self._most_waiting = most_waiting
        self._waiting = 0
        self._keys = 0

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
                await store.settle(transaction, key, answer.status, _texts(answer), body)
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
        if key is not None:
            await self._remove_old_keys()
        return answer

    async def given(self, key: Key) -> Given | None:
        return await store.given(self._database, key, self._oldest())

    async def refuse(self, key: Key, answer: Answer) -> Given | None:
        at, oldest = self._clock.exact_stamp(), self._oldest()

        async def unit(transaction: Transaction) -> Given | None:
            given = await store.claim(transaction, key, at, oldest)
            if given is None:
                await store.settle(transaction, key, answer.status, _texts(answer), answer.body)
            return given

        try:
            given = await self._database.write(unit, about=f"key of {key.person_id}")
        except (UnavailableError, UncertainError):
            return None  # nothing was changed, so nothing can be done twice
        await self._remove_old_keys()
        return given

    def _oldest(self) -> str:
        return rfc3339(self._clock.now() - KEPT_FOR)

    async def _remove_old_keys(self) -> None:
        """Remove keys that are over, now and then."""
        self._keys += 1
        if self._keys % _REMOVED_EVERY:
            return
        oldest = self._oldest()

        async def unit(transaction: Transaction) -> None:
            await store.remove_keys(transaction, oldest)

        try:
            await self._database.write(unit, about="old idempotency keys")
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
