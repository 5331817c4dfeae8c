"""The ASGI application of a sandbox: that of the server, with the sandbox around it."""

from tradepost.app import Answering, Application, Tradepost, open_tradepost
from tradepost.chance import Chance
from tradepost.database import Database
from tradepost.sandbox.clock import SEEDED, SandboxClock
from tradepost.sandbox.layer import Layer
from tradepost.sandbox.seeds import SeededChance
from tradepost.sandbox.state import State
from tradepost.settings import Settings


class SandboxApplication(Application):
    """See `Application`. For one process: what a sandbox holds is in its memory."""

    _state: State | None = None

    async def _open(
        self, settings: Settings, database: Database | None
    ) -> tuple[Tradepost, Answering]:
        seed = settings.sandbox_seed
        clock = SandboxClock(SEEDED if seed else None)
        chance = SeededChance(seed) if seed else Chance()
        tradepost = await open_tradepost(settings, database, clock, chance)
        self._state = State(tradepost, clock, chance)
        return tradepost, Layer(tradepost, self._state)

    async def finish(self) -> None:
        state, self._state = self._state, None
        if state is not None:
            state.close()
        await super().finish()
