"""Uploads and downloads: in process, over sockets, broken off and gone on with."""

import io
import os
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import httpx2
import pytest

from tests.client.demo import Demo
from tests.client.driven import Driven, Twin
from tests.client.faults import GONE_AFTER, Act, Faults, answer, refusal
from tests.support.archives import ADDON_KEY, plugin_jar, png
from tests.support.client import DEVELOPER
from tests.support.process import ServerProcess
from tradepost.client import (
    NO_RETRIES,
    AnswerLostError,
    ArtifactNotFoundError,
    ArtifactRemoteFetchFailureError,
    FileChangedError,
    ImageNotFoundError,
    InvalidParameterError,
    RangeNotSatisfiableError,
    UnauthorizedError,
    UnexpectedAnswerError,
    ValidationError,
    ValidationFailedError,
)
from tradepost.client._downloads import Download, write_all
from tradepost.client._forms import form, name_of
from tradepost.client._requests import get

MEGABYTE = 1024 * 1024
JAR = plugin_jar()
ARTIFACT = {
    "fileInfo": {"logicalFileName": "a.jar", "size": 3, "checksum": "sha512:0"},
    "_links": {"self": {"href": "/rest/3/artifacts/1"}, "binary": {"href": "/rest/3/a"}},
}


def id_of(artifact: Any) -> str:
    return str(artifact.links.self.href).rpartition("/")[2]


def test_an_artifact_is_uploaded_from_a_path_read_and_downloaded(
    client: Driven, tmp_path: Path
) -> None:
    source = tmp_path / 'add-on "1".jar'
    source.write_bytes(JAR)
    told: list[tuple[int, int]] = []
    artifact = client.upload_artifact(source, progress=lambda *at: told.append(at))
    assert artifact.file_info.size == len(JAR)
    assert artifact.details.key == ADDON_KEY
    assert artifact.file_info.logical_file_name.startswith("add-on")
    assert told == [(len(JAR), len(JAR))]
    assert client.get_artifact(id_of(artifact)) == artifact
    target = tmp_path / "copy.jar"
    assert client.download_artifact(id_of(artifact), target) == len(JAR)
    assert target.read_bytes() == JAR


def test_the_same_file_is_stored_once(client: Driven) -> None:
    first = client.upload_artifact(io.BytesIO(JAR), "a.jar")
    second = client.upload_artifact(io.BytesIO(JAR), "a.jar")
    assert first.file_info.checksum == second.file_info.checksum


def test_a_range_is_downloaded_to_an_open_file(client: Driven) -> None:
    artifact = client.upload_artifact(io.BytesIO(JAR), "a.jar")
    file = io.BytesIO(b"head")
    file.seek(4)
    told: list[tuple[int, int]] = []
    count = client.download_artifact(
        id_of(artifact), file, range=(10, 19), progress=lambda *at: told.append(at)
    )
    assert (count, file.getvalue(), told) == (10, b"head" + JAR[10:20], [(10, 10)])
    file = io.BytesIO()
    assert client.download_artifact(id_of(artifact), file, range=(len(JAR) - 3, None)) == 3
    assert file.getvalue() == JAR[-3:]
    with pytest.raises(RangeNotSatisfiableError):
        client.download_artifact(id_of(artifact), file, range=(len(JAR), None))


def test_what_is_no_artifact_is_refused(client: Driven, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="file"):
        client.upload_artifact(io.BytesIO(b"no archive"), "a.jar")
    with pytest.raises(ArtifactNotFoundError):
        client.get_artifact("nothing")
    target = tmp_path / "kept"
    target.write_bytes(b"as it was")
    with pytest.raises(ArtifactNotFoundError):
        client.download_artifact("nothing", target)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["kept"]
    assert target.read_bytes() == b"as it was"


def test_an_artifact_is_fetched_from_public_addresses_alone(reader: Driven) -> None:
    with pytest.raises(ArtifactRemoteFetchFailureError):
        reader.fetch_artifact({"uri": "http://127.0.0.1/addon.jar"})
    with pytest.raises(ValidationFailedError):
        reader.fetch_artifact({})


def test_an_image_is_uploaded_and_downloaded(client: Driven) -> None:
    image = client.upload_image("icon", io.BytesIO(png(72, 72)), "icon.png")
    assert (image.media_type, image.mime_type) == ("icon", "image/png")
    file = io.BytesIO()
    client.download_image(image.id, file)
    assert file.getvalue() == png(72, 72)
    with pytest.raises(ImageNotFoundError):
        client.download_image("nothing", file)
    with pytest.raises(InvalidParameterError, match="imageType"):
        client.upload_image("portrait", io.BytesIO(png()), "a.png")


