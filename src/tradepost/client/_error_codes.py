"""The errors that servers answer with: a class for each status and for each code.

Source: "Codes" in the contract's semantics; `docs/errors.md` says when each happens. An answer
becomes the class of its first entry's code; an unknown code becomes the class of its status.
"""

from typing import Final

from tradepost.client._errors import ApiError


class RefusedError(ApiError):
    """4xx: the request cannot be had as it is."""


class ServerError(ApiError):
    """5xx: the server, or something before it, failed."""


class BadRequestError(RefusedError):
    http_status = 400


class InvalidParameterError(BadRequestError):
    """A parameter of the path or the query is wrong."""

    code = "INVALID_PARAMETER"


class ValidationError(BadRequestError):
    """A body is wrong: an entry for each problem. Also what the groups of listings and uploads
    spell in other ways."""

    code = "VALIDATION_ERROR"


class ValidationFailError(ValidationError):
    """The same, as the groups of listings and images spell it."""

    code = "VALIDATION_FAIL"


class ValidationFailedError(ValidationError):
    """The same, as the fetching of artifacts spells it."""

    code = "VALIDATION_FAILED"


class ArtifactRemoteFetchFailureError(BadRequestError):
    """The server could not fetch an artifact from where it was told to."""

    code = "ARTIFACT_REMOTE_FETCH_FAILURE"


class RevisionMismatchError(BadRequestError):
    """Somebody else has changed it since it was read: read it again, and decide anew."""

    code = "REVISION_MISMATCH"


class UnauthorizedError(RefusedError):
    """The credentials are missing, wrong, expired or revoked."""

    http_status = 401
    code = "UNAUTHORIZED"


class ForbiddenError(RefusedError):
    """The credentials are good, but do not allow this."""

    http_status = 403
    code = "FORBIDDEN"


class NotFoundError(RefusedError):
    """It is not there, or the caller may not see it."""

    http_status = 404
    code = "NOT_FOUND"


class AppKeyNotFoundError(NotFoundError):
    code = "APP_KEY_NOT_FOUND"


class AppSoftwareNotFoundError(NotFoundError):
    code = "APP_SOFTWARE_NOT_FOUND"


class AppSoftwareVersionNotFoundError(NotFoundError):
    code = "APP_SOFTWARE_VERSION_NOT_FOUND"


class AppSoftwareVersionListingNotFoundError(NotFoundError):
    code = "APP_SOFTWARE_VERSION_LISTING_NOT_FOUND"


class ParentSoftwareNotFoundError(NotFoundError):
    code = "PARENT_SOFTWARE_NOT_FOUND"


class ParentSoftwareVersionNotFoundError(NotFoundError):
    code = "PARENT_SOFTWARE_VERSION_NOT_FOUND"


class ArtifactNotFoundError(NotFoundError):
    code = "ARTIFACT_NOT_FOUND"


class ImageNotFoundError(NotFoundError):
    code = "IMAGE_NOT_FOUND"


class ProductNotFoundError(NotFoundError):
    code = "PRODUCT_NOT_FOUND"


class ReviewNotFoundError(NotFoundError):
    code = "REVIEW_NOT_FOUND"


class PrivacyAndSecurityNotFoundError(NotFoundError):
    """The app has no live record, or no draft of one."""

    code = "PRIVACY_AND_SECURITY_NOT_FOUND"


class MigrationNotFoundError(NotFoundError):
    code = "MIGRATION_NOT_FOUND"


class DeveloperSpaceNotFoundError(NotFoundError):
    code = "DEVELOPER_SPACE_NOT_FOUND"


class MemberNotFoundError(NotFoundError):
    code = "MEMBER_NOT_FOUND"


class MethodNotAllowedError(RefusedError):
    http_status = 405
    code = "METHOD_NOT_ALLOWED"


class NotAcceptableError(RefusedError):
    http_status = 406
    code = "NOT_ACCEPTABLE"


class RequestTimeoutError(RefusedError):
    """The request did not arrive whole in time."""

    http_status = 408
    code = "REQUEST_TIMEOUT"


class ConflictError(RefusedError):
    http_status = 409


class IdempotencyKeyInUseError(ConflictError):
    """The first request with this key is not answered yet, or its answer cannot be had again."""

    code = "IDEMPOTENCY_KEY_IN_USE"


class PreconditionFailedError(RefusedError):
    """`If-Match` named another state than the one held: read it again, and decide anew."""

    http_status = 412
    code = "PRECONDITION_FAILED"


class PayloadTooLargeError(RefusedError):
    http_status = 413
    code = "PAYLOAD_TOO_LARGE"


class UnsupportedMediaTypeError(RefusedError):
    http_status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"


class RangeNotSatisfiableError(RefusedError):
    http_status = 416
    code = "RANGE_NOT_SATISFIABLE"


class UnprocessableError(RefusedError):
    http_status = 422


class IdempotencyKeyReusedError(UnprocessableError):
    """The key was sent before with another request."""

    code = "IDEMPOTENCY_KEY_REUSED"


class TooManyRequestsError(RefusedError):
    """Slower, please: `retry_after` says how many seconds to wait."""

    http_status = 429
    code = "TOO_MANY_REQUESTS"


class InternalError(ServerError):
    """The server failed; `request_id` and the entry's `id` are in its log."""

    http_status = 500
    code = "INTERNAL_ERROR"


class ServiceUnavailableError(ServerError):
    """The server cannot take it now."""

    http_status = 503
    code = "SERVICE_UNAVAILABLE"


def _below(kind: type[ApiError]) -> list[type[ApiError]]:
    found = [kind]
    for child in kind.__subclasses__():
        found += _below(child)
    return found


BY_CODE: Final = {kind.code: kind for kind in _below(ApiError) if kind.code}
"""The class for each code."""
BY_STATUS: Final = {
    kind.http_status: kind for kind in _below(ApiError) if "http_status" in vars(kind)
}
"""The class for each status that has one."""


def error_class(status: int, codes: list[str]) -> type[ApiError]:
    """The class for an answer with that status and those codes.

    A code counts where it belongs to the status: whatever a body says, a 404 is a
    `NotFoundError`.
    """
    by_range = RefusedError if 400 <= status < 500 else ServerError
    fallback = BY_STATUS.get(status, by_range)
    known = (BY_CODE[code] for code in codes if code in BY_CODE)
    return next((kind for kind in known if kind.http_status == status), fallback)
