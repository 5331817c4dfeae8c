"""A version as the fields of a form, and back. Pure functions.

What a form cannot say as it was (line ends, texts that are there but empty) stays as it was
stored, as long as nobody has changed it; and so does what the form does not show.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from tradepost.app_software.rules import NEEDS_BUILD_NUMBER, NEEDS_VERSION_NUMBER
from tradepost.console.version_fields import (
    AGREEMENTS,
    COMPATIBILITIES,
    REQUIRED_LISTS,
    Document,
    Field,
    attributes_of,
    fields_of,
    framework_of,
    get,
)
from tradepost.console.visit import Form

Pairs = list[tuple[str, str]]
Releases = Mapping[tuple[str, int], str]
"""The version number of a release, by its product and build number."""
Builds = Mapping[tuple[str, str], int]
"""The same the other way round."""

FRAMEWORK: Final = "framework"
_WHOLE: Final = re.compile(r"-?[0-9]+", re.ASCII)
_SIDES: Final = (("min", "minBuildNumber"), ("max", "maxBuildNumber"))
_MOST_DIGITS: Final = 18
_SPACES: Final = " \t\n"
"""What may stand around what was typed; all else is for the API to judge."""
_ABSENT: Final[Any] = msgspec.UNSET


class Row(msgspec.Struct, frozen=True):
    """A compatibility as it is typed: each end is a release's number, or a build number."""

    parent: str = ""
    min: str = ""
    max: str = ""


def pairs_of(document: Document, releases: Releases) -> Pairs:
    """A version as the fields of a form."""
    framework = framework_of(document)
    pairs = [(FRAMEWORK, framework)]
    for field in fields_of(framework):
        text = text_of(field, get(document, field.path))
        if text or field.kind != "switch":
            pairs.append((field.name, text))
    for row in _rows(document, releases):
        pairs += [("parent", row.parent), ("min", row.min), ("max", row.max)]
    return pairs


def rows_of(form: Form) -> list[Row]:
    """The compatibilities that a form has, in its order."""
    columns = [form.all(name) for name in ("parent", "min", "max")]
    length = max(map(len, columns))
    filled = [column + [""] * (length - len(column)) for column in columns]
    return [Row(*texts) for texts in zip(*filled, strict=True)]


def wanted_builds(form: Form) -> set[tuple[str, str]]:
    """The releases whose build numbers a form needs, by product and version number."""
    return {
        (row.parent, text.strip(_SPACES))
        for row in rows_of(form)
        for text in (row.min, row.max)
        if row.parent and text.strip(_SPACES) and not _WHOLE.fullmatch(text.strip(_SPACES))
    }


def wanted_releases(document: Document) -> set[tuple[str, int]]:
    """The releases whose version numbers a form of this version shows, by product and build."""
    return {
        (item["parentSoftwareId"], item[name])
        for item in _items(document)
        for _, name in _SIDES
        if isinstance(item.get("parentSoftwareId"), str) and isinstance(item.get(name), int)
    }


def document_of(form: Form, held: Document | None, builds: Builds) -> Document:
    """The version that a form says, on top of what is stored. It never raises: what is no number,
    say, is left as the text that it is, for the API to tell what is wrong with it."""
    before: Document = {} if held is None else held
    document = copy.deepcopy(before)
    framework = form[FRAMEWORK]
    details = {"frameworkId": framework, "attributes": {}}
    if framework_of(before) == framework:
        details["attributes"] = copy.deepcopy(get(before, "frameworkDetails.attributes") or {})
    else:
        before = {**before, "frameworkDetails": {}}
    document["frameworkDetails"] = details
    for field in fields_of(framework):
        _put(document, before, field, _read(field, form[field.name], get(before, field.path)))
    document[COMPATIBILITIES] = _compatibilities(form, before, builds)
    return document


def suggestion(latest: Document) -> Document:
    """What a new version starts from: the latest one, without what is of that one alone."""
    document = copy.deepcopy(latest)
    for name in ("buildNumber", "versionNumber", "changelog", "state", "revision"):
        document.pop(name, None)
    attributes = get(document, "frameworkDetails.attributes")
    if isinstance(attributes, dict):
        for name in ("artifactId", "versionId", "binaryUrl"):
            attributes.pop(name, None)
    document[AGREEMENTS] = [
        {"agreementUrl": get(agreement, "agreementUrl")}
        for agreement in document.get(AGREEMENTS) or []
    ]
    return document


def create_body(document: Document) -> Document:
    """What creates a version: without what is for the server to say."""
    ours = ("state", "revision", "approvalDetails", "releaseDetails", "createdBy", "createdAt")
    return {name: value for name, value in document.items() if name not in ours}


