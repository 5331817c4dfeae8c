"""A change and its line in the audit: neither is ever there without the other."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import apsw
import httpx2
import pytest
from asyncpg import exceptions

from tests.support.audit import count_lines, every_line
from tests.support.bodies import version, versions_path
from tests.support.client import ADMINISTRATOR, InProcess
from tests.support.scenes import new_software
from tradepost.database import Transaction
from tradepost.database.sqlite import SqliteDatabase
from tradepost.trust import store

Work = Callable[[Transaction], Awaitable[Any]]


def sends(server: InProcess, path: str) -> list[Any]:
    """Good and bad requests in turn, which are in the writer's queue together."""
    bodies = [version(), version(buildNumber=1, versionNumber="1.0.0"), {}, version(draft=True)]
    return [server.send("POST", path, json=bodies[number % 4]) for number in range(60)]


def check(server: InProcess, path: str, answers: list[httpx2.Response], before: int) -> None:
    """What was answered with success is there, with its line, and nothing else is."""
    good = [answer for answer in answers if answer.status_code == 201]
    made = {answer.json()["buildNumber"] for answer in good}
    software = path.split("/")[4]
    rows = server.run(
        server.database.rows(
            "SELECT v.build_number FROM app_software_version v "
            "JOIN app_software w ON w.pk = v.app_software_pk WHERE w.id = $1",
            software,
        )
    )
    assert {build for (build,) in rows} == made
    lines = [e for e in every_line(server) if e["action"] == "createAppSoftwareVersion"]
    assert {line["target"]["id"] for line in lines} == {f"{software}/{build}" for build in made}
    assert {line["requestId"] for line in lines} == {a.headers["x-request-id"] for a in good}
    assert count_lines(server) == before + len(good)


async def in_one_group(database: SqliteDatabase, sends: list[Any], last: Work) -> list[Any]:
    """Let requests and a last unit of work wait for the writer together, so that they share a
    commit; the answers."""
    begun, gate = threading.Event(), threading.Event()

    async def holding(_: Transaction) -> None:
        begun.set()
        gate.wait()

    held = asyncio.create_task(database.write(holding))
    try:
        async with asyncio.timeout(30):
            # Not before: else the writer could take some of the requests along with it.
            while not begun.is_set():  # noqa: ASYNC110
                await asyncio.sleep(0)
            tasks = [asyncio.create_task(each) for each in sends]
            while database._queue.qsize() < len(tasks):  # noqa: ASYNC110 (a thread's, tells nobody)
                await asyncio.sleep(0)
        end = asyncio.create_task(database.write(last))
        await asyncio.sleep(0)
    finally:
        gate.set()
    await asyncio.wait([held, end])
    end.exception()
    return await asyncio.gather(*tasks)


async def _nothing(_: Transaction) -> None:
    return


async def _full(_: Transaction) -> None:
    raise apsw.FullError("the disk is full")


def test_writes_that_are_under_way_together_with_refused_ones(server: InProcess) -> None:
    path = versions_path(new_software(server))
    before = count_lines(server)
    answers = server.at_once(*sends(server, path))
    assert {answer.status_code for answer in answers} == {201, 400}
    check(server, path, answers, before)


def test_in_a_group_commit_refused_writes_leave_nothing_and_others_both(tmp_path: Path) -> None:
    with InProcess(tmp_path / "data", engine="sqlite") as server:
        assert isinstance(server.database, SqliteDatabase)
        path = versions_path(new_software(server))
        before = count_lines(server)
        answers = server.run(in_one_group(server.database, sends(server, path), _nothing))
        assert {answer.status_code for answer in answers} == {201, 400}
        check(server, path, answers, before)


def test_a_group_commit_that_fails_leaves_neither(tmp_path: Path) -> None:
    """The disk is full at the end of a group: all of it is undone, and told."""
    with InProcess(tmp_path / "data", engine="sqlite") as server:
        assert isinstance(server.database, SqliteDatabase)
        path = versions_path(new_software(server))
        before = count_lines(server)
        answers = server.run(in_one_group(server.database, sends(server, path), _full))
        assert {answer.status_code for answer in answers} == {503}
        check(server, path, answers, before)
        answers = server.at_once(*sends(server, path))
        check(server, path, answers, before)


def test_a_line_that_cannot_be_written_takes_the_change_along(server: InProcess) -> None:
    """On either engine, and with a key: after it, the same request can be sent again."""
    path = versions_path(new_software(server))
    before = count_lines(server)
    key = {"Idempotency-Key": "k"}
    ddl = "ALTER TABLE audit RENAME TO audit_away"
    back = "ALTER TABLE audit_away RENAME TO audit"

    async def run(statement: str) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(statement)

        await server.database.write(work)

    server.run(run(ddl))
    assert server.post(path, json=version(), headers=key).status_code == 500
    server.run(run(back))
    assert server.get(path).json()["totalCount"] == 0
    answer = server.post(path, json=version(), headers=key)
    assert (answer.status_code, "idempotent-replayed" in answer.headers) == (201, False)
    check(server, path, [answer], before)


def test_a_unit_of_work_that_is_run_again_leaves_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL may end a transaction in favour of another one; then it is run anew."""
    attempts = 0
    record = store.record

    async def failing(transaction: Transaction, *values: Any) -> None:
        nonlocal attempts
        await record(transaction, *values)
        attempts += 1
        if attempts < 3:
            raise exceptions.DeadlockDetectedError("deadlock detected")

    with InProcess(tmp_path / "data", engine="postgresql") as server:
        path = versions_path(new_software(server))
        before = count_lines(server)
        monkeypatch.setattr(store, "record", failing)
        answer = server.post(path, json=version(), headers={"Idempotency-Key": "k"})
        assert (answer.status_code, attempts) == (201, 3)
        check(server, path, [answer], before)
        again = server.post(path, json=version(), headers={"Idempotency-Key": "k"})
        assert again.content == answer.content
        assert server.get("/admin/v1/audit", ADMINISTRATOR).status_code == 200
