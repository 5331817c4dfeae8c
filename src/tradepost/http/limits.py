"""The seam to the limits of requests: what is limited, and what a client is told of it.

What is told follows draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` says how much is
allowed in how many seconds, `RateLimit` how much is left and for how many seconds that counts.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal, Protocol

import msgspec

from tradepost.http.call import Call, Headers
from tradepost.http.errors import PAYLOAD_TOO_LARGE, TOO_MANY_REQUESTS, ApiError, fail
from tradepost.http.operations import UNCOUNTED

Kind = Literal["reads", "writes", "uploads", "sign-ins"]
MEGABYTE: Final = 1024 * 1024


class Policy(msgspec.Struct, frozen=True):
    """So many requests, bytes or failures in so many seconds, by one person and one address."""

    kind: Kind
    quota: int
    seconds: int


class Standing(msgspec.Struct, frozen=True):
    """How it stands with a policy: what is left, and for how many seconds that counts. Where
    `exceeded`, the request at hand is one too many."""

    policy: Policy
    left: int
    seconds: float
    exceeded: bool = False


class Limiter(Protocol):
    """Counts what persons and addresses ask for."""

    @property
    def limits_reads(self) -> bool:
        """Whether reads are counted at all, so that each has to be."""
        ...

    async def charge(
        self, kind: Kind, person_id: str, address: str, cost: int = 1
    ) -> Standing | None:
        """Count a request, or bytes of an upload; texts are empty for who is not known.

        Returns how it stands where less is left, or `None` where there is no such limit.
        """
        ...


class Unlimited:
    """A limiter that counts nothing."""

    limits_reads = False

    async def charge(
        self, kind: Kind, person_id: str, address: str, cost: int = 1
    ) -> Standing | None:
        return None


def headers_of(standings: Sequence[Standing]) -> Headers:
    """The headers that tell how it stands."""
    if not standings:
        return ()
    policies, states = [], []
    for each in standings:
        unit = ';qu="content-bytes"' if each.policy.kind == "uploads" else ""
        policies.append(f'"{each.policy.kind}";q={each.policy.quota}{unit};w={each.policy.seconds}')
        states.append(f'"{each.policy.kind}";r={each.left};t={math.ceil(each.seconds)}')
    return (
        (b"ratelimit-policy", ", ".join(policies).encode()),
        (b"ratelimit", ", ".join(states).encode()),
    )


def exceeded(standing: Standing) -> ApiError:
    """The error for a request that is one too many."""
    policy = standing.policy
    if policy.kind == "uploads":
        allowed = f"{policy.quota / MEGABYTE:g} MB of uploads"
    else:
        allowed = f"{policy.quota} {'failed ' * (policy.kind == 'sign-ins')}{policy.kind}"
    detail = f"there may be {allowed} in {policy.seconds} seconds; wait before the next"
    told = [(name.decode(), value.decode()) for name, value in headers_of([standing])]
    seconds = str(max(1, math.ceil(standing.seconds)))
    return fail(TOO_MANY_REQUESTS, detail, ("retry-after", seconds), *told)


def _never_fits(policy: Policy) -> ApiError:
    """The error for an upload that is too many at any time, so that waiting is no use."""
    size = f"{policy.quota / MEGABYTE:g} MB"
    return fail(
        PAYLOAD_TOO_LARGE,
        f"an upload may have at most {size}, which is what may be uploaded in {policy.seconds} "
        "seconds",
    )


async def charge_request(limiter: Limiter, call: Call) -> Standing | None:
    """Count a request, and let the size of an upload be counted; how it stands then.

    Raises 429 for one too many; reading an upload that is larger than its limit raises 413.
    """
    if call.operation.group == UNCOUNTED:
        return None
    kind: Kind = "reads" if call.operation.method == "GET" else "writes"
    person_id, address = call.caller.person_id, call.origin.address
    standing = await limiter.charge(kind, person_id, address)
    if standing is not None and standing.exceeded:
        raise exceeded(standing)
    if call.operation.upload:
        sent = 0

        async def charge(size: int) -> None:
            nonlocal sent
            sent += size
            # By the address of the connection, whatever is said about others behind it.
            found = await limiter.charge("uploads", person_id, address, size)
            if found is not None and found.exceeded:
                raise _never_fits(found.policy) if sent > found.policy.quota else exceeded(found)

        call.meter(charge)
    return standing
