"""Patterns of paths: `*` stands for anything without a slash, `**` for anything.

Matching takes time that grows with the length of the path times that of the pattern, whatever they
are: all places where the pattern so far may end are kept as the bits of one number.
"""

import re
from typing import Final

_WILD: Final = re.compile(r"(\*\*?)")
_SLASH: Final = ord("/")


class Pattern:
    """A pattern, looked at once."""

    def __init__(self, text: str):
        self._parts = [part for part in _WILD.split(text) if part]

    def fits(self, path: str) -> bool:
        """Whether all of a path is as the pattern says."""
        text = _encoded(path)
        everywhere = (1 << len(text) + 1) - 1
        within = everywhere >> 1 & ~_places(text, _SLASH)
        known: dict[int, int] = {}
        ends = 1
        for part in self._parts:
            if part == "**":
                ends = everywhere & -(ends & -ends)  # from the lowest bit on
            elif part == "*":
                # Adding carries each bit through those that follow one another: Cameron et al.,
                # "Bitwise Data Parallelism in Regular Expression Matching", 2014.
                ends |= (ends & within) + within ^ within
            else:
                for byte in _encoded(part):
                    if byte not in known:
                        known[byte] = _places(text, byte)
                    ends = (ends & known[byte]) << 1
            if not ends:
                return False
        return bool(ends >> len(text))


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _places(text: bytes, byte: int) -> int:
    """Where a byte stands: a bit for each place, that of the first one the lowest."""
    if not text:
        return 0
    table = bytes(b"1"[0] if other == byte else b"0"[0] for other in range(256))
    return int(text[::-1].translate(table), 2)
