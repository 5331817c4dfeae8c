"""Downloads: conditional requests and ranges of a file that never changes (RFC 9110).

The bytes are sent from here, or the client is sent to where they are.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, Literal

from tradepost.blobs import Label
from tradepost.http.call import Answer, Call, Headers, StreamedAnswer
from tradepost.http.errors import RANGE_NOT_SATISFIABLE, fail

_RANGE: Final = re.compile(rb"bytes *= *([0-9]{0,18}) *- *([0-9]{0,18}) *", re.IGNORECASE)
_NOT_KEPT: Final = (b"cache-control", b"private, no-store")

Read = Callable[[int, int], AsyncIterator[bytes]]
"""Reads a file from a byte up to, not with, another."""
Link = Callable[[Literal["GET", "HEAD"]], Awaitable[str | None]]
"""A URL that answers a method with the file, if there is one."""


async def download(
    call: Call, read: Read, size: int, tag: str, label: Label, link: Link | None = None
) -> Answer:
    """The answer to a download: all of a file, one range of it, 304, or 302 to its link.

    `tag` stands for the file's bytes. Raises 416 for a range behind the end. Several ranges at
    once are answered with the whole file, as the RFC allows, and so is HEAD, as it demands.
    Raises what `read` raises before its first part, and what `link` raises.
    """
    etag = f'"{tag}"'.encode()
    headers: Headers = ((b"etag", etag), (b"accept-ranges", b"bytes"))
    if call.is_known(etag):
        return Answer(304, b"", headers)
    headers += (
        (b"content-type", label.media_type.encode()),
        (b"content-disposition", label.disposition.encode()),
    )
    wanted = call.headers.get(b"range")
    if_range = call.headers.get(b"if-range")
    if call.is_head or if_range not in (None, etag):
        wanted = None
    found = None if wanted is None else _range(wanted, size)
    # Who goes on with what was sent from here gets the rest from here: elsewhere it has another
    # validator.
    if link is not None and if_range != etag and not call.needs_bytes:
        url = await link("HEAD" if call.is_head else "GET")
        if url is not None:
            return Answer(302, b"", ((b"location", url.encode()), _NOT_KEPT))
    if found is None:
        status, start, end = 200, 0, size
    else:
        status, (start, end) = 206, found
        headers += ((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, size)),)
    parts = read(start, end)
    # Before the answer starts: a file that cannot be read is an error then, not an empty file.
    first = b"" if call.is_head else await anext(parts)
    return StreamedAnswer(status, headers, lambda: _chain(first, parts), end - start)


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in rest:
        yield part


def _range(sent: bytes, size: int) -> tuple[int, int] | None:
    """Start and end of the range asked for, or `None` where all of the file is to be sent."""
    match = _RANGE.fullmatch(sent.strip())
    if match is None or match[1] == match[2] == b"":
        return None
    if match[1] == b"":
        start, end = max(size - int(match[2]), 0), size
    else:
        start = int(match[1])
        end = min(int(match[2]) + 1, size) if match[2] else size
        if match[2] and int(match[2]) < start:  # which is no range at all
            return None
    if start >= end:
        unsatisfiable = ("content-range", f"bytes */{size}")
        raise fail(RANGE_NOT_SATISFIABLE, f"the file has only {size} bytes", unsatisfiable)
    return start, end
