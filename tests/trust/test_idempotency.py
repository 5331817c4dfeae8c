"""`Idempotency-Key`: a POST sent again with the same key is answered as the first time."""

import uuid
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.administration import PEOPLE
from tests.support.answers import refused
from tests.support.archives import plugin_jar
from tests.support.audit import count_lines
from tests.support.bodies import (
    ADDON_CLOUD,
    CALENDAR_CLOUD,
    SPACE,
    UNKNOWN,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.scenes import administer, as_member, create, new_person, new_software
from tests.support.uploads import ARTIFACTS, stored, upload
from tradepost.clock import Clock, rfc3339
from tradepost.trust.writing import KEPT_FOR

AGAIN = "idempotent-replayed"
VERSIONS = versions_path()


def key() -> str:
    return str(uuid.uuid4())


def send(
    server: InProcess, path: str, name: str, auth: Auth = DEVELOPER, **options: Any
) -> httpx2.Response:
    headers = {"Idempotency-Key": name, **options.pop("headers", {})}
    return server.post(path, auth, headers=headers, **options)


def how_many(server: InProcess, software_id: str) -> int:
    return int(server.get(versions_path(software_id)).json()["totalCount"])


def test_the_same_request_gets_the_first_answer_again(server: InProcess) -> None:
    name, software = key(), new_software(server)
    path = versions_path(software)
    first = send(server, path, name, json=version())
    again = send(server, path, name, json=version())
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert AGAIN not in first.headers
    assert again.headers[AGAIN] == "true"
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert how_many(server, software) == 1


def test_what_was_answered_stays_whatever_has_happened_since(server: InProcess) -> None:
    name, software = key(), new_software(server)
    first = send(server, versions_path(software), name, json=version())
    administer(server, "POST", f"app-software/{software}/archive")
    again = send(server, versions_path(software), name, json=version())
    assert (again.status_code, again.content) == (201, first.content)


def test_without_a_body_in_the_answer_it_is_without_one_again(server: InProcess) -> None:
    name, minimal = key(), {"Prefer": "return=minimal"}
    first = send(server, VERSIONS, name, json=version(), headers=minimal)
    again = send(server, VERSIONS, name, json=version())
    assert (again.status_code, again.content) == (201, b"")
    assert again.headers["location"] == first.headers["location"]


def test_another_prefix_is_the_same_path(server: InProcess) -> None:
    name = key()
    first = send(server, f"/marketplace{VERSIONS}", name, json=version())
    assert send(server, VERSIONS, name, json=version()).content == first.content


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param(VERSIONS, version(beta=True), id="body"),
        pytest.param(versions_path(CALENDAR_CLOUD), version(), id="path"),
        pytest.param(f"{VERSIONS}?x=1", version(), id="query"),
        pytest.param(f"/admin/v1/app-software/{ADDON_CLOUD}/versions", version(), id="operation"),
    ],
)
def test_another_request_with_the_key_is_refused_and_does_nothing(
    server: InProcess, path: str, body: dict[str, Any]
) -> None:
    name = key()
    assert send(server, VERSIONS, name, json=version()).status_code == 201
    before = count_lines(server)
    answer = send(server, path, name, json=body)
    refused(answer, 422, "IDEMPOTENCY_KEY_REUSED")
    assert count_lines(server) == before


def test_each_person_has_keys_of_their_own(server: InProcess) -> None:
    name, software = key(), new_software(server)
    other = as_member(server, "release-manager")
    first = send(server, versions_path(software), name, json=version())
    second = send(server, versions_path(software), name, other, json=version())
    assert first.json()["buildNumber"] + 1 == second.json()["buildNumber"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        pytest.param(VERSIONS, {}, 400, id="bad-body"),
        pytest.param(VERSIONS, version(buildNumber=20100, versionNumber="x"), 400, id="taken"),
        pytest.param(versions_path(UNKNOWN), version(), 404, id="unknown"),
    ],
)
def test_a_refusal_is_not_kept_and_comes_again_while_its_cause_lasts(
    server: InProcess, path: str, body: Any, status: int
) -> None:
    name = key()
    first = send(server, path, name, json=body)
    again = send(server, path, name, json=body)
    assert (first.status_code, again.status_code) == (status, status)
    assert AGAIN not in again.headers
    assert server.run(server.database.rows("SELECT name FROM idempotency_key")) == []


