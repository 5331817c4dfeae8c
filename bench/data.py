"""The data of the benchmark: 100,000 versions, and whoever asks for them.

1,000 app softwares of 50 versions, and one of 50,000 for deep lists. Everything is fixed, so
that runs can be compared.
"""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from tradepost.app import open_database
from tradepost.app_software import store as app_software
from tradepost.app_software.model import (
    AcceptedAgreement,
    ApprovalDetails,
    AppSoftwareVersionChangelog,
    AppSoftwareVersionCompatibility,
    AppSoftwareVersionGetResponse,
    AppSoftwareVersionReleaseDetails,
    ConnectFramework,
    ConnectFrameworkAttributes,
)
from tradepost.apps import store as apps
from tradepost.apps.model import App, AppSoftware
from tradepost.clock import rfc3339
from tradepost.database import Database, Transaction
from tradepost.developer_space import store as developer_spaces
from tradepost.developer_space.model import DeveloperSpace
from tradepost.people import rules as people_rules
from tradepost.people import store as people
from tradepost.people.model import ApiToken, Person
from tradepost.settings import Settings

SOFTWARES: Final = 1_000
VERSIONS: Final = 50
"""Versions of each of them, with the build numbers 1, 2, ..."""
DEEP: Final = SOFTWARES
"""The number of the app software with a deep list."""
DEEP_VERSIONS: Final = 50_000
TOTAL: Final = SOFTWARES * VERSIONS + DEEP_VERSIONS
TOKENS: Final = 10_000
"""API tokens, each as good as any other; `PEOPLE` have as many each."""
PEOPLE: Final = 100

_BATCH: Final = 5_000
_BEGUN: Final = datetime(2022, 1, 10, 9, tzinfo=UTC)
_AT: Final = rfc3339(_BEGUN)
SPACE_ID: Final = "a0000000-0000-4000-8000-000000000001"
AGREEMENT: Final = "https://example.com/terms"
_NOTES: Final = (
    "Boards with many cards open at once.",
    "Dialogs work with the keyboard alone.",
    "Libraries were updated.",
)


def email(number: int) -> str:
    """The email address of the person with an API token."""
    return f"bench{number % PEOPLE}@example.com"


def token(number: int) -> str:
    """An API token: 0 to `TOKENS` - 1."""
    return f"bench-token-{number}"


def authorization(number: int = 0) -> str:
    """The header of whoever signs in with an API token."""
    return "Basic " + base64.b64encode(f"{email(number)}:{token(number)}".encode()).decode()


def software_id(number: int) -> str:
    """The id of an app software."""
    return f"b{number:07x}-0000-4000-8000-{number:012x}"


def app_key(number: int) -> str:
    """The key of the app that an app software belongs to."""
    return f"com.example.bench.app{number}"


def versions_of(number: int) -> int:
    """How many versions an app software has."""
    return DEEP_VERSIONS if number == DEEP else VERSIONS


async def build(folder: Path) -> None:
    """Make Tradepost's database in a folder."""
    database = await open_database(Settings(data=str(folder)))
    try:
        await insert_surroundings(database, SOFTWARES + 1)
        keys = [await _key(database, number) for number in range(SOFTWARES + 1)]
        found = versions()
        while batch := list(islice(found, _BATCH)):
            await _insert_versions(database, keys, batch)
    finally:
        await database.close()


async def insert_surroundings(database: Database, softwares: int) -> None:
    """People and their API tokens, their developer space, apps and an app software of each."""

    async def people_and_space(transaction: Transaction) -> None:
        space = DeveloperSpace(SPACE_ID, 1000001, "Bench Apps", "auto", _AT)
        await developer_spaces.insert(transaction, space)
        for number in range(PEOPLE):
            person = Person(_person_id(number), email(number), "Bench", False, _AT)
            await people.insert(transaction, person)
            await developer_spaces.save_member(transaction, SPACE_ID, person.id, ["admin"], _AT)
        for number in range(TOKENS):
            found = ApiToken(f"e{number:07x}-0000-4000-8000-000000000001", "bench", _AT)
            digest = people_rules.digest(token(number))
            lookup = digest[: people_rules.LOOKUP_BYTES]
            person_id = _person_id(number % PEOPLE)
            await people.insert_token(transaction, person_id, found, lookup, digest)

    await database.write(people_and_space)
    numbers = iter(range(softwares))
    while batch := list(islice(numbers, _BATCH)):
        await _insert_softwares(database, batch)


async def _insert_softwares(database: Database, numbers: list[int]) -> None:
    async def work(transaction: Transaction) -> None:
        for number in numbers:
            product_id = f"c{number:07x}-0000-4000-8000-{number:012x}"
            app = App(product_id, app_key(number), f"App {number}", SPACE_ID, _AT)
            await apps.insert(transaction, app)
            software = AppSoftware(software_id(number), product_id, "cloud", _AT, "commercial")
            await apps.insert_software(transaction, software)

    await database.write(work)


def _person_id(number: int) -> str:
    return f"d{number:07x}-0000-4000-8000-000000000001"


async def _key(database: Database, number: int) -> int:
    software = await app_software.find(database, software_id(number))
    assert software is not None
    return software.pk


async def _insert_versions(
    database: Database, keys: list[int], batch: list[tuple[int, AppSoftwareVersionGetResponse]]
) -> None:
    async def work(transaction: Transaction) -> None:
        for number, version in batch:
            await app_software.insert(transaction, keys[number], version)

    await database.write(work)


def versions() -> Iterator[tuple[int, AppSoftwareVersionGetResponse]]:
    """Every version with the number of its app software; round by round, as time brings them."""
    for build in range(1, VERSIONS + 1):
        for number in range(SOFTWARES):
            yield number, version(number, build)
    for build in range(1, DEEP_VERSIONS + 1):
        yield DEEP, version(DEEP, build)


def lowest_parent_build(build: int) -> int:
    """The first release of Jira that a version runs on; the last is 300,000 build numbers later.

    Neighbours differ, so that the newest compatible version is not always the newest one.
    """
    return 700_000 + 1_000 * (build * 37 % VERSIONS)


def version(number: int, build: int) -> AppSoftwareVersionGetResponse:
    """One version, as it is stored and served."""
    at = rfc3339(_BEGUN + timedelta(hours=7 * build, minutes=number % 1000))
    name = f"{1 + build // 20}.{build % 20}.{number % 10}"
    low = lowest_parent_build(build)
    return AppSoftwareVersionGetResponse(
        build_number=build,
        version_number=name,
        compatibilities=[AppSoftwareVersionCompatibility("jira", low, low + 300_000)],
        supported_payment_model="free" if number % 3 else "paid-via-vendor",
        framework_details=ConnectFramework(
            ConnectFrameworkAttributes(f"descriptor-{number}-{build}", ["READ", "WRITE"])
        ),
        supported=True,
        beta=build % 11 == 10,
        state="archived" if build % 10 == 3 else "active",
        revision=1,
        approval_details=ApprovalDetails(at, at, "auto-approval"),
        release_details=AppSoftwareVersionReleaseDetails(at, email(0)),
        accepted_agreements=[AcceptedAgreement(AGREEMENT, email(0), at)],
        created_by=email(0),
        created_at=at,
        changelog=AppSoftwareVersionChangelog(
            f"Improvements in {name}", _NOTES[(number + build) % len(_NOTES)]
        ),
    )
