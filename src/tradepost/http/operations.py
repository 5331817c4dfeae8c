"""The registry of operations: what each one is called, takes, answers, and may fail with.

A group's `api.py` is a class whose methods are operations:

    class ParentSoftwareApi:
        @operation("GET", "/rest/3/parent-software/{parentSoftwareId}", ...)
        async def get_parent_software(self, call: Call) -> Answer: ...

The router, the OpenAPI document, the logs and the command line all read what is declared here.
"""

import enum
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeVar

import msgspec

from tradepost.http.call import Answer, Call, Caller
from tradepost.http.errors import STANDARD, Dialect, ErrorCode
from tradepost.http.parameters import Parameter


class Access(enum.Enum):
    """Who may call an operation. What they then see is the operation's own matter."""

    ANYONE = "anyone"
    """Credentials are not needed, but wrong ones are refused."""
    PERSON = "person"
    """Anyone with an API token."""
    MEMBER = "member"
    """Members of the developer space that owns what the path names, with one of the operation's
    roles where it has some, and administrators. The handler checks it, because only it can find
    the owner."""
    ADMINISTRATOR = "administrator"
    """Administrators of this server."""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation as declared. Types are msgspec types; `None` means no body."""

    name: str
    method: str
    path: str
    group: str
    summary: str
    access: Access
    query: tuple[Parameter[Any], ...]
    body: Any
    body_required: bool
    answers: Mapping[int, Any]
    errors: tuple[ErrorCode, ...]
    prefers_minimal: bool
    may_validate_only: bool
    path_integers: tuple[str, ...]
    path_choices: Mapping[str, Sequence[str]]
    roles: frozenset[str]
    dialect: Dialect
    upload: bool
    produces: str
    consumes: str
    answers_once: bool

    @property
    def takes_key(self) -> bool:
        """Whether a request may carry an `Idempotency-Key`.

        Uploads need none: the same file sent twice is the same artifact or image.
        """
        return self.method == "POST" and not self.upload

    @property
    def raises(self) -> tuple[ErrorCode, ...]:
        """The errors of its own, as its group spells them."""
        return tuple(self.dialect.code(error) for error in self.errors)

    def refuses(self, caller: Caller) -> bool:
        """Whether only administrators may call this, and the caller is none."""
        return self.access is Access.ADMINISTRATOR and not caller.administrator


Handler = Callable[[Call], Awaitable[Answer]]
F = TypeVar("F", bound=Callable[..., Awaitable[Answer]])
_MARK: Final = "__tradepost_operation__"
JSON: Final = "application/json"
UNCOUNTED: Final = "Service"
"""The group whose requests no limit counts: supervisors ask for the health often."""


def operation(
    method: str,
    path: str,
    *,
    group: str,
    summary: str,
    answers: Mapping[int, Any],
    access: Access = Access.PERSON,
    query: Sequence[Parameter[Any]] = (),
    body: Any = None,
    body_required: bool = True,
    errors: Sequence[ErrorCode] = (),
    path_integers: Sequence[str] = (),
    path_choices: Mapping[str, Sequence[str]] = MappingProxyType({}),
    roles: frozenset[str] = frozenset(),
    dialect: Dialect = STANDARD,
    upload: bool = False,
    produces: str = JSON,
    consumes: str = JSON,
    may_validate_only: bool = False,
    answers_once: bool = False,
) -> Callable[[F], F]:
    """Declare a method as an operation. Its OpenAPI id is the method's name in camel case.

    `answers` maps each success status to the type of its body; `errors` are the codes that the
    handler itself raises. Those of the road there (401, 405, 406, 413, 415, 5xx) come by
    themselves. `path_integers` names the path parameters that are whole numbers,
    `path_choices` the words that others can be. `roles` are
    those of a member that allow it; any where there are none. `upload` says that the body is a
    form with a `file`; `consumes` is the media type of a JSON body beside `application/json`, and
    `produces` that of a success. `may_validate_only` says that `Prefer: validate-only` is
    understood. `answers_once` says that the answer has a secret that is stored nowhere, so that it
    cannot be given again.
    """

    def mark(function: F) -> F:
        first, *rest = function.__name__.split("_")
        declared = Operation(
            name=first + "".join(word.capitalize() for word in rest),
            method=method,
            path=path,
            group=group,
            summary=summary,
            access=access,
            query=tuple(query),
            body=body,
            body_required=body_required,
            answers=answers,
            errors=tuple(errors),
            prefers_minimal=method in ("POST", "PUT", "PATCH") and any(answers.values()),
            may_validate_only=may_validate_only,
            path_integers=tuple(path_integers),
            path_choices=path_choices,
            roles=roles,
            dialect=dialect,
            upload=upload,
            produces=produces,
            answers_once=answers_once,
            consumes=consumes,
        )
        setattr(function, _MARK, declared)
        return function

    return mark


def declared_in(api: object) -> list[tuple[Operation, Handler]]:
    """The operations of a group's api, in the order in which they are written."""
    found = []
    for name, function in vars(type(api)).items():
        declared = getattr(function, _MARK, None)
        if isinstance(declared, Operation):
            found.append((declared, getattr(api, name)))
    return found


def declared_by(api: type) -> list[Operation]:
    """The operations of a group's api class, without an instance of it."""
    marks = (getattr(function, _MARK, None) for function in vars(api).values())
    return [mark for mark in marks if isinstance(mark, Operation)]
