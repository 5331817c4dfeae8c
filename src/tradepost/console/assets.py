"""The console's styles and scripts: files of the package, under URLs that change with them."""

import hashlib
import mimetypes
import re
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

ROOT: Final = "/-/static"
_FOLDER: Final = Path(__file__).parent / "static"
_COMMENT: Final = re.compile(rb"/\*.*?\*/", re.DOTALL)
_AROUND: Final = re.compile(rb"\s*([{};,])\s*|(:)\s+")
_FOREVER: Final = "public, max-age=31536000, immutable"


class Assets:
    """Files are read when they are first asked for, and kept."""

    def __init__(self) -> None:
        self._known = {
            str(file.relative_to(_FOLDER)): file for file in _FOLDER.rglob("*") if file.is_file()
        }
        self._read: dict[str, tuple[str, bytes]] = {}

    def url(self, name: str) -> str:
        """Where a file is, for templates."""
        return f"{ROOT}/{self._file(name)[0]}/{name}"

    async def answer(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        if name not in self._known:
            return Response("There is no such file.\n", 404, media_type="text/plain")
        digest, data = self._file(name)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        is_current = request.path_params["digest"] == digest
        headers = {
            "cache-control": _FOREVER if is_current else "no-cache",
            "x-content-type-options": "nosniff",
        }
        return Response(data, headers=headers, media_type=kind)

    def _file(self, name: str) -> tuple[str, bytes]:
        if name not in self._read:
            data = self._known[name].read_bytes()
            if name.endswith(".css"):
                data = _without_spaces(data)
            self._read[name] = (hashlib.sha256(data).hexdigest()[:16], data)
        return self._read[name]


def _without_spaces(css: bytes) -> bytes:
    """Styles without what only their readers need. No text in them has one of these signs."""
    return _AROUND.sub(rb"\1\2", _COMMENT.sub(b"", css)).strip()
