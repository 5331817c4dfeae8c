"""Answers that were given before, kept so that they can be given again.

A handler that says what its answer depends on (`Call.depends_on`) has it kept under the exact path
and query. As long as nobody writes to that, the answer is given again without the handler and
without the database. After a write, by whichever process, the handler runs again, and whether the
kept answer still holds is decided by its validator, as a client's would be.

What one request costs here is one dictionary look-up: whether anything was written is asked once
for all requests that wait at that moment.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import Final, Protocol

from tradepost.http.call import Answer, Call, Caller, Headers
from tradepost.http.operations import Access

_OVERHEAD: Final = 1000
"""What keeping an answer takes beside its body, in bytes, about."""

_LONGEST_TARGET: Final = 2000
"""How long path and query may be together: longer ones do not come twice."""


class News(Protocol):
    """What is written, and by whom it can be told: see `tradepost.database.Database`."""

    @property
    def asks_for_news(self) -> bool: ...

    async def ask_for_news(self) -> None: ...

    def news(self) -> Collection[str] | None: ...


Target = tuple[bytes, bytes]
"""The path and the query of a request, byte for byte."""


class Kept:
    """An answer to keep: what is sent again, and its line in the log as far as it is known."""

    __slots__ = ("answer", "etag", "headers", "logged", "unchanged_headers")

    def __init__(
        self,
        answer: Answer,
        etag: bytes,
        headers: Headers,
        unchanged_headers: Headers,
        logged: str,
    ):
        self.answer = answer
        self.etag = etag
        self.headers = headers
        """All headers of the answer but those of one request alone."""
        self.unchanged_headers = unchanged_headers
        """Those of a 304 in its place."""
        self.logged = logged


class Place:
    """The answers to one target: to those who belong to its owner, and to all others."""

    __slots__ = ("for_anyone", "generation", "members", "others", "owner", "topic", "used")

    def __init__(self, topic: str, owner: str | None, for_anyone: bool, generation: int):
        self.topic = topic
        self.owner = owner
        self.for_anyone = for_anyone
        """Whether credentials are not needed."""
        self.generation = generation
        self.members: Kept | None = None
        self.others: Kept | None = None
        self.used = False

    def answer_for(self, caller: Caller) -> Kept | None:
        """The answer as the caller may see it."""
        return self.members if self.is_member(caller) else self.others

    def is_member(self, caller: Caller) -> bool:
        return self.owner is not None and caller.belongs_to(self.owner)

    @property
    def size(self) -> int:
        """What its answers take, in bytes, about. The log line is as long as the target."""
        both = (self.members, self.others)
        return sum(
            _OVERHEAD + 2 * len(kept.logged) + len(kept.answer.body)
            for kept in both
            if kept is not None
        )


class KeptAnswers:
    """A bounded number of kept answers, those that are used longest. For one event loop."""

    def __init__(self, source: News, capacity: int):
        self.asks = source.asks_for_news
        """Whether `ask_first` must be awaited before `find`."""
        self.ask_first = source.ask_for_news
        self._news = source.news
        self._capacity = capacity
        self.size = 0
        """What is kept takes, in bytes, about."""
        self._places: dict[Target, Place] = {}
        self._by_topic: dict[str, set[Target]] = {}
        self._generation = 0
        self._asked = False
        self.listeners: list[Callable[[Collection[str] | None], None]] = []
        """Who is told the news as well."""
        self.moment = 0
        """Grows whenever something was written that may be kept."""

    def find(self, target: Target) -> tuple[Place | None, bool]:
        """What is kept for a target, and whether it is sure to hold now."""
        # Whatever is asked for: rights that were taken away elsewhere end now as well.
        self.ask()
        place = self._places.get(target)
        if place is None:
            return None, False
        place.used = True
        return place, place.generation == self._generation

    def takes(self, target: Target, call: Call) -> bool:
        """Whether the answer to a call is to be kept: one that said what it depends on."""
        if not self._capacity or call.topic is None:
            return False
        return sum(map(len, target)) <= _LONGEST_TARGET

    def keep(self, target: Target, kept: Kept, call: Call) -> None:
        """Keep an answer that is to be kept, in place of the one before."""
        topic, owner = call.topic, call.owner
        assert topic is not None
        place = self._places.get(target)
        if place is None or place.owner != owner or place.topic != topic:
            self._remove(target)
            for_anyone = call.operation.access is Access.ANYONE
            place = self._places[target] = Place(topic, owner, for_anyone, self._generation)
            self._by_topic.setdefault(topic, set()).add(target)
        else:
            self.size -= place.size
            if place.generation != self._generation:
                # The other one may be out of date as well.
                place.members = place.others = None
                place.generation = self._generation
        if place.is_member(call.caller):
            place.members = kept
        else:
            place.others = kept
        self.size += place.size
        while self.size > self._capacity:
            self._make_room()

    def confirm(self, target: Target, place: Place, kept: Kept) -> None:
        """Note that a kept answer was found to hold now."""
        if place.generation == self._generation or self._places.get(target) is not place:
            return
        self.size -= place.size
        place.generation = self._generation
        if place.members is not kept:
            place.members = None
        if place.others is not kept:
            place.others = None
        self.size += place.size

    def ask(self) -> None:
        """Take in what was written since this was last called."""
        if self._asked:
            return
        # Requests that wait already were sent before this moment, so what holds now holds for
        # them all: they stand before `_forget_asking` in the loop's queue, later ones behind it.
        self._asked = True
        asyncio.get_running_loop().call_soon(self._forget_asking)
        try:
            news = self._news()
        except Exception:
            # A database that cannot be read tells whoever reads next; nothing kept is believed.
            news = None
        if news is None or news:
            for listen in self.listeners:
                listen(news)
        if news is None:
            self.moment += 1
            self._generation = self.moment
            return
        if not news:
            return
        self.moment += 1
        for topic in news:
            for target in self._by_topic.get(topic, ()):
                self._places[target].generation = -1

    def _forget_asking(self) -> None:
        self._asked = False

    def _make_room(self) -> None:
        """Let go of the place that is there longest, unless it was used since it was spared."""
        target = next(iter(self._places))
        place = self._places[target]
        if place.used and len(self._places) > 1:
            place.used = False
            self._places[target] = self._places.pop(target)
        else:
            self._remove(target)

    def _remove(self, target: Target) -> None:
        place = self._places.pop(target, None)
        if place is None:
            return
        self.size -= place.size
        targets = self._by_topic[place.topic]
        targets.discard(target)
        if not targets:
            del self._by_topic[place.topic]
