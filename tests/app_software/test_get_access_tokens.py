"""GET app-software/{id}/tokens: the access tokens of an app software."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.answers import refused
from tests.support.bodies import ADDON_CLOUD, ADDON_SERVER, CALENDAR_CLOUD, UNKNOWN
from tests.support.client import InProcess
from tests.support.scenes import (
    ARCHIVED,
    CALLERS,
    administer,
    archive,
    as_caller,
)

pytestmark = pytest.mark.usefixtures("engine")

TOKENS: list[dict[str, Any]] = [
    {
        "token": "at_0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "cloudId": "11111111-2222-4333-8444-555555555555",
        "instance": "66666666-7777-4888-8999-aaaaaaaaaaaa",
    },
    {
        "token": "at_1a2b3c4d5e6f708192a3b4c5d6e7f809",
        "cloudId": "22222222-3333-4444-8555-666666666666",
        "instance": None,
    },
    {"token": "at_2b3c4d5e6f708192a3b4c5d6e7f8091a", "cloudId": None, "instance": None},
]
"""The access tokens of the add-on's cloud app software."""
FOREIGN = "at_3c4d5e6f708192a3b4c5d6e7f8091a2b"
"""An access token of an app of somebody else."""


def tokens_path(software_id: str = ADDON_CLOUD) -> str:
    return f"/rest/3/app-software/{software_id}/tokens"


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
def test_all_access_tokens_are_listed(shared: InProcess, prefix: str) -> None:
    answer = shared.get(prefix + tokens_path())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"tokens": TOKENS}


def test_an_app_software_without_access_tokens_gives_an_empty_list(shared: InProcess) -> None:
    assert shared.get(tokens_path(ADDON_SERVER)).json() == {"tokens": []}


@pytest.mark.parametrize("index", range(len(TOKENS)))
def test_a_token_narrows_the_list_to_one(shared: InProcess, index: int) -> None:
    answer = shared.get(tokens_path(), params={"token": TOKENS[index]["token"]})
    assert answer.json() == {"tokens": [TOKENS[index]]}


@pytest.mark.parametrize("token", ["at_unknown", "", "at_", FOREIGN, "%", "a' OR 1=1 --"])
def test_an_unknown_token_gives_an_empty_list(shared: InProcess, token: str) -> None:
    answer = shared.get(tokens_path(), params={"token": token})
    assert (answer.status_code, answer.json()) == (200, {"tokens": []})


def test_a_token_that_cannot_be_is_refused(shared: InProcess) -> None:
    (detail,) = refused(
        shared.get(tokens_path(), params={"token": "a" * 256}), 400, "INVALID_PARAMETER"
    )
    assert "token" in detail


def test_there_are_no_pages(shared: InProcess) -> None:
    answer = shared.get(tokens_path(), params={"limit": "1", "cursor": "x", "offset": "1"})
    assert answer.json() == {"tokens": TOKENS}


@pytest.mark.parametrize("software_id", [UNKNOWN, "not-a-uuid"])
def test_an_unknown_app_software_is_not_found(shared: InProcess, software_id: str) -> None:
    refused(shared.get(tokens_path(software_id)), 404, "APP_SOFTWARE_NOT_FOUND")


@pytest.mark.parametrize("who", CALLERS)
def test_only_members_and_administrators_see_access_tokens(shared: InProcess, who: str) -> None:
    answer = shared.get(tokens_path(), as_caller(shared, who))
    if who in ("member", "administrator"):
        assert answer.json() == {"tokens": TOKENS}
    elif who == "nobody":
        refused(answer, 401, "UNAUTHORIZED")
    else:
        refused(answer, 403, "FORBIDDEN")
        assert "at_" not in answer.text


def test_a_member_does_not_see_the_tokens_of_others(shared: InProcess) -> None:
    answer = shared.get(tokens_path(CALENDAR_CLOUD), params={"token": FOREIGN})
    refused(answer, 403, "FORBIDDEN")


def test_an_unknown_app_software_comes_before_the_permission(shared: InProcess) -> None:
    answer = shared.get(tokens_path(UNKNOWN), as_caller(shared, "stranger"))
    refused(answer, 404, "APP_SOFTWARE_NOT_FOUND")


def test_the_permission_comes_before_a_bad_parameter(shared: InProcess) -> None:
    answer = shared.get(tokens_path(), as_caller(shared, "outsider"), params={"token": "a" * 256})
    refused(answer, 403, "FORBIDDEN")


def test_a_revoked_token_is_gone(server: InProcess) -> None:
    revoked = str(TOKENS[0]["token"])
    administer(server, "POST", f"app-software/{ADDON_CLOUD}/tokens/revoke", {"token": revoked})
    assert server.get(tokens_path()).json() == {"tokens": TOKENS[1:]}
    assert server.get(tokens_path(), params={"token": revoked}).json() == {"tokens": []}


@pytest.mark.parametrize("what", ARCHIVED)
def test_the_tokens_of_an_archived_app_can_be_read(server: InProcess, what: str) -> None:
    archive(server, what, ADDON_CLOUD)
    assert server.get(tokens_path()).json() == {"tokens": TOKENS}


def test_tokens_in_a_query_are_masked_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = str(TOKENS[0]["token"])
    with InProcess(tmp_path / "data", log_level="info") as server:
        server.get(tokens_path(), params={"token": token})
        server.get(tokens_path(), params={"access-token": "opaque-secret"})
    logged = capsys.readouterr().err
    assert logged.count("getAccessTokens") == 2
    assert token not in logged
    assert "opaque-secret" not in logged
