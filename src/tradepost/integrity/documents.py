"""Stored documents, held against their types and against the columns beside them."""

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class BadDocumentError(Exception):
    """A document is not of its type; the text says what about it."""


def read(kind: "msgspec.json.Decoder[T]", document: bytes) -> T:
    """A document as its type; raises `BadDocumentError` where it is anything else or more."""
    try:
        value = kind.decode(document)
        plain = msgspec.json.decode(document)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadDocumentError(f"its document is not of its type: {error}") from None
    if plain != msgspec.to_builtins(value):
        raise BadDocumentError("its document has fields that its type has not")
    return value


def differences(**pairs: tuple[Any, Any]) -> Iterator[str]:
    """What to tell of columns, by their names, whose value is not that of the document."""
    for column, (held, told) in pairs.items():
        told = None if told is msgspec.UNSET else told
        if held != told or type(held) is not type(told):
            yield f"{column} is {held!r}, and by its document it is {told!r}"
