"""Downloads: which bytes are asked for next, what came, and the file that they go to.

An answer that breaks off is gone on with by a range request (RFC 9110, section 14), under the
condition that the file is still the same one.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import httpx2
import msgspec

from tradepost.client._errors import AnswerLostError, UnexpectedAnswerError
from tradepost.client._requests import Request

Target = str | os.PathLike[str] | BinaryIO
"""Where a download goes: a path, or a binary file, which is written from where it stands."""
Range = tuple[int, int | None]
"""The first and the last byte, both included, counted from 0; `None` for the end of the file."""

_CONTENT_RANGE: Final = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")


class Download:
    """Where a download stands. `received` bytes of `expected` are there (`None`: not known)."""

    def __init__(self, request: Request[bytes], wanted: Range | None):
        self._request = request
        self._first, self._last = wanted or (0, None)
        self._ranged = wanted is not None
        self._tag = ""
        self.received = 0
        self.expected: int | None = None
        if self._first < 0 or (self._last is not None and self._last < self._first):
            raise ValueError("a range is the first and the last byte, counted from 0")

    def next_request(self) -> Request[bytes]:
        """The request for what is still to come."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if self._ranged or self.received:
            last = "" if self._last is None else str(self._last)
            headers["Range"] = f"bytes={self._first + self.received}-{last}"
        if self.received and self._tag:
            headers["If-Range"] = self._tag
        return msgspec.structs.replace(self._request, headers=headers)

    def begin(self, response: httpx2.Response) -> None:
        """Look at the head of an answer; raises `UnexpectedAnswerError` for other bytes."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise self._unexpected(response, "its body is encoded, which was not asked for")
        length = response.headers.get("content-length", "")
        if self._ranged or self.received:
            found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
            start = self._first + self.received
            if response.status_code != 206 or found is None or int(found[1]) != start:
                raise self._unexpected(response, "it is not the range that was asked for")
            if self.expected is None:
                self.expected = int(found[2]) - self._first + 1
        elif response.status_code != 200:
            raise self._unexpected(response, "it is not the whole file that was asked for")
        elif length.isdigit():
            self.expected = int(length)
        tag = response.headers.get("etag", "")
        self._tag = tag if tag.startswith('"') else ""  # a weak one cannot be a condition

    def took(self, chunk: bytes) -> None:
        """Count bytes that are stored."""
        self.received += len(chunk)

    def end(self) -> AnswerLostError | None:
        """At the end of an answer: what is wrong where bytes are missing."""
        if self.expected is None or self.received >= self.expected:
            return None
        reason = f"{self.received} of {self.expected} bytes came"
        return AnswerLostError(self._request.method, self._request.path, reason)

    def _unexpected(self, response: httpx2.Response, detail: str) -> UnexpectedAnswerError:
        status = response.status_code
        return UnexpectedAnswerError(self._request.method, self._request.path, status, detail)


def write_all(file: BinaryIO, data: bytes) -> None:
    """Write all of some bytes, also to a file without a buffer, which may take less at once."""
    left = memoryview(data)
    while left:
        written = file.write(left)
        left = left[written:]


@contextmanager
def opened(target: Target) -> Iterator[BinaryIO]:
    """The file to write to. A path has the whole download at the end, or is left as it was."""
    if not isinstance(target, str | os.PathLike):
        yield target
        return
    path = Path(target)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            yield file
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
