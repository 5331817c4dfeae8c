# Made by `make client` from _async/_client.py. Do not edit.
"""The client: all groups of the contract in one."""

from tradepost.client._sync._app_listing import AppListing
from tradepost.client._sync._app_migration import AppMigration
from tradepost.client._sync._app_software import AppSoftware
from tradepost.client._sync._app_version_listing import AppVersionListing
from tradepost.client._sync._assets import Assets
from tradepost.client._sync._developer_space import DeveloperSpace
from tradepost.client._sync._parent_software import ParentSoftware
from tradepost.client._sync._privacy_and_security import PrivacyAndSecurity
from tradepost.client._sync._reviews import Reviews


class Client(
    AppSoftware,
    ParentSoftware,
    Assets,
    AppVersionListing,
    AppListing,
    DeveloperSpace,
    Reviews,
    PrivacyAndSecurity,
    AppMigration,
):
    """A client of the Marketplace REST API v3: of a Tradepost server, or of the vendor's service.

    `base_url` is where the server is, such as `https://marketplace.example.com`; it may end in
    `/marketplace`. `auth` are the email and the API token; without it, only parent software can
    be read. `timeout` is in seconds, or an `httpx2.Timeout`. `retries` says how often and how
    long to try again. `transport` is a transport of httpx2 to use instead of the network. `http`
    is a client of httpx2 to use instead of one made here (for proxies, certificates, limits); its
    own timeouts hold, and it is not closed. `sleep` is what waits between attempts.

    Each operation has a method of its name, and each list an `iterate_…` that walks all pages.
    Bodies are structs of the wire, or mappings as read from JSON. Every method raises
    `TransportError`, `ApiError` or `UnexpectedAnswerError` (see `tradepost.client`), and
    `ValueError` for arguments that cannot be sent. `server_version` is the version of Tradepost
    that answers; `None` before any answer, and for any other server.
    """
