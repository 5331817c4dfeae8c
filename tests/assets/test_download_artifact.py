"""GET artifacts/{id}/download: the bytes, whole or in part.

Who may, `test_get_artifact.py` says.
"""

import hashlib
from typing import Any

import pytest

from tests.support.answers import refused
from tests.support.archives import descriptor, jwb, plugin_jar
from tests.support.bodies import UNKNOWN
from tests.support.client import InProcess
from tests.support.uploads import (
    ARTIFACTS,
    form,
    lose_blob,
    part,
    send_form,
    stored,
    uploaded,
)

DATA = plugin_jar()
SIZE = len(DATA)
ETAG = f'"{hashlib.sha512(DATA).hexdigest()}"'


@pytest.fixture(scope="module")
def path(shared: InProcess) -> str:
    """The path of a download of `DATA`."""
    return str(uploaded(shared, DATA, "addon-1.0.0.jar")["_links"]["binary"]["href"])


def test_a_download_has_the_bytes_and_says_what_they_are(shared: InProcess, path: str) -> None:
    answer = shared.get(path)
    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["content-type"] == "application/java-archive"
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["content-disposition"] == 'attachment; filename="addon-1.0.0.jar"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == ETAG
    assert "private" in answer.headers["cache-control"]
    assert answer.headers.get_list("content-type") == ["application/java-archive"]


def test_it_also_works_below_marketplace(shared: InProcess, path: str) -> None:
    assert shared.get(f"/marketplace{path}").content == DATA


@pytest.mark.parametrize(
    ("data", "media_type"),
    [(jwb(), "application/octet-stream"), (descriptor(), "application/json")],
)
def test_other_kinds_have_their_types(server: InProcess, data: bytes, media_type: str) -> None:
    answer = server.get(uploaded(server, data)["_links"]["binary"]["href"])
    assert (answer.content, answer.headers["content-type"]) == (data, media_type)


@pytest.mark.parametrize(
    "accept", ["*/*", "application/octet-stream", "application/java-archive", "text/html", ""]
)
def test_any_accept_is_taken(shared: InProcess, path: str, accept: str) -> None:
    answer = shared.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.content) == (200, DATA)


def test_an_error_is_json_whatever_is_accepted(shared: InProcess) -> None:
    answer = shared.get(f"{ARTIFACTS}/{UNKNOWN}/download", headers={"Accept": "text/html"})
    refused(answer, 404, "ARTIFACT_NOT_FOUND")
    assert answer.headers["content-type"] == "application/json"


