"""Cursors: opaque tokens that carry all that the next page needs, and cannot be altered.

Source: "Pages" in the contract's semantics. A token is a MessagePack list and a keyed BLAKE2b
tag, in unpadded base64url: letters, digits, `-` and `_` only, because clients cut links apart
and send the token back with or without URL-decoding. Every node shares the key.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from tradepost.http.call import Call
from tradepost.http.errors import INVALID_PARAMETER, ApiError, Problem
from tradepost.http.parameters import Integer, Parameter, Query, Text, link

T = TypeVar("T")

_TAG_BYTES: Final = 16
_VERSION: Final = 1


def limit_parameter(default: int = 25) -> Integer:
    """The page size: 1 to 50."""
    return Integer("limit", 1, 50, "How many elements a page has at the most.", default)


LIMIT: Final = limit_parameter()
CURSOR: Final = Text("cursor", "The token of `links.next` of the page before.", max_length=8192)


class Page(msgspec.Struct, frozen=True):
    """Which page of which list is asked for: what the request says, or its cursor.

    `filters` are the texts of the query's filters by name. `after` is the position behind
    which the page starts, `None` for the first page. `kept` is what the first page worked out
    for those after it.
    """

    limit: int
    filters: Mapping[str, str]
    after: Any = None
    kept: Any = None

    @property
    def wanted(self) -> int:
        """How many rows to read: one more than the page shows tells whether another follows."""
        return self.limit + 1


class _Token(msgspec.Struct, array_like=True):
    version: int
    path: str
    limit: int
    filters: dict[str, str]
    after: Any
    kept: Any


class PageLinks(msgspec.Struct, omit_defaults=True):
    """Links of a page, relative to the host. The last page has no `next`."""

    self: str
    next: str | msgspec.UnsetType = msgspec.UNSET


class Cursors:
    """Makes and reads cursors with a server's key (32 bytes)."""

    def __init__(self, key: bytes):
        self._key = key

    def seal(self, path: str, page: Page, after: Any, kept: Any = None) -> str:
        """The token for the page of the same list that starts behind `after`."""
        token = _Token(_VERSION, path, page.limit, dict(page.filters), after, kept)
        data = msgspec.msgpack.encode(token)
        return base64.urlsafe_b64encode(data + self._tag(data)).rstrip(b"=").decode()

    def open(self, text: str, path: str) -> Page:
        """The page that a token stands for; raises 400 where it is damaged or foreign."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise _refused("cursor is damaged") from None
        data, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
        # The last character of base64 has bits that decoding drops: only one spelling counts.
        spelled = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        if spelled != text or not hmac.compare_digest(tag, self._tag(data)):
            raise _refused("cursor is damaged")
        token = msgspec.msgpack.decode(data, type=_Token)
        if token.version != _VERSION or token.path != path:
            raise _refused("cursor belongs to another request")
        return Page(token.limit, token.filters, token.after, token.kept)

    def page(self, call: Call, default_limit: int = 25, also: Sequence[Problem] = ()) -> Page:
        """The page that a request asks for; raises 400 with every problem of its query.

        `also` are problems that the handler has found in the query before.
        """
        query, problems = call.query_and_problems()
        problems += also
        filters = _filters(query, call.operation.query)
        sent = query.get(CURSOR)
        if sent is None:
            if problems:
                raise ApiError(problems)
            return Page(query.get(LIMIT) or default_limit, filters)
        try:
            page = self.open(sent, call.url_path)
        except ApiError as refused:
            raise ApiError([*problems, *refused.problems]) from None
        problems += [
            Problem(INVALID_PARAMETER, f"{name} contradicts the cursor", name)
            for name, value in filters.items()
            if page.filters.get(name) != value
        ]
        if problems:
            raise ApiError(problems)
        return msgspec.structs.replace(page, limit=query.get(LIMIT) or page.limit)

    def cut(
        self, call: Call, page: Page, rows: Sequence[tuple[Any, T]], kept: Any = None
    ) -> tuple[PageLinks, list[T]]:
        """The links and elements of a page, of the rows read for it: position and element."""
        after = rows[page.limit - 1][0] if len(rows) > page.limit else None
        return self.links(call, page, after, kept), [element for _, element in rows[: page.limit]]

    def links(self, call: Call, page: Page, after: Any, kept: Any = None) -> PageLinks:
        """The links of a page: `next` goes on behind `after`, or is left out for `None`."""
        links = PageLinks(link(call.url_path, _understood(call.query(), call.operation.query)))
        if after is not None:
            links.next = f"{call.url_path}?cursor={self.seal(call.url_path, page, after, kept)}"
        return links

    def _tag(self, data: bytes) -> bytes:
        return hashlib.blake2b(data, key=self._key, digest_size=_TAG_BYTES).digest()


def _filters(query: Query, known: tuple[Parameter[Any], ...]) -> dict[str, str]:
    """The texts of the parameters that choose rows, as far as they were sent."""
    return {
        parameter.name: parameter.text(value)
        for parameter in known
        if parameter.name not in (LIMIT.name, CURSOR.name)
        and (value := query.get(parameter)) is not None
    }


def _understood(query: Query, known: tuple[Parameter[Any], ...]) -> list[tuple[str, str]]:
    """The parameters of `links.self`; a cursor already says the filters."""
    sent = [(p.name, p.text(v)) for p in known if (v := query.get(p)) is not None]
    if query.get(CURSOR) is None:
        return sent
    return [(name, value) for name, value in sent if name in ("cursor", "limit")]


def _refused(detail: str) -> ApiError:
    return ApiError([Problem(INVALID_PARAMETER, detail, "cursor")])
