"""The kinds of text and number that bodies are made of, with their limits.

Source: "lengths" in the contract's semantics. The patterns are read by Python and by readers
of the OpenAPI document alike, so they keep to what both understand.
"""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta

from tradepost.http.parameters import MAX_BUILD_NUMBER

_LINE = r"^[^\x00-\x1f\x7f]+$(?!\n)"
_PROSE = r"^[^\x00]*$"
_URL_CHARACTER = r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})"
_URL = (
    r"^[Hh][Tt][Tt][Pp][Ss]?://(?:(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})*@)?"
    r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9\-._~]|%[0-9A-Fa-f]{2})*)(?::[0-9]{0,5})?"
    rf"(?:[/?#]{_URL_CHARACTER}*)?$(?!\n)"
)
_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$(?!\n)"
_DATE = r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$(?!\n)"
_EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]+@[A-Za-z0-9](?:[A-Za-z0-9\-.]*[A-Za-z0-9])?$(?!\n)"
_VERSION = r"^[0-9]+(?:[.\-_+][0-9A-Za-z]+)*$(?!\n)"
_APP_KEY = r"^[A-Za-z0-9][A-Za-z0-9._\-]*$(?!\n)"

PATTERN_REASONS: Final = {
    _LINE: "must not contain control characters",
    _PROSE: "must not contain the character U+0000",
    _URL: "must be an http or https URL",
    _UUID: "must be a UUID in lower case",
    _DATE: "must be a date such as 2026-01-31",
    _EMAIL: "must be an email address",
    _VERSION: "must be a version number such as 1.2.3",
    _APP_KEY: "must be letters, digits, dots, dashes and underscores, and start with one of "
    "the first two",
}
"""What to tell of a text that a pattern does not match."""

Line = Annotated[str, Meta(min_length=1, max_length=255, pattern=_LINE)]
"""An id, name, number or caption: one line of 1 to 255 characters."""
Caption = Annotated[str, Meta(max_length=255, pattern=_PROSE)]
"""A short text of up to 255 characters, which may be empty."""
Summary = Annotated[str, Meta(max_length=1000, pattern=_PROSE)]
Prose = Annotated[str, Meta(max_length=65_536, pattern=_PROSE)]
Url = Annotated[str, Meta(max_length=2048, pattern=_URL, extra_json_schema={"format": "uri"})]
"""An absolute http or https URL (RFC 3986, so ASCII) of at most 2,048 characters."""
Uuid = Annotated[str, Meta(pattern=_UUID)]
Date = Annotated[str, Meta(pattern=_DATE, extra_json_schema={"format": "date"})]
Email = Annotated[str, Meta(max_length=254, pattern=_EMAIL)]
AppKey = Annotated[str, Meta(min_length=1, max_length=255, pattern=_APP_KEY)]
VersionText = Annotated[str, Meta(min_length=1, max_length=255, pattern=_VERSION)]
"""A version number that can be compared with others: `8.6.5`, `2.0.0-beta.1`."""
Moment = Annotated[datetime, Meta(tz=True)]
BuildNumber = Annotated[int, Meta(ge=0, le=MAX_BUILD_NUMBER)]
Revision = Annotated[int, Meta(ge=0, le=MAX_BUILD_NUMBER)]
