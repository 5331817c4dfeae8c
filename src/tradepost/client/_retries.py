"""When a request is sent again, and after how long. Nothing here waits.

What is safe to repeat is repeated after lost answers and after 429, 502, 503 and 504: reads, and
on Tradepost whatever carries an idempotency key. Any other write is repeated only where nothing
can have been done: where it was not sent, or refused with 429.
"""

import random as randomness
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from tradepost.client._errors import (
    ApiError,
    ConnectionFailedError,
    TradepostError,
    TransportError,
)

Sleep = Callable[[float], None]
AsyncSleep = Callable[[float], Awaitable[None]]

_CONFLICT: Final = 409
_TOO_MANY_REQUESTS: Final = 429
_PASSING: Final = frozenset({_TOO_MANY_REQUESTS, 502, 503, 504})


class Retries(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how long a client tries. Times are in seconds.

    Before the n-th repetition it waits a random time up to `first_delay` times 2 to the n-1,
    at most `longest_delay` ("full jitter"), or what `Retry-After` asks for, where that is more.
    It gives up after `attempts`, and where the waiting would come to more than `patience`.
    """

    attempts: int = 4
    first_delay: float = 0.5
    longest_delay: float = 20.0
    patience: float = 60.0
    random: Callable[[], float] = randomness.random
    """A number from 0 up to 1."""

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError("there must be at least one attempt")


RETRIES: Final = Retries()
"""What a client does unless told otherwise."""
NO_RETRIES: Final = Retries(attempts=1)
"""Every request is sent once."""


class Attempts:
    """The attempts at one request."""

    def __init__(self, retries: Retries, repeatable: bool):
        self._retries = retries
        self.repeatable = repeatable
        """Whether a repetition can do no harm, as far as is known by now."""
        self._made = 0
        self._waited = 0.0

    def wait_after(self, failure: TradepostError) -> float | None:
        """How many seconds to wait before the next attempt; `None` where there is none."""
        self._made += 1
        if self._made >= self._retries.attempts or not self._worth_it(failure):
            return None
        longest = min(
            self._retries.first_delay * 2.0 ** (self._made - 1), self._retries.longest_delay
        )
        asked = failure.retry_after if isinstance(failure, ApiError) else None
        wait = max(self._retries.random() * longest, asked or 0.0)
        if self._waited + wait > self._retries.patience:
            return None
        self._waited += wait
        return wait

    def _worth_it(self, failure: TradepostError) -> bool:
        if isinstance(failure, ApiError):
            if failure.status == _CONFLICT:  # with itself: the first attempt is still under way
                return self.repeatable and failure.retry_after is not None
            passing = _PASSING if self.repeatable else {_TOO_MANY_REQUESTS}
            return failure.status in passing
        if isinstance(failure, TransportError):
            return self.repeatable or isinstance(failure, ConnectionFailedError)
        return False
