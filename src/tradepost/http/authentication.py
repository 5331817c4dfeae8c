"""Who is calling: HTTP Basic with an email and an API token.

Source: "Authentication" in the contract's semantics. A verified header is remembered for a few
seconds, under a keyed hash, so that a busy client costs one look-up in that time. Failed
sign-ins are slowed: after some free ones, answers for an address and email come one by one,
ever slower, and what does not fit in that queue is a 429. A good token always works: tokens
cannot be guessed, so locking its owner out would be the greater harm.
"""

import asyncio
import base64
import binascii
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from hashlib import blake2b
from typing import Final, Protocol

import msgspec

from tradepost.http.call import Caller
from tradepost.http.errors import TOO_MANY_REQUESTS, UNAUTHORIZED, ApiError, fail
from tradepost.http.limits import Limiter, Unlimited, exceeded

_REMEMBERED: Final = 20_000
"""How many verified headers are kept at the most."""
_LOOK_UP_EVERY: Final = 60.0
_FREE_FAILURES: Final = 10
_FORGET_AFTER: Final = 60.0
_FIRST_DELAY: Final = 0.1
_LONGEST_DELAY: Final = 1.0
_LONGEST_QUEUE: Final = 2.0
_WATCHED: Final = 10_000
_LONGEST_EMAIL: Final = 254

CHALLENGE: Final = ("www-authenticate", 'Basic realm="Tradepost", charset="UTF-8"')


class SignedIn(msgspec.Struct, frozen=True):
    """Who signs in, and for how many seconds their API token is good yet."""

    caller: Caller
    seconds: float = math.inf


class Directory(Protocol):
    """Where people and their API tokens are looked up."""

    async def sign_in(self, email: str, token: str) -> SignedIn | None:
        """The person with that email, if that API token is theirs and good now."""
        ...


class _Known(msgspec.Struct):
    """Who has signed in, and until when, on the monotonic clock, that is taken for granted."""

    caller: Caller
    verified: float
    until: float
    look_up_at: float


class _Watch(msgspec.Struct):
    failures: int = 0
    last: float = 0.0
    free_at: float = 0.0


class Throttle:
    """How long the answer to a failed sign-in waits. Times are seconds of any one clock.

    The first ten failures of a key within a minute wait for nothing. Each later one waits
    until the one before it was answered and 0.1, 0.2, … at most 1 second more. While over
    2 seconds of that wait, more failures are refused instead.
    """

    def __init__(self) -> None:
        self._watches: OrderedDict[str, _Watch] = OrderedDict()

    def refused_for(self, key: str, now: float) -> float:
        """For how many seconds failures are refused at once; 0 where they wait instead."""
        watch = self._watches.get(key)
        if watch is None or watch.free_at - now <= _LONGEST_QUEUE:
            return 0.0
        return watch.free_at - now

    def failed(self, key: str, now: float) -> float:
        """Note a failure, and tell how many seconds its answer waits."""
        watch = self._watches.pop(key, None)
        if watch is None or now - watch.last > _FORGET_AFTER:
            watch = _Watch()
        self._watches[key] = watch
        if len(self._watches) > _WATCHED:
            self._watches.popitem(last=False)
        watch.failures += 1
        watch.last = now
        over = watch.failures - _FREE_FAILURES
        if over <= 0:
            return 0.0
        watch.free_at = max(watch.free_at, now) + min(_FIRST_DELAY * over, _LONGEST_DELAY)
        return watch.free_at - now