def test_head_has_the_headers_alone(shared: InProcess, path: str) -> None:
    whole = shared.get(path)
    for headers in ({}, {"Range": "bytes=0-9"}, {"Range": f"bytes={SIZE}-"}):
        answer = shared.request("HEAD", path, headers=headers)
        assert (answer.status_code, answer.content) == (200, b"")
        for name in ("content-type", "content-length", "content-disposition", "etag"):
            assert answer.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    ("sent", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-9", 0, 9),
        ("bytes=10-19", 10, 19),
        (f"bytes={SIZE - 1}-{SIZE - 1}", SIZE - 1, SIZE - 1),
        ("bytes=5-", 5, SIZE - 1),
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        ("bytes=-999999999999", 0, SIZE - 1),
        ("bytes=7-999999999999", 7, SIZE - 1),
        ("Bytes=1-2", 1, 2),
        ("bytes= 1 - 2 ", 1, 2),
    ],
)
def test_a_range_is_sent_alone(
    shared: InProcess, path: str, sent: str, first: int, last: int
) -> None:
    answer = shared.get(path, headers={"Range": sent})
    assert (answer.status_code, answer.content) == (206, DATA[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["content-length"] == str(last + 1 - first)
    assert answer.headers["etag"] == ETAG
    assert answer.headers["content-type"] == "application/java-archive"


def test_ranges_put_together_are_the_whole(shared: InProcess, path: str) -> None:
    parts = [
        shared.get(path, headers={"Range": f"bytes={start}-{start + 99}", "If-Range": ETAG})
        for start in range(0, SIZE, 100)
    ]
    assert {part.status_code for part in parts} == {206}
    assert b"".join(part.content for part in parts) == DATA


@pytest.mark.parametrize(
    "sent",
    [
        "bytes=0-1,3-4",
        "bytes=0-0, -1",
        "bytes=-",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=1",
        "bytes=--1",
        "bytes=0x0-0x9",
        "bytes=1-2;",
        "bytes",
        "items=0-1",
        "",
        "bytes=" + "9" * 5000 + "-",
    ],
)
def test_what_is_no_single_range_gets_the_whole(shared: InProcess, path: str, sent: str) -> None:
    answer = shared.get(path, headers={"Range": sent})
    assert (answer.status_code, answer.content) == (200, DATA)
    assert "content-range" not in answer.headers


@pytest.mark.parametrize("sent", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0"])
def test_a_range_behind_the_end_is_416(shared: InProcess, path: str, sent: str) -> None:
    answer = shared.get(path, headers={"Range": sent})
    refused(answer, 416, "RANGE_NOT_SATISFIABLE")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    ("if_range", "status"),
    [
        (ETAG, 206),
        (f"W/{ETAG}", 200),
        ('"other"', 200),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 200),
        ("", 200),
    ],
)
def test_if_range_wants_the_range_of_the_same_file_only(
    shared: InProcess, path: str, if_range: str, status: int
) -> None:
    answer = shared.get(path, headers={"Range": "bytes=1-2", "If-Range": if_range})
    assert answer.status_code == status
    assert answer.content == (DATA[1:3] if status == 206 else DATA)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("sent", [ETAG, f"W/{ETAG}", "*", f'"other", {ETAG}'])
def test_who_has_it_already_gets_304(shared: InProcess, path: str, method: str, sent: str) -> None:
    headers = {"If-None-Match": sent, "Range": f"bytes={SIZE}-"}
    answer = shared.request(method, path, headers=headers)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == ETAG


@pytest.mark.parametrize("sent", ['"other"', ETAG[:-2] + '"', ETAG.strip('"'), ""])
def test_who_has_another_gets_it(shared: InProcess, path: str, sent: str) -> None:
    answer = shared.get(path, headers={"If-None-Match": sent})
    assert (answer.status_code, answer.content) == (200, DATA)


def test_a_name_of_any_script_comes_back(server: InProcess) -> None:
    name = 'プラグ "in" ü;%41.jar'
    disposition = 'form-data; name="file"; filename="プラグ %22in%22 ü;%41.jar"'.encode()
    artifact = send_form(server, form(part(DATA, disposition))).json()
    assert artifact["fileInfo"]["logicalFileName"] == name
    header = server.get(artifact["_links"]["binary"]["href"]).headers["content-disposition"]
    assert header == (
        'attachment; filename="___ _in_ _;_41.jar"; '
        "filename*=UTF-8''%E3%83%97%E3%83%A9%E3%82%B0%20%22in%22%20%C3%BC%3B%2541.jar"
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_told_which_there_are(shared: InProcess, path: str, method: str) -> None:
    answer = shared.request(method, path)
    refused(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "query", ["access-token=" + "x" * 256, "cloudId=%FF", "access-token=a&access-token=b"]
)
def test_a_parameter_that_cannot_be_is_told(shared: InProcess, path: str, query: str) -> None:
    refused(shared.get(f"{path}?{query}"), 400, "INVALID_PARAMETER")


def test_a_file_that_is_gone_is_an_error_of_the_server(server: InProcess) -> None:
    before = stored(server)[2]
    path = uploaded(server, DATA)["_links"]["binary"]["href"]
    [blob] = stored(server)[2] - before
    lose_blob(server, blob)
    for headers in ({}, {"Range": "bytes=1-2"}):
        refused(server.get(path, headers=headers), 500, "INTERNAL_ERROR")
    assert uploaded(server, DATA)["_links"]["binary"]["href"] == path  # which brings it back
    assert server.get(path).content == DATA


def test_downloads_at_once_are_each_whole(shared: InProcess, path: str) -> None:
    async def get(**options: Any) -> Any:
        return await shared.send("GET", path, **options)

    answers = shared.at_once(
        *(get(headers={"Range": f"bytes={n}-"}) for n in range(20)), *(get() for _ in range(20))
    )
    assert [a.content for a in answers] == [*(DATA[n:] for n in range(20)), *[DATA] * 20]
