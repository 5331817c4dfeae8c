"""Limits as settings write them, without any I/O."""

import ipaddress
import re
from typing import Final

from tradepost.http.limits import MEGABYTE, Kind, Policy

_LIMIT: Final = re.compile(
    r"([1-9][0-9]{0,11})( MB)? per (?:([1-9][0-9]{0,5}) )?(second|minute|hour|day)s?"
)
_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


def policy(kind: Kind, text: str) -> Policy | None:
    """The policy of a setting such as `600 per minute` or `750 MB per 2 hours`; none where it is
    empty. Raises `ValueError` with one sentence."""
    if not text:
        return None
    found = _LIMIT.fullmatch(text)
    if found is None or (found[2] is not None) != (kind == "uploads"):
        example = "750 MB per 2 hours" if kind == "uploads" else "600 per minute"
        raise ValueError(f"must be like “{example}”, or empty for no limit")
    quota = int(found[1]) * (MEGABYTE if found[2] else 1)
    return Policy(kind, quota, int(found[3] or 1) * _SECONDS[found[4]])


def neighbourhood(address: str) -> str:
    """What counts as one address: with IPv6, everyone has as many as they like in a /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address
