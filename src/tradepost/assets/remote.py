"""Fetching a file from where a client says, without being turned against the inner network.

Source: `POST artifacts/fetch` under "Assets" in the contract's semantics. Every address on the
way, the first and those of redirects, passes the same checks; `addresses.py` has the rules and
`connections.py` keeps to them.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from tradepost.assets.addresses import (
    allowed_authorities,
    authority,
    canonical_host,
    is_open_port,
)
from tradepost.assets.remote_names import remote_file_name

if TYPE_CHECKING:
    import ssl

    import httpcore2
    import httpx2

_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_MOST_REDIRECTS: Final = 5
# Threads of their own: a client's name server that never answers holds up nothing but fetches.
_RESOLVERS: Final = ThreadPoolExecutor(4, "resolver")

Sink = Callable[[bytes], Awaitable[None]]
Resolve = Callable[[str, int], Awaitable[list[str]]]


class RemoteFetchError(Exception):
    """A file could not be had. The text says why, in words for the client that asked for it."""


class TooLargeError(RemoteFetchError):
    """The file is larger than allowed."""


class Fetched(msgspec.Struct, frozen=True):
    """Where a file was found in the end, and its name: one path segment of 1 to 255 characters.

    `final_uri` may carry a secret of the server that redirected there, such as a signature.
    """

    final_uri: str
    file_name: str


class Target(msgspec.Struct, frozen=True):
    """An address that has passed the checks which need no resolving.

    `host` is canonical; `port` is `None` for that of the scheme; `allowed` tells that the operator
    allows the host by its name, wherever that leads.
    """

    scheme: str
    host: str
    port: int | None
    path_and_query: bytes
    allowed: bool


async def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, as text; none where it cannot be resolved."""
    loop = asyncio.get_running_loop()
    kind = socket.SOCK_STREAM
    try:
        found = await loop.run_in_executor(
            _RESOLVERS, lambda: socket.getaddrinfo(host, port, type=kind)
        )
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Fetcher:
    """Fetches files of `max_bytes` at the most, each within `seconds`.

    `allowed_hosts` are the names or addresses, each with or without a port, that the operator
    allows although they are not public; raises `ValueError` for one that cannot be read. Names
    are resolved by `resolve`, and connections opened by `network` (the system's by default).
    """

    def __init__(
        self,
        allowed_hosts: Iterable[str],
        max_bytes: int,
        seconds: float,
        *,
        resolve: Resolve = look_up,
        network: "httpcore2.AsyncNetworkBackend | None" = None,
    ):
        self._allowed = allowed_authorities(allowed_hosts)
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._resolve = resolve
        self._network = network

    async def fetch(self, uri: str, sink: Sink) -> Fetched:
        """Pass the bytes of a file on as they arrive.

        Raises `RemoteFetchError`, and what `sink` raises; `sink` may have got a part by then.
        """
        try:
            async with asyncio.timeout(self._seconds) as limit:
                return await self._follow(uri, sink)
        except TimeoutError:
            if not limit.expired():  # one of the sink's
                raise
            raise RemoteFetchError(
                f"it takes longer than {self._seconds:g} seconds to fetch"
            ) from None

    async def _follow(self, uri: str, sink: Sink) -> Fetched:
        url = _parsed(uri)
        for _ in range(_MOST_REDIRECTS + 1):
            found = await self._visit(url, sink)
            if isinstance(found, Fetched):
                return found
            if url.scheme == "https" and found.scheme == "http":
                raise RemoteFetchError("the address redirects from https to http")
            url = found
        raise RemoteFetchError(f"the address redirects more than {_MOST_REDIRECTS} times")

    async def _visit(self, url: "httpx2.URL", sink: Sink) -> "Fetched | httpx2.URL":
        """Fetch from one address, or tell where that redirects to."""
        # Only here: they take long to import, and the server starts without them.
        import httpcore2
        import httpx2

        from tradepost.assets.connections import CheckedNetwork, get

        target = self._target(url)
        network = CheckedNetwork(
            self._network or httpcore2.AnyIOBackend(), self._resolve, target.allowed
        )
        certificates = self._certificates if target.scheme == "https" else None
        async with get(target, network, certificates) as response:
            headers = httpx2.Headers(response.headers)
            if response.status in _REDIRECTS and "location" in headers:
                return _parsed(headers["location"], url)
            if response.status != 200:
                raise RemoteFetchError(f"{target.host} answers with status {response.status}")
            await self._pass_on(response, headers, sink)
        name = remote_file_name(headers.get("content-disposition", ""), url.path)
        return Fetched(str(url.copy_with(fragment=None)), name)

    async def _pass_on(
        self, response: "httpcore2.Response", headers: "httpx2.Headers", sink: Sink
    ) -> None:
        # Never decoded: a few kilobytes can become many gigabytes.
        if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise RemoteFetchError("the file is sent in a content encoding that was not asked for")
        self._check_size(int(headers.get("content-length", "0")))
        size = 0
        async for chunk in response.aiter_stream():
            size += len(chunk)
            self._check_size(size)
            await sink(chunk)

    def _check_size(self, size: int) -> None:
        if size > self._max_bytes:
            raise TooLargeError(f"the file is larger than {self._max_bytes} bytes")

    def _target(self, url: "httpx2.URL") -> Target:
        """Check an address as far as that goes without resolving it."""
        if url.scheme not in _PORTS:
            raise RemoteFetchError("only http and https addresses can be fetched")
        if url.userinfo:
            raise RemoteFetchError("the address must not have a user name or password in it")
        host = canonical_host(url.raw_host.decode("ascii"))
        if host is None:
            raise RemoteFetchError("the address has no sound host")
        port = url.port if url.port is not None else _PORTS[url.scheme]
        allowed = not self._allowed.isdisjoint((authority(host, None), authority(host, port)))
        if not allowed and not is_open_port(port):
            raise RemoteFetchError(f"port {port} is not allowed")
        return Target(url.scheme, host, url.port, url.raw_path, allowed)

    @cached_property
    def _certificates(self) -> "ssl.SSLContext":
        """The certificates that are trusted: read once, because it takes a while."""
        import httpcore2

        return httpcore2.default_ssl_context()


def _parsed(text: str, base: "httpx2.URL | None" = None) -> "httpx2.URL":
    """An address, relative to another where there is one."""
    import httpx2

    try:
        return httpx2.URL(text) if base is None else base.join(text)
    except (httpx2.InvalidURL, ValueError):
        raise RemoteFetchError("the address is not sound") from None
