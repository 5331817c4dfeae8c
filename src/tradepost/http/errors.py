"""The registry of error codes, and the one body that every error answer has.

Source: "Error body" and "Codes" in the contract's semantics. `docs/errors.md` is made from
this registry (`tradepost docs errors`), and a test holds the two together.
"""

import uuid
from collections.abc import Sequence
from typing import Final

import msgspec


class ErrorCode(msgspec.Struct, frozen=True):
    """One registered kind of error: its code, HTTP status, title, and when it happens."""

    code: str
    status: int
    title: str
    when: str


class ErrorEntity(msgspec.Struct, omit_defaults=True):
    """One problem of a request, as clients see it."""

    id: str
    status: str
    code: str
    title: str
    detail: str


class ErrorResponse(msgspec.Struct):
    """The body of every error answer."""

    errors: list[ErrorEntity]


REGISTRY: Final[dict[str, ErrorCode]] = {}


def _register(code: str, status: int, title: str, when: str) -> ErrorCode:
    REGISTRY[code] = ErrorCode(code, status, title, when)
    return REGISTRY[code]


INVALID_PARAMETER = _register(
    "INVALID_PARAMETER",
    400,
    "Invalid parameter",
    "A parameter of the path or the query has a value that it cannot have, a cursor is damaged "
    "or belongs to another request, or a filter contradicts the cursor sent with it.",
)
VALIDATION_ERROR = _register(
    "VALIDATION_ERROR",
    400,
    "Validation error",
    "The request body is not JSON, or a field of it is missing, of the wrong type, or breaks a "
    "rule; or what is written to is archived or in another state. There is one entry for each "
    "problem; `detail` starts with the path of the field.",
)
REVISION_MISMATCH = _register(
    "REVISION_MISMATCH",
    400,
    "Revision mismatch",
    "The `revision` of an update is not the one that the server holds now.",
)
UNAUTHORIZED = _register(
    "UNAUTHORIZED",
    401,
    "Unauthorized",
    "Credentials are missing, wrong, expired or revoked, or are not HTTP Basic. The answer "
    "carries `WWW-Authenticate: Basic`.",
)
FORBIDDEN = _register(
    "FORBIDDEN",
    403,
    "Forbidden",
    "The credentials are good, but the person is no member of the developer space, or no "
    "administrator where one is needed.",
)
NOT_FOUND = _register(
    "NOT_FOUND",
    404,
    "Not found",
    "No operation has this path, or an administered thing is unknown.",
)
APP_KEY_NOT_FOUND = _register(
    "APP_KEY_NOT_FOUND", 404, "App key not found", "No app has this app key."
)
APP_SOFTWARE_NOT_FOUND = _register(
    "APP_SOFTWARE_NOT_FOUND",
    404,
    "App software not found",
    "No app software has this id; a text that is no UUID is not found either.",
)
APP_SOFTWARE_VERSION_NOT_FOUND = _register(
    "APP_SOFTWARE_VERSION_NOT_FOUND",
    404,
    "App software version not found",
    "The app software has no version with this build number, or the caller may not see it.",
)
PARENT_SOFTWARE_NOT_FOUND = _register(
    "PARENT_SOFTWARE_NOT_FOUND",
    404,
    "Parent software not found",
    "No parent software has this id.",
)
PARENT_SOFTWARE_VERSION_NOT_FOUND = _register(
    "PARENT_SOFTWARE_VERSION_NOT_FOUND",
    404,
    "Parent software version not found",
    "The parent software has no version with this build or version number.",
)
METHOD_NOT_ALLOWED = _register(
    "METHOD_NOT_ALLOWED",
    405,
    "Method not allowed",
    "The path exists, but not with this method. `Allow` lists those it has.",
)
NOT_ACCEPTABLE = _register(
    "NOT_ACCEPTABLE", 406, "Not acceptable", "`Accept` leaves out `application/json`."
)
REQUEST_TIMEOUT = _register(
    "REQUEST_TIMEOUT", 408, "Request timeout", "A JSON body was not whole in time."
)
PAYLOAD_TOO_LARGE = _register(
    "PAYLOAD_TOO_LARGE", 413, "Payload too large", "A JSON body is larger than 1 MiB."
)
UNSUPPORTED_MEDIA_TYPE = _register(
    "UNSUPPORTED_MEDIA_TYPE",
    415,
    "Unsupported media type",
    "The body's `Content-Type` is not `application/json`, or its charset is not UTF-8.",
)
TOO_MANY_REQUESTS = _register(
    "TOO_MANY_REQUESTS",
    429,
    "Too many requests",
    "Too many sign-ins have failed at once. `Retry-After` says how many seconds to wait.",
)
INTERNAL_ERROR = _register(
    "INTERNAL_ERROR",
    500,
    "Internal error",
    "The server failed. The answer's `id` is in the server's log beside the cause.",
)
SERVICE_UNAVAILABLE = _register(
    "SERVICE_UNAVAILABLE",
    503,
    "Service unavailable",
    "The database cannot take the request now; nothing of it was stored. `Retry-After` says "
    "when to try again.",
)


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong with a request. `path` names the field, where there is one."""

    error: ErrorCode
    detail: str
    path: str = ""


class ApiError(Exception):
    """Ends a request with an error answer; raised by handlers with what `fail` makes.

    The answer's status is that of the first problem; all problems of one answer share it.
    """

    def __init__(self, problems: Sequence[Problem], headers: Sequence[tuple[str, str]] = ()):
        super().__init__("; ".join(f"{p.error.code}: {p.detail}" for p in problems))
        self.problems = tuple(problems)
        self.headers = tuple(headers)

    @property
    def status(self) -> int:
        return self.problems[0].error.status


def fail(error: ErrorCode, detail: str, *headers: tuple[str, str]) -> ApiError:
    """The exception for a request with one problem, to be raised."""
    return ApiError([Problem(error, detail)], headers)


def error_body(problems: Sequence[Problem]) -> tuple[bytes, list[str]]:
    """The JSON body for some problems, and the fresh ids that it gave them, for the log."""
    entities = [
        ErrorEntity(str(uuid.uuid4()), str(p.error.status), p.error.code, p.error.title, p.detail)
        for p in problems
    ]
    return msgspec.json.encode(ErrorResponse(entities)), [entity.id for entity in entities]
