"""What rows of apps, their software, its versions and all their listings must be."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta

from tradepost.app_listing.model import ProductApprovalStatus, ProductListing, ProductListingState
from tradepost.app_listing.rules import images_of as images_of_app
from tradepost.app_software.model import AppSoftwareVersionGetResponse, PaymentModel, VersionState
from tradepost.app_software.rules import artifact_id_of, major_of
from tradepost.app_version_listing.model import (
    ApprovalStatus,
    AppSoftwareVersionListing,
    ListingState,
)
from tradepost.app_version_listing.rules import images_of as images_of_version
from tradepost.apps.model import ComplianceBoundary
from tradepost.http.fields import AppKey, BuildNumber, Line, Revision, Uuid
from tradepost.integrity.checked import At, Checked, Count, before_it_began
from tradepost.integrity.documents import differences, read
from tradepost.integrity.model import Names
from tradepost.parent_software.model import Hosting

_version = msgspec.json.Decoder(AppSoftwareVersionGetResponse)
_version_listing = msgspec.json.Decoder(AppSoftwareVersionListing)
_app_listing = msgspec.json.Decoder(ProductListing)


class AppRow(Checked):
    pk: int
    product_id: Uuid
    app_key: AppKey
    name: str
    developer_space_pk: int
    created_at: At
    archived_at: At | None


class AppListingRow(Checked):
    app_pk: int
    state: ProductListingState
    approval_status: ProductApprovalStatus
    revision: Revision
    document: bytes
    changes: Count

    def problems(self, names: Names) -> Iterator[str]:
        found = read(_app_listing, self.document)
        product_id, app_key, _ = names.apps.get(self.app_pk, (None, None, None))
        yield from differences(
            state=(self.state, found.state),
            approval_status=(self.approval_status, found.approval_status),
            revision=(self.revision, found.revision),
            app_pk=((product_id, app_key), (found.product_id, found.app_key)),
            developer_space=(names.space_of_app(self.app_pk), found.developer_id),
        )

    def images(self) -> Iterator[str]:
        found: Any = _app_listing.decode(self.document)
        yield from (image_id for _, image_id in images_of_app(found))


class AppSoftwareRow(Checked):
    pk: int
    id: Uuid
    app_pk: int
    developer_space_id: Uuid
    hosting: Hosting
    compliance_boundary: ComplianceBoundary | Literal[""]
    created_at: At
    archived_at: At | None
    changes: Count

    def problems(self, names: Names) -> Iterator[str]:
        if (self.hosting == "cloud") != bool(self.compliance_boundary):
            yield f"{self.hosting} with the compliance boundary {self.compliance_boundary!r}"
        if names.space_of_app(self.app_pk) != self.developer_space_id:
            yield "developer_space_id is not that of its app"


class VersionRow(Checked):
    pk: int
    app_software_pk: int
    build_number: BuildNumber
    version_number: str | None
    major: int | None
    state: VersionState
    state_before: VersionState | None
    payment_model: PaymentModel
    revision: Revision
    document: bytes
    artifact_id: str | None
    changes: Count

    def problems(self, names: Names) -> Iterator[str]:
        found = read(_version, self.document)
        yield from differences(
            build_number=(self.build_number, found.build_number),
            version_number=(self.version_number, found.version_number),
            major=(self.major, major_of(found.version_number)),
            state=(self.state, found.state),
            payment_model=(self.payment_model, found.supported_payment_model),
            revision=(self.revision, found.revision),
            artifact_id=(self.artifact_id, artifact_id_of(found)),
        )
        if self.state_before is not None and self.state != "archived":
            yield "it is not archived and has a state that it was archived in"

    def compatibilities(self) -> list[tuple[Any, ...]]:
        """The rows that its document has compatibilities for, in the order of their keys."""
        found = _version.decode(self.document).compatibilities
        rows = (
            (c.parent_software_id, _null(c.min_build_number), _null(c.max_build_number))
            for c in found
        )
        return sorted(rows, key=lambda row: row[0])


class CompatibilityRow(Checked):
    app_software_pk: int
    parent_software_id: Line
    build_number: BuildNumber
    min_build_number: BuildNumber | None
    max_build_number: BuildNumber | None


class VersionListingRow(Checked):
    pk: int
    app_software_pk: int
    build_number: BuildNumber
    state: ListingState
    approval_status: ApprovalStatus
    revision: Revision
    document: bytes
    changes: Count

    def problems(self, names: Names) -> Iterator[str]:
        found = read(_version_listing, self.document)
        software_id, _ = names.softwares.get(self.app_software_pk, (None, None))
        yield from differences(
            build_number=(self.build_number, found.build_number),
            state=(self.state, found.state),
            approval_status=(self.approval_status, found.approval_status),
            revision=(self.revision, found.revision),
            app_software_pk=(software_id, found.app_software_id),
        )

    def images(self) -> Iterator[str]:
        found: Any = _version_listing.decode(self.document)
        yield from (image_id for _, image_id in images_of_version(found))


class AccessTokenRow(Checked):
    pk: int
    token: Annotated[str, Meta(pattern=r"^at_[0-9a-f]{32}$")]
    app_software_pk: int
    cloud_id: str | None
    instance: str | None
    created_by: str
    created_at: At
    revoked_at: At | None
    redeemed_at: At | None

    def problems(self, names: Names) -> Iterator[str]:
        if self.redeemed_at is not None and self.cloud_id is None and self.instance is None:
            yield "it was redeemed, and is bound to no site"
        yield from before_it_began(self.created_at, revoked_at=self.revoked_at)


def _null(value: Any) -> Any:
    return None if value is UNSET else value
