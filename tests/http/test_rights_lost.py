"""Rights that end while a body is on its way: nothing is written any more."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.support.administration import PEOPLE, SPACES, person_of, read
from tests.support.bodies import CALENDAR_CLOUD, SPACE, codes, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess

HEADERS = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", "/admin/v1/api-tokens/{token}/revoke", 401, "UNAUTHORIZED"),
        ("POST", PEOPLE + "/{person}/archive", 401, "UNAUTHORIZED"),
        ("DELETE", SPACES + "/{space}/members/{person}", 403, "FORBIDDEN"),
    ],
)
def test_who_loses_the_right_while_sending_writes_nothing(
    server: InProcess, method: str, path: str, status: int, code: str
) -> None:
    person = person_of(server, DEVELOPER[0])["id"]
    [token] = read(server, f"{PEOPLE}/{person}/api-tokens")["apiTokens"]
    path = path.format(token=token["id"], person=person, space=SPACE)
    before = server.get(versions_path(), ADMINISTRATOR).json()["totalCount"]
    body = json.dumps(version()).encode()

    async def content() -> AsyncIterator[bytes]:
        yield body[:10]
        ended = await server.send(method, path, ADMINISTRATOR)
        assert ended.status_code in (200, 204)
        yield body[10:]

    answer = server.post(versions_path(), content=content(), headers=HEADERS)
    assert (answer.status_code, codes(answer.json())) == (status, [code])
    assert server.get(versions_path(), ADMINISTRATOR).json()["totalCount"] == before


def test_an_administrator_no_more_while_sending_changes_nothing(server: InProcess) -> None:
    person = person_of(server, ADMINISTRATOR[0])["id"]

    async def content() -> AsyncIterator[bytes]:
        yield b'{"email": '
        ended = await server.send(
            "PATCH", f"{PEOPLE}/{person}", ADMINISTRATOR, json={"administrator": False}
        )
        assert ended.status_code == 200
        yield b'"new@example.com"}'

    answer = server.post(PEOPLE, ADMINISTRATOR, content=content(), headers=HEADERS)
    assert (answer.status_code, codes(answer.json())) == (403, ["FORBIDDEN"])


def test_a_body_in_pieces_from_who_may_is_taken(server: InProcess) -> None:
    body = json.dumps(version()).encode()

    async def content() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 50):
            yield body[start : start + 50]

    answer = server.post(
        versions_path(CALENDAR_CLOUD), OUTSIDER, content=content(), headers=HEADERS
    )
    assert answer.status_code == 201
