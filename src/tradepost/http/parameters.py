"""Query parameters: declared on the operation, read in one go, every problem told at once.

Source: "Pages" in the contract's semantics. An unknown parameter is ignored; a known one with
a value that it cannot have is a 400 `INVALID_PARAMETER`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar, cast
from urllib.parse import quote, unquote_to_bytes

from tradepost.http.errors import INVALID_PARAMETER, Problem

T = TypeVar("T")

MAX_BUILD_NUMBER: Final = 9_007_199_254_740_991
"""The largest build number: the largest integer that every JSON reader keeps exact."""

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_BUILD_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")


class BadValueError(ValueError):
    """A parameter's value cannot be read; the text is the `detail` of the problem."""


class Parameter(Generic[T]):
    """A query parameter: its name, its JSON schema, and how its text is read."""

    schema: dict[str, Any]
    repeats = False

    def __init__(self, name: str, description: str = ""):
        self.name = name
        self.description = description

    def parse(self, values: Sequence[str]) -> T:
        """Read the parameter's values as sent (one or more); raises `BadValueError`."""
        if len(set(values)) > 1:
            raise BadValueError(f"{self.name} is given more than once, with different values")
        return self.read(values[0])

    def read(self, text: str) -> T:
        raise AssertionError("each kind of parameter reads its own text")

    def text(self, value: T) -> str:
        """The value as it stands in a link."""
        return str(value)


class Text(Parameter[str]):
    """Any text, at most 255 characters unless told otherwise."""

    def __init__(self, name: str, description: str = "", max_length: int = 255):
        super().__init__(name, description)
        self.max_length = max_length
        self.schema = {"type": "string"}

    def read(self, text: str) -> str:
        if "\x00" in text:
            raise BadValueError(f"{self.name} must not contain the character U+0000")
        if len(text) > self.max_length:
            raise BadValueError(f"{self.name} must not be longer than {self.max_length} characters")
        return text


class Integer(Parameter[int]):
    """A whole number between two bounds, both included."""

    def __init__(
        self,
        name: str,
        minimum: int,
        maximum: int,
        description: str = "",
        default: int | None = None,
    ):
        super().__init__(name, description)
        self.minimum, self.maximum = minimum, maximum
        self.schema = {"type": "integer", "minimum": minimum, "maximum": maximum}
        if default is not None:
            self.schema["default"] = default

    def read(self, text: str) -> int:
        if _INTEGER.fullmatch(text) and self.minimum <= int(text) <= self.maximum:
            return int(text)
        raise BadValueError(f"{self.name} must be between {self.minimum} and {self.maximum}")


class Boolean(Parameter[bool]):
    """`true` or `false`."""

    def __init__(self, name: str, description: str = ""):
        super().__init__(name, description)
        self.schema = {"type": "boolean"}

    def read(self, text: str) -> bool:
        if text not in ("true", "false"):
            raise BadValueError(f"{self.name} must be true or false")
        return text == "true"

    def text(self, value: bool) -> str:
        return "true" if value else "false"


class Choice(Parameter[str]):
    """One of some words."""

    def __init__(self, name: str, choices: Iterable[str], description: str = ""):
        super().__init__(name, description)
        self.choices = tuple(choices)
        self.schema = {"type": "string", "enum": list(self.choices)}

    def read(self, text: str) -> str:
        if text not in self.choices:
            raise BadValueError(f"{self.name} must be one of {', '.join(self.choices)}")
        return text


class Choices(Parameter[tuple[str, ...]]):
    """Some of some words: separated by commas, or the parameter repeated, or both."""

    repeats = True

    def __init__(self, name: str, choices: Iterable[str], description: str = ""):
        super().__init__(name, description)
        self.choices = tuple(choices)
        self.schema = {"type": "array", "items": {"type": "string", "enum": list(self.choices)}}

    def parse(self, values: Sequence[str]) -> tuple[str, ...]:
        words = [word.strip() for value in values for word in value.split(",")]
        if any(word not in self.choices for word in words):
            raise BadValueError(f"each of {self.name} must be one of {', '.join(self.choices)}")
        return tuple(dict.fromkeys(words))

    def text(self, value: tuple[str, ...]) -> str:
        return ",".join(value)


class Query:
    """The query of one request, as understood: the values of its known parameters."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]):
        self._values = values

    def get(self, parameter: Parameter[T]) -> T | None:
        """The parameter's value, or `None` where it was not sent."""
        return cast("T | None", self._values.get(parameter.name))


NO_QUERY: Final = Query({})


def read_query(raw: bytes, known: Sequence[Parameter[Any]]) -> tuple[Query, list[Problem]]:
    """Read a query string. Problems are told for all parameters; a bad one has no value."""
    if not raw:
        return NO_QUERY, []
    problems: list[Problem] = []
    sent: dict[bytes, list[bytes]] = {}
    for field in raw.split(b"&"):
        name, _, value = field.partition(b"=")
        sent.setdefault(_unquoted(name), []).append(_unquoted(value))
    values: dict[str, Any] = {}
    for parameter in known:
        if encoded := sent.get(parameter.name.encode()):
            try:
                values[parameter.name] = parameter.parse([value.decode() for value in encoded])
            except UnicodeDecodeError:
                detail = f"{parameter.name} is not UTF-8"
                problems.append(Problem(INVALID_PARAMETER, detail, parameter.name))
            except BadValueError as bad:
                problems.append(Problem(INVALID_PARAMETER, str(bad), parameter.name))
    return Query(values), problems


def _unquoted(text: bytes) -> bytes:
    """A part of a query string as the client meant it."""
    return unquote_to_bytes(text.replace(b"+", b" "))


def percent_encoded(raw: bytes) -> bytes:
    """A path with the bytes that should have been percent-encoded so encoded."""
    return b"".join(b"%c" % byte if byte < 128 else b"%%%02X" % byte for byte in raw)


def link(path: str, query: Iterable[tuple[str, str]]) -> str:
    """A relative link of a path and some parameters, percent-encoded."""
    parts = "&".join(f"{name}={quote(value, safe='')}" for name, value in query)
    return f"{path}?{parts}" if parts else path


def read_build_number(text: str) -> int | None:
    """A build number in a path: 0 to `MAX_BUILD_NUMBER` in plain decimal, or `None`."""
    if _BUILD_NUMBER.fullmatch(text) and (number := int(text)) <= MAX_BUILD_NUMBER:
        return number
    return None
