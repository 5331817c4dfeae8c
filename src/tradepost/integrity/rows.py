"""What the rows of each table are checked as.

A table of a later day belongs in here; a test finds one that is not.
"""

from typing import Final

from tradepost.integrity.app_rows import (
    AccessTokenRow,
    AppListingRow,
    AppRow,
    AppSoftwareRow,
    CompatibilityRow,
    VersionListingRow,
    VersionRow,
)
from tradepost.integrity.checked import Checked
from tradepost.integrity.file_rows import ArtifactRow, Catalogue, ImageRow, ParentRow, ReleaseRow
from tradepost.integrity.people_rows import (
    ApiTokenRow,
    ConsoleSessionRow,
    DeveloperListingRow,
    DeveloperSpaceRow,
    MemberRow,
    PersonRow,
    ServerSecret,
)
from tradepost.integrity.record_rows import MigrationRow, PrivacyRow, ReviewRow, ReviewTotalRow
from tradepost.integrity.trust_rows import AuditRow, IdempotencyKeyRow

ROWS: Final[dict[str, type[Checked]]] = {
    "access_token": AccessTokenRow,
    "api_token": ApiTokenRow,
    "app": AppRow,
    "app_listing": AppListingRow,
    "app_migration": MigrationRow,
    "app_software": AppSoftwareRow,
    "app_software_version": VersionRow,
    "app_software_version_compatibility": CompatibilityRow,
    "app_software_version_listing": VersionListingRow,
    "artifact": ArtifactRow,
    "audit": AuditRow,
    "catalogue": Catalogue,
    "console_session": ConsoleSessionRow,
    "developer_listing": DeveloperListingRow,
    "developer_space": DeveloperSpaceRow,
    "developer_space_member": MemberRow,
    "idempotency_key": IdempotencyKeyRow,
    "image": ImageRow,
    "parent_software": ParentRow,
    "parent_software_version": ReleaseRow,
    "person": PersonRow,
    "privacy_and_security": PrivacyRow,
    "review": ReviewRow,
    "review_total": ReviewTotalRow,
    "server_secret": ServerSecret,
}
