"""Faults that were asked for: which requests they strike, and what they do. No I/O."""

import random
from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.sandbox.patterns import Pattern

Kind = Literal["answer", "delay", "lost-answer", "truncated-body", "truncated-head"]
_WRITES = ("truncated-body", "truncated-head")
"""Those that write into the connection itself, which under TLS would be read by anybody."""


class FaultRequest(
    msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, omit_defaults=True
):
    """A fault as it is asked for: what happens, to which requests, and how often.

    Fields that are absent restrict nothing: without any of them it strikes every request.
    """

    fault: Kind
    status: Literal[429, 500, 502, 503, 504] | UnsetType = UNSET
    """The status of an `answer`."""
    retry_after: Annotated[int, Meta(ge=0, le=86_400)] | UnsetType = UNSET
    """What `Retry-After` of an `answer` says, in seconds; 1 for 429 and 503 where it is absent."""
    carried_out: bool = False
    """Whether the request is carried out before it is answered with an error."""
    delay_milliseconds: Annotated[int, Meta(ge=0, le=600_000)] = 0
    """How long the request waits before anything else happens."""

    operation: str | UnsetType = UNSET
    """The name of an operation, such as `createAppSoftwareVersion`."""
    path: Annotated[str, Meta(max_length=2000)] | UnsetType = UNSET
    """A path; `*` stands for anything without a slash, `**` for anything."""
    method: str | UnsetType = UNSET
    person: str | UnsetType = UNSET
    """The email of who asks, as the request says it."""

    times: Annotated[int, Meta(ge=1, le=1_000_000)] | UnsetType = UNSET
    """How often it strikes at the most."""
    every: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    """It strikes every n-th of its requests."""
    probability: Annotated[float, Meta(ge=0, le=1)] = 1.0
    seed: int = 0
    """What the probability is drawn from: with the same seed, the same requests are struck."""


class Fault(FaultRequest, rename="camel", kw_only=True):
    """A fault that waits for requests."""

    id: str
    matched: int
    """How many requests it was looked at for."""
    struck: int
    """How many of them it has struck."""


class Asked(NamedTuple):
    """What a fault knows of a request."""

    operation: str | None
    method: str
    path: str
    person: str


def problems_of(sent: FaultRequest, operations: Iterable[str], *, has_tls: bool) -> list[str]:
    """What is wrong with a fault beside its types, a sentence each."""
    found = []
    if has_tls and sent.fault in _WRITES:
        found.append(f"{sent.fault} is for servers without TLS; lost-answer is for both")
    if sent.fault == "answer" and sent.status is UNSET:
        found.append("status is required for the fault answer")
    if sent.fault != "answer":
        alone = {
            "status": sent.status is not UNSET,
            "retryAfter": sent.retry_after is not UNSET,
            "carriedOut": sent.carried_out,
        }
        found += [
            f"{name} is for the fault answer alone" for name, is_there in alone.items() if is_there
        ]
    if sent.fault == "delay" and not sent.delay_milliseconds:
        found.append("delayMilliseconds is required for the fault delay")
    if sent.operation is not UNSET and sent.operation not in operations:
        found.append(f"operation: there is no operation {sent.operation}")
    if sent.path is not UNSET and not sent.path.startswith(("/", "*")):
        found.append("path must start with / or *")
    return found


class _Armed:
    """A fault with what it draws from and looks for."""

    def __init__(self, fault: Fault):
        self.fault = fault
        self._random = random.Random(fault.seed)  # noqa: S311 (it is to be foretold)
        self._path = None if fault.path is UNSET else Pattern(fault.path)

    def strikes(self, asked: Asked) -> bool:
        fault = self.fault
        if not self._fits(asked) or (fault.times is not UNSET and fault.struck >= fault.times):
            return False
        fault.matched += 1
        if fault.matched % fault.every or self._random.random() >= fault.probability:
            return False
        fault.struck += 1
        return True

    def _fits(self, asked: Asked) -> bool:
        fault = self.fault
        return (
            fault.operation in (UNSET, asked.operation)
            and (fault.method is UNSET or fault.method.upper() == asked.method)
            and (fault.person is UNSET or fault.person.lower() == asked.person)
            and (self._path is None or self._path.fits(asked.path))
        )


class Faults:
    """All faults that wait, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []
        self._count = 0

    @property
    def all(self) -> list[Fault]:
        return [armed.fault for armed in self._armed]

    def add(self, sent: FaultRequest) -> Fault:
        self._count += 1
        fields = msgspec.structs.asdict(sent)
        fault = Fault(**fields, id=str(self._count), matched=0, struck=0)
        self._armed.append(_Armed(fault))
        return fault

    def remove(self, fault_id: str) -> None:
        """Let one of them strike no more; raises `KeyError` where there is none with this id."""
        left = [armed for armed in self._armed if armed.fault.id != fault_id]
        if len(left) == len(self._armed):
            raise KeyError(fault_id)
        self._armed = left

    def clear(self) -> None:
        self._armed.clear()

    def strike(self, asked: Asked) -> Fault | None:
        """The first fault that strikes a request, if any does; those behind it do not see it."""
        return next((armed.fault for armed in self._armed if armed.strikes(asked)), None)
