"""JSON bodies: decoded at once where they are good, walked where they are not.

msgspec stops at the first problem. So the typed conversion is for the good case; only after it
failed, the untyped value is walked along the type, which finds every problem and still builds
as much of the value as is good. Rules can then look at the rest in the same pass: what could
not be built is `MISSING`, and `known` tells.
"""

import re
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import UNSET, inspect

from tradepost.http.errors import VALIDATION_ERROR, ApiError, Problem, fail
from tradepost.http.fields import PATTERN_REASONS, Moment

T = TypeVar("T")


class _Missing:
    """Stands where a value was absent or wrong and a problem has already been told."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final[Any] = _Missing()


def known(value: object) -> bool:
    """Whether a field holds a value that rules can look at: neither absent nor wrong."""
    return value is not MISSING and value is not UNSET


def encode(value: object) -> bytes:
    """A value as JSON."""
    return msgspec.json.encode(value)


def decode(data: bytes, kind: type[T]) -> tuple[T, list[Problem]]:
    """Decode JSON into a type.

    Returns the value and no problems; or, where fields are wrong, the value with `MISSING` in
    their place and a problem for each. Raises `ApiError` where the bytes are no JSON at all,
    or no object.
    """
    try:
        # Untyped first, all of it: fields that nobody knows must be sound JSON as well.
        untyped = msgspec.json.decode(data)
    except UnicodeDecodeError:
        raise fail(VALIDATION_ERROR, "the body is not UTF-8") from None
    except RecursionError:
        raise fail(VALIDATION_ERROR, "the body is nested too deeply") from None
    except msgspec.ValidationError:  # the only rule of an untyped decode
        raise fail(VALIDATION_ERROR, "the body has a number that is out of range") from None
    except msgspec.DecodeError as bad:
        raise fail(VALIDATION_ERROR, f"the body is not JSON: {bad}") from None
    try:
        return msgspec.convert(untyped, kind), []
    except (msgspec.ValidationError, RecursionError):
        problems: list[Problem] = []
        value = _walk(untyped, inspect.type_info(kind), "", problems)
        if value is MISSING:  # no object at all: there is nothing for rules to look at
            raise ApiError(problems) from None
        return cast("T", value), problems


def _walk(value: Any, kind: inspect.Type, path: str, problems: list[Problem]) -> Any:
    """The value as that type, or `MISSING` after telling why not."""
    if isinstance(kind, inspect.Metadata):
        return _walk(value, kind.type, path, problems)
    if isinstance(kind, inspect.UnionType):
        return _walk_union(value, kind, path, problems)
    if isinstance(kind, inspect.StructType):
        return _walk_struct(value, kind, path, problems)
    if isinstance(kind, inspect.ListType):
        return _walk_list(value, kind, path, problems)
    reason = _reason(value, kind)
    if reason:
        problems.append(problem(path, reason))
        return MISSING
    return value


def check(value: Any, kind: inspect.Type, path: str) -> tuple[Any, list[Problem]]:
    """A part of a body as a type of `msgspec.inspect`, or `MISSING` and why not: see `decode`."""
    problems: list[Problem] = []
    return _walk(value, kind, path, problems), problems


def empty(kind: Any) -> bytes:
    """The JSON that stands for a body of a type that was left out."""
    return b"[]" if isinstance(inspect.type_info(kind), inspect.ListType) else b"{}"


def problem(path: str, reason: str) -> Problem:
    """A problem of a body's field: `detail` is its path and what is wrong with it."""
    return Problem(VALIDATION_ERROR, f"{path or 'the body'} {reason}", path)


def _walk_union(value: Any, kind: inspect.UnionType, path: str, problems: list[Problem]) -> Any:
    if value is None and kind.includes_none:
        return None
    options = [o for o in kind.types if not isinstance(o, inspect.NoneType)]
    if len(options) == 1:
        return _walk(value, options[0], path, problems)
    structs = [option for option in options if isinstance(option, inspect.StructType)]
    plain = [option for option in options if not isinstance(option, inspect.StructType)]
    if plain and not (structs and isinstance(value, dict)):
        return _walk_plain(value, plain, path, problems)
    if plain:  # a plain value, or an object that says the same
        return _walk_struct(value, structs[0], path, problems)
    if not isinstance(value, dict):
        problems.append(problem(path, "must be an object"))
        return MISSING
    field = structs[0].tag_field or ""
    tags = [struct.tag for struct in structs]
    chosen = next((struct for struct in structs if struct.tag == value.get(field, MISSING)), None)
    if chosen is None:
        where = f"{path}.{field}" if path else field
        reason = f"must be one of {', '.join(map(str, tags))}" if field in value else "is required"
        problems.append(problem(where, reason))
        return MISSING
    return _walk_struct(value, chosen, path, problems)


