"""Written, but the answer was lost: with its key, a POST does once what it is to do."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.bodies import ADDON_CLOUD, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER
from tests.support.clients import get, post
from tests.support.command import succeed
from tests.support.process import ServerProcess
from tests.support.proxy import Proxy
from tradepost.client import AnswerLostError, Client

PATH = versions_path()
KEY = {"Idempotency-Key": "once"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    succeed("load-demo", data=folder)
    return folder


def serve(data: Path) -> ServerProcess:
    return ServerProcess("serve", "--data", str(data), log=data / "log")


@pytest.fixture
def server(data: Path) -> Iterator[ServerProcess]:
    with serve(data) as server:
        yield server


def count(server: ServerProcess) -> int:
    return int(get(server.url + PATH, DEVELOPER).json()["totalCount"])


def lines(server: ServerProcess) -> int:
    path = "/admin/v1/audit?action=createAppSoftwareVersion"
    return len(get(server.url + path, ADMINISTRATOR).json()["entries"])


def test_the_client_sends_it_again_and_there_is_one(server: ServerProcess) -> None:
    before = count(server)
    with Proxy(server.port) as proxy, Client(proxy.url, DEVELOPER, sleep=lambda _: None) as client:
        client.get_parent_software("jira")  # it tells what kind of server this is
        proxy.fault = lambda number: "lose" if number in (2, 3) else "none"
        made = client.create_app_software_version(ADDON_CLOUD, version())
        creates = [each for each in proxy.passed if each.writes]
    assert len(creates) == 3
    assert count(server) == before + 1
    assert lines(server) == 1
    assert get(server.url + versions_path(ADDON_CLOUD, made.build_number), DEVELOPER).is_success


def test_a_client_that_does_not_know_the_server_sends_nothing_twice(server: ServerProcess) -> None:
    before = count(server)
    with Proxy(server.port, hide=("tradepost-version",)) as proxy:
        proxy.fault = lambda number: "lose" if number == 2 else "none"
        with Client(proxy.url, DEVELOPER, sleep=lambda _: None) as client:
            client.get_parent_software("jira")
            with pytest.raises(AnswerLostError):
                client.create_app_software_version(ADDON_CLOUD, version())
        assert sum(each.writes for each in proxy.passed) == 1
    assert count(server) == before + 1


def test_a_crash_between_the_commit_and_the_answer_does_not_make_two(data: Path) -> None:
    with serve(data) as server, Proxy(server.port) as proxy:
        before = count(server)
        proxy.answered = lambda _: server.kill()
        proxy.fault = lambda _: "lose"
        with pytest.raises(httpx2.TransportError):
            post(proxy.url + PATH, DEVELOPER, json=version(), headers=KEY)
    with serve(data) as server:
        assert count(server) == before + 1
        answer = post(server.url + PATH, DEVELOPER, json=version(), headers=KEY)
        assert (answer.status_code, answer.headers["idempotent-replayed"]) == (201, "true")
        assert get(server.url + answer.headers["location"], DEVELOPER).content == answer.content
        assert count(server) == before + 1
        assert lines(server) == 1


def test_workers_of_one_server_know_each_other_s_keys(data: Path) -> None:
    arguments = ("serve", "--data", str(data), "--workers", "2")
    with ServerProcess(*arguments, log=data / "log") as server:
        before = count(server)
        for _ in range(8):  # each on a connection of its own, which any worker may take
            answer = post(server.url + PATH, DEVELOPER, json=version(), headers=KEY)
            assert answer.status_code == 201
        assert count(server) == before + 1


def test_the_time_actor_and_request_of_a_line_are_those_of_the_log(
    data: Path, tmp_path: Path
) -> None:
    with serve(data) as server:
        answer = post(server.url + PATH, DEVELOPER, json=version())
        path = "/admin/v1/audit?limit=1"
        [line] = get(server.url + path, ADMINISTRATOR).json()["entries"]
        assert server.stop() == 0
    wanted = f'"request":"{line["requestId"]}"'
    [logged] = [each for each in (data / "log").read_text().splitlines() if wanted in each]
    entry = json.loads(logged)
    assert line["requestId"] == answer.headers["x-request-id"]
    assert (entry["operation"], entry["who"]) == (line["action"], line["person"]["email"])
    assert line["at"] <= entry["time"]


def test_commands_leave_lines(data: Path, tmp_path: Path) -> None:
    succeed("user", "add", "pat@example.com", data=data)
    catalogue = tmp_path / "catalogue.json"
    catalogue.write_text('{"parentSoftware": []}')
    succeed("catalogue", "import", str(catalogue), data=data)
    with serve(data) as server:
        entries = get(server.url + "/admin/v1/audit", ADMINISTRATOR).json()["entries"]
    assert [entry["action"] for entry in entries] == ["importCatalogue", "createPerson", "loadDemo"]
    assert {entry["person"]["email"] for entry in entries} == {"operator"}
    assert all(entry["requestId"].startswith("command-") for entry in entries)
