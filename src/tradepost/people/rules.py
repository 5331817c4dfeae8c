"""Rules of API tokens, without any I/O."""

import hashlib
import hmac
from typing import Final

LOOKUP_BYTES: Final = 8
"""How much of a digest is looked up by; the rest is compared in constant time."""


def digest(token: str) -> bytes:
    """What is stored of an API token. It is random, so it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def same_digest(one: bytes, other: bytes) -> bool:
    """Compare two digests in a time that tells nothing."""
    return hmac.compare_digest(one, other)


def is_good(revoked_at: str | None, expires_at: str | None, now: str) -> bool:
    """Whether an API token may be used at a time (all RFC 3339 in UTC)."""
    return revoked_at is None and (expires_at is None or now < expires_at)
