"""Names of files, as clients send them and as they are sent back."""

from typing import Final
from urllib.parse import quote

_LONGEST: Final = 255
_SAFE: Final = "!#$&+-.^_`|~"  # RFC 8187, attr-char beside letters and digits


def clean_file_name(name: str | None, default: str) -> str:
    """The last part of a name that a client gave, without what a file's name cannot have."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable()).strip()[:_LONGEST].rstrip()
    return default if kept in ("", ".", "..") else kept


def attachment(name: str) -> str:
    """The `Content-Disposition` of a download (RFC 6266), with the whole name in UTF-8."""
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in name)
    value = f'attachment; filename="{plain}"'
    if plain != name:
        value += f"; filename*=UTF-8''{quote(name, safe=_SAFE)}"
    return value