def test_an_access_token_may_be_wrong(shared_demo: Demo) -> None:
    with shared_demo.client() as member, shared_demo.client(None) as site:
        artifact = member.upload_artifact(io.BytesIO(JAR), "a.jar")
        with pytest.raises(Exception, match=r"answered with 40[13]") as caught:
            site.download_artifact(
                id_of(artifact), io.BytesIO(), access_token="at_wrong", instance="x"
            )
        assert "at_wrong" not in str(caught.value)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with the demo data in a process of its own."""
    with ServerProcess("demo", log=tmp_path_factory.mktemp("demo") / "log") as server:
        yield server


def test_a_large_file_is_never_whole_in_memory(
    twin: Twin, process: ServerProcess, tmp_path: Path
) -> None:
    source, target = tmp_path / "large.jar", tmp_path / "copy.jar"
    source.write_bytes(plugin_jar(extra_entries={"noise": os.urandom(24 * MEGABYTE)}))
    size = source.stat().st_size
    told: list[tuple[int, int]] = []
    with Driven(twin, process.url + "/marketplace", DEVELOPER) as client:
        tracemalloc.start()
        try:
            artifact = client.upload_artifact(source, progress=lambda *at: told.append(at))
            client.download_artifact(id_of(artifact), target, progress=lambda *at: told.append(at))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert client.server_version
    assert artifact.file_info.size == size
    assert target.read_bytes() == source.read_bytes()
    assert told.count((size, size)) == 2
    assert len(told) > 100
    assert peak < 8 * MEGABYTE


def test_a_refusal_in_the_middle_of_an_upload_is_an_answer(
    twin: Twin, process: ServerProcess
) -> None:
    with (
        Driven(twin, process.url, ("developer@example.com", "wrong"), retries=NO_RETRIES) as client,
        pytest.raises((UnauthorizedError, AnswerLostError)),
    ):
        client.upload_artifact(io.BytesIO(bytes(4 * MEGABYTE)), "a.jar")


def broken_off(body: bytes, whole: int, *headers: str) -> Act:
    return answer(200, body, *headers, length=whole)


def test_a_download_that_breaks_off_is_gone_on_with(twin: Twin, tmp_path: Path) -> None:
    tag = 'ETag: "abc"'
    acts = [
        broken_off(b"hello", 11, tag),
        answer(503),
        answer(206, b" wo", "Content-Range: bytes 5-10/11", tag, length=6),
        answer(206, b"rld", "Content-Range: bytes 8-10/11", tag),
    ]
    target = tmp_path / "file"
    with Faults(acts) as server, Driven(twin, server.url) as client:
        assert client.download_artifact("1", target) == 11
        assert len(client.waits) == 3
    assert target.read_bytes() == b"hello world"
    asked = [(each.headers.get("range"), each.headers.get("if-range")) for each in server.received]
    assert asked == [
        (None, None),
        ("bytes=5-", '"abc"'),
        ("bytes=5-", '"abc"'),
        ("bytes=8-", '"abc"'),
    ]
    assert {each.headers["accept-encoding"] for each in server.received} == {"identity"}


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(answer(200, b"other bytes"), id="whole"),
        pytest.param(answer(206, b"lo world"), id="no-range"),
        pytest.param(answer(206, b"lo", "Content-Range: bytes 3-4/11"), id="other-range"),
        pytest.param(answer(206, b"lo", "Content-Range: bytes=3-4"), id="bad-range"),
    ],
)
def test_other_bytes_do_not_go_on_with_a_download(twin: Twin, tmp_path: Path, second: Act) -> None:
    acts = [broken_off(b"hello", 11, 'ETag: W/"weak"'), second]
    with Faults(acts) as server, Driven(twin, server.url) as client:
        with pytest.raises(UnexpectedAnswerError, match="not the range"):
            client.download_artifact("1", tmp_path / "file")
        assert "if-range" not in server.received[1].headers
    assert list(tmp_path.iterdir()) == []


def test_a_download_gives_up_after_some_attempts(twin: Twin, tmp_path: Path) -> None:
    acts = [broken_off(b"hello", 11), GONE_AFTER, GONE_AFTER, GONE_AFTER]
    with Faults(acts) as server, Driven(twin, server.url) as client:
        with pytest.raises(AnswerLostError):
            client.download_artifact("1", tmp_path / "file")
        assert len(client.waits) == 3
    assert list(tmp_path.iterdir()) == []


def test_a_range_that_is_not_honoured_is_told(twin: Twin) -> None:
    with Faults([answer(200, b"hello")]) as server, Driven(twin, server.url) as client:
        with pytest.raises(UnexpectedAnswerError, match="not the range"):
            client.download_artifact("1", io.BytesIO(), range=(1, 2))
        assert server.received[0].headers["range"] == "bytes=1-2"


def test_a_part_that_was_not_asked_for_is_told(twin: Twin) -> None:
    act = answer(206, b"ell", "Content-Range: bytes 1-3/5")
    with Faults([act]) as server, Driven(twin, server.url) as client:
        with pytest.raises(UnexpectedAnswerError, match="not the whole file"):
            client.download_artifact("1", io.BytesIO())
        assert client.waits == []


def test_a_body_that_is_encoded_is_refused(twin: Twin) -> None:
    act = answer(200, b"hello", "Content-Encoding: gzip")
    with Faults([act]) as server, Driven(twin, server.url) as client:
        with pytest.raises(UnexpectedAnswerError, match="encoded"):
            client.download_artifact("1", io.BytesIO())
        assert client.waits == []


def test_a_refused_download_is_an_error_with_its_reason(twin: Twin) -> None:
    act = refusal(404, "ARTIFACT_NOT_FOUND", "there is no artifact with this id")
    with (
        Faults([act]) as server,
        Driven(twin, server.url) as client,
        pytest.raises(ArtifactNotFoundError, match="there is no artifact"),
    ):
        client.download_artifact("1", io.BytesIO())


@pytest.mark.parametrize("wanted", [(-1, 2), (3, 2)])
def test_a_bad_range_is_refused(twin: Twin, wanted: tuple[int, int]) -> None:
    with Driven(twin, "http://127.0.0.1:1") as client, pytest.raises(ValueError, match="range"):
        client.download_artifact("1", io.BytesIO(), range=wanted)


def test_an_end_that_comes_too_early_is_noticed_without_a_socket() -> None:
    download = Download(get("/rest/3/x", bytes), None)
    download.begin(httpx2.Response(200, headers={"Content-Length": "5"}))
    download.took(b"abc")
    assert isinstance(found := download.end(), AnswerLostError)
    assert "3 of 5 bytes" in str(found)
    download.took(b"de")
    assert download.end() is None


def test_a_target_that_cannot_be_written_fails_before_anything_is_sent(
    twin: Twin, tmp_path: Path
) -> None:
    with Driven(twin, "http://127.0.0.1:1") as client, pytest.raises(FileNotFoundError):
        client.download_artifact("1", tmp_path / "nowhere" / "file")


def test_a_file_that_takes_a_little_at_a_time_gets_all() -> None:
    class Slow(io.RawIOBase):
        taken = b""

        def write(self, data: Any) -> int:
            self.taken += bytes(data[:3])
            return min(3, len(data))

    slow = Slow()
    write_all(cast("BinaryIO", slow), b"ten bytes!")
    assert slow.taken == b"ten bytes!"


def test_a_file_that_becomes_shorter_is_noticed(twin: Twin) -> None:
    class Shrinking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(size) if self.tell() < 300_000 else b""

    with Faults([GONE_AFTER]) as server, Driven(twin, server.url) as client:
        with pytest.raises(FileChangedError, match="shorter"):
            client.upload_artifact(Shrinking(bytes(MEGABYTE)), "a.jar")
        assert client.waits == []


def test_a_file_that_becomes_longer_is_sent_as_it_was(twin: Twin, tmp_path: Path) -> None:
    path = tmp_path / "a.jar"
    path.write_bytes(bytes(1000))
    with (
        Faults([answer(200, ARTIFACT)]) as server,
        Driven(twin, server.url) as client,
        path.open("rb") as file,
    ):
        made = form(file, "a.jar")
        with path.open("ab") as end:
            end.write(bytes(1000))
        assert (made.size, len(made.read(made.size))) == (1000, 1000)
        client.upload_artifact(file)
    assert b'filename="a.jar"' in server.received[0].body


@pytest.mark.parametrize("file", [io.StringIO("text"), "unseekable"])
def test_a_file_must_be_binary_and_seek(twin: Twin, file: Any) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    source = Pipe(b"x") if file == "unseekable" else file
    with (
        Driven(twin, "http://127.0.0.1:1") as client,
        pytest.raises(ValueError, match=r"binary mode|able to seek"),
    ):
        client.upload_artifact(source)


def test_a_source_that_is_not_there_is_told(twin: Twin, tmp_path: Path) -> None:
    with Driven(twin, "http://127.0.0.1:1") as client, pytest.raises(FileNotFoundError):
        client.upload_artifact(tmp_path / "nothing.jar")


def test_names_come_from_sources(tmp_path: Path) -> None:
    path = tmp_path / "a.jar"
    path.write_bytes(b"")
    assert (name_of(path), name_of(str(path)), name_of(io.BytesIO())) == (
        "a.jar",
        "a.jar",
        "upload",
    )
    with path.open("rb") as file:
        assert name_of(file) == "a.jar"
    read, write = os.pipe()
    os.close(write)
    with os.fdopen(read, "rb") as pipe:  # whose name is a number
        assert name_of(pipe) == "upload"


@pytest.mark.parametrize("name", ['a"b.jar', "a\r\nX-Evil: 1.jar", "añ語.jar", "a\\b.jar"])
def test_any_name_stays_inside_its_header(name: str) -> None:
    made = form(io.BytesIO(b"x"), name)
    assert made.length == len(made.head) + 1 + len(made.tail)
    lines = made.head.decode().split("\r\n")
    assert len(lines) == 5
    assert lines[2].startswith("Content-Type: ")
    assert lines[1].count('"') == 4


def test_a_zip_is_uploaded_while_it_is_open_elsewhere(client: Driven, tmp_path: Path) -> None:
    path = tmp_path / "a.jar"
    path.write_bytes(JAR)
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        file.seek(0)
        assert client.upload_artifact(file).file_info.logical_file_name == "a.jar"
        assert not file.closed
