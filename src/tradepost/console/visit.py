"""A request for a page: who makes it, what the form said, and how pages answer."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl, quote

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tradepost.console.ask import Ask, Reply, Told
from tradepost.console.belongings import Belongings
from tradepost.http.addresses import client_address
from tradepost.http.call import Caller

MOVED: Final = 303
"""After a form was taken: the browser asks for the next page, and going back repeats nothing."""


def whole(text: str) -> int | str:
    """A text as the number that it is; what is none, or no number that anything has, as it is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else text


class Form:
    """The fields of a form, as they were sent. What is missing is an empty text."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()):
        self.pairs = list(pairs)
        self._values: dict[str, list[str]] = {}
        for name, value in self.pairs:
            # Browsers send line ends as CR LF, whatever was typed.
            self._values.setdefault(name, []).append(value.replace("\r\n", "\n"))

    @classmethod
    def of(cls, body: bytes) -> "Form":
        """Raises `ValueError` for what no form sends."""
        text = body.decode()
        return cls(parse_qsl(text, keep_blank_values=True, max_num_fields=5000, errors="strict"))

    def __getitem__(self, name: str) -> str:
        return self._values.get(name, [""])[0]

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def all(self, name: str) -> list[str]:
        """Every value of a name, in the order of the page."""
        return self._values.get(name, [])


class Visit:
    """One request. Every page is a function from a visit to a response."""

    def __init__(
        self,
        request: Request,
        ask: Ask,
        caller: Caller | None,
        csrf: str,
        secret: str,
        form: Form,
        belongings: Belongings,
        templates: jinja2.Environment,
        common: Mapping[str, Any],
    ):
        self.request = request
        self.ask = ask
        self._caller = caller
        self.csrf = csrf
        self.secret = secret
        """What the cookie says; empty where nobody is signed in."""
        self.form = form
        self.belongings = belongings
        self._templates = templates
        self._common = common

    @property
    def caller(self) -> Caller:
        """Who is signed in, on pages that need it."""
        assert self._caller is not None
        return self._caller

    @property
    def is_signed_in(self) -> bool:
        return self._caller is not None

    @property
    def address(self) -> str:
        """Where the visitor is."""
        return client_address(self.request.scope, self.belongings.trusted_proxies)

    @property
    def path(self) -> Mapping[str, Any]:
        """The parameters of the path."""
        return self.request.path_params

    @property
    def here(self) -> str:
        """The path of this page, for links. Not from `request.url`, which the `Host` is part of."""
        return quote(self.request.scope["path"])

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query_params

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks, for a part of a page."""
        headers = self.request.headers
        return headers.get("hx-request") == "true" and "hx-boosted" not in headers

    def render(
        self,
        template: str,
        names: Mapping[str, Any] = MappingProxyType({}),
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """A page, or the part of one that is a template of its own. `names` are the template's."""
        text = self._templates.get_template(template).render(
            **self._common,
            visit=self,
            here=self.here,
            **names,
        )
        return HTMLResponse(text, status, headers)

    def part(self, template: str, names: Mapping[str, Any]) -> Markup:
        """A part of a page that knows nothing of the visit, so that it may be kept."""
        return Markup(self._templates.get_template(template).render(**names))  # noqa: S704

    def go(self, path: str) -> Response:
        """On to another page, after a form was taken."""
        response = RedirectResponse(path, MOVED)
        if self.is_partial:
            # Encoded as for `Location`: a header is not UTF-8.
            return Response(status_code=204, headers={"HX-Redirect": response.headers["location"]})
        return response

    def sorry(self, reply: Reply) -> Response:
        """The page that tells why the API has refused something."""
        return self.apologise(reply.status, reply.problems)

    def apologise(self, status: int, problems: Iterable[Told]) -> Response:
        told = list(problems)
        return self.render("problem.html", {"status": status, "problems": told}, status)
