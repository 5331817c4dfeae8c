"""A release that is broken off anywhere and run again: one version, one listing, one artifact."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.client import DEVELOPER
from tests.support.process import ServerProcess
from tests.support.proxy import Fault, Proxy
from tests.support.releases import (
    assert_released_once,
    fresh_number,
    project,
    run_release,
)
from tradepost.client import TradepostError

FAULTS: tuple[Fault, ...] = ("drop", "lose", "unavailable")


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "from-then-on"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_release_that_fails_at_any_request_is_gone_on_with(
    fault: Fault, lasts: bool, server: ServerProcess, proxy: Proxy, data: Path, tmp_path: Path
) -> None:
    failed = 0
    for request in itertools.count(1):
        file = project(tmp_path, fresh_number(), compatibility={"max": "latest"})
        proxy.reset()
        proxy.fault = faults_at(request, fault, lasts)
        try:
            run_release(proxy.url, file)
        except TradepostError:
            failed += 1
        reached = proxy.seen >= request
        proxy.reset()
        again = run_release(proxy.url, file)
        assert again.version.state == "active"
        assert_released_once(server, data, file)
        if not reached:
            break
    assert request > 8, "a release has more requests than this, and each was to fail"
    # What fails once is gone on with in the same run; a server that is gone ends it.
    assert failed == (request - 1 if lasts else 0)


def faults_at(request: int, fault: Fault, lasts: bool) -> Callable[[int], Fault]:
    return lambda number: fault if number == request or (lasts and number > request) else "none"


@pytest.mark.parametrize("number", ["SIGKILL", "SIGINT"])
def test_a_command_that_is_ended_after_any_request_is_gone_on_with(
    number: str, server: ServerProcess, proxy: Proxy, data: Path, tmp_path: Path
) -> None:
    for request in requests_to_end(number):
        file = project(tmp_path, fresh_number())
        proxy.reset()
        status, errors = run_and_end(proxy, file, request, signal.Signals[number])
        if number == "SIGINT" and status:
            assert status == 130
            assert errors.splitlines()[-1].startswith("tradepost: interrupted; run it again")
        reached = proxy.seen >= request
        proxy.reset()
        run_release(proxy.url, file)
        assert_released_once(server, data, file)
        if not reached:
            assert status == 0
            break


def requests_to_end(number: str) -> Iterator[int]:
    """Ctrl+C is handled alike everywhere: a look, the upload and a write stand for all."""
    return iter((2, 4, 5, 6)) if number == "SIGINT" else itertools.count(1)


def run_and_end(proxy: Proxy, file: Path, request: int, how: signal.Signals) -> tuple[int, str]:
    """Run the command, and end it when the server has done a request but not answered it."""
    email, token = DEVELOPER
    command = subprocess.Popen(
        [sys.executable, "-m", "tradepost", "release", str(file), "--url", proxy.url],
        env={**os.environ, "MARKETPLACE_EMAIL": email, "MARKETPLACE_API_TOKEN": token},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )

    def end(number: int) -> None:
        if number == request:
            command.send_signal(how)
            command.wait(timeout=30)

    proxy.answered = end
    _, errors = command.communicate(timeout=30)
    return command.returncode, errors


def test_a_create_whose_answer_is_lost_is_sent_again_with_its_key(
    server: ServerProcess, proxy: Proxy, data: Path, tmp_path: Path
) -> None:
    file = project(tmp_path, fresh_number())
    proxy.fault = lambda _: "lose" if writes_version(proxy) else "none"
    run_release(proxy.url, file)
    creates = [each for each in proxy.passed if each.writes and each.path.endswith("/versions")]
    assert len(creates) == 2
    assert_released_once(server, data, file)


def writes_version(proxy: Proxy) -> bool:
    """Whether the request at hand, which comes after the upload, is the first create."""
    paths = [each.path for each in proxy.passed]
    return bool(paths) and paths[-1] == "/rest/3/artifacts"


def test_two_releases_of_one_version_at_the_same_time_make_one(
    server: ServerProcess, data: Path, tmp_path: Path
) -> None:
    for _ in range(5):
        file = project(tmp_path, fresh_number())
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(run_release, [server.url] * 2, [file] * 2))
        assert {result.version.state for result in results} == {"active"}
        assert_released_once(server, data, file)
