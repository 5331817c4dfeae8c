"""Uploads and downloads over real sockets: curl, large files, and whoever breaks off."""

import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import socket
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.archives import plugin_jar, plugin_xml
from tests.support.client import DEVELOPER, NewStore
from tests.support.clients import Requests, fetch, requests_to, tradepost
from tests.support.process import ServerProcess
from tests.support.sockets import answers, head, raw
from tests.support.uploads import ARTIFACTS, CONTENT_TYPE, form, part

MB = 1_000_000
FORM = b"Content-Type: " + CONTENT_TYPE.encode()
CHUNKED = b"Transfer-Encoding: chunked"
CONTINUE = b"Expect: 100-continue"
START = form(part(b""))[: -len(form()) - 2]
"""A form up to the bytes of its file."""
MOST_MEMORY = 150 * 1024
"""In kB: what the server may have held at the most, whatever was sent."""
USER = ":".join(DEVELOPER)


@contextlib.contextmanager
def serving(folder: Path, **settings: str) -> Iterator[ServerProcess]:
    """A server on the data below a folder, which has the demo data from the first time on."""
    data = folder / "data"
    if not data.exists():
        tradepost("load-demo", data=data)
    environment = {f"TRADEPOST_{name.upper()}": value for name, value in settings.items()}
    log = folder / "log"
    with ServerProcess("serve", "--data", str(data), log=log, environment=environment) as server:
        yield server
    for line in log.read_text().splitlines():
        assert '"level":"error"' not in line, line


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("served")) as server:
        yield server


def files_below(folder: Path) -> set[str]:
    """The files of a data directory, without those of the database."""
    found = (str(p.relative_to(folder)) for p in (folder / "data").rglob("*") if p.is_file())
    return {name for name in found if not name.startswith("data/tradepost.db")}


def large_jar(path: Path, size: int, seed: int = 1) -> str:
    """Write a plugin with an entry of so many bytes that is stored; the SHA-512 of the JAR."""
    piece = random.Random(seed).randbytes(MB)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("atlassian-plugin.xml", plugin_xml())
        with packed.open("data.bin", "w") as entry:
            for at in range(0, size, MB):
                entry.write(piece[: size - at])
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def peak_memory(server: ServerProcess) -> int:
    """What the server has held at the most so far, in kB."""
    try:
        status = Path(f"/proc/{server.pid}/status").read_text()
    except FileNotFoundError:
        pytest.skip("the system has no /proc to read memory from")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1])


def client_of(server: ServerProcess) -> Requests:
    return requests_to(server.url)


def post_file(server: ServerProcess, path: Path) -> httpx2.Response:
    with client_of(server) as client, path.open("rb") as file:
        return client.post(ARTIFACTS, files={"file": (path.name, file)})


def digest_of_download(server: ServerProcess, path: str) -> str:
    artifact_id = path.split("/")[-2]
    with client_of(server) as client, tempfile.TemporaryFile() as file:
        client.download_artifact(artifact_id, file)
        file.seek(0)
        return hashlib.file_digest(file, "sha512").hexdigest()


# curl, as scripts use it.


@pytest.fixture
def curl() -> str:
    found = shutil.which("curl")
    if found is None:
        pytest.skip("curl is not installed")
    return found


