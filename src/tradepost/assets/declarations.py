"""What a file declares of itself: one line each, or nothing."""

import re
from typing import Final

from msgspec import UNSET, UnsetType

from tradepost.assets.bad_file import BadFileError

MAX_CHARACTERS: Final = 255
"""Source: "lengths" in the contract's semantics."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def declared(value: str | None, where: str) -> str | UnsetType:
    """A value without the blanks around it.

    An empty value, or one that holds a Maven placeholder (`${...}`) that the build has left
    behind, declares nothing. Raises `BadFileError` for one that is too long or is not one line;
    `where` says which it is.
    """
    line = (value or "").strip()
    if not line or "${" in line:
        return UNSET
    if len(line) > MAX_CHARACTERS:
        raise BadFileError(f"has more than {MAX_CHARACTERS} characters as its {where}")
    if _CONTROL.search(line):
        raise BadFileError(f"has control characters in its {where}")
    return line


def switched_on(value: str | None, where: str) -> bool | UnsetType:
    """A switch that is on for `true` in any case and off for all else, as Java reads it."""
    line = declared(value, where)
    return UNSET if line is UNSET else line.lower() == "true"
