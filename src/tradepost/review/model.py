"""The wire of review, in the administration interface."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tradepost.app_software.model import AppSoftwareVersionCreateRequest
from tradepost.http.cursors import PageLinks
from tradepost.parent_software.model import Hosting


class RejectRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Why a version is rejected; its maker reads it."""

    reason: Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]


class SubmittedVersion(msgspec.Struct, rename="camel"):
    """A version that waits for a reviewer."""

    app_key: str
    app_software_id: str
    hosting: Hosting
    build_number: int
    version_number: str | None
    created_by: str
    created_at: str
    submitted_at: str


class SubmittedVersionPage(msgspec.Struct, rename="camel"):
    links: PageLinks
    versions: list[SubmittedVersion]


class AdministeredVersionCreateRequest(AppSoftwareVersionCreateRequest, rename="camel"):
    """A new version as in the contract; `draft` keeps it from being submitted."""

    draft: bool = False
