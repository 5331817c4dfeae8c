"""What protects a session in a browser: its cookie, and where forms may come from."""

import asyncio
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from tradepost.console.sessions import LENGTH

MAX_FORM: Final = 1024 * 1024
"""The largest form, in bytes; as that of a JSON body of the API."""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
"""Of every page."""
SAFE: Final = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""


def cookie_name(request: Request) -> str:
    """Where TLS protects it, a browser lets nobody else set a cookie of this name.

    Cookies know no ports, so the name has it: servers on one host do not end each other's sessions.
    """
    port = request.headers.get("host", "").rpartition(":")[2]
    name = f"tradepost-{port}" if port.isascii() and port.isdigit() else "tradepost"
    return f"__Host-{name}" if is_secure(request) else name


def is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def set_session(response: Response, request: Request, secret: str) -> None:
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=int(LENGTH.total_seconds()),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def drop_session(response: Response, request: Request) -> None:
    """Let the browser forget the cookie; it does so only for one that it would take."""
    response.delete_cookie(
        cookie_name(request),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def is_from_here(request: Request) -> bool:
    """Whether a browser says that a page of ours has sent this; programs say nothing of it.

    Where `Sec-Fetch-Site` is missing, `Origin` tells. The CSRF token is asked for besides.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


async def form_body(request: Request, seconds: float) -> bytes:
    """The body of a form; raises `ValueError` where it is none, or none within that time."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", ""):
        raise ValueError("not a form")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > MAX_FORM:
                    raise ValueError("too large")
                parts.append(part)
    except TimeoutError:
        raise ValueError("too slow") from None
    except ClientDisconnect:
        raise ValueError("not whole") from None
    return b"".join(parts)
