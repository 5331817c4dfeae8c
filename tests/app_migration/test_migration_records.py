"""Migration records: read by everyone who signs in, replaced by members."""

from typing import Any

import pytest

from tests.support.answers import refused, refused_fields
from tests.support.bodies import ADDON_PRODUCT, OUTSIDER_SPACE, SPACE, UNKNOWN
from tests.support.client import OUTSIDER, InProcess
from tests.support.declarations import (
    CALENDAR_PRODUCT,
    CHECKLISTS_PRODUCT,
    MIGRATION,
    migration_path,
    new_product,
    put_migration,
)
from tests.support.scenes import CALLERS, administer, as_caller


@pytest.mark.parametrize("caller", CALLERS)
def test_a_record_is_for_everyone_who_signs_in(shared: InProcess, caller: str) -> None:
    answer = shared.get(migration_path(CHECKLISTS_PRODUCT), as_caller(shared, caller))
    if caller == "nobody":
        refused(answer, 401, "UNAUTHORIZED")
    else:
        assert answer.json() == {
            "developerId": SPACE,
            "productId": CHECKLISTS_PRODUCT,
            "addonKey": "com.example.app.checklists",
            "addonName": "Example Checklists",
            "cloudVersionDevelopmentRoadmap": "https://apps.example.com/roadmap",
            "migrationRoadmapTicketLink": "https://issues.example.com/CLOUD-7",
            "migrationPath": "UNKNOWN",
        }


def test_where_there_is_none_nothing_is_found(shared: InProcess) -> None:
    refused(shared.get(migration_path(CALENDAR_PRODUCT)), 404, "MIGRATION_NOT_FOUND")
    for unknown in (UNKNOWN, "no-uuid"):
        refused(shared.get(migration_path(unknown)), 404, "PRODUCT_NOT_FOUND")


def test_a_record_is_made_replaced_and_read(shared: InProcess) -> None:
    product = new_product(shared, appKey="com.example.Boards-1")
    known = {"developerId": SPACE, "addonName": "Boards"}
    found = {"productId": product, "addonKey": "com.example.Boards-1"}
    for fields in (MIGRATION, {}, {"migrationPath": "MANUAL"}, MIGRATION, MIGRATION):
        answer = put_migration(shared, product, **fields)
        assert (answer.status_code, answer.json()) == (200, {**known, **found, **fields})
        assert shared.get(migration_path(product)).json() == answer.json()


def test_a_record_that_was_read_can_be_sent_back_as_it_is(shared: InProcess) -> None:
    product = new_product(shared)
    held = put_migration(shared, product, **MIGRATION).json()
    again = shared.put(migration_path(product), json={**held, "unknown": [1], "addonKey": "x"})
    assert (again.status_code, again.json()) == (200, held)


def test_an_open_end_is_absent_or_null(shared: InProcess) -> None:
    ranges: Any = [{"start": "1.0", "end": None}, {"start": None}, {}]
    name = "cloudMigrationAssistantCompatibilityRanges"
    answer = put_migration(shared, new_product(shared), **{name: ranges})
    assert answer.json()[name] == [{"start": "1.0"}, {}, {}]


@pytest.mark.parametrize("content", [b"", b"{}"])
def test_a_record_says_whose_it_is(shared: InProcess, content: bytes) -> None:
    product = new_product(shared)
    answer = shared.put(
        migration_path(product), content=content, headers={"Content-Type": "application/json"}
    )
    assert refused_fields(answer) == ["addonName", "developerId"]
    for other in (OUTSIDER_SPACE, UNKNOWN):
        [detail] = refused(
            put_migration(shared, product, developerId=other), 400, "VALIDATION_ERROR"
        )
        assert detail == f"developerId must be that of the app, {SPACE}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cloudAddonKey", ""),
        ("cloudAddonKey", "no key"),
        ("cloudVersionAvailability", "native"),
        *[
            (link, value)
            for link in (
                "cloudVersionDevelopmentRoadmap",
                "featureDifferenceDocumentation",
                "migrationDocumentation",
                "migrationRoadmapTicketLink",
            )
            for value in ("example.com", "/docs", "javascript:alert(1)", "", 5)
        ],
        ("cloudMigrationAssistantCompatibility", "latest"),
        ("cloudMigrationAssistantCompatibility", ">=8"),
        ("cloudMigrationAssistantCompatibility", "1..2"),
        ("cloudMigrationAssistantCompatibility", 8.6),
        ("isDualLicenseOptedIn", "true"),
        ("migrationPath", "SOMEHOW"),
        ("addonName", ""),
        ("addonName", "x" * 256),
        ("developerId", "x"),
        ("cloudMigrationAssistantCompatibilityRanges", {}),
        ("cloudMigrationAssistantCompatibilityRanges", [{}] * 101),
    ],
)
def test_a_wrong_value_is_told_by_its_path(shared: InProcess, field: str, value: Any) -> None:
    product = new_product(shared)
    assert refused_fields(put_migration(shared, product, **{field: value})) == [field]
    refused(shared.get(migration_path(product)), 404, "MIGRATION_NOT_FOUND")


def test_every_problem_is_told_at_once(shared: InProcess) -> None:
    ranges: Any = [
        {"start": "2.0", "end": "1.9"},
        5,
        {"start": "x", "end": "1"},
        {"start": "10", "end": "9.9"},
        {"start": "1.0", "end": "1"},
        {"start": "2.0-beta", "end": "1.0"},
    ]
    name = "cloudMigrationAssistantCompatibilityRanges"
    answer = put_migration(
        shared, new_product(shared), developerId=UNKNOWN, migrationPath=1, **{name: ranges}
    )
    assert refused_fields(answer) == sorted(
        [
            f"{name}[0].end",
            f"{name}[1]",
            f"{name}[2].start",
            f"{name}[3].end",
            "developerId",
            "migrationPath",
        ]
    )


def test_a_record_that_is_only_checked_is_not_stored(shared: InProcess) -> None:
    product = new_product(shared)
    body = {"developerId": SPACE, "addonName": "Boards", **MIGRATION}
    only = {"Prefer": "validate-only"}
    answer = shared.put(migration_path(product), json=body, headers=only)
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "validate-only")
    assert answer.json()["migrationPath"] == "AUTOMATED"
    refused(shared.get(migration_path(product)), 404, "MIGRATION_NOT_FOUND")
    minimal = shared.put(migration_path(product), json=body, headers={"Prefer": "return=minimal"})
    assert (minimal.status_code, minimal.content) == (200, b"")


def test_who_is_no_member_may_not(shared: InProcess) -> None:
    before = shared.get(migration_path(ADDON_PRODUCT)).content
    refused(put_migration(shared, ADDON_PRODUCT, OUTSIDER), 403, "FORBIDDEN")
    refused(put_migration(shared, ADDON_PRODUCT, None), 401, "UNAUTHORIZED")
    refused(put_migration(shared, UNKNOWN, OUTSIDER), 404, "PRODUCT_NOT_FOUND")
    assert shared.get(migration_path(ADDON_PRODUCT)).content == before


def test_nothing_is_written_for_an_archived_app(shared: InProcess) -> None:
    product = new_product(shared)
    administer(shared, "POST", f"apps/{product}/archive")
    [detail] = refused(put_migration(shared, product, developerId="x"), 400, "VALIDATION_ERROR")
    assert detail == "the app or its developer space is archived"


def test_a_precondition_needs_a_record(shared: InProcess) -> None:
    path = migration_path(new_product(shared))
    refused(shared.put(path, json={}, headers={"If-Match": "*"}), 412, "PRECONDITION_FAILED")
