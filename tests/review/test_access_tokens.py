"""Revoking an access token: who may, and that it is gone then."""

from typing import Any

import pytest

from tests.support.administration import APP_SOFTWARE, do, read
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_SERVER,
    UNKNOWN,
    codes,
    problems,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess

REVOKE = f"{APP_SOFTWARE}/{ADDON_CLOUD}/tokens/revoke"
TOKENS = f"/rest/3/app-software/{ADDON_CLOUD}/tokens"


def listed(server: InProcess, path: str = TOKENS) -> list[str]:
    return [token["token"] for token in read(server, path)["tokens"]]


def new_token(server: InProcess) -> str:
    response = server.post(TOKENS)
    assert response.status_code == 201
    token: str = response.json()["token"]
    return token


@pytest.mark.parametrize("auth", [ADMINISTRATOR, DEVELOPER], ids=["administrator", "member"])
def test_a_revoked_access_token_is_listed_no_more(server: InProcess, auth: Auth) -> None:
    kept = listed(server)
    token = new_token(server)
    assert listed(server) == [*kept, token]
    response = server.post(REVOKE, auth=auth, json={"token": token})
    assert (response.status_code, response.content) == (204, b"")
    assert listed(server) == kept
    assert listed(server, f"{TOKENS}?token={token}") == []


@pytest.mark.parametrize(
    ("auth", "status", "code"),
    [
        pytest.param(OUTSIDER, 403, "FORBIDDEN", id="stranger"),
        pytest.param(None, 401, "UNAUTHORIZED", id="nobody"),
    ],
)
def test_nobody_else_may(shared: InProcess, auth: Auth, status: int, code: str) -> None:
    tokens = listed(shared)
    response = shared.post(REVOKE, auth=auth, json={"token": tokens[0]})
    assert (response.status_code, codes(response.json())) == (status, [code])
    assert listed(shared) == tokens


def test_a_token_is_revoked_once(server: InProcess) -> None:
    token = new_token(server)
    statuses = [server.post(REVOKE, json={"token": token}) for _ in range(2)]
    assert [response.status_code for response in statuses] == [204, 404]
    assert problems(statuses[1].json()) == {
        ("NOT_FOUND", "this app software has no such access token")
    }


@pytest.mark.parametrize("software", [UNKNOWN, "no-uuid"])
def test_an_unknown_app_software_is_not_found(shared: InProcess, software: str) -> None:
    response = shared.post(f"{APP_SOFTWARE}/{software}/tokens/revoke", json={"token": "at_1"})
    assert (response.status_code, codes(response.json())) == (404, ["APP_SOFTWARE_NOT_FOUND"])


def test_a_token_belongs_to_one_app_software(server: InProcess) -> None:
    token = new_token(server)
    response = server.post(f"{APP_SOFTWARE}/{ADDON_SERVER}/tokens/revoke", json={"token": token})
    assert (response.status_code, codes(response.json())) == (404, ["NOT_FOUND"])
    assert token in listed(server)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "token is required"),
        ({"token": ""}, "token must not be empty"),
        ({"token": 1}, "token must be a string"),
        ([], "the body must be an object"),
    ],
)
def test_the_body_must_name_a_token(shared: InProcess, body: Any, detail: str) -> None:
    response = shared.post(REVOKE, json=body)
    assert response.status_code == 400
    assert problems(response.json()) == {("VALIDATION_ERROR", detail)}


def test_a_token_can_be_revoked_when_all_else_is_archived(server: InProcess) -> None:
    token = new_token(server)
    do(server, f"{APP_SOFTWARE}/{ADDON_CLOUD}/archive")
    assert token in listed(server)
    assert server.post(REVOKE, json={"token": token}).status_code == 204
    assert token not in listed(server)
