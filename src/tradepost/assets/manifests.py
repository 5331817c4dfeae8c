"""The main section of a JAR's manifest.

Source: "JAR File Specification", "Notes on Manifest and Signature Files": a line that starts
with a blank continues the line before, even in the middle of a character; the case of names
does not matter; an empty line ends the section.
"""

from typing import Final

from tradepost.assets.bad_file import BadFileError

MAX_BYTES: Final = 1 << 20
"""Of the main section. After it, a signed JAR has a section for each of its files."""


def main_attributes(start: bytes) -> dict[str, str]:
    """Values by name in lower case, of the first `MAX_BYTES` of a manifest.

    Raises `BadFileError` where the section is longer, not UTF-8, or no manifest's.
    """
    lines = start.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    section, separator, _ = lines.partition(b"\n\n")
    if not separator and len(start) >= MAX_BYTES:
        raise BadFileError(f"is an archive whose manifest starts with more than {MAX_BYTES} bytes")
    try:
        text = section.replace(b"\n ", b"").decode()
    except UnicodeDecodeError:
        raise BadFileError("is an archive whose manifest is not UTF-8") from None
    attributes = {}
    for line in filter(None, text.split("\n")):
        name, colon, value = line.partition(": ")
        if not colon:
            raise BadFileError("is an archive whose manifest has a line that is no attribute")
        attributes[name.lower()] = value
    return attributes
