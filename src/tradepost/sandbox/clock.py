"""The clock of a sandbox: it can stand still, and it can be set."""

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from tradepost.clock import Clock, rfc3339

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = 1_000_000_000
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""What the clock can be set to; there is room behind it for the expiry of a token."""
SEEDED: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""When the clock of a sandbox with a seed stands still, until it is told otherwise."""


class Setting(msgspec.Struct, frozen=True):
    """How a clock differs from the system's: it stands at a time, or is ahead of it, in ns."""

    ahead: int = 0
    stands_at: int | None = None


class SandboxClock(Clock):
    """See `Clock`. What measures how long something takes is not told by it, and goes on."""

    def __init__(self, stands_at: datetime | None = None) -> None:
        super().__init__()
        at = None if stands_at is None else _nanoseconds(stands_at)
        self.setting = Setting(stands_at=at)
        self._seen_as: ContextVar[int | None] = ContextVar("seen_as", default=None)

    @property
    def is_stopped(self) -> bool:
        return self.setting.stands_at is not None

    def now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self._time() // 1000)

    def stamp(self) -> str:
        return self._seconds(self._time() // _SECOND)

    def exact_stamp(self) -> str:
        seconds, rest = divmod(self._time(), _SECOND)
        return f"{self._seconds(seconds)[:-1]}.{rest // 1_000_000:03}Z"

    def set(self, at: datetime) -> None:
        """Set the clock; it goes on from there, or stands there if it is stopped."""
        self._set(_nanoseconds(at))

    def advance(self, by: timedelta) -> None:
        """Set the clock on; raises `ValueError` beyond what it can be set to."""
        try:
            at = self.now() + by
        except OverflowError:
            at = LATEST
        if not EARLIEST <= at < LATEST:
            raise ValueError("the clock cannot be set that far")
        self._set(self._time() + by // timedelta(microseconds=1) * 1000)

    def stop(self) -> None:
        """Let the clock stand where it is."""
        self.setting = Setting(stands_at=self._time())

    def go(self) -> None:
        """Let the clock go on from where it is."""
        if self.is_stopped:
            self.setting = Setting(ahead=self._time() - time.time_ns())

    @contextlib.contextmanager
    def seen_as(self, moment: datetime) -> Iterator[None]:
        """Let whatever is called inside find another time; nobody else sees it."""
        before = self._seen_as.set(_nanoseconds(moment))
        try:
            yield
        finally:
            self._seen_as.reset(before)

    def _seconds(self, second: int) -> str:
        # Without the text that `Clock` keeps: two threads may be in times that are far apart.
        return rfc3339(datetime.fromtimestamp(second, UTC))

    def _time(self) -> int:
        seen_as = self._seen_as.get()
        if seen_as is not None:
            return seen_as
        if self.setting.stands_at is not None:
            return self.setting.stands_at
        return time.time_ns() + self.setting.ahead

    def _set(self, nanoseconds: int) -> None:
        if self.is_stopped:
            self.setting = Setting(stands_at=nanoseconds)
        else:
            self.setting = Setting(ahead=nanoseconds - time.time_ns())


def _nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000
