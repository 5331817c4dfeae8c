# Made by `make client` from _async/_streams.py. Do not edit.
"""Bodies of uploads, read from a file while they are sent."""

from collections.abc import Iterator

import httpx2

from tradepost.client._blocking import here
from tradepost.client._forms import Form


class Upload(httpx2.SyncByteStream):
    """A form, read in chunks. Each time it is sent, it is sent from the start."""

    def __init__(self, form: Form):
        self._form = form

    def __iter__(self) -> Iterator[bytes]:
        form = self._form
        yield form.head
        here(form.rewind)
        sent = 0
        while sent < form.size:
            chunk = here(form.read, form.size - sent)
            yield chunk
            sent += len(chunk)
            if form.progress is not None:
                form.progress(sent, form.size)
        yield form.tail
