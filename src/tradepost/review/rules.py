"""The table of states, as pure functions.

Source: the table under "States" in the contract's semantics. A version that is approved waits for
its listing to become public, and is active from then on.
"""

from typing import Final, Literal

import msgspec
from msgspec import UNSET

from tradepost.app_software.model import (
    ApprovalDetails,
    AppSoftwareVersionGetResponse,
    AppSoftwareVersionReleaseDetails,
    VersionState,
)
from tradepost.http.errors import VALIDATION_ERROR, fail

Move = Literal["submit", "approve", "reject", "archive", "unarchive"]

AUTO_APPROVER: Final = "auto-approval"

_FROM: Final[dict[Move, tuple[VersionState, ...]]] = {
    "submit": ("draft", "rejected"),
    "approve": ("submitted",),
    "reject": ("submitted",),
    "archive": ("draft", "submitted", "approved", "auto-approved", "active", "rejected"),
    "unarchive": ("archived",),
}


def enter(
    version: AppSoftwareVersionGetResponse, approval_policy: str, draft: bool, at: str
) -> None:
    """Put a new version into the first state that it has, and fill in the details of that."""
    if draft:
        version.state = "draft"
        return
    _submit(version, at)
    if approval_policy == "auto":
        _approve(version, AUTO_APPROVER, at)


def move(
    version: AppSoftwareVersionGetResponse,
    how: Move,
    *,
    before: VersionState | None,
    email: str,
    at: str,
    reason: str = "",
) -> None:
    """Move a version to its next state. It gets a new revision, because it reads differently.

    `before` is the state that an archived version was in. Raises 400 where the present state
    does not allow the move.
    """
    if version.state not in _FROM[how]:
        if version.state == "archived" and how == "archive":
            raise fail(VALIDATION_ERROR, "state is archived already")
        allowed = " or ".join(_FROM[how])
        detail = f"state is {version.state}: only a version that is {allowed} can be {_done(how)}"
        raise fail(VALIDATION_ERROR, detail)
    version.revision += 1
    if how == "submit":
        _submit(version, at)
    elif how == "approve":
        _approve(version, email, at)
    elif how == "reject":
        version.state = "rejected"
        held = version.approval_details
        submitted_at = UNSET if held is UNSET else held.submitted_at
        version.approval_details = ApprovalDetails(submitted_at, rejection_reason=reason)
    elif how == "archive":
        version.state = "archived"
    else:
        assert before is not None
        version.state = before


def publish(version: AppSoftwareVersionGetResponse, email: str, at: str) -> None:
    """Make an approved version active, because its listing has become public."""
    version.state = "active"
    version.release_details = AppSoftwareVersionReleaseDetails(at, email)


def withdraw(version: AppSoftwareVersionGetResponse) -> None:
    """Take an active version back, because its listing has become private again."""
    held = version.approval_details
    by_itself = held is not UNSET and held.approved_by == AUTO_APPROVER
    version.state = "auto-approved" if by_itself else "approved"
    version.release_details = UNSET


def _submit(version: AppSoftwareVersionGetResponse, at: str) -> None:
    version.approval_details = ApprovalDetails(submitted_at=at)
    version.state = "submitted"


def _approve(version: AppSoftwareVersionGetResponse, approver: str, at: str) -> None:
    held = version.approval_details
    assert held is not UNSET
    version.approval_details = msgspec.structs.replace(held, approved_at=at, approved_by=approver)
    version.state = "auto-approved" if approver == AUTO_APPROVER else "approved"


def _done(how: Move) -> str:
    words = {"submit": "submitted", "approve": "approved", "reject": "rejected"}
    return words.get(how, f"{how}d")
