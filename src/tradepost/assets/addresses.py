"""Which hosts, ports and addresses may be fetched from: pure rules, no I/O.

Source: `POST artifacts/fetch` under "Assets" in the contract's semantics, and the IANA registries
of special-purpose IPv4 and IPv6 addresses. The tables are ours, because `is_global` of Python's
`ipaddress` changes between patch releases, and lets multicast, 6to4 and others through.
"""

import re
from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from ipaddress import ip_address as parse
from typing import Final

_REFUSED_IPV4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network, unspecified
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier NAT, and the metadata of a cloud
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's platform service: public in form only
        "169.254.0.0/16",  # link-local, and the metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments, and the metadata of a cloud
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_IPV6: Final = IPv6Network("2000::/3")
_REFUSED_IPV6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)
_EMBEDDING_IPV6: Final = (
    IPv6Network("::ffff:0:0/96"),  # IPv4-mapped
    IPv6Network("64:ff9b::/96"),  # NAT64: how a network without IPv4 reaches public servers
)
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*")
_LONGEST_NAME: Final = 253
_LARGEST_PORT: Final = 65535


def is_public(address: str) -> bool:
    """Whether an address, as text, belongs to the public Internet.

    IPv4-mapped and NAT64 addresses count as the IPv4 address that they embed. All other forms
    that embed one (IPv4-compatible, 6to4, Teredo) are refused as a whole: no public server needs
    them. So is an address with a zone, which only means something on one machine.
    """
    try:
        parsed = parse(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        if parsed.scope_id is not None:
            return False
        if not any(parsed in network for network in _EMBEDDING_IPV6):
            return parsed in _GLOBAL_IPV6 and not any(parsed in net for net in _REFUSED_IPV6)
        parsed = IPv4Address(parsed.packed[-4:])
    return not any(parsed in network for network in _REFUSED_IPV4)


def is_open_port(port: int) -> bool:
    """Whether any host may be fetched from at that port: 80, 443, and those above 1023.

    The others belong to services, such as mail, that must not be spoken to in a server's name.
    """
    return port in (80, 443) or 1024 <= port <= _LARGEST_PORT


def canonical_host(host: str) -> str | None:
    """The one spelling of a host: lower case, no dot at the end, IPv6 shortened, no brackets.

    `None` for what is no host: empty or too long labels, other characters, IPv6 with a zone.
    Names that are not ASCII must be in their IDNA form.
    """
    if ":" in host:
        try:
            address = IPv6Address(host)
        except AddressValueError:
            return None
        return None if address.scope_id is not None else str(address)
    name = host.lower().removesuffix(".")
    return name if len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) else None


def authority(host: str, port: int | None) -> str:
    """A canonical host with a port, where there is one, as it stands in a URL."""
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port is None else f"{bracketed}:{port}"


def allowed_authorities(entries: Iterable[str]) -> frozenset[str]:
    """What an operator allows, `host` or `host:port` each, as `authority` spells it.

    Raises `ValueError` for an entry that is neither.
    """
    return frozenset(map(_allowed_authority, entries))


def _allowed_authority(entry: str) -> str:
    bare = entry[1:-1] if entry.startswith("[") and entry.endswith("]") else entry
    host, port = canonical_host(bare), None
    if host is None:
        before, _, digits = entry.rpartition(":")
        bracketed = before.startswith("[") and before.endswith("]")
        host = canonical_host(before[1:-1] if bracketed else before)
        port = int(digits) if re.fullmatch(r"[0-9]{1,5}", digits) else 0
        # Without brackets nobody can tell the port from the end of an IPv6 address.
        if host is None or (":" in host and not bracketed) or not 1 <= port <= _LARGEST_PORT:
            raise ValueError(f"{entry!r} is neither a host nor host:port")
    return authority(host, port)
