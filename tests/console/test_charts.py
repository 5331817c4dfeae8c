"""The pictures of an app software, as structures: what holds for any data."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradepost.clock import rfc3339
from tradepost.console.charts import compatibility as drawn
from tradepost.console.charts import percent
from tradepost.console.charts import timeline as dated
from tradepost.console.charts.compatibility import Bar, Compatibility, compatibility
from tradepost.console.charts.ranges import Range, Release, Ruler, builds
from tradepost.console.charts.timeline import Event, timeline

BUILDS = st.integers(0, 60)
RULERS = st.lists(BUILDS, min_size=1, max_size=40, unique=True).map(
    lambda found: Ruler(Release(build, f"{build // 10}.{build % 10}.0") for build in found)
)
ENDS = st.tuples(st.none() | BUILDS, st.none() | BUILDS)
RANGES = ENDS.filter(lambda ends: None in ends or ends[0] <= ends[1]).map(lambda ends: Range(*ends))
LANES = ("free", "paid-via-atlassian", "paid-via-vendor")
BEGUN = datetime(2020, 2, 28, 23, 59, 59, tzinfo=UTC)
EVENTS = st.builds(
    Event,
    st.text("0123456789.", min_size=1, max_size=30),
    st.integers(0, 10**9).map(lambda seconds: rfc3339(BEGUN + timedelta(seconds=seconds))),
    st.sampled_from(LANES),
)
NEARLY = 1e-6


def covers(of: Range, build: int) -> bool:
    return (of.low is None or of.low <= build) and (of.high is None or build <= of.high)


def picture(ruler: Ruler, ranges: list[Range | None]) -> Compatibility:
    found = compatibility(ruler, ranges)
    assert found is not None
    return found


def places(found: Compatibility) -> dict[int, float]:
    """The middle of each release that is shown, by its build number."""
    step = (100 - 2 * drawn.EDGE) / len(found.shown)
    return {one.build: drawn.EDGE + (place + 0.5) * step for place, one in enumerate(found.shown)}


@given(RULERS, st.lists(RANGES | st.none(), min_size=1, max_size=25))
def test_bars_and_gaps_are_within_the_picture(ruler: Ruler, ranges: list[Range | None]) -> None:
    found = compatibility(ruler, ranges)
    if all(of is None for of in ranges):
        assert found is None
        return
    assert found is not None
    assert [bar is None for bar in found.bars] == [of is None for of in ranges]
    for shape in [*filter(None, found.bars), *found.gaps]:
        assert shape.width > 0
        assert -NEARLY <= shape.x <= shape.x + shape.width <= 100 + NEARLY
    assert drawn.EDGE < found.newest_x < 100 - drawn.EDGE


@given(RULERS, st.lists(RANGES, min_size=1, max_size=25))
def test_a_bar_is_over_the_releases_that_its_range_covers(
    ruler: Ruler, ranges: list[Range]
) -> None:
    found = picture(ruler, [*ranges])
    for of, bar in zip(ranges, found.bars, strict=True):
        assert bar is not None
        over = [build for build, x in places(found).items() if bar.x < x < bar.end]
        expected = [one.build for one in found.shown if covers(of, one.build)]
        assert bar.covers == len(expected)
        if expected or bar.width > drawn.LEAST:
            assert over == expected


@given(RULERS, st.lists(RANGES, min_size=1, max_size=25))
def test_what_is_shown_reaches_from_all_that_is_covered_to_the_newest(
    ruler: Ruler, ranges: list[Range]
) -> None:
    found = picture(ruler, [*ranges])
    assert [one.build for one in found.shown] == sorted(one.build for one in found.shown)
    assert found.newest == found.shown[-1] == ruler.releases[-1]
    hidden = ruler.releases[: -len(found.shown)]
    assert not any(covers(of, one.build) for of in ranges for one in hidden)


@given(RULERS, st.lists(RANGES, min_size=1, max_size=25))
def test_gaps_are_where_no_version_covers_a_release(ruler: Ruler, ranges: list[Range]) -> None:
    found = picture(ruler, [*ranges])
    covered = [any(covers(of, one.build) for of in ranges) for one in found.shown]
    first = covered.index(True) if True in covered else 0
    expected = [
        one.build for place, one in enumerate(found.shown) if not covered[place] and place >= first
    ]
    hatched = [
        build
        for build, x in places(found).items()
        if any(gap.x < x < gap.x + gap.width for gap in found.gaps)
    ]
    assert hatched == expected
    assert sum(gap.releases for gap in found.gaps) == len(expected)
    for gap in found.gaps:
        assert gap.first.build <= gap.last.build
    for before, after in pairwise(found.gaps):
        assert before.x + before.width < after.x


@given(RULERS, RANGES, RANGES)
def test_bars_keep_the_order_of_ranges(ruler: Ruler, one: Range, other: Range) -> None:
    a, b = picture(ruler, [one, other]).bars
    assert isinstance(a, Bar)
    assert isinstance(b, Bar)
    lows = [-1 if of.low is None else of.low for of in (one, other)]
    highs = [61 if of.high is None else of.high for of in (one, other)]
    # Bars too narrow to be seen are widened, by no more than this.
    if lows[0] <= lows[1]:
        assert a.x <= b.x + drawn.LEAST
    if highs[0] <= highs[1]:
        assert a.end <= b.end + drawn.LEAST


@given(RULERS, st.lists(RANGES, min_size=1, max_size=5))
def test_labels_do_not_touch(ruler: Ruler, ranges: list[Range]) -> None:
    found = picture(ruler, [*ranges])
    assert found.ticks
    assert {tick.label for tick in found.ticks} <= {one.number for one in found.shown}
    for before, after in pairwise(found.ticks):
        assert after.x - before.x >= 8 - NEARLY


def test_open_ends_reach_the_edges() -> None:
    ruler = Ruler(Release(build, f"{build}.0") for build in range(1, 21))
    both, low, high = picture(ruler, [Range(), Range(5), Range(None, 5)]).bars
    assert both is not None
    assert low is not None
    assert high is not None
    assert (both.x, both.end) == (0, 100)
    assert low.end == 100
    assert high.x == 0
    assert (both.is_open, low.is_open, high.is_open) == (True, True, False)


def test_a_version_without_the_newest_release_leaves_a_gap_to_it() -> None:
    ruler = Ruler(Release(build, f"{build}.0") for build in range(1, 21))
    found = picture(ruler, [Range(1, 4), Range(8, 18)])
    assert [(gap.first.number, gap.last.number) for gap in found.gaps] == [
        ("5.0", "7.0"),
        ("19.0", "20.0"),
    ]


def test_nothing_is_drawn_for_a_product_without_releases() -> None:
    assert compatibility(Ruler(), [Range(1, 2)]) is None


RELEASES = Ruler([Release(70, "7.0"), Release(80, "8.0"), Release(90, "9.0")])


@pytest.mark.parametrize(
    ("of", "words", "exact"),
    [
        (Range(), "every release", "every release"),
        (Range(70, 90), "7.0 to 9.0", "7.0 to 9.0 (builds 70 to 90)"),
        (Range(75, 85), "8.0", "8.0 (builds 75 to 85)"),
        (Range(80), "8.0 and later", "8.0 and later (from build 80)"),
        (Range(None, 85), "up to 8.0", "up to 8.0 (up to build 85)"),
        (Range(80, 99), "8.0 to build 99", "8.0 to build 99 (builds 80 to 99)"),
        (Range(81, 82), "builds 81 to 82: no release", "builds 81 to 82: no release"),
        (Range(91), "from build 91: no release", "from build 91: no release"),
        (Range(80, 80), "8.0", "8.0 (build 80)"),
    ],
)
def test_ranges_are_told_by_version_numbers(of: Range, words: str, exact: str) -> None:
    assert (RELEASES.words(of), RELEASES.exact(of)) == (words, exact)


def test_ranges_of_a_product_without_releases_are_told_by_build_numbers() -> None:
    assert Ruler().words(Range(5, 7)) == builds(Range(5, 7)) == "builds 5 to 7"


@given(st.lists(EVENTS, min_size=1, max_size=50))
def test_marks_stand_in_the_order_of_time_and_do_not_touch(events: list[Event]) -> None:
    found = timeline(events, LANES)
    assert found is not None
    for (one, a), (other, b) in pairwise(
        sorted(zip(events, found.marks, strict=True), key=lambda pair: (pair[0].at, pair[1].x))
    ):
        assert one.at <= other.at
        assert a.x <= b.x
    rows: dict[int, list[tuple[float, float]]] = {}
    for mark in found.marks:
        assert dated.LEFT <= mark.x <= dated.RIGHT
        assert mark.x + dated.width(mark.label) <= 101
        rows.setdefault(mark.row, []).append((mark.x, mark.x + dated.width(mark.label)))
    assert sorted(rows) == list(range(found.rows))
    for row in rows.values():
        for (_, end), (begin, _) in pairwise(sorted(row)):
            assert end <= begin


@given(st.lists(EVENTS, min_size=1, max_size=50))
def test_each_mark_stands_in_its_lane(events: list[Event]) -> None:
    found = timeline(events, LANES)
    assert found is not None
    assert {lane.name for lane in found.lanes} == {event.lane for event in events}
    for event, mark in zip(events, found.marks, strict=True):
        lane = found.lanes[mark.lane]
        assert lane.name == event.lane
        assert lane.row <= mark.row < lane.row + lane.rows


@given(st.lists(EVENTS, min_size=1, max_size=10))
def test_dates_are_in_order_and_few(events: list[Event]) -> None:
    found = timeline(events, LANES)
    assert found is not None
    assert 1 <= len(found.ticks) <= 8
    assert [tick.x for tick in found.ticks] == sorted(tick.x for tick in found.ticks)
    for before, after in pairwise(found.ticks):
        assert after.x - before.x > 7
    assert all(dated.LEFT <= tick.x <= dated.RIGHT for tick in found.ticks)


def test_no_events_are_no_picture() -> None:
    assert timeline([], LANES) is None


@pytest.mark.parametrize(("x", "text"), [(0, "0%"), (12.3456, "12.35%"), (100.0, "100%")])
def test_coordinates_are_short(x: float, text: str) -> None:
    assert percent(x) == text
