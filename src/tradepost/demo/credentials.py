"""The credentials of the demo data, which are public."""

from tradepost.clock import Clock
from tradepost.database import Reader
from tradepost.people import rules
from tradepost.people import store as people
from tradepost.people.directory import DEMO_TOKENS


async def has_demo_credentials(reader: Reader) -> bool:
    """Whether any of the public demo tokens would be accepted."""
    now = Clock().stamp()
    for token in DEMO_TOKENS.values():
        digest = rules.digest(token)
        for row in await people.tokens_by_lookup(reader, digest[: rules.LOOKUP_BYTES]):
            if (
                row.digest == digest
                and row.archived_at is None
                and rules.is_good(row.revoked_at, row.expires_at, now)
            ):
                return True
    return False
