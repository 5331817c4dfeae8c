"""Rules of artifacts and images: pure functions, no I/O."""

from collections.abc import Iterable

from tradepost.assets.model import (
    ArtifactDetails,
    ArtifactFileInfo,
    ArtifactLinks,
    Link,
    SoftwareArtifact,
)
from tradepost.assets.store import Artifact, Blob
from tradepost.http.call import Caller


def artifact_document(
    artifact_id: str, blob: Blob, details: ArtifactDetails, remote: str
) -> SoftwareArtifact:
    """An artifact as it is stored and served. `remote` is empty for one that was uploaded."""
    path = f"/rest/3/artifacts/{artifact_id}"
    links = ArtifactLinks(Link(path), Link(f"{path}/download", blob.media_type))
    if remote:
        links.remote = Link(remote)
    return SoftwareArtifact(
        file_info=ArtifactFileInfo(blob.file_name, blob.size, f"sha512:{blob.sha512}"),
        details=details,
        links=links,
    )


def may_see(caller: Caller, artifact: Artifact, users: Iterable[tuple[str, str]]) -> bool:
    """Whether somebody may see and download an artifact.

    Members of the developer spaces that use it in a version may, and everyone once such a version
    is public. Before it is used, members of the developer space that owns it may; where several
    do, its uploader alone, who has not said yet for which of them it is. `users` are the spaces
    and states of the versions that use it.
    """
    return (
        caller.administrator
        or _may_see_unused(caller, artifact)
        or any(state == "active" or caller.belongs_to(space_id) for space_id, state in users)
    )


def _may_see_unused(caller: Caller, artifact: Artifact) -> bool:
    is_of_one = len(artifact.owners) == 1 or caller.email == artifact.uploaded_by
    return is_of_one and any(caller.belongs_to(space_id) for space_id in artifact.owners)
