"""A dry run: the steps of a plan as the requests that they are, checked without writing.

Only a Tradepost server can check without writing, by `Prefer: validate-only`. To any other
server nothing is sent.
"""

from typing import Any, Final, Literal

import msgspec

from tradepost.client import (
    AppSoftwareVersionNotFoundError,
    BadRequestError,
    Client,
)
from tradepost.release.model import (
    Body,
    CreateListing,
    CreateVersion,
    LocalArtifact,
    Plan,
    PublishListing,
    Step,
    StoreArtifact,
)

Verdict = Literal["valid", "invalid", "not-checked"]

_ARTIFACT: Final = "frameworkDetails.attributes.artifactId"
_UNUSED: Final = 9_007_199_254_740_991
"""The highest build number that can be: no version has it, so its listing cannot be there."""


class Rehearsed(msgspec.Struct, frozen=True, rename="camel"):
    """A step as a request, and what the server says to it.

    `body` is JSON, or describes a file. `detail` says why a step was not checked.
    """

    step: str
    method: str
    path: str
    body: Body
    verdict: Verdict
    problems: list[str] = []
    detail: str = ""


def rehearse(client: Client, planned: Plan) -> list[Rehearsed]:
    """The steps of a plan, each checked by the server as far as it can be.

    The client must have had an answer already: that tells which server it is.
    """
    return [_rehearsed(client, planned, step) for step in planned.steps]


def _rehearsed(client: Client, planned: Plan, step: Step) -> Rehearsed:
    method, path, body = _request(planned.software_id, step)
    is_tradepost = client.server_version is not None
    if not isinstance(step, CreateVersion | CreateListing):
        detail = "files and updates are not checked beforehand"
    elif not is_tradepost:
        detail = "only a Tradepost server checks without writing, and this is none"
    else:
        problems = _problems(client, planned.software_id, step)
        verdict: Verdict = "invalid" if problems else "valid"
        return Rehearsed(step.name, method, path, body, verdict, problems)
    return Rehearsed(step.name, method, path, body, "not-checked", [], detail)


def _problems(client: Client, software_id: str, step: CreateVersion | CreateListing) -> list[str]:
    """What the server finds wrong with a body."""
    try:
        if isinstance(step, CreateVersion):
            client.create_app_software_version(software_id, step.body, validate_only=True)
        else:
            number = _UNUSED if step.build_number is None else step.build_number
            client.create_app_software_version_listing(
                software_id, number, step.body, validate_only=True
            )
    except AppSoftwareVersionNotFoundError:
        return []  # the body is looked at first, and it is good
    except BadRequestError as error:
        if not error.errors:
            return [str(error)]
        told = [entry.detail or entry.title for entry in error.errors]
        # The artifact is not there before the release, and that is all that is wrong with it.
        return [detail for detail in told if not detail.startswith(_ARTIFACT)]
    return []


def _request(software_id: str, step: Step) -> tuple[str, str, Body]:
    """Method, path and body of the request that a step is."""
    versions = f"/rest/3/app-software/{software_id}/versions"
    match step:
        case StoreArtifact():
            artifact = step.artifact
            if isinstance(artifact, LocalArtifact):
                file: dict[str, Any] = {"file": str(artifact.path), "size": artifact.size}
                return "POST", "/rest/3/artifacts", {**file, "checksum": artifact.checksum}
            return "POST", "/rest/3/artifacts/fetch", {"uri": artifact.url}
        case CreateVersion():
            return "POST", versions, step.body
        case CreateListing():
            number = "{buildNumber}" if step.build_number is None else step.build_number
            return "POST", f"{versions}/{number}/listing", step.body
        case PublishListing():
            return "PUT", f"{versions}/{step.build_number}/listing", step.body
