"""The release that `tradepost.toml` asks for, with all files that it names.

Everything that is wrong with the file and with those is told at once.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.app_version_listing.model import (
    AppSoftwareVersionListing,
    CreateAppSoftwareVersionListingV3Request,
    ListingState,
)
from tradepost.apps.model import ComplianceBoundary
from tradepost.assets.inspection import BadFileError, inspect_artifact
from tradepost.assets.model import ArtifactDetails
from tradepost.http.bodies import decode, known
from tradepost.http.errors import ApiError
from tradepost.release import configuration
from tradepost.release.configuration import (
    Changelog,
    Compatibility,
    Configuration,
    Framework,
    Version,
)
from tradepost.release.errors import ConfigurationError
from tradepost.release.model import (
    Body,
    CarriedRanges,
    LocalArtifact,
    ProductRange,
    RemoteArtifact,
    Wanted,
)

T = TypeVar("T")

LISTING_CONTENT: Final = frozenset(
    field.encode_name for field in msgspec.structs.fields(CreateAppSoftwareVersionListingV3Request)
) - {"state"}
"""The fields of a listing that customers read; the others say how it stands."""
_LISTING_FIELDS: Final = frozenset(
    field.encode_name for field in msgspec.structs.fields(AppSoftwareVersionListing)
)
_STATES: Final[Mapping[str, ListingState | None]] = {
    "public": "PUBLIC",
    "private": "PRIVATE",
    "none": None,
}


def read(path: Path, number: str | None = None) -> tuple[Wanted, str]:
    """The release that a file asks for, and the URL of the marketplace, or an empty text.

    `number` is a version number to take instead of the file's. Raises `ConfigurationError`.
    """
    text = _text(path)
    try:
        found, framework, problems = configuration.parse(text)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error.sentence}") from None
    if number is not None and known(found.version):
        found.version.number = number
    wanted = _Reader(path.parent, problems).wanted(found, framework)
    if wanted is None:
        counted = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise ConfigurationError(f"{path} has {counted}", problems)
    return wanted, _or(found.marketplace.url, "")


class _Reader:
    """Reads what a file asks for, and adds all that is wrong with it to `problems`."""

    def __init__(self, folder: Path, problems: list[str]):
        self._folder = folder
        self._problems = problems

    def wanted(self, found: Configuration, framework: Framework) -> Wanted | None:
        """The release, or `None` where there are problems."""
        artifact, declared = self._artifact(found.artifact)
        notes = self._notes(found.changelog)
        listing = self._listing(found.listing)
        number = self._number(found, declared)
        if self._problems:
            return None
        app, version = found.app, found.version
        boundary: ComplianceBoundary | None = "commercial" if app.hosting == "cloud" else None
        return Wanted(
            app_key=app.key,
            hosting=app.hosting,
            boundary=_or(app.compliance_boundary, boundary),
            number=number,
            build_number=_or(version.build_number, None),
            build_step=version.build_step,
            fields=_fields(version, number, found.changelog, notes),
            framework=framework.id,
            attributes=framework.attributes,
            artifact=artifact,
            ranges=_ranges(found.compatibility),
            listing=listing,
            listing_state=_STATES[found.listing.state],
        )

    def _artifact(
        self, table: Any
    ) -> tuple[LocalArtifact | RemoteArtifact | None, ArtifactDetails | None]:
        """The artifact, and what it declares; `None` for that where it cannot be told."""
        if not known(table) or known(table.url):
            remote = (
                None if not known(table) else RemoteArtifact(table.url, _or(table.checksum, ""))
            )
            return remote, ArtifactDetails()
        if not known(table.path):
            return None, None
        path = self._folder / table.path
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha512").hexdigest()
                size = file.tell()
                details = inspect_artifact(file, size).details
        except OSError as error:
            self._problems.append(f"artifact.path {table.path} cannot be read: {error.strerror}")
        except BadFileError as error:
            self._problems.append(f"artifact.path {table.path} {error}")
        else:
            return LocalArtifact(path, size, f"sha512:{digest}"), details
        return None, None

    def _number(self, found: Configuration, declared: ArtifactDetails | None) -> str:
        """The version number. Where it or the app key is not the artifact's, that is a problem."""
        number = found.version.number if known(found.version) else None
        if declared is None or number is None:
            return ""
        key = found.app.key if known(found.app) else UNSET
        if known(declared.key) and known(key) and declared.key != key:
            self._problems.append(
                f"artifact.path is a file of the app {declared.key}, but app.key is {key}"
            )
        if number is UNSET and declared.version is UNSET:
            self._problems.append(
                "version.number is required unless the file at artifact.path has it"
            )
        elif known(number) and known(declared.version) and number != declared.version:
            self._problems.append(
                f"artifact.path is a file of version {declared.version}, "
                f"but version.number is {number}"
            )
        return str(_or(number, _or(declared.version, "")))

    def _notes(self, changelog: Changelog) -> str | None:
        """The release notes."""
        if not known(changelog):
            return None
        if not known(changelog.notes_file):
            return _or(changelog.notes, None)
        notes = self._file("changelog.notes-file", str(changelog.notes_file))
        return None if notes is None else notes.decode("utf-8", "replace")

    def _listing(self, listing: Any) -> Body | None:
        """The content of the listing that a file gives."""
        if not known(listing) or not known(listing.file):
            return None
        text = self._file("listing.file", listing.file)
        if text is None:
            return None
        where = f"listing.file {listing.file}: "
        try:
            untyped = msgspec.json.decode(text)
            _, problems = decode(
                msgspec.json.encode({**untyped, "state": "PUBLIC"}),
                CreateAppSoftwareVersionListingV3Request,
            )
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError, ApiError):
            self._problems.append(f"{where}is no JSON object")
            return None
        self._problems += [f"{where}{problem.detail}" for problem in problems]
        unknown = untyped.keys() - _LISTING_FIELDS
        self._problems += [f"{where}{name} is no field of a listing" for name in sorted(unknown)]
        return {name: value for name, value in untyped.items() if name in LISTING_CONTENT}

    def _file(self, field: str, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            self._problems.append(f"{field} {name} cannot be read: {error.strerror}")
            return None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not UTF-8") from None


def _fields(version: Version, number: str, changelog: Changelog, notes: str | None) -> Body:
    """The fields of the version that the file gives, in the wire's names."""
    license_type = UNSET if version.license is UNSET else {"id": version.license}
    url = version.source_code_license_url
    agreements = dict.fromkeys(_or(version.agreements, []))
    changes = {
        "releaseSummary": changelog.summary,
        "releaseNotes": UNSET if notes is None else notes,
    }
    given = {
        "versionNumber": number,
        "supportedPaymentModel": version.payment_model,
        "licenseType": license_type,
        "sourceCodeLicense": UNSET if url is UNSET else {"url": url},
        "supported": version.supported,
        "beta": version.beta,
        "acceptedAgreements": [{"agreementUrl": each} for each in agreements] or UNSET,
        "changelog": {name: text for name, text in changes.items() if text is not UNSET} or UNSET,
    }
    return {name: value for name, value in given.items() if value is not UNSET}


def _ranges(compatibility: Compatibility) -> tuple[ProductRange, ...] | CarriedRanges:
    if compatibility.ranges is UNSET:
        return CarriedRanges(to_latest=compatibility.max is not UNSET)
    return tuple(
        ProductRange(one.parent, _or(one.min, ""), _or(one.max, "")) for one in compatibility.ranges
    )


def _or(value: T | UnsetType, instead: T) -> T:
    return instead if isinstance(value, UnsetType) else value
