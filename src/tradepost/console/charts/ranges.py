"""Ranges of build numbers, as the releases of a product that they cover."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

import msgspec


class Release(msgspec.Struct, frozen=True):
    """A release of a product."""

    build: int
    number: str


class Range(msgspec.Struct, frozen=True):
    """Build numbers of a product, both ends included; an end that is `None` is open."""

    low: int | None = None
    high: int | None = None


class Covered(msgspec.Struct, frozen=True):
    """Places in the list of a product's releases. Where `first > last`, no release is covered."""

    first: int
    last: int

    @property
    def is_empty(self) -> bool:
        return self.first > self.last


class Ruler:
    """The releases of a product by their build numbers, to measure ranges with."""

    def __init__(self, releases: Iterable[Release] = ()):
        self.releases = sorted(releases, key=lambda release: release.build)
        self._builds = [release.build for release in self.releases]
        self._numbers = {release.number: release.build for release in self.releases}

    def __bool__(self) -> bool:
        return bool(self.releases)

    def build_of(self, number: str) -> int | None:
        """The build number of the release with a version number."""
        return self._numbers.get(number)

    def covered(self, of: Range) -> Covered:
        first = 0 if of.low is None else bisect_left(self._builds, of.low)
        last = len(self._builds) if of.high is None else bisect_right(self._builds, of.high)
        return Covered(first, last - 1)

    def begins_before(self, of: Range) -> bool:
        """Whether a range begins before the first release."""
        return not self._builds or of.low is None or of.low < self._builds[0]

    def goes_beyond(self, of: Range) -> bool:
        """Whether a range goes on behind the newest release."""
        return not self._builds or of.high is None or of.high > self._builds[-1]

    def words(self, of: Range) -> str:
        """A range by version numbers: `8.0.0 to 9.4.2`, `8.0.0 and later`."""
        covered = self.covered(of)
        if of.low is None and of.high is None:
            return "every release"
        if not self or covered.is_empty:
            return f"{builds(of)}: no release" if self else builds(of)
        first = self.releases[covered.first].number
        last = self.releases[covered.last].number
        if of.high is None:
            return f"{first} and later"
        if self.goes_beyond(of):
            last = f"build {of.high}"
        if of.low is None:
            return f"up to {last}"
        return first if first == last else f"{first} to {last}"

    def exact(self, of: Range) -> str:
        """The same, with the build numbers beside it."""
        words, exactly = self.words(of), builds(of)
        return words if exactly in words or not exactly else f"{words} ({exactly})"


def builds(of: Range) -> str:
    """A range by its build numbers; nothing where both ends are open."""
    if of.low is None:
        return "" if of.high is None else f"up to build {of.high}"
    if of.high is None:
        return f"from build {of.low}"
    return f"build {of.low}" if of.low == of.high else f"builds {of.low} to {of.high}"
