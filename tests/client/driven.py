"""Both clients through one face, so that a test is written once and runs on each."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Literal, Self

from tradepost.client import AsyncClient, Client

Twin = Literal["sync", "async"]
TWINS: tuple[Twin, ...] = ("sync", "async")


class Driven:
    """A client whose methods answer at once, whichever of the two it is.

    `run` runs coroutines of the asynchronous one, on an event loop of its own unless given.
    """

    def __init__(
        self,
        twin: Twin,
        base_url: str,
        *args: Any,
        run: Callable[[Any], Any] | None = None,
        **options: Any,
    ):
        self._runner = None if run or twin == "sync" else asyncio.Runner()
        self._run = run or (self._runner.run if self._runner else _no_coroutines)
        self.waits: list[float] = []
        """What was waited between attempts, in seconds; nothing was slept."""
        if twin == "sync":
            self.client: Any = Client(base_url, *args, sleep=self.waits.append, **options)
        else:
            self.client = AsyncClient(base_url, *args, sleep=self._sleep, **options)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.client, name)
        if not callable(found):
            return found

        def call(*args: Any, **options: Any) -> Any:
            result = found(*args, **options)
            if isinstance(result, Coroutine):
                return self._run(result)
            return self._each(result) if isinstance(result, AsyncIterator) else result

        return call

    def _each(self, elements: AsyncIterator[Any]) -> Iterator[Any]:
        end = object()

        async def following() -> Any:
            return await anext(elements, end)

        while (element := self._run(following())) is not end:
            yield element

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self.client, Client):
            self.client.close()
        else:
            self._run(self.client.aclose())
        if self._runner is not None:
            self._runner.close()


def _no_coroutines(work: Any) -> Any:
    raise AssertionError(f"the synchronous client has no coroutines, and this is one: {work}")
