"""What the demo data is: people, developer spaces, apps and access tokens.

Everything is fixed: the same ids, numbers and times at every start. The first app has the ids
that the reference page prints. Build number 1001 and version numbers 1.0.1 and 1.0.2 stay free
on it, so that the page's own examples work as printed.
"""

from typing import Any, Final, NamedTuple

from msgspec import UNSET

from tradepost.app_software.model import (
    AccessTokenResponse,
)
from tradepost.apps.model import App, AppSoftware
from tradepost.developer_space.model import Category, DeveloperSpace, RoleId
from tradepost.people.model import Person

_BEGUN: Final = "2022-01-10T09:00:00Z"

DEVELOPER: Final = Person(
    "d0000000-0000-4000-8000-000000000001",
    "developer@example.com",
    "Devon Developer",
    False,
    _BEGUN,
)
OUTSIDER: Final = Person(
    "d0000000-0000-4000-8000-000000000002",
    "outsider@example.com",
    "Olga Outsider",
    False,
    _BEGUN,
)
RELEASE_MANAGER: Final = Person(
    "d0000000-0000-4000-8000-000000000004",
    "release@example.com",
    "Rita Release",
    False,
    _BEGUN,
)
LISTING_SPECIALIST: Final = Person(
    "d0000000-0000-4000-8000-000000000005",
    "listing@example.com",
    "Liam Listing",
    False,
    _BEGUN,
)
VIEWER: Final = Person(
    "d0000000-0000-4000-8000-000000000006",
    "viewer@example.com",
    "Vera Viewer",
    False,
    _BEGUN,
)
CUSTOMER: Final = Person(
    "d0000000-0000-4000-8000-000000000007",
    "customer@example.com",
    "Cora Customer",
    False,
    _BEGUN,
)
BUYER: Final = Person(
    "d0000000-0000-4000-8000-000000000008",
    "buyer@example.com",
    "Bruno Buyer",
    False,
    _BEGUN,
)
USER: Final = Person(
    "d0000000-0000-4000-8000-000000000009",
    "user@example.com",
    "Una User",
    False,
    _BEGUN,
)
ADMINISTRATOR: Final = Person(
    "d0000000-0000-4000-8000-000000000003",
    "admin@example.com",
    "Ada Administrator",
    True,
    _BEGUN,
)
PEOPLE: Final = (
    DEVELOPER,
    OUTSIDER,
    ADMINISTRATOR,
    RELEASE_MANAGER,
    LISTING_SPECIALIST,
    VIEWER,
    CUSTOMER,
    BUYER,
    USER,
)

SPACE: Final = DeveloperSpace(
    "87654321-4321-4321-4321-210987654321", 1212345, "Example Apps", "auto", _BEGUN
)
OUTSIDER_SPACE: Final = DeveloperSpace(
    "98765432-5432-4321-8321-321098765432", 1212346, "Outsider Tools", "manual", _BEGUN
)
SPACES: Final = (SPACE, OUTSIDER_SPACE)


class Membership(NamedTuple):
    """A member of a developer space."""

    space: DeveloperSpace
    person: Person
    roles: list[RoleId]
    categories: list[Category]


MEMBERS: Final = (
    Membership(SPACE, DEVELOPER, ["admin"], ["primary", "engineering"]),
    Membership(SPACE, RELEASE_MANAGER, ["release-manager"], ["engineering"]),
    Membership(SPACE, LISTING_SPECIALIST, ["listing-specialist"], ["marketing", "support"]),
    Membership(SPACE, VIEWER, ["viewer", "data-analyst"], ["finance"]),
    Membership(OUTSIDER_SPACE, OUTSIDER, ["admin"], ["primary"]),
)

ADDON: Final = App(
    "12345678-1234-1234-1234-123456789abc",
    "com.example.app.addon",
    "Example Add-on",
    SPACE.id,
    "2022-01-11T09:00:00Z",
)
REPORTS: Final = App(
    "23456789-2345-4345-8345-23456789abcd",
    "com.example.app.reports",
    "Example Reports",
    SPACE.id,
    "2022-05-02T09:00:00Z",
)
CHECKLISTS: Final = App(
    "3456789a-3456-4456-8456-3456789abcde",
    "com.example.app.checklists",
    "Example Checklists",
    SPACE.id,
    "2023-02-20T09:00:00Z",
)
CALENDAR: Final = App(
    "456789ab-4567-4567-8567-456789abcdef",
    "com.outsider.app.calendar",
    "Outsider Calendar",
    OUTSIDER_SPACE.id,
    "2022-09-05T09:00:00Z",
)
APPS: Final = (ADDON, REPORTS, CALENDAR, CHECKLISTS)


def _software(software_id: str, app: App, hosting: Any, boundary: Any = UNSET) -> AppSoftware:
    return AppSoftware(software_id, app.product_id, hosting, app.created_at, boundary)


ADDON_CLOUD: Final = _software("acd011b1-1111-45bc-902a-247046a11111", ADDON, "cloud", "commercial")
ADDON_SERVER: Final = _software("bde122c2-2222-56cd-a13b-358157b22222", ADDON, "server")
ADDON_DATACENTER: Final = _software("cef233d3-3333-47de-b24c-469268c33333", ADDON, "datacenter")
REPORTS_CLOUD: Final = _software(
    "d0a344e4-4444-48ef-835d-57a379d44444", REPORTS, "cloud", "commercial"
)
REPORTS_FEDRAMP: Final = _software(
    "e1b455f5-5555-49f0-946e-68b480e55555", REPORTS, "cloud", "fedramp_moderate"
)
CHECKLISTS_DATACENTER: Final = _software(
    "f2c566a6-6666-4a01-a57f-79c591f66666", CHECKLISTS, "datacenter"
)
CALENDAR_CLOUD: Final = _software(
    "a3d677b7-7777-4b12-b680-8ad6a2077777", CALENDAR, "cloud", "commercial"
)
SOFTWARE: Final = (
    ADDON_CLOUD,
    ADDON_SERVER,
    ADDON_DATACENTER,
    REPORTS_CLOUD,
    REPORTS_FEDRAMP,
    CHECKLISTS_DATACENTER,
    CALENDAR_CLOUD,
)

ACCESS_TOKENS: Final = (
    (
        ADDON_CLOUD,
        AccessTokenResponse(
            "at_0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "11111111-2222-4333-8444-555555555555",
            "66666666-7777-4888-8999-aaaaaaaaaaaa",
        ),
    ),
    (
        ADDON_CLOUD,
        AccessTokenResponse(
            "at_1a2b3c4d5e6f708192a3b4c5d6e7f809", "22222222-3333-4444-8555-666666666666", None
        ),
    ),
    (ADDON_CLOUD, AccessTokenResponse("at_2b3c4d5e6f708192a3b4c5d6e7f8091a", None, None)),
    (CALENDAR_CLOUD, AccessTokenResponse("at_3c4d5e6f708192a3b4c5d6e7f8091a2b", None, None)),
)
