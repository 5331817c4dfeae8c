"""Bodies of uploads, read from a file while they are sent."""

from collections.abc import AsyncIterator

import httpx2

from tradepost.client._blocking import in_thread
from tradepost.client._forms import Form


class AsyncUpload(httpx2.AsyncByteStream):
    """A form, read in chunks. Each time it is sent, it is sent from the start."""

    def __init__(self, form: Form):
        self._form = form

    async def __aiter__(self) -> AsyncIterator[bytes]:
        form = self._form
        yield form.head
        await in_thread(form.rewind)
        sent = 0
        while sent < form.size:
            chunk = await in_thread(form.read, form.size - sent)
            yield chunk
            sent += len(chunk)
            if form.progress is not None:
                form.progress(sent, form.size)
        yield form.tail