def is_needed(field: Field, framework: str) -> bool:
    """Whether a version of that framework must have the field when it is created."""
    if field.name == "buildNumber":
        return framework in NEEDS_BUILD_NUMBER
    if field.name == "versionNumber":
        return framework in NEEDS_VERSION_NUMBER
    return field.needed or field.name == AGREEMENTS


def leftovers(form: Form, framework: str) -> Pairs:
    """What was typed for other frameworks: kept for those who change their mind."""
    return [
        (field.name, form[field.name])
        for other in ("connect", "forge", "plugin", "workflow", "external")
        if other != framework
        for field in attributes_of(other)
        if form[field.name]
    ]


def text_of(field: Field, value: Any) -> str:
    """A value as the text of its field."""
    if value is None:
        return ""
    if field.kind == "switch":
        return "yes" if value is True else ""
    if field.kind == "truth" and isinstance(value, bool):
        return "true" if value else "false"
    if field.kind == "links" and isinstance(value, list):
        return "\n".join(_plain(get(item, "agreementUrl")) for item in value)
    if field.kind == "lines" and isinstance(value, list):
        return "\n".join(map(_plain, value))
    return _plain(value)


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read(field: Field, text: str, held: Any) -> Any:
    """What the text of a field says. What reads as what is stored is what is stored."""
    if field.kind == "switch":
        return bool(text)
    if text == text_of(field, held):
        return [] if held is None and field.path in REQUIRED_LISTS else _unset(held)
    if field.kind == "text":
        return text or _ABSENT
    text = text.strip(_SPACES)
    if field.kind in ("lines", "links"):
        return _read_lines(field, text, held)
    if not text:
        return _ABSENT
    if field.kind == "whole":
        return _whole(text)
    if field.kind == "truth":
        return {"true": True, "false": False}.get(text, text)
    return text


def _read_lines(field: Field, text: str, held: Any) -> Any:
    lines = [line.strip(_SPACES) for line in text.split("\n")]
    lines = [line for line in lines if line]
    if field.kind == "lines":
        return lines if lines or field.path in REQUIRED_LISTS else _ABSENT
    known = {get(item, "agreementUrl"): item for item in held or []}
    return [known.get(line, {"agreementUrl": line}) for line in lines]


def _put(document: Document, before: Document, field: Field, value: Any) -> None:
    """Put a value where the field belongs; what holds it goes when nothing is left in it."""
    if field.path == "licenseType.id" and value is not _ABSENT:
        if value != get(before, field.path):
            document["licenseType"] = {"id": value}
        return
    *outer, name = field.path.split(".")
    place = document
    for step in outer:
        place = place.setdefault(step, {})
    if value is not _ABSENT:
        place[name] = value
        return
    place.pop(name, None)
    if field.path == "licenseType.id":
        document.pop("licenseType")
    elif outer and not place and len(outer) == 1 and get(before, outer[0]) != {}:
        document.pop(outer[0])


def _compatibilities(form: Form, before: Document, builds: Builds) -> list[Any]:
    held = {item.get("parentSoftwareId"): item for item in _items(before)}
    found = []
    for row in rows_of(form):
        parent = row.parent
        # Of what is stored, what the form does not show stays.
        item = {k: v for k, v in held.get(parent, {}).items() if k not in dict(_SIDES).values()}
        if parent:
            item["parentSoftwareId"] = parent
        for side, name in _SIDES:
            text = getattr(row, side).strip(_SPACES)
            if text:
                build = builds.get((parent, text))
                item[name] = _whole(text) if build is None else build
        found.append(item)
    return found


def _rows(document: Document, releases: Releases) -> Iterator[Row]:
    for item in _items(document):
        parent = item.get("parentSoftwareId")
        ends = (_end(parent, item.get(name), releases) for _, name in _SIDES)
        yield Row("" if parent is None else _plain(parent), *ends)


def _end(parent: Any, build: Any, releases: Releases) -> str:
    if build is None:
        return ""
    number = releases.get((parent, build)) if isinstance(build, int) else None
    # What reads as a build number would be taken for one.
    readable = (
        number is not None and number == number.strip(_SPACES) and not _WHOLE.fullmatch(number)
    )
    return number if number is not None and readable else _plain(build)


def _items(document: Document) -> list[Any]:
    found = document.get(COMPATIBILITIES)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _whole(text: str) -> int | str:
    """A number where the text is one. The longest ones are out of any range all the same."""
    if not _WHOLE.fullmatch(text):
        return text
    return int(text) if len(text) <= _MOST_DIGITS else 10**_MOST_DIGITS


def _unset(held: Any) -> Any:
    return _ABSENT if held is None else held
