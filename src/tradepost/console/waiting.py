"""How long something has waited, in words."""

from datetime import datetime

_STEPS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def waited(since: str, now: str) -> str:
    """The time between two RFC 3339 times, in its largest unit: `3 days`, `1 hour`."""
    seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(since)).total_seconds()
    for length, name in _STEPS:
        count = int(seconds // length)
        if count >= 1:
            return f"{count:,} {name}{'s' if count > 1 else ''}"
    return "less than a minute"
