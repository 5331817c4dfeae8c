"""Redeeming an access token: the site that installs a private app is bound to it for good."""

import hashlib
from typing import Final

import msgspec

from tradepost.app_software import store, versions
from tradepost.app_software.model import AccessTokenResponse
from tradepost.clock import Clock
from tradepost.database import Reader, Transaction
from tradepost.http.authentication import unauthorized
from tradepost.http.bodies import encode
from tradepost.http.call import Answer, Call
from tradepost.http.errors import FORBIDDEN, INVALID_PARAMETER, fail
from tradepost.http.writing import Trail

MASKED: Final = "at_***"


class Site(msgspec.Struct, frozen=True):
    """An installation of a product, as it names itself."""

    cloud_id: str | None
    instance: str | None


async def find(reader: Reader, token: str) -> store.HeldToken:
    """An access token; raises 401 where it is unknown or revoked."""
    found = await store.find_token(reader, token)
    if found is None:
        raise unauthorized("the access token is unknown or revoked")
    return found


async def check(reader: Reader, token: store.HeldToken, site: Site) -> bool:
    """Whether an access token, which is good for a site, is still to be bound to it.

    Raises 403 for another site than the bound one, and 400 for a token that no site has redeemed
    yet, where none is named or the app software is archived.
    """
    if token.cloud_id is not None or token.instance is not None:
        _check_bound(token, site)
        return False
    if site.cloud_id is None and site.instance is None:
        detail = "cloudId or instance must name the site that redeems the access token"
        raise fail(INVALID_PARAMETER, detail)
    await versions.writable(reader, token.software_id)
    return True


async def bind(call: Call, clock: Clock, token: str, site: Site, answer: Answer) -> Answer:
    """Bind an access token to the first site that redeems it, and return the answer to that.

    Raises what `find` and `check` do.
    """

    async def work(transaction: Transaction, trail: Trail) -> Answer:
        held = await find(transaction, token)
        if await check(transaction, held, site):  # else another request of the site was quicker
            await store.bind_token(transaction, token, site.cloud_id, site.instance, clock.stamp())
        software = await store.find(transaction, held.software_id)
        assert software is not None
        before = AccessTokenResponse(token, held.cloud_id, held.instance)
        after = AccessTokenResponse(token, site.cloud_id, site.instance)
        note(trail, software.id, software.developer_space_id, before, after)
        return answer

    return await call.write(work)


def note(
    trail: Trail,
    software_id: str,
    space_id: str,
    before: AccessTokenResponse | None,
    after: AccessTokenResponse | None,
) -> None:
    """Say what was done to an access token, which is told by a hash: whoever has it can use it."""
    token = before or after
    assert token is not None
    fingerprint = hashlib.sha256(token.token.encode()).hexdigest()[:16]
    shown = [
        None if state is None else encode(msgspec.structs.replace(state, token=MASKED))
        for state in (before, after)
    ]
    target = f"{software_id}/tokens/{fingerprint}"
    trail.note("accessToken", target, space_id, before=shown[0], after=shown[1])


def _check_bound(token: store.HeldToken, site: Site) -> None:
    """Raise 403 unless it is the bound site: both name something, and agree in what both name."""
    pairs = [(token.cloud_id, site.cloud_id), (token.instance, site.instance)]
    named = [(bound, sent) for bound, sent in pairs if bound is not None and sent is not None]
    if not named or any(bound != sent for bound, sent in named):
        raise fail(FORBIDDEN, "the access token belongs to another site")
