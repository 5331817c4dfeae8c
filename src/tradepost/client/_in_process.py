"""A transport that asks an ASGI application in this process, for the synchronous client.

The asynchronous client has `httpx2.ASGITransport` for that.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

import httpx2

T = TypeVar("T")


Application = Callable[[Any, Any, Any], Awaitable[None]]


class InProcessTransport(httpx2.BaseTransport):
    """Runs an ASGI application on an event loop in a thread of its own.

    With `lifespan`, the application is started before the first request and ended by `close`, as
    an HTTP server does. `patience` is how many seconds what it does on the side may take at the
    end. Bodies of answers are whole in memory.
    """

    def __init__(self, app: Application, *, lifespan: bool = False, patience: float = 5.0):
        self._patience = patience
        self._loop = asyncio.new_event_loop()
        self._thread: Final = threading.Thread(
            target=self._loop.run_forever, name="tradepost-in-process", daemon=True
        )
        self._thread.start()
        self._transport = httpx2.ASGITransport(app)
        self._life = _Life(app) if lifespan else None
        if self._life is not None:
            try:
                self._run(self._life.start())
            except BaseException:
                self._stop(patience=0)
                raise

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._run(self._answer(request))

    def close(self) -> None:
        """End the application where this has started it, and the thread.

        What the application still does on the side is waited for, and cancelled after `patience`.
        """
        if self._loop.is_closed():
            return
        try:
            if self._life is not None:
                self._run(self._life.end())
        finally:
            self._stop(self._patience)

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        assert isinstance(request.stream, httpx2.SyncByteStream)
        sent = httpx2.Request(
            request.method,
            request.url,
            headers=request.headers,
            stream=_Body(request.stream),
            extensions=request.extensions,
        )
        answer = await self._transport.handle_async_request(sent)
        assert isinstance(answer.stream, httpx2.AsyncByteStream)
        body = b"".join([chunk async for chunk in answer.stream])
        return httpx2.Response(
            answer.status_code, headers=answer.headers, stream=httpx2.ByteStream(body)
        )

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self, patience: float) -> None:
        self._run(_finish(patience))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _finish(patience: float) -> None:
    """Wait for what is still under way on this loop, cancel what takes too long, end threads."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        _, late = await asyncio.wait(left, timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
    loop = asyncio.get_running_loop()
    await loop.shutdown_asyncgens()
    await loop.shutdown_default_executor()


class _Body(httpx2.AsyncByteStream):
    """A body that is read as it is sent; the thread that sends it waits meanwhile."""

    def __init__(self, body: httpx2.SyncByteStream):
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._body:
            yield chunk


class _Life:
    """The lifespan protocol of ASGI."""

    def __init__(self, app: Application):
        self._app = app
        self._told: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task: asyncio.Future[None] | None = None

    async def start(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}}
        self._task = asyncio.ensure_future(self._app(scope, self._told.get, self._answers.put))
        await self._tell("lifespan.startup")

    async def end(self) -> None:
        await self._tell("lifespan.shutdown")
        assert self._task is not None
        await self._task

    async def _tell(self, what: str) -> None:
        assert self._task is not None
        await self._told.put({"type": what})
        answer = asyncio.create_task(self._answers.get())
        await asyncio.wait((answer, self._task), return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            await self._task  # which raises why the application has ended
            raise RuntimeError(f"the application ended at {what}")
        if answer.result()["type"] != f"{what}.complete":
            raise RuntimeError(f"{what} failed: {answer.result().get('message', '')}")
