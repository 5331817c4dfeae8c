"""What all checked rows have in common."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from tradepost.integrity.model import Names

At = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
"""A time as columns have it: RFC 3339 in UTC with whole seconds."""
Flag = Annotated[int, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]


class Checked(msgspec.Struct):
    """A row. The types of its columns are checked when it is made."""

    def problems(self, names: Names) -> Iterable[str]:
        """What is wrong with it beyond that; raises `BadDocumentError`."""
        return ()

    def images(self) -> Iterable[str]:
        """The ids of images that it names."""
        return ()
