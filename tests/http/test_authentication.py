"""Authentication: HTTP Basic with an email and an API token, and nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.answers import MOMENT, refused
from tests.support.bodies import ADDON_CLOUD, ADDON_SERVER, SPACE, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.members import new_member
from tests.support.scenes import NewPerson, administer, new_person
from tests.support.sign_ins import basic, fail_at_once
from tradepost.database import Transaction
from tradepost.people import rules, store
from tradepost.people.model import ApiToken

pytestmark = pytest.mark.usefixtures("engine")

PATH = versions_path()


def unauthorized(server: InProcess, headers: Any) -> str:
    """The detail with which headers are refused."""
    answer = server.get(PATH, None, headers=headers)
    assert answer.headers["www-authenticate"].startswith("Basic")
    (detail,) = refused(answer, 401, "UNAUTHORIZED")
    return detail


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
def test_an_email_and_an_api_token_are_accepted(shared: InProcess, prefix: str) -> None:
    for auth in (DEVELOPER, OUTSIDER, ADMINISTRATOR):
        assert shared.get(prefix + PATH, auth).status_code == 200


def test_missing_credentials_are_refused(shared: InProcess) -> None:
    assert "Basic" in unauthorized(shared, {})


@pytest.mark.parametrize(
    "credentials",
    [
        "developer@example.com:wrong",
        "developer@example.com:demo-token ",
        "developer@example.com:Demo-token",
        "developer@example.com:demo-token:",
        "developer@example.com :demo-token",
        "nobody@example.com:demo-token",
        "developer@example.com:outsider-token",
        "outsider@example.com:demo-token",
    ],
)
def test_wrong_credentials_are_refused(shared: InProcess, credentials: str) -> None:
    assert unauthorized(shared, basic(credentials))


def test_a_refusal_does_not_tell_whether_the_person_exists(shared: InProcess) -> None:
    known = unauthorized(shared, basic("admin@example.com:wrong"))
    assert unauthorized(shared, basic("unheard-of@example.com:wrong")) == known


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic"},
        {"Authorization": "Basic "},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic ZGV2ZWxvcGVy"},
        {"Authorization": "ZGV2ZWxvcGVyQGV4YW1wbGUuY29tOmRlbW8tdG9rZW4="},
        {"Authorization": "Digest username=developer"},
        {"Authorization": ""},
        {"Authorization": " "},
        basic("developer@example.com"),
        basic("developer@example.com:"),
        basic(":demo-token"),
        basic(":"),
        basic(b"developer@example.com:\xff"),
        basic("developer@example.com:demo\x00token"),
    ],
)
def test_malformed_credentials_are_refused(shared: InProcess, headers: dict[str, str]) -> None:
    assert unauthorized(shared, headers)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_bearer_token_is_refused_in_so_many_words(shared: InProcess, scheme: str) -> None:
    detail = unauthorized(shared, {"Authorization": f"{scheme} eyJhbGciOiJIUzI1NiJ9.e30.x"})
    assert "Bearer" in detail


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_scheme_may_be_written_in_any_case(shared: InProcess, scheme: str) -> None:
    header = basic(":".join(DEVELOPER))["Authorization"].replace("Basic", scheme)
    assert shared.get(PATH, None, headers={"Authorization": header}).status_code == 200


@pytest.mark.parametrize("email", ["DEVELOPER@EXAMPLE.COM", "Developer@Example.com"])
def test_an_email_may_be_written_in_any_case(server: InProcess, email: str) -> None:
    answer = server.post(versions_path(), (email, DEVELOPER[1]), json=version())
    assert answer.json()["createdBy"] == DEVELOPER[0]


def test_credentials_come_before_everything_about_the_request(shared: InProcess) -> None:
    answer = shared.post(versions_path("unknown"), ("a@example.com", "b"), content=b"{")
    refused(answer, 401, "UNAUTHORIZED")


def test_a_new_api_token_works_and_an_old_one_goes_on(server: InProcess) -> None:
    person = new_person(server)
    second = administer(server, "POST", f"people/{person.id}/api-tokens", {"name": "second"})
    for token in (person.token, second["token"]):
        assert server.get(PATH, (person.email, token)).status_code == 200


def test_a_revoked_token_is_refused_at_once(server: InProcess) -> None:
    person = new_person(server)
    assert server.get(PATH, person.auth).status_code == 200  # and remembered
    administer(server, "POST", f"api-tokens/{person.token_id}/revoke")
    refused(server.get(PATH, person.auth), 401, "UNAUTHORIZED")


def test_an_archived_person_is_refused_at_once_until_taken_back(server: InProcess) -> None:
    person = new_person(server)
    assert server.get(PATH, person.auth).status_code == 200
    administer(server, "POST", f"people/{person.id}/archive")
    refused(server.get(PATH, person.auth), 401, "UNAUTHORIZED")
    administer(server, "POST", f"people/{person.id}/unarchive")
    assert server.get(PATH, person.auth).status_code == 200


@pytest.mark.parametrize(
    ("expires_at", "good"), [("2001-01-01T00:00:00Z", False), ("2999-01-01T00:00:00Z", True)]
)
def test_an_expired_token_is_refused(server: InProcess, expires_at: str, good: bool) -> None:
    person = new_person(server)
    digest = rules.digest("a-token-of-the-past")
    token = ApiToken("token-id", "old", "2000-01-01T00:00:00Z", expires_at)

    async def work(transaction: Transaction) -> None:
        lookup = digest[: rules.LOOKUP_BYTES]
        await store.insert_token(transaction, person.id, token, lookup, digest)

    server.run(server.database.write(work))
    answer = server.get(PATH, (person.email, "a-token-of-the-past"))
    if good:
        assert answer.status_code == 200
    else:
        refused(answer, 401, "UNAUTHORIZED")


def test_a_new_member_may_write_at_once_and_a_former_one_no_more(server: InProcess) -> None:
    person = new_person(server)
    member = f"developer-spaces/{SPACE}/members/{person.id}"
    refused(server.post(PATH, person.auth, json=version()), 403, "FORBIDDEN")
    administer(server, "PUT", member, {"roles": ["release-manager"]})
    assert server.post(PATH, person.auth, json=version()).status_code == 201
    administer(server, "DELETE", member)
    refused(server.post(PATH, person.auth, json=version()), 403, "FORBIDDEN")


def test_the_last_use_of_a_token_is_noted(server: InProcess) -> None:
    person = new_person(server)

    def token() -> dict[str, Any]:
        listed = administer(server, "GET", f"people/{person.id}/api-tokens")
        (only,) = listed["apiTokens"]
        return dict(only)

    assert "lastUsedAt" not in token()
    server.get(PATH, person.auth)
    new_person(server)  # a write behind the note, which nobody waits for
    assert MOMENT.fullmatch(token()["lastUsedAt"])


def test_a_refused_token_notes_no_use(server: InProcess) -> None:
    person = new_person(server)
    server.get(PATH, (ADMINISTRATOR[0], person.token))
    new_person(server)
    (token,) = administer(server, "GET", f"people/{person.id}/api-tokens")["apiTokens"]
    assert "lastUsedAt" not in token


def test_the_public_demo_credentials_work_on_loopback_alone(tmp_path: Path) -> None:
    with InProcess(tmp_path / "data", host="0.0.0.0") as server:
        refused(server.get(PATH), 401, "UNAUTHORIZED")


# Many failures.


def test_some_failures_are_answered_without_delay(server: InProcess) -> None:
    for _ in range(10):
        refused(server.get(PATH, (DEVELOPER[0], "wrong")), 401, "UNAUTHORIZED")
    assert server.get(PATH).status_code == 200


def test_many_failures_are_slowed_and_then_refused_unread(server: InProcess) -> None:
    answers, waiting = fail_at_once(server, DEVELOPER[0])
    refusals = [answer for answer in answers if answer.status_code == 429]
    assert refusals
    for answer in refusals:
        refused(answer, 429, "TOO_MANY_REQUESTS")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    failures = [answer for answer in answers if answer.status_code == 401]
    assert len(failures) >= 10
    assert waiting + len(failures) < 40


def test_a_right_token_in_use_works_while_many_fail_with_its_email(server: InProcess) -> None:
    assert server.get(PATH).status_code == 200
    answers, _ = fail_at_once(server, DEVELOPER[0])
    assert 429 in {answer.status_code for answer in answers}
    assert server.get(PATH).status_code == 200
    assert server.post(versions_path(ADDON_SERVER), json=version()).status_code == 201


def test_the_right_tokens_of_others_work_while_many_fail(server: InProcess) -> None:
    answers, _ = fail_at_once(server, DEVELOPER[0])
    assert 429 in {answer.status_code for answer in answers}
    person = new_person(server)
    for auth in (OUTSIDER, ADMINISTRATOR, person.auth):
        assert server.get(PATH, auth).status_code == 200


def test_the_case_of_an_email_gives_no_further_attempts(server: InProcess) -> None:
    answers, _ = fail_at_once(server, DEVELOPER[0])
    assert 429 in {answer.status_code for answer in answers}
    # Many again, because those that were kept waiting may have had their turn by now.
    answers, _ = fail_at_once(server, DEVELOPER[0].upper())
    refusal = next(answer for answer in answers if answer.status_code == 429)
    refused(refusal, 429, "TOO_MANY_REQUESTS")
    free = 10  # failures that whoever has none yet is not slowed for
    assert [answer.status_code for answer in answers].count(401) < free


def test_no_token_is_kept_in_a_readable_form(server: InProcess) -> None:
    person = new_person(server)
    rows = server.run(server.database.rows("SELECT * FROM api_token"))
    assert rows
    assert person.token not in repr(rows)
    listed = administer(server, "GET", f"people/{person.id}/api-tokens")
    assert person.token not in msgspec.json.encode(listed).decode()


def revoke(server: InProcess, person: NewPerson) -> None:
    administer(server, "POST", f"api-tokens/{person.token_id}/revoke")


def archive(server: InProcess, person: NewPerson) -> None:
    administer(server, "POST", f"people/{person.id}/archive")


def leave(server: InProcess, person: NewPerson) -> None:
    path = f"/admin/v1/developer-spaces/{SPACE}/members/{person.id}"
    assert server.request("DELETE", path, ADMINISTRATOR).status_code in (200, 204)


@pytest.mark.parametrize(("take", "status"), [(revoke, 401), (archive, 401), (leave, 403)])
def test_what_is_taken_away_in_another_process_is_gone_at_once(
    tmp_path: Path, take: Callable[[InProcess, NewPerson], None], status: int
) -> None:
    tokens = f"/rest/3/app-software/{ADDON_CLOUD}/tokens"
    with InProcess(tmp_path) as one, InProcess(tmp_path, demo=False) as other:
        person = new_member(one, "viewer")
        assert [other.get(tokens, person.auth).status_code for _ in range(3)] == [200] * 3
        take(one, person)
        assert other.get(tokens, person.auth).status_code == status
