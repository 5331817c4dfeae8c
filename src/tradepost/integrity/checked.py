"""What all checked rows have in common."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from tradepost.integrity.model import Names

At = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
"""A time as columns have it: RFC 3339 in UTC with whole seconds."""
Flag = Annotated[int, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]


_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")


def impossible_times(row: "Checked") -> Iterator[str]:
    """What to tell of those columns of a row that have a time of a day that does not exist."""
    for column in row.__struct_fields__:
        value = getattr(row, column)
        if column.endswith("at") and isinstance(value, str) and _DAY.fullmatch(value):
            try:
                datetime.fromisoformat(value)
            except ValueError:
                yield f"{column} is {value!r}, and there is no such time"


def before_it_began(created_at: str, **times: str | None) -> Iterator[str]:
    """What to tell of times that are before the one when the thing was made."""
    for column, at in times.items():
        if at is not None and at < created_at:
            yield f"{column} is {at!r}, before it was made"


class Checked(msgspec.Struct):
    """A row. The types of its columns are checked when it is made."""

    def problems(self, names: Names) -> Iterable[str]:
        """What is wrong with it beyond that; raises `BadDocumentError`."""
        return ()

    def images(self) -> Iterable[str]:
        """The ids of images that it names."""
        return ()
