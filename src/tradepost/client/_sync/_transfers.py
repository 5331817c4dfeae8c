# Made by `make client` from _async/_transfers.py. Do not edit.
"""Files on their way: uploads and downloads, never whole in memory."""

from typing import BinaryIO, TypeVar

import httpx2

from tradepost.client._blocking import here
from tradepost.client._downloads import Download, Range, Target, opened, write_all
from tradepost.client._errors import TradepostError, transport_error
from tradepost.client._forms import Progress, Source, form, name_of, open_source
from tradepost.client._requests import LONG, Request
from tradepost.client._retries import Attempts
from tradepost.client._sync._core import Core

T = TypeVar("T")


class Transfers(Core):
    """How files are sent and received."""

    def _upload(
        self,
        path: str,
        source: Source,
        name: str | None,
        answer: type[T],
        progress: Progress | None,
        *,
        repeatable: bool = False,
    ) -> T:
        """Upload a file in a form. A source that is open already stays so."""
        file = here(open_source, source)
        try:
            request = Request(
                method="POST",
                path=path,
                answer=answer,
                form=form(file, name or name_of(source), progress),
                repeatable=repeatable,
                answer_seconds=LONG,
            )
            return self._call(request)
        finally:
            if file is not source:
                file.close()

    def _download(
        self,
        request: Request[bytes],
        target: Target,
        wanted: Range | None,
        progress: Progress | None,
    ) -> int:
        """Download to a file; how many bytes came. An answer that breaks off is gone on with."""
        download = Download(request, wanted)
        attempts = Attempts(self._retries, repeatable=True)
        with opened(target) as file:
            while True:
                failure = self._receive(download, file, progress)
                if failure is None:
                    return download.received
                self._pause(attempts, failure)

    def _receive(
        self, download: Download, file: BinaryIO, progress: Progress | None
    ) -> TradepostError | None:
        """Ask for what is still to come and store it, once; what went wrong, if anything."""
        request = download.next_request()
        answer = self._attempt(request, stream=True)
        if not isinstance(answer, httpx2.Response):
            return answer
        try:
            download.begin(answer)
            # As they come: chunks of a size are put together first, and lost where it breaks off.
            for chunk in answer.iter_raw():
                here(write_all, file, chunk)
                download.took(chunk)
                if progress is not None:
                    progress(download.received, download.expected or 0)
        except httpx2.RequestError as error:
            failure = transport_error(request.method, request.path, error)
            failure.__cause__ = error
            return failure
        finally:
            answer.close()
        return download.end()
