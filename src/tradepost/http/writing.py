"""What a write leaves behind in its own transaction: a line of the audit, and its answer for
whoever sends the same request again with the same idempotency key.

A handler hands its unit of work to `Call.write`. The work says in its `Trail` what it has done to
what, and returns the answer.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from tradepost.database import Transaction
from tradepost.http.call import Answer
from tradepost.http.errors import (
    IDEMPOTENCY_KEY_IN_USE,
    IDEMPOTENCY_KEY_REUSED,
    ApiError,
    fail,
)

if TYPE_CHECKING:
    from tradepost.http.call import Call

AGAIN: Final = (b"idempotent-replayed", b"true")
"""The header of an answer that was given before."""


class Change(msgspec.Struct, frozen=True):
    """What was done to one thing. The documents are JSON without secrets; `None` where the thing
    was not there, or is no more. `space_id` is the developer space that owns it, if one does."""

    kind: str
    id: str
    space_id: str | None
    before: bytes | None
    after: bytes | None


class Trail:
    """Where a unit of work says what it has done, once. Each attempt has a new one."""

    __slots__ = ("change",)

    def __init__(self) -> None:
        self.change: Change | None = None

    def note(
        self,
        kind: str,
        id: str,
        space_id: str | None,
        *,
        before: bytes | None = None,
        after: bytes | None = None,
    ) -> None:
        """Say what was done. See `Change`."""
        if self.change is not None:
            raise RuntimeError("a unit of work does one thing, and says so once")
        self.change = Change(kind, id, space_id, before, after)


Work = Callable[[Transaction, Trail], Awaitable[Answer]]


class Key(msgspec.Struct, frozen=True):
    """An idempotency key: whose, as sent, and a hash of all that was sent with it."""

    person_id: str
    name: str
    fingerprint: bytes


class Given(msgspec.Struct, frozen=True):
    """The answer that a request with an idempotency key was given. `body` is `None` where it had
    a secret. `space_id` is the developer space whose members may do that, if it was one's."""

    fingerprint: bytes
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    space_id: str | None


class Writer(Protocol):
    """Runs the units of work of operations."""

    async def write(self, call: "Call", work: Work, about: str | None) -> Answer:
        """Run a unit of work with what belongs to it, all in one transaction.

        Returns its answer, or the one given before to the same request with the same key. Raises
        what the work and `Database.write` raise, and 409 and 422 for the key.
        """
        ...

    async def given(self, key: Key) -> Given | None:
        """The answer that was given to a request with this key, in the last 24 hours."""
        ...


def repeated(given: Given, key: Key) -> Answer:
    """The answer given before, to the same request; raises 422 for another one, and 409 where it
    cannot be given again."""
    if given.fingerprint != key.fingerprint:
        raise reused()
    if given.body is None:
        raise fail(
            IDEMPOTENCY_KEY_IN_USE,
            "this was done before, and the secret in its answer is not stored: look it up, revoke "
            "it, and create another with a new Idempotency-Key",
        )
    headers = tuple((name.encode(), value.encode()) for name, value in given.headers)
    return Answer(given.status, given.body, (*headers, AGAIN))


def reused() -> ApiError:
    """The error for a key that was sent before with another request."""
    return fail(
        IDEMPOTENCY_KEY_REUSED,
        "this Idempotency-Key was sent before with another operation, path, query or body; use a "
        "new one",
    )
