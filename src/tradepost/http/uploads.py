"""Uploads: the `file` of a `multipart/form-data` body, passed on while it arrives."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from tradepost.http.bodies import problem
from tradepost.http.call import Call
from tradepost.http.errors import (
    PAYLOAD_TOO_LARGE,
    REQUEST_TIMEOUT,
    UNSUPPORTED_MEDIA_TYPE,
    VALIDATION_ERROR,
    ApiError,
    fail,
)
from tradepost.http.file_names import clean_file_name

FIELD: Final = "file"
_REST: Final = 64 * 1024
"""How many bytes of a form may be anything but the file: boundaries, headers, other fields."""
_MOST_PARTS: Final = 32

Write = Callable[[bytes], Awaitable[None]]


async def receive_file(call: Call, write: Write, max_bytes: int, seconds: float) -> str:
    """Pass the bytes of a form's file on, as they come, and return the file's name.

    Other fields are ignored. Raises 413 as soon as the file is larger than `max_bytes` (nothing
    is read after that), 415 for another kind of body, 408 where it takes longer than `seconds`,
    and 400 where the form is damaged or breaks off, or has no file, or two. The caller is
    identified and authorised again after it.
    """
    parser = _parser(call)
    if call.declared_length > max_bytes + _REST:
        raise _too_large(max_bytes)
    try:
        async with asyncio.timeout(seconds):
            name = await _Form(parser, write, max_bytes).read(call)
    except TimeoutError:
        detail = f"an upload must be whole within {seconds:g} seconds"
        raise fail(REQUEST_TIMEOUT, detail) from None
    await call.authorise_again()
    if name is None:
        raise ApiError([problem(FIELD, "is required")])
    return name


class _Form:
    """A form on its way: knows which part it is in, and how much there has been."""

    def __init__(self, parser: Any, write: Write, max_bytes: int):
        self._parser = parser
        self._write = write
        self._max_bytes = max_bytes
        self._in_file = False
        self._name: str | None = None
        self._file_bytes = 0

    async def read(self, call: Call) -> str | None:
        """The name of the file, once all of it is passed on; `None` where there is none."""
        from multipart import MultipartError

        total = 0
        async for chunk in call.chunks():
            total += len(chunk)
            try:
                await self._parse(chunk)
            except MultipartError as bad:
                # Only its first words: the rest is what was sent, as Python shows it.
                raise _damaged(str(bad.args[0])) from None
            if total - self._file_bytes > _REST:
                raise _damaged("too much stands beside the file")
        try:
            self._parser.close()
        except MultipartError:
            raise _damaged("it breaks off before its end") from None
        return self._name

    async def _parse(self, chunk: bytes) -> None:
        from multipart import MultipartSegment

        if not chunk:  # which to the parser is the end
            return
        for event in self._parser.parse(chunk):
            if isinstance(event, MultipartSegment):
                self._in_file = event.name == FIELD
                if self._in_file and self._name is not None:
                    raise ApiError([problem(FIELD, "is there twice")])
                if self._in_file:
                    self._name = clean_file_name(event.filename, FIELD)
            elif event is not None and self._in_file:
                self._file_bytes += len(event)
                if self._file_bytes > self._max_bytes:
                    raise _too_large(self._max_bytes)
                await self._write(bytes(event))


def _parser(call: Call) -> Any:
    # Only here: it takes long to import, and the server starts without it.
    from multipart import PushMultipartParser, parse_options_header

    sent = call.headers.get(b"content-type", b"").decode("latin-1")
    kind, options = parse_options_header(sent)
    if kind != "multipart/form-data":
        raise fail(UNSUPPORTED_MEDIA_TYPE, "a file must be sent as multipart/form-data")
    boundary = options.get("boundary", "")
    if not 1 <= len(boundary) <= 70 or not boundary.isascii():
        raise _damaged("its Content-Type has no boundary")
    return PushMultipartParser(boundary, max_segment_count=_MOST_PARTS)


def _too_large(max_bytes: int) -> ApiError:
    return fail(PAYLOAD_TOO_LARGE, f"a file of this kind may have at most {max_bytes} bytes")


def _damaged(why: str) -> ApiError:
    return fail(VALIDATION_ERROR, f"the form is damaged: {why}")
