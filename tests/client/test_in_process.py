"""The transport that asks an ASGI application in this process."""

import asyncio
import threading
from typing import Any

import pytest

from tradepost.client import Client, InProcessTransport


class Application:
    """Answers with the body that it gets, and notes what happens to it."""

    def __init__(self, fails_at: str = "") -> None:
        self.fails_at = fails_at
        self.told: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        name = threading.current_thread().name.encode()
        headers = [(b"x-thread", name), (b"x-path", scope["raw_path"])]
        await send({"type": "http.response.start", "status": 418, "headers": headers})
        await send({"type": "http.response.body", "body": body[:3], "more_body": True})
        await send({"type": "http.response.body", "body": body[3:]})

    async def live(self, receive: Any, send: Any) -> None:
        for _ in range(2):
            what = (await receive())["type"]
            self.told.append(what)
            if self.fails_at == f"{what} by raising":
                raise KeyError(what)
            if self.fails_at == f"{what} by ending":
                return
            failed = self.fails_at == what
            kind = f"{what}.{'failed' if failed else 'complete'}"
            await send({"type": kind, "message": "no database"} if failed else {"type": kind})


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "in-process" in thread.name]


def test_an_application_answers_in_a_thread_of_its_own() -> None:
    transport = InProcessTransport(Application())
    with Client("http://x.test/marketplace", transport=transport) as client:
        answer = client.request("POST", "/a%20b", content=iter([b"hel", b"lo"]))
        assert (answer.status_code, answer.content) == (418, b"hello")
        assert answer.headers["x-path"] == "/marketplace/a%20b"
        assert threads() == [answer.headers["x-thread"]]
    assert threads() == []


def test_it_has_no_life_unless_asked_for() -> None:
    application = Application()
    InProcessTransport(application).close()
    assert application.told == []


def test_it_is_started_and_ended() -> None:
    application = Application()
    transport = InProcessTransport(application, lifespan=True)
    assert application.told == ["lifespan.startup"]
    transport.close()
    transport.close()
    assert application.told == ["lifespan.startup", "lifespan.shutdown"]
    assert threads() == []


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        ("lifespan.startup", RuntimeError, "no database"),
        ("lifespan.startup by raising", KeyError, "lifespan.startup"),
        ("lifespan.startup by ending", RuntimeError, "ended at lifespan.startup"),
    ],
)
def test_a_start_that_fails_is_told(how: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        InProcessTransport(Application(how), lifespan=True)
    assert threads() == []


def test_what_is_still_under_way_ends_with_it() -> None:
    ended = threading.Event()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        task = asyncio.get_running_loop().create_task(work())
        tasks.add(task)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    tasks: set[asyncio.Task[None]] = set()
    transport = InProcessTransport(application, patience=0)
    with Client("http://x.test", transport=transport) as client:
        assert client.request("GET", "/").status_code == 204
        assert not ended.is_set()
    assert ended.is_set()


def test_what_ends_soon_is_waited_for() -> None:
    done = threading.Event()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        tasks.add(asyncio.get_running_loop().create_task(work()))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def work() -> None:
        await asyncio.to_thread(asked.wait)
        done.set()

    asked = threading.Event()
    tasks: set[asyncio.Task[None]] = set()
    with Client("http://x.test", transport=InProcessTransport(application, patience=60)) as client:
        client.request("GET", "/")
        asked.set()
    assert done.is_set()


def test_an_end_that_fails_is_told() -> None:
    transport = InProcessTransport(Application("lifespan.shutdown"), lifespan=True)
    with pytest.raises(RuntimeError, match=r"lifespan\.shutdown failed: no database"):
        transport.close()
    assert threads() == []
