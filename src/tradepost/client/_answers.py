"""What answers say: values, errors, and which server it is. Nothing here does I/O.

An answer is read at once as the struct of the wire where it fits. Where it does not, it is walked
along the same struct and read as far as its shape allows: the vendor's service may know words,
lengths and absences that this server does not write, and a client should not fail over them.
"""

import html
import re
from collections.abc import Hashable
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

import httpx2
import msgspec
from msgspec import inspect

from tradepost.app_software.model import AccessTokenResponse
from tradepost.client._error_codes import error_class
from tradepost.client._errors import ApiError, ErrorEntry, UnexpectedAnswerError
from tradepost.client._requests import Request, query_of

T = TypeVar("T")

_ABSENT: Final[dict[tuple[str, str], Any]] = {
    ("AppSoftwareByAppKeyResponse", "archived"): False,
    ("AcceptedAgreement", "acceptedBy"): "",
    ("AcceptedAgreement", "acceptedAt"): "",
    ("PageLinks", "self"): "",
    ("ReviewsResponse", "averageStars"): 0.0,
    ("AppReview", "content"): "",
    ("AppReview", "totalVotes"): 0,
    ("AppReview", "helpfulVotes"): 0,
    ("AppReview", "isFlagged"): False,
    ("AppReview", "authorName"): "",
}
"""What a field that Tradepost always sends is read as where another server leaves it out.

Source: the contract's file, which does not have the first three, and requires neither links nor
anything of reviews. What may be null is null where it is absent; everything else must be there.
"""

_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,64}")


class _UnreadableError(Exception):
    """A value has not the shape of its type; the text says where."""


def server_version(headers: httpx2.Headers) -> str | None:
    """The version of Tradepost that an answer comes from; `None` from any other server."""
    version = headers.get("tradepost-version", "")
    return version if _VERSION.fullmatch(version) else None


