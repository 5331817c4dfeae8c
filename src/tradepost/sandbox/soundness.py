"""What a document may not have anywhere, whatever it is about; with the place of it."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from tradepost.http.parameters import MAX_BUILD_NUMBER

T = TypeVar("T")

_STAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_LONGEST: Final = 65_536


class BadDocumentError(Exception):
    """A document cannot be loaded; the text says why. Nothing of it was stored."""


def refuse_unsound(document: Any) -> None:
    """Raise `BadDocumentError` for numbers, times and texts that no answer could ever have."""
    for place, what in _unsound(document, "$"):
        raise BadDocumentError(f"{place} {what}")


def converted(given: Any, kind: type[T], where: str, *, narrower: type | None = None) -> T:
    """What a document gives, as a structure; raises `BadDocumentError` that names `where`.

    A field that the structure has not is a mistake. `narrower` is a structure of the same fields
    that takes less.
    """
    try:
        if narrower is not None:
            msgspec.convert(given, narrower)
        value = msgspec.convert(given, kind)
    except msgspec.ValidationError as bad:
        raise BadDocumentError(f"{where}: {bad}") from None
    for place in _unknown(given, msgspec.to_builtins(value), ""):
        raise BadDocumentError(f"{where} has no field {place}")
    return value


def _unsound(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _unsound(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _unsound(inner, f"{place}[{number}]")
    elif isinstance(value, int | float) and abs(value) > MAX_BUILD_NUMBER:
        yield place, f"must not be beyond {MAX_BUILD_NUMBER}"
    elif isinstance(value, str):
        if len(value) > _LONGEST:
            yield place, f"must have at most {_LONGEST} characters"
        elif _STAMP.fullmatch(value) and not _exists(value):
            yield place, f"is a time that does not exist: {value}"


def _exists(stamp: str) -> bool:
    try:
        datetime.fromisoformat(stamp)
    except ValueError:
        return False
    return True


def _unknown(given: Any, known: Any, place: str) -> Iterator[str]:
    """The names of fields that were given and are not known, as paths."""
    if isinstance(given, dict) and isinstance(known, dict):
        for name, inner in given.items():
            inside = f"{place}.{name}" if place else name
            if name in known:
                yield from _unknown(inner, known[name], inside)
            else:
                yield inside
    elif isinstance(given, list) and isinstance(known, list):
        for number, (inner, other) in enumerate(zip(given, known, strict=True)):
            yield from _unknown(inner, other, f"{place}[{number}]")
