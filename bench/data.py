"""The data of the benchmark: the same 100,000 versions for Tradepost and for the plain program.

1,000 app softwares of 50 versions, and one of 50,000 for deep lists. Everything is fixed, so
that runs can be compared.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import UNSET
from peers import plain_fastapi as plain
from sqlalchemy import Connection, Table, create_engine, insert

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

EMAIL: Final = "bench@example.com"
TOKEN: Final = "bench-token"
SOFTWARES: Final = 1_000
VERSIONS: Final = 50
"""Versions of each of them, with the build numbers 1, 2, ..."""
DEEP_VERSIONS: Final = 50_000
TOTAL: Final = SOFTWARES * VERSIONS + DEEP_VERSIONS

_BATCH: Final = 5_000
_BEGUN: Final = datetime(2022, 1, 10, 9, tzinfo=UTC)
_AT: Final = rfc3339(_BEGUN)
_PERSON_ID: Final = "d0000000-0000-4000-8000-000000000001"
_SPACE_ID: Final = "a0000000-0000-4000-8000-000000000001"
_AGREEMENT: Final = "https://example.com/terms"
_NOTES: Final = (
    "Boards with many cards open at once.",
    "Dialogs work with the keyboard alone.",
    "Libraries were updated.",
)


def software_id(number: int) -> str:
    """The id of an app software: 0 to `SOFTWARES` - 1, or `SOFTWARES` for the deep one."""
    return f"b{number:07x}-0000-4000-8000-00000000{number:04x}"


def get_paths(count: int) -> list[str]:
    """Paths of versions by build number, spread over all app softwares but the deep one."""
    chance = random.Random(1)
    paths = [
        f"/rest/3/app-software/{software_id(i % SOFTWARES)}/versions/{chance.randint(1, VERSIONS)}"
        for i in range(count)
    ]
    chance.shuffle(paths)
    return paths


def list_paths() -> list[str]:
    """Paths of first pages, of all app softwares but the deep one."""
    paths = [f"/rest/3/app-software/{software_id(i)}/versions" for i in range(SOFTWARES)]
    random.Random(2).shuffle(paths)
    return paths


async def build(folder: Path) -> None:
    """Make Tradepost's database in a folder."""
    database = await open_database(Settings(data=str(folder)))
    try:
        await database.write(_insert_surroundings)
        keys = [await _key(database, number) for number in range(SOFTWARES + 1)]
        versions = _versions()
        while batch := list(islice(versions, _BATCH)):
            await _insert_versions(database, keys, batch)
    finally:
        await database.close()


def build_plain(path: Path) -> None:
    """Make the plain program's database, with the same rows."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        plain.Base.metadata.create_all(connection)
        _insert_plain(connection, plain.Person, [_plain_person()])
        softwares = [
            {"id": software_id(number), "developer_space_id": _SPACE_ID}
            for number in range(SOFTWARES + 1)
        ]
        _insert_plain(connection, plain.AppSoftware, softwares)
        versions = enumerate(_versions(), 1)
        while batch := list(islice(versions, _BATCH)):
            rows = [_plain_version(key, number, version) for key, (number, version) in batch]
            children = [child for row in rows for child in row.pop("compatibilities")]
            _insert_plain(connection, plain.Version, rows)
            _insert_plain(connection, plain.Compatibility, children)
    engine.dispose()


async def _insert_surroundings(transaction: Transaction) -> None:
    """The person with the API token, the developer space, the apps and their app software."""
    await people.insert(transaction, Person(_PERSON_ID, EMAIL, "Bench", False, _AT))
    digest = people_rules.digest(TOKEN)
    token = ApiToken("e0000000-0000-4000-8000-000000000001", "bench", _AT)
    lookup = digest[: people_rules.LOOKUP_BYTES]
    await people.insert_token(transaction, _PERSON_ID, token, lookup, digest)
    space = DeveloperSpace(_SPACE_ID, 1000001, "Bench Apps", "auto", _AT)
    await developer_spaces.insert(transaction, space)
    await developer_spaces.save_member(transaction, _SPACE_ID, _PERSON_ID, ["admin"], _AT)
    for number in range(SOFTWARES + 1):
        product_id = f"c{number:07x}-0000-4000-8000-00000000{number:04x}"
        key = f"com.example.bench.app{number}"
        await apps.insert(transaction, App(product_id, key, f"App {number}", _SPACE_ID, _AT))
        software = AppSoftware(software_id(number), product_id, "cloud", _AT, "commercial")
        await apps.insert_software(transaction, software)


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


def _versions() -> Iterator[tuple[int, AppSoftwareVersionGetResponse]]:
    """Every version with the number of its app software; round by round, as time brings them."""
    for build in range(1, VERSIONS + 1):
        for number in range(SOFTWARES):
            yield number, _version(number, build)
    for build in range(1, DEEP_VERSIONS + 1):
        yield SOFTWARES, _version(SOFTWARES, build)


def _version(number: int, build: int) -> AppSoftwareVersionGetResponse:
    at = rfc3339(_BEGUN + timedelta(hours=7 * build, minutes=number))
    name = f"{1 + build // 20}.{build % 20}.{number % 10}"
    low = 700_000 + 1_000 * (build % VERSIONS)
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
        release_details=AppSoftwareVersionReleaseDetails(at, EMAIL),
        accepted_agreements=[AcceptedAgreement(_AGREEMENT, EMAIL, at)],
        created_by=EMAIL,
        created_at=at,
        changelog=AppSoftwareVersionChangelog(
            f"Improvements in {name}", _NOTES[(number + build) % len(_NOTES)]
        ),
    )


def _plain_person() -> dict[str, Any]:
    return {"email": EMAIL, "token_hash": plain.token_hash(TOKEN), "developer_space_id": _SPACE_ID}


def _plain_version(key: int, number: int, version: AppSoftwareVersionGetResponse) -> dict[str, Any]:
    """A version as a row of the plain program, its compatibilities as rows of their own."""
    fields = msgspec.structs.asdict(version).items()
    # What is nested keeps the names of the wire.
    row = {name: None if value is UNSET else msgspec.to_builtins(value) for name, value in fields}
    row.pop("editions_enabled")  # it is never there
    row |= {"id": key, "app_software_id": software_id(number)}
    row["compatibilities"] = [
        {"version_id": key, **{f: getattr(c, f) for f in c.__struct_fields__}}
        for c in version.compatibilities
    ]
    return row


def _insert_plain(
    connection: Connection, model: type[plain.Base], rows: list[dict[str, Any]]
) -> None:
    table = model.__table__
    assert isinstance(table, Table)
    connection.execute(insert(table), rows)
