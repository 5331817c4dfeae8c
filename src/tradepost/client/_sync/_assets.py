# Made by `make client` from _async/_assets.py. Do not edit.
"""Assets: artifacts and images."""

from collections.abc import Mapping
from typing import Any

from tradepost.assets.model import (
    ArtifactFetchRequest,
    ImageType,
    MediaV3Response,
    SoftwareArtifact,
)
from tradepost.client._downloads import Range, Target
from tradepost.client._forms import Progress, Source
from tradepost.client._requests import LONG, get, path, write
from tradepost.client._sync._transfers import Transfers


class Assets(Transfers):
    """The operations of the reference's group "Assets"."""

    def upload_artifact(
        self, source: Source, name: str | None = None, *, progress: Progress | None = None
    ) -> SoftwareArtifact:
        """Upload a JAR, OBR, JWB or Connect descriptor, from a path or a binary file.

        It is read while it is sent, and sent again where that may help: the same bytes are
        stored once. `name` is that of the file unless given. `progress` is told how many bytes
        are over, of how many; it starts again where the upload does.
        """
        return self._upload(
            "/rest/3/artifacts", source, name, SoftwareArtifact, progress, repeatable=True
        )

    def fetch_artifact(self, body: ArtifactFetchRequest | Mapping[str, Any]) -> SoftwareArtifact:
        """Let the server fetch an artifact from a URL, `uri`. It may take minutes."""
        where = "/rest/3/artifacts/fetch"
        return self._call(write("POST", where, body, SoftwareArtifact, answer_seconds=LONG))

    def get_artifact(self, artifact_id: str) -> SoftwareArtifact:
        """An artifact: its file, details and links."""
        return self._call(get(path("/rest/3/artifacts/{}", artifact_id), SoftwareArtifact))

    def download_artifact(
        self,
        artifact_id: str,
        target: Target,
        *,
        range: Range | None = None,
        progress: Progress | None = None,
        access_token: str | None = None,
        cloud_id: str | None = None,
        instance: str | None = None,
    ) -> int:
        """Download an artifact to a path or a binary file; how many bytes came.

        A path has the whole file at the end, or stays as it was. `range` are the first and the
        last byte, counted from 0. With `access_token`, a site (`cloud_id`) or an installation
        (`instance`) redeems it.
        """
        query = {"access-token": access_token, "cloud_id": cloud_id, "instance": instance}
        where = path("/rest/3/artifacts/{}/download", artifact_id)
        return self._download(get(where, bytes, query), target, range, progress)

    def upload_image(
        self,
        image_type: ImageType,
        source: Source,
        name: str | None = None,
        *,
        progress: Progress | None = None,
    ) -> MediaV3Response:
        """Upload a PNG, JPEG, GIF or BMP, from a path or a binary file."""
        where = path("/rest/3/assets/images/{}", image_type)
        return self._upload(where, source, name, MediaV3Response, progress)

    def download_image(
        self,
        image_id: str,
        target: Target,
        *,
        range: Range | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Download an image to a path or a binary file; how many bytes came."""
        where = path("/rest/3/assets/images/{}/download", image_id)
        return self._download(get(where, bytes), target, range, progress)
