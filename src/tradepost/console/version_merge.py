"""What two people have changed in one version, and putting both together. Pure functions.

Everything is compared as the texts of the form's fields, so that what is shown is what is saved.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from tradepost.console.version_fields import COMPATIBILITIES, fields_of
from tradepost.console.version_form import FRAMEWORK, Pairs, Row, rows_of
from tradepost.console.visit import Form

Side = Literal["mine", "theirs"]
Texts = Mapping[str, str]
"""A version as one text for each field."""

_LONG: Final = 1000
_DIGEST: Final = "sha256:"


class Change(msgspec.Struct, frozen=True):
    """A field that somebody has changed. `base` is `None` where it was too long to keep."""

    name: str
    label: str
    base: str | None
    mine: str
    theirs: str
    by: Literal["me", "them", "both"]
    is_switch: bool = False


def texts_of(pairs: Pairs) -> dict[str, str]:
    """The fields of a form, compatibilities as one of them, a row a line."""
    form = Form(pairs)
    texts = {field.name: form[field.name] for field in fields_of(form[FRAMEWORK])}
    texts[COMPATIBILITIES] = "\n".join(
        "\t".join((row.parent, row.min, row.max)) for row in rows_of(form)
    )
    return texts


def keep(texts: Texts) -> str:
    """Texts as a form takes them along, to be shown later: long ones as a digest."""
    kept = {
        name: text if len(text) <= _LONG and not text.startswith(_DIGEST) else _digest(text)
        for name, text in texts.items()
    }
    return msgspec.json.encode(kept).decode()


def kept(text: str) -> dict[str, str]:
    """What `keep` has made; nothing where it is damaged, and then nobody knows the base."""
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
        return {}


def changes(framework: str, base: Texts, mine: Texts, theirs: Texts) -> list[Change]:
    """Every field that is not the same on both sides, and who has changed it since the base.

    A field of which the base says nothing counts as changed by both.
    """
    found = []
    for name, label, is_switch in _fields(framework):
        one, other = mine.get(name, ""), theirs.get(name, "")
        if one == other:
            continue
        by: Literal["me", "them", "both"] = "both"
        if name in base and _is(base[name], other):
            by = "me"
        elif name in base and _is(base[name], one):
            by = "them"
        known = base.get(name)
        shown = None if known is None or known.startswith(_DIGEST) else known
        found.append(Change(name, label, shown, one, other, by, is_switch))
    return found


def merged(found: list[Change], mine: Pairs, choices: Mapping[str, str]) -> Pairs | None:
    """My form with what is theirs put in; `None` as long as a conflict is undecided."""
    taken: dict[str, str] = {}
    for change in found:
        side = {"me": "mine", "them": "theirs"}.get(change.by) or choices.get(change.name)
        if side not in ("mine", "theirs"):
            return None
        if side == "theirs":
            taken[change.name] = change.theirs
    rows = taken.pop(COMPATIBILITIES, None)
    columns = ("parent", "min", "max")
    pairs = [
        (name, value)
        for name, value in mine
        if name not in taken and (rows is None or name not in columns)
    ]
    pairs += taken.items()
    if rows is not None:
        for row in rows_from(rows):
            pairs += zip(columns, (row.parent, row.min, row.max), strict=True)
    return pairs


def rows_from(text: str) -> list[Row]:
    """The rows of compatibilities as one text."""
    found = []
    for line in text.split("\n") if text else []:
        parent, _, ends = line.partition("\t")
        low, _, high = ends.partition("\t")
        found.append(Row(parent, low, high))
    return found


def _fields(framework: str) -> Iterator[tuple[str, str, bool]]:
    """Name, label, and whether it is a switch, of each field."""
    yield COMPATIBILITIES, "Compatibility", False
    for field in fields_of(framework):
        yield field.name, field.label, field.kind == "switch"


def _is(kept_text: str, text: str) -> bool:
    return kept_text == (_digest(text) if kept_text.startswith(_DIGEST) else text)


def _digest(text: str) -> str:
    return _DIGEST + hashlib.sha256(text.encode()).hexdigest()
