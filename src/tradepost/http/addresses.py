"""The address that a request comes from, and how, through proxies that the operator trusts.

`X-Forwarded-For` is what anyone can write, so it counts only where the connection itself comes from
a trusted proxy, and only back to the first address that is none. So does `X-Forwarded-Proto`.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from tradepost.http.call import Scope

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_WRITTEN: Final = re.compile(
    r"(?P<four>[0-9.]+)(:[0-9]{1,5})?|\[(?P<six>[^\]]+)\](:[0-9]{1,5})?|(?P<bare>[^\[\]]+)"
)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks, such as `10.0.0.0/8`; raises `ValueError` for anything else."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def client_address(scope: Scope, trusted: Sequence[Network]) -> str:
    """The address of the client; empty where the server was not told."""
    client = scope.get("client")
    peer: str = client[0] if client else ""
    if not trusted or not _is_trusted(peer, trusted):
        return peer
    lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    for hop in reversed(b",".join(lines).decode("latin-1").split(",")):
        address = _address(hop.strip())
        if address is None:  # nothing before it can be trusted either
            return peer
        peer = str(address)
        if not _is_trusted(peer, trusted):
            return peer
    return peer


def client_scheme(scope: Scope, trusted: Sequence[Network]) -> str:
    """`https` or `http`, as the client speaks it: a proxy may be who speaks TLS."""
    scheme: str = scope.get("scheme", "http")
    client = scope.get("client")
    if not trusted or not client or not _is_trusted(client[0], trusted):
        return scheme
    for name, value in scope["headers"]:
        if name == b"x-forwarded-proto":
            first = value.decode("latin-1").partition(",")[0].strip().lower()
            return first if first in ("http", "https") else scheme
    return scheme


def _address(text: str) -> Address | None:
    """An address as proxies write it: some add the port, `[…]` with version 6, and the zone, which
    means something on their own machine alone."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    try:
        found = ipaddress.ip_address(match["four"] or (match["six"] or match["bare"]).split("%")[0])
    except ValueError:
        return None
    # A socket for both kinds shows IPv4 clients as ::ffff:192.0.2.1.
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def _is_trusted(text: str, trusted: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in trusted)
