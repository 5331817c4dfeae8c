"""Assets: the operations of the reference's group, and the downloads that its links lead to."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec
from msgspec import UNSET

from tradepost.app_software import access_tokens
from tradepost.assets import rules, store
from tradepost.assets.bad_file import BadFileError
from tradepost.assets.model import (
    IMAGE_TYPES,
    ArtifactFetchRequest,
    ImageType,
    MediaV3Response,
    RemoteFetchedSoftwareArtifact,
    SoftwareArtifact,
    UploadedSoftwareArtifact,
)
from tradepost.assets.pictures import MAX_IMAGE_BYTES, inspect_image
from tradepost.assets.remote import Fetcher, RemoteFetchError, TooLargeError
from tradepost.blobs import Blobs
from tradepost.blobs.spool import Spool
from tradepost.chance import Chance
from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.developer_space import rights
from tradepost.developer_space import store as developer_spaces
from tradepost.http.authentication import unauthorized
from tradepost.http.bodies import problem
from tradepost.http.call import ANONYMOUS, Answer, Call
from tradepost.http.downloads import download
from tradepost.http.errors import (
    ARTIFACT_NOT_FOUND,
    ARTIFACT_REMOTE_FETCH_FAILURE,
    FETCHING,
    FORBIDDEN,
    IMAGE_NOT_FOUND,
    INVALID_PARAMETER,
    LISTINGS,
    PAYLOAD_TOO_LARGE,
    RANGE_NOT_SATISFIABLE,
    VALIDATION_ERROR,
    ApiError,
    fail,
)
from tradepost.http.operations import Access, operation
from tradepost.http.parameters import Text
from tradepost.http.uploads import FIELD, receive_file
from tradepost.http.writing import Trail

_GROUP: Final = "Assets"
_ACCESS_TOKEN: Final = Text(
    "access-token", "An access token of the app software, instead of an API token."
)
_CLOUD_ID: Final = Text("cloudId", "The cloud site that redeems the access token.")
_INSTANCE: Final = Text("instance", "The installation that redeems the access token.")

# A thread of its own: images are decoded one at a time, and nothing else is to wait for them.
_DECODING: Final = ThreadPoolExecutor(1, "image")


class Limits(msgspec.Struct, frozen=True):
    """How large an artifact may be, in bytes, how long an upload may take, and for how long a
    link to a file is good, in seconds; 0 for no links."""

    artifact_bytes: int
    upload_seconds: float
    link_seconds: int


class AssetsApi:
    """The operations of the group. Source: the reference's structure, and "Assets" in the
    contract's semantics."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        spool_folder: Path,
        fetcher: Fetcher,
        clock: Clock,
        chance: Chance,
        limits: Limits,
    ):
        self._database = database
        self._blobs = blobs
        self._spool_folder = spool_folder
        self._fetcher = fetcher
        self._clock = clock
        self._chance = chance
        self._limits = limits

    @operation(
        "POST",
        "/rest/3/artifacts",
        group=_GROUP,
        summary="Upload an artifact: a JAR, OBR, JWB or Connect descriptor",
        access=Access.MEMBER,
        roles=rights.RELEASE,
        upload=True,
        answers={200: UploadedSoftwareArtifact},
        errors=(FORBIDDEN, VALIDATION_ERROR),
    )
    async def upload_artifact(self, call: Call) -> Answer:
        await self._owners(call)
        with Spool(self._spool_folder) as spool:
            limits = self._limits
            name = await receive_file(
                call, spool.write, limits.artifact_bytes, limits.upload_seconds
            )
            return await self._store_artifact(call, spool, name, "")

    @operation(
        "POST",
        "/rest/3/artifacts/fetch",
        group=_GROUP,
        summary="Fetch an artifact from where it is published",
        access=Access.MEMBER,
        roles=rights.RELEASE,
        dialect=FETCHING,
        body=ArtifactFetchRequest,
        answers={200: RemoteFetchedSoftwareArtifact},
        errors=(FORBIDDEN, VALIDATION_ERROR, ARTIFACT_REMOTE_FETCH_FAILURE),
    )
    async def fetch_artifact(self, call: Call) -> Answer:
        await self._owners(call)
        body, problems = await call.body(ArtifactFetchRequest)
        if problems:  # which can only be about this field, and clients know these words
            raise fail(VALIDATION_ERROR, "Invalid value for field 'uri'")
        with Spool(self._spool_folder) as spool:
            try:
                fetched = await self._fetcher.fetch(body.uri, spool.write)
            except TooLargeError as error:
                raise fail(PAYLOAD_TOO_LARGE, str(error)) from None
            except RemoteFetchError as error:
                raise fail(ARTIFACT_REMOTE_FETCH_FAILURE, str(error)) from None
            await call.authorise_again()
            return await self._store_artifact(call, spool, fetched.file_name, body.uri)

    @operation(
        "GET",
        "/rest/3/artifacts/{artifactId}",
        group=_GROUP,
        summary="Get an artifact: its file, details and links",
        answers={200: SoftwareArtifact},
        errors=(ARTIFACT_NOT_FOUND, FORBIDDEN),
    )
    async def get_artifact(self, call: Call) -> Answer:
        artifact = await self._artifact(call)
        await self._require_sight(call, artifact)
        return Answer(200, artifact.document)

    @operation(
        "GET",
        "/rest/3/artifacts/{artifactId}/download",
        group=_GROUP,
        summary="Download an artifact",
        access=Access.ANYONE,
        query=(_ACCESS_TOKEN, _CLOUD_ID, _INSTANCE),
        produces="application/octet-stream",
        answers={200: bytes, 206: bytes, 302: None, 304: None},
        errors=(
            ARTIFACT_NOT_FOUND,
            FORBIDDEN,
            INVALID_PARAMETER,
            RANGE_NOT_SATISFIABLE,
            VALIDATION_ERROR,
        ),
    )
    async def download_artifact(self, call: Call) -> Answer:
        query, problems = call.query_and_problems()
        token = query.get(_ACCESS_TOKEN)
        if token is None and call.caller is ANONYMOUS:
            raise unauthorized("this needs an API token, or an access token of the app software")
        held = None if token is None else await access_tokens.find(self._database, token)
        artifact = await self._artifact(call)
        if held is None:
            await self._require_sight(call, artifact)
        elif not await store.is_installable(self._database, artifact.id, held.software_pk):
            raise fail(FORBIDDEN, "the access token is for other artifacts")
        if problems:
            raise ApiError(problems)
        if held is None:
            return await self._download(call, artifact.blob)
        site = access_tokens.Site(query.get(_CLOUD_ID) or None, query.get(_INSTANCE) or None)
        binds = await access_tokens.check(self._database, held, site)
        answer = await self._download(call, artifact.blob)
        if binds and answer.status != 304 and not call.is_head:
            return await access_tokens.bind(call, self._clock, held.token, site, answer)
        return answer

    @operation(
        "POST",
        "/rest/3/assets/images/{imageType}",
        group=_GROUP,
        summary="Upload an image: a PNG, JPEG, GIF or BMP",
        access=Access.MEMBER,
        roles=rights.LIST_VERSIONS | rights.LIST_APPS,
        path_choices={"imageType": IMAGE_TYPES},
        dialect=LISTINGS,
        upload=True,
        answers={200: MediaV3Response},
        errors=(FORBIDDEN, INVALID_PARAMETER, VALIDATION_ERROR),
    )
    async def upload_image(self, call: Call) -> Answer:
        await self._owners(call)
        image_type = _image_type(call.path["imageType"])
        seconds = self._limits.upload_seconds
        with Spool(self._spool_folder) as spool:
            name = await receive_file(call, spool.write, MAX_IMAGE_BYTES[image_type], seconds)
            await spool.finish()
            try:
                picture = await asyncio.to_thread(inspect_image, spool.file, spool.size, image_type)
            except BadFileError as error:
                raise ApiError([problem(FIELD, str(error))]) from None
            blob = store.Blob(spool.sha512, spool.size, picture.mime_type, name)
            image = MediaV3Response(
                self._chance.uuid(), image_type, picture.mime_type, name, spool.size
            )
            upload = await self._upload(call)
            await self._blobs.put(blob.key, spool.file, blob.label)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            image_id, document, is_new = await store.save_image(transaction, blob, upload, image)
            _note(trail, "image", image_id, upload, document, is_new)
            return call.updated(document)

        return await call.write(work)

    @operation(
        "GET",
        "/rest/3/assets/images/{imageId}/download",
        group=_GROUP,
        summary="Download an image",
        produces="application/octet-stream",
        answers={200: bytes, 206: bytes, 302: None, 304: None},
        dialect=LISTINGS,
        errors=(IMAGE_NOT_FOUND, RANGE_NOT_SATISFIABLE),
    )
    async def download_image(self, call: Call) -> Answer:
        blob = await store.find_image(self._database, call.path["imageId"])
        if blob is None:
            raise fail(IMAGE_NOT_FOUND, "there is no image with this id")
        return await self._download(call, blob)

    async def _artifact(self, call: Call) -> store.Artifact:
        artifact = await store.find_artifact(self._database, call.path["artifactId"])
        if artifact is None:
            raise fail(ARTIFACT_NOT_FOUND, "there is no artifact with this id")
        return artifact

    async def _require_sight(self, call: Call, artifact: store.Artifact) -> None:
        users = await store.users_of(self._database, artifact.id)
        if not rules.may_see(call.caller, artifact, users):
            raise fail(FORBIDDEN, "the artifact belongs to another developer space")

    async def _store_artifact(self, call: Call, spool: Spool, name: str, remote: str) -> Answer:
        # Only here, so that the server starts without the readers of archives.
        from tradepost.assets.inspection import inspect_artifact

        await spool.finish()
        try:
            found = await asyncio.to_thread(inspect_artifact, spool.file, spool.size)
        except BadFileError as error:
            raise ApiError([problem(FIELD, str(error))]) from None
        blob = store.Blob(spool.sha512, spool.size, found.media_type, name)
        artifact_id = self._chance.uuid()
        document = rules.artifact_document(artifact_id, blob, found.details, remote)
        upload = await self._upload(call)
        await self._blobs.put(blob.key, spool.file, blob.label)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            stored_id, stored, is_new = await store.save_artifact(
                transaction, artifact_id, blob, upload, document
            )
            _note(trail, "artifact", stored_id, upload, stored, is_new)
            return call.updated(stored)

        return await call.write(work)

    async def _upload(self, call: Call) -> store.Upload:
        return store.Upload(await self._owners(call), call.caller.email, self._clock.stamp())

    async def _owners(self, call: Call) -> list[str]:
        """The developer spaces that an upload belongs to, none for an administrator's.

        Raises 403 where the caller may upload for none, and 400 where all of them are archived.
        """
        allowed = call.spaces_allowed()
        spaces = [await developer_spaces.find(self._database, space_id) for space_id in allowed]
        owners = [s.id for s in spaces if s is not None and s.archived_at is UNSET]
        if allowed and not owners:
            raise fail(VALIDATION_ERROR, "the developer space is archived")
        return owners

    async def _download(self, call: Call, blob: store.Blob) -> Answer:
        seconds = self._limits.link_seconds
        return await download(
            call,
            lambda start, end: self._blobs.read(blob.key, start, end),
            blob.size,
            blob.sha512,
            blob.label,
            (lambda method: self._blobs.link(blob.key, method, blob.label, seconds))
            if seconds
            else None,
        )


def _note(
    trail: Trail, kind: str, id: str, upload: store.Upload, document: bytes, is_new: bool
) -> None:
    """Say what was uploaded. It belongs to a developer space where that is one alone."""
    space_id = upload.owners[0] if len(upload.owners) == 1 else None
    trail.note(kind, id, space_id, before=None if is_new else document, after=document)


def _image_type(text: str) -> ImageType:
    for image_type in IMAGE_TYPES:
        if text == image_type:
            return image_type
    raise fail(INVALID_PARAMETER, f"imageType must be one of {', '.join(IMAGE_TYPES)}")
