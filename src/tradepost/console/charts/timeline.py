"""The picture of releases: a mark for each version at its date, in a lane for each payment model.

Marks that would touch stand in rows below each other. A row is as high as a mark can be hit.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

_LEAST_WIDTH: Final = 640
"""How wide the picture is at the least, in pixels: what must not touch there touches nowhere."""
_LETTER: Final = 7.5
_MARK: Final = 28
_LONGEST: Final = 12
LEFT: Final = 4.5
RIGHT: Final = 82.0
"""Where the first and the last mark stand; behind the last is room for its label."""
_MOST_TICKS: Final = 7


class Event(msgspec.Struct, frozen=True):
    """What is shown of a version: its label, its time (RFC 3339, UTC), and its lane."""

    label: str
    at: str
    lane: str


class Mark(msgspec.Struct, frozen=True):
    """Where the event of the same place in the data stands. Rows are counted through all lanes;
    lanes are those that are drawn."""

    x: float
    lane: int
    row: int
    label: str


class Lane(msgspec.Struct, frozen=True):
    name: str
    row: int
    rows: int


class Tick(msgspec.Struct, frozen=True):
    x: float
    label: str


class Timeline(msgspec.Struct, frozen=True):
    marks: list[Mark]
    lanes: list[Lane]
    ticks: list[Tick]
    rows: int


def timeline(events: Sequence[Event], lanes: Iterable[str]) -> Timeline | None:
    """The picture, with those of the lanes that have an event; `None` for no events."""
    if not events:
        return None
    times = [datetime.fromisoformat(event.at) for event in events]
    begin, end = min(times), max(times)

    def across(time: datetime) -> float:
        if begin == end:
            return LEFT
        return LEFT + (RIGHT - LEFT) * ((time - begin) / (end - begin))

    xs = [across(time) for time in times]
    marks: dict[int, Mark] = {}
    drawn: list[Lane] = []
    row = 0
    for name in lanes:
        places = [place for place, event in enumerate(events) if event.lane == name]
        ends: list[float] = []
        for place in sorted(places, key=lambda place: xs[place]):
            label = _short(events[place].label)
            own = next((n for n, taken in enumerate(ends) if taken <= xs[place]), len(ends))
            ends[own : own + 1] = [xs[place] + width(label)]
            marks[place] = Mark(xs[place], len(drawn), row + own, label)
        if places:
            drawn.append(Lane(name, row, len(ends)))
            row += len(ends)
    ticks = [Tick(across(time), label) for time, label in _dates(begin, end)]
    return Timeline([marks[place] for place in range(len(events))], drawn, ticks, row)


def width(label: str) -> float:
    """How wide a mark with its label is, in percent, where the picture is narrowest."""
    return (_MARK + _LETTER * len(label)) * 100 / _LEAST_WIDTH


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def _dates(begin: datetime, end: datetime) -> list[tuple[datetime, str]]:
    """Dates at equal steps between two times, as many as can be read."""
    for months in (1, 3, 6, 12, 24, 60, 120, 600, 1200, 12000):
        found = _months(begin, end, months)
        if len(found) <= _MOST_TICKS:
            break
    if len(found) >= 2:
        return [(time, f"{time:%Y}" if months >= 12 else f"{time:%Y-%m}") for time in found]
    days = max(1, -(-(end - begin).days // _MOST_TICKS))
    first = datetime(begin.year, begin.month, begin.day, tzinfo=UTC)
    steps = [first + timedelta(days=days * n) for n in range(_MOST_TICKS + 1)]
    within = [time for time in steps if begin <= time <= end] or [begin]
    return [(time, f"{time:%Y-%m-%d}" if len(within) == 1 else f"{time:%d %b}") for time in within]


def _months(begin: datetime, end: datetime, step: int) -> list[datetime]:
    """The first days of every `step`th month between two times; no more than show that it is too
    many."""
    found: list[datetime] = []
    month = -(-(begin.year * 12 + begin.month - 1) // step) * step
    while len(found) <= _MOST_TICKS and month // 12 <= end.year:
        time = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        if begin <= time <= end:
            found.append(time)
        month += step
    return found
