"""Redeeming an access token: the site that installs a private app is bound to it for good."""

import msgspec

from tradepost.app_software import store, versions
from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.http.authentication import unauthorized
from tradepost.http.errors import FORBIDDEN, INVALID_PARAMETER, ApiError, fail


class Site(msgspec.Struct, frozen=True):
    """An installation of a product, as it names itself."""

    cloud_id: str | None
    instance: str | None


async def redeem(
    database: Database, clock: Clock, token: str, site: Site, *, bind: bool = True
) -> int:
    """The key of the app software that an access token opens to a site.

    The first site that redeems the token is bound to it, unless `bind` says to look only. Raises
    401 for a token that is unknown or revoked, 403 for another site than the bound one, and 400
    where no site is named or the app software is archived.
    """
    found = await store.find_token(database, token)
    if found is None:
        raise _no_token()
    if _is_bound(found):
        _check_site(found, site)
        return found.software_pk
    if site.cloud_id is None and site.instance is None:
        detail = "cloudId or instance must name the site that redeems the access token"
        raise fail(INVALID_PARAMETER, detail)
    if not bind:
        return found.software_pk

    async def work(transaction: Transaction) -> int:
        held = await store.find_token(transaction, token)
        if held is None:
            raise _no_token()
        if _is_bound(held):  # another request was quicker
            _check_site(held, site)
            return held.software_pk
        await versions.writable(transaction, held.software_id)
        await store.bind_token(transaction, token, site.cloud_id, site.instance, clock.stamp())
        return held.software_pk

    return await database.write(work)


def _is_bound(token: store.HeldToken) -> bool:
    return token.cloud_id is not None or token.instance is not None


def _check_site(token: store.HeldToken, site: Site) -> None:
    """Raise 403 unless it is the bound site: both name something, and agree in what both name."""
    pairs = [(token.cloud_id, site.cloud_id), (token.instance, site.instance)]
    named = [(bound, sent) for bound, sent in pairs if bound is not None and sent is not None]
    if not named or any(bound != sent for bound, sent in named):
        raise fail(FORBIDDEN, "the access token belongs to another site")


def _no_token() -> ApiError:
    return unauthorized("the access token is unknown or revoked")
