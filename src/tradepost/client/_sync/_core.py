# Made by `make client` from _async/_core.py. Do not edit.
"""How requests travel: built, sent, sent again where that is safe, and read."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx2

from tradepost.client import _answers, _requests
from tradepost.client._errors import (
    NotTradepostError,
    TradepostError,
    UnexpectedAnswerError,
    transport_error,
)
from tradepost.client._requests import Query, Request
from tradepost.client._retries import RETRIES, Attempts, Retries, Sleep
from tradepost.client._sync._streams import Upload

T = TypeVar("T")
E = TypeVar("E")

_log: Final = logging.getLogger("tradepost.client")


class Core:
    """What all groups of operations share. See `Client`."""

    def __init__(
        self,
        base_url: str,
        auth: tuple[str, str] | None = None,
        *,
        timeout: float | httpx2.Timeout = _requests.TIMEOUT,
        retries: Retries = RETRIES,
        transport: httpx2.BaseTransport | None = None,
        http: httpx2.Client | None = None,
        sleep: Sleep = time.sleep,
    ):
        if http is not None and transport is not None:
            raise ValueError("a transport belongs into the http client that is given")
        self.base_url = _requests.base_url(base_url)
        self.server_version: str | None = None
        """The version of Tradepost that answers; `None` before it has, and for other servers."""
        self._auth = _requests.basic_auth(auth)
        self._retries = retries
        self._sleep = sleep
        self._http_is_ours = http is None
        self._http = http or httpx2.Client(timeout=timeout, transport=transport)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; an `http` client that was given stays open."""
        if self._http_is_ours:
            self._http.close()

    def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Send anything, as it is: for tests, and for what has no method here.

        The base URL is put before `path` (which starts with `/`), and the credentials are sent.
        `options` are those of `httpx2.Client.request`. No answer is an error, and nothing is
        sent again; errors of transport are those of httpx2.
        """
        if not path.startswith("/"):  # it could lead to another host, with the credentials
            raise ValueError("a path starts with /")
        sent = {"auth": self._auth, **options}
        response = self._http.request(method, self.base_url + path, **sent)
        self._note(response)
        return response

    def _call(self, request: Request[T]) -> T:
        """Send a request, and read its answer as what it expects."""
        response = self._exchange(request)
        if request.reread is not None and not response.content:
            location = response.headers.get("location", "")
            return self._call(_requests.rereading(request, response.status_code, location))
        return _answers.value(request, response.status_code, response.content)

    def _validate(self, request: Request[T]) -> T:
        """What a write would write. Only Tradepost can tell; any other server would write it."""
        if self.server_version is None:
            self._exchange(_requests.HARMLESS)
        if self.server_version is None:
            raise NotTradepostError(
                "only a Tradepost server can validate without writing, and "
                f"{self.base_url} does not say that it is one; nothing was sent"
            )
        sent = _requests.validating(request)
        return _answers.validated(sent, self._exchange(sent))

    def _walk(
        self, request: Request[T], read: Callable[[T], tuple[Sequence[E], Query | None]]
    ) -> Iterator[E]:
        """The elements of a list, page by page, from the page of a request on.

        `read` says what a page has, and the query of the page after it.
        """
        while True:
            elements, query = read(self._call(request))
            yield from elements
            if query is None:
                return
            request = _requests.following(request, query)

    def _exchange(self, request: Request[Any]) -> httpx2.Response:
        """The good answer to a request, read to its end."""
        attempts = Attempts(self._retries, request.repeatable)
        while True:
            answer = self._attempt(request)
            if isinstance(answer, httpx2.Response):
                return answer
            # Tradepost does nothing twice for one key; of another server nobody knows.
            if self.server_version is not None and _requests.IDEMPOTENCY_KEY in request.headers:
                attempts.repeatable = True
            self._pause(attempts, answer)

    def _pause(self, attempts: Attempts, failure: TradepostError) -> None:
        """Wait before the next attempt; raises the failure where there is none."""
        wait = attempts.wait_after(failure)
        if wait is None:
            raise failure
        _log.debug("%s; trying again in %.2f s", failure, wait)
        self._sleep(wait)

    def _attempt(
        self, request: Request[Any], *, stream: bool = False
    ) -> httpx2.Response | TradepostError:
        """Send a request once: the good answer, or what went wrong.

        With `stream`, the body of a good answer is still to be read, and the answer to be closed.
        """
        try:
            response = self._sent(request, stream)
            if response.is_success:
                return response
            response.read()
        except httpx2.TooManyRedirects:
            detail = "it sends around in circles"
            return UnexpectedAnswerError(request.method, request.path, 302, detail)
        except httpx2.RequestError as error:
            failure = transport_error(request.method, request.path, error)
            failure.__cause__ = error
            return failure
        return _answers.error(request.method, request.path, response)

    def _sent(self, request: Request[Any], stream: bool) -> httpx2.Response:
        """The answer to a request, wherever its redirects lead.

        Credentials go to the server itself alone: httpx2 leaves them out of a request to another
        one. What the address itself entitles to stays out of the log.
        """
        response = self._http.send(
            self._built(request), auth=self._auth, stream=stream, follow_redirects=False
        )
        self._note(response)
        # Only what reads may be sent to another address than the one that was meant.
        for _ in range(self._http.max_redirects if request.method == "GET" else 0):
            if response.next_request is None:
                return response
            following = response.next_request
            response.read()  # so that the connection can be used again
            following.url = _requests.MaskedUrl(following.url)
            response = self._http.send(following, auth=None, stream=stream, follow_redirects=False)
            self._note(response)
        if request.method == "GET" and response.next_request is not None:
            response.close()
            raise httpx2.TooManyRedirects("too many redirects", request=response.request)
        return response

    def _built(self, request: Request[Any]) -> httpx2.Request:
        timeout = self._http.timeout
        if timeout.read is not None and timeout.read < request.answer_seconds:
            times = {**timeout.as_dict(), "read": request.answer_seconds}
            timeout = httpx2.Timeout(**times)
        form = request.form
        try:
            built = self._http.build_request(
                request.method,
                self.base_url + request.path,
                params=request.query or None,
                headers=_requests.headers(request),
                content=request.content if form is None else Upload(form),
                timeout=timeout,
            )
        except httpx2.InvalidURL as error:  # an id of a hundred thousand characters, say
            raise ValueError(f"the path cannot be sent: {error}") from None
        built.url = _requests.MaskedUrl(built.url)
        return built

    def _note(self, response: httpx2.Response) -> None:
        """Note which server it is, unless another host than the base URL's has answered."""
        version = _answers.server_version(response.headers)
        if version is not None and response.url.host == httpx2.URL(self.base_url).host:
            self.server_version = version
