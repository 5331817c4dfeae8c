"""The parameters that narrow lists, by their names in Python. What is `None` is not sent."""

from typing import TypedDict

from msgspec import UnsetType

from tradepost.app_software.model import PaymentModel, VersionState
from tradepost.client._requests import Query, query_of
from tradepost.http.cursors import PageLinks


class VersionFilters(TypedDict, total=False):
    """Which versions of an app software are listed.

    `parent_software_version_id` is a build number of the parent; `after_version` is a version
    number.
    """

    parent_software_id: str | None
    parent_software_version_id: int | None
    after_version: str | None
    payment_model: PaymentModel | None
    state: VersionState | None


LARGEST_PAGE = 50
"""The page size of walks: as few requests as may be."""


def next_query(links: PageLinks) -> Query | None:
    """The query of the page after one, by its links."""
    return None if isinstance(links.next, UnsetType) else query_of(links.next)
