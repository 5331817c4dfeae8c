"""XML from strangers, and what `atlassian-plugin.xml` says.

Source: "atlassian-plugin.xml element reference" of the vendor's plugin framework. Expat reads
no external entities. Entities that grow without bound need a document type that is part of the
document: one with that is refused before anything is expanded.
"""

from typing import Final
from xml.parsers import expat

from tradepost.assets.bad_file import BadFileError

MAX_BYTES: Final = 2 << 20
"""The largest XML document that is read; a plugin with hundreds of modules has a tenth."""
MAX_DEPTH: Final = 100
MAX_PROLOG_BYTES: Final = 64 << 10
"""Of comments and the like before the root element."""

_PIECE: Final = 4 << 10
_ENCODINGS: Final = frozenset(
    ("utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1", "windows-1252")
)
_VERSION: Final = ["atlassian-plugin", "plugin-info", "version"]
_PARAM: Final = ["atlassian-plugin", "plugin-info", "param"]


class Xml:
    """What matters of a document: its root, and for a plugin its version and parameters.

    `name` is what the file is called in reasons. Raises `BadFileError` for a document that is
    not well-formed, too deep, or declares types or entities.
    """

    def __init__(self, data: bytes, name: str):
        self.root = ""
        self.attributes: dict[str, str] = {}
        self.version = ""
        self.params: dict[str, str] = {}
        self._name = name
        self._path: list[str] = []
        self._param = ""
        self._texts: list[str] = []
        self._parse(data)

    def expect_root(self, root: str) -> None:
        """Raise `BadFileError` where the root is another element."""
        if self.root != root:
            raise self._bad(f"is no <{root}>")

    def _bad(self, what: str) -> BadFileError:
        return BadFileError(f"is an archive whose {self._name} {what}")

    def _parse(self, data: bytes) -> None:
        parser = expat.ParserCreate()
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._document_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.buffer_text = True
        try:
            # In pieces up to the root: expat goes on to the end of a piece after a refusal. The
            # rest at once: expat reads a token anew for each piece that it spans.
            at = 0
            while not self.root and at < min(len(data), MAX_PROLOG_BYTES):
                parser.Parse(data[at : at + _PIECE])
                at += _PIECE
            if not self.root and at < len(data):
                raise self._bad("has no element at its start")
            parser.Parse(data[at:], True)
        except expat.ExpatError as bad:
            raise self._bad(f"is damaged: {bad}") from None

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise self._bad("is in an encoding that is not supported")

    def _document_type(
        self, _name: str, _system: str | None, _public: str | None, has_own: bool
    ) -> None:
        if has_own:
            raise self._bad("declares types or entities of its own")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path:
            self.root, self.attributes = name, attributes
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise self._bad("is nested too deeply")
        if self._path == _PARAM:
            self._param = attributes.get("name", "")

    def _characters(self, text: str) -> None:
        if self._path in (_VERSION, _PARAM):
            self._texts.append(text)

    def _end(self, _name: str) -> None:
        if self._path == _VERSION:
            self.version = self._taken_text()
        elif self._path == _PARAM:
            self.params[self._param] = self._taken_text()
        self._path.pop()

    def _taken_text(self) -> str:
        text = "".join(self._texts)
        self._texts.clear()
        return text
