"""POST app-software/{id}/tokens: a new access token."""

import re
from typing import Any

import pytest

from tests.support.answers import refused
from tests.support.bodies import ADDON_CLOUD, ADDON_SERVER, UNKNOWN
from tests.support.client import InProcess
from tests.support.scenes import ARCHIVED, CALLERS, archive, as_caller, unarchive


def tokens_path(software_id: str = ADDON_SERVER) -> str:
    return f"/rest/3/app-software/{software_id}/tokens"


def listed(server: InProcess, software_id: str = ADDON_SERVER) -> list[dict[str, Any]]:
    tokens: list[dict[str, Any]] = server.get(tokens_path(software_id)).json()["tokens"]
    return tokens


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
@pytest.mark.parametrize("body", [{}, {"json": {}}, {"json": {"unknown": 1}}, {"content": b""}])
def test_a_token_is_created_without_a_body_or_with_an_empty_one(
    server: InProcess, prefix: str, body: dict[str, Any]
) -> None:
    answer = server.post(prefix + tokens_path(), **body)
    assert answer.status_code == 201, answer.text
    created = answer.json()
    assert created == {"token": created["token"], "cloudId": None, "instance": None}
    assert answer.headers["location"] == f"{tokens_path()}?token={created['token']}"
    assert server.get(answer.headers["location"]).json() == {"tokens": [created]}
    assert listed(server) == [created]


def test_a_token_has_at_least_128_random_bits(server: InProcess) -> None:
    tokens = [server.post(tokens_path()).json()["token"] for _ in range(20)]
    for token in tokens:
        assert re.fullmatch(r"at_([0-9a-f]{32,}|[A-Za-z0-9_-]{22,})", token)
    assert len(set(tokens)) == 20


def test_tokens_are_listed_in_the_order_of_their_creation(server: InProcess) -> None:
    before = listed(server, ADDON_CLOUD)
    created = [server.post(tokens_path(ADDON_CLOUD)).json() for _ in range(3)]
    assert listed(server, ADDON_CLOUD) == before + created


def test_many_tokens_are_created_at_once(server: InProcess) -> None:
    answers = server.at_once(*(server.send("POST", tokens_path()) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    created = {answer.json()["token"] for answer in answers}
    assert len(created) == 20
    assert {token["token"] for token in listed(server)} == created


def test_prefer_minimal_leaves_the_body_out(server: InProcess) -> None:
    answer = server.post(tokens_path(), headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["preference-applied"] == "return=minimal"
    assert server.get(answer.headers["location"]).json()["tokens"] == listed(server)


@pytest.mark.parametrize("who", CALLERS)
def test_only_members_and_administrators_create_access_tokens(server: InProcess, who: str) -> None:
    answer = server.post(tokens_path(), as_caller(server, who))
    if who in ("member", "administrator"):
        assert answer.status_code == 201
        assert listed(server) == [answer.json()]
        return
    refused(answer, *((401, "UNAUTHORIZED") if who == "nobody" else (403, "FORBIDDEN")))
    assert listed(server) == []


@pytest.mark.parametrize("software_id", [UNKNOWN, "not-a-uuid"])
@pytest.mark.parametrize("who", ["member", "stranger"])
def test_an_unknown_app_software_is_not_found(
    shared: InProcess, software_id: str, who: str
) -> None:
    answer = shared.post(tokens_path(software_id), as_caller(shared, who), content=b"{")
    refused(answer, 404, "APP_SOFTWARE_NOT_FOUND")


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"at_1"', b"{", b"\xff", b" "])
def test_a_body_that_is_no_object_is_refused(server: InProcess, body: bytes) -> None:
    refused(server.post(tokens_path(), content=body), 400, "VALIDATION_ERROR")
    assert listed(server) == []


def test_the_permission_comes_before_a_bad_body(shared: InProcess) -> None:
    answer = shared.post(tokens_path(), as_caller(shared, "outsider"), content=b"{")
    refused(answer, 403, "FORBIDDEN")


@pytest.mark.parametrize("what", ARCHIVED)
def test_an_archived_app_gets_no_access_tokens(server: InProcess, what: str) -> None:
    archive(server, what, ADDON_SERVER)
    (detail,) = refused(server.post(tokens_path()), 400, "VALIDATION_ERROR")
    assert "archived" in detail
    assert listed(server) == []
    unarchive(server, what, ADDON_SERVER)
    assert server.post(tokens_path()).status_code == 201
