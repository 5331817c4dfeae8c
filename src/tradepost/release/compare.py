"""Whether what is there is what is wanted. Pure functions.

Only what the file says outright is compared: what would be carried over can have changed since,
and so can what was the latest release of a product.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET

from tradepost.app_software.model import AppSoftwareVersionGetResponse, VersionState
from tradepost.app_version_listing.model import AppSoftwareVersionListing
from tradepost.assets.model import SoftwareArtifact
from tradepost.release.bodies import asked_ranges
from tradepost.release.errors import ConflictError
from tradepost.release.model import (
    Body,
    CarriedRanges,
    Found,
    LocalArtifact,
    RemoteArtifact,
    Wanted,
)

_DEAD_ENDS: Final[Mapping[VersionState, str]] = {
    "draft": "is a draft: submit or archive it first",
    "rejected": "was rejected: release another version number",
    "archived": "is archived: release another version number",
}


def check_version(wanted: Wanted, found: Found, held: AppSoftwareVersionGetResponse) -> None:
    """Raise `ConflictError` unless the version that is there is the one that is wanted."""
    which = f"version {wanted.number} (build {held.build_number})"
    if held.state in _DEAD_ENDS:
        details = held.approval_details
        reason = None if details is UNSET else details.rejection_reason
        told = [reason] if held.state == "rejected" and isinstance(reason, str) else []
        raise ConflictError(f"{which} is there already, and {_DEAD_ENDS[held.state]}", told)
    problems = artifact_differences(wanted.artifact, found.artifact)
    problems += _told(_asked(wanted, found), held)
    if problems:
        sentence = f"{which} is there already, but is another one; it is left as it is"
        raise ConflictError(sentence, problems)


def check_listing(wanted: Wanted, held: AppSoftwareVersionListing) -> None:
    """Raise `ConflictError` unless the listing that is there is the one that is wanted."""
    problems = [] if wanted.listing is None else _told(wanted.listing, held)
    if problems:
        sentence = f"version {wanted.number} has another listing already; it is left as it is"
        raise ConflictError(sentence, problems)


def artifact_differences(
    wanted: LocalArtifact | RemoteArtifact | None, held: SoftwareArtifact | None
) -> list[str]:
    """Why an artifact is not the one that is wanted; nothing where it is.

    A file that is fetched without a known checksum is told by where it was fetched from.
    """
    if wanted is None:
        if held is None:
            return []
        return [f"it has the artifact {held.file_info.logical_file_name}, the file asks for none"]
    if held is None:
        return ["it has no artifact, the file asks for one"]
    if wanted.checksum:
        checksum = held.file_info.checksum
        if checksum == wanted.checksum:
            return []
        return [f"its artifact has the checksum {checksum}, not {wanted.checksum}"]
    assert isinstance(wanted, RemoteArtifact)
    remote = held.links.remote
    if remote is not UNSET and remote.href == wanted.url:
        return []
    source = "uploaded" if remote is UNSET else f"fetched from {remote.href}"
    return [f"its artifact was {source}, not fetched from {wanted.url}"]


def differences(asked: Any, held: Any, path: str = "") -> Iterator[str]:
    """The paths of what is asked for and is otherwise in what is held.

    What is not asked for may be anything: the server knows more fields.
    """
    if isinstance(asked, Mapping) and isinstance(held, Mapping):
        for name, value in asked.items():
            yield from differences(value, held.get(name), f"{path}.{name}" if path else name)
    elif isinstance(asked, list) and isinstance(held, list) and len(asked) == len(held):
        for index, (one, other) in enumerate(zip(asked, held, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif asked != held:
        yield path


def _asked(wanted: Wanted, found: Found) -> Body:
    """What the file says outright of the version, in the shape in which it is read."""
    framework = {"frameworkId": wanted.framework} if wanted.framework else {}
    asked: dict[str, Any] = {
        **wanted.fields,
        "frameworkDetails": {**framework, "attributes": wanted.attributes},
    }
    if wanted.build_number is not None:
        asked["buildNumber"] = wanted.build_number
    if not isinstance(wanted.ranges, CarriedRanges):
        asked["compatibilities"] = asked_ranges(wanted.ranges, found.builds)
    return asked


def _told(asked: Body, held: msgspec.Struct) -> list[str]:
    found = differences(asked, msgspec.to_builtins(held))
    return [f"{path} is not what the file asks for" for path in found]
