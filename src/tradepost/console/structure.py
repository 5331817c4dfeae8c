"""Forms from the structure of a body: which fields there are, and what a form says of them.

So a form has what the contract has, and nothing needs to be written twice. A field of a form is
named by its path in the body, as problems name it: `privacy.gdpr.dataTransfer`, `rows[0].name`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import inspect

from tradepost.console.visit import Form

_MOST: Final = 100
"""How many rows a form is looked through for."""
_WORDS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z]|s?\b)s?|[A-Z]?[a-z]+|[0-9]+|[A-Z]+")
_SPELLED: Final = {
    word.lower(): word
    for word in (
        *("API", "APIs", "Atlassian", "CAIQ", "CCPA", "DPA", "DR", "EEA", "EUD"),
        *("GDPR", "LLM", "PATs", "REST"),
    )
}
_LONG: Final = 3000
"""Texts that may be longer get an area of several lines."""
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}")
_YES: Final = (("true", "Yes"), ("false", "No"))


class Field(msgspec.Struct, frozen=True):
    """A field of a body. `kind` is `choice`, `text`, `prose`, `url`, `number`, `lines` (a list of
    texts; `NAME:none` says that it is empty), `group` (an object) or `rows` (a list of objects)."""

    name: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()
    fields: tuple["Field", ...] = ()
    required: bool = False


class Line(msgspec.Struct, frozen=True):
    """An answer to be shown: a value, or those below it."""

    label: str
    values: list[str]
    below: list["Line"] = []


def fields_of(kind: Any, without: Sequence[str] = ()) -> tuple[Field, ...]:
    """The fields of a structure, in its order."""
    found = inspect.type_info(kind)
    assert isinstance(found, inspect.StructType)
    return tuple(_field(each) for each in found.fields if each.encode_name not in without)


def words(name: str) -> str:
    """The name of a field as people read it: `isCAIQCompleted` is `Is CAIQ completed`."""
    found = (_SPELLED.get(word.lower(), word.lower()) for word in _WORDS.findall(name))
    text = " ".join(found)
    return text[:1].upper() + text[1:]


def read(fields: Sequence[Field], form: Form, prefix: str = "") -> dict[str, Any]:
    """The body that a form says. What is empty is left out; what is wrong stays as it was typed."""
    body = {}
    for field in fields:
        value = _read_one(field, form, f"{prefix}{field.name}")
        if value is not None:
            body[field.name] = value
    return body


def lines(fields: Sequence[Field], data: Mapping[str, Any]) -> list[Line]:
    """What a body says, for showing it; fields that are absent are left out."""
    return [_line(field, data[field.name]) for field in fields if data.get(field.name) is not None]


def label_at(fields: Sequence[Field], path: str) -> str:
    """The label of the field at a path."""
    name, _, rest = path.partition(".")
    field = next(field for field in fields if field.name == name)
    return label_at(field.fields, rest) if rest else field.label


def _field(found: inspect.Field) -> Field:
    label = words(found.encode_name)
    kinds = list(_kinds(found.type))
    options = [each for kind in kinds for each in _options(kind)]
    if options:
        return Field(found.encode_name, label, "choice", tuple(options), required=found.required)
    [kind] = kinds
    if isinstance(kind, inspect.StructType):
        below = tuple(_field(each) for each in kind.fields)
        return Field(found.encode_name, label, "group", fields=below)
    if isinstance(kind, inspect.ListType):
        [item] = _kinds(kind.item_type)
        if isinstance(item, inspect.StructType):
            below = tuple(_field(each) for each in item.fields)
            return Field(found.encode_name, label, "rows", fields=below)
        return Field(found.encode_name, label, "lines")
    if isinstance(kind, inspect.IntType):
        return Field(found.encode_name, label, "number", required=found.required)
    assert isinstance(kind, inspect.StrType)
    is_url = "[Hh][Tt][Tt][Pp]" in (kind.pattern or "")
    is_long = not is_url and (kind.max_length or 0) > _LONG
    name = "url" if is_url else "prose" if is_long else "text"
    return Field(found.encode_name, label, name, required=found.required)


def _kinds(kind: inspect.Type) -> Iterator[inspect.Type]:
    """What a value may be, but absent and null."""
    if isinstance(kind, inspect.Metadata):
        yield from _kinds(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for each in kind.types:
            yield from _kinds(each)
    elif not isinstance(kind, inspect.NoneType) and kind.__class__.__name__ != "UnsetType":
        yield kind


def _options(kind: inspect.Type) -> tuple[tuple[str, str], ...]:
    if isinstance(kind, inspect.BoolType):
        return _YES
    if isinstance(kind, inspect.LiteralType):
        return tuple((str(value), _spoken(str(value))) for value in kind.values)
    return ()


def _spoken(value: str) -> str:
    """An option such as `NOT_APPLICABLE` as people read it."""
    return words(value.lower().replace("_", " ")) if value.isupper() else value


def _read_one(field: Field, form: Form, path: str) -> Any:
    if field.kind == "group":
        return read(field.fields, form, f"{path}.") or None
    if field.kind == "rows":
        rows = (read(field.fields, form, f"{path}[{place}].") for place in range(_MOST))
        return [row for row in rows if row] or None
    text = form[path].strip()
    if not text:
        return [] if f"{path}:none" in form else None
    if field.kind == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if field.kind == "number":
        return int(text) if _WHOLE.fullmatch(text) else text
    if field.kind == "choice" and text in ("true", "false"):
        return text == "true"
    return text


def _line(field: Field, value: Any) -> Line:
    if field.kind == "group":
        return Line(field.label, [], lines(field.fields, value))
    if field.kind == "rows":
        below = [
            Line(f"{place}", [], lines(field.fields, row)) for place, row in enumerate(value, 1)
        ]
        return Line(field.label, [], below)
    if value == []:
        return Line(field.label, ["None"])
    if field.kind == "choice":
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return Line(field.label, [dict(field.choices).get(text, text)])
    return Line(
        field.label, [str(each) for each in value] if isinstance(value, list) else [str(value)]
    )
