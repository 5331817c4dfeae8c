"""Calls of an operation, put together by hand, for what handlers share."""

from collections.abc import Iterable, Mapping

from tradepost.http.call import ANONYMOUS, Answer, Call
from tradepost.http.operations import declared_by, operation


class _Api:
    @operation("POST", "/files", group="Files", summary="Upload a file", upload=True, answers={})
    async def upload_file(self, call: Call) -> Answer:
        return Answer(200)


[OPERATION] = declared_by(_Api)


class Body:
    """What an HTTP server hands on of a body: parts, and then its end, or that the client left.

    `taken` counts the parts that were asked for.
    """

    def __init__(self, parts: Iterable[bytes], *, whole: bool = True):
        self._parts = iter(parts)
        self._whole = whole
        self.taken = 0

    async def receive(self) -> Mapping[str, object]:
        for part in self._parts:
            self.taken += 1
            return {"type": "http.request", "body": part, "more_body": True}
        if self._whole:
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.disconnect"}


def call(
    method: str = "GET", headers: Mapping[str, str] | None = None, body: Body | None = None
) -> Call:
    """A call with some headers and a body, of nobody."""
    sent = {name.encode(): value.encode("latin-1") for name, value in (headers or {}).items()}
    receive = (body or Body([])).receive
    scope = {
        "type": "http",
        "method": method,
        "query_string": b"",
        "headers": list(sent.items()),
    }
    return Call(OPERATION, scope, receive, sent, {}, "/files", ANONYMOUS)
