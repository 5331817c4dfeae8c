"""What is found, and what rows are looked at with."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec


class Problem(NamedTuple):
    """Something that is not as it should be: where, and what about it."""

    where: str
    what: str


class Names(msgspec.Struct, frozen=True):
    """What the world calls things whose rows others refer to, by the keys of their rows."""

    spaces: Mapping[int, str]
    """The id of each developer space."""
    space_ids: frozenset[str]
    apps: Mapping[int, tuple[str, str, int]]
    """Product id, app key and the key of the developer space of each app."""
    softwares: Mapping[int, tuple[str, int]]
    """The id of each app software, and the key of its app."""
    parents: Mapping[int, str]
    """The id of each parent software."""

    def space_of_app(self, app_pk: int) -> str | None:
        """The id of the developer space of an app, where both are there."""
        app = self.apps.get(app_pk)
        return None if app is None else self.spaces.get(app[2])