class Authenticator:
    """Turns an `Authorization` header into a `Caller`, remembering good ones for a while.

    `topic` is what is reported when something about people, tokens or members is written. Where
    `ask` can tell that it was not, a header is remembered for a minute without another look-up.
    """

    def __init__(
        self,
        directory: Directory,
        remember_seconds: float,
        topic: str,
        limiter: Limiter | None = None,
    ):
        self._limiter = limiter or Unlimited()
        self._directory = directory
        self._remember = remember_seconds
        self._topic = topic
        self._sure_from = math.inf
        self.ask: Callable[[], None] = _nobody_to_ask
        """Lets `heard` be called with the news, where there are any."""
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._generation = 0
        self._throttle = Throttle()

    def forget(self) -> None:
        """Look everyone up anew: something about people, tokens or members has changed."""
        self._known.clear()
        self._generation += 1

    def forget_failures(self) -> None:
        """Let nobody wait for sign-ins that have failed so far."""
        self._throttle = Throttle()

    def recall(self, header: bytes) -> Caller | None:
        """The caller of a header that was verified moments ago."""
        fingerprint = blake2b(header, key=self._key, digest_size=16).digest()
        known = self._known.get(fingerprint)
        if known is None:
            return None
        now = time.monotonic()
        if known.until < now:
            if not self._remember or known.look_up_at < now:
                return None
            self.ask()
            if known.verified < self._sure_from or fingerprint not in self._known:
                return None
            known.until = min(now + self._remember, known.look_up_at)
        return known.caller

    def heard(self, topics: Collection[str] | None) -> None:
        """Take in what was written, or that nobody can tell (`None`): see `Database.news`."""
        if topics is None:
            self._sure_from = time.monotonic()
        elif self._topic in topics:
            self.forget()

    async def authenticate(self, header: bytes | None, address: str) -> Caller:
        """The caller of a header; raises 401, slowly where many failed, or 429."""
        if header is None:
            raise unauthorized("this needs HTTP Basic authentication with an email and API token")
        caller = self.recall(header)
        if caller is not None:
            return caller
        email, token = _read_basic(header)
        generation, began = self._generation, time.monotonic()
        found = await self._directory.sign_in(email, token)
        if found is None:
            raise await self._failure(address, email[:_LONGEST_EMAIL])
        if generation == self._generation:  # nothing changed while it was looked up
            self._remember_caller(header, found, began)
        return found.caller

    async def _failure(self, address: str, email: str) -> ApiError:
        """The error for a failed sign-in, after the wait that the failures before it brought."""
        standing = await self._limiter.charge("sign-ins", "", address)
        if standing is not None and standing.exceeded:
            return exceeded(standing)
        key, now = f"{address} {email}", time.monotonic()
        if refused := self._throttle.refused_for(key, now):
            detail = "too many sign-ins have failed; wait before the next"
            seconds = str(math.ceil(refused))
            return fail(TOO_MANY_REQUESTS, detail, ("retry-after", seconds))
        if delay := self._throttle.failed(key, now):
            await asyncio.sleep(delay)
        return unauthorized("the email or API token is wrong, expired or revoked")

    def _remember_caller(self, header: bytes, found: SignedIn, began: float) -> None:
        fingerprint = blake2b(header, key=self._key, digest_size=16).digest()
        end = began + found.seconds
        self._known[fingerprint] = _Known(
            found.caller,
            began,
            min(began + self._remember, end),
            min(began + max(self._remember, _LOOK_UP_EVERY), end),
        )
        self._known.move_to_end(fingerprint)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _nobody_to_ask() -> None:
    return


def _read_basic(header: bytes) -> tuple[str, str]:
    """The email (in lower case) and API token of a Basic header; raises 401."""
    scheme, _, encoded = header.partition(b" ")
    if scheme.lower() == b"bearer":
        raise unauthorized(
            "Bearer tokens (Forge and OAuth2 apps) are not accepted here: "
            "use HTTP Basic with an email and API token"
        )
    if scheme.lower() != b"basic":
        raise unauthorized("only HTTP Basic authentication is accepted")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        raise unauthorized("the Basic credentials are not base64 of UTF-8") from None
    email, colon, token = text.partition(":")
    if not colon or not email or not token or "\x00" in text:
        raise unauthorized("the Basic credentials are not email:api_token")
    return email.lower(), token


def unauthorized(detail: str) -> ApiError:
    """The error of a request without good credentials, with the challenge that belongs to it."""
    return fail(UNAUTHORIZED, detail, CHALLENGE)
