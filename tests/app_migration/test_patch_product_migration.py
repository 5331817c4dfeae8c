"""PATCH changes a migration record step by step: by all of them, or by none."""

import json
from typing import Any

import pytest

from tests.support.answers import refused, refused_fields
from tests.support.bodies import ADDON_PRODUCT, UNKNOWN
from tests.support.client import OUTSIDER, InProcess
from tests.support.declarations import (
    CALENDAR_PRODUCT,
    JSON_PATCH,
    LINK,
    MIGRATION,
    migration_path,
    new_product,
    patch_migration,
    put_migration,
)
from tests.support.scenes import administer

RANGES = "cloudMigrationAssistantCompatibilityRanges"


def with_record(server: InProcess, **fields: Any) -> tuple[str, dict[str, Any]]:
    """A new app that has a record: its product id, and the record."""
    product = new_product(server)
    answer = put_migration(server, product, **fields)
    assert answer.status_code == 200, answer.text
    return product, answer.json()


@pytest.mark.parametrize("field", MIGRATION)
def test_every_field_can_be_added_replaced_and_removed(shared: InProcess, field: str) -> None:
    product, bare = with_record(shared)
    for op in ("add", "add", "replace"):
        answer = patch_migration(shared, product, (op, f"/{field}", MIGRATION[field]))
        assert (answer.status_code, answer.json()) == (200, {**bare, field: MIGRATION[field]})
        assert shared.get(migration_path(product)).json() == answer.json()
    removed = patch_migration(shared, product, ("remove", f"/{field}"))
    assert (removed.status_code, removed.json()) == (200, bare)
    assert shared.get(migration_path(product)).json() == bare


@pytest.mark.parametrize("field", MIGRATION)
def test_every_value_can_be_sent_as_a_text(shared: InProcess, field: str) -> None:
    """The contract's file has texts alone."""
    product, bare = with_record(shared)
    value = MIGRATION[field]
    text = value if isinstance(value, str) else json.dumps(value)
    answer = patch_migration(shared, product, ("add", f"/{field}", text))
    assert answer.json() == {**bare, field: value}


def test_steps_are_taken_in_their_order(shared: InProcess) -> None:
    product, bare = with_record(shared, cloudAddonKey="first")
    answer = patch_migration(
        shared,
        product,
        ("remove", "/cloudAddonKey"),
        ("add", "/cloudAddonKey", "second"),
        ("replace", "/cloudAddonKey", "third"),
        ("add", "/migrationPath", "MANUAL"),
        ("remove", "/migrationPath", None),
    )
    assert answer.json() == {**bare, "cloudAddonKey": "third"}


def test_open_ends_are_left_out(shared: InProcess) -> None:
    product, _ = with_record(shared)
    for value in ([{"start": "1", "end": None}], '[{"start": "1", "end": null}]'):
        answer = patch_migration(shared, product, ("add", f"/{RANGES}", value))
        assert answer.json()[RANGES] == [{"start": "1"}]


