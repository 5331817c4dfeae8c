"""The audit, as administrators read it."""

from typing import Any

from tests.support.administration import read
from tests.support.client import ADMINISTRATOR, InProcess

AUDIT = "/admin/v1/audit"


def audit(server: InProcess, **filters: str) -> list[dict[str, Any]]:
    """The newest lines of the audit, the newest first, at most 50."""
    answer = server.get(AUDIT, ADMINISTRATOR, params={"limit": "50", **filters})
    assert answer.status_code == 200, answer.text
    entries: list[dict[str, Any]] = answer.json()["entries"]
    return entries


def count_lines(server: InProcess) -> int:
    """How many lines the audit has."""
    row = server.run(server.database.row("SELECT count(*) FROM audit"))
    return int(row[0])


def every_line(server: InProcess, path: str = AUDIT, limit: int = 50) -> list[dict[str, Any]]:
    """All lines of a list, along its pages."""
    found: list[dict[str, Any]] = []
    following = f"{path}{'&' if '?' in path else '?'}limit={limit}"
    while following:
        page = read(server, following)
        found += page["entries"]
        following = page["links"].get("next", "")
    return found
