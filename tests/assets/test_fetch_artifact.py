"""POST artifacts/fetch: an artifact from where it is published. How it is fetched safely,
`test_remote*.py` say."""

import asyncio
import hashlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.administration import SPACES, person_of
from tests.support.answers import refused
from tests.support.archives import ADDON_KEY, descriptor, plugin_jar
from tests.support.bodies import ROLES, SPACE
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.remotes import Remote, head, hold, ok, redirect
from tests.support.scenes import new_person
from tests.support.uploads import (
    ARTIFACTS,
    artifact_id,
    new_member,
    stored,
    upload,
    uploaded,
)

pytestmark = pytest.mark.usefixtures("engine")

FETCH = f"{ARTIFACTS}/fetch"
JAR = plugin_jar()


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    """A server that publishes artifacts, and much else."""
    answers: dict[str, Any] = {
        "/addon-1.0.0.jar": ok(JAR),
        "/named": ok(JAR, 'Content-Disposition: attachment; filename="../my add-on.jar"'),
        "/atlassian-connect.json": ok(descriptor()),
        "/moved": redirect("/addon-1.0.0.jar"),
        "/text": ok(b"just text"),
        "/nothing": ok(b""),
        "/missing": head("404 Not Found", "Content-Length: 0"),
        "/broken": head("500 Internal Server Error", "Content-Length: 0"),
        "/busy": head("503 Service Unavailable", "Retry-After: 1", "Content-Length: 0"),
        "/cut": head("200 OK", "Content-Length: 1000") + b"PK",
        "/loop": redirect("/loop"),
        "/inside": redirect("http://169.254.169.254/latest/meta-data"),
        "/no-http": b"SSH-2.0-server\r\n\r\n",
        "/packed": ok(JAR, "Content-Encoding: gzip"),
        "/silent": hold,
        "/large": ok(b"x" * 2000),
        "/large-unannounced": head("200 OK") + b"x" * 2000,
    }
    with Remote(answers) as remote:
        yield remote


@pytest.fixture(scope="module")
def fetching(tmp_path_factory: pytest.TempPathFactory, remote: Remote) -> Iterator[InProcess]:
    """A server whose operator allows that host, artifacts of 1,500 bytes, and little patience."""
    folder = tmp_path_factory.mktemp("data")
    host = f"127.0.0.1:{remote.port}"
    with InProcess(folder, fetch_hosts=host, artifact_bytes=1500, fetch_seconds=1.0) as server:
        yield server


def fetch(
    server: InProcess, uri: object, auth: Auth = DEVELOPER, **options: Any
) -> httpx2.Response:
    return server.post(FETCH, auth, json={"uri": uri}, **options)


def test_a_fetched_artifact_keeps_its_source(fetching: InProcess, remote: Remote) -> None:
    uri = remote.url("/addon-1.0.0.jar?build=7#top")
    answer = fetch(fetching, uri)
    assert answer.status_code == 200, answer.text
    artifact = answer.json()
    path = f"{ARTIFACTS}/{artifact_id(artifact)}"
    assert artifact == {
        "fileInfo": {
            "logicalFileName": "addon-1.0.0.jar",
            "size": len(JAR),
            "checksum": f"sha512:{hashlib.sha512(JAR).hexdigest()}",
        },
        "details": {
            "key": ADDON_KEY,
            "name": "Example Add-on",
            "version": "1.0.0",
            "addOnType": "Plugins 2",
        },
        "_links": {
            "self": {"href": path},
            "binary": {"href": f"{path}/download", "type": "application/java-archive"},
            "remote": {"href": uri},
        },
    }
    assert fetching.get(path).json() == artifact
    assert fetching.get(f"{path}/download").content == JAR


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/named", "my add-on.jar"),
        ("/moved", "addon-1.0.0.jar"),
        ("/atlassian-connect.json", "atlassian-connect.json"),
    ],
)
def test_the_name_is_that_of_where_it_is_found(
    fetching: InProcess, remote: Remote, path: str, name: str
) -> None:
    artifact = fetch(fetching, remote.url(path)).json()
    assert artifact["fileInfo"]["logicalFileName"] == name
    assert artifact["_links"]["remote"]["href"] == remote.url(path)


