"""Rules of app software versions: pure functions, no I/O.

Source: "App software" in the contract's semantics. Rules look at bodies that may be good in
part only: a field that was wrong is `MISSING`, its problem has been told, and a rule that needs
it says nothing.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.app_software.model import (
    AcceptedAgreement,
    AppSoftwareVersionAgreement,
    AppSoftwareVersionCreateRequest,
    AppSoftwareVersionGetResponse,
    AppSoftwareVersionLicenseType,
    AppSoftwareVersionLicenseTypeGetResponse,
    AppSoftwareVersionUpdateRequest,
)
from tradepost.assets.model import ArtifactDetails
from tradepost.http.bodies import known, problem
from tradepost.http.errors import REVISION_MISMATCH, Problem
from tradepost.http.parameters import MAX_BUILD_NUMBER
from tradepost.parent_software.model import Hosting, ParentSoftwareGetResponse
from tradepost.parent_software.rules import offers_framework, offers_hosting

NEEDS_BUILD_NUMBER: Final = frozenset({"plugin", "workflow", "external"})
"""Frameworks whose versions bring a build number; for the others one is generated."""
NEEDS_VERSION_NUMBER: Final = frozenset({"forge", "plugin"})
GENERATES_VERSION_NUMBER: Final = frozenset({"connect"})
_SETTLED: Final = frozenset({"active", "approved"})
"""States of versions whose artifact stays: what a reviewer approved, or customers have."""

_LICENSES: Final[Mapping[str, tuple[str, str | UnsetType]]] = {
    "atlassian-closed-source": (
        "Atlassian Closed Source License",
        "https://www.atlassian.com/legal/software-license-agreement",
    ),
    "commercial": (
        "Commercial License",
        "https://www.atlassian.com/licensing/marketplace/termsofuse",
    ),
    "commercial-free": (
        "Commercial License (no charge)",
        "https://www.atlassian.com/licensing/marketplace/termsofuse",
    ),
    "bsd": ("BSD License", "https://opensource.org/license/bsd-3-clause"),
    "asl": ("Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
    "gpl": ("GNU General Public License", "https://www.gnu.org/licenses/gpl-3.0.html"),
    "lgpl": ("GNU Lesser General Public License", "https://www.gnu.org/licenses/lgpl-3.0.html"),
    "epl": ("Eclipse Public License", "https://www.eclipse.org/legal/epl-2.0/"),
}

# Fifteen digits keep every part an integer that any database holds.
_NUMBERED = re.compile(r"([0-9]{1,15})\.([0-9]{1,15})\.([0-9]{1,15})", re.ASCII)

Body = AppSoftwareVersionCreateRequest | AppSoftwareVersionUpdateRequest


class Surroundings(msgspec.Struct, frozen=True):
    """What a version is checked against, as the database has it.

    `parents` maps each parent that the body names to its record, or to `None` where there is
    none. `artifact` is what the artifact that the body names says of itself, and `None` where the
    developer space has no such artifact; `held_artifact_id` is that of the version so far.
    `agreements` are the URLs that the operator allows, and those that the version has already,
    because what was read can be sent back; any where it is empty.
    """

    hosting: Hosting
    app_key: str
    parents: Mapping[str, ParentSoftwareGetResponse | None]
    agreements: frozenset[str]
    artifact: ArtifactDetails | None
    held_artifact_id: str | None = None


def parent_ids(body: Body) -> list[str]:
    """The parents that a body names, each once."""
    if not known(body.compatibilities):
        return []
    named = [c.parent_software_id for c in body.compatibilities if known(c)]
    return list(dict.fromkeys(parent_id for parent_id in named if known(parent_id)))


def framework_of(body: Body | AppSoftwareVersionGetResponse) -> str | None:
    """The `frameworkId` of a version, or `None` where it was wrong."""
    details = body.framework_details
    return str(details.__struct_config__.tag) if known(details) else None


def create_problems(
    body: AppSoftwareVersionCreateRequest, surroundings: Surroundings
) -> list[Problem]:
    """What is wrong with a new version, apart from numbers that are taken."""
    problems = _common_problems(body, surroundings)
    framework = framework_of(body)
    if framework in NEEDS_BUILD_NUMBER and _absent(body.build_number):
        problems.append(problem("buildNumber", f"is required for {framework}"))
    if framework in NEEDS_VERSION_NUMBER and _absent(body.version_number):
        problems.append(problem("versionNumber", f"is required for {framework}"))
    return problems


def update_problems(
    body: AppSoftwareVersionUpdateRequest,
    path_build_number: int | None,
    surroundings: Surroundings,
) -> list[Problem]:
    """What is wrong with an update, apart from what the held version says.

    `path_build_number` is `None` where the path has none that can be.
    """
    problems = _common_problems(body, surroundings)
    if known(body.build_number) and path_build_number not in (None, body.build_number):
        problems.append(problem("buildNumber", "must be the build number in the path"))
    framework = framework_of(body)
    needs_number = framework in NEEDS_VERSION_NUMBER | GENERATES_VERSION_NUMBER
    if needs_number and body.version_number is UNSET:
        problems.append(problem("versionNumber", f"is required for {framework}"))
    return problems


def conflict_problems(
    body: AppSoftwareVersionUpdateRequest, held: AppSoftwareVersionGetResponse
) -> list[Problem]:
    """What an update contradicts in the version that the server holds."""
    problems = revision_problems(body.revision, held.revision)
    if held.state == "archived":
        problems.append(problem("state", "is archived: an archived version cannot be updated"))
    elif known(body.state) and body.state != held.state:
        reason = f"must be the current state, {held.state}: states change through review"
        problems.append(problem("state", reason))
    if framework_of(body) not in (None, framework_of(held)):
        reason = f"cannot change; it is {framework_of(held)}"
        problems.append(problem("frameworkDetails.frameworkId", reason))
    elif held.state in _SETTLED and artifact_id_of(body) not in (None, artifact_id_of(held)):
        where = "frameworkDetails.attributes.artifactId"
        problems.append(problem(where, f"of an {held.state} version cannot change"))
    return problems


def revision_problems(sent: int, held: int) -> list[Problem]:
    """The problem of a revision that is not the one last read."""
    if not known(sent) or sent == held:
        return []
    if sent < held:
        detail = "revision: A more recent revision is available"
    else:
        detail = f"revision: the revision held is {held}"
    return [Problem(REVISION_MISMATCH, detail, "revision")]


def next_build_number(highest: int | None) -> int | None:
    """The build number after the highest: the first is 1. `None` where none is left."""
    if highest is None:
        return 1
    return highest + 1 if highest < MAX_BUILD_NUMBER else None


def major_of(version_number: str | UnsetType) -> int | None:
    """The major number where a version number reads major.minor.patch."""
    if version_number is UNSET:
        return None
    match = _NUMBERED.fullmatch(version_number)
    return int(match[1]) if match else None


def version_numbers_after(version_number: str | None) -> Iterable[str]:
    """Version numbers to try, in turn: the patch after a version's, and on from there.

    `1.0.0` comes first where there is no version whose number reads major.minor.patch.
    """
    major, minor, patch = 1, 0, -1
    if version_number is not None and (match := _NUMBERED.fullmatch(version_number)):
        major, minor, patch = int(match[1]), int(match[2]), int(match[3])
    while True:
        patch += 1
        yield f"{major}.{minor}.{patch}"


def license_type(
    sent: AppSoftwareVersionLicenseType | UnsetType,
) -> AppSoftwareVersionLicenseTypeGetResponse | UnsetType:
    """A licence as it is answered: with its name and link."""
    if sent is UNSET:
        return UNSET
    name, link = _LICENSES[sent.id]
    return AppSoftwareVersionLicenseTypeGetResponse(sent.id, name, link)


def accepted(
    sent: Iterable[AppSoftwareVersionAgreement],
    held: Iterable[AcceptedAgreement],
    email: str,
    at: str,
) -> list[AcceptedAgreement]:
    """The agreements sent, each once: as they are held, or newly accepted by someone now."""
    known_ones = {agreement.agreement_url: agreement for agreement in held}
    urls = dict.fromkeys(agreement.agreement_url for agreement in sent)
    return [known_ones.get(url) or AcceptedAgreement(url, email, at) for url in urls]


def _common_problems(body: Body, surroundings: Surroundings) -> list[Problem]:
    return [
        *_compatibility_problems(body, surroundings),
        *_framework_problems(body, surroundings),
        *_artifact_problems(body, surroundings),
        *_agreement_problems(body, surroundings),
    ]


def _compatibility_problems(body: Body, surroundings: Surroundings) -> list[Problem]:
    problems: list[Problem] = []
    if not known(body.compatibilities):
        return problems
    seen: set[str] = set()
    bounded = surroundings.hosting != "cloud"
    for index, compatibility in enumerate(body.compatibilities):
        if not known(compatibility):
            continue
        path = f"compatibilities[{index}]"
        parent_id = compatibility.parent_software_id
        if known(parent_id):
            parent = surroundings.parents.get(parent_id)
            where = f"{path}.parentSoftwareId"
            if parent is None:
                problems.append(problem(where, "is no parent software"))
            elif not offers_hosting(parent, surroundings.hosting):
                problems.append(problem(where, f"does not offer {surroundings.hosting} hosting"))
            if parent_id in seen:
                problems.append(problem(where, "is there twice"))
            seen.add(parent_id)
        low, high = compatibility.min_build_number, compatibility.max_build_number
        if bounded and low is UNSET:
            reason = f"is required for {surroundings.hosting}"
            problems.append(problem(f"{path}.minBuildNumber", reason))
        if bounded and high is UNSET:
            reason = f"is required for {surroundings.hosting}"
            problems.append(problem(f"{path}.maxBuildNumber", reason))
        if known(low) and known(high) and low > high:  # type: ignore[operator]
            problems.append(problem(f"{path}.minBuildNumber", "must not be above maxBuildNumber"))
    if body.supported_payment_model == "paid-via-atlassian" and len(body.compatibilities) > 1:
        reason = "paid-via-atlassian is for versions with one parent software"
        problems.append(problem("supportedPaymentModel", reason))
    return problems


def _framework_problems(body: Body, surroundings: Surroundings) -> list[Problem]:
    framework = framework_of(body)
    if framework is None:
        return []
    return [
        problem("frameworkDetails.frameworkId", f"{framework} is not offered by {parent.id}")
        for parent in surroundings.parents.values()
        if parent is not None and not offers_framework(parent, framework)
    ]


def _artifact_problems(body: Body, surroundings: Surroundings) -> list[Problem]:
    artifact_id = artifact_id_of(body)
    if artifact_id is None:
        return []
    where = "frameworkDetails.attributes.artifactId"
    artifact = surroundings.artifact
    if artifact is None:
        if artifact_id == surroundings.held_artifact_id:
            return []
        return [problem(where, "is no artifact that this developer space uploaded")]
    problems = []
    if known(artifact.key) and artifact.key != surroundings.app_key:
        reason = f"has the key {artifact.key}, but the app has {surroundings.app_key}"
        problems.append(problem(where, reason))
    number = body.version_number
    if isinstance(number, str) and known(artifact.version) and artifact.version != number:
        reason = f"has the version {artifact.version}, but versionNumber is {number}"
        problems.append(problem(where, reason))
    return problems


def _agreement_problems(body: Body, surroundings: Surroundings) -> list[Problem]:
    if not surroundings.agreements or not known(body.accepted_agreements):
        return []
    assert body.accepted_agreements is not UNSET
    return [
        problem(
            f"acceptedAgreements[{index}].agreementUrl", "is not an agreement of this marketplace"
        )
        for index, agreement in enumerate(body.accepted_agreements)
        if known(agreement)
        and known(agreement.agreement_url)
        and agreement.agreement_url not in surroundings.agreements
    ]


def artifact_id_of(body: Body | AppSoftwareVersionGetResponse) -> str | None:
    """The artifact that a version is made of, where it has one and the id was not wrong."""
    if not known(body.framework_details):
        return None
    attributes = body.framework_details.attributes
    artifact_id = getattr(attributes, "artifact_id", None) if known(attributes) else None
    return artifact_id if known(artifact_id) else None


def _absent(value: object) -> bool:
    return value is None or value is UNSET
