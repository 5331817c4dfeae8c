"""The one place that reads the time, so that it can be replaced as a whole."""

import time
from datetime import UTC, datetime


class Clock:
    """The system's clock. Times in bodies are RFC 3339 in UTC with whole seconds and `Z`."""

    def __init__(self) -> None:
        self._second = -1
        self._text = ""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def milliseconds(self) -> int:
        """The present time in milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def stamp(self) -> str:
        """The present time as it stands in bodies and columns: `2023-01-15T10:30:00Z`."""
        return self._seconds(int(time.time()))

    def exact_stamp(self) -> str:
        """The present time to the millisecond, for logs: `2023-01-15T10:30:00.123Z`."""
        milliseconds = time.time_ns() // 1_000_000
        second = milliseconds // 1000
        if second != self._second:
            self._seconds(second)
        return f"{self._text[:-1]}.{milliseconds % 1000:03}Z"

    def _seconds(self, second: int) -> str:
        # Formatting a time costs more than everything else in a log line: once a second will do.
        if second != self._second:
            self._text = rfc3339(datetime.fromtimestamp(second, UTC))
            self._second = second
        return self._text


def rfc3339(moment: datetime) -> str:
    """A time in UTC as text that also sorts by time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
