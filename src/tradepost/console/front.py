"""What stands before the server: requests for pages go to the console, all others past it.

Light, since it is there from the start: the console itself is imported when somebody looks at it.
"""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Final

from tradepost.http.call import Receive, Scope, Send

if TYPE_CHECKING:
    from tradepost.console.application import Pages
    from tradepost.console.ask import Api
    from tradepost.console.belongings import Belongings

FIRST_SEGMENTS: Final = frozenset(
    {
        "",
        "-",
        "apps",
        "app-software",
        "audit",
        "developer-spaces",
        "favicon.ico",
        "parent-software",
        "people",
        "reference",
        "review",
        "sandbox",
        "sign-in",
        "sign-out",
    }
)
"""The first segments of the paths of pages. No operation's path begins with one of them."""


class Front:
    """An ASGI application of HTTP alone."""

    def __init__(self, behind: "Api", belongings: "Belongings"):
        self._behind = behind
        self._belongings = belongings
        self._pages: Pages | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path: str = scope["path"]
        if path.startswith("/rest/") or path[1:].partition("/")[0] not in FIRST_SEGMENTS:
            return self._behind(scope, receive, send)
        if self._pages is None:
            from tradepost.console.application import Pages

            self._pages = Pages(self._belongings)
        return self._pages(scope, receive, send)
