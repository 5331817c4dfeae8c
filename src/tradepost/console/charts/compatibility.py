"""The picture of compatibility: versions down, a product's releases across, a bar for each range.

Releases stand at equal distances, in the order of their build numbers, from the first that a
version covers to the newest. Left of them is a strip for what begins before the first release,
right of them one for what goes on behind the newest.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import Final

import msgspec

from tradepost.console.charts.ranges import Range, Release, Ruler

EDGE: Final = 4.0
"""How wide each of the two strips is."""
LEAST: Final = 0.6
"""How wide a bar is at the least, so that one sees it."""
_CONTEXT: Final = 12
"""How many releases are shown at the least, where there are as many."""
_APART: Final = 8.0
"""How far apart labels are at the least."""


class Bar(msgspec.Struct, frozen=True):
    """A version's range. `is_open` says that it has no end on the right."""

    x: float
    width: float
    is_open: bool
    covers: int

    @property
    def end(self) -> float:
        return self.x + self.width


class Gap(msgspec.Struct, frozen=True):
    """Releases in a row that no version covers."""

    x: float
    width: float
    first: Release
    last: Release
    releases: int


class Tick(msgspec.Struct, frozen=True):
    x: float
    label: str


class Compatibility(msgspec.Struct, frozen=True):
    """`bars` has one place for each version, `None` for those that do not name the product."""

    bars: list[Bar | None]
    gaps: list[Gap]
    ticks: list[Tick]
    newest: Release
    newest_x: float
    shown: Sequence[Release]


def compatibility(ruler: Ruler, ranges: Sequence[Range | None]) -> Compatibility | None:
    """The picture; `None` where there is no release, or no range, to be drawn."""
    given = [one for one in ranges if one is not None]
    if not ruler or not given:
        return None
    releases = ruler.releases
    first = min(ruler.covered(one).first for one in given)
    start = max(0, min(first, len(releases) - _CONTEXT))
    shown = releases[start:]
    step = (100 - 2 * EDGE) / len(shown)

    def left(place: int) -> float:
        return EDGE + (place - start) * step

    def bar(one: Range) -> Bar:
        covered = ruler.covered(one)
        begin = left(covered.first)
        if ruler.begins_before(one):
            begin = 0.0 if one.low is None else EDGE / 2
        end = left(covered.last + 1)
        if ruler.goes_beyond(one):
            end = 100.0 if one.high is None else 100 - EDGE / 2
        if end - begin < LEAST:  # between two releases, or in a crowd of them
            middle = min(max((begin + end) / 2, LEAST / 2), 100 - LEAST / 2)
            begin, end = middle - LEAST / 2, middle + LEAST / 2
        is_open = one.high is None
        return Bar(begin, end - begin, is_open, max(0, covered.last - covered.first + 1))

    gaps = [
        Gap(left(a), left(b) - left(a), releases[a], releases[b - 1], b - a)
        for a, b in _uncovered(ruler, given, start)
    ]
    return Compatibility(
        [None if one is None else bar(one) for one in ranges],
        gaps,
        _ticks([one.number for one in shown], step),
        releases[-1],
        left(len(releases)) - step / 2,
        shown,
    )


def _uncovered(ruler: Ruler, ranges: Sequence[Range], start: int) -> list[tuple[int, int]]:
    """Runs of places that no range covers: the first, and the one behind the last.

    What is before everything that is covered is none.
    """
    spans = sorted(
        (covered.first, covered.last + 1)
        for covered in map(ruler.covered, ranges)
        if not covered.is_empty
    )
    end = len(ruler.releases)
    if not spans:
        return [(start, end)]
    reached: list[int] = []
    for _, last in spans:
        reached.append(max(last, reached[-1]) if reached else last)
    begins = [*(first for first, _ in spans[1:]), end]
    return [(a, b) for a, b in zip(reached, begins, strict=True) if a < b]


def _ticks(numbers: Sequence[str], step: float) -> list[Tick]:
    """Labels that do not touch: first where the leading number changes, then the next, then any."""
    apart = ceil(_APART / step)
    parts = [number.split(".", 2) for number in numbers]
    chosen: list[int] = []
    for depth in (1, 2, 3):
        starts = [0] if depth > 1 else []
        starts += [
            place
            for place, (before, after) in enumerate(pairwise(parts), 1)
            if before[:depth] != after[:depth]
        ]
        for place in starts:
            at = bisect_left(chosen, place)
            follows = at == 0 or place - chosen[at - 1] >= apart
            if follows and (at == len(chosen) or chosen[at] - place >= apart):
                chosen.insert(at, place)
    return [Tick(EDGE + (place + 0.5) * step, numbers[place]) for place in chosen]
