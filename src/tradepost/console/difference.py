"""What differs between two documents, field by field."""

from collections.abc import Iterator
from typing import Any

import msgspec


class Difference(msgspec.Struct, frozen=True):
    """A field whose value differs. A side that has no such field is `None`; texts are as they are,
    everything else is JSON."""

    path: str
    before: str | None
    after: str | None


def differences(before: Any, after: Any) -> list[Difference]:
    """The fields that differ, in the order of the newer document; `None` stands for no document.

    Lists are compared place by place.
    """
    return list(_walk("", before, after))


def _walk(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict | None) and isinstance(after, dict | None):
        old, new = before or {}, after or {}
        for name in [*new, *(name for name in old if name not in new)]:
            yield from _walk(f"{path}.{name}" if path else name, old.get(name), new.get(name))
    elif isinstance(before, list | None) and isinstance(after, list | None):
        old_items, new_items = before or [], after or []
        for place in range(max(len(old_items), len(new_items))):
            yield from _walk(f"{path}[{place}]", _at(old_items, place), _at(new_items, place))
    else:
        yield Difference(path, _text(before), _text(after))


def _at(items: list[Any], place: int) -> Any:
    return items[place] if place < len(items) else None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