def _walk_plain(value: Any, options: list[inspect.Type], path: str, problems: list[Problem]) -> Any:
    """The value as one of some types; where it is of none, one problem says all that it could be,
    or what is wrong inside it."""
    reasons: list[str] = []
    for option in options:
        found: list[Problem] = []
        good = _walk(value, option, path, found)
        if not found:
            return good
        if len(options) == 1 or (isinstance(option, inspect.ListType) and isinstance(value, list)):
            problems += found
            return good
        reasons.append(found[0].detail.removeprefix(f"{path} "))
    others = [reason.removeprefix("must be ") for reason in reasons[1:]]
    problems.append(problem(path, ", or ".join([*reasons[:1], *others])))
    return MISSING


def _walk_struct(value: Any, kind: inspect.StructType, path: str, problems: list[Problem]) -> Any:
    if not isinstance(value, dict):
        problems.append(problem(path, "must be an object"))
        return MISSING
    fields: dict[str, Any] = {}
    for field in kind.fields:
        where = f"{path}.{field.encode_name}" if path else field.encode_name
        if field.encode_name in value:
            fields[field.name] = _walk(value[field.encode_name], field.type, where, problems)
        elif field.required:
            problems.append(problem(where, "is required"))
            fields[field.name] = MISSING
    if kind.forbid_unknown_fields:
        for name in value.keys() - {field.encode_name for field in kind.fields}:
            problems.append(problem(f"{path}.{name}" if path else name, "is no field of this"))
    return kind.cls(**fields)


def _walk_list(value: Any, kind: inspect.ListType, path: str, problems: list[Problem]) -> Any:
    if not isinstance(value, list):
        problems.append(problem(path, "must be a list"))
        return MISSING
    if kind.max_length is not None and len(value) > kind.max_length:
        problems.append(problem(path, f"must not have more than {kind.max_length} elements"))
        value = value[: kind.max_length]
    if kind.min_length is not None and len(value) < kind.min_length:
        problems.append(problem(path, f"must have at least {kind.min_length} element"))
        return MISSING
    return [
        _walk(item, kind.item_type, f"{path}[{index}]", problems)
        for index, item in enumerate(value)
    ]


def _reason(value: Any, kind: inspect.Type) -> str:
    """Why a value is not of a plain type, or an empty text."""
    if isinstance(kind, inspect.StrType):
        return _reason_text(value, kind)
    if isinstance(kind, inspect.IntType):
        if not isinstance(value, int) or isinstance(value, bool):
            return "must be a whole number"
        low, high = kind.ge, kind.le
        if (low is not None and value < low) or (high is not None and value > high):
            return f"must be between {low} and {high}"
        return ""
    if isinstance(kind, inspect.BoolType):
        return "" if isinstance(value, bool) else "must be true or false"
    if isinstance(kind, inspect.LiteralType):
        good = isinstance(value, str) and value in kind.values
        return "" if good else f"must be one of {', '.join(map(str, kind.values))}"
    if isinstance(kind, inspect.DateTimeType):
        try:
            msgspec.convert(value, type=Moment)
        except msgspec.ValidationError:
            return "must be a time in RFC 3339 with an offset"
        return ""
    raise AssertionError(f"bodies have no fields of the type {kind}")


def _reason_text(value: Any, kind: inspect.StrType) -> str:
    if not isinstance(value, str):
        return "must be a string"
    if kind.min_length is not None and len(value) < kind.min_length:
        return "must not be empty"
    if kind.max_length is not None and len(value) > kind.max_length:
        return f"must not be longer than {kind.max_length} characters"
    if kind.pattern is not None and not re.search(kind.pattern, value):
        return PATTERN_REASONS[kind.pattern]
    return ""
