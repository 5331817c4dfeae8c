"""What a sandbox holds beside the server, and going back to how all of it was before."""

from typing import Any, NamedTuple

import apsw

from tradepost.app import Tradepost
from tradepost.chance import Chance
from tradepost.database.snapshots import Copies
from tradepost.sandbox import store
from tradepost.sandbox.clock import SandboxClock, Setting
from tradepost.sandbox.eras import Eras
from tradepost.sandbox.faults import Faults
from tradepost.sandbox.journal import Journal
from tradepost.sandbox.reviews import Reviews
from tradepost.sandbox.seeds import SeededChance

START = "start"
"""The snapshot of how the sandbox was when it started."""


class _Snapshot(NamedTuple):
    data: apsw.Connection
    clock: Setting
    drawn: Any
    requests: int


class State:
    """The faults, the journal, the clock, the reviews and the snapshots of a sandbox."""

    def __init__(self, tradepost: Tradepost, clock: SandboxClock, chance: Chance, eras: Eras):
        self._tradepost = tradepost
        self.eras = eras
        self.clock = clock
        self.chance = chance
        self.faults = Faults()
        self.journal = Journal()
        self.reviews = Reviews(clock, tradepost.dispatcher)
        self._copies = Copies(tradepost.settings.database_path)
        self._snapshots: dict[str, _Snapshot] = {}
        self.take(START)

    @property
    def snapshots(self) -> list[str]:
        """The names of the snapshots, the oldest first."""
        return list(self._snapshots)

    def take(self, name: str) -> None:
        """Keep how things are under a name, in place of what it stood for."""
        chance = self.chance
        drawn = chance.state() if isinstance(chance, SeededChance) else None
        requests = self._tradepost.dispatcher.requests
        taken = _Snapshot(self._copies.take(), self.clock.setting, drawn, requests)
        self.drop(name)
        self._snapshots[name] = taken

    def drop(self, name: str) -> bool:
        """Forget a snapshot; false where there was none."""
        old = self._snapshots.pop(name, None)
        if old is not None:
            old.data.close()
        return old is not None

    def reset(self, name: str) -> None:
        """Go back to a snapshot; faults, reviews and the journal are empty then. Who is signed in
        at the console stays so.

        Requests that are under way write nothing any more, and a fault delays none of them longer.

        Raises `KeyError` for a name that stands for nothing, and `UnavailableError`.
        """
        snapshot = self._snapshots[name]
        self.eras.end()
        self.eras.wake()
        self._copies.put_back(snapshot.data, store.carry_sessions_over)
        self.clock.setting = snapshot.clock
        if isinstance(self.chance, SeededChance):
            self.chance.resume(snapshot.drawn)
            self._tradepost.dispatcher.requests = snapshot.requests
        self.faults = Faults()  # which number themselves from the start again
        self.reviews.clear()
        self.journal.clear()
        self.forget_sign_ins()

    def forget_sign_ins(self) -> None:
        """Look everybody up anew: people are others, or the time is."""
        self._tradepost.authenticator.forget()
        self._tradepost.authenticator.forget_failures()

    def close(self) -> None:
        self._copies.close()
        for snapshot in self._snapshots.values():
            snapshot.data.close()
