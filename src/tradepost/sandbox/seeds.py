"""Ids and tokens that come again: drawn from a seed, for sandboxes alone."""

import random
import secrets
from typing import Any

from tradepost.chance import Chance
from tradepost.sandbox.eras import Eras


class SeededChance(Chance):
    """See `Chance`. Whoever knows the seed can tell all that is drawn.

    What began before a reset draws nothing of it any more, so that the next test finds it whole.
    """

    def __init__(self, seed: str, eras: Eras):
        self._eras = eras
        self._random = random.Random(seed)  # noqa: S311 (that it can be told is what it is for)

    def token_bytes(self, count: int) -> bytes:
        if self._eras.is_over:
            return secrets.token_bytes(count)
        return self._random.randbytes(count)

    def state(self) -> Any:
        """Where it stands, for `resume`."""
        return self._random.getstate()

    def resume(self, state: Any) -> None:
        """Draw again what was drawn since `state`."""
        self._random.setstate(state)
