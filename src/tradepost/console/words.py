"""How the wire's words are shown."""

from typing import Any, Final

from tradepost.console.filters import plain

HOSTINGS: Final = {"cloud": "Cloud", "server": "Server", "datacenter": "Data Center"}
BOUNDARIES: Final = {
    "commercial": "",
    "fedramp_moderate": "FedRAMP Moderate",
    "isolated_cloud": "Isolated Cloud",
}
PAYMENT: Final = {
    "free": "Free",
    "paid-via-atlassian": "Paid via Atlassian",
    "paid-via-vendor": "Paid via vendor",
}


def hosting(software: Any) -> str:
    """An app software by where it runs: `Cloud`, `Cloud (FedRAMP Moderate)`, `Data Center`."""
    name = HOSTINGS.get(software["hosting"], software["hosting"])
    boundary = software.get("complianceBoundary", "")
    also = BOUNDARIES.get(boundary, boundary)
    return f"{name} ({also})" if also else name


def number(version: Any) -> str:
    """A version by its number; by its build number where it has none."""
    text = version.get("versionNumber")
    return plain(text) if text else f"build {version['buildNumber']}"