def test_what_was_refused_for_its_state_is_done_when_that_has_passed(server: InProcess) -> None:
    name, software = key(), new_software(server)
    administer(server, "POST", f"app-software/{software}/archive")
    assert send(server, versions_path(software), name, json=version()).status_code == 400
    administer(server, "POST", f"app-software/{software}/unarchive")
    again = send(server, versions_path(software), name, json=version())
    assert (again.status_code, AGAIN in again.headers) == (201, False)


def test_an_answer_is_not_given_again_to_who_is_no_member_any_more(server: InProcess) -> None:
    person, name = new_person(server), key()
    member = f"developer-spaces/{SPACE}/members/{person.id}"
    path = f"/rest/3/app-software/{ADDON_CLOUD}/tokens"
    administer(server, "PUT", member, {"roles": ["release-manager"]})
    first = send(server, path, name, person.auth)
    assert first.status_code == 201
    assert send(server, path, name, person.auth).content == first.content
    administer(server, "PUT", member, {"roles": ["viewer"]})
    refused(send(server, path, name, person.auth), 403, "FORBIDDEN")
    administer(server, "DELETE", member)
    answer = send(server, path, name, person.auth)
    refused(answer, 403, "FORBIDDEN")
    assert first.json()["token"] not in answer.text
    administer(server, "PUT", member, {"roles": ["release-manager"]})
    assert send(server, path, name, person.auth).content == first.content


def test_an_answer_is_not_given_again_to_who_administers_no_more(server: InProcess) -> None:
    person, name = new_person(server), key()
    body = {"email": f"{uuid.uuid4()}@example.com"}
    administer(server, "PATCH", f"people/{person.id}", {"administrator": True})
    assert send(server, PEOPLE, name, person.auth, json=body).status_code == 201
    assert send(server, PEOPLE, name, person.auth, json=body).headers[AGAIN] == "true"
    administer(server, "PATCH", f"people/{person.id}", {"administrator": False})
    refused(send(server, PEOPLE, name, person.auth, json=body), 403, "FORBIDDEN")


def test_who_may_not_is_not_told_so_for_a_day(server: InProcess) -> None:
    name = key()
    body = {"email": f"{uuid.uuid4()}@example.com"}
    refused(send(server, PEOPLE, name, OUTSIDER, json=body), 403, "FORBIDDEN")
    refused(send(server, VERSIONS, name, OUTSIDER, json=version()), 403, "FORBIDDEN")
    person = administer(server, "GET", "people?email=outsider@example.com")["people"][0]
    administer(server, "PATCH", f"people/{person['id']}", {"administrator": True})
    assert send(server, PEOPLE, name, OUTSIDER, json=body).status_code == 201


def test_an_answer_is_for_those_who_sign_in_alone(server: InProcess) -> None:
    name = key()
    assert send(server, VERSIONS, name, json=version()).status_code == 201
    wrong = ("developer@example.com", "wrong")
    refused(send(server, VERSIONS, name, wrong, json=version()), 401, "UNAUTHORIZED")
    refused(send(server, VERSIONS, name, None, json=version()), 401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    "sent", [b"", b"two words", b"x" * 256, b"k\xc3\xa9y"], ids=["empty", "space", "long", "letter"]
)
def test_a_key_is_one_to_255_visible_characters(server: InProcess, sent: bytes) -> None:
    headers = [(b"Idempotency-Key", sent)]
    answer = server.post(VERSIONS, json=version(), headers=headers)
    [detail] = refused(answer, 400, "INVALID_PARAMETER")
    assert detail.startswith("Idempotency-Key must be")
    assert send(server, VERSIONS, "x" * 255, json=version()).status_code == 201


def test_two_different_keys_are_none(server: InProcess) -> None:
    headers = [("Idempotency-Key", "one"), ("Idempotency-Key", "two")]
    refused(server.post(VERSIONS, json=version(), headers=headers), 400, "INVALID_PARAMETER")


