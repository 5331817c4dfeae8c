"""Versions of a page of a list, as the table and the pictures show them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from tradepost.app_software.model import PAYMENT_MODELS
from tradepost.console import words
from tradepost.console.charts.compatibility import Bar, Compatibility, compatibility
from tradepost.console.charts.ranges import Range
from tradepost.console.charts.timeline import Event, Mark, Timeline, timeline
from tradepost.console.filters import plain
from tradepost.console.releases import Ruled

_RELEASED: Final = "released"


class Row(msgspec.Struct, frozen=True):
    """A version. `ranges` are pairs of a product's id and its range; `at` is the time that `what`
    happened to it: when it was released, submitted or created."""

    build: int
    name: str
    state: str
    payment_model: str
    beta: bool
    supported: bool
    at: str
    what: str
    ranges: Sequence[tuple[str, Range]]

    @property
    def released(self) -> str:
        return self.at[:10] if self.what == _RELEASED else ""

    def range_of(self, parent_id: str) -> Range | None:
        return next((of for parent, of in self.ranges if parent == parent_id), None)


class Listed(msgspec.Struct, frozen=True):
    """A row of the table. `ranges` are pairs of a product's name and its range in words."""

    row: Row
    ranges: Sequence[tuple[str, str]]
    payment: str


class BarRow(msgspec.Struct, frozen=True):
    """A row of the picture of compatibility; `words` tells the range exactly."""

    row: Row
    bar: Bar | None
    words: str


class MarkRow(msgspec.Struct, frozen=True):
    """A row of the picture of releases."""

    row: Row
    mark: Mark


def row(version: Any) -> Row:
    released = version.get("releaseDetails", {}).get("releasedAt")
    submitted = version.get("approvalDetails", {}).get("submittedAt")
    what = _RELEASED if released else "submitted" if submitted else "created"
    return Row(
        version["buildNumber"],
        words.number(version),
        version["state"],
        version["supportedPaymentModel"],
        version["beta"],
        version["supported"],
        released or submitted or version["createdAt"],
        what,
        [
            (one["parentSoftwareId"], Range(one.get("minBuildNumber"), one.get("maxBuildNumber")))
            for one in version["compatibilities"]
        ],
    )


def named(rows: Sequence[Row]) -> list[str]:
    """The products that versions name, the one that most of them do first."""
    return [
        name for name, _ in Counter(name for one in rows for name, _ in one.ranges).most_common()
    ]


def listed(
    rows: Sequence[Row], names: Mapping[str, str], rulers: Mapping[str, Ruled]
) -> list[Listed]:
    return [
        Listed(
            one,
            [
                (names.get(parent) or plain(parent), rulers[parent].ruler.words(of))
                for parent, of in one.ranges
            ],
            words.PAYMENT[one.payment_model],
        )
        for one in rows
    ]


def picture_of_compatibility(
    rows: Sequence[Row], parent_id: str, ruled: Ruled
) -> tuple[Compatibility, list[BarRow]] | None:
    ranges = [one.range_of(parent_id) for one in rows]
    picture = compatibility(ruled.ruler, ranges)
    if picture is None:
        return None
    told = ["does not name it" if of is None else ruled.ruler.exact(of) for of in ranges]
    return picture, [BarRow(*each) for each in zip(rows, picture.bars, told, strict=True)]


def picture_of_releases(rows: Sequence[Row]) -> tuple[Timeline, list[MarkRow]] | None:
    events = [Event(one.name, one.at, one.payment_model) for one in rows]
    picture = timeline(events, PAYMENT_MODELS)
    if picture is None:
        return None
    return picture, [MarkRow(*each) for each in zip(rows, picture.marks, strict=True)]
