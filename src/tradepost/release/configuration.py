"""`tradepost.toml`: its shape, and what of it contradicts itself. Nothing here does I/O."""

import re
import tomllib
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.app_software.model import LicenseTypeId, PaymentModel
from tradepost.apps.model import ComplianceBoundary
from tradepost.http.bodies import decode, known
from tradepost.http.fields import AppKey, BuildNumber, Line, Prose, Summary, Url
from tradepost.parent_software.model import FrameworkId, Hosting
from tradepost.release.errors import ConfigurationError
from tradepost.release.model import LATEST

_CHECKSUM: Final = re.compile(r"sha512:[0-9a-f]{128}")
_FRAMEWORKS: Final = get_args(FrameworkId)

Given = Annotated[str, Meta(min_length=1)]
CarryOver = Literal["carry-over"]


class Table(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    """A table of the file."""


class Marketplace(Table):
    url: Given | UnsetType = UNSET


class App(Table):
    key: AppKey
    hosting: Hosting
    compliance_boundary: ComplianceBoundary | UnsetType = UNSET


class Version(Table):
    """`build_step` is how far the next build number is from the highest."""

    number: Line | UnsetType = UNSET
    build_number: BuildNumber | UnsetType = UNSET
    build_step: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 100
    payment_model: PaymentModel | UnsetType = UNSET
    license: LicenseTypeId | UnsetType = UNSET
    source_code_license_url: Url | UnsetType = UNSET
    supported: bool | UnsetType = UNSET
    beta: bool | UnsetType = UNSET
    agreements: Annotated[list[Url], Meta(min_length=1, max_length=100)] | UnsetType = UNSET


class Artifact(Table):
    """One of `path`, relative to the file, and `url`. `checksum` is what is at the URL."""

    path: Given | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    checksum: Given | UnsetType = UNSET


class Range(Table):
    """Version numbers of a product, ends included; `max` may be `latest`."""

    parent: Line
    min: Line | UnsetType = UNSET
    max: Line | UnsetType = UNSET


class Compatibility(Table):
    """`from` and, to raise upper ends, `max = "latest"`; or `ranges`."""

    from_: CarryOver | UnsetType = msgspec.field(default=UNSET, name="from")
    max: Literal["latest"] | UnsetType = UNSET
    ranges: Annotated[list[Range], Meta(min_length=1, max_length=100)] | UnsetType = UNSET


class Changelog(Table):
    summary: Summary | UnsetType = UNSET
    notes: Prose | UnsetType = UNSET
    notes_file: Given | UnsetType = UNSET


class Listing(Table):
    from_: CarryOver | UnsetType = msgspec.field(default=UNSET, name="from")
    file: Given | UnsetType = UNSET
    state: Literal["public", "private", "none"] = "public"


class Framework(msgspec.Struct, frozen=True):
    """`attributes` are in the wire's names: they are sent as they are."""

    id: FrameworkId | None = None
    attributes: dict[str, Any] = {}


class Configuration(Table, kw_only=True):
    """The whole file, but for `[framework]`, whose attributes depend on the framework."""

    app: App
    marketplace: Marketplace = msgspec.field(default_factory=Marketplace)
    version: Version = msgspec.field(default_factory=Version)
    artifact: Artifact | UnsetType = UNSET
    compatibility: Compatibility = msgspec.field(default_factory=Compatibility)
    changelog: Changelog = msgspec.field(default_factory=Changelog)
    listing: Listing = msgspec.field(default_factory=Listing)


def parse(text: str) -> tuple[Configuration, Framework, list[str]]:
    """The file's text as tables, and all that is wrong with it.

    Values that are wrong are `MISSING`, so that the rest can still be looked at. Raises
    `ConfigurationError` where the text is no TOML.
    """
    try:
        untyped = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(f"the file is not TOML: {error}") from None
    framework, problems = _framework(untyped.pop("framework", {}))
    configuration, found = decode(msgspec.json.encode(untyped), Configuration)
    problems += [problem.detail for problem in found]
    if known(configuration.app):
        problems += _app_problems(configuration.app)
    if isinstance(configuration.artifact, Artifact):
        problems += _artifact_problems(configuration.artifact)
    if known(configuration.changelog):
        problems += _changelog_problems(configuration.changelog)
    if known(configuration.listing):
        problems += _listing_problems(configuration.listing)
    if known(configuration.compatibility):
        hosting = configuration.app.hosting if known(configuration.app) else UNSET
        problems += _compatibility_problems(configuration.compatibility, hosting)
    return configuration, framework, problems


def _framework(table: Any) -> tuple[Framework, list[str]]:
    if not isinstance(table, dict):
        return Framework(), ["framework must be a table"]
    problems = [f"framework.{n} is no field of this" for n in table.keys() - {"id", "attributes"}]
    framework, attributes = table.get("id"), table.get("attributes", {})
    if framework is not None and framework not in _FRAMEWORKS:
        problems.append(f"framework.id must be one of {', '.join(_FRAMEWORKS)}")
        framework = None
    if not isinstance(attributes, dict):
        problems.append("framework.attributes must be a table")
        attributes = {}
    if "artifactId" in attributes:
        problems.append("framework.attributes.artifactId comes from [artifact]: leave it out")
    return Framework(framework, attributes), problems


def _app_problems(app: App) -> Iterator[str]:
    if known(app.compliance_boundary) and known(app.hosting) and app.hosting != "cloud":
        yield "app.compliance-boundary is for cloud alone"


def _artifact_problems(artifact: Artifact) -> Iterator[str]:
    if (artifact.path is UNSET) == (artifact.url is UNSET):
        yield "artifact must have either path or url"
    if known(artifact.checksum):
        if artifact.url is UNSET:
            yield "artifact.checksum goes with artifact.url: that of a file is known"
        if not _CHECKSUM.fullmatch(str(artifact.checksum)):
            yield "artifact.checksum must be sha512: and 128 hexadecimal digits in lower case"


def _changelog_problems(changelog: Changelog) -> Iterator[str]:
    if changelog.notes is not UNSET and changelog.notes_file is not UNSET:
        yield "changelog must have either notes or notes-file"


def _listing_problems(listing: Listing) -> Iterator[str]:
    given = listing.from_ is not UNSET, listing.file is not UNSET
    if all(given):
        yield "listing must have either from or file"
    if listing.state == "none" and any(given):
        yield "listing.state is none, so there must be neither from nor file"


def _compatibility_problems(
    compatibility: Compatibility, hosting: Hosting | UnsetType
) -> Iterator[str]:
    if compatibility.ranges is not UNSET and (
        compatibility.from_ is not UNSET or compatibility.max is not UNSET
    ):
        yield "compatibility must have either ranges, or from and max"
    if not known(compatibility.ranges) or compatibility.ranges is UNSET:
        return
    seen: set[str] = set()
    for index, one in enumerate(compatibility.ranges):
        if not known(one):
            continue
        where = f"compatibility.ranges[{index}]"
        if known(one.parent):
            if one.parent in seen:
                yield f"{where}.parent {one.parent} is there twice"
            seen.add(one.parent)
        if one.min == LATEST:
            yield f"{where}.min must be a version number: only max can be latest"
        if known(hosting) and hosting != "cloud":
            for name, end in (("min", one.min), ("max", one.max)):
                if end is UNSET:
                    yield f"{where}.{name} is required for {hosting}"
