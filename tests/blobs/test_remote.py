"""Blobs in object storage: what only that has. The S3 server is a real one, over HTTP."""

import asyncio
import io
from collections.abc import Awaitable, Iterator
from typing import Any

import httpx2
import pytest

from tests.support.clients import request
from tests.support.object_storage import ObjectStorage, keys, unfinished
from tests.support.process import free_port
from tests.support.proxy import Proxy
from tradepost.blobs import BlobError, BlobsUnavailableError, Label
from tradepost.blobs.remote import RemoteBlobs

KEY = "sha512/ab/abcdef"
DATA = bytes(range(256)) * 60_000
"""More than two parts of an upload."""
SECONDS = 10.0
SOON = 2.0
"""For a server that says nothing: soon for a test, long for a busy machine."""
LABEL = Label(
    "application/java-archive", "attachment; filename=\"_.jar\"; filename*=UTF-8''%C3%BC.jar"
)


def run(work: Awaitable[Any]) -> Any:
    async def main() -> Any:
        return await work

    return asyncio.run(main())


async def read(blobs: RemoteBlobs, start: int = 0, end: int = len(DATA)) -> bytes:
    return b"".join([part async for part in blobs.read(KEY, start, end)])


@pytest.fixture
def bucket(object_storage: ObjectStorage) -> str:
    return object_storage.new_bucket()


@pytest.fixture
def proxy(
    object_storage: ObjectStorage, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Proxy]:
    """A proxy before the S3 server, to which the environment leads."""
    with Proxy(object_storage.port) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        yield proxy


@pytest.mark.parametrize("prefix", ["", "/files", "/a/b/"])
def test_a_blob_is_one_object_under_its_key_below_the_prefix(bucket: str, prefix: str) -> None:
    run(RemoteBlobs(bucket + prefix, SECONDS).put(KEY, io.BytesIO(DATA), LABEL))
    assert keys(bucket) == {f"{prefix.strip('/')}/{KEY}".lstrip("/")}


@pytest.mark.parametrize("url", ["s3://", "ftp://bucket", "nothing", ""])
def test_what_is_no_store_is_refused_at_once(url: str) -> None:
    with pytest.raises((BlobError, ValueError)):
        RemoteBlobs(url, SECONDS)


def test_a_file_that_fails_leaves_nothing_behind(bucket: str) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 11_000_000:
                raise OSError("the disk is broken")
            return super().read(size)

    with pytest.raises(OSError, match="the disk is broken"):
        run(RemoteBlobs(bucket, SECONDS).put(KEY, Failing(DATA)))
    assert keys(bucket) == set()
    assert unfinished(bucket) == set()


def test_what_is_there_is_not_sent_again(bucket: str, proxy: Proxy) -> None:
    blobs = RemoteBlobs(bucket, SECONDS)
    run(blobs.put(KEY, io.BytesIO(DATA)))
    assert any(sent.writes for sent in proxy.passed)
    proxy.reset()
    run(blobs.put(KEY, io.BytesIO(DATA)))
    assert [sent.method for sent in proxy.passed] == ["HEAD"]


# Links.


def linked(bucket: str, method: Any = "GET", label: Label = LABEL, seconds: int = 60) -> str | None:
    found: str | None = run(RemoteBlobs(bucket, SECONDS).link(KEY, method, label, seconds))
    return found


def put(bucket: str, label: Label | None = LABEL) -> None:
    run(RemoteBlobs(bucket, SECONDS).put(KEY, io.BytesIO(DATA), label))


def test_a_link_gives_the_blob_under_its_label_to_whoever_has_it(bucket: str) -> None:
    put(bucket)
    url = linked(bucket)
    assert url is not None
    assert "X-Amz-Expires=60&" in url
    answer = request("GET", url)
    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["content-type"] == LABEL.media_type
    assert answer.headers["content-disposition"] == LABEL.disposition
    part = request("GET", url, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, DATA[5:10])


def test_a_link_for_head_gives_the_headers(bucket: str) -> None:
    put(bucket)
    url = linked(bucket, "HEAD")
    assert url is not None
    answer = request("HEAD", url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(DATA))
    assert httpx2.URL(url).params["X-Amz-Signature"] != ""
    assert url != linked(bucket, "GET")


def test_there_is_no_link_that_would_give_another_name(bucket: str) -> None:
    put(bucket)
    for other in (
        Label(LABEL.media_type, 'attachment; filename="other.jar"'),
        Label("text/plain", LABEL.disposition),
    ):
        assert linked(bucket, label=other) is None


def test_there_is_no_link_to_what_was_stored_without_a_label(bucket: str) -> None:
    put(bucket, None)
    assert linked(bucket) is None