def test_the_same_source_again_is_the_same_artifact(fetching: InProcess, remote: Remote) -> None:
    first = fetch(fetching, remote.url("/addon-1.0.0.jar?same")).json()
    before = stored(fetching)
    assert fetch(fetching, remote.url("/addon-1.0.0.jar?same")).json() == first
    assert stored(fetching) == before


def test_the_same_bytes_uploaded_are_another_artifact(fetching: InProcess, remote: Remote) -> None:
    fetched = fetch(fetching, remote.url("/addon-1.0.0.jar?other")).json()
    before = stored(fetching)
    sent = uploaded(fetching, JAR, "addon-1.0.0.jar")
    assert artifact_id(sent) != artifact_id(fetched)
    assert "remote" not in sent["_links"]
    assert stored(fetching)[2] == before[2]


def test_prefer_minimal_leaves_the_body_out(fetching: InProcess, remote: Remote) -> None:
    uri = remote.url("/addon-1.0.0.jar")
    answer = fetch(fetching, uri, headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (200, b"")


BODIES = {
    "no field": {},
    "another field": {"url": "https://example.com/a.jar"},
    "null": {"uri": None},
    "a number": {"uri": 1},
    "a list": {"uri": ["https://example.com/a.jar"]},
    "empty": {"uri": ""},
    "blanks": {"uri": "https://example.com/a b.jar"},
    "a word": {"uri": "addon"},
    "a relative one": {"uri": "/addon.jar"},
    "too long": {"uri": "https://example.com/" + "a" * 100_000},
    "U+0000": {"uri": "https://example.com/\x00"},
}


@pytest.mark.parametrize("case", BODIES)
def test_a_uri_that_cannot_be_is_told_in_known_words(shared: InProcess, case: str) -> None:
    answer = shared.post(FETCH, json=BODIES[case])
    assert refused(answer, 400, "VALIDATION_FAILED") == ["Invalid value for field 'uri'"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(shared: InProcess, body: bytes) -> None:
    refused(shared.post(FETCH, content=body), 400, "VALIDATION_FAILED")


def test_other_bodies_are_refused(shared: InProcess) -> None:
    answer = shared.post(FETCH, content=b"uri=x", headers={"Content-Type": "text/plain"})
    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
    refused(shared.post(FETCH, content=b" " * 1_100_000), 413, "PAYLOAD_TOO_LARGE")
    refused(upload(shared, JAR, path=FETCH), 415, "UNSUPPORTED_MEDIA_TYPE")
    refused(fetch(shared, "x", headers={"Accept": "text/html"}), 406, "NOT_ACCEPTABLE")


INSIDE = [
    "http://127.0.0.1/addon.jar",
    "http://localhost/addon.jar",
    "http://[::1]/addon.jar",
    "http://[::ffff:127.0.0.1]/addon.jar",
    "http://2130706433/addon.jar",
    "http://0x7f.1/addon.jar",
    "http://0.0.0.0/addon.jar",
    "http://10.1.2.3/addon.jar",
    "http://172.16.0.1/addon.jar",
    "http://192.168.1.1/addon.jar",
    "http://169.254.169.254/latest/meta-data",
    "http://[fe80::1]/addon.jar",
    "http://[fd00::1]/addon.jar",
    "https://user:password@127.0.0.1/addon.jar",
    "http://127.0.0.1:22/addon.jar",
    "ftp://127.0.0.1/addon.jar",
    "file:///etc/passwd",
    "gopher://127.0.0.1/addon.jar",
]


@pytest.mark.parametrize("uri", INSIDE)
def test_the_inner_network_is_never_asked(shared: InProcess, uri: str) -> None:
    before = stored(shared)
    answer = fetch(shared, uri)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["code"] in ("ARTIFACT_REMOTE_FETCH_FAILURE", "VALIDATION_FAILED")
    assert stored(shared) == before


def test_a_host_that_the_operator_has_not_allowed_is_never_asked(
    shared: InProcess, remote: Remote
) -> None:
    before = remote.connections
    refused(fetch(shared, remote.url("/addon-1.0.0.jar")), 400, "ARTIFACT_REMOTE_FETCH_FAILURE")
    assert remote.connections == before


FAILING = [
    "/missing",
    "/broken",
    "/busy",
    "/cut",
    "/loop",
    "/inside",
    "/no-http",
    "/packed",
    "/silent",
]


@pytest.mark.parametrize("path", FAILING)
def test_a_source_that_cannot_be_had_is_told(
    fetching: InProcess, remote: Remote, path: str
) -> None:
    before = stored(fetching)
    answer = fetch(fetching, remote.url(path))
    [detail] = refused(answer, 400, "ARTIFACT_REMOTE_FETCH_FAILURE")
    assert detail
    assert stored(fetching) == before


def test_a_host_that_is_not_there_is_told(tmp_path: Path) -> None:
    with socket.socket() as bound:  # a port that nobody listens on, and nobody else can take
        bound.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{bound.getsockname()[1]}"
        with InProcess(tmp_path / "data", fetch_hosts=host) as server:
            answer = fetch(server, f"http://{host}/addon.jar")
            refused(answer, 400, "ARTIFACT_REMOTE_FETCH_FAILURE")


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/text", "file is not a JAR, OBR, JWB or Connect descriptor"),
        ("/nothing", "file is empty"),
    ],
)
def test_a_file_that_is_no_artifact_is_refused(
    fetching: InProcess, remote: Remote, path: str, detail: str
) -> None:
    before = stored(fetching)
    assert refused(fetch(fetching, remote.url(path)), 400, "VALIDATION_FAILED") == [detail]
    assert stored(fetching) == before


