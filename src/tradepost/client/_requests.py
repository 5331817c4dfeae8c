"""Requests as values, and the URLs that they go to. Nothing here does I/O.

Source: "Everywhere" in the contract's semantics: paths start with `/rest/3`, and a base URL may
end in `/marketplace`. So a base URL's path is kept before every path, and links of answers, which
are relative to the host, are never followed as they are: only what they say behind the path is.
"""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, Literal, TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

import httpx2
import msgspec

from tradepost import __version__
from tradepost.client._errors import UnexpectedAnswerError
from tradepost.client._forms import Form

T = TypeVar("T")

Query = Mapping[str, str]
Body = msgspec.Struct | Mapping[str, Any] | Sequence[msgspec.Struct | Mapping[str, Any]]

TIMEOUT: Final = httpx2.Timeout(60.0, connect=10.0)
"""Seconds to wait for a connection, for a part of the answer, and to send a part."""
LONG: Final = 330.0
"""Seconds to wait for the answer where the server works on a file, or fetches it, before."""

IDEMPOTENCY_KEY: Final = "Idempotency-Key"

_SECRET: Final = re.compile(
    r"(?<=[?&])(token|access-token|X-Amz-Signature|X-Amz-Security-Token|X-Goog-Signature|sig)"
    r"=[^&#]*"
)
_ROOT: Final = "/rest/3/"


class Request(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One request of the contract, and what its answer is read as.

    `repeatable` says that sending it twice does what sending it once does, on any server; one with
    an idempotency key can be sent twice to those that know such keys. `reread` is for
    writes whose answer may come without a body: given the answer's `Location` (empty where there
    is none), it makes the request that reads what was written.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    answer: type[T]
    query: Query = {}
    headers: Mapping[str, str] = {}
    content: bytes | None = None
    form: Form | None = None
    repeatable: bool = False
    reread: "Callable[[str], Request[T]] | None" = None
    answer_seconds: float = 0.0
    """How long the answer may take, where the client's timeout is shorter."""


def get(path: str, answer: type[T], query: Mapping[str, Any] | None = None) -> Request[T]:
    """A request that reads. Parameters are in snake case; those that are `None` are left out."""
    sent = _query(query or {})
    return Request(method="GET", path=path, answer=answer, query=sent, repeatable=True)


def write(
    method: Literal["POST", "PUT"],
    path: str,
    body: Body,
    answer: type[T],
    reread: Callable[[str], Request[T]] | None = None,
    answer_seconds: float = 0.0,
) -> Request[T]:
    """A request that writes a JSON body: a struct of the wire, or a mapping as read from JSON."""
    return Request(
        method=method,
        path=path,
        answer=answer,
        content=json_body(body),
        headers={IDEMPOTENCY_KEY: str(uuid.uuid4())} if method == "POST" else {},
        reread=reread,
        answer_seconds=answer_seconds,
    )


def patch(
    path: str, body: Body, answer: type[T], reread: Callable[[str], Request[T]] | None = None
) -> Request[T]:
    """A request that changes parts by a JSON Patch (RFC 6902)."""
    return Request(
        method="PATCH",
        path=path,
        answer=answer,
        headers={"Content-Type": "application/json-patch+json"},
        content=json_body(body),
        reread=reread,
    )


def delete(path: str) -> Request[msgspec.Raw]:
    """A request that removes something. What the answer shows is not part of the contract."""
    return Request(method="DELETE", path=path, answer=msgspec.Raw)


HARMLESS: Final = Request(
    method="GET",
    path="/rest/3/parent-software",
    answer=msgspec.Raw,
    query={"limit": "1"},
    repeatable=True,
)
"""A request that every server answers, and that changes nothing."""


def validating(request: Request[T]) -> Request[T]:
    """A write as a request that only checks it, and stores nothing."""
    return msgspec.structs.replace(request, headers={"Prefer": "validate-only"}, repeatable=True)


def json_body(body: Body) -> bytes:
    """A body as JSON. Fields of structs that are not set are left out."""
    return msgspec.json.encode(dict(body) if isinstance(body, Mapping) else body)


def path(template: str, *values: str | int) -> str:
    """A path whose `{}` are values, percent-encoded each.

    Raises `ValueError` for texts that are no segment of a path: the empty one, `.` and `..`.
    """
    texts = [str(value) for value in values]
    for text in texts:
        if text in ("", ".", ".."):
            raise ValueError(f"{text!r} cannot stand in the path {template}")
    return template.format(*(quote(text, safe="") for text in texts))


def path_of(link: str) -> str:
    """The path from `/rest/3` on of a link, whether absolute, relative or with a prefix.

    Raises `ValueError` where it has none.
    """
    before, root, after = urlsplit(link).path.partition(_ROOT)
    if not root or ".." in before.split("/") + after.split("/"):
        raise ValueError("a link does not lead to /rest/3")
    return root + after


def query_of(link: str) -> dict[str, str]:
    """The parameters of a link."""
    return dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))


def following(request: Request[T], query: Query) -> Request[T]:
    """The request for the page of the same list that a page names as the next.

    Raises `UnexpectedAnswerError` where that is the page that named it: a walk would not end.
    """
    if query == request.query:
        detail = "the page names itself as the next one"
        raise UnexpectedAnswerError(request.method, request.path, 200, detail)
    return msgspec.structs.replace(request, query=query)


def rereading(request: Request[T], status: int, location: str) -> Request[T]:
    """The request that reads what a write has written, where its answer has no body.

    Raises `UnexpectedAnswerError` where the answer does not say where that is.
    """
    assert request.reread is not None
    try:
        return request.reread(location)
    except ValueError:
        detail = "it neither shows what was written nor leads there"
        raise UnexpectedAnswerError(request.method, request.path, status, detail) from None


def base_url(text: str) -> str:
    """A base URL without the slash at its end.

    Raises `ValueError` unless it is an http or https URL with a host and without credentials,
    query or fragment.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("the base URL is no URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("the base URL must start with http:// or https:// and a host")
    if "@" in parts.netloc:  # which would end up in messages and logs
        raise ValueError("credentials are given as auth, not in the base URL")
    if "?" in text or "#" in text:
        raise ValueError("the base URL must have no query and no fragment")
    return text.rstrip("/")


def headers(request: Request[Any]) -> dict[str, str]:
    """The headers of a request, but for the credentials."""
    found = {"Accept": "application/json", "User-Agent": f"tradepost-client/{__version__}"}
    if request.form is not None:
        found["Content-Type"] = request.form.content_type
        found["Content-Length"] = str(request.form.length)
    elif request.content is not None:
        found["Content-Type"] = "application/json"
    return {**found, **request.headers}


def basic_auth(auth: tuple[str, str] | None) -> httpx2.BasicAuth | None:
    """Email and API token as HTTP Basic; `ValueError` for an email that it cannot carry."""
    if auth is None:
        return None
    email, api_token = auth
    if ":" in email:
        raise ValueError("an email in HTTP Basic cannot have a colon")
    return httpx2.BasicAuth(email, api_token)


class MaskedUrl(httpx2.URL):
    """A URL whose text, which httpx2 logs, does not show access tokens, and what signs it."""

    def __str__(self) -> str:
        return _SECRET.sub(r"\1=***", super().__str__())


def _query(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {_camel(name): _text(value) for name, value in parameters.items() if value is not None}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    return ",".join(value)