def test_operations_without_a_body_take_keys_too(server: InProcess) -> None:
    name, software = key(), new_software(server)
    build = create(server, software, version())["buildNumber"]
    path = f"/admin/v1/app-software/{software}/versions/{build}/archive"
    first = send(server, path, name)
    assert first.status_code == 200
    assert send(server, path, name).content == first.content
    assert server.post(path).status_code == 400  # without the key, it is archived already


def test_a_check_uses_no_key_up(server: InProcess) -> None:
    name, checking = key(), {"Prefer": "validate-only"}
    for _ in range(2):
        answer = send(server, VERSIONS, name, json=version(), headers=checking)
        assert (answer.status_code, AGAIN in answer.headers) == (200, False)
    assert send(server, VERSIONS, name, json=version(beta=True)).status_code == 201


def test_the_secret_of_an_api_token_is_not_kept(server: InProcess) -> None:
    person = administer(server, "POST", "people", {"email": f"{uuid.uuid4()}@example.com"})
    path, name, body = f"{PEOPLE}/{person['id']}/api-tokens", key(), {"name": "ci"}
    first = send(server, path, name, ADMINISTRATOR, json=body)
    assert first.status_code == 201
    answer = send(server, path, name, ADMINISTRATOR, json=body)
    [detail] = refused(answer, 409, "IDEMPOTENCY_KEY_IN_USE")
    assert "revoke" in detail
    assert len(server.get(path, ADMINISTRATOR).json()["apiTokens"]) == 1
    rows = server.run(server.database.rows("SELECT headers, body FROM idempotency_key"))
    assert first.json()["token"] not in repr(rows)


def test_uploads_need_no_key(server: InProcess) -> None:
    name, before = key(), stored(server)
    headers = {"Idempotency-Key": name}
    first = upload(server, plugin_jar(), headers=headers)
    again = upload(server, plugin_jar(), headers=headers)
    other = upload(server, plugin_jar(version="9.9.9"), headers=headers)
    assert (first.status_code, again.content) == (200, first.content)
    assert other.status_code == 200
    assert stored(server)[0] == before[0] + 2


def test_what_could_not_be_fetched_may_be_there_the_next_time(server: InProcess) -> None:
    name, body = key(), {"uri": "http://127.0.0.1:9/addon.jar"}
    for _ in range(2):
        answer = send(server, f"{ARTIFACTS}/fetch", name, json=body)
        refused(answer, 400, "ARTIFACT_REMOTE_FETCH_FAILURE")
        assert AGAIN not in answer.headers


def test_a_key_is_good_for_24_hours(server: InProcess) -> None:
    name, software = key(), new_software(server)
    path = versions_path(software)
    assert send(server, path, name, json=version()).status_code == 201
    age(server, hours_more=-1)
    assert send(server, path, name, json=version()).headers[AGAIN] == "true"
    age(server, hours_more=1)
    later = send(server, path, name, json=version(beta=True))
    assert (later.status_code, AGAIN in later.headers) == (201, False)
    assert send(server, path, name, json=version(beta=True)).content == later.content


def test_old_keys_are_removed_with_the_first_write_of_each_hour(tmp_path: Path) -> None:
    with InProcess(tmp_path / "data") as server:
        for name in ("old", "older"):
            assert send(server, VERSIONS, name, json=version()).status_code == 201
        age(server, hours_more=1)
        assert kept(server) == {"old", "older"}
    with InProcess(tmp_path / "data", demo=False) as server:
        assert server.post(VERSIONS, json=version()).status_code == 201  # needs no key itself
        assert kept(server) == set()


def kept(server: InProcess) -> set[Any]:
    return {n for (n,) in server.run(server.database.rows("SELECT name FROM idempotency_key"))}


def age(server: InProcess, hours_more: int) -> None:
    """Let every key be so many hours older than keys are kept, or fewer."""
    moment = Clock().now() - KEPT_FOR * (1 + hours_more / 24)

    async def work(transaction: Any) -> None:
        await transaction.execute("UPDATE idempotency_key SET created_at = $1", rfc3339(moment))

    server.run(server.database.write(work))
