"""Conditional requests: the validators of what is served, and how they compare.

Source: RFC 9110, sections 8.8.3 and 13.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tradepost.http.errors import PRECONDITION_FAILED, fail

if TYPE_CHECKING:
    from tradepost.http.kept import Kept

_PLAIN: Final = re.compile(r"[A-Za-z0-9-]{1,40}")
_REPRESENTATION: Final = 1
"""Counted up when the same stored state is shown in another way than before."""


class UnchangedError(Exception):
    """Ends a handler early: it need not make the answer. See `Call.unless_unchanged`.

    `kept` is the answer that the server has kept; `None` where the client has it.
    """

    def __init__(self, kept: "Kept | None" = None):
        super().__init__()
        self.kept = kept


def entity_tag(*state: object) -> bytes:
    """The strong validator, with its quotes, of what some values tell from every other state."""
    text = "-".join(map(str, (_REPRESENTATION, *state)))
    if not _PLAIN.fullmatch(text):
        text = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    return f'"{text}"'.encode()


def body_tag(body: bytes) -> bytes:
    """The strong validator of a body that has no other."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'.encode()


def is_known(sent: Sequence[bytes], tag: bytes) -> bool:
    """Whether lines of `If-None-Match` name a validator (by the weak comparison) or any."""
    return any(
        one == b"*" or one.removeprefix(b"W/") == tag for line in sent for one in _entries(line)
    )


class Precondition:
    """What `If-Match` demands of what is to be replaced: nothing where it was not sent."""

    __slots__ = ("_sent",)

    def __init__(self, sent: Sequence[bytes]):
        self._sent = sent

    def __bool__(self) -> bool:
        return bool(self._sent)

    def require(self, tag: bytes) -> None:
        """Raise 412 unless the current validator is one of those sent, or any will do."""
        # Strong comparison: a weak one, W/"…", is never equal.
        if self._sent and not any(
            one in (b"*", tag) for line in self._sent for one in _entries(line)
        ):
            detail = "If-Match names another state than the one held now: GET it again"
            raise fail(PRECONDITION_FAILED, detail)


NO_PRECONDITION: Final = Precondition(())


def _entries(line: bytes) -> list[bytes]:
    return [entry.strip() for entry in line.split(b",")]
