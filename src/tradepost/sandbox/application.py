"""The ASGI application of a sandbox: that of the server, with the sandbox around it."""

from tradepost.app import Answering, Application, Tradepost, open_database, open_tradepost
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.chance import Chance
from tradepost.database import Database
from tradepost.demo.load import load
from tradepost.sandbox.clock import SEEDED, SandboxClock
from tradepost.sandbox.eras import Eras
from tradepost.sandbox.layer import Layer
from tradepost.sandbox.seeds import SeededChance
from tradepost.sandbox.state import State
from tradepost.settings import Settings


async def demo_database(settings: Settings) -> Database:
    """A new database with the demo data. It stays open, because to open it again takes time."""
    # Throw-away data need not survive the machine's power.
    database = await open_database(settings, durable=False)
    try:
        await load(database, DirectoryBlobs(settings.blobs_path, durable=False))
    except BaseException:
        await database.close()
        raise
    return database


class SandboxApplication(Application):
    """See `Application`. For one process: what a sandbox holds is in its memory."""

    _state: State | None = None

    async def _open(
        self, settings: Settings, database: Database | None
    ) -> tuple[Tradepost, Answering]:
        seed = settings.sandbox_seed
        clock = SandboxClock(SEEDED if seed else None)
        eras = Eras()
        chance = SeededChance(seed, eras) if seed else Chance()
        database = eras.guard(database or await open_database(settings))
        tradepost = await open_tradepost(settings, database, clock, chance)
        self._state = State(tradepost, clock, chance, eras)
        return tradepost, Layer(tradepost, self._state)

    async def finish(self) -> None:
        state, self._state = self._state, None
        if state is not None:
            state.close()
        await super().finish()
