"""Whatever is wrong with a row is found, and told with where it is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integrity.conftest import executing, found_after
from tests.support.moves import Spot
from tradepost.database import Database, Transaction
from tradepost.database.transfer import data_tables
from tradepost.integrity.rows import ROWS

NOBODY = "00000000-0000-4000-8000-000000000000"


def assert_found(found: set[tuple[str, str]], where: str, what: str) -> None:
    assert any(at.startswith(where) and what in told for at, told in found), found


def test_the_demo_data_is_in_order(spot: Spot) -> None:
    async def nothing(transaction: Transaction) -> None:
        return

    assert found_after(spot, nothing) == set()


def test_the_rows_of_every_table_are_checked(spot: Spot) -> None:
    """A new table or column belongs into `tradepost/integrity/rows.py`."""

    async def columns(database: Database) -> dict[str, set[str]]:
        return {table.name: set(table.columns) for table in await data_tables(database)}

    checked = {name: set(kind.__struct_fields__) for name, kind in ROWS.items()}
    assert spot.with_database(columns) == checked


VERSION = "app_software_version SET {} WHERE pk = 1"
WRONG_COLUMNS = [
    (VERSION.format("state = 'draft'"), "state is 'draft', and by its document it is 'active'"),
    (VERSION.format("revision = 77"), "revision is 77"),
    (VERSION.format("version_number = '9.9.9'"), "version_number is '9.9.9'"),
    (VERSION.format("major = NULL"), "major is None"),
    (VERSION.format("build_number = 5"), "build_number is 5"),
    (VERSION.format("payment_model = 'gratis'"), "payment_model"),
    (VERSION.format(f"artifact_id = '{NOBODY}'"), "artifact_id is"),
    (VERSION.format(f"artifact_id = '{NOBODY}'"), f"its artifact {NOBODY} is not there"),
    (VERSION.format("state_before = 'active'"), "not archived"),
    ("app_software_version_listing SET state = 'HIDDEN'", "state"),
    ("app_software_version_listing SET revision = 77", "revision is 77"),
    ("app_listing SET approval_status = 'SUBMITTED'", "approval_status is 'SUBMITTED'"),
    ("app SET app_key = 'com.example.other' WHERE pk = 1", "com.example.other"),
    (f"app_software SET developer_space_id = '{NOBODY}' WHERE pk = 1", "not that of its app"),
    ("app_software SET compliance_boundary = '' WHERE pk = 1", "boundary"),
    ("person SET email = 'Developer@Example.com' WHERE pk = 1", "not in lower case"),
    ("person SET email = 'nobody' WHERE pk = 1", "email"),
    ("person SET created_at = 'yesterday' WHERE pk = 1", "created_at"),
    ("person SET id = 'me' WHERE pk = 1", "id"),
    ("person SET created_at = '2026-02-30T00:00:00Z' WHERE pk = 1", "there is no such time"),
    ("api_token SET revoked_at = '1999-01-01T00:00:00Z' WHERE pk = 1", "before it was made"),
    ("access_token SET revoked_at = '1999-01-01T00:00:00Z' WHERE pk = 1", "before it was made"),
    ("access_token SET cloud_id = NULL, instance = NULL, redeemed_at = created_at", "to no site"),
    ("developer_space_member SET roles = '[]'", "it has no role"),
    ("api_token SET lookup = digest WHERE pk = 1", "not the start of digest"),
    ("developer_space_member SET roles = '[\"owner\"]'", "not of its type"),
    ("developer_space_member SET categories = '{'", "not of its type"),
    ("developer_listing SET version = 77", "version is 77"),
    ("access_token SET token = 'at_short' WHERE pk = 1", "token"),
    (f"artifact SET owners = '[\"{NOBODY}\"]' WHERE pk = 1", f"owner {NOBODY}"),
    ("artifact SET size = 1 WHERE pk = 1", "size is 1"),
    (f"artifact SET sha512 = '{'0' * 128}' WHERE pk = 1", "sha512 is"),
    ("artifact SET media_type = 'text/html' WHERE pk = 1", "media_type is"),
    ("artifact SET remote = 'http://example.com/' WHERE pk = 1", "remote is"),
    ("image SET file_name = 'other.png' WHERE pk = 1", "file_name is"),
    ("image SET image_type = 'painting' WHERE pk = 1", "image_type"),
    ("parent_software SET id = 'other' WHERE id = 'jira'", "id is 'other'"),
    ("parent_software SET id = 'other' WHERE id = 'jira'", "parent software jira is not there"),
    ("parent_software_version SET version_number = '0' WHERE build_number = "
     "(SELECT MAX(build_number) FROM parent_software_version)", "version_number is '0'"),
    ("app_software_version_compatibility SET max_build_number = 7", "rows of compatibilities"),
    ("review SET stars = 5 WHERE stars = 1", "stars is 5"),
    ("review SET helpful_votes = 77 WHERE pk = 1", "helpful_votes is 77"),
    ("review SET written_at = '2000-01-01T00:00:00Z' WHERE pk = 1", "written_at is"),
    (f"review SET id = '{NOBODY}' WHERE pk = 1", f"id is '{NOBODY}'"),
    ("review_total SET reviews = 77", "it tells of 77 reviews"),
    ("review_total SET stars = 77", "with 77 stars"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "told"), WRONG_COLUMNS)
def test_a_wrong_column_is_found(spot: Spot, statement: str, told: str) -> None:
    table = statement.split()[0]
    where = "" if "parent software jira" in told or table == "app" else table
    where = "app_software_version " if "compatibilities" in told else where
    assert_found(found_after(spot, executing(f"UPDATE {statement}")), where, told)


DELETED = [
    ("person", "api_token", "its person_pk lead to no row of person"),
    ("developer_space", "app", "its developer_space_pk lead to no row of developer_space"),
    ("app_listing", "app", "has no listing"),
    ("artifact", "app_software_version", "is not there"),
    ("app_software_version", "app_software_version_listing", "lead to no row"),
    ("app_software_version", "app_software_version_compatibility", "there is no version"),
    ("app_software_version_compatibility", "app_software_version", "compatibilities are []"),
    ("parent_software", "parent_software_version", "lead to no row of parent_software"),
    ("catalogue", "catalogue", "it must have one row"),
    ("review", "review_total", "and there are 0 with 0"),
    ("review_total", "review_total", "it is not there, and reviews are"),
    ("app", "app_migration", "app_pk is (None, None)"),
    ("app", "privacy_and_security", "lead to no row of app"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "where", "told"), DELETED)
def test_a_row_that_others_need_is_missed(spot: Spot, table: str, where: str, told: str) -> None:
    assert_found(found_after(spot, executing(f"DELETE FROM {table}")), where, told)


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda document: {k: v for k, v in document.items() if k != name}


BAD_DOCUMENTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a field too few": without("revision"),
    "a field too many": lambda document: {**document, "surprise": 1},
    "a value of another type": lambda document: {**document, "revision": "1"},
    "another value": lambda document: {**document, "revision": 78},
    "no object": lambda document: [document],
}
KEYS = {
    "app_software_version": "pk",
    "app_software_version_listing": "pk",
    "app_listing": "app_pk",
    "parent_software_version": "build_number",
}


@pytest.mark.parametrize("bad", BAD_DOCUMENTS)
@pytest.mark.parametrize("table", KEYS)
def test_a_bad_document_is_found(spot: Spot, table: str, bad: str) -> None:
    key = KEYS[table]

    async def harm(transaction: Transaction) -> None:
        row: Any = await transaction.row(f"SELECT {key}, document FROM {table} ORDER BY 1 LIMIT 1")
        document = json.dumps(BAD_DOCUMENTS[bad](json.loads(row[1]))).encode()
        statement = f"UPDATE {table} SET document = $1 WHERE {key} = $2"
        assert await transaction.execute(statement, document, row[0]) > 0

    found = found_after(spot, harm)
    if table == "parent_software_version" and bad == "another value":
        assert found == set()  # no column has it
    else:
        assert_found(found, table, "document")


@pytest.mark.parametrize("document", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_document_that_is_no_json_is_found(spot: Spot, document: bytes) -> None:
    harm = executing("UPDATE app_software_version SET document = $1 WHERE pk = 1", document)
    assert_found(found_after(spot, harm), "app_software_version 1", "document")


RECORDS = [
    ("review", "document"),
    ("privacy_and_security", "live"),
    ("privacy_and_security", "draft"),
    ("app_migration", "document"),
]


@pytest.mark.parametrize("document", [b"{", b'{"surprise": 1}', b"[]"])
@pytest.mark.parametrize(("table", "column"), RECORDS)
def test_a_bad_record_is_found(spot: Spot, table: str, column: str, document: bytes) -> None:
    statement = f"UPDATE {table} SET {column} = $1 WHERE {column} IS NOT NULL"
    assert_found(found_after(spot, executing(statement, document)), table, "document")


GOOD_AUDIT = {
    "at": "2026-01-31T10:30:00.123Z",
    "action": "createApp",
    "email": "operator",
    "request_id": "r",
    "target_type": "app",
    "target_id": "t",
}
GOOD_KEY = {
    "person_id": NOBODY,
    "name": "k",
    "fingerprint": b"f",
    "created_at": "2026-01-31T10:30:00.123Z",
    "status": 201,
    "headers": '[["location", "/there"]]',
}
BAD_TRUST = [
    ("audit", {}, ""),
    ("audit", {"at": "2026-01-31T10:30:00Z"}, "at"),
    ("audit", {"action": ""}, "action"),
    ("audit", {"person_id": "me"}, "person_id"),
    ("audit", {"developer_space_id": NOBODY}, f"its developer space {NOBODY} is not there"),
    ("audit", {"document_after": b"{"}, "document"),
    ("idempotency_key", {}, ""),
    ("idempotency_key", {"status": 0}, "status"),
    ("idempotency_key", {"status": 404}, "status"),
    ("idempotency_key", {"body": b"{"}, "document"),
    ("idempotency_key", {"developer_space_id": NOBODY}, f"developer space {NOBODY} is not there"),
    ("idempotency_key", {"name": "a key"}, "name"),
    ("idempotency_key", {"headers": '[["location"]]'}, "document"),
]


@pytest.mark.parametrize(("table", "wrong", "told"), BAD_TRUST)
def test_bad_rows_of_the_audit_and_of_keys_are_found(
    spot: Spot, table: str, wrong: dict[str, Any], told: str
) -> None:
    row = {**(GOOD_AUDIT if table == "audit" else GOOD_KEY), **wrong}
    places = ", ".join(f"${number + 1}" for number in range(len(row)))
    harm = executing(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())
    found = found_after(spot, harm)
    if told:
        assert_found(found, table, told)
    else:
        assert found == set()


def test_an_image_that_is_not_there_is_found(spot: Spot) -> None:
    async def harm(transaction: Transaction) -> None:
        table = "app_software_version_listing"
        row: Any = await transaction.row(f"SELECT pk, document FROM {table} ORDER BY pk LIMIT 1")
        document = json.dumps({**json.loads(row[1]), "heroImage": NOBODY}).encode()
        statement = f"UPDATE {table} SET document = $1 WHERE pk = $2"
        assert await transaction.execute(statement, document, row[0]) == 1

    found = found_after(spot, harm)
    assert_found(found, "app_software_version_listing", f"its image {NOBODY} is not there")
