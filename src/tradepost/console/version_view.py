"""A version as its pages show it: names beside ids, numbers of releases beside build numbers."""

from typing import Any

import msgspec

from tradepost.console.difference import Difference, differences
from tradepost.console.lines import Line, line_difference
from tradepost.console.parents import Parents
from tradepost.console.version_fields import (
    ATTRIBUTES,
    CHANGELOG,
    COMPATIBILITIES,
    NAMES,
    TERMS,
    Document,
    Field,
    attributes_of,
    framework_of,
    get,
)
from tradepost.console.version_form import text_of

_RECORD = (
    "buildNumber",
    "versionNumber",
    "state",
    "revision",
    "approvalDetails",
    "releaseDetails",
    "createdBy",
    "createdAt",
)
"""What is of one version alone, and differs between any two."""
_LABELS = {
    "buildNumber": "Build number",
    "versionNumber": "Version number",
    "state": "State",
    "revision": "Revision",
    "createdBy": "Created by",
    "createdAt": "Created at",
    "approvalDetails.submittedAt": "Submitted at",
    "approvalDetails.approvedAt": "Approved at",
    "approvalDetails.approvedBy": "Approved by",
    "approvalDetails.jiraIssueKey": "Issue of the review",
    "approvalDetails.rejectionReason": "Reason of the rejection",
    "releaseDetails.releasedAt": "Released at",
    "releaseDetails.releasedBy": "Released by",
    "frameworkDetails.frameworkId": "Framework",
    "acceptedAgreements": "Agreements",
    **{
        field.path: field.label
        for field in (*TERMS, *CHANGELOG, *(f for name in NAMES for f in attributes_of(name)))
    },
}
_LONG = 200


class Changed(msgspec.Struct, frozen=True):
    """A field that differs, with what people call it; `lines` where the texts are long."""

    path: str
    label: str
    before: str | None
    after: str | None
    lines: list[Line] | None


class Range(msgspec.Struct, frozen=True):
    """The releases of one product that a version runs on, as people read it."""

    parent_id: str
    name: str
    low: str
    high: str


def ranges(document: Document, parents: Parents) -> list[Range]:
    """The compatibilities of a version; its releases have been asked for."""
    return [
        Range(
            item["parentSoftwareId"],
            parents.name(item["parentSoftwareId"]),
            _end(parents, item, "minBuildNumber", "the first"),
            _end(parents, item, "maxBuildNumber", "the newest"),
        )
        for item in document[COMPATIBILITIES]
    ]


def attributes(document: Document) -> list[tuple[Field, str]]:
    """The framework's own fields that are there, with their texts; a truth is a word."""
    shown = []
    for field in attributes_of(framework_of(document)):
        value = get(document, field.path)
        if value is not None:
            shown.append(
                (field, _word(value) if isinstance(value, bool) else text_of(field, value))
            )
    return shown


def compare(
    before: Document, after: Document, parents: Parents
) -> tuple[list[Changed], list[Changed]]:
    """What differs between two versions: of what they are, and of what has become of them."""
    found = [
        _changed(d, _LABELS.get(d.path) or _label(d.path))
        for d in differences(_flat(before, parents), _flat(after, parents))
    ]
    record = [c for c in found if c.path.partition(".")[0] in _RECORD]
    return [c for c in found if c not in record], record


def compare_listings(before: Any, after: Any) -> list[Changed]:
    """What differs between two listings, either of which may be absent."""
    ours = ("buildNumber", "appSoftwareId", "revision")
    sides = [
        None if side is None else {k: v for k, v in side.items() if k not in ours}
        for side in (before, after)
    ]
    return [_changed(d, _label(d.path)) for d in differences(*sides)]


def plain_differences(before: Any, after: Any) -> list[Changed]:
    """What differs between two documents of any kind, with the paths as labels."""
    return [_changed(d, _label(d.path)) for d in differences(before, after)]


def _flat(document: Document, parents: Parents) -> Document:
    """A version in which products stand by their names, and lists are texts of many lines."""
    left_out = (COMPATIBILITIES, "acceptedAgreements")
    flat = {name: _word(value) for name, value in document.items() if name not in left_out}
    if "licenseType" in flat:
        licence = flat["licenseType"]
        flat["licenseType"] = {"id": licence.get("name", licence["id"])}
    details = document["frameworkDetails"]
    flat["frameworkDetails"] = {
        "frameworkId": NAMES.get(details["frameworkId"], details["frameworkId"]),
        "attributes": {
            name: "\n".join(value) if isinstance(value, list) else _word(value)
            for name, value in details["attributes"].items()
        },
    }
    flat[COMPATIBILITIES] = {
        f"Compatible with {item.name}": f"from {item.low} to {item.high}"
        for item in ranges(document, parents)
    }
    flat["acceptedAgreements"] = "\n".join(
        item["agreementUrl"] for item in document.get("acceptedAgreements", [])
    )
    return flat


def _word(value: Any) -> Any:
    """A truth as a word; all else as it is."""
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _changed(difference: Difference, label: str) -> Changed:
    before, after = difference.before, difference.after
    lines = None
    if any(text and ("\n" in text or len(text) > _LONG) for text in (before, after)):
        lines = line_difference(before or "", after or "") if before and after else None
    return Changed(difference.path, label, before, after, lines)


def _label(path: str) -> str:
    """A path as people read it: `developerLinks.learnMore` is `Developer links, learn more`."""
    path = path.removeprefix(ATTRIBUTES).removeprefix(f"{COMPATIBILITIES}.")
    if path.startswith("Compatible with "):
        return path
    text = "".join(f" {c.lower()}" if c.isupper() else c for c in path).replace(".", ", ")
    return f"{text[:1].upper()}{text[1:]}"


def _end(parents: Parents, item: Document, name: str, open_end: str) -> str:
    build = item.get(name)
    if build is None:
        return open_end
    number = parents.release(item["parentSoftwareId"], build)
    return f"build {build}" if number is None else f"{number} (build {build})"