def test_a_link_to_what_is_not_there_is_an_error(bucket: str) -> None:
    with pytest.raises(BlobError, match=KEY) as raised:
        linked(bucket)
    assert not isinstance(raised.value, BlobsUnavailableError)


# What goes wrong.


def patience(fault: str) -> float:
    return SOON if fault == "stall" else SECONDS


def check_nothing_can_be_done(blobs: RemoteBlobs) -> None:
    with pytest.raises(BlobsUnavailableError, match=KEY):
        run(blobs.put(KEY, io.BytesIO(DATA)))
    with pytest.raises(BlobsUnavailableError, match=KEY):
        run(read(blobs))
    with pytest.raises(BlobsUnavailableError, match=KEY) as raised:
        run(blobs.link(KEY, "GET", LABEL, 60))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("fault", ["unavailable", "stall", "drop", "lose"])
def test_a_server_that_fails_is_not_available_until_it_is_back(
    bucket: str, proxy: Proxy, fault: Any
) -> None:
    blobs = RemoteBlobs(bucket, patience(fault))
    proxy.fault = lambda _: fault
    check_nothing_can_be_done(blobs)
    proxy.reset()
    assert keys(bucket) == set()
    run(blobs.put(KEY, io.BytesIO(DATA)))
    assert run(read(blobs)) == DATA


def test_a_server_that_is_not_there_is_not_available(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    check_nothing_can_be_done(RemoteBlobs(bucket, SECONDS))


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        *(("unavailable", after) for after in range(1, 6)),
        *(("drop", after) for after in range(1, 6)),
        ("stall", 2),
        ("stall", 5),
    ],
)
def test_an_upload_that_breaks_off_anywhere_is_not_there(
    bucket: str, proxy: Proxy, fault: Any, after: int
) -> None:
    blobs = RemoteBlobs(bucket, patience(fault))
    proxy.fault = lambda number: fault if number > after else "none"
    with pytest.raises(BlobsUnavailableError):
        run(blobs.put(KEY, io.BytesIO(DATA)))
    proxy.reset()
    assert keys(bucket) == set()
    run(blobs.put(KEY, io.BytesIO(DATA)))
    assert run(read(blobs)) == DATA


@pytest.mark.parametrize("fault", ["unavailable", "drop"])
def test_one_failure_is_tried_again(bucket: str, proxy: Proxy, fault: Any) -> None:
    blobs = RemoteBlobs(bucket, SECONDS)
    proxy.fault = lambda number: fault if number in (1, 4) else "none"
    run(blobs.put(KEY, io.BytesIO(DATA)))
    assert run(read(blobs)) == DATA


def test_an_upload_whose_last_answer_is_lost_is_there(bucket: str, proxy: Proxy) -> None:
    """The storage has put the parts together, and knows no such upload when it is given up."""
    blobs = RemoteBlobs(bucket, SECONDS)
    last = (6, 7, 8)  # after a look, the beginning, and three parts; and tried again twice
    proxy.fault = lambda number: "lose" if number in last else "none"
    run(blobs.put(KEY, io.BytesIO(DATA)))
    assert proxy.seen > max(last)
    assert run(read(blobs)) == DATA


def test_a_download_that_breaks_off_ends_in_an_error_after_what_came(
    bucket: str, proxy: Proxy
) -> None:
    blobs = RemoteBlobs(bucket, SECONDS)
    run(blobs.put(KEY, io.BytesIO(DATA)))
    proxy.reset()
    proxy.fault = lambda number: "break" if number == 1 else "drop"
    came = []

    async def work() -> None:
        async for part in blobs.read(KEY, 0, len(DATA)):
            came.append(part)

    with pytest.raises(BlobsUnavailableError):
        run(work())
    assert came
    assert DATA.startswith(b"".join(came))


def test_a_bucket_that_is_not_there_is_no_outage(object_storage: ObjectStorage) -> None:
    assert object_storage.url
    with pytest.raises(BlobError) as raised:
        run(RemoteBlobs("s3://no-such-bucket", SECONDS).put(KEY, io.BytesIO(DATA)))
    assert not isinstance(raised.value, BlobsUnavailableError)


def test_a_download_that_breaks_off_once_is_gone_on_with(bucket: str, proxy: Proxy) -> None:
    blobs = RemoteBlobs(bucket, SECONDS)
    run(blobs.put(KEY, io.BytesIO(DATA)))
    proxy.reset()
    proxy.fault = lambda number: "break" if number == 1 else "none"
    assert run(read(blobs, 7)) == DATA[7:]
    assert proxy.seen == 2