def value(request: Request[T], status: int, body: bytes) -> T:
    """A good answer's body as the type that the request expects; a 204 has none.

    Raises `UnexpectedAnswerError` where it is not of that shape.
    """
    if request.answer is msgspec.Raw and not body:  # a 204, of which nothing is expected
        return cast("T", msgspec.Raw(b""))
    try:
        found: T = _decoder(cast("Hashable", request.answer)).decode(body)
        return found
    except (msgspec.ValidationError, RecursionError):
        pass
    except (msgspec.DecodeError, UnicodeDecodeError):
        detail = "its body is not JSON"
        raise UnexpectedAnswerError(request.method, request.path, status, detail, body) from None
    try:
        return cast("T", _read(msgspec.json.decode(body), inspect.type_info(request.answer), ""))
    except (_UnreadableError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        detail = f"its body cannot be read: {problem}"
        raise UnexpectedAnswerError(request.method, request.path, status, detail, body) from None


def created_token(
    request: Request[AccessTokenResponse], response: httpx2.Response
) -> AccessTokenResponse:
    """The new access token of an answer without a body, by its `Location`.

    Nobody has redeemed it yet, so there is no more to know. Raises `UnexpectedAnswerError` where
    the answer does not name it.
    """
    token = query_of(response.headers.get("location", "")).get("token")
    if token is None:
        detail = "it does not show the access token that it has created"
        raise UnexpectedAnswerError(request.method, request.path, response.status_code, detail)
    return AccessTokenResponse(token, None, None)


def validated(request: Request[T], response: httpx2.Response) -> T:
    """What would have been written, in an answer to a request that was only to be checked.

    Raises `UnexpectedAnswerError` where the server does not say that it only checked.
    """
    applied = response.headers.get("preference-applied", "").lower()
    if response.status_code != 200 or "validate-only" not in applied:
        detail = "it does not say that nothing was written, as was asked for: look what is there"
        raise UnexpectedAnswerError(
            request.method, request.path, response.status_code, detail, response.content
        )
    return value(request, response.status_code, response.content)


def error(method: str, path: str, response: httpx2.Response) -> ApiError | UnexpectedAnswerError:
    """An answer that is no success as an error. Its body must have been read."""
    status = response.status_code
    if status < 400:
        detail = "it sends elsewhere or says nothing; is the base URL right?"
        return UnexpectedAnswerError(method, path, status, detail, response.content)
    entries = _entries(response.content, status)
    kind = error_class(status, [entry.code for entry in entries])
    return kind(
        method,
        path,
        status,
        entries,
        "" if entries else _title(response),
        response.headers.get("x-request-id", ""),
        retry_after(response.headers),
        response.content,
    )


def retry_after(headers: httpx2.Headers) -> float | None:
    """How many seconds `Retry-After` asks to wait (RFC 9110, section 10.2.3).

    A date is compared with the answer's own `Date`, so that the two clocks need not agree; a
    date without one cannot be told.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
        return max((until - parsedate_to_datetime(headers.get("date", ""))).total_seconds(), 0.0)
    except (ValueError, TypeError):  # TypeError: one of the two dates has no zone
        return None


@cache
def _decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _entries(body: bytes, status: int) -> list[ErrorEntry]:
    """The entries of an error body; none where it is no error of the contract."""
    try:
        untyped = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []
    listed = untyped.get("errors") if isinstance(untyped, dict) else None
    if not isinstance(listed, list):
        return []
    return [_entry(entry, status) for entry in listed if isinstance(entry, dict)]


def _entry(entry: dict[str, Any], status: int) -> ErrorEntry:
    told = str(entry.get("status", ""))  # a number or a text, as the group spells it
    texts = (str(entry.get(name) or "") for name in ("id", "code", "title", "detail"))
    id, code, title, detail = texts
    own = int(told) if re.fullmatch(r"[1-5][0-9]{2}", told) else status
    return ErrorEntry(id, own, code, title, detail)


def _title(response: httpx2.Response) -> str:
    """What a body that is no error of the contract says of itself in a line."""
    found = _TITLE.search(response.content[:65_536])
    if found:
        return " ".join(html.unescape(found[1].decode("utf-8", "replace")).split())
    try:
        return HTTPStatus(response.status_code).phrase
    except ValueError:
        return ""


def _read(value: Any, kind: inspect.Type, where: str) -> Any:
    """A value as a type, with no regard to limits, patterns and lists of words."""
    match kind:
        case inspect.Metadata():
            return _read(value, kind.type, where)
        case inspect.UnionType():
            return _read_union(value, kind, where)
        case inspect.StructType():
            return _read_struct(value, kind, where)
        case inspect.ListType():
            items = _checked(value, list, where)
            return [_read(item, kind.item_type, f"{where}[{i}]") for i, item in enumerate(items)]
        case inspect.StrType() | inspect.LiteralType():
            return _checked(value, str, where)
        case inspect.BoolType():
            return _checked(value, bool, where)
        case inspect.IntType():
            if isinstance(value, bool):
                raise _UnreadableError(f"{where} is no number")
            return _checked(value, int, where)
        case inspect.FloatType():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise _UnreadableError(f"{where} is no number")
            try:
                return float(value)
            except OverflowError:
                raise _UnreadableError(f"{where} is too large a number") from None
    raise AssertionError(f"answers have no values of the type {kind}")


def _checked(value: Any, kind: type, where: str) -> Any:
    if not isinstance(value, kind):
        raise _UnreadableError(f"{where or 'the body'} is no {kind.__name__}")
    return value


def _read_union(value: Any, kind: inspect.UnionType, where: str) -> Any:
    options = [option for option in kind.types if not isinstance(option, inspect.NoneType)]
    if value is None:
        if kind.includes_none:
            return None
        raise _UnreadableError(f"{where} is null")
    if len(options) == 1:
        return _read(value, options[0], where)
    if isinstance(value, dict):
        for option in options:
            if not isinstance(option, inspect.StructType):
                continue
            if option.tag_field is None or value.get(option.tag_field) == option.tag:
                return _read_struct(value, option, where)
    plain = [option for option in options if not isinstance(option, inspect.StructType)]
    for option in plain:
        try:
            return _read(value, option, where)
        except _UnreadableError:
            if len(plain) == 1:
                raise
    raise _UnreadableError(f"{where} is of an unknown kind")


def _read_struct(value: Any, kind: inspect.StructType, where: str) -> Any:
    sent = _checked(value, dict, where)
    fields: dict[str, Any] = {}
    for field in kind.fields:
        name = field.encode_name
        path = f"{where}.{name}" if where else name
        if name in sent and (field.required or sent[name] is not None):
            fields[field.name] = _read(sent[name], field.type, path)
        elif field.required:
            fields[field.name] = _absent(kind.cls.__name__, field, path)
    return kind.cls(**fields)


def _absent(struct: str, field: inspect.Field, path: str) -> Any:
    if isinstance(field.type, inspect.UnionType) and field.type.includes_none:
        return None
    if (struct, field.encode_name) not in _ABSENT:
        raise _UnreadableError(f"{path} is missing")
    return _ABSENT[struct, field.encode_name]
