"""`tradepost serve` and `tradepost demo` as processes: from the first start to the last."""

import os
import re
import shlex
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.support.bodies import ADDON_CLOUD, SPACE, codes, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER
from tests.support.clients import get, post
from tests.support.command import assert_one_sentence, succeed, tradepost
from tests.support.process import ServerProcess, free_port

DEMO_PEOPLE = ("developer@example.com", "outsider@example.com", "admin@example.com")


def answers(port: int) -> bool:
    """Whether something takes connections at a port of this machine."""
    try:
        get(f"http://127.0.0.1:{port}/healthz")
    except httpx2.ConnectError:
        return False
    return True


@pytest.mark.parametrize("directory", ["data", "my data", "deep/er/data"])
def test_the_commands_that_a_fresh_server_prints_make_an_administrator(
    tmp_path: Path, directory: str
) -> None:
    with ServerProcess(
        "serve", "--data", directory, log=tmp_path / "log", folder=tmp_path
    ) as server:
        assert server.url in server.announcement
        explained, *printed = server.read_lines(3)
        assert "administrator" in explained
        commands = [shlex.split(line.replace("YOU@EXAMPLE.COM", "pat@x.org")) for line in printed]
        # As printed, and from another directory than that of the server.
        added, created = (
            subprocess.run(command, cwd="/", capture_output=True, text=True) for command in commands
        )
        assert (added.returncode, added.stderr) == (0, "")
        assert (created.returncode, created.stderr) == (0, "")
        auth = ("pat@x.org", created.stdout.strip())
        people = get(f"{server.url}/admin/v1/people", auth=auth)
        assert people.status_code == 200
        assert [person["email"] for person in people.json()["people"]] == ["pat@x.org"]
    assert (tmp_path / directory / "tradepost.db").is_file()


def test_a_new_data_directory_is_its_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with ServerProcess("serve", "--data", str(data), log=tmp_path / "log"):
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (data, data / "tradepost.db")]
    assert modes == [0o700, 0o600]


def test_the_data_directory_is_tradepost_data_unless_told(tmp_path: Path) -> None:
    assert tradepost("user", "add", "pat@example.com", folder=tmp_path).status == 0
    assert (tmp_path / "tradepost-data" / "tradepost.db").is_file()


