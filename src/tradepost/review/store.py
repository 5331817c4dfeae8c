"""SQL of review, and nowhere else."""

import msgspec

from tradepost.app_software.model import AppSoftwareVersionGetResponse
from tradepost.database import Reader
from tradepost.review.model import SubmittedVersion

_decode = msgspec.json.Decoder(AppSoftwareVersionGetResponse).decode


async def submitted_page(
    reader: Reader, after: int, limit: int
) -> list[tuple[int, SubmittedVersion]]:
    """The versions that wait for a reviewer, in the order in which they were created."""
    found = []
    for pk, app_key, software_id, hosting, document in await reader.rows(
        "SELECT v.pk, a.app_key, w.id, w.hosting, v.document FROM app_software_version v "
        "JOIN app_software w ON w.pk = v.app_software_pk JOIN app a ON a.pk = w.app_pk "
        "WHERE v.state = 'submitted' AND v.pk > $1 ORDER BY v.pk LIMIT $2",
        after,
        limit,
    ):
        version = _decode(document)
        number = None if version.version_number is msgspec.UNSET else version.version_number
        details = version.approval_details
        submitted_at = msgspec.UNSET if details is msgspec.UNSET else details.submitted_at
        submitted = SubmittedVersion(
            app_key,
            software_id,
            hosting,
            version.build_number,
            number,
            version.created_by,
            version.created_at,
            version.created_at if submitted_at is msgspec.UNSET else submitted_at,
        )
        found.append((pk, submitted))
    return found
