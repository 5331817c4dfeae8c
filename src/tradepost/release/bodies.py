"""The body that creates a version: what the file gives, over what the version before has.

Pure functions. All that is missing is added to `problems`, by its place in the file.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from tradepost.app_software.model import AppSoftwareVersionCreateRequest
from tradepost.http.bodies import decode
from tradepost.release.errors import ConflictError
from tradepost.release.model import (
    LATEST,
    PENDING_ARTIFACT,
    Body,
    CarriedRanges,
    Found,
    ProductRange,
    Release,
    Wanted,
)
from tradepost.release.versions import version_before

_WITH_ARTIFACT: Final = frozenset({"plugin", "workflow"})
_WITH_BUILD_NUMBER: Final = frozenset({"plugin", "workflow", "external"})
"""Frameworks whose versions bring a build number; for the others the server makes one.

Source: "App software" in the contract's semantics.
"""
_CARRIED: Final = (
    "supportedPaymentModel",
    "licenseType",
    "sourceCodeLicense",
    "supported",
    "beta",
    "editionsEnabled",
    "acceptedAgreements",
)
_FIRST: Final = {"supported": True, "beta": False}
"""What the first version of an app software is where the file does not say."""
_IN_FILE: Final = {
    "supportedPaymentModel": "version.payment-model",
    "acceptedAgreements": "version.agreements",
}


def version_body(wanted: Wanted, found: Found, problems: list[str]) -> Body:
    """The body that creates the version; not a good one where there are problems.

    Raises `ConflictError` where another version has the build number.
    """
    before = version_before(found.versions, wanted.number)
    carried: Body = {} if before is None else msgspec.to_builtins(before)
    taken_over = {name: carried[name] for name in _CARRIED if name in carried}
    body = {**_FIRST, **taken_over, **wanted.fields}
    if "licenseType" in body:
        body["licenseType"] = {"id": body["licenseType"]["id"]}
    if "acceptedAgreements" in body:
        agreements = body["acceptedAgreements"]
        body["acceptedAgreements"] = [{"agreementUrl": each["agreementUrl"]} for each in agreements]
    body["frameworkDetails"] = _framework(wanted, carried.get("frameworkDetails", {}), problems)
    body["compatibilities"] = _compatibilities(wanted, found, carried.get("compatibilities", []))
    framework = body["frameworkDetails"]["frameworkId"]
    if wanted.build_number is not None or framework in _WITH_BUILD_NUMBER:
        body["buildNumber"] = _build_number(wanted, found)
    missing = [told for name, told in _IN_FILE.items() if name not in body]
    if not body["compatibilities"]:
        missing.append("compatibility.ranges")
    problems += [
        f"{told} is required: there is no version to take it over from" for told in missing
    ]
    if not problems:
        _, wrong = decode(msgspec.json.encode(body), AppSoftwareVersionCreateRequest)
        problems += [problem.detail for problem in wrong]
    return body


def asked_ranges(
    ranges: tuple[ProductRange, ...], builds: Mapping[Release, int]
) -> list[dict[str, Any]]:
    """The ranges that the file gives, with those build numbers that are known."""
    found = []
    for one in ranges:
        asked: dict[str, Any] = {"parentSoftwareId": one.parent}
        for name, end in (("minBuildNumber", one.min), ("maxBuildNumber", one.max)):
            if (one.parent, end) in builds:
                asked[name] = builds[one.parent, end]
        found.append(asked)
    return found


def _framework(wanted: Wanted, carried: Body, problems: list[str]) -> Body:
    framework = wanted.framework or carried.get("frameworkId")
    attributes = dict(wanted.attributes)
    if framework == carried.get("frameworkId"):
        attributes = {**carried.get("attributes", {}), **attributes}
    if framework is None:
        problems.append("framework.id is required: there is no version to take it over from")
    elif framework in _WITH_ARTIFACT:
        attributes["artifactId"] = PENDING_ARTIFACT
        if wanted.artifact is None:
            problems.append(f"artifact is required for {framework}")
    elif wanted.artifact is not None:
        problems.append(f"artifact cannot be for {framework}, which has none")
    return {"frameworkId": framework, "attributes": attributes}


def _compatibilities(
    wanted: Wanted, found: Found, carried: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    if not isinstance(wanted.ranges, CarriedRanges):
        return asked_ranges(wanted.ranges, found.builds)
    if not wanted.ranges.to_latest:
        return carried
    return [_raised(each, found.builds) for each in carried]


def _raised(carried: dict[str, Any], builds: Mapping[Release, int]) -> dict[str, Any]:
    """A range whose upper end is the latest release, unless it is open or above that."""
    latest = builds.get((carried["parentSoftwareId"], LATEST), 0)
    if carried.get("maxBuildNumber", latest) >= latest:
        return carried
    return {**carried, "maxBuildNumber": latest}


def _build_number(wanted: Wanted, found: Found) -> int:
    taken = {version.build_number: version for version in found.versions}
    if wanted.build_number is None:
        return max(taken, default=0) + wanted.build_step
    if wanted.build_number in taken:
        other = taken[wanted.build_number].version_number or "one without a number"
        raise ConflictError(f"build number {wanted.build_number} is that of version {other}")
    return wanted.build_number
