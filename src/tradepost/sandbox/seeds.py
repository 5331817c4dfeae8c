"""Ids and tokens that come again: drawn from a seed, for sandboxes alone."""

import random
from typing import Any

from tradepost.chance import Chance


class SeededChance(Chance):
    """See `Chance`. Whoever knows the seed can tell all that is drawn."""

    def __init__(self, seed: str):
        self._random = random.Random(seed)  # noqa: S311 (that it can be told is what it is for)

    def token_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def state(self) -> Any:
        """Where it stands, for `resume`."""
        return self._random.getstate()

    def resume(self, state: Any) -> None:
        """Draw again what was drawn since `state`."""
        self._random.setstate(state)
