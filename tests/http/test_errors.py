"""Errors: the shape of their body, every registered code, and the road before a handler."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest

from tests.support.answers import UUID, refused
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_SERVER,
    SPACE,
    UNKNOWN,
    WORKFLOW,
    listing_path,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.engines import only_sqlite
from tests.support.sign_ins import fail_at_once
from tradepost.database import Transaction
from tradepost.http.errors import REGISTRY

pytestmark = pytest.mark.usefixtures("engine")

MEBIBYTE = 1024 * 1024
PARENTS = "/rest/3/parent-software"
ARTIFACTS = "/rest/3/artifacts"
FETCH = f"{ARTIFACTS}/fetch"
SPACES = "/rest/3/developer-space"


def stale_update(server: InProcess) -> httpx2.Response:
    held = server.get(versions_path(ADDON_SERVER, 3140)).json()
    server.put(versions_path(ADDON_SERVER, 3140), json=held)
    return server.put(versions_path(ADDON_SERVER, 3140), json=held)


def too_many_failures(server: InProcess) -> httpx2.Response:
    answers, _ = fail_at_once(server, DEVELOPER[0])
    return next(answer for answer in answers if answer.status_code == 429)


def damaged_document(server: InProcess) -> httpx2.Response:
    """An update of a version whose stored document is broken."""
    held = server.get(versions_path(ADDON_SERVER, 3140)).json()

    async def damage(transaction: Transaction) -> None:
        await transaction.execute("UPDATE app_software_version SET document = $1", b"{secret")

    server.run(server.database.write(damage))
    return server.put(versions_path(ADDON_SERVER, 3140), json=held)


def full_disk(server: InProcess) -> httpx2.Response:
    """New versions, until the database may grow no more."""

    async def limit(transaction: Transaction) -> None:
        await transaction.row("PRAGMA max_page_count = 1")

    server.run(server.database.write(limit))
    body = version(changelog={"releaseNotes": "n" * 65_536})
    for _ in range(100):
        answer = server.post(versions_path(), json=body)
        if answer.status_code != 201:
            break
    return answer


def slow_body(_: InProcess) -> httpx2.Response:
    """A body that begins and never goes on."""

    async def content() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    with (
        tempfile.TemporaryDirectory() as folder,
        InProcess(Path(folder), body_seconds=0.1) as impatient,
    ):
        headers = {"content-type": "application/json"}
        return impatient.post(versions_path(), content=content(), headers=headers)


REACHED: dict[str, Callable[[InProcess], httpx2.Response]] = {
    "INVALID_PARAMETER": lambda s: s.get(f"{versions_path()}?limit=0"),
    "VALIDATION_ERROR": lambda s: s.post(versions_path(), json={}),
    "VALIDATION_FAIL": lambda s: s.post(listing_path(26300), json={}),
    "VALIDATION_FAILED": lambda s: s.post(FETCH, json={}),
    "ARTIFACT_REMOTE_FETCH_FAILURE": lambda s: s.post(FETCH, json={"uri": "http://127.0.0.1/"}),
    "REVISION_MISMATCH": stale_update,
    "UNAUTHORIZED": lambda s: s.get(versions_path(), None),
    "FORBIDDEN": lambda s: s.post(versions_path(), OUTSIDER, json=version()),
    "NOT_FOUND": lambda s: s.get("/rest/3/nothing"),
    "APP_KEY_NOT_FOUND": lambda s: s.get("/rest/3/app-software/app-key/unknown"),
    "APP_SOFTWARE_NOT_FOUND": lambda s: s.get(versions_path(UNKNOWN)),
    "APP_SOFTWARE_VERSION_NOT_FOUND": lambda s: s.get(versions_path(build_number=1)),
    "PARENT_SOFTWARE_NOT_FOUND": lambda s: s.get(f"{PARENTS}/nowhere"),
    "PARENT_SOFTWARE_VERSION_NOT_FOUND": lambda s: s.get(f"{PARENTS}/jira/versions/build/1"),
    "APP_SOFTWARE_VERSION_LISTING_NOT_FOUND": lambda s: s.get(listing_path(20100)),
    "ARTIFACT_NOT_FOUND": lambda s: s.get(f"{ARTIFACTS}/{UNKNOWN}"),
    "IMAGE_NOT_FOUND": lambda s: s.get(f"/rest/3/assets/images/{UNKNOWN}/download"),
    "PRODUCT_NOT_FOUND": lambda s: s.get(f"/rest/3/product-listing/{UNKNOWN}"),
    "DEVELOPER_SPACE_NOT_FOUND": lambda s: s.get(f"{SPACES}/{UNKNOWN}"),
    "MEMBER_NOT_FOUND": lambda s: s.get(f"{SPACES}/{SPACE}/members/{UNKNOWN}"),
    "PRECONDITION_FAILED": lambda s: s.put(
        versions_path(build_number=20100), json={}, headers={"If-Match": '"other"'}
    ),
    "REQUEST_TIMEOUT": slow_body,
    "METHOD_NOT_ALLOWED": lambda s: s.request("DELETE", versions_path()),
    "NOT_ACCEPTABLE": lambda s: s.get(versions_path(), headers={"Accept": "text/html"}),
    "PAYLOAD_TOO_LARGE": lambda s: s.post(versions_path(), content=b" " * (MEBIBYTE + 1)),
    "RANGE_NOT_SATISFIABLE": lambda s: s.get(
        f"{ARTIFACTS}/{WORKFLOW}/download", headers={"Range": "bytes=1000000-"}
    ),
    "UNSUPPORTED_MEDIA_TYPE": lambda s: s.post(versions_path(), data={"beta": "true"}),
    "TOO_MANY_REQUESTS": too_many_failures,
    "INTERNAL_ERROR": damaged_document,
    "SERVICE_UNAVAILABLE": full_disk,
}
"""For every registered code a request that gives it."""
NUMERIC = {
    "VALIDATION_FAIL",
    "APP_SOFTWARE_VERSION_LISTING_NOT_FOUND",
    "IMAGE_NOT_FOUND",
    "PRODUCT_NOT_FOUND",
}
"""Those whose request is to a group of listings, or for an image: `status` is a number there."""


def test_there_is_a_request_for_every_registered_code() -> None:
    assert set(REACHED) == set(REGISTRY)


@only_sqlite  # tests/nodes fills the disk of a PostgreSQL
@pytest.mark.parametrize("code", REACHED)
def test_every_registered_code_is_reachable(server: InProcess, code: str) -> None:
    registered = REGISTRY[code]
    answer = REACHED[code](server)
    assert answer.status_code == registered.status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"errors"}
    assert body["errors"]
    for error in body["errors"]:
        assert set(error) == {"id", "status", "code", "title", "detail"}
        assert UUID.fullmatch(error["id"])
        assert error["code"] == code
        assert error["status"] == (registered.status if code in NUMERIC else str(registered.status))
        assert error["title"] == registered.title
        assert error["detail"]


def test_every_error_has_an_id_of_its_own(shared: InProcess) -> None:
    answers = [shared.post(versions_path(), json={}) for _ in range(3)]
    ids = [error["id"] for answer in answers for error in answer.json()["errors"]]
    assert len(ids) > 3
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("code", ["APP_SOFTWARE_NOT_FOUND", "INTERNAL_ERROR"])
def test_the_id_of_an_error_is_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    with InProcess(tmp_path / "data", log_level="info") as server:
        (error,) = REACHED[code](server).json()["errors"]
    assert error["id"] in capsys.readouterr().err


def test_a_failure_of_the_server_shows_nothing_of_its_inside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with InProcess(tmp_path / "data") as server:
        answer = damaged_document(server)
    assert answer.status_code == 500
    for inside in ("secret", "msgspec", "Traceback", "SELECT", ".py", str(tmp_path)):
        assert inside not in answer.text
    assert "Traceback" in capsys.readouterr().err


@only_sqlite  # tests/nodes fills the disk of a PostgreSQL
def test_a_server_that_cannot_store_says_when_to_try_again(server: InProcess) -> None:
    answer = full_disk(server)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert server.get(versions_path()).status_code == 200


# Routes and methods.


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/rest/3",
        "/rest/3/",
        "/rest/2/parent-software",
        "/rest/3/app-software",
        f"/rest/3/app-software/{ADDON_CLOUD}",
        "/rest/3//parent-software",
        "/REST/3/parent-software",
        "/marketplace",
        "/marketplace/parent-software",
        "/marketplace/marketplace/rest/3/parent-software",
        "/marketplace/admin/v1/people",
        "/rest/3/parent-software/jira/versions/build/1/2",
    ],
)
@pytest.mark.parametrize("who", [DEVELOPER, None])
def test_a_path_without_operation_is_not_found(
    shared: InProcess, path: str, who: tuple[str, str] | None
) -> None:
    refused(shared.get(path, who), 404, "NOT_FOUND")


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", versions_path(), "GET, HEAD, POST"),
        ("PUT", versions_path(), "GET, HEAD, POST"),
        ("POST", versions_path(build_number=1), "GET, HEAD, PUT"),
        ("PATCH", versions_path(build_number=1), "GET, HEAD, PUT"),
        ("PUT", f"/rest/3/app-software/{ADDON_CLOUD}/tokens", "GET, HEAD, POST"),
        ("POST", "/rest/3/app-software/app-key/a", "GET, HEAD"),
        ("POST", PARENTS, "GET, HEAD"),
        ("OPTIONS", PARENTS, "GET, HEAD"),
        ("BREW", PARENTS, "GET, HEAD"),
    ],
)
def test_another_method_is_refused_with_those_that_there_are(
    shared: InProcess, prefix: str, method: str, path: str, allowed: str
) -> None:
    answer = shared.request(method, prefix + path)
    refused(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "path",
    [
        versions_path(),
        versions_path(build_number=26300),
        PARENTS,
        f"/rest/3/app-software/{ADDON_CLOUD}/tokens",
        versions_path(UNKNOWN),
    ],
)
def test_head_is_get_without_the_body(shared: InProcess, path: str) -> None:
    got = shared.get(path)
    head = shared.request("HEAD", path)
    assert head.status_code == got.status_code
    assert head.content == b""
    for name in ("content-type", "content-length"):
        assert head.headers[name] == got.headers[name]


def test_head_is_refused_where_there_is_no_get(shared: InProcess) -> None:
    answer = shared.request("HEAD", "/admin/v1/people/x/archive", ADMINISTRATOR)
    assert (answer.status_code, answer.content) == (405, b"")
    assert answer.headers["allow"] == "POST"


# What the client takes and sends.


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/xml, text/*",
        "application/json;q=0",
        "application/json;q=0, */*",
        "application/json; q=0.0",
        "image/*;q=1",
    ],
)
def test_an_accept_that_leaves_json_out_is_refused(shared: InProcess, accept: str) -> None:
    refused(shared.get(PARENTS, None, headers={"Accept": accept}), 406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/json",
        "application/*",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "text/html, */*;q=0.1",
        "text/html;q=0.9,application/json;q=0.1",
        "*/*;q=0, application/json",
        "",
    ],
)
def test_an_accept_that_lets_json_in_is_good(shared: InProcess, accept: str) -> None:
    answer = shared.get(PARENTS, None, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json; charset=iso-8859-1",
        "application/json; charset=utf-16",
        "json",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", versions_path()),
        ("PUT", versions_path(build_number=26300)),
        ("POST", f"/rest/3/app-software/{ADDON_CLOUD}/tokens"),
    ],
)
def test_another_content_type_is_refused(
    shared: InProcess, method: str, path: str, kind: str
) -> None:
    answer = shared.request(method, path, content=b"{}", headers={"Content-Type": kind})
    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "Application/JSON",
    ],
)
def test_json_in_utf8_is_taken(shared: InProcess, kind: str) -> None:
    answer = shared.post(versions_path(), content=b"{}", headers={"Content-Type": kind})
    refused(answer, 400, "VALIDATION_ERROR")


# Bodies that are too large.


@pytest.mark.parametrize(("size", "good"), [(MEBIBYTE, True), (MEBIBYTE + 1, False)])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_body_may_have_one_mebibyte(
    server: InProcess, size: int, good: bool, streamed: bool
) -> None:
    data = httpx2.Request("POST", "http://x", json=version()).content.ljust(size)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, size, 100_000):
            yield data[start : start + 100_000]

    before = server.get(versions_path()).json()["totalCount"]
    answer = server.post(versions_path(), content=chunks() if streamed else data)
    if good:
        assert answer.status_code == 201
    else:
        refused(answer, 413, "PAYLOAD_TOO_LARGE")
    assert server.get(versions_path()).json()["totalCount"] == before + good


def test_a_body_without_end_is_refused_while_it_streams(shared: InProcess) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100 * MEBIBYTE:
            sent += 65_536
            yield b" " * 65_536

    answer = shared.post(versions_path(), content=chunks())
    refused(answer, 413, "PAYLOAD_TOO_LARGE")
    assert sent <= MEBIBYTE + 2 * 65_536


def test_a_body_that_announces_too_much_is_refused_unread(shared: InProcess) -> None:
    read = False

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal read
        read = True
        yield b"{}"

    headers = {"Content-Length": str(MEBIBYTE + 1)}
    answer = shared.post(versions_path(), content=chunks(), headers=headers)
    refused(answer, 413, "PAYLOAD_TOO_LARGE")
    assert not read


@pytest.mark.parametrize("query", ["foo=%FF", "%FF=1", "&&=&foo", "x=1&" * 2000])
def test_what_is_no_parameter_is_ignored_whatever_it_is(shared: InProcess, query: str) -> None:
    assert shared.get(f"{versions_path()}?{query}").status_code == 200


def test_a_parameter_that_is_no_utf_8_is_refused(shared: InProcess) -> None:
    refused(shared.get(f"{versions_path()}?afterVersion=%FF"), 400, "INVALID_PARAMETER")


@pytest.mark.parametrize(
    "lines",
    [["text/html", "application/json"], ["application/json;q=abc"], ["text/html, */*;q=0.1"]],
)
def test_accept_may_stand_on_several_lines_and_have_odd_weights(
    shared: InProcess, lines: list[str]
) -> None:
    answer = shared.get(versions_path(), headers=[("accept", line) for line in lines])
    assert answer.status_code == 200


@pytest.mark.parametrize("lines", [["*/*", "application/json;q=0"], ["", "text/html"]])
def test_all_lines_of_accept_count(shared: InProcess, lines: list[str]) -> None:
    answer = shared.get(versions_path(), headers=[("accept", line) for line in lines])
    refused(answer, 406, "NOT_ACCEPTABLE")


def test_credentials_are_looked_at_before_accept(shared: InProcess) -> None:
    refused(shared.get(versions_path(), None, headers={"accept": "text/html"}), 401, "UNAUTHORIZED")
