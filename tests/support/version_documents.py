"""Versions as the server stores them, drawn by Hypothesis."""

from typing import Any, get_args

from hypothesis import strategies as st

from tradepost.app_software.model import PAYMENT_MODELS, VERSION_STATES, LicenseTypeId
from tradepost.http.parameters import MAX_BUILD_NUMBER

Document = dict[str, Any]

PRINTABLE = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\x85")
LINES = st.text(PRINTABLE, min_size=1, max_size=20)
PROSE = st.text(st.one_of(st.sampled_from("\r\n\t <&\"'\u202e"), PRINTABLE), max_size=60)
URLS = st.from_regex(r"https://[a-z]{1,8}\.example/[a-z0-9/]{0,10}", fullmatch=True)
BUILDS = st.integers(0, MAX_BUILD_NUMBER)
PARENTS = st.one_of(st.sampled_from(["jira", "confluence", "bamboo"]), LINES)
SCOPES = st.lists(LINES, max_size=4)


def _some(needed: Document, optional: Document) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries(needed, optional=optional)


_COMPATIBILITIES = st.lists(
    _some({"parentSoftwareId": PARENTS}, {"minBuildNumber": BUILDS, "maxBuildNumber": BUILDS}),
    min_size=1,
    max_size=4,
    unique_by=lambda item: item["parentSoftwareId"],
)
_FRAMEWORKS = {
    "connect": _some({"descriptorId": LINES, "scopes": SCOPES}, {"descriptorUrl": URLS}),
    "forge": _some(
        {"appId": LINES, "versionId": LINES, "envId": LINES, "scopes": SCOPES},
        {"appAccess": SCOPES},
    ),
    "plugin": _some(
        {"artifactId": LINES},
        {"pluginFrameworkType": st.sampled_from(["P1", "P2"]), "descriptorId": LINES},
    ),
    "workflow": _some({"artifactId": LINES}, {}),
    "external": _some({"authorization": st.booleans()}, {"binaryUrl": URLS}),
}


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Every version that can be stored, as a client reads it."""
    framework = draw(st.sampled_from(sorted(_FRAMEWORKS)))
    attributes = draw(_FRAMEWORKS[framework])
    agreements = st.lists(
        st.fixed_dictionaries(
            {
                "agreementUrl": URLS,
                "acceptedBy": st.just("developer@example.com"),
                "acceptedAt": st.just("2026-01-31T12:00:00Z"),
            }
        ),
        max_size=3,
    )
    licences = st.sampled_from(get_args(LicenseTypeId)).map(lambda id: {"id": id, "name": id})
    body: Document = draw(
        _some(
            {
                "buildNumber": BUILDS,
                "compatibilities": _COMPATIBILITIES,
                "supportedPaymentModel": st.sampled_from(PAYMENT_MODELS),
                "supported": st.booleans(),
                "beta": st.booleans(),
                "state": st.sampled_from(VERSION_STATES),
                "revision": st.integers(1, 9),
                "acceptedAgreements": agreements,
                "createdBy": st.just("developer@example.com"),
                "createdAt": st.just("2026-01-31T12:00:00Z"),
            },
            {
                "versionNumber": LINES,
                "licenseType": licences,
                "sourceCodeLicense": _some({}, {"url": URLS}),
                "editionsEnabled": st.booleans(),
                "changelog": _some({}, {"releaseSummary": PROSE, "releaseNotes": PROSE}),
            },
        )
    )
    return {**body, "frameworkDetails": {"frameworkId": framework, "attributes": attributes}}
