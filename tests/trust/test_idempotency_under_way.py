"""The same key on requests that are under way together: in one process, and in two."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.support.answers import refused
from tests.support.audit import count_lines
from tests.support.bodies import version, versions_path
from tests.support.client import InProcess
from tests.support.scenes import new_software
from tradepost.http.call import Answer, Call
from tradepost.http.idempotency import Repeats

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[InProcess, InProcess]]:
    """Two servers on one database, as two workers or nodes are."""
    with InProcess(tmp_path / "data") as first, InProcess(tmp_path / "data", demo=False) as second:
        yield first, second


def headers(name: str) -> dict[str, str]:
    return {"Idempotency-Key": name}


def test_of_many_at_once_one_does_it_and_all_are_told(server: InProcess) -> None:
    path = versions_path(new_software(server))
    before = count_lines(server)
    sends = [server.send("POST", path, json=version(), headers=headers("k")) for _ in range(20)]
    answers = server.at_once(*sends)
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (201, answers[0].content)
    }
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 19
    assert server.get(path).json()["totalCount"] == 1
    assert count_lines(server) == before + 1


def test_one_whose_body_is_still_on_its_way_gets_the_answer_of_a_quicker_one(
    server: InProcess,
) -> None:
    path = versions_path(new_software(server))
    body = httpx2.Request("POST", "http://x", json=version()).content

    async def work() -> list[httpx2.Response]:
        may_go_on = asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield body[:10]
            await may_go_on.wait()
            yield body[10:]

        sent = {"content-type": "application/json", **headers("slow")}
        first = asyncio.create_task(server.send("POST", path, content=slowly(), headers=sent))
        second = asyncio.create_task(server.send("POST", path, content=body, headers=sent))
        second_answer = await second
        may_go_on.set()
        return [await first, second_answer]

    first, second = server.run(work())
    assert (first.status_code, first.content) == (201, second.content)
    assert server.get(path).json()["totalCount"] == 1


def test_another_request_with_the_key_of_one_that_is_running_is_refused_at_once(
    server: InProcess,
) -> None:
    path = versions_path(new_software(server))
    answers = server.at_once(
        server.send("POST", path, json=version(), headers=headers("k")),
        server.send("POST", path, json=version(beta=True), headers=headers("k")),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert server.get(path).json()["totalCount"] == 1


def test_of_two_processes_one_does_it_and_both_are_told(
    servers: tuple[InProcess, InProcess],
) -> None:
    path = versions_path(new_software(servers[0]))
    names = [f"key-{number}" for number in range(20)]

    def send_all(server: InProcess) -> list[httpx2.Response]:
        sends = [server.send("POST", path, json=version(), headers=headers(k)) for k in names]
        return server.at_once(*sends)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(send_all, servers)
    assert [answer.status_code for answer in [*one, *other]] == [201] * 40
    assert [answer.content for answer in one] == [answer.content for answer in other]
    assert servers[0].get(path).json()["totalCount"] == 20


def test_two_processes_with_different_requests_do_one_of_them(
    servers: tuple[InProcess, InProcess],
) -> None:
    software = new_software(servers[0]), new_software(servers[0])  # so that no app is shared
    names = [f"key-{number}" for number in range(20)]

    def send_all(number: int) -> list[httpx2.Response]:
        server, path = servers[number], versions_path(software[number])
        sends = [server.send("POST", path, json=version(), headers=headers(k)) for k in names]
        return server.at_once(*sends)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(send_all, (0, 1))
    statuses = [{a.status_code, b.status_code} for a, b in zip(one, other, strict=True)]
    assert statuses == [{201, 422}] * 20
    made = [servers[0].get(versions_path(each)).json()["totalCount"] for each in software]
    assert sum(made) == 20


def test_who_waits_too_long_is_told_to_come_again(server: InProcess) -> None:
    path = versions_path(new_software(server))
    dispatcher = server.tradepost.dispatcher
    dispatcher._repeats = Repeats(dispatcher._writer, wait_seconds=0.0)
    counted = Counter[int]()

    async def work() -> list[httpx2.Response]:
        sends = [server.send("POST", path, json=version(), headers=headers("k")) for _ in range(2)]
        return await asyncio.gather(*sends)

    answers = server.run(work())
    counted.update(answer.status_code for answer in answers)
    assert counted == {201: 1, 409: 1}
    late = next(answer for answer in answers if answer.status_code == 409)
    refused(late, 409, "IDEMPOTENCY_KEY_IN_USE")
    assert int(late.headers["retry-after"]) > 0
    again = server.post(path, json=version(), headers=headers("k"))
    assert again.headers["idempotent-replayed"] == "true"


def test_a_request_that_breaks_off_frees_its_key(server: InProcess) -> None:
    """The server fails in the middle: who asks again has it done."""
    path = versions_path(new_software(server))
    route = server.tradepost.dispatcher._router.by_name["createAppSoftwareVersion"]
    handler = route.handler

    async def failing(call: Call) -> Answer:
        raise RuntimeError("broken")

    route.handler = failing
    assert server.post(path, json=version(), headers=headers("k")).status_code == 500
    route.handler = handler
    answer = server.post(path, json=version(), headers=headers("k"))
    assert (answer.status_code, "idempotent-replayed" in answer.headers) == (201, False)