@pytest.mark.parametrize(
    ("step", "named"),
    [
        (("add", "/addonName", "x"), "path"),
        (("add", "/unknown", "x"), "path"),
        (("add", "cloudAddonKey", "x"), "path"),
        (("add", "", "x"), "path"),
        (("add", f"/{RANGES}/0", "x"), "path"),
        (("add", "/CloudAddonKey", "x"), "path"),
        ({"op": "add", "value": "x"}, "path"),
        ({"path": "/cloudAddonKey", "value": "x"}, "op"),
        (("move", "/cloudAddonKey", "x"), "op"),
        (("test", "/cloudAddonKey", "x"), "op"),
        (("remove", "/cloudAddonKey"), "path"),
        (("replace", "/cloudAddonKey", "x"), "path"),
        (("add", "/cloudAddonKey"), "value"),
        (("add", "/cloudAddonKey", None), "value"),
        (("add", "/cloudAddonKey", True), "value"),
        (("add", "/cloudAddonKey", 5), "value"),
        (("add", "/cloudAddonKey", "no key"), "value"),
        (("add", "/cloudAddonKey", []), "value"),
        (("add", "/migrationDocumentation", "docs"), "value"),
        (("add", "/cloudVersionAvailability", "LOUD"), "value"),
        (("add", "/migrationPath", "false"), "value"),
        (("add", "/cloudMigrationAssistantCompatibility", "latest"), "value"),
        (("add", "/isDualLicenseOptedIn", "yes"), "value"),
        (("add", "/isDualLicenseOptedIn", []), "value"),
        (("add", f"/{RANGES}", "1.0"), "value"),
        (("add", f"/{RANGES}", "[" * 100_000), "value"),
        (("add", f"/{RANGES}", True), "value"),
        (("add", f"/{RANGES}", "[{}, 5]"), "value[1]"),
        (("add", f"/{RANGES}", [{}, 5]), "value[1]"),
        (("add", f"/{RANGES}", [{"start": "x"}]), "value[0].start"),
        (("add", f"/{RANGES}", '[{"end": "x"}]'), "value[0].end"),
        (("add", f"/{RANGES}", [{"start": "2", "end": "1"}]), "value[0].end"),
        (("add", f"/{RANGES}", '[{"start": "2", "end": "1"}]'), "value[0].end"),
    ],
)
def test_a_bad_step_is_told_and_nothing_of_the_patch_is_done(
    shared: InProcess, step: Any, named: str
) -> None:
    product, bare = with_record(shared)
    tag = shared.get(migration_path(product)).headers["etag"]
    good = ("add", "/featureDifferenceDocumentation", LINK)
    answer = patch_migration(shared, product, good, step, good)
    assert refused_fields(answer) == [f"[1].{named}"]
    after = shared.get(migration_path(product))
    assert (after.json(), after.headers["etag"]) == (bare, tag)


def test_every_problem_of_every_step_is_told_at_once(shared: InProcess) -> None:
    product, _ = with_record(shared)
    answer = patch_migration(
        shared,
        product,
        ("add", "/unknown", 5),
        ("add", "/migrationPath", "SOMEHOW"),
        # What was wrong is not told again by the steps that follow it.
        ("replace", "/migrationPath", "MANUAL"),
        ("remove", "/migrationPath"),
        ("remove", "/migrationPath"),
        "step",
        {},
    )
    assert refused_fields(answer) == sorted(
        ["[0].path", "[0].value", "[1].value", "[4].path", "[5]", "[6].op", "[6].path"]
    )


@pytest.mark.parametrize("body", [{"migrationPath": "MANUAL"}, "text", None, 5])
def test_a_patch_is_a_list(shared: InProcess, body: Any) -> None:
    product, _ = with_record(shared)
    content = json.dumps(body)
    answer = shared.request("PATCH", migration_path(product), content=content, headers=JSON_PATCH)
    [detail] = refused(answer, 400, "VALIDATION_ERROR")
    assert detail == "the body must be a list"


def test_a_patch_has_so_many_steps_at_most(shared: InProcess) -> None:
    product, bare = with_record(shared)
    steps = [("add", "/cloudAddonKey", f"key-{number}") for number in range(101)]
    assert patch_migration(shared, product, *steps[:100]).json()["cloudAddonKey"] == "key-99"
    refused(patch_migration(shared, product, *steps), 400, "VALIDATION_ERROR")
    assert bare["addonName"] == "Boards"


@pytest.mark.parametrize("content", [b"", b"[]"])
def test_a_patch_without_steps_changes_nothing(shared: InProcess, content: bytes) -> None:
    product, bare = with_record(shared)
    tag = shared.get(migration_path(product)).headers["etag"]
    answer = shared.request("PATCH", migration_path(product), content=content, headers=JSON_PATCH)
    assert (answer.status_code, answer.json()) == (200, bare)
    assert shared.get(migration_path(product)).headers["etag"] == tag


