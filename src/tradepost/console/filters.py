"""The templates, and how they write what they are given."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode
from zlib import crc32

import jinja2

from tradepost.console.ask import Told

_FOLDER: Final = Path(__file__).parent / "templates"
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def templates(asset_url: Callable[[str], str]) -> jinja2.Environment:
    """The environment of all templates; `asset` is the URL of a file of `static/`."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["asset"] = asset_url
    environment.filters.update(
        any_row=any_row, milliseconds=milliseconds, of_field=of_field, short=short
    )
    environment.filters.update(day=day, moment=moment, plain=plain, segment=segment, query=query)
    return environment


def day(stamp: str) -> str:
    """The date of an RFC 3339 time."""
    return stamp[:10]


def moment(stamp: str) -> str:
    """An RFC 3339 time in UTC as people read it: `2023-01-15 10:30 UTC`."""
    return f"{stamp[:10]} {stamp[11:16]} UTC" if len(stamp) > 10 else stamp


def plain(text: str) -> str:
    """A text in which what is invisible, or turns the direction, is shown by its number.

    Else what somebody has published could look like something else.
    """
    return _HIDDEN.sub(lambda found: f"\u2329U+{ord(found[0]):04X}\u232a", text)


def segment(text: object) -> str:
    """A text as one segment of a path."""
    return quote(str(text), safe="")


def query(pairs: Any) -> str:
    """A query, with what is empty left out; with its question mark."""
    items = pairs.items() if hasattr(pairs, "items") else pairs
    text = urlencode([(name, value) for name, value in items if value not in (None, "")])
    return f"?{text}" if text else ""


def milliseconds(since_1970: int) -> str:
    """A time in milliseconds since 1970, as `moment` writes times."""
    return f"{datetime.fromtimestamp(since_1970 // 1000, UTC):%Y-%m-%d %H:%M} UTC"


def any_row(path: str) -> str:
    """The path of a field in any row of a list: `[]` in place of its number."""
    return re.sub(r"\[\d+\]", "[]", path)


def short(path: str) -> str:
    """A short name for a path, the same each time, for ids that a page has by the hundred."""
    return f"f{crc32(path.encode()):x}"


def of_field(told: Iterable[Told], path: str) -> list[Told]:
    """Those problems that are of a field."""
    return [problem for problem in told if problem.is_of(path)]
