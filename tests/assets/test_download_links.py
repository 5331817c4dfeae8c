"""Downloads from object storage: authorised here, sent from there."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.answers import refused
from tests.support.archives import plugin_jar, png
from tests.support.bodies import UNKNOWN
from tests.support.client import DEVELOPER, OUTSIDER, InProcess
from tests.support.clients import request
from tests.support.object_storage import ObjectStorage
from tests.support.uploads import (
    ARTIFACTS,
    form,
    keys_of_blobs,
    lose_blob,
    part,
    send_form,
    uploaded,
)
from tests.support.uploads import upload as upload_file

DATA = plugin_jar()
SIZE = len(DATA)
ETAG = f'"{hashlib.sha512(DATA).hexdigest()}"'


@pytest.fixture
def server(tmp_path: Path, object_storage: ObjectStorage) -> Iterator[InProcess]:
    """A server on object storage as it is unless told otherwise."""
    with InProcess(tmp_path / "data", blobs_url=object_storage.new_bucket()) as server:
        yield server


@pytest.fixture
def path(server: InProcess) -> str:
    """The path of a download of `DATA`."""
    return path_of(uploaded(server, DATA, "addon-1.0.0.jar"))


def path_of(artifact: dict[str, Any]) -> str:
    return str(artifact["_links"]["binary"]["href"])


def location(answer: httpx2.Response) -> str:
    """Where an answer leads, which must be a 302 that nobody keeps."""
    assert (answer.status_code, answer.content) == (302, b""), answer.text
    assert answer.headers.get_list("cache-control") == ["private, no-store"]
    return answer.headers["location"]


def test_a_download_is_sent_to_a_url_that_needs_no_credentials(
    server: InProcess, path: str
) -> None:
    url = location(server.get(path))
    assert httpx2.URL(url).params["X-Amz-Expires"] == "60"
    answer = request("GET", url)
    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["content-type"] == "application/java-archive"
    assert answer.headers["content-disposition"] == 'attachment; filename="addon-1.0.0.jar"'


def test_head_is_sent_there_as_well(server: InProcess, path: str) -> None:
    url = location(server.request("HEAD", path))
    answer = request("HEAD", url)
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(SIZE))


def test_an_image_is_sent_there_as_well(server: InProcess) -> None:
    found = upload_file(server, png(), "a.png", path="/rest/3/assets/images/icon").json()["id"]
    answer = request("GET", location(server.get(f"/rest/3/assets/images/{found}/download")))
    assert (answer.content, answer.headers["content-type"]) == (png(), "image/png")


def test_a_range_is_for_the_storage_to_send(server: InProcess, path: str) -> None:
    headers = {"Range": "bytes=10-19"}
    answer = request("GET", location(server.get(path, headers=headers)), headers=headers)
    assert (answer.status_code, answer.content) == (206, DATA[10:20])


def test_how_long_a_url_is_good_is_a_setting(tmp_path: Path, object_storage: ObjectStorage) -> None:
    bucket = object_storage.new_bucket()
    with InProcess(tmp_path / "data", blobs_url=bucket, download_url_seconds=5) as server:
        url = location(server.get(path_of(uploaded(server, DATA))))
    assert httpx2.URL(url).params["X-Amz-Expires"] == "5"


def test_who_may_not_gets_no_url(server: InProcess, path: str) -> None:
    for method in ("GET", "HEAD"):
        for auth, status in ((OUTSIDER, 403), (None, 401), ((DEVELOPER[0], "wrong"), 401)):
            answer = server.request(method, path, auth)
            assert answer.status_code == status
            assert "location" not in answer.headers
    refused(server.get(f"{ARTIFACTS}/{UNKNOWN}/download"), 404, "ARTIFACT_NOT_FOUND")


def test_a_range_behind_the_end_is_refused_here(server: InProcess, path: str) -> None:
    answer = server.get(path, headers={"Range": f"bytes={SIZE}-"})
    refused(answer, 416, "RANGE_NOT_SATISFIABLE")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


def test_who_has_it_already_is_told_so_here(server: InProcess, path: str) -> None:
    answer = server.get(path, headers={"If-None-Match": ETAG})
    assert (answer.status_code, answer.headers["etag"]) == (304, ETAG)


def test_who_began_with_bytes_from_here_gets_the_rest_from_here(
    server: InProcess, path: str
) -> None:
    answer = server.get(path, headers={"Range": "bytes=10-", "If-Range": ETAG})
    assert (answer.status_code, answer.content) == (206, DATA[10:])
    elsewhere = server.get(path, headers={"Range": "bytes=10-", "If-Range": '"of-the-storage"'})
    assert location(elsewhere)


def test_the_same_bytes_by_another_name_keep_their_name(server: InProcess, path: str) -> None:
    again = path_of(uploaded(server, DATA, "other.jar"))
    answer = server.get(again)
    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["content-disposition"] == 'attachment; filename="other.jar"'
    assert location(server.get(path))


def test_nobody_learns_the_name_by_which_others_stored_the_same_bytes(
    server: InProcess, path: str
) -> None:
    theirs = path_of(uploaded(server, DATA, "theirs.jar", OUTSIDER))
    answer = server.get(theirs, OUTSIDER)
    assert answer.status_code == 200
    assert "addon-1.0.0" not in str(answer.headers)


def test_a_name_of_any_script_comes_back(server: InProcess) -> None:
    disposition = 'form-data; name="file"; filename="プラグ ü;%41.jar"'.encode()
    artifact = send_form(server, form(part(DATA, disposition))).json()
    answer = request("GET", location(server.get(path_of(artifact))))
    assert answer.headers["content-disposition"] == (
        'attachment; filename="___ _;_41.jar"; '
        "filename*=UTF-8''%E3%83%97%E3%83%A9%E3%82%B0%20%C3%BC%3B%2541.jar"
    )


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_that_is_gone_is_an_error_of_the_server(
    server: InProcess, path: str, method: str
) -> None:
    lose_blob(server, f"sha512/{ETAG[1:3]}/{ETAG[1:-1]}")
    answer = server.request(method, path)
    assert answer.status_code == 500
    assert "location" not in answer.headers
    assert path_of(uploaded(server, DATA, "addon-1.0.0.jar")) == path  # which brings it back
    assert request("GET", location(server.get(path))).content == DATA


def test_nothing_is_in_the_data_directory(server: InProcess, path: str) -> None:
    assert path
    assert any(key.endswith(ETAG[1:-1]) for key in keys_of_blobs(server))
    folder = Path(server.tradepost.settings.data)
    names = {found.name for found in folder.rglob("*") if found.is_file()}
    assert all(name.startswith("tradepost.db") for name in names)
