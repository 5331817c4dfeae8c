"""What the demo data is: people, developer spaces, apps, and the histories of their versions.

Everything is fixed: the same ids, numbers and times at every start. The first app has the ids
that the reference page prints. Build number 1001 and version numbers 1.0.1 and 1.0.2 stay free
on it, so that the page's own examples work as printed.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from tradepost.app_software import rules
from tradepost.app_software.model import (
    AcceptedAgreement,
    AccessTokenResponse,
    ApprovalDetails,
    AppSoftwareVersionChangelog,
    AppSoftwareVersionCompatibility,
    AppSoftwareVersionFrameworkDetails,
    AppSoftwareVersionGetResponse,
    AppSoftwareVersionLicenseType,
    AppSoftwareVersionReleaseDetails,
    VersionState,
)
from tradepost.apps.model import App, AppSoftware
from tradepost.clock import rfc3339
from tradepost.developer_space.model import Category, DeveloperSpace, RoleId
from tradepost.people.model import Person
from tradepost.review.rules import AUTO_APPROVER

_BEGUN: Final = "2022-01-10T09:00:00Z"
_AGREEMENT: Final = "https://developer.atlassian.com/marketplace/terms"

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

_NOTES: Final = (
    ("Bug fixes and performance improvements", "Boards with many issues open faster."),
    ("Saved filters", "Filters can be saved, named and shared with a project."),
    ("Accessibility", "Every dialog can be used with the keyboard alone."),
    ("Security update", "Libraries updated. We recommend the update to everyone."),
    ("New report", "A report shows how long issues stay in each status."),
    ("Translations", "German, French and Japanese were reviewed by native speakers."),
)


class _History(NamedTuple):
    """How the versions of one app software came about."""

    software: AppSoftware
    author: Person
    numbers: list[str]
    first_build: int
    build_step: int
    begins: datetime
    every: timedelta


DemoVersion = tuple[AppSoftware, AppSoftwareVersionGetResponse, VersionState | None]


def versions() -> Iterator[DemoVersion]:
    """Every version, the oldest of each app software first, with the state before its archive."""
    for history in _HISTORIES:
        for index, number in enumerate(history.numbers):
            version = _version(history, index, number)
            before = _put_into_state(version, history, index)
            yield history.software, version, before


def _numbers(*lines: tuple[int, int, int]) -> list[str]:
    """Version numbers of release lines: major, how many minors, how many patches of each."""
    return [
        f"{major}.{minor}.{patch}"
        for major, minors, patches in lines
        for minor in range(minors)
        for patch in range(patches)
        if (major, minor, patch) not in ((1, 0, 1), (1, 0, 2))
    ]


def _version(history: _History, index: int, number: str) -> AppSoftwareVersionGetResponse:
    created = history.begins + history.every * index + timedelta(minutes=37 * index % 400)
    summary, notes = _NOTES[index % len(_NOTES)]
    last = len(history.numbers) - 1
    return AppSoftwareVersionGetResponse(
        build_number=history.first_build + history.build_step * index,
        version_number=number,
        compatibilities=_compatibilities(history.software, index),
        supported_payment_model=_payment_model(history.software, index),  # type: ignore[arg-type]
        framework_details=_framework(history.software, index),
        license_type=rules.license_type(
            AppSoftwareVersionLicenseType("commercial" if index % 9 else "asl")
        ),
        supported=index > last - 30,
        beta=index % 11 == 10,
        state="draft",
        revision=1,
        accepted_agreements=[AcceptedAgreement(_AGREEMENT, history.author.email, rfc3339(created))],
        created_by=history.author.email,
        created_at=rfc3339(created),
        changelog=AppSoftwareVersionChangelog(f"{summary} in {number}", notes),
    )


def _put_into_state(
    version: AppSoftwareVersionGetResponse, history: _History, index: int
) -> VersionState | None:
    """Give a version the state of its place in the history; the state before an archive."""
    from_end = len(history.numbers) - 1 - index
    manual = history.software.product_id == CALENDAR.product_id
    states: dict[int, VersionState] = {}
    if history.software is ADDON_CLOUD:
        states = {0: "draft", 2: "auto-approved", 3: "approved", 5: "submitted", 8: "rejected"}
        states |= {10: "submitted", 11: "rejected"}
    elif manual:
        states = {0: "submitted", 3: "rejected"}
    state = states.get(from_end, "active")
    at = version.created_at
    approver = ADMINISTRATOR.email if manual or state == "approved" else AUTO_APPROVER
    if state != "draft":
        version.approval_details = ApprovalDetails(submitted_at=at)
    if state == "rejected":
        version.approval_details = ApprovalDetails(
            submitted_at=at, rejection_reason="The description does not match the screenshots."
        )
    if state in ("approved", "auto-approved", "active"):
        version.approval_details = ApprovalDetails(at, at, approver)
    if state == "active":
        releaser = approver if manual else version.created_by
        version.release_details = AppSoftwareVersionReleaseDetails(at, releaser)
    version.state = state
    if history.software is ADDON_CLOUD and index % 13 == 4 and state == "active":
        version.state = "archived"
        version.revision = 2
        return state
    return None


def _payment_model(software: AppSoftware, index: int) -> str:
    if software is ADDON_CLOUD:
        return "free" if index < 18 else "paid-via-atlassian"
    if software in (ADDON_SERVER, ADDON_DATACENTER):
        return "paid-via-vendor" if index % 4 == 3 else "paid-via-atlassian"
    return "free"


def _compatibilities(software: AppSoftware, index: int) -> list[AppSoftwareVersionCompatibility]:
    if software.hosting == "cloud":
        jira = AppSoftwareVersionCompatibility("jira", 700000 + 10000 * (index // 8))
        if index % 3 == 0:
            jira.max_build_number = 1_200_000
        if _payment_model(software, index) == "free" and index % 5 == 0:
            return [jira, AppSoftwareVersionCompatibility("confluence")]
        return [jira]
    low = 700000 + 2000 * index
    if software is CHECKLISTS_DATACENTER:
        return [AppSoftwareVersionCompatibility("confluence", low, low + 300000)]
    return [AppSoftwareVersionCompatibility("jira", low, low + 200000)]


def _framework(software: AppSoftware, index: int) -> AppSoftwareVersionFrameworkDetails:
    fields = _framework_fields(software, index)
    details: AppSoftwareVersionFrameworkDetails = msgspec.convert(
        fields, AppSoftwareVersionFrameworkDetails
    )
    return details


def _framework_fields(software: AppSoftware, index: int) -> dict[str, Any]:
    artifact_id = f"b{index:07x}-0000-4000-8000-{software.id[-12:]}"
    if software.hosting == "cloud" and index < 40:
        attributes: dict[str, Any] = {
            "descriptorId": f"descriptor-{100 + index}",
            "scopes": ["READ", "WRITE"] if index % 2 else ["READ"],
            "descriptorUrl": "https://apps.example.com/addon/atlassian-connect.json",
        }
        return {"frameworkId": "connect", "attributes": attributes}
    if software.hosting == "cloud":
        attributes = {
            "appId": "ari:cloud:ecosystem::app/5a6b7c8d-0000-4000-8000-000000000001",
            "versionId": f"forge-{index}",
            "envId": "5a6b7c8d-0000-4000-8000-0000000000ff",
            "scopes": ["read:jira-work", "storage:app"],
            "appAccess": ["issues"],
        }
        return {"frameworkId": "forge", "attributes": attributes}
    if software is ADDON_SERVER and index in (2, 5):
        return {"frameworkId": "workflow", "attributes": {"artifactId": artifact_id}}
    if software is ADDON_SERVER and index in (3, 7):
        attributes = {
            "authorization": index == 7,
            "binaryUrl": f"https://downloads.example.com/addon/{index}.zip",
        }
        return {"frameworkId": "external", "attributes": attributes}
    attributes = {
        "artifactId": artifact_id,
        "pluginFrameworkType": "P2",
        "descriptorId": "com.example.app.addon",
    }
    return {"frameworkId": "plugin", "attributes": attributes}


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, 30, tzinfo=UTC)


_HISTORIES: Final = (
    _History(
        ADDON_CLOUD,
        DEVELOPER,
        _numbers((1, 6, 3), (2, 8, 3), (3, 8, 3)),
        20100,
        100,
        _day(2022, 1, 17),
        timedelta(days=26),
    ),
    _History(
        ADDON_SERVER,
        DEVELOPER,
        _numbers((1, 4, 4)),
        3010,
        10,
        _day(2022, 2, 1),
        timedelta(days=45),
    ),
    _History(
        ADDON_DATACENTER,
        DEVELOPER,
        _numbers((2, 7, 3)),
        4010,
        10,
        _day(2022, 3, 1),
        timedelta(days=70),
    ),
    _History(
        REPORTS_CLOUD, DEVELOPER, _numbers((1, 4, 3)), 1, 1, _day(2022, 5, 9), timedelta(days=90)
    ),
    _History(
        REPORTS_FEDRAMP, DEVELOPER, _numbers((1, 3, 2)), 1, 1, _day(2024, 6, 3), timedelta(days=60)
    ),
    _History(
        CHECKLISTS_DATACENTER,
        DEVELOPER,
        _numbers((1, 3, 3)),
        100,
        10,
        _day(2023, 2, 27),
        timedelta(days=100),
    ),
    _History(
        CALENDAR_CLOUD, OUTSIDER, _numbers((1, 5, 3)), 1, 1, _day(2022, 9, 12), timedelta(days=60)
    ),
)
