"""What the console uses of the server; the composition root puts it together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tradepost.chance import Chance
from tradepost.clock import Clock
from tradepost.console.sessions import Sessions
from tradepost.database import Database
from tradepost.http.addresses import Network
from tradepost.http.authentication import Authenticator
from tradepost.http.logs import Log
from tradepost.people.directory import PeopleDirectory

# A server starts with this, and with nothing that its pages are made of.
if TYPE_CHECKING:
    from tradepost.console.ask import Api


class Belongings:
    """What the console uses of the server."""

    def __init__(
        self,
        database: Database,
        directory: PeopleDirectory,
        authenticator: Authenticator,
        clock: Clock,
        chance: Chance,
        log: Log,
        trusted_proxies: Sequence[Network],
        reads: "Api",
        sandbox: "Api | None",
        visitor: tuple[str, str] | None,
        body_seconds: float,
    ):
        """`reads` answers operations; `sandbox` as well, and what is below `/_sandbox`, if this is
        one; `visitor` is the email and API token that one click signs in with; `body_seconds` is
        how long a form may take to come."""
        # By the system's clock and chance: a sandbox whose clock jumps signs nobody out, and its
        # seed foretells no cookie.
        self.sessions = Sessions(database, directory, Clock(), Chance())
        self.chance = chance
        self.authenticator = authenticator
        self.clock = clock
        self.log = log
        self.trusted_proxies = trusted_proxies
        self.reads = reads
        self.writes = sandbox or reads
        self.sandbox = sandbox
        self.visitor = visitor
        self.body_seconds = body_seconds
