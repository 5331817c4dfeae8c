"""Requests that a visitor tries: on to the API in this process, and answers back as they come."""

from collections.abc import Iterable
from typing import Final

from tradepost.console.ask import Api
from tradepost.console.passing import Header, PassedOn
from tradepost.http.call import Scope

_KEPT_BACK: Final = frozenset(
    {
        b"authorization",
        b"cookie",
        b"origin",
        b"proxy-authorization",
        b"referer",
        b"user-agent",  # which comes along by itself, as the next one does
        b"x-csrf-token",
        b"x-forwarded-for",
    }
)
"""Headers of a browser that are none of the API's concern: who asks is told by the session."""
_OURS: Final = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
}
"""Whatever the API answers with, opened as a page it can do nothing."""
_OF_THE_API: Final = frozenset({b"cache-control"})
"""What the API says better than pages do."""


def passed_headers(
    headers: Iterable[tuple[bytes, bytes]],
) -> list[tuple[bytes, bytes]]:
    """The headers of a request that are passed on."""
    return [
        (name, value)
        for name, value in headers
        if name not in _KEPT_BACK and not name.startswith((b"sec-", b"hx-"))
    ]


class Tried(PassedOn):
    """What the API answers to `scope`, which comes and goes in parts; without cookies."""

    def __init__(self, api: Api, scope: Scope):
        super().__init__(lambda receive, send: api(scope, receive, send), _OURS)

    def merged(self, answered: Iterable[Header]) -> list[Header]:
        answered = [pair for pair in answered if pair[0].lower() != b"set-cookie"]
        theirs = {name.lower() for name, _ in answered} & _OF_THE_API
        ours = [pair for pair in self.raw_headers if pair[0] not in theirs]
        names = {name for name, _ in ours}
        return [*(pair for pair in answered if pair[0].lower() not in names), *ours]
