"""A site installs a private app: it downloads the artifact by an access token, which is bound to
the first site that uses it."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.answers import refused
from tests.support.archives import plugin_jar
from tests.support.audit import audit
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_DATACENTER,
    ADDON_SERVER,
    UNKNOWN,
    versions_path,
)
from tests.support.client import DEVELOPER, OUTSIDER, InProcess
from tests.support.clients import AsyncRequests, at_once, fetch, post, tradepost
from tests.support.object_storage import ObjectStorage
from tests.support.process import ServerProcess
from tests.support.scenes import ARCHIVED, archive, move
from tests.support.uploads import (
    ARTIFACTS,
    artifact_id,
    release,
    stored,
    upload,
    uploaded,
)

JAR = plugin_jar()
ONE = {"cloudId": "11111111-1111-4111-8111-111111111111", "instance": "one.example.com"}
OTHER = {"cloudId": "22222222-2222-4222-8222-222222222222", "instance": "two.example.com"}
FREE = {"cloudId": None, "instance": None}


def tokens_path(software_id: str = ADDON_DATACENTER) -> str:
    return f"/rest/3/app-software/{software_id}/tokens"


def new_token(server: InProcess, software_id: str = ADDON_DATACENTER) -> str:
    answer = server.post(tokens_path(software_id))
    assert answer.status_code == 201
    return str(answer.json()["token"])


def bound(server: InProcess, token: str, software_id: str = ADDON_DATACENTER) -> dict[str, Any]:
    """The site that a token is bound to, as the list of tokens shows it."""
    [found] = server.get(tokens_path(software_id), params={"token": token}).json()["tokens"]
    assert found.pop("token") == token
    return dict(found)


@pytest.fixture
def path(server: InProcess) -> str:
    """The download of a version that is not public."""
    found = artifact_id(uploaded(server, JAR))
    assert release(server, found)["state"] == "auto-approved"
    return f"{ARTIFACTS}/{found}/download"


def redeem(
    server: InProcess, path: str, token: str, site: dict[str, str], method: str = "GET"
) -> httpx2.Response:
    """Ask for a file as a site does: with a token, without credentials."""
    return server.request(method, path, None, params={"access-token": token, **site})


@pytest.mark.parametrize("site", [ONE, {"cloudId": ONE["cloudId"]}, {"instance": ONE["instance"]}])
def test_the_first_use_binds_the_token_to_the_site(
    server: InProcess, path: str, site: dict[str, str]
) -> None:
    token = new_token(server)
    assert bound(server, token) == FREE
    answer = redeem(server, path, token, site)
    assert (answer.status_code, answer.content) == (200, JAR)
    assert bound(server, token) == {**FREE, **site}


def test_the_audit_says_that_nobody_known_has_used_it(server: InProcess, path: str) -> None:
    redeem(server, path, new_token(server), ONE)
    newest = audit(server)[0]
    assert (newest["action"], newest["person"]) == ("downloadArtifact", {"email": "anonymous"})


def test_the_same_site_comes_again_and_no_other(server: InProcess, path: str) -> None:
    token = new_token(server)
    for _ in range(3):
        assert redeem(server, path, token, ONE).content == JAR
    assert refused(redeem(server, path, token, OTHER), 403, "FORBIDDEN") == [
        "the access token belongs to another site"
    ]
    assert bound(server, token) == ONE
    assert redeem(server, path, token, ONE).status_code == 200


@pytest.mark.parametrize(
    ("first", "again", "status"),
    [
        (ONE, {"cloudId": ONE["cloudId"]}, 200),
        (ONE, {"instance": ONE["instance"]}, 200),
        (ONE, {"cloudId": ONE["cloudId"], "instance": OTHER["instance"]}, 403),
        (ONE, {"cloudId": OTHER["cloudId"], "instance": ONE["instance"]}, 403),
        (ONE, {}, 403),
        (ONE, {"cloudId": ""}, 403),
        ({"cloudId": ONE["cloudId"]}, ONE, 200),
        ({"cloudId": ONE["cloudId"]}, {"instance": ONE["instance"]}, 403),
        ({"cloudId": ONE["cloudId"]}, {"cloudId": ONE["cloudId"] + " "}, 403),
    ],
)
def test_a_site_must_agree_with_what_is_bound(
    server: InProcess, path: str, first: dict[str, str], again: dict[str, str], status: int
) -> None:
    token = new_token(server)
    assert redeem(server, path, token, first).status_code == 200
    assert redeem(server, path, token, again).status_code == status
    assert bound(server, token) == {**FREE, **first}


@pytest.mark.parametrize("site", [{}, {"cloudId": ""}, {"cloudId": "", "instance": ""}])
def test_a_site_must_name_itself(server: InProcess, path: str, site: dict[str, str]) -> None:
    token = new_token(server)
    assert refused(redeem(server, path, token, site), 400, "INVALID_PARAMETER") == [
        "cloudId or instance must name the site that redeems the access token"
    ]
    assert bound(server, token) == FREE


@pytest.mark.parametrize("site", [{"cloudId": "x" * 256}, {"instance": "a\x00b"}])
def test_a_site_that_cannot_be_is_told(server: InProcess, path: str, site: dict[str, str]) -> None:
    token = new_token(server)
    refused(redeem(server, path, token, site), 400, "INVALID_PARAMETER")
    assert bound(server, token) == FREE


def test_head_binds_nothing(server: InProcess, path: str) -> None:
    token = new_token(server)
    answer = redeem(server, path, token, ONE, "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(JAR))
    assert bound(server, token) == FREE
    assert redeem(server, path, token, OTHER).status_code == 200
    assert redeem(server, path, token, ONE, "HEAD").status_code == 403


def test_a_range_is_redeemed_like_the_whole(server: InProcess, path: str) -> None:
    token = new_token(server)
    query = {"access-token": token, **ONE}
    answer = server.get(path, None, params=query, headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.content) == (206, JAR[:4])
    assert bound(server, token) == ONE


@pytest.mark.parametrize("software_id", [ADDON_SERVER, ADDON_CLOUD])
def test_a_token_of_another_app_software_is_for_nothing_here(
    server: InProcess, path: str, software_id: str
) -> None:
    token = new_token(server, software_id)
    assert refused(redeem(server, path, token, ONE), 403, "FORBIDDEN") == [
        "the access token is for other artifacts"
    ]
    assert bound(server, token, software_id) == FREE


def test_a_token_opens_only_what_a_version_uses(server: InProcess) -> None:
    token = new_token(server)
    unused = uploaded(server, JAR)["_links"]["binary"]["href"]
    refused(redeem(server, unused, token, ONE), 403, "FORBIDDEN")
    assert bound(server, token) == FREE


@pytest.mark.parametrize("token", ["", "at_", "at_" + "0" * 32, "demo-token", "' OR 1=1 --"])
def test_an_unknown_token_is_401(server: InProcess, path: str, token: str) -> None:
    answer = redeem(server, path, token, ONE)
    assert refused(answer, 401, "UNAUTHORIZED") == ["the access token is unknown or revoked"]
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("used", [False, True])
def test_a_revoked_token_is_401(server: InProcess, path: str, used: bool) -> None:
    token = new_token(server)
    if used:
        assert redeem(server, path, token, ONE).status_code == 200
    revoke = f"/admin/v1/app-software/{ADDON_DATACENTER}/tokens/revoke"
    assert server.post(revoke, json={"token": token}).status_code == 204
    refused(redeem(server, path, token, ONE), 401, "UNAUTHORIZED")


def test_the_token_comes_before_the_artifact(server: InProcess, path: str) -> None:
    nowhere = f"{ARTIFACTS}/{UNKNOWN}/download"
    refused(server.get(nowhere, None), 401, "UNAUTHORIZED")
    for asked in (path, nowhere):
        refused(redeem(server, asked, "at_nothing", ONE), 401, "UNAUTHORIZED")
    refused(redeem(server, nowhere, new_token(server), ONE), 404, "ARTIFACT_NOT_FOUND")


def test_credentials_beside_a_token_must_be_good_and_give_no_more(
    server: InProcess, path: str
) -> None:
    token = new_token(server)
    query = {"access-token": token, **ONE}
    refused(server.get(path, (DEVELOPER[0], "wrong"), params=query), 401, "UNAUTHORIZED")
    assert bound(server, token) == FREE
    assert server.get(path, OUTSIDER, params=query).status_code == 200
    assert bound(server, token) == ONE
    other = {"access-token": token, **OTHER}
    refused(server.get(path, DEVELOPER, params=other), 403, "FORBIDDEN")


@pytest.mark.parametrize("what", ARCHIVED)
def test_an_archived_app_is_installed_nowhere_new(server: InProcess, path: str, what: str) -> None:
    used, unused = new_token(server), new_token(server)
    assert redeem(server, path, used, ONE).status_code == 200
    archive(server, what, ADDON_DATACENTER)
    [detail] = refused(redeem(server, path, unused, OTHER), 400, "VALIDATION_ERROR")
    assert "archived" in detail
    assert redeem(server, path, used, ONE).status_code == 200


def test_a_token_opens_every_version_of_the_app_software_but_those_held_back(
    server: InProcess, path: str
) -> None:
    token = new_token(server)
    second = artifact_id(uploaded(server, plugin_jar(version="1.1.0")))
    release(server, second, 9002, versionNumber="1.1.0")
    opened = f"{ARTIFACTS}/{second}/download"
    assert redeem(server, path, token, ONE).status_code == 200
    assert redeem(server, opened, token, ONE).status_code == 200
    move(server, "archive", 9002, ADDON_DATACENTER)
    refused(redeem(server, opened, token, ONE), 403, "FORBIDDEN")
    move(server, "unarchive", 9002, ADDON_DATACENTER)
    assert redeem(server, opened, token, ONE).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Range": "bytes=99999999-"}, 416), ({"If-None-Match": "*"}, 304)],
)
def test_who_gets_no_bytes_binds_no_token(
    server: InProcess, path: str, headers: dict[str, str], status: int
) -> None:
    token = new_token(server)
    answer = server.get(path, None, params={"access-token": token, **ONE}, headers=headers)
    assert answer.status_code == status
    assert bound(server, token) == FREE


def test_who_is_sent_to_object_storage_binds_the_token(
    tmp_path: Path, object_storage: ObjectStorage
) -> None:
    with InProcess(tmp_path / "data", blobs_url=object_storage.new_bucket()) as server:
        found = artifact_id(uploaded(server, JAR))
        release(server, found)
        path, token = f"{ARTIFACTS}/{found}/download", new_token(server)
        assert redeem(server, path, token, ONE, "HEAD").status_code == 302
        assert bound(server, token) == FREE
        for _ in range(2):
            answer = redeem(server, path, token, ONE)
            assert answer.status_code == 302
            assert token not in answer.headers["location"]
        assert bound(server, token) == ONE
        refused(redeem(server, path, token, OTHER), 403, "FORBIDDEN")


def test_only_downloads_of_artifacts_take_a_token(server: InProcess, path: str) -> None:
    token = new_token(server)
    before = stored(server)
    query = {"access-token": token, **ONE}
    for elsewhere in (path.removesuffix("/download"), versions_path(ADDON_DATACENTER)):
        refused(server.get(elsewhere, None, params=query), 401, "UNAUTHORIZED")
    refused(upload(server, JAR, auth=None, params=query), 401, "UNAUTHORIZED")
    assert bound(server, token) == FREE
    assert stored(server) == before


@pytest.mark.parametrize("workers", [1, 2])
def test_of_many_sites_at_once_exactly_one_gets_the_token(tmp_path: Path, workers: int) -> None:
    data = tmp_path / "data"
    tradepost("load-demo", data=data)
    arguments = ["serve", "--data", str(data), "--workers", str(workers)]
    download = f"{ARTIFACTS}/b0000000-0000-4000-8000-469268c33333/download"
    with ServerProcess(*arguments, log=tmp_path / "log") as server:
        made = post(f"{server.url}{tokens_path()}", auth=DEVELOPER)
        token = made.json()["token"]

        def redeems(number: int) -> Any:
            site = {"access-token": token, "cloudId": f"site-{number}"}

            async def send(client: AsyncRequests) -> int:
                return (await client.get(download, auth=None, params=site)).status_code

            return send

        statuses = at_once(server.url, [redeems(number) for number in range(20)])
        assert sorted(statuses) == [200] + [403] * 19
        winner = statuses.index(200)
        [found] = fetch(server.url, tokens_path(), params={"token": token}).json()["tokens"]
        assert found == {"token": token, "cloudId": f"site-{winner}", "instance": None}
        assert at_once(server.url, [redeems(n) for n in range(20)]) == statuses
        assert server.stop() == 0
    log = (tmp_path / "log").read_text()
    assert log.count("access-token=***") >= 40
    assert token not in log
    assert token.removeprefix("at_") not in log