def run_curl(curl: str, arguments: Sequence[object], folder: Path) -> tuple[str, str]:
    """What curl prints, and what it says of the exchange of headers."""
    command = [curl, "--silent", "--show-error", "--fail-with-body", "--verbose", "--user", USER]
    done = subprocess.run(
        [*command, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


def test_curl_uploads_with_any_accept_and_waits_to_be_told_to_continue(
    served: ServerProcess, curl: str, tmp_path: Path
) -> None:
    jar = tmp_path / "addon-2.0.jar"
    digest = large_jar(jar, 3 * MB)
    arguments = ["--header", CONTINUE.decode(), "--expect100-timeout", "30"]
    printed, told = run_curl(
        curl, [*arguments, "--form", f"file=@{jar}", f"{served.url}{ARTIFACTS}"], tmp_path
    )
    assert "> Accept: */*" in told
    assert "< HTTP/1.1 100 Continue" in told
    artifact = json.loads(printed)
    assert artifact["fileInfo"]["logicalFileName"] == "addon-2.0.jar"
    assert artifact["fileInfo"]["checksum"] == f"sha512:{digest}"


def test_curl_uploads_in_chunks_without_a_length(
    served: ServerProcess, curl: str, tmp_path: Path
) -> None:
    jar = tmp_path / "addon.jar"
    digest = large_jar(jar, 3 * MB, seed=2)
    chunked = ["--header", CHUNKED.decode()]
    printed, told = run_curl(
        curl, [*chunked, "--form", f"file=@{jar}", f"{served.url}{ARTIFACTS}"], tmp_path
    )
    assert "> Content-Length" not in told
    assert json.loads(printed)["fileInfo"]["checksum"] == f"sha512:{digest}"


def test_curl_downloads_under_the_name_and_goes_on_where_it_broke_off(
    served: ServerProcess, curl: str, tmp_path: Path
) -> None:
    jar = tmp_path / "addon-3.0.jar"
    large_jar(jar, 3 * MB, seed=3)
    artifact = post_file(served, jar).json()
    url = served.url + artifact["_links"]["binary"]["href"]
    folder = tmp_path / "downloads"
    folder.mkdir()
    run_curl(curl, ["--remote-name", "--remote-header-name", url], folder)
    assert (folder / "addon-3.0.jar").read_bytes() == jar.read_bytes()
    half = folder / "half.jar"
    half.write_bytes(jar.read_bytes()[:MB])
    _, told = run_curl(curl, ["--continue-at", "-", "--output", half, url], folder)
    assert "< HTTP/1.1 206 Partial Content" in told
    assert half.read_bytes() == jar.read_bytes()


# Bytes on a socket.


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def test_the_file_is_asked_for_before_it_is_sent(served: ServerProcess) -> None:
    body = form(part(plugin_jar()))
    length = b"Content-Length: %d" % len(body)
    with raw(served.port) as connection:
        connection.sendall(head("POST", ARTIFACTS, FORM, length, CONTINUE))
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        [(status, answer)] = answers(connection, 1)
    assert status == 200
    assert json.loads(answer)["fileInfo"]["size"] == len(plugin_jar())


def test_a_form_may_come_a_byte_at_a_time(served: ServerProcess) -> None:
    body = form(part(plugin_jar()))
    with raw(served.port) as connection:
        connection.sendall(head("POST", ARTIFACTS, FORM, CHUNKED))
        for at in range(len(body)):
            connection.sendall(chunk(body[at : at + 1]))
        connection.sendall(b"0\r\n\r\n")
        assert answers(connection, 1)[0][0] == 200


def test_what_cannot_be_taken_is_refused_without_being_asked_for(served: ServerProcess) -> None:
    refused = {
        413: head("POST", ARTIFACTS, FORM, b"Content-Length: 999999999", CONTINUE),
        415: head("POST", ARTIFACTS, b"Content-Length: 999999999", CONTINUE),
        401: head("POST", ARTIFACTS, FORM, CHUNKED, CONTINUE).replace(b"Basic ", b"Basic x"),
    }
    for status, sent in refused.items():
        with raw(served.port) as connection:
            connection.sendall(sent)
            assert [found for found, _ in answers(connection, 1)] == [status]


def flood(connection: socket.socket, piece: bytes, most: int) -> tuple[int, bytes]:
    """Go on sending until the server hangs up; how many bytes it let in, and what it said."""
    sent, said = 0, b""
    with contextlib.suppress(ConnectionError):
        while sent < most:
            connection.sendall(piece)
            sent += len(piece)
    with contextlib.suppress(ConnectionResetError):
        while told := connection.recv(65536):
            said += told
    return sent, said


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_the_server_stops_reading_a_file_that_is_too_large(tmp_path: Path, chunked: bool) -> None:
    limit, would_be = 4 * MB, 400 * MB
    piece = b"x" * 65_536
    # A length within the limit's reach is no news: the file is found out while it streams.
    with serving(tmp_path, artifact_bytes=str(limit)) as server, raw(server.port) as connection:
        before = files_below(tmp_path)
        if chunked:
            connection.sendall(head("POST", ARTIFACTS, FORM, CHUNKED) + chunk(START))
        else:
            length = b"Content-Length: %d" % would_be
            connection.sendall(head("POST", ARTIFACTS, FORM, length) + START)
        sent, said = flood(connection, chunk(piece) if chunked else piece, would_be)
        assert said.startswith(b"HTTP/1.1 413 ")
        assert b'"code":"PAYLOAD_TOO_LARGE"' in said
        assert sent < 40 * MB  # what fits into the buffers between the two, and no more
        assert files_below(tmp_path) == before
        assert fetch(server.url, "/readyz").status_code == 200


# Breaking off.


def send_half(connection: socket.socket) -> None:
    """Send the first 30 MB of a longer file. Most of them have arrived when this returns."""
    length = b"Content-Length: %d" % (60 * MB)
    connection.sendall(head("POST", ARTIFACTS, FORM, length) + START)
    piece = plugin_jar() + bytes(MB)
    for _ in range(30):
        connection.sendall(piece)


def test_an_upload_that_the_client_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        before = files_below(tmp_path)
        with raw(server.port) as connection:
            send_half(connection)
            assert files_below(tmp_path) == before
        assert fetch(server.url, "/readyz").status_code == 200
        assert server.stop() == 0
        assert files_below(tmp_path) == before
    log = (tmp_path / "log").read_text()
    [line] = [line for line in log.splitlines() if "uploadArtifact" in line]
    assert json.loads(line)["status"] == 400


def test_an_upload_that_kill_9_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        before = files_below(tmp_path)
        with raw(server.port) as connection:
            send_half(connection)
            server.kill()
        assert files_below(tmp_path) == before
    with serving(tmp_path) as server:
        jar = tmp_path / "addon.jar"
        digest = large_jar(jar, 5 * MB)
        artifact = post_file(server, jar).json()
        assert digest_of_download(server, artifact["_links"]["binary"]["href"]) == digest
        assert len(files_below(tmp_path) - before) == 1


def test_an_upload_that_the_end_of_the_server_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        before = files_below(tmp_path)
        with raw(server.port) as connection:
            send_half(connection)
            assert server.stop() == 0
        assert files_below(tmp_path) == before


def test_a_client_may_leave_in_the_middle_of_a_download(tmp_path: Path) -> None:
    jar = tmp_path / "addon.jar"
    digest = large_jar(jar, 30 * MB)
    with serving(tmp_path) as server:
        path = post_file(server, jar).json()["_links"]["binary"]["href"]
        for _ in range(5):
            with raw(server.port) as connection:
                connection.sendall(head("GET", path))
                assert connection.recv(15) == b"HTTP/1.1 200 OK"
        assert digest_of_download(server, path) == digest
        assert server.stop() == 0


def test_a_file_that_has_lost_its_end_is_no_whole_download(tmp_path: Path) -> None:
    jar = tmp_path / "addon.jar"
    large_jar(jar, 3 * MB)
    data = tmp_path / "data"
    tradepost("load-demo", data=data)
    with ServerProcess("serve", "--data", str(data), log=tmp_path / "log") as server:
        before = files_below(tmp_path)
        path = post_file(server, jar).json()["_links"]["binary"]["href"]
        [blob] = files_below(tmp_path) - before
        os.truncate(tmp_path / blob, 2 * MB)
        with client_of(server) as client, pytest.raises(httpx2.RemoteProtocolError):
            client.get(path)
        assert server.stop() == 0
    assert "BlobError" in (tmp_path / "log").read_text()


# Size.


def test_the_largest_upload_and_its_download_pass_through_little_memory(
    tmp_path: Path, new_store: NewStore
) -> None:
    jar = tmp_path / "large.jar"
    digest = large_jar(jar, 250 * 1024 * 1024 - 10_000)
    store = {name: str(value) for name, value in new_store().items()}
    with serving(tmp_path, **store) as server:
        start = peak_memory(server)
        answer = post_file(server, jar)
        assert answer.status_code == 200, answer.text
        artifact = answer.json()
        assert artifact["fileInfo"]["checksum"] == f"sha512:{digest}"
        uploaded = peak_memory(server)
        path = artifact["_links"]["binary"]["href"]
        assert digest_of_download(server, path) == digest
        downloaded = peak_memory(server)
        with raw(server.port) as slow:  # who asks and then does not read
            slow.sendall(head("GET", path))
            assert slow.recv(15) == b"HTTP/1.1 200 OK"
            assert digest_of_download(server, path) == digest
            stalled = peak_memory(server)
        print(
            f"\npeak memory: {start} kB at first, {uploaded} kB after an upload of "
            f"{jar.stat().st_size} bytes, {downloaded} kB after its download, "
            f"{stalled} kB with a client that does not read"
        )
        assert stalled < MOST_MEMORY


def test_two_large_uploads_at_once_pass_through_little_memory(tmp_path: Path) -> None:
    jars = [tmp_path / "one.jar", tmp_path / "two.jar"]
    digests = [large_jar(jar, 60 * MB, seed) for seed, jar in enumerate(jars)]
    with serving(tmp_path) as server:

        def round_trip(jar: Path) -> Any:
            artifact = post_file(server, jar).json()
            found = digest_of_download(server, artifact["_links"]["binary"]["href"])
            return artifact["fileInfo"]["logicalFileName"], found

        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(round_trip, jars))
        assert found == [(jar.name, digest) for jar, digest in zip(jars, digests, strict=True)]
        peak = peak_memory(server)
        print(f"\npeak memory: {peak} kB for two uploads of 60 MB at once")
        assert peak < MOST_MEMORY
