"""The steps of a release, taken one by one; after whatever goes wrong it looks again.

An answer can be lost after the write. The contract has no idempotency keys; Tradepost has, and
there the client sends a POST again with the same key. Where that does not help, and on any other
server, no write is sent a second time because its answer is missing: the server is read anew, and
what is left is planned anew.
"""

import time
from collections.abc import Callable
from typing import Final, Protocol

from tradepost.app_software.model import AppSoftwareVersionGetResponse
from tradepost.assets.model import SoftwareArtifact
from tradepost.client import (
    BadRequestError,
    Client,
    ServerError,
    TradepostError,
    TransportError,
    UnexpectedAnswerError,
)
from tradepost.release.errors import ConflictError
from tradepost.release.look import look, look_at_listing
from tradepost.release.model import (
    PENDING_ARTIFACT,
    Body,
    CreateListing,
    CreateVersion,
    LocalArtifact,
    Plan,
    PublishListing,
    Released,
    RemoteArtifact,
    Step,
    StoreArtifact,
    Wanted,
)
from tradepost.release.plan import plan
from tradepost.release.versions import artifact_id_of

ATTEMPTS: Final = 3
"""How often what is left is tried before the release is given up for this run."""
PAUSE_SECONDS: Final = 2.0
"""How long to wait before looking again where the server may still be at work; then longer."""

_PASSING: Final = (TransportError, ServerError, UnexpectedAnswerError)


class Watch(Protocol):
    """Is told what happens, as it happens."""

    def begins(self, step: Step) -> None:
        """A step is about to be taken."""

    def sends(self, sent: int, size: int) -> None:
        """So many bytes of the artifact are over, of so many."""

    def looks_again(self, failure: TradepostError) -> None:
        """A step failed; what is left of the release is looked at again."""


def release(
    client: Client, wanted: Wanted, watch: Watch, sleep: Callable[[float], None] = time.sleep
) -> Released:
    """Do what is left of a release, and say how it stands then.

    Raises `ReleaseError`, and the client's errors where looking again does not help.
    """
    done: list[str] = []
    failures: list[TradepostError] = []
    before: tuple[Step, ...] = ()
    while True:
        planned = plan(wanted, look(client, wanted))
        if failures and planned.steps:
            failure = failures[-1]
            # A refusal can be the answer to what is done already: then something else is left.
            is_final = isinstance(failure, BadRequestError) and planned.steps == before
            if is_final or len(failures) >= ATTEMPTS:
                raise failure
        before = planned.steps
        try:
            version = _take(client, planned, watch, done)
        except (*_PASSING, BadRequestError) as failure:
            failures.append(failure)
            watch.looks_again(failure)
            if isinstance(failure, _PASSING):
                sleep(PAUSE_SECONDS * len(failures))
        else:
            return _result(client, planned.software_id, version, done)


def artifact_id_in(artifact: SoftwareArtifact) -> str:
    """The id of an artifact, which its links alone tell."""
    return artifact.links.self.href.rstrip("/").rpartition("/")[2]


def _take(
    client: Client, planned: Plan, watch: Watch, done: list[str]
) -> AppSoftwareVersionGetResponse:
    """Take the steps of a plan; the version."""
    version = planned.version
    software_id = planned.software_id
    artifact_id = PENDING_ARTIFACT
    for step in planned.steps:
        watch.begins(step)
        match step:
            case StoreArtifact():
                artifact_id = artifact_id_in(_store(client, step.artifact, watch))
            case CreateVersion():
                body = with_artifact(step.body, artifact_id)
                version = client.create_app_software_version(software_id, body)
            case CreateListing():
                assert version is not None
                number = version.build_number
                client.create_app_software_version_listing(software_id, number, step.body)
            case PublishListing():
                number = step.build_number
                client.update_app_software_version_listing(software_id, number, step.body)
        done.append(step.name)
    assert version is not None
    return version


def _store(
    client: Client, wanted: LocalArtifact | RemoteArtifact, watch: Watch
) -> SoftwareArtifact:
    if isinstance(wanted, LocalArtifact):
        stored = client.upload_artifact(wanted.path, progress=watch.sends)
    else:
        stored = client.fetch_artifact({"uri": wanted.url})
    checksum = stored.file_info.checksum
    if wanted.checksum not in ("", checksum):
        problem = f"it has the checksum {checksum}, not {wanted.checksum}"
        raise ConflictError("what the server has stored is not the artifact", [problem])
    return stored


def with_artifact(body: Body, artifact_id: str) -> Body:
    """A body with the id of the artifact, where it waits for one."""
    framework = body["frameworkDetails"]
    if framework["attributes"].get("artifactId") != PENDING_ARTIFACT:
        return body
    attributes = {**framework["attributes"], "artifactId": artifact_id}
    return {**body, "frameworkDetails": {**framework, "attributes": attributes}}


def _result(
    client: Client, software_id: str, version: AppSoftwareVersionGetResponse, done: list[str]
) -> Released:
    number = version.build_number
    artifact_id = artifact_id_of(version)
    return Released(
        software_id=software_id,
        # Read again: publishing a listing changes its version.
        version=client.get_app_software_version(software_id, number),
        listing=look_at_listing(client, software_id, number),
        artifact=None if artifact_id is None else client.get_artifact(artifact_id),
        done=tuple(done),
    )
