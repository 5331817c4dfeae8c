"""What differs between two texts, line by line, in bounded time.

Myers' algorithm as long as few lines differ; where many do, everything between what is the same at
both ends counts as changed. `difflib` would find more, but takes hours for some texts.
"""

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

Mark = Literal["same", "added", "removed", "left out"]

_MOST_LINES: Final = 4000
_MOST_EDITS: Final = 300
_AROUND: Final = 3


class Line(msgspec.Struct, frozen=True):
    """A line of either text; for `left out`, how many lines of both are not shown."""

    mark: Mark
    text: str


def line_difference(before: str, after: str) -> list[Line]:
    """Both texts as one, with a few lines that are the same around what is not."""
    return list(_fold(marked_lines(before, after)))


def marked_lines(before: str, after: str) -> list[Line]:
    """Every line of both texts, in order, each with its mark."""
    return list(_marked(before.split("\n"), after.split("\n")))


def _marked(old: list[str], new: list[str]) -> Iterator[Line]:
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    yield from (Line("same", text) for text in old[:start])
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    yield from _middle(old_middle, new_middle)
    yield from (Line("same", text) for text in old[len(old) - end :])


def _middle(old: list[str], new: list[str]) -> Iterator[Line]:
    trace = _search(old, new) if len(old) + len(new) <= _MOST_LINES else None
    if trace is None:
        yield from (Line("removed", text) for text in old)
        yield from (Line("added", text) for text in new)
    else:
        yield from reversed(list(_walk_back(old, new, trace)))


def _search(old: list[str], new: list[str]) -> list[dict[int, int]] | None:
    """How far each diagonal gets with 0, 1, 2, … edits; `None` where it takes too many."""
    furthest = {1: 0}
    trace = []
    for edits in range(min(len(old) + len(new), _MOST_EDITS) + 1):
        trace.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (
                diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]
            )
            x = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
            while x < len(old) and 0 <= x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            furthest[diagonal] = x
            if x >= len(old) and x - diagonal >= len(new):
                return trace
    return None


def _walk_back(old: list[str], new: list[str], trace: list[dict[int, int]]) -> Iterator[Line]:
    """The lines from the last to the first, along the way that the search has found."""
    x, y = len(old), len(new)
    for edits in range(len(trace) - 1, -1, -1):
        furthest = trace[edits]
        diagonal = x - y
        down = diagonal == -edits or (
            diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]
        )
        before = diagonal + 1 if down else diagonal - 1
        start_x = furthest[before]
        start_y = start_x - before
        while x > max(start_x, 0) and y > max(start_y, 0):
            x, y = x - 1, y - 1
            yield Line("same", old[x])
        if edits and down:
            y -= 1
            yield Line("added", new[y])
        elif edits:
            x -= 1
            yield Line("removed", old[x])


def _fold(lines: list[Line]) -> Iterator[Line]:
    """Leave out what is the same and far from all that is not."""
    near: set[int] = set()
    for place, line in enumerate(lines):
        if line.mark != "same":
            near.update(range(place - _AROUND, place + _AROUND + 1))
    hidden = 0
    for place, line in enumerate(lines):
        if place in near:
            if hidden:
                yield Line("left out", str(hidden))
            hidden = 0
            yield line
        else:
            hidden += 1
    if hidden:
        yield Line("left out", str(hidden))
