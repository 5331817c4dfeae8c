"""The wire of review, in the administration interface."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tradepost.app_software.model import AppSoftwareVersionCreateRequest


class RejectRequest(msgspec.Struct, rename="camel"):
    """Why a version is rejected; its maker reads it."""

    reason: Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]


class AdministeredVersionCreateRequest(AppSoftwareVersionCreateRequest, rename="camel"):
    """A new version as in the contract; `draft` keeps it from being submitted."""

    draft: bool = False
