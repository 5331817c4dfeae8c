"""The limit: a bare ASGI callable that answers the same bytes to every request."""

from collections.abc import Awaitable, Callable
from typing import Any

from granian_server import arguments, serve


class Constant:
    """Answers a JSON document of so many bytes, whatever is asked."""

    def __init__(self, size: int):
        body = b'{"data":"%s"}' % (b"x" * (size - 11))
        self._start = {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", b"%d" % len(body)),
            ],
        }
        self._body = {"type": "http.response.body", "body": body}

    async def __call__(
        self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]
    ) -> None:
        if scope["type"] == "http":
            await send(self._start)
            await send(self._body)
        elif scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, required=True, help="bytes of the body")
    options = parser.parse_args()
    serve(Constant(options.size), options.port)
