"""Every state that a version and its listing can be in together, and where each step leads.

The table is written down by hand, from "States" and "App version listing" in the contract's
semantics; it knows nothing of the server's rules.
"""

from typing import Any, NamedTuple

import httpx2

from tests.support.bodies import listing, listing_path, version, versions_path
from tests.support.client import ADMINISTRATOR, OUTSIDER, Auth, InProcess

MANAGERS = ("administrator", "admin", "release-manager")
LISTERS = (*MANAGERS, "listing-specialist")
MAY: dict[str, tuple[str, ...]] = {
    "created": MANAGERS,
    "draft": MANAGERS,
    "submit": MANAGERS,
    "approve": ("administrator",),
    "reject": ("administrator",),
    "archive": MANAGERS,
    "unarchive": MANAGERS,
    "edit": MANAGERS,
    "private": LISTERS,
    "public": LISTERS,
}
"""Who may take each step: administrators, and members by their roles. `private` and `public`
write the listing, or create it; `edit` sends the version back as it is."""
STEPS = ("submit", "approve", "reject", "archive", "unarchive", "private", "public")


class Cell(NamedTuple):
    """The steps that lead to a state, and the states that steps from there lead to.

    A step that is not there is refused, apart from archive, which every cell allows.
    """

    reached_by: str
    leads_to: dict[str, str]


TABLE: dict[str, Cell] = {
    "draft": Cell(
        "draft",
        {
            "submit": "submitted",
            "private": "draft PRIVATE UNINITIATED",
            "public": "draft PUBLIC UNINITIATED",
        },
    ),
    "draft PRIVATE UNINITIATED": Cell(
        "draft private",
        {
            "submit": "submitted PRIVATE UNINITIATED",
            "private": "draft PRIVATE UNINITIATED",
            "public": "draft PUBLIC UNINITIATED",
        },
    ),
    "draft PUBLIC UNINITIATED": Cell(
        "draft public",
        {
            "submit": "submitted PUBLIC SUBMITTED",
            "private": "draft PRIVATE UNINITIATED",
            "public": "draft PUBLIC UNINITIATED",
        },
    ),
    "submitted": Cell(
        "draft submit",
        {
            "approve": "approved",
            "reject": "rejected",
            "private": "submitted PRIVATE UNINITIATED",
            "public": "submitted PUBLIC SUBMITTED",
        },
    ),
    "submitted PRIVATE UNINITIATED": Cell(
        "draft private submit",
        {
            "approve": "approved PRIVATE UNINITIATED",
            "reject": "rejected PRIVATE UNINITIATED",
            "private": "submitted PRIVATE UNINITIATED",
            "public": "submitted PUBLIC SUBMITTED",
        },
    ),
    "submitted PRIVATE SUBMITTED": Cell(
        "draft public submit private",
        {
            "approve": "approved PRIVATE APPROVED",
            "reject": "rejected PRIVATE REJECTED",
            "private": "submitted PRIVATE SUBMITTED",
            "public": "submitted PUBLIC SUBMITTED",
        },
    ),
    "submitted PRIVATE REJECTED": Cell(
        "draft public submit reject private submit",
        {
            "approve": "approved PRIVATE REJECTED",
            "reject": "rejected PRIVATE REJECTED",
            "private": "submitted PRIVATE REJECTED",
            "public": "submitted PUBLIC SUBMITTED",
        },
    ),
    "submitted PUBLIC SUBMITTED": Cell(
        "draft public submit",
        {
            "approve": "active PUBLIC APPROVED",
            "reject": "rejected PUBLIC REJECTED",
            "private": "submitted PRIVATE SUBMITTED",
            "public": "submitted PUBLIC SUBMITTED",
        },
    ),
    "approved": Cell(
        "draft submit approve",
        {"private": "approved PRIVATE UNINITIATED", "public": "active PUBLIC APPROVED"},
    ),
    "approved PRIVATE UNINITIATED": Cell(
        "draft private submit approve",
        {"private": "approved PRIVATE UNINITIATED", "public": "active PUBLIC APPROVED"},
    ),
    "approved PRIVATE APPROVED": Cell(
        "draft public submit private approve",
        {"private": "approved PRIVATE APPROVED", "public": "active PUBLIC APPROVED"},
    ),
    "approved PRIVATE REJECTED": Cell(
        "draft public submit reject private submit approve",
        {"private": "approved PRIVATE REJECTED", "public": "active PUBLIC APPROVED"},
    ),
    "active PUBLIC APPROVED": Cell(
        "draft public submit approve",
        {"private": "approved PRIVATE APPROVED", "public": "active PUBLIC APPROVED"},
    ),
    "rejected": Cell(
        "draft submit reject",
        {
            "submit": "submitted",
            "private": "rejected PRIVATE UNINITIATED",
            "public": "rejected PUBLIC UNINITIATED",
        },
    ),
    "rejected PRIVATE UNINITIATED": Cell(
        "draft submit reject private",
        {
            "submit": "submitted PRIVATE UNINITIATED",
            "private": "rejected PRIVATE UNINITIATED",
            "public": "rejected PUBLIC UNINITIATED",
        },
    ),
    "rejected PUBLIC UNINITIATED": Cell(
        "draft submit reject public",
        {
            "submit": "submitted PUBLIC SUBMITTED",
            "private": "rejected PRIVATE UNINITIATED",
            "public": "rejected PUBLIC UNINITIATED",
        },
    ),
    "rejected PRIVATE REJECTED": Cell(
        "draft public submit reject private",
        {
            "submit": "submitted PRIVATE REJECTED",
            "private": "rejected PRIVATE REJECTED",
            "public": "rejected PUBLIC REJECTED",
        },
    ),
    "rejected PUBLIC REJECTED": Cell(
        "draft public submit reject",
        {
            "submit": "submitted PUBLIC SUBMITTED",
            "private": "rejected PRIVATE REJECTED",
            "public": "rejected PUBLIC REJECTED",
        },
    ),
}
"""The cells that both policies have: version state, listing state, approval status."""

