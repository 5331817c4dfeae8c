"""What a reviewer will do, decided beforehand: for the next versions that are submitted."""

import asyncio
import heapq
import itertools
from collections import deque
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Protocol

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.clock import rfc3339
from tradepost.http.call import OPERATOR
from tradepost.http.errors import ApiError
from tradepost.sandbox.clock import SandboxClock
from tradepost.sandbox.eras import OverError

Reason = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]


class Review(
    msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, omit_defaults=True
):
    """What happens to the next `times` versions that are submitted, and when.

    `afterSeconds` are those of the sandbox clock, from the submission on.
    """

    decision: Literal["approve", "reject", "leave"]
    reason: Reason | UnsetType = UNSET
    after_seconds: Annotated[float, Meta(ge=0, le=3e8)] = 0.0
    times: Annotated[int, Meta(ge=1, le=1_000_000)] = 1


class Due(msgspec.Struct, rename="camel", frozen=True):
    """A decision that waits for its time."""

    app_software_id: str
    build_number: str
    decision: str
    at: str


class Calls(Protocol):
    """What calls operations in the process, as `Dispatcher` does."""

    async def invoke(self, name: str, caller: Any, path: Any, body: Any = None) -> bytes: ...


def problem_of(sent: Review) -> str | None:
    """What is wrong with a review beside its types."""
    if (sent.decision == "reject") != (sent.reason is not UNSET):
        return "reason is required to reject, and for that alone"
    return None


class Reviews:
    """The reviewer: decisions for submissions to come, and those whose time has not come."""

    def __init__(self, clock: SandboxClock, calls: Calls):
        self._clock = clock
        self._calls = calls
        self._next: deque[Review] = deque()
        self._due: list[tuple[datetime, int, Review, dict[str, str]]] = []
        self._numbers = itertools.count()
        self._deciding = asyncio.Lock()

    @property
    def is_waiting(self) -> bool:
        """Whether the next submission is decided on."""
        return bool(self._next)

    @property
    def to_come(self) -> list[Review]:
        return list(self._next)

    @property
    def due(self) -> list[Due]:
        return [
            Due(path["appSoftwareId"], path["buildNumber"], review.decision, rfc3339(at))
            for at, _, review, path in sorted(self._due, key=lambda due: due[:2])
        ]

    def add(self, sent: Review) -> None:
        self._next.append(msgspec.structs.replace(sent))

    def clear(self) -> None:
        self._next.clear()
        self._due.clear()

    async def submitted(self, software_id: str, build_number: str) -> None:
        """Take in that a version may have been submitted, and decide on it."""
        path = {"appSoftwareId": software_id, "buildNumber": build_number}
        if not self._next or not await self._is_submitted(path):
            return
        review = self._next[0]
        review.times -= 1
        if not review.times:
            self._next.popleft()
        if review.decision != "leave":
            at = self._clock.now() + timedelta(seconds=review.after_seconds)
            heapq.heappush(self._due, (at, next(self._numbers), review, path))
            await self.decide_due()

    async def decide_due(self) -> None:
        """Carry out what is due by now, each as of its own time; whoever comes meanwhile waits."""
        async with self._deciding:
            while self._due and self._due[0][0] <= self._clock.now():
                at, _, review, path = heapq.heappop(self._due)
                with self._clock.seen_as(at):
                    await self._decide(review, path)

    async def _decide(self, review: Review, path: dict[str, str]) -> None:
        try:
            if review.decision == "approve":
                await self._calls.invoke("approveVersion", OPERATOR, path)
            else:
                body = {"reason": review.reason}
                await self._calls.invoke("rejectVersion", OPERATOR, path, body)
        except (ApiError, OverError):
            return  # it has been archived, decided on by somebody else, or taken back meanwhile

    async def _is_submitted(self, path: dict[str, str]) -> bool:
        try:
            found = await self._calls.invoke("getAppSoftwareVersion", OPERATOR, path)
        except ApiError:
            return False
        return bool(msgspec.json.decode(found)["state"] == "submitted")
