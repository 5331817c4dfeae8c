"""The name of a file that was fetched: what its server says, or else its address."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from tradepost.http.file_names import clean_file_name

DEFAULT_NAME: Final = "artifact"
# All parameters are matched, so that what stands inside another's quotes is not taken for one.
_PARAMETER: Final = re.compile(
    r""";\s*([\w!#$&+.^`|~*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))"""
)


def remote_file_name(disposition: str, path: str) -> str:
    """The last part of the name in a `Content-Disposition` (RFC 6266), or of a URL's path.

    `path` is without percent-encoding. `DEFAULT_NAME` where both say nothing.
    """
    return clean_file_name(_named(disposition), "") or clean_file_name(path, DEFAULT_NAME)


def _named(disposition: str) -> str | None:
    """The `filename*` of a header that can be decoded, or else its `filename`."""
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(disposition):
        name, quoted, token = match.groups()
        # Only quotes and backslashes are unescaped: some servers send C:\folder\file as it is.
        value = token if quoted is None else re.sub(r"\\([\"\\])", r"\1", quoted)
        found.setdefault(name.lower(), value)
    extended = _extended(found.get("filename*", ""))
    return extended or found.get("filename")


def _extended(value: str) -> str | None:
    """An extended value (RFC 8187): character set, language and percent-encoded bytes."""
    charset, _, rest = value.partition("'")
    _, _, encoded = rest.partition("'")
    if charset.lower() not in ("utf-8", "iso-8859-1"):
        return None
    try:
        return unquote_to_bytes(encoded).decode(charset)
    except UnicodeDecodeError:
        return None
