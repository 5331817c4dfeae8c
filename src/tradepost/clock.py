"""The one place that reads the time, so that it can be replaced as a whole."""

from datetime import UTC, datetime


class Clock:
    """The system's clock. Times in bodies are RFC 3339 in UTC with whole seconds and `Z`."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def stamp(self) -> str:
        """The present time as it stands in bodies and columns: `2023-01-15T10:30:00Z`."""
        return rfc3339(self.now())


def rfc3339(moment: datetime) -> str:
    """A time in UTC as text that also sorts by time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
