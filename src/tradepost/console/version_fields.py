"""What a version consists of, field by field: for its form, for differences, and for merging."""

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

import msgspec

from tradepost.app_software import rules
from tradepost.app_software.model import (
    PAYMENT_MODELS,
    AppSoftwareVersionLicenseType,
    LicenseTypeId,
)
from tradepost.console.words import PAYMENT
from tradepost.parent_software.model import FrameworkId

Document = dict[str, Any]
"""A version as JSON."""
Kind = Literal["line", "text", "lines", "links", "whole", "choice", "truth", "switch"]

FRAMEWORKS: Final[tuple[str, ...]] = get_args(FrameworkId)
NAMES: Final[Mapping[str, str]] = {
    "connect": "Connect",
    "forge": "Forge",
    "plugin": "Plugin",
    "workflow": "Workflow",
    "external": "External",
}
"""Frameworks, as people call them."""
ATTRIBUTES: Final = "frameworkDetails.attributes."
COMPATIBILITIES: Final = "compatibilities"
AGREEMENTS: Final = "acceptedAgreements"


class Field(msgspec.Struct, frozen=True):
    """A field of the form. Its `name` is the path in the document, but for attributes, which bring
    their framework along, so that what was typed for another one is not mistaken for it."""

    name: str
    label: str
    kind: Kind
    path: str
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    needed: bool = False

    @property
    def id(self) -> str:
        """Its id in a page."""
        return self.name.replace(".", "-")

    @property
    def is_many_lines(self) -> bool:
        return self.kind in ("text", "lines", "links")


def _field(path: str, label: str, kind: Kind, **more: Any) -> Field:
    return Field(path, label, kind, path, **more)


def _licence(name: str) -> str:
    licence = rules.license_type(AppSoftwareVersionLicenseType(name))  # type: ignore[arg-type]
    assert isinstance(licence, msgspec.Struct)
    return str(licence.name)


NUMBERS: Final = (
    _field("versionNumber", "Version number", "line"),
    _field("buildNumber", "Build number", "whole"),
)
TERMS: Final = (
    _field(
        "supportedPaymentModel",
        "Payment model",
        "choice",
        choices=tuple((name, PAYMENT[name]) for name in PAYMENT_MODELS),
        needed=True,
    ),
    _field(
        "licenseType.id",
        "Licence",
        "choice",
        choices=(("", "Not said"), *((name, _licence(name)) for name in get_args(LicenseTypeId))),
    ),
    _field("sourceCodeLicense.url", "Licence of the source code", "line", hint="Its URL."),
    _field(
        "editionsEnabled",
        "Editions",
        "truth",
        choices=(("", "Not said"), ("true", "Enabled"), ("false", "Not enabled")),
    ),
    _field("supported", "Supported", "switch"),
    _field("beta", "Beta", "switch"),
)
CHANGELOG: Final = (
    _field("changelog.releaseSummary", "Release summary", "text"),
    _field("changelog.releaseNotes", "Release notes", "text"),
)
ACCEPTED: Final = _field(
    AGREEMENTS,
    "Agreements",
    "links",
    hint="The URL of each agreement that you accept, one a line.",
)


def _attributes(framework: str, *fields: tuple[Any, ...]) -> tuple[Field, ...]:
    return tuple(
        Field(f"{framework}.{name}", label, kind, ATTRIBUTES + name, *more)
        for name, label, kind, *more in fields
    )


_SCOPES: Final = ("scopes", "Scopes", "lines", (), "One a line.")
_ARTIFACT: Final = ("artifactId", "Artifact", "line", (), "", True)
_OF_FRAMEWORK: Final[Mapping[str, tuple[Field, ...]]] = {
    "connect": _attributes(
        "connect",
        ("descriptorId", "Descriptor id", "line", (), "", True),
        ("descriptorUrl", "Descriptor URL", "line"),
        _SCOPES,
    ),
    "forge": _attributes(
        "forge",
        ("appId", "App id", "line", (), "", True),
        ("versionId", "Version id", "line", (), "", True),
        ("envId", "Environment id", "line", (), "", True),
        _SCOPES,
        ("appAccess", "App access", "lines", (), "One a line."),
    ),
    "plugin": _attributes(
        "plugin",
        _ARTIFACT,
        (
            "pluginFrameworkType",
            "Plugin framework",
            "choice",
            (("", "Not said"), ("P1", "P1"), ("P2", "P2")),
        ),
        ("descriptorId", "Descriptor id", "line"),
    ),
    "workflow": _attributes("workflow", _ARTIFACT),
    "external": _attributes(
        "external",
        ("authorization", "Needs authorization", "switch"),
        ("binaryUrl", "URL of the file", "line"),
    ),
}
REQUIRED_LISTS: Final = frozenset({ATTRIBUTES + "scopes"})
"""Lists that are there even where nothing is in them."""


def attributes_of(framework: str) -> tuple[Field, ...]:
    """The fields of a framework's own; none for what is no framework."""
    return _OF_FRAMEWORK.get(framework, ())


def fields_of(framework: str) -> tuple[Field, ...]:
    """Every field of a version but its compatibilities, in the order of the form."""
    return (*NUMBERS, *TERMS, *attributes_of(framework), *CHANGELOG, ACCEPTED)


def get(document: Any, path: str) -> Any:
    """The value at a path of names; `None` where there is none."""
    for name in path.split("."):
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document


def framework_of(document: Document) -> str:
    """The framework of a version; empty where it has none."""
    found = get(document, "frameworkDetails.frameworkId")
    return found if isinstance(found, str) else ""
