"""What a page declares: its path, its methods, and who may see it."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.responses import Response

from tradepost.console.visit import Visit

Show = Callable[[Visit], Awaitable[Response]]


class Page(msgspec.Struct, frozen=True):
    """A page. What its visitor may see of it, the operations that it asks decide."""

    path: str
    show: Show
    methods: tuple[str, ...] = ("GET",)
    needs_sign_in: bool = True
    streams: bool = False
    """Whether the body is the page's own to read, because it may be long; the CSRF token is in a
    header then."""


class Pages(list[Page]):
    """The pages of a module."""

    def get(self, path: str, *, needs_sign_in: bool = True) -> Callable[[Show], Show]:
        """Declare a page that reads."""
        return self._declare(path, "GET", needs_sign_in, False)

    def post(
        self, path: str, *, needs_sign_in: bool = True, streams: bool = False
    ) -> Callable[[Show], Show]:
        """Declare what a form is sent to."""
        return self._declare(path, "POST", needs_sign_in, streams)

    def passing_on(self, path: str, methods: tuple[str, ...]) -> Callable[[Show], Show]:
        """Declare paths whose requests are passed on, with bodies as they come."""

        def mark(show: Show) -> Show:
            self.append(Page(path, show, methods, streams=True))
            return show

        return mark

    def _declare(
        self, path: str, method: str, needs_sign_in: bool, streams: bool
    ) -> Callable[[Show], Show]:
        def mark(show: Show) -> Show:
            self.append(Page(path, show, (method,), needs_sign_in, streams))
            return show

        return mark