@pytest.mark.parametrize("path", ["/large", "/large-unannounced"])
def test_a_file_that_is_too_large_is_refused(
    fetching: InProcess, remote: Remote, path: str
) -> None:
    before = stored(fetching)
    refused(fetch(fetching, remote.url(path)), 413, "PAYLOAD_TOO_LARGE")
    assert stored(fetching) == before


@pytest.mark.parametrize("role", ROLES)
def test_members_need_a_role_that_releases(fetching: InProcess, remote: Remote, role: str) -> None:
    answer = fetch(fetching, remote.url("/addon-1.0.0.jar"), new_member(fetching, role))
    if role in ("admin", "release-manager"):
        assert answer.status_code == 200
    else:
        refused(answer, 403, "FORBIDDEN")


def test_administrators_may_and_members_of_any_space(fetching: InProcess, remote: Remote) -> None:
    for auth in (ADMINISTRATOR, OUTSIDER):
        assert fetch(fetching, remote.url("/addon-1.0.0.jar"), auth).status_code == 200


def test_who_may_not_makes_the_server_ask_nobody(fetching: InProcess, remote: Remote) -> None:
    before = remote.connections
    uri = remote.url("/addon-1.0.0.jar")
    refused(fetch(fetching, uri, new_person(fetching).auth), 403, "FORBIDDEN")
    refused(fetch(fetching, uri, None), 401, "UNAUTHORIZED")
    refused(fetch(fetching, uri, (DEVELOPER[0], "wrong")), 401, "UNAUTHORIZED")
    refused(fetch(fetching, "", new_person(fetching).auth), 403, "FORBIDDEN")
    assert remote.connections == before


def test_who_loses_the_right_while_it_is_fetched_stores_nothing(tmp_path: Path) -> None:
    asked, ended = threading.Event(), threading.Event()

    def answer(connection: socket.socket) -> None:
        asked.set()
        ended.wait(30)
        connection.sendall(ok(JAR))

    with (
        Remote({"/addon.jar": answer}) as remote,
        InProcess(tmp_path / "data", fetch_hosts=f"127.0.0.1:{remote.port}") as server,
    ):
        person = person_of(server, DEVELOPER[0])["id"]
        before = stored(server)

        async def work() -> httpx2.Response:
            body = {"uri": remote.url("/addon.jar")}
            fetching = asyncio.create_task(server.send("POST", FETCH, json=body))
            await asyncio.to_thread(asked.wait, 30)
            path = f"{SPACES}/{SPACE}/members/{person}"
            assert (await server.send("DELETE", path, ADMINISTRATOR)).status_code == 204
            ended.set()
            return await fetching

        refused(server.run(work()), 403, "FORBIDDEN")
        assert stored(server) == before
