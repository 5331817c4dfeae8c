"""The histories of the demo's versions: what each one is, and how it came about."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from tradepost.app_software import rules
from tradepost.app_software.model import (
    AcceptedAgreement,
    ApprovalDetails,
    AppSoftwareVersionChangelog,
    AppSoftwareVersionCompatibility,
    AppSoftwareVersionFrameworkDetails,
    AppSoftwareVersionGetResponse,
    AppSoftwareVersionLicenseType,
    AppSoftwareVersionReleaseDetails,
    ConnectFramework,
    ConnectFrameworkAttributes,
    ExternalFramework,
    ExternalFrameworkAttributes,
    ForgeFramework,
    ForgeFrameworkAttributes,
    PluginFramework,
    PluginsFrameworkAttributes,
    VersionState,
    WorkflowFramework,
    WorkflowFrameworkAttributes,
)
from tradepost.apps.model import AppSoftware
from tradepost.clock import rfc3339
from tradepost.demo.data import (
    ADDON_CLOUD,
    ADDON_DATACENTER,
    ADDON_SERVER,
    ADMINISTRATOR,
    CALENDAR,
    CALENDAR_CLOUD,
    CHECKLISTS_DATACENTER,
    DEVELOPER,
    OUTSIDER,
    REPORTS_CLOUD,
    REPORTS_FEDRAMP,
)
from tradepost.people.model import Person
from tradepost.review.rules import AUTO_APPROVER

_AGREEMENT: Final = "https://developer.atlassian.com/marketplace/terms"
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
    artifact_id = f"b{index:07x}-0000-4000-8000-{software.id[-12:]}"
    if software.hosting == "cloud" and index < 40:
        return ConnectFramework(
            ConnectFrameworkAttributes(
                descriptor_id=f"descriptor-{100 + index}",
                scopes=["READ", "WRITE"] if index % 2 else ["READ"],
                descriptor_url="https://apps.example.com/addon/atlassian-connect.json",
            )
        )
    if software.hosting == "cloud":
        return ForgeFramework(
            ForgeFrameworkAttributes(
                app_id="ari:cloud:ecosystem::app/5a6b7c8d-0000-4000-8000-000000000001",
                version_id=f"forge-{index}",
                env_id="5a6b7c8d-0000-4000-8000-0000000000ff",
                scopes=["read:jira-work", "storage:app"],
                app_access=["issues"],
            )
        )
    if software is ADDON_SERVER and index in (2, 5):
        return WorkflowFramework(WorkflowFrameworkAttributes(artifact_id))
    if software is ADDON_SERVER and index in (3, 7):
        return ExternalFramework(
            ExternalFrameworkAttributes(
                authorization=index == 7,
                binary_url=f"https://downloads.example.com/addon/{index}.zip",
            )
        )
    return PluginFramework(PluginsFrameworkAttributes(artifact_id, "P2", "com.example.app.addon"))


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
