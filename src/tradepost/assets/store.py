"""SQL of artifacts and images, and nowhere else."""

from collections.abc import Iterable
from typing import Any

import msgspec

from tradepost.assets.model import ArtifactDetails, MediaV3Response, SoftwareArtifact
from tradepost.blobs import Label
from tradepost.database import Reader, Transaction
from tradepost.http.file_names import attachment

_decode = msgspec.json.Decoder(SoftwareArtifact).decode


class Blob(msgspec.Struct, frozen=True):
    """Stored bytes: what they are called, and how they are served. `size` is in bytes."""

    sha512: str
    size: int
    media_type: str
    file_name: str

    @property
    def key(self) -> str:
        """Where the bytes are in the blob store."""
        return f"sha512/{self.sha512[:2]}/{self.sha512}"

    @property
    def label(self) -> Label:
        """What a download says of the bytes."""
        return Label(self.media_type, attachment(self.file_name))


class Upload(msgspec.Struct, frozen=True):
    """Whose upload it is. `owners` are the developer spaces that may use it, in order of their
    ids; none stands for all of them."""

    owners: list[str]
    email: str
    at: str


class Artifact(msgspec.Struct, frozen=True):
    """An artifact as others need it."""

    id: str
    owners: list[str]
    uploaded_by: str
    blob: Blob
    details: ArtifactDetails
    document: bytes

    def usable_by(self, developer_space_id: str) -> bool:
        return not self.owners or developer_space_id in self.owners


async def find_artifact(reader: Reader, artifact_id: str) -> Artifact | None:
    row = await reader.row(
        "SELECT sha512, size, media_type, file_name, owners, created_by, document "
        "FROM artifact WHERE id = $1",
        artifact_id,
    )
    if row is None:
        return None
    *blob, owners, uploaded_by, document = row
    details = _decode(document).details
    return Artifact(
        artifact_id,
        msgspec.json.decode(owners),
        uploaded_by,
        Blob(*blob),
        ArtifactDetails() if details is msgspec.UNSET else details,
        document,
    )


async def save_artifact(
    transaction: Transaction,
    artifact_id: str,
    blob: Blob,
    upload: Upload,
    artifact: SoftwareArtifact,
) -> tuple[str, bytes, bool]:
    """Store an artifact under a new id, unless the same upload is there: the id, the document, and
    whether it is new."""
    owners = msgspec.json.encode(upload.owners).decode()
    remote = "" if artifact.links.remote is msgspec.UNSET else artifact.links.remote.href
    row = await transaction.row(
        "SELECT id, document FROM artifact "
        "WHERE sha512 = $1 AND owners = $2 AND file_name = $3 AND remote = $4",
        blob.sha512,
        owners,
        blob.file_name,
        remote,
    )
    if row is not None:
        return row[0], bytes(row[1]), False
    document = msgspec.json.encode(artifact)
    await transaction.execute(
        "INSERT INTO artifact (id, sha512, size, media_type, file_name, remote, owners, "
        "created_by, created_at, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        artifact_id,
        blob.sha512,
        blob.size,
        blob.media_type,
        blob.file_name,
        remote,
        owners,
        upload.email,
        upload.at,
        document,
    )
    return artifact_id, document, True


async def users_of(reader: Reader, artifact_id: str) -> list[tuple[str, str]]:
    """The developer spaces and states of the versions that use an artifact."""
    rows: list[Any] = await reader.rows(
        "SELECT DISTINCT w.developer_space_id, v.state FROM app_software_version v "
        "JOIN app_software w ON w.pk = v.app_software_pk WHERE v.artifact_id = $1",
        artifact_id,
    )
    return rows


async def is_installable(reader: Reader, artifact_id: str, software_pk: int) -> bool:
    """Whether an artifact is that of a version which sites of an app software may install.

    That is any that its makers have neither held back nor taken away, public or not.
    """
    row = await reader.row(
        "SELECT 1 FROM app_software_version "
        "WHERE artifact_id = $1 AND app_software_pk = $2 "
        "AND state NOT IN ('draft', 'rejected', 'archived') LIMIT 1",
        artifact_id,
        software_pk,
    )
    return row is not None


async def save_image(
    transaction: Transaction, blob: Blob, upload: Upload, image: MediaV3Response
) -> tuple[str, bytes, bool]:
    """Store an image, unless the same upload is there: the id, the document, and whether it is
    new."""
    owners = msgspec.json.encode(upload.owners).decode()
    row = await transaction.row(
        "SELECT id, document FROM image "
        "WHERE sha512 = $1 AND owners = $2 AND file_name = $3 AND image_type = $4",
        blob.sha512,
        owners,
        blob.file_name,
        image.media_type,
    )
    if row is not None:
        return row[0], bytes(row[1]), False
    document = msgspec.json.encode(image)
    await transaction.execute(
        "INSERT INTO image (id, sha512, size, image_type, media_type, file_name, owners, "
        "created_by, created_at, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        image.id,
        blob.sha512,
        blob.size,
        image.media_type,
        blob.media_type,
        blob.file_name,
        owners,
        upload.email,
        upload.at,
        document,
    )
    return image.id, document, True


async def find_image(reader: Reader, image_id: str) -> Blob | None:
    row = await reader.row(
        "SELECT sha512, size, media_type, file_name FROM image WHERE id = $1", image_id
    )
    return Blob(*row) if row else None


async def missing_images(reader: Reader, image_ids: Iterable[str]) -> set[str]:
    """Those of some ids that no image has."""
    return {each for each in set(image_ids) if await find_image(reader, each) is None}


async def blobs(reader: Reader, after: str, limit: int) -> list[Blob]:
    """Stored bytes with hashes greater than `after`, in their order, each as it was first called.

    They are those of at most `limit` rows; there are no more where there are none.

    A table of a later day whose rows name blobs belongs in here: what is moved follows from it.
    """
    found: dict[str, Blob] = {}
    for sha512, size, media_type, file_name, _ in await reader.rows(
        "SELECT sha512, size, media_type, file_name, pk FROM artifact WHERE sha512 > $1 "
        "UNION ALL SELECT sha512, size, media_type, file_name, pk FROM image WHERE sha512 > $1 "
        "ORDER BY 1, 5 LIMIT $2",
        after,
        limit,
    ):
        found.setdefault(sha512, Blob(sha512, size, media_type, file_name))
    return list(found.values())


async def count_blobs(reader: Reader) -> int:
    """How many blobs rows name."""
    row: Any = await reader.row(
        "SELECT COUNT(*) FROM (SELECT sha512 FROM artifact UNION SELECT sha512 FROM image) AS found"
    )
    return int(row[0])


async def size_of(reader: Reader, sha512: str) -> int | None:
    """The size in bytes of a blob, by its hash, if any row names it."""
    row = await reader.row(
        "SELECT size FROM artifact WHERE sha512 = $1 "
        "UNION ALL SELECT size FROM image WHERE sha512 = $1 LIMIT 1",
        sha512,
    )
    return int(row[0]) if row else None