def test_a_server_with_an_administrator_prints_no_more_than_its_address(tmp_path: Path) -> None:
    succeed("user", "add", "pat@example.com", "--admin", data=tmp_path)
    with ServerProcess("serve", "--data", str(tmp_path), log=tmp_path / "log") as server:
        assert server.url in server.announcement
        assert server.stop() == 0
        assert "administrator" not in server.announcement


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize(
    "arguments", [["serve"], ["serve", "--workers", "2"], ["demo"]], ids=" ".join
)
def test_a_signal_ends_a_server_with_status_0(
    tmp_path: Path, arguments: list[str], number: signal.Signals
) -> None:
    environment = {"TRADEPOST_DATA": str(tmp_path / "data"), "TMPDIR": str(tmp_path)}
    with ServerProcess(*arguments, log=tmp_path / "log", environment=environment) as server:
        assert get(f"{server.url}/readyz").json() == {"status": "ok"}
        os.kill(server.pid, number)
        assert server.stop() == 0
        assert not answers(server.port)
    assert list(tmp_path.glob("tradepost-demo-*")) == []
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_the_demo_keeps_its_directory_while_it_runs(tmp_path: Path) -> None:
    with ServerProcess("demo", log=tmp_path / "log", environment={"TMPDIR": str(tmp_path)}):
        [folder] = tmp_path.glob("tradepost-demo-*")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_a_demo_that_is_ended_while_it_starts_leaves_no_directory(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tradepost", "demo", "--port", str(free_port())],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as starting:
        while not list(tmp_path.glob("tradepost-demo-*")):
            assert starting.poll() is None
        starting.terminate()
        starting.wait(timeout=30)
    assert list(tmp_path.glob("tradepost-demo-*")) == []


def test_the_demo_prints_credentials_and_a_curl_line_that_work(tmp_path: Path) -> None:
    with ServerProcess("demo", log=tmp_path / "log") as server:
        assert server.url in server.announcement
        title, *credentials, hint, line = server.read_lines(6)
        assert "Credentials" in title
        assert "Try" in hint
        for text in credentials:
            email, token = text.strip().split(" / ")
            answer = get(f"{server.url}{versions_path()}", auth=(email, token))
            assert answer.status_code == 200
        curl, flag, user, url = shlex.split(line)
        assert (curl, flag) == ("curl", "-u")
        email, _, token = user.partition(":")
        answer = get(url, auth=(email, token))
        assert (answer.status_code, len(answer.json()["versions"])) == (200, 1)


def test_the_demo_stays_on_this_machine_whatever_the_settings(tmp_path: Path) -> None:
    environment = {
        "TRADEPOST_HOST": "0.0.0.0",
        "TRADEPOST_WORKERS": "2",
        "TRADEPOST_DATA": str(tmp_path / "data"),
        "TMPDIR": str(tmp_path),
    }
    with ServerProcess("demo", log=tmp_path / "log", environment=environment) as server:
        assert f"http://127.0.0.1:{server.port}" in server.announcement
    assert not (tmp_path / "data").exists()


def test_what_two_workers_write_is_there_for_both_and_after_a_restart(tmp_path: Path) -> None:
    succeed("load-demo", data=tmp_path)
    arguments = ("serve", "--workers", "2", "--data", str(tmp_path))
    with ServerProcess(*arguments, log=tmp_path / "log") as server:
        made = [
            post(server.url + versions_path(), auth=DEVELOPER, json=version()) for _ in range(8)
        ]
        assert [answer.status_code for answer in made] == [201] * 8
        for answer in made:
            again = get(server.url + answer.headers["location"], auth=DEVELOPER)
            assert again.json() == answer.json()
        assert server.stop() == 0
    numbers = [answer.json()["buildNumber"] for answer in made]
    assert numbers == list(range(numbers[0], numbers[0] + 8))
    with ServerProcess("serve", "--data", str(tmp_path), log=tmp_path / "log") as server:
        held = get(server.url + made[-1].headers["location"], auth=DEVELOPER)
        assert held.json() == made[-1].json()


def test_a_cursor_of_one_start_is_good_after_the_next(tmp_path: Path) -> None:
    succeed("load-demo", data=tmp_path)
    with ServerProcess("serve", "--data", str(tmp_path), log=tmp_path / "log") as server:
        page = get(f"{server.url}{versions_path()}?limit=2", auth=DEVELOPER).json()
    with ServerProcess("serve", "--data", str(tmp_path), log=tmp_path / "log") as server:
        following = get(server.url + page["links"]["next"], auth=DEVELOPER)
    assert following.status_code == 200
    assert following.json()["versions"][0]["buildNumber"] < page["versions"][-1]["buildNumber"]


def test_demo_data_is_loaded_into_an_empty_database_alone(tmp_path: Path) -> None:
    succeed("load-demo", data=tmp_path)
    emails = [line[1] for line in succeed("user", "list", data=tmp_path).lines]
    assert set(emails) > set(DEMO_PEOPLE)
    assert_one_sentence(tradepost("load-demo", data=tmp_path), "empty")
    assert [line[1] for line in succeed("user", "list", data=tmp_path).lines] == emails


@pytest.mark.parametrize(
    "used",
    [("user", "add", "pat@example.com"), ("developer-space", "create", "Tools")],
    ids=["person", "developer-space"],
)
def test_demo_data_is_refused_by_a_database_in_use(tmp_path: Path, used: tuple[str, ...]) -> None:
    succeed(*used, data=tmp_path)
    assert_one_sentence(tradepost("load-demo", data=tmp_path), "empty")
    assert succeed("app", "list", data=tmp_path).output == ""


def archive_people(data: Path) -> None:
    for email in DEMO_PEOPLE:
        succeed("user", "archive", email, data=data)


def revoke_tokens(data: Path) -> None:
    for email in DEMO_PEOPLE:
        for token_id, name, *_ in succeed("api-token", "list", email, data=data).lines:
            assert name == "laptop"
            succeed("api-token", "revoke", token_id, data=data)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
@pytest.mark.parametrize("settle", [archive_people, revoke_tokens])
def test_demo_credentials_keep_a_server_on_loopback_until_they_are_gone(
    tmp_path: Path, settle: Callable[[Path], None], host: str
) -> None:
    succeed("load-demo", data=tmp_path)
    arguments = ("serve", "--host", host, "--data", str(tmp_path))
    refused = tradepost(*arguments, "--port", str(free_port()))
    assert_one_sentence(refused, "demo credentials")
    settle(tmp_path)
    if host == "::":
        return  # a machine may have no IPv6 to serve on
    with ServerProcess(*arguments, log=tmp_path / "log") as server:
        assert get(f"{server.url}/readyz").status_code == 200
        answer = get(server.url + versions_path(), auth=DEVELOPER)
        assert (answer.status_code, codes(answer.json())) == (401, ["UNAUTHORIZED"])


def test_one_demo_token_is_enough_to_keep_a_server_on_loopback(tmp_path: Path) -> None:
    succeed("load-demo", data=tmp_path)
    for email in DEMO_PEOPLE[1:]:
        succeed("user", "archive", email, data=tmp_path)
    refused = tradepost("serve", "--host", "0.0.0.0", data=tmp_path)
    assert_one_sentence(refused, "demo credentials")


def test_a_demo_token_that_comes_back_opens_nothing_beyond_loopback(tmp_path: Path) -> None:
    succeed("load-demo", data=tmp_path)
    archive_people(tmp_path)
    arguments = ("serve", "--host", "0.0.0.0", "--data", str(tmp_path))
    with ServerProcess(*arguments, log=tmp_path / "log") as server:
        succeed("user", "unarchive", "admin@example.com", data=tmp_path)
        answer = get(f"{server.url}/admin/v1/people", auth=ADMINISTRATOR)
        assert (answer.status_code, codes(answer.json())) == (401, ["UNAUTHORIZED"])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_demo_credentials_are_served_on_loopback(tmp_path: Path, host: str) -> None:
    succeed("load-demo", data=tmp_path)
    arguments = ("serve", "--host", host, "--data", str(tmp_path))
    with ServerProcess(*arguments, log=tmp_path / "log") as server:
        answer = get(f"http://{host}:{server.port}{versions_path()}", auth=DEVELOPER)
        assert answer.status_code == 200


def test_flags_win_over_the_environment(tmp_path: Path) -> None:
    environment = {"TRADEPOST_PORT": "1", "TRADEPOST_DATA": str(tmp_path / "other")}
    arguments = ("serve", "--data", str(tmp_path / "data"))
    with ServerProcess(*arguments, log=tmp_path / "log", environment=environment) as server:
        assert get(f"{server.url}/healthz").status_code == 200
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("how", ["token", "person", "member"])
def test_what_a_command_takes_away_a_running_server_refuses(tmp_path: Path, how: str) -> None:
    succeed("load-demo", data=tmp_path)
    environment = {"TRADEPOST_SIGN_IN_CACHE_SECONDS": "0"}
    path = f"/rest/3/app-software/{ADDON_CLOUD}/tokens"
    arguments = ("serve", "--data", str(tmp_path))
    with ServerProcess(*arguments, log=tmp_path / "log", environment=environment) as server:
        assert get(server.url + path, auth=DEVELOPER).status_code == 200
        if how == "token":
            [[token_id, *_]] = succeed(
                "api-token", "list", "developer@example.com", data=tmp_path
            ).lines
            succeed("api-token", "revoke", token_id, data=tmp_path)
        elif how == "person":
            succeed("user", "archive", "developer@example.com", data=tmp_path)
        else:
            remove = ("developer-space", "remove-member", SPACE, "developer@example.com")
            succeed(*remove, data=tmp_path)
        status = get(server.url + path, auth=DEVELOPER).status_code
    assert status == (403 if how == "member" else 401)


def test_workers_end_when_the_process_that_started_them_is_killed(tmp_path: Path) -> None:
    with ServerProcess(
        "serve", "--data", str(tmp_path / "data"), "--workers", "2", log=tmp_path / "log"
    ) as server:
        assert answers(server.port)
        # Workers hold the same standard output: it ends when the last of them does.
        server.kill_and_read_to_the_end()
        assert not answers(server.port)


def test_port_0_takes_a_free_port_and_prints_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tradepost", "demo", "--port", "0"]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert demo.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", demo.stdout.readline())
        assert found
        assert found[1] != "0"
        assert answers(int(found[1]))
    finally:
        demo.terminate()
        demo.communicate(timeout=30)


def test_a_signal_to_all_processes_is_no_failure(tmp_path: Path) -> None:
    arguments = ["serve", "--data", str(tmp_path / "data"), "--workers", "2"]
    with ServerProcess(*arguments, log=tmp_path / "log") as server:
        for pid in (*server.children(), server.pid):
            os.kill(pid, signal.SIGTERM)
        assert server.stop() == 0
    assert "unexpectedly" not in (tmp_path / "log").read_text()


def test_workers_that_keep_dying_end_the_server_with_a_word(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with ServerProcess("serve", "--data", data, "--workers", "2", log=tmp_path / "log") as server:
        assert server.kill_workers_until_the_end() == 1
    *lines, last = (tmp_path / "log").read_text().splitlines()
    assert "Unexpected exit from worker" in "".join(lines)
    assert last.startswith("tradepost: worker processes ended unexpectedly")
