"""What goes wrong between a client and a server.

    TradepostError                      everything that this package raises on purpose
    ├── TransportError                  there is no answer
    │   ├── ConnectionFailedError       nothing was sent
    │   │   └── ConnectionTimedOutError
    │   └── AnswerLostError             it was sent, and what became of it is unknown
    │       └── AnswerTimedOutError
    ├── ApiError                        the server says no
    │   ├── RefusedError                4xx: the request cannot be had as it is
    │   │   ├── BadRequestError         400
    │   │   ├── NotFoundError           404
    │   │   └── …                       one for each status, and below them for each code
    │   └── ServerError                 5xx: the server, or something before it, failed
    ├── UnexpectedAnswerError           there is an answer, but not one of the contract
    ├── NotTradepostError               this needs a Tradepost server, and it is none
    └── FileChangedError                a file changed while it was uploaded

`_error_codes.py` has the classes for statuses and codes. Messages never contain credentials,
access tokens or bodies; `body` holds what came.
"""

from collections.abc import Sequence
from typing import ClassVar

import httpx2
import msgspec


class TradepostError(Exception):
    """Everything that this package raises on purpose, but for wrong arguments (`ValueError`)."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


class TransportError(TradepostError):
    """There is no answer."""

    fate: ClassVar[str] = "has no answer"

    def __init__(self, method: str, path: str, reason: str):
        super().__init__(method, path, reason)
        self.method = method
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.fate}: {self.reason}"


class ConnectionFailedError(TransportError):
    """Nothing was sent, so nothing can have been done."""

    fate = "was not sent"


class ConnectionTimedOutError(ConnectionFailedError):
    """No connection was made, or none was free, in time; nothing was sent."""


class AnswerLostError(TransportError):
    """The request was sent, at least in part. Whether the server did it is unknown."""

    fate = "was sent, but its answer was lost, and what became of it is unknown"


class AnswerTimedOutError(AnswerLostError):
    """The request was sent, at least in part, and no answer came in time."""


class ErrorEntry(msgspec.Struct, frozen=True):
    """One problem of a request, as the server tells it. What it leaves out is empty.

    `id` also stands in the log of a Tradepost server; `status` is the HTTP status.
    """

    id: str
    status: int
    code: str
    title: str
    detail: str


class ApiError(TradepostError):
    """The server says no: `status`, and `errors` with an entry for each problem.

    `errors` is empty where the body is not an error of the contract, as from a proxy. `message`
    is then the title of the page, if it has one. `request_id` finds the request in the log of a
    Tradepost server. `retry_after` is how many seconds the server asks to wait. `body` is what
    came, as it came.
    """

    http_status: ClassVar[int] = 0
    """The status that the class is for; 0 for any."""
    code: ClassVar[str] = ""
    """The code that the class is for; empty for any."""

    def __init__(
        self,
        method: str,
        path: str,
        status: int,
        errors: Sequence[ErrorEntry] = (),
        message: str = "",
        request_id: str = "",
        retry_after: float | None = None,
        body: bytes = b"",
    ):
        super().__init__(method, path, status, errors, message, request_id, retry_after, body)
        self.method = method
        self.path = path
        self.status = status
        self.errors = tuple(errors)
        self.message = message
        self.request_id = request_id
        self.retry_after = retry_after
        self.body = body

    @property
    def codes(self) -> tuple[str, ...]:
        """The code of each entry."""
        return tuple(entry.code for entry in self.errors)

    def __str__(self) -> str:
        told = "; ".join(_told(entry) for entry in self.errors)
        reason = told or self.message or "the answer does not say why"
        whose = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.method} {self.path} was answered with {self.status}: {reason}{whose}"


class UnexpectedAnswerError(TradepostError):
    """There is an answer, but not one of the contract. `body` is what came, as it came."""

    def __init__(self, method: str, path: str, status: int, detail: str, body: bytes = b""):
        super().__init__(method, path, status, detail, body)
        self.method = method
        self.path = path
        self.status = status
        self.detail = detail
        self.body = body

    def __str__(self) -> str:
        return f"{self.method} {self.path} was answered with {self.status}, but {self.detail}"


class NotTradepostError(TradepostError):
    """This needs a Tradepost server, and the server does not say that it is one."""


class FileChangedError(TradepostError):
    """A file changed while it was uploaded."""


def transport_error(method: str, path: str, error: httpx2.RequestError) -> TransportError:
    """An error of httpx2 as ours: was anything sent or not?"""
    reason = str(error) or type(error).__name__
    kind: type[TransportError]
    match error:
        case httpx2.ConnectTimeout() | httpx2.PoolTimeout():
            kind = ConnectionTimedOutError
        case httpx2.ConnectError() | httpx2.ProxyError() | httpx2.UnsupportedProtocol():
            kind = ConnectionFailedError
        case httpx2.TimeoutException():
            kind = AnswerTimedOutError
        case _:
            kind = AnswerLostError
    if issubclass(kind, ConnectionFailedError):
        # Where to is half of what is wrong, as a rule.
        reason = f"{error.request.url.netloc.decode('ascii')}: {reason}"
    return kind(method, path, reason)


def _told(entry: ErrorEntry) -> str:
    text = entry.detail or entry.title
    if not text:
        return entry.code or "unknown"
    return f"{text} ({entry.code})" if entry.code else text
