"""What PostgreSQL's errors mean to those who use a database."""

import contextlib
from collections.abc import Iterator
from typing import Final

from asyncpg import exceptions

from tradepost.database import LostError, UnavailableError

LOST: Final = (
    OSError,  # TimeoutError is one
    exceptions.PostgresConnectionError,
    exceptions.OperatorInterventionError,
    exceptions.InternalClientError,
    exceptions.InterfaceError,
    exceptions.ProtocolViolationError,  # what PgBouncer says of a server that it has lost
)
"""The connection is gone, or the server is going. Values that cannot be bound are also one of
these, by inheritance, and a `ValueError`: see `_is_of_machine`."""
REFUSED: Final = (
    exceptions.InsufficientResourcesError,  # disk, memory, connections
    exceptions.PostgresIOError,
    exceptions.PostgresSystemError,
    exceptions.LockNotAvailableError,
    exceptions.ReadOnlySQLTransactionError,
    exceptions.InvalidAuthorizationSpecificationError,  # who we are, or the password
    exceptions.InvalidCatalogNameError,  # which database
    exceptions.InsufficientPrivilegeError,
)
"""The server cannot do it now, and says so."""
AGAIN: Final = (
    exceptions.SerializationError,
    exceptions.DeadlockDetectedError,
    exceptions.InvalidCachedStatementError,  # the schema was migrated
)
"""The same transaction may succeed if it is tried again."""


def _is_of_machine(error: BaseException) -> bool:
    """Whether an error is not of the statement, but of the server or the way to it."""
    return isinstance(error, (*LOST, *REFUSED)) and not isinstance(error, ValueError)


def as_ours(error: BaseException) -> UnavailableError:
    """What the seam says of an error of the machine."""
    if isinstance(error, TimeoutError):  # no loss: to do it again would only wait again
        return UnavailableError("the database takes too long")
    text = str(error) or type(error).__name__
    return LostError(text) if isinstance(error, LOST) else UnavailableError(text)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Errors of the machine as those of the seam."""
    try:
        yield
    except (*LOST, *REFUSED) as error:
        if not _is_of_machine(error):
            raise
        raise as_ours(error) from error


@contextlib.contextmanager
def lost_if_again() -> Iterator[None]:
    """What may succeed if it is done again, as something that was lost: readers try that again."""
    try:
        yield
    except AGAIN as error:
        raise LostError(str(error)) from error
