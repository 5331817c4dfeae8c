"""Object storage that fails: what clients see, and what is stored. All in real processes."""

import contextlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import apsw
import httpx2
import pytest

from tests.support.archives import archive, plugin_jar, plugin_xml, png
from tests.support.client import DEVELOPER
from tests.support.clients import Requests, tradepost
from tests.support.object_storage import ObjectStorage, keys
from tests.support.process import ServerProcess
from tests.support.proxy import Fault, Proxy
from tests.support.uploads import ARTIFACTS

SECONDS = 2.0
PATIENCE = 20.0
"""For how many seconds a client waits: much more than the server may take."""
NOISE = random.Random(1).randbytes(12_000_000)
LARGE = plugin_jar(extra_entries={"noise": NOISE})
"""An artifact of more than two parts of an upload."""


class Scene:
    """A server on object storage behind a proxy, and one that has the same without links."""

    def __init__(self, proxy: Proxy, linking: ServerProcess, sending: ServerProcess, bucket: str):
        self.proxy = proxy
        self.linking = linking
        self.sending = sending
        self.bucket = bucket

    def client(self, server: ServerProcess | None = None) -> Requests:
        url = (server or self.linking).url
        return Requests(url, DEVELOPER, timeout=PATIENCE, transport=httpx2.HTTPTransport())


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory: pytest.TempPathFactory, object_storage: ObjectStorage
) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("faults")
    bucket = object_storage.new_bucket()
    with contextlib.ExitStack() as stack:
        proxy = stack.enter_context(Proxy(object_storage.port))
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        environment.setenv("AWS_ENDPOINT_URL", proxy.url)
        environment.setenv("TRADEPOST_BLOBS_URL", bucket)
        environment.setenv("TRADEPOST_BLOBS_SECONDS", str(SECONDS))
        tradepost("load-demo", data=folder)
        linking, sending = (
            stack.enter_context(
                ServerProcess(
                    "serve",
                    "--data",
                    str(folder),
                    log=folder / f"log-{seconds}",
                    environment={"TRADEPOST_DOWNLOAD_URL_SECONDS": seconds},
                )
            )
            for seconds in ("60", "0")
        )
        yield Scene(proxy, linking, sending, bucket)


@pytest.fixture
def scene(opened: Scene) -> Iterator[Scene]:
    opened.proxy.reset()
    yield opened
    opened.proxy.reset()


def upload(client: Requests, data: bytes, name: str, path: str = ARTIFACTS) -> httpx2.Response:
    return client.post(path, files={"file": (name, data)})


def download_path(artifact: httpx2.Response) -> str:
    assert artifact.status_code == 200, artifact.text
    return str(artifact.json()["_links"]["binary"]["href"])


def check_busy(answer: httpx2.Response) -> None:
    detail = "the object storage cannot take this now; nothing was stored"
    numeric = "/images/" in str(answer.url)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert error["detail"] == detail
    assert error["status"] == (503 if numeric else "503")
    assert answer.headers["retry-after"] == "1"


def artifacts_named(scene: Scene, name: str) -> int:
    """How many artifacts of a name the database has, looked at where it is."""
    data = Path(scene.linking.log).parent
    connection = apsw.Connection(str(data / "tradepost.db"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        [(found,)] = connection.execute(
            "SELECT (SELECT count(*) FROM artifact WHERE file_name = ?1) "
            "+ (SELECT count(*) FROM image WHERE file_name = ?1)",
            (name,),
        )
        return int(found)
    finally:
        connection.close()


FAULTS: tuple[Fault, ...] = ("unavailable", "stall", "drop", "lose")


@pytest.mark.parametrize("fault", FAULTS)
def test_an_upload_is_refused_and_leaves_nothing_until_the_storage_is_back(
    scene: Scene, fault: Fault
) -> None:
    data = plugin_jar(name=f"Refused by {fault}")
    before = keys(scene.bucket)
    with scene.client() as client:
        scene.proxy.fault = lambda _: fault
        check_busy(upload(client, data, f"{fault}.jar"))
        check_busy(upload(client, png(), f"{fault}.jar", "/rest/3/assets/images/icon"))
        assert client.get("/readyz").status_code == 200
        scene.proxy.reset()
        assert keys(scene.bucket) == before
        assert artifacts_named(scene, f"{fault}.jar") == 0
        path = download_path(upload(client, data, f"{fault}.jar"))
        assert client.get(path, follow_redirects=True).content == data
        assert artifacts_named(scene, f"{fault}.jar") == 1


@pytest.mark.parametrize(
    ("fault", "after"),
    [("unavailable", 1), ("unavailable", 3), ("drop", 2), ("drop", 4), ("stall", 3)],
)
def test_an_upload_is_not_there_when_the_storage_dies_in_the_middle_of_it(
    scene: Scene, fault: Fault, after: int
) -> None:
    name = f"{fault}-{after}.jar"
    data = archive({"atlassian-plugin.xml": plugin_xml(name=name), "noise": NOISE})
    before = keys(scene.bucket)
    with scene.client() as client:
        scene.proxy.fault = lambda number: fault if number > after else "none"
        check_busy(upload(client, data, name))
        scene.proxy.reset()
        assert keys(scene.bucket) == before
        assert artifacts_named(scene, name) == 0
        path = download_path(upload(client, data, name))
        assert client.get(path, follow_redirects=True).content == data


@pytest.mark.parametrize("fault", FAULTS)
def test_a_download_is_refused_until_the_storage_is_back(scene: Scene, fault: Fault) -> None:
    data = plugin_jar(name="Downloaded")
    for server in (scene.linking, scene.sending):
        with scene.client(server) as client:
            path = download_path(upload(client, data, "downloaded.jar"))
            scene.proxy.fault = lambda _: fault
            check_busy(client.get(path))
            check_busy(client.get(path, headers={"Range": "bytes=1-2"}))
            scene.proxy.reset()
            assert client.get(path, follow_redirects=True).content == data


def begin_download(url: str, length: int) -> bytes:
    """What comes of an answer that promises so many bytes, and breaks off."""
    came = b""
    with (
        httpx2.Client(transport=httpx2.HTTPTransport(), auth=DEVELOPER) as http,
        http.stream("GET", url) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-length"] == str(length)
        with contextlib.suppress(httpx2.RemoteProtocolError):
            for part in answer.iter_raw():
                came += part
    return came


def test_a_download_is_shorter_than_announced_when_the_storage_dies_in_the_middle_of_it(
    scene: Scene,
) -> None:
    with scene.client(scene.sending) as client:
        path = download_path(upload(client, LARGE, "large.jar"))
        scene.proxy.reset()
        scene.proxy.fault = lambda number: "break" if number == 1 else "drop"
        came = begin_download(scene.sending.url + path, len(LARGE))
        assert came
        assert len(came) < len(LARGE)
        assert LARGE.startswith(came)
        scene.proxy.reset()
        assert client.get(path).content == LARGE


def test_the_log_tells_the_cause_and_no_secrets(scene: Scene, tmp_path: Path) -> None:
    data, log = scene.linking.log.parent, tmp_path / "log"
    with ServerProcess("serve", "--data", str(data), log=log) as server:
        with scene.client(server) as client:
            path = download_path(upload(client, plugin_jar(name="Logged"), "logged.jar"))
            link = client.get(path).headers["location"]
            scene.proxy.fault = lambda _: "unavailable"
            check_busy(client.get(path))
        assert server.stop() == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    [busy] = [line for line in lines if line.get("status") == 503]
    assert "503" in busy["cause"]
    assert "X-Amz-Signature" in link
    assert "X-Amz-Signature" not in str(lines)
