"""Answers that send elsewhere, as downloads from object storage do. All over real sockets."""

import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.driven import Driven, Twin
from tests.client.faults import GONE_AFTER, Faults, answer
from tests.support.archives import plugin_jar, png
from tests.support.client import DEVELOPER
from tests.support.clients import tradepost
from tests.support.object_storage import ObjectStorage
from tests.support.process import ServerProcess
from tradepost.client import NO_RETRIES, ApiError, UnexpectedAnswerError

EMPTY_PAGE = {"parentSoftware": [], "links": {"self": ""}}
SIGNED = "/bucket/key?X-Amz-Expires=60&X-Amz-Signature=secret"


def test_credentials_are_not_sent_to_where_a_download_is(twin: Twin) -> None:
    with (
        Faults([answer(200, b"hello")]) as storage,
        Faults([answer(302, b"", f"Location: {storage.url}{SIGNED}")]) as server,
        Driven(twin, server.url, DEVELOPER) as client,
    ):
        file = io.BytesIO()
        assert client.download_artifact("1", file, access_token="at_1", instance="x") == 5
    assert file.getvalue() == b"hello"
    assert "authorization" in server.received[0].headers
    [there] = storage.received
    assert there.target == SIGNED
    assert there.headers["host"] == storage.url.removeprefix("http://")
    told = {"host", "accept", "accept-encoding", "connection", "user-agent"}
    assert there.headers.keys() == told
    assert there.body == b""


def test_a_range_is_asked_for_there(twin: Twin) -> None:
    act = answer(206, b"ell", "Content-Range: bytes 1-3/5")
    with (
        Faults([act]) as storage,
        Faults([answer(302, b"", f"Location: {storage.url}{SIGNED}")]) as server,
        Driven(twin, server.url, DEVELOPER) as client,
    ):
        file = io.BytesIO()
        assert client.download_artifact("1", file, range=(1, 3)) == 3
    assert file.getvalue() == b"ell"
    assert storage.received[0].headers["range"] == "bytes=1-3"


def test_each_attempt_asks_the_server_for_a_new_url(twin: Twin) -> None:
    tag = 'ETag: "of-the-storage-2"'
    acts = [
        answer(200, b"hello", tag, length=11),
        answer(503, b"<Error><Code>SlowDown</Code></Error>"),
        GONE_AFTER,
        answer(206, b" world", "Content-Range: bytes 5-10/11", tag),
    ]
    with Faults(acts) as storage:
        urls = [f"{storage.url}/bucket/key?sig={number}" for number in range(4)]
        sent = [answer(302, b"", f"Location: {url}") for url in urls]
        with Faults(sent) as server, Driven(twin, server.url, DEVELOPER) as client:
            file = io.BytesIO()
            assert client.download_artifact("1", file) == 11
            assert len(client.waits) == 3
    assert file.getvalue() == b"hello world"
    assert [storage.url + each.target for each in storage.received] == urls
    asked = [(each.headers.get("range"), each.headers.get("if-range")) for each in storage.received]
    assert asked == [(None, None), *[("bytes=5-", '"of-the-storage-2"')] * 3]


def test_what_signs_a_url_is_not_in_the_log(twin: Twin, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        Faults([answer(200, b"hello")]) as storage,
        Faults([answer(302, b"", f"Location: {storage.url}{SIGNED}")]) as server,
        Driven(twin, server.url, DEVELOPER) as client,
    ):
        client.download_artifact("1", io.BytesIO())
    logged = [record.getMessage() for record in caplog.records if record.name == "httpx2"]
    assert any("X-Amz-Signature=***" in line for line in logged)
    assert not any("secret" in line for line in logged)


def test_an_error_from_there_is_an_error(twin: Twin) -> None:
    with (
        Faults([answer(403, b"<Error><Code>AccessDenied</Code></Error>")]) as storage,
        Faults([answer(302, b"", f"Location: {storage.url}{SIGNED}")]) as server,
        Driven(twin, server.url, DEVELOPER, retries=NO_RETRIES) as client,
    ):
        with pytest.raises(ApiError) as refused:
            client.download_artifact("1", io.BytesIO())
        assert refused.value.status == 403
        assert "secret" not in str(refused.value)


def test_credentials_are_sent_to_the_server_itself_again(twin: Twin) -> None:
    acts = [answer(302, b"", "Location: /elsewhere"), answer(200, EMPTY_PAGE)]
    with Faults(acts) as server, Driven(twin, server.url, DEVELOPER) as client:
        client.get_all_parent_software()
    assert [each.target for each in server.received] == ["/rest/3/parent-software", "/elsewhere"]
    assert all("authorization" in each.headers for each in server.received)


def test_a_circle_is_an_error(twin: Twin) -> None:
    acts = [answer(302, b"", "Location: /rest/3/parent-software")] * 30
    with (
        Faults(acts) as server,
        Driven(twin, server.url, DEVELOPER) as client,
        pytest.raises(UnexpectedAnswerError, match="circles"),
    ):
        client.get_all_parent_software()
    assert len(server.received) == 21


def test_a_write_is_not_sent_elsewhere(twin: Twin) -> None:
    acts = [answer(302, b"", "Location: /elsewhere")]
    with (
        Faults(acts) as server,
        Driven(twin, server.url, DEVELOPER) as client,
        pytest.raises(UnexpectedAnswerError, match="elsewhere"),
    ):
        client.create_access_token("1")
    assert len(server.received) == 1


# All parts as they are.


@pytest.fixture(scope="module")
def process(
    tmp_path_factory: pytest.TempPathFactory, object_storage: ObjectStorage
) -> Iterator[ServerProcess]:
    """A server with the demo data on object storage, in processes of its own."""
    folder = tmp_path_factory.mktemp("served")
    settings = {"TRADEPOST_BLOBS_URL": object_storage.new_bucket() + "/files"}
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TRADEPOST_BLOBS_URL", settings["TRADEPOST_BLOBS_URL"])
        tradepost("load-demo", data=folder)
    arguments = ("serve", "--workers", "2", "--data", str(folder))
    with ServerProcess(*arguments, log=folder / "log", environment=settings) as server:
        yield server


def test_files_come_back_from_object_storage(
    twin: Twin, process: ServerProcess, tmp_path: Path
) -> None:
    source, target = tmp_path / f"{twin}.jar", tmp_path / "copy.jar"
    source.write_bytes(plugin_jar(extra_entries={"noise": os.urandom(12_000_000)}))
    with Driven(twin, process.url + "/marketplace", DEVELOPER) as client:
        artifact = client.upload_artifact(source)
        found = str(artifact.links.self.href).rpartition("/")[2]
        assert client.download_artifact(found, target) == source.stat().st_size
        assert target.read_bytes() == source.read_bytes()
        part = io.BytesIO()
        assert client.download_artifact(found, part, range=(5, 9)) == 5
        assert part.getvalue() == source.read_bytes()[5:10]
        image = client.upload_image("icon", io.BytesIO(png(72, 72)), "icon.png")
        picture = io.BytesIO()
        client.download_image(image.id, picture)
        assert picture.getvalue() == png(72, 72)


def test_the_demo_data_is_there_as_well(twin: Twin, process: ServerProcess) -> None:
    with Driven(twin, process.url, DEVELOPER) as client:
        file = io.BytesIO()
        assert client.download_image("10000000-0000-4000-8000-0000000000e1", file) > 0
    assert file.getvalue().startswith(b"\x89PNG\r\n\x1a\n")
