"""Limits as clients meet them. Windows are a day long, so that no test sees one end."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.answers import refused
from tests.support.archives import plugin_jar
from tests.support.audit import count_lines
from tests.support.bodies import version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.uploads import form, part, send_form, stored, upload

PATH = "/rest/3/parent-software/jira"
DAY = 86_400


@pytest.fixture(params=[1, 2], ids=["one process", "several"])
def workers(request: pytest.FixtureRequest) -> int:
    """With several, counters are in the database. With PostgreSQL they always are."""
    number: int = request.param
    return number


def limited(folder: Path, engine: str, workers: int, **settings: Any) -> InProcess:
    """A server that believes whoever is before it where clients come from."""
    return InProcess(
        folder / "data", engine=engine, workers=workers, trusted_proxies="127.0.0.1", **settings
    )


def get(
    server: InProcess, auth: Auth, address: str = "192.0.2.1", path: str = PATH
) -> httpx2.Response:
    return server.get(path, auth, headers={"X-Forwarded-For": address})


def assert_too_many(answer: httpx2.Response, policy: str) -> None:
    refused(answer, 429, "TOO_MANY_REQUESTS")
    assert DAY - 100 < int(answer.headers["retry-after"]) <= DAY
    assert answer.headers["ratelimit-policy"] == policy


def test_a_person_has_so_many_reads(tmp_path: Path, engine: str, workers: int) -> None:
    with limited(tmp_path, engine, workers, read_limit="3 per day") as server:
        # The same one again and again: answers that are kept count as well.
        answers = [get(server, DEVELOPER, f"192.0.2.{number}") for number in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert [a.headers["ratelimit"].split(";")[1] for a in answers[:3]] == ["r=2", "r=1", "r=0"]
        for answer in answers[:3]:
            assert answer.headers["ratelimit-policy"] == '"reads";q=3;w=86400'
        assert_too_many(answers[3], '"reads";q=3;w=86400')
        assert get(server, OUTSIDER, "192.0.2.99").status_code == 200


def test_an_address_has_so_many_reads_whoever_asks(
    tmp_path: Path, engine: str, workers: int
) -> None:
    with limited(tmp_path, engine, workers, read_limit="3 per day") as server:
        callers: list[Auth] = [DEVELOPER, OUTSIDER, None, ADMINISTRATOR, None]
        answers = [get(server, auth) for auth in callers]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert get(server, None, "192.0.2.99").status_code == 200
        assert get(server, None, path="/healthz").status_code == 200
        assert server.request("HEAD", PATH, None).status_code == 200  # of another address


def test_one_write_too_many_is_not_done(tmp_path: Path, engine: str, workers: int) -> None:
    with limited(tmp_path, engine, workers, write_limit="2 per day") as server:
        before = count_lines(server)
        answers = [server.post(versions_path(), json=version()) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [201, 201, 429, 429]
        assert_too_many(answers[2], '"writes";q=2;w=86400')
        assert count_lines(server) == before + 2
        assert "ratelimit" not in server.get(versions_path()).headers


def jar(kilobytes: int) -> bytes:
    """A plugin of about that size that is like no other."""
    filler = random.Random(kilobytes).randbytes(kilobytes * 1000)
    return plugin_jar(extra_entries={"filler": filler})


def test_one_byte_too_many_is_not_read(tmp_path: Path, engine: str, workers: int) -> None:
    with limited(tmp_path, engine, workers, upload_limit="1 MB per day") as server:
        before = stored(server)[0]
        assert upload(server, jar(600)).status_code == 200
        assert_too_many(upload(server, jar(700)), '"uploads";q=1048576;qu="content-bytes";w=86400')
        assert upload(server, jar(100)).status_code == 200  # what was refused has used nothing up
        assert stored(server)[0] == before + 2


def test_an_upload_of_unknown_length_is_counted_as_it_comes(tmp_path: Path, engine: str) -> None:
    with limited(tmp_path, engine, 1, upload_limit="1 MB per day") as server:
        before = stored(server)

        async def parts(data: bytes) -> Any:
            yield form(part(data))

        for data, status in ((jar(600), 200), (jar(700), 429), (jar(100), 200)):
            answer = send_form(server, parts(data))
            assert answer.status_code == status, answer.text
        assert stored(server)[0] == before[0] + 2


def test_what_is_refused_unread_uses_nothing_up(tmp_path: Path, engine: str) -> None:
    settings = {"upload_limit": "1 MB per day", "artifact_bytes": 800_000}
    with limited(tmp_path, engine, 1, **settings) as server:
        for _ in range(3):
            assert upload(server, jar(900)).status_code == 413  # too large, however little was sent
            wrong = server.post("/rest/3/artifacts", content=jar(700))
            assert wrong.status_code == 415
        assert upload(server, jar(700)).status_code == 200


def test_failed_sign_ins_of_an_address_are_counted(
    tmp_path: Path, engine: str, workers: int
) -> None:
    with limited(tmp_path, engine, workers, sign_in_limit="2 per day") as server:
        wrong = [(f"guess{number}@example.com", "wrong") for number in range(4)]
        answers = [get(server, auth) for auth in wrong]
        assert [answer.status_code for answer in answers] == [401, 401, 429, 429]
        assert_too_many(answers[2], '"sign-ins";q=2;w=86400')
        assert get(server, DEVELOPER).status_code == 200  # a good token always works
        assert get(server, wrong[0], "192.0.2.99").status_code == 401


@pytest.fixture
def pair(tmp_path: Path, engine: str) -> Iterator[tuple[InProcess, InProcess]]:
    """Two processes of one server."""
    settings: dict[str, Any] = {"workers": 2, "read_limit": "3 per day"}
    folder = tmp_path / "data"
    with InProcess(folder, **settings) as one, InProcess(folder, demo=False, **settings) as other:
        yield one, other


def test_processes_count_together(pair: tuple[InProcess, InProcess]) -> None:
    answers = [pair[number % 2].get(PATH) for number in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]


def test_a_window_that_is_over_begins_anew(pair: tuple[InProcess, InProcess]) -> None:
    assert [pair[0].get(PATH).status_code for _ in range(4)] == [200, 200, 200, 429]

    async def work(transaction: Any) -> None:
        await transaction.execute("UPDATE rate_counter SET ends_at = 1")

    pair[0].run(pair[0].database.write(work))
    answer = pair[1].get(PATH)
    assert (answer.status_code, answer.headers["ratelimit"].split(";")[1]) == (200, "r=2")


def test_what_nobody_trusted_claims_lets_no_upload_through(tmp_path: Path) -> None:
    with InProcess(tmp_path / "data", upload_limit="1 MB per day") as server:
        through = {"X-Forwarded-For": "192.0.2.1"}
        assert upload(server, jar(600), headers=through).status_code == 200
        again = upload(server, jar(700), auth=ADMINISTRATOR, headers=through)
        assert_too_many(again, '"uploads";q=1048576;qu="content-bytes";w=86400')


def test_an_upload_that_can_never_pass_is_not_told_to_wait(tmp_path: Path, engine: str) -> None:
    with limited(tmp_path, engine, 1, upload_limit="1 MB per day") as server:

        async def parts() -> Any:
            yield form(part(jar(1200)))

        for answer in (upload(server, jar(1200)), send_form(server, parts())):
            [detail] = refused(answer, 413, "PAYLOAD_TOO_LARGE")
            assert detail.startswith("an upload may have at most 1 MB")
            assert "retry-after" not in answer.headers
        assert upload(server, jar(600)).status_code == 200


def test_past_so_many_writes_the_next_is_refused_at_once(tmp_path: Path, engine: str) -> None:
    with InProcess(tmp_path / "data", engine=engine, waiting_writes=2) as server:
        before = count_lines(server)
        sends = [server.send("POST", versions_path(), json=version()) for _ in range(20)]
        answers = server.at_once(*sends)
        busy = [answer for answer in answers if answer.status_code == 503]
        assert busy
        assert {answer.status_code for answer in answers} == {201, 503}
        for answer in busy:
            refused(answer, 503, "SERVICE_UNAVAILABLE")
            assert answer.headers["retry-after"] == "1"
        assert count_lines(server) == before + len(answers) - len(busy)
        assert server.post(versions_path(), json=version()).status_code == 201
