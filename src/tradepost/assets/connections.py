"""Connections to hosts that clients name: resolved once, checked, and then to what was checked.

Only `tradepost.assets.remote` imports this, and only to fetch: the libraries take long to import.
"""

import contextlib
import ssl
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Final, Self

import httpcore2

from tradepost.assets.addresses import authority, is_public
from tradepost.assets.remote import RemoteFetchError, Resolve, Target

_CONNECT_SECONDS: Final = 10.0
_MOST_ADDRESSES: Final = 4
"""How many addresses of a host are tried, one after the other."""


class CheckedNetwork(httpcore2.AsyncNetworkBackend):
    """Connects to a host only where every address of it is public, or the host is allowed.

    Every one: a host that has an inner address beside a public one is a trap or a mistake. The
    name is resolved once and never handed on, so it cannot lead elsewhere after the check. Leaving
    it closes all that it opened, also where a TLS handshake was cancelled.
    """

    def __init__(self, network: httpcore2.AsyncNetworkBackend, resolve: Resolve, allowed: bool):
        self._network = network
        self._resolve = resolve
        self._allowed = allowed
        self._opened: list[httpcore2.AsyncNetworkStream] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (the library's interface)
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await self._resolve(host, port)
        if not addresses or not (self._allowed or all(map(is_public, addresses))):
            # One sentence for all reasons: it does not tell what inner names and addresses exist.
            raise RemoteFetchError(f"{host} has no address that is allowed")
        error: Exception = httpcore2.ConnectError()
        for address in addresses[:_MOST_ADDRESSES]:
            try:
                stream = await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failed:
                error = failed
            else:
                self._opened.append(stream)
                return stream
        raise error

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for stream in self._opened:
            await stream.aclose()


@contextlib.asynccontextmanager
async def get(
    target: Target, network: CheckedNetwork, certificates: ssl.SSLContext | None
) -> AsyncIterator[httpcore2.Response]:
    """The answer to one GET on a connection of its own, while it arrives.

    Raises `RemoteFetchError` for all that goes wrong on the way. Environment, proxies, cookies
    and redirects play no part.
    """
    url = httpcore2.URL(
        scheme=target.scheme, host=target.host, port=target.port, target=target.path_and_query
    )
    headers = [
        ("Host", authority(target.host, target.port)),
        ("User-Agent", "tradepost"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ]
    timeouts = {"timeout": {"connect": _CONNECT_SECONDS}}
    try:
        async with (
            network,
            httpcore2.AsyncHTTPConnection(
                url.origin, ssl_context=certificates, network_backend=network
            ) as connection,
            connection.stream("GET", url, headers=headers, extensions=timeouts) as response,
        ):
            yield response
    except httpcore2.ConnectError as error:
        secure = isinstance(error.__cause__, ssl.SSLError)
        what = "no secure connection" if secure else "no connection"
        raise RemoteFetchError(f"{what} to {target.host} could be made") from error
    except httpcore2.ConnectTimeout as error:
        raise RemoteFetchError(f"no connection to {target.host} could be made in time") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, ssl.SSLError) as error:
        raise RemoteFetchError(
            f"the answer of {target.host} breaks off or is not sound HTTP"
        ) from error
