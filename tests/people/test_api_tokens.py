"""API tokens: create, list, revoke; what they open, and that their secrets are shown once."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.administration import (
    ADMIN,
    BAD_PAGES,
    NO_ADMINISTRATORS,
    PEOPLE,
    create,
    do,
    new_person,
    person_of,
    read,
    walk,
)
from tests.support.bodies import ADDON_CLOUD, UNKNOWN, codes, problems, versions_path
from tests.support.client import ADMINISTRATOR, Auth, InProcess
from tradepost.database import Database, Transaction

TOKENS = f"{PEOPLE}/{{}}/api-tokens"
OPERATIONS = [
    ("POST", TOKENS.format(UNKNOWN)),
    ("GET", TOKENS.format(UNKNOWN)),
    ("POST", f"{ADMIN}/api-tokens/{UNKNOWN}/revoke"),
]


def status_for(server: InProcess, auth: Auth) -> int:
    """What a page that any person may read answers to some credentials."""
    return server.get(versions_path(ADDON_CLOUD), auth=auth).status_code


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_only_administrators_may(
    shared: InProcess, method: str, path: str, auth: Auth, status: int, code: str
) -> None:
    response = shared.request(method, path, auth, json={"name": "laptop"})
    assert (response.status_code, codes(response.json())) == (status, [code])


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_unknown_person_or_token_is_not_found(shared: InProcess, method: str, path: str) -> None:
    response = shared.request(method, path, ADMINISTRATOR, json={"name": "laptop"})
    assert (response.status_code, codes(response.json())) == (404, ["NOT_FOUND"])


def test_a_new_token_signs_its_person_in_and_nobody_else(server: InProcess) -> None:
    person = create(server, PEOPLE, email="pat@example.com")
    response = server.post(
        TOKENS.format(person["id"]), auth=ADMINISTRATOR, json={"name": "build server"}
    )
    assert response.status_code == 201
    assert response.headers["location"] == TOKENS.format(person["id"])
    created = response.json()
    assert created["name"] == "build server"
    assert "expiresAt" not in created
    assert status_for(server, ("pat@example.com", created["token"])) == 200
    assert status_for(server, ("Pat@Example.com", created["token"])) == 200
    assert status_for(server, ("developer@example.com", created["token"])) == 401
    assert status_for(server, ("pat@example.com", created["token"][:-1])) == 401


async def rows_as_text(database: Database) -> list[bytes]:
    """Every row of a PostgreSQL database; those of SQLite are in its files."""
    if database.engine == "sqlite":
        return []
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    return [
        text.encode()
        for (table,) in await database.rows(tables)
        for (text,) in await database.rows(f"SELECT CAST(t AS TEXT) FROM {table} t")
    ]


def test_a_secret_is_shown_once_and_stored_nowhere(server: InProcess, tmp_path: Path) -> None:
    person = create(server, PEOPLE, email="pat@example.com")
    created = create(server, TOKENS.format(person["id"]), name="laptop")
    secret = created.pop("token")
    assert len(secret) >= 32
    listed = server.get(TOKENS.format(person["id"]), auth=ADMINISTRATOR)
    assert listed.json()["apiTokens"] == [created]
    revoked = server.post(f"{ADMIN}/api-tokens/{created['id']}/revoke", auth=ADMINISTRATOR)
    for response in (listed, revoked, server.get(f"{PEOPLE}/{person['id']}", ADMINISTRATOR)):
        assert secret not in response.text
    kept = [file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file()]
    kept += server.run(rows_as_text(server.database))
    assert any(b"pat@example.com" in content for content in kept)
    secrets = secret.encode(), secret.encode().hex().encode()
    assert not any(form in content for content in kept for form in secrets)


def test_two_tokens_of_one_name_have_different_secrets(server: InProcess) -> None:
    person = create(server, PEOPLE, email="pat@example.com")
    one, other = (create(server, TOKENS.format(person["id"]), name="laptop") for _ in range(2))
    assert one["token"] != other["token"]
    assert one["id"] != other["id"]


@pytest.mark.parametrize("days", [1, 90, 3650])
def test_a_token_expires_after_the_days_asked_for(server: InProcess, days: int) -> None:
    person = create(server, PEOPLE, email="pat@example.com")
    token = create(server, TOKENS.format(person["id"]), name="laptop", expiresInDays=days)
    created, expires = (datetime.fromisoformat(token[f]) for f in ("createdAt", "expiresAt"))
    assert expires - created == timedelta(days=days)
    [listed] = read(server, TOKENS.format(person["id"]))["apiTokens"]
    assert listed["expiresAt"] == token["expiresAt"]
    assert status_for(server, ("pat@example.com", token["token"])) == 200


def test_an_expired_token_is_refused(server: InProcess) -> None:
    person = create(server, PEOPLE, email="pat@example.com")
    token = create(server, TOKENS.format(person["id"]), name="laptop", expiresInDays=1)

    async def let_it_expire(transaction: Transaction) -> None:
        await transaction.execute(
            "UPDATE api_token SET expires_at = $1 WHERE id = $2",
            "2020-01-01T00:00:00Z",
            token["id"],
        )

    server.run(server.database.write(let_it_expire))
    response = server.get(versions_path(), auth=("pat@example.com", token["token"]))
    assert (response.status_code, codes(response.json())) == (401, ["UNAUTHORIZED"])
    [listed] = read(server, TOKENS.format(person["id"]))["apiTokens"]
    assert listed["expiresAt"] == "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, {"name is required"}),
        ({"name": ""}, {"name must not be empty"}),
        ({"name": "a\tb"}, {"name must not contain control characters"}),
        (
            {"name": 1, "expiresInDays": "1"},
            {"name must be a string", "expiresInDays must be a whole number"},
        ),
        ({"name": "laptop", "expiresInDays": 0}, {"expiresInDays must be between 1 and 3650"}),
        ({"name": "laptop", "expiresInDays": 3651}, {"expiresInDays must be between 1 and 3650"}),
        ({"name": "laptop", "expiresInDays": True}, {"expiresInDays must be a whole number"}),
    ],
)
def test_everything_wrong_with_a_token_is_told_at_once(
    shared: InProcess, body: Any, details: set[str]
) -> None:
    person = person_of(shared, "developer@example.com")
    response = shared.post(TOKENS.format(person["id"]), auth=ADMINISTRATOR, json=body)
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", detail) for detail in details}


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_tokens_are_listed_the_oldest_first_and_revoked_ones_too(
    server: InProcess, limit: int
) -> None:
    person = create(server, PEOPLE, email="pat@example.com")
    names = ["zebra", "ant", "mole"]
    tokens = [create(server, TOKENS.format(person["id"]), name=name) for name in names]
    do(server, f"{ADMIN}/api-tokens/{tokens[1]['id']}/revoke")
    listed = walk(server, TOKENS.format(person["id"]), "apiTokens", limit)
    assert [token["name"] for token in listed] == names
    assert ["revokedAt" in token for token in listed] == [False, True, False]


@pytest.mark.parametrize(("query", "detail"), BAD_PAGES)
def test_a_page_that_cannot_be_is_refused(shared: InProcess, query: str, detail: str) -> None:
    person = person_of(shared, "developer@example.com")
    response = shared.get(f"{TOKENS.format(person['id'])}?{query}", auth=ADMINISTRATOR)
    assert response.status_code == 400
    assert problems(response.json()) == {("INVALID_PARAMETER", detail)}


def test_the_last_use_is_noted(server: InProcess) -> None:
    person, auth = new_person(server)
    path = TOKENS.format(person["id"])
    assert "lastUsedAt" not in read(server, path)["apiTokens"][0]
    assert status_for(server, auth) == 200
    create(server, path, name="another")  # writes are stored in turn, so the note is as well
    used, unused = read(server, path)["apiTokens"]
    assert used["createdAt"] <= used["lastUsedAt"]
    assert "lastUsedAt" not in unused


def test_a_revoked_token_is_refused_at_once_and_others_go_on(server: InProcess) -> None:
    person, auth = new_person(server)
    another = create(server, TOKENS.format(person["id"]), name="another")["token"]
    assert status_for(server, auth) == 200
    token = read(server, TOKENS.format(person["id"]))["apiTokens"][0]
    revoked = do(server, f"{ADMIN}/api-tokens/{token['id']}/revoke")
    assert revoked["id"] == token["id"]
    assert revoked["revokedAt"].endswith("Z")
    assert status_for(server, auth) == 401
    assert status_for(server, ("pat@example.com", another)) == 200


def test_revoking_again_changes_nothing(server: InProcess) -> None:
    person, auth = new_person(server)
    token = read(server, TOKENS.format(person["id"]))["apiTokens"][0]
    path = f"{ADMIN}/api-tokens/{token['id']}/revoke"
    assert do(server, path) == do(server, path)
    assert status_for(server, auth) == 401


def test_an_archived_person_gets_no_new_token(server: InProcess) -> None:
    person, _ = new_person(server)
    do(server, f"{PEOPLE}/{person['id']}/archive")
    response = server.post(
        TOKENS.format(person["id"]), auth=ADMINISTRATOR, json={"name": "another"}
    )
    assert response.status_code == 400, response.text
    assert codes(response.json()) == ["VALIDATION_ERROR"]
    assert len(read(server, TOKENS.format(person["id"]))["apiTokens"]) == 1
