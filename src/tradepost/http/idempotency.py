"""`Idempotency-Key`: a POST that is sent again with the same key is answered as the first time.

The key belongs to a person for 24 hours. Two requests that are under way in one process wait for
each other here; in two processes the transaction of the later one finds the answer of the other.
So whatever is lost on the way, nothing is done twice.
"""

import asyncio
import re
from hashlib import blake2b
from typing import Final

from tradepost.http.call import Answer, Call
from tradepost.http.errors import IDEMPOTENCY_KEY_IN_USE, INVALID_PARAMETER, fail
from tradepost.http.operations import Handler
from tradepost.http.writing import Key, Writer, repeated, reused

HEADER: Final = b"idempotency-key"
WAIT_SECONDS: Final = 30.0
"""For how long a request waits for the one before it with the same key."""

_VISIBLE: Final = re.compile(rb"[\x21-\x7e]{1,255}")


class _Running:
    """A request that is under way with a key."""

    __slots__ = ("done", "fingerprint")

    def __init__(self, fingerprint: bytes):
        self.fingerprint = fingerprint
        self.done = asyncio.Event()


class Repeats:
    """Answers requests that carry an idempotency key. For one event loop."""

    def __init__(self, writer: Writer, wait_seconds: float = WAIT_SECONDS):
        self._writer = writer
        self._wait_seconds = wait_seconds
        self._running: dict[tuple[str, str], _Running] = {}

    def concerns(self, call: Call) -> bool:
        """Whether a request carries a key that counts. One that only checks something does
        nothing, however often it is sent."""
        return (
            HEADER in call.headers
            and call.operation.takes_key
            and not (call.validates_only and call.operation.may_validate_only)
        )

    async def answer(self, call: Call, handler: Handler) -> Answer:
        """The answer to a request: that of its handler, or the one that was given before to
        somebody who may still do this.

        A refusal is not kept: it has done nothing that must not be done twice. Raises what the
        handler raises, and 403, 409 and 422.
        """
        key = await _read(call)
        place = (key.person_id, key.name)
        await self._turn(place, key)
        running = self._running[place] = _Running(key.fingerprint)
        try:
            given = await self._writer.given(key)
            if given is not None:
                call.require_again(given.space_id)
                return repeated(given, key)
            call.key = key
            return await handler(call)
        finally:
            del self._running[place]
            running.done.set()

    async def _turn(self, place: tuple[str, str], key: Key) -> None:
        """Wait until no request with the key is under way here; raises 409 and 422."""
        try:
            async with asyncio.timeout(self._wait_seconds):
                while (running := self._running.get(place)) is not None:
                    if running.fingerprint != key.fingerprint:
                        raise reused()
                    await running.done.wait()
        except TimeoutError:
            detail = "the request with this Idempotency-Key is still being worked on"
            raise fail(IDEMPOTENCY_KEY_IN_USE, detail, ("retry-after", "5")) from None


async def _read(call: Call) -> Key:
    """The key of a request, with the hash of what came with it; raises 400 for a bad one."""
    lines = set(call.lines(HEADER))
    name = lines.pop()
    if lines or not _VISIBLE.fullmatch(name):
        detail = "Idempotency-Key must be one text of 1 to 255 visible ASCII characters"
        raise fail(INVALID_PARAMETER, detail)
    body = await call.whole_body()
    await call.authorise_again()
    asked = blake2b(digest_size=32)
    for part in (call.operation.name.encode(), call.url_path.encode(), call.query_string(), body):
        asked.update(b"%d:%b" % (len(part), part))
    return Key(call.caller.person_id, name.decode(), asked.digest())
