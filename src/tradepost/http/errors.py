"""The registry of error codes, and the one body that every error answer has.

Source: "Error body" and "Codes" in the contract's semantics. `docs/errors.md` is made from
this registry (`tradepost docs errors`), and a test holds the two together.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec


class ErrorCode(msgspec.Struct, frozen=True):
    """One registered kind of error: its code, HTTP status, title, and when it happens."""

    code: str
    status: int
    title: str
    when: str


class ErrorEntity(msgspec.Struct):
    """One problem of a request, as clients see it. `status` is the HTTP status as a string."""

    id: str
    status: str
    code: str
    title: str
    detail: str


class ErrorResponse(msgspec.Struct):
    """The body of an error answer."""

    errors: list[ErrorEntity]


class ListingError(msgspec.Struct):
    """The same in the groups of listings and images, where `status` is a number."""

    id: str
    status: int
    code: str
    title: str
    detail: str


class ListingErrorResponse(msgspec.Struct):
    """The body of an error answer in the groups of listings and images."""

    errors: list[ListingError]


REGISTRY: Final[dict[str, ErrorCode]] = {}


def _register(code: str, status: int, title: str, when: str) -> ErrorCode:
    REGISTRY[code] = ErrorCode(code, status, title, when)
    return REGISTRY[code]


INVALID_PARAMETER = _register(
    "INVALID_PARAMETER",
    400,
    "Invalid parameter",
    "A parameter of the path or the query, or an `Idempotency-Key`, has a value that it cannot "
    "have, a cursor is damaged or belongs to another request, or a filter contradicts the cursor "
    "sent with it.",
)
VALIDATION_ERROR = _register(
    "VALIDATION_ERROR",
    400,
    "Validation error",
    "The request body is not JSON, or a field of it is missing, of the wrong type, or breaks a "
    "rule; or what is written to is archived or in another state. There is one entry for each "
    "problem; `detail` starts with the path of the field.",
)
VALIDATION_FAIL = _register(
    "VALIDATION_FAIL",
    400,
    "Validation failed",
    "The same as `VALIDATION_ERROR` in the groups of listings and for images.",
)
VALIDATION_FAILED = _register(
    "VALIDATION_FAILED",
    400,
    "Validation failed",
    "The same as `VALIDATION_ERROR` for the `uri` of an artifact that is to be fetched.",
)
ARTIFACT_REMOTE_FETCH_FAILURE = _register(
    "ARTIFACT_REMOTE_FETCH_FAILURE",
    400,
    "Artifact cannot be fetched",
    "The source of an artifact is not allowed, does not answer with a file, or takes too long.",
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
    "The credentials are good, but the person is no member of the developer space, has no role "
    "there that allows this, or is no administrator where one is needed.",
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
APP_SOFTWARE_VERSION_LISTING_NOT_FOUND = _register(
    "APP_SOFTWARE_VERSION_LISTING_NOT_FOUND",
    404,
    "App software version listing not found",
    "The version has no listing, or the caller may not see it.",
)
ARTIFACT_NOT_FOUND = _register(
    "ARTIFACT_NOT_FOUND", 404, "Artifact not found", "No artifact has this id."
)
IMAGE_NOT_FOUND = _register("IMAGE_NOT_FOUND", 404, "Image not found", "No image has this id.")
PRODUCT_NOT_FOUND = _register(
    "PRODUCT_NOT_FOUND",
    404,
    "Product not found",
    "No app has this product id, or the caller may not see its listing.",
)
REVIEW_NOT_FOUND = _register(
    "REVIEW_NOT_FOUND",
    404,
    "Review not found",
    "The product has no review with this id, or the review has no answer to take away.",
)
PRIVACY_AND_SECURITY_NOT_FOUND = _register(
    "PRIVACY_AND_SECURITY_NOT_FOUND",
    404,
    "Privacy and security not found",
    "The app has no live declaration about privacy and security, or no draft of one.",
)
MIGRATION_NOT_FOUND = _register(
    "MIGRATION_NOT_FOUND", 404, "Migration not found", "The app has no migration record."
)
DEVELOPER_SPACE_NOT_FOUND = _register(
    "DEVELOPER_SPACE_NOT_FOUND",
    404,
    "Developer space not found",
    "No developer space has this id or vendor id, or it has not what is asked for.",
)
MEMBER_NOT_FOUND = _register(
    "MEMBER_NOT_FOUND",
    404,
    "Member not found",
    "The developer space has no member with this id, or there is no such person to add.",
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
    "REQUEST_TIMEOUT", 408, "Request timeout", "A body was not whole in time."
)
IDEMPOTENCY_KEY_IN_USE = _register(
    "IDEMPOTENCY_KEY_IN_USE",
    409,
    "Idempotency key in use",
    "An earlier request with the same `Idempotency-Key` is not answered yet, and `Retry-After` "
    "says when to ask again; or its answer had a secret that is shown once and stored nowhere.",
)
PRECONDITION_FAILED = _register(
    "PRECONDITION_FAILED",
    412,
    "Precondition failed",
    "`If-Match` names another state of what is to be replaced than the one that the server holds "
    "now. Nothing was stored.",
)
PAYLOAD_TOO_LARGE = _register(
    "PAYLOAD_TOO_LARGE",
    413,
    "Payload too large",
    "A JSON body is larger than 1 MiB, a file larger than files of its kind may be, or an upload "
    "larger than all that may be uploaded in the time of the limit.",
)
RANGE_NOT_SATISFIABLE = _register(
    "RANGE_NOT_SATISFIABLE",
    416,
    "Range not satisfiable",
    "A download is asked for from behind its end. `Content-Range` says how long it is.",
)
UNSUPPORTED_MEDIA_TYPE = _register(
    "UNSUPPORTED_MEDIA_TYPE",
    415,
    "Unsupported media type",
    "The body's `Content-Type` is not `application/json` in UTF-8 (for a patch, "
    "`application/json-patch+json` will do as well), or, where a file is uploaded, not "
    "`multipart/form-data`.",
)
IDEMPOTENCY_KEY_REUSED = _register(
    "IDEMPOTENCY_KEY_REUSED",
    422,
    "Idempotency key reused",
    "The same person has sent the same `Idempotency-Key` with another operation, path, query or "
    "body in the last 24 hours. Nothing was done.",
)
TOO_MANY_REQUESTS = _register(
    "TOO_MANY_REQUESTS",
    429,
    "Too many requests",
    "Too many sign-ins have failed, or a person or an address has sent more requests or bytes "
    "than the operator allows. `Retry-After` says how many seconds to wait, `RateLimit-Policy` how "
    "much is allowed. Nothing was done.",
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
    "The database or the object storage cannot take the request now, or too many writes are under "
    "way already; nothing of it was stored. "
    "`Retry-After` says when to try again.",
)


class Dialect(msgspec.Struct, frozen=True):
    """How a group of the reference spells its errors.

    `validation` is its code for what is wrong with a body; everything else inside the server
    says `VALIDATION_ERROR`.
    """

    validation: ErrorCode = VALIDATION_ERROR
    numeric_status: bool = False

    def code(self, error: ErrorCode) -> ErrorCode:
        """An error as this group spells it."""
        return self.validation if error is VALIDATION_ERROR else error

    @property
    def body(self) -> type:
        """The type of error bodies."""
        return ListingErrorResponse if self.numeric_status else ErrorResponse


STANDARD: Final = Dialect()
LISTINGS: Final = Dialect(VALIDATION_FAIL, numeric_status=True)
FETCHING: Final = Dialect(VALIDATION_FAILED)


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


def error_body(
    problems: Sequence[Problem], dialect: Dialect, new_id: Callable[[], str]
) -> tuple[bytes, list[str]]:
    """The JSON body for some problems, and the fresh ids that it gave them, for the log."""
    ids = [new_id() for _ in problems]
    entities = [
        {
            "id": fresh,
            "status": problem.error.status if dialect.numeric_status else str(problem.error.status),
            "code": dialect.code(problem.error).code,
            "title": dialect.code(problem.error).title,
            "detail": problem.detail,
        }
        for problem, fresh in zip(problems, ids, strict=True)
    ]
    return msgspec.json.encode({"errors": entities}), ids
