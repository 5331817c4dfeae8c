"""A client of the Marketplace REST API v3, for Tradepost and for the vendor's service.

    from tradepost.client import Client

    with Client("https://marketplace.example.com", ("me@example.com", api_token)) as client:
        for version in client.iterate_app_software_versions(app_software_id):
            print(version.build_number, version.state)

`AsyncClient` is the same with `async with`, `await` and `async for`. Errors are below
`TradepostError`: `TransportError` where there is no answer, `ApiError` where the server says no,
with a class for each kind and code, and `UnexpectedAnswerError` (`_errors.py` draws the tree).
"""

from tradepost.client._async._client import AsyncClient
from tradepost.client._downloads import Range, Target
from tradepost.client._error_codes import (
    AppKeyNotFoundError,
    AppSoftwareNotFoundError,
    AppSoftwareVersionListingNotFoundError,
    AppSoftwareVersionNotFoundError,
    ArtifactNotFoundError,
    ArtifactRemoteFetchFailureError,
    BadRequestError,
    DeveloperSpaceNotFoundError,
    ForbiddenError,
    ImageNotFoundError,
    InternalError,
    InvalidParameterError,
    MemberNotFoundError,
    MethodNotAllowedError,
    MigrationNotFoundError,
    NotAcceptableError,
    NotFoundError,
    ParentSoftwareNotFoundError,
    ParentSoftwareVersionNotFoundError,
    PayloadTooLargeError,
    PreconditionFailedError,
    PrivacyAndSecurityNotFoundError,
    ProductNotFoundError,
    RangeNotSatisfiableError,
    RefusedError,
    RequestTimeoutError,
    RevisionMismatchError,
    ServerError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
    ValidationError,
    ValidationFailedError,
    ValidationFailError,
)
from tradepost.client._errors import (
    AnswerLostError,
    AnswerTimedOutError,
    ApiError,
    ConnectionFailedError,
    ConnectionTimedOutError,
    ErrorEntry,
    FileChangedError,
    NotTradepostError,
    TradepostError,
    TransportError,
    UnexpectedAnswerError,
)
from tradepost.client._forms import Progress, Source
from tradepost.client._in_process import InProcessTransport
from tradepost.client._retries import NO_RETRIES, Retries
from tradepost.client._sync._client import Client

__all__ = [
    "NO_RETRIES",
    "AnswerLostError",
    "AnswerTimedOutError",
    "ApiError",
    "AppKeyNotFoundError",
    "AppSoftwareNotFoundError",
    "AppSoftwareVersionListingNotFoundError",
    "AppSoftwareVersionNotFoundError",
    "ArtifactNotFoundError",
    "ArtifactRemoteFetchFailureError",
    "AsyncClient",
    "BadRequestError",
    "Client",
    "ConnectionFailedError",
    "ConnectionTimedOutError",
    "DeveloperSpaceNotFoundError",
    "ErrorEntry",
    "FileChangedError",
    "ForbiddenError",
    "ImageNotFoundError",
    "InProcessTransport",
    "InternalError",
    "InvalidParameterError",
    "MemberNotFoundError",
    "MethodNotAllowedError",
    "MigrationNotFoundError",
    "NotAcceptableError",
    "NotFoundError",
    "NotTradepostError",
    "ParentSoftwareNotFoundError",
    "ParentSoftwareVersionNotFoundError",
    "PayloadTooLargeError",
    "PreconditionFailedError",
    "PrivacyAndSecurityNotFoundError",
    "ProductNotFoundError",
    "Progress",
    "Range",
    "RangeNotSatisfiableError",
    "RefusedError",
    "RequestTimeoutError",
    "Retries",
    "RevisionMismatchError",
    "ServerError",
    "ServiceUnavailableError",
    "Source",
    "Target",
    "TooManyRequestsError",
    "TradepostError",
    "TransportError",
    "UnauthorizedError",
    "UnexpectedAnswerError",
    "UnsupportedMediaTypeError",
    "ValidationError",
    "ValidationFailError",
    "ValidationFailedError",
]