def test_both_media_types_are_taken_and_no_other(shared: InProcess) -> None:
    product, _ = with_record(shared)
    step = ("add", "/migrationPath", "MANUAL")
    for kind in (
        "application/json",
        "application/json-patch+json",
        "application/json-patch+json; charset=UTF-8",
    ):
        headers = {"Content-Type": kind}
        assert patch_migration(shared, product, step, headers=headers).status_code == 200
    for kind in ("application/merge-patch+json", "text/plain"):
        answer = patch_migration(shared, product, step, headers={"Content-Type": kind})
        [detail] = refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
        assert detail == "the body must be sent as application/json-patch+json"
    put = shared.put(migration_path(product), content=b"{}", headers=JSON_PATCH)
    refused(put, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_without_a_record_there_is_nothing_to_patch(shared: InProcess) -> None:
    step = ("add", "/migrationPath", "MANUAL")
    refused(patch_migration(shared, new_product(shared), step), 404, "MIGRATION_NOT_FOUND")
    refused(patch_migration(shared, UNKNOWN, step), 404, "PRODUCT_NOT_FOUND")
    refused(patch_migration(shared, CALENDAR_PRODUCT, step), 403, "FORBIDDEN")


def test_who_is_no_member_may_not(shared: InProcess) -> None:
    before = shared.get(migration_path(ADDON_PRODUCT)).content
    step = ("add", "/migrationPath", "MANUAL")
    refused(patch_migration(shared, ADDON_PRODUCT, step, auth=OUTSIDER), 403, "FORBIDDEN")
    refused(patch_migration(shared, ADDON_PRODUCT, step, auth=None), 401, "UNAUTHORIZED")
    assert shared.get(migration_path(ADDON_PRODUCT)).content == before


def test_an_archived_app_is_not_patched(shared: InProcess) -> None:
    product, _ = with_record(shared)
    administer(shared, "POST", f"apps/{product}/archive")
    [detail] = refused(patch_migration(shared, product, 5), 400, "VALIDATION_ERROR")
    assert detail == "the app or its developer space is archived"


def test_a_patch_that_is_only_checked_is_not_stored(shared: InProcess) -> None:
    product, bare = with_record(shared)
    step = ("add", "/migrationPath", "MANUAL")
    headers = {**JSON_PATCH, "Prefer": "validate-only"}
    answer = patch_migration(shared, product, step, headers=headers)
    assert answer.headers["preference-applied"] == "validate-only"
    assert answer.json() == {**bare, "migrationPath": "MANUAL"}
    assert shared.get(migration_path(product)).json() == bare
    headers["Prefer"] = "return=minimal"
    minimal = patch_migration(shared, product, step, headers=headers)
    assert (minimal.status_code, minimal.content) == (200, b"")


def test_a_patch_minds_if_match(shared: InProcess) -> None:
    product, bare = with_record(shared)
    step = ("add", "/migrationPath", "MANUAL")
    for sent in ('"other"', ""):
        headers = {**JSON_PATCH, "If-Match": sent}
        answer = patch_migration(shared, product, step, headers=headers)
        refused(answer, 412, "PRECONDITION_FAILED")
    assert shared.get(migration_path(product)).json() == bare
    tag = shared.get(migration_path(product)).headers["etag"]
    headers = {**JSON_PATCH, "If-Match": tag}
    assert patch_migration(shared, product, step, headers=headers).status_code == 200
    refused(patch_migration(shared, product, step, headers=headers), 412, "PRECONDITION_FAILED")


def test_patches_at_once_lose_nothing(shared: InProcess) -> None:
    product, bare = with_record(shared)
    answers = shared.at_once(
        *(
            shared.send(
                "PATCH",
                migration_path(product),
                json=[{"op": "add", "path": f"/{field}", "value": value}],
                headers=JSON_PATCH,
            )
            for field, value in MIGRATION.items()
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert shared.get(migration_path(product)).json() == {**bare, **MIGRATION}
