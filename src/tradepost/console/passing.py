"""Downloads on their way through the console: the API's own answer, of which nothing is held."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from starlette.responses import Response

from tradepost.http.call import Message, Receive, Send

Header = tuple[bytes, bytes]
Begin = Callable[[Receive, Send], Awaitable[None]]


class PassedOn(Response):
    """An answer that begins when it is sent, and is sent as it comes.

    The headers that pages have are added where the answer says nothing else. Whether it succeeds
    is not known beforehand: ask first, where a page should tell why it does not.
    """

    def __init__(self, begin: Begin, headers: Mapping[str, str] | None = None):
        super().__init__(headers=headers)
        self._begin = begin
        del self.headers["content-length"]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self.merged(message["headers"])}
            await send(message)

        await self._begin(receive, send_on)

    def merged(self, answered: Iterable[Header]) -> list[Header]:
        """The headers that are sent, of those of the answer and of pages."""
        headers = list(answered)
        known = {name.lower() for name, _ in headers}
        return [*headers, *(pair for pair in self.raw_headers if pair[0] not in known)]
