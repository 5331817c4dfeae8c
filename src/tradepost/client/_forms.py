"""Forms with one file, for uploads: their length is known before they are sent.

Source: RFC 7578; names of files are escaped as browsers do (WHATWG HTML, "multipart/form-data").
"""

import mimetypes
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from tradepost.client._errors import FileChangedError

Source = str | os.PathLike[str] | BinaryIO
"""What can be uploaded: the path of a file, or a binary file that can seek."""
Progress = Callable[[int, int], None]
"""Told how many bytes of a file are over, of how many."""

CHUNK: Final = 256 * 1024
"""How many bytes of a file are read at once."""


class Form(msgspec.Struct, frozen=True):
    """A form with one file in the field `file`. It can be sent again from its start.

    `start` is where in the file the upload begins, and `size` how many bytes it has from there.
    """

    file: BinaryIO
    start: int
    size: int
    head: bytes
    tail: bytes
    content_type: str
    progress: Progress | None = None

    @property
    def length(self) -> int:
        """How many bytes the whole form has."""
        return len(self.head) + self.size + len(self.tail)

    def rewind(self) -> None:
        """Go back to where the upload begins."""
        self.file.seek(self.start)

    def read(self, left: int) -> bytes:
        """Some of the `left` bytes that are still to come.

        Raises `FileChangedError` where the file ends before them.
        """
        chunk = self.file.read(min(CHUNK, left))
        if not chunk:
            raise FileChangedError("the file became shorter while it was uploaded")
        return chunk


def open_source(source: Source) -> BinaryIO:
    """The file of a source; one that is open already stays as it is."""
    if isinstance(source, str | os.PathLike):
        return Path(source).open("rb")
    return source


def name_of(source: Source) -> str:
    """The name under which a source is uploaded where none is given."""
    where = source if isinstance(source, str | os.PathLike) else getattr(source, "name", None)
    found = Path(where).name if isinstance(where, str | os.PathLike) else ""
    return found or "upload"


def form(file: BinaryIO, name: str, progress: Progress | None = None) -> Form:
    """The form that uploads a file from its present position to its end.

    Raises `ValueError` for a file that is not binary or cannot seek: its length must be known
    before it is sent, and it may have to be sent again.
    """
    nothing: object = file.read(0)
    if not isinstance(nothing, bytes):
        raise ValueError("a file to upload must be opened in binary mode")
    if not file.seekable():
        raise ValueError("a file to upload must be able to seek; store the stream in a file first")
    start = file.tell()
    size = file.seek(0, os.SEEK_END) - start
    file.seek(start)
    boundary = secrets.token_hex(16)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
        f'filename="{_escaped(name)}"\r\nContent-Type: {kind}\r\n\r\n'
    )
    tail = f"\r\n--{boundary}--\r\n"
    content_type = f"multipart/form-data; boundary={boundary}"
    return Form(file, start, max(size, 0), head.encode(), tail.encode(), content_type, progress)


def _escaped(name: str) -> str:
    for character, escape in (("\r", "%0D"), ("\n", "%0A"), ('"', "%22")):
        name = name.replace(character, escape)
    return name