AUTO_TABLE: dict[str, Cell] = {
    "auto-approved": Cell(
        "created",
        {
            "private": "auto-approved PRIVATE UNINITIATED",
            "public": "auto: active PUBLIC APPROVED",
        },
    ),
    "auto-approved PRIVATE UNINITIATED": Cell(
        "created private",
        {
            "private": "auto-approved PRIVATE UNINITIATED",
            "public": "auto: active PUBLIC APPROVED",
        },
    ),
    "auto-approved PRIVATE APPROVED": Cell(
        "created public private",
        {
            "private": "auto-approved PRIVATE APPROVED",
            "public": "auto: active PUBLIC APPROVED",
        },
    ),
    "auto: active PUBLIC APPROVED": Cell(
        "created public",
        {
            "private": "auto-approved PRIVATE APPROVED",
            "public": "auto: active PUBLIC APPROVED",
        },
    ),
}
"""Those of the policy `auto` alone. `auto:` tells which of two that look alike it is."""

FIRST = {
    ("created", "auto"): "auto-approved",
    ("created", "manual"): "submitted",
    ("draft", "auto"): "draft",
    ("draft", "manual"): "draft",
}
"""The cell of a new version, by how it is made and the policy."""


def looks(cell: str) -> str:
    """How a cell looks from outside."""
    return cell.removeprefix("auto: ")


class Subject:
    """One version of the developer's, and its listing, on its way through the table."""

    def __init__(self, server: InProcess, software_id: str, build_number: int):
        self._server = server
        self.software_id = software_id
        self.build_number = build_number

    @property
    def path(self) -> str:
        return versions_path(self.software_id, self.build_number)

    @property
    def listing_path(self) -> str:
        return listing_path(self.build_number, self.software_id)

    def version(self, auth: Auth = ADMINISTRATOR) -> Any:
        """The version as it is, or `None` where that caller does not see it."""
        return self._read(self.path, auth)

    def listing(self, auth: Auth = ADMINISTRATOR) -> Any:
        """Its listing as it is, or `None` where there is none for that caller."""
        return self._read(self.listing_path, auth)

    def look(self) -> str:
        """The states, in the words of the table."""
        held = self.listing()
        words = [self.version()["state"]]
        if held is not None:
            words += [held["state"], held["approvalStatus"]]
        return " ".join(words)

    def seen_from_outside(self) -> tuple[bool, bool]:
        """Whether others see the version, and its listing."""
        return self.version(OUTSIDER) is not None, self.listing(OUTSIDER) is not None

    def take(self, step: str, auth: Auth = ADMINISTRATOR) -> httpx2.Response:
        """Take a step; the answer."""
        if step in ("private", "public"):
            held = self.listing()
            state = step.upper()
            if held is None:
                return self._server.post(self.listing_path, auth, json=listing(state=state))
            return self._server.put(self.listing_path, auth, json={**held, "state": state})
        if step == "edit":
            return self._server.put(self.path, auth, json=self.version())
        body = {"json": {"reason": "No."}} if step == "reject" else {}
        path = f"/admin/v1/app-software/{self.software_id}/versions/{self.build_number}/{step}"
        return self._server.post(path, auth, **body)

    def _read(self, path: str, auth: Auth) -> Any:
        answer = self._server.get(path, auth)
        assert answer.status_code in (200, 404), answer.text
        return answer.json() if answer.status_code == 200 else None


def make(server: InProcess, software_id: str, how: str, auth: Auth = ADMINISTRATOR) -> Subject:
    """A new version, `created` as in the contract or made as a `draft`."""
    path, body = versions_path(software_id), version()
    if how == "draft":
        path, body = f"/admin/v1/app-software/{software_id}/versions", version(draft=True)
    answer = server.post(path, auth, json=body)
    assert answer.status_code == 201, answer.text
    return Subject(server, software_id, answer.json()["buildNumber"])
