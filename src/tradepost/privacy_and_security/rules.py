"""Rules of what apps declare about privacy and security: pure functions, no I/O.

The contract's structure leaves every answer open; what this server holds to is that an answer
which opens a question has that question answered as well. Rules look at bodies that may be good in
part only: a field that was wrong is `MISSING`, and its problem has been told.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from tradepost.http.bodies import MISSING, known, problem
from tradepost.http.errors import Problem
from tradepost.privacy_and_security.model import (
    AppPrivacyAndSecurity,
    AppTrustInformation,
    CommonTrustInfo,
    FormStatus,
    Properties,
    RetentionDurationInDays,
    TrustInfo,
)

_ROOT: Final = "commonCloud"


class Need(NamedTuple):
    """An answer that makes another one needed. Paths are of JSON, below `commonCloud`.

    `unless` is a third answer that stands in for the needed one where it is given and not `false`.
    """

    answer: str
    value: bool | str
    needed: str
    unless: str = ""


_DATA: Final = "dataAccessAndStorage."
_SHARED: Final = "thirdPartyInformation."
_LOGS: Final = "logDetails."
_RESIDENCY: Final = "dataResidency."
_RETENTION: Final = "dataRetention."
_SECURITY: Final = "security."
_TECHNIQUES: Final = "privacy.privacyEnhancingTechniques."
_TRANSFER: Final = "privacy.gdpr.dataTransfer."
_AGREEMENT: Final = "privacy.dataProcessingAgreement."
_EXTERNAL: Final = "STORED_EXTERNAL_TO_ATLASSIAN"


def _types_of_data(path: str, answer: str) -> Need:
    return Need(f"{path}.{answer}", True, f"{path}.endUserDataTypes")


NEEDS: Final = (
    Need(f"{_DATA}appProcessEUDOutsideAtlassian", True, f"{_DATA}typesOfDataAccessed"),
    Need(
        f"{_DATA}appStoresEUDOutsideAtlassian",
        True,
        f"{_DATA}typesOfDataStored",
        unless=f"{_DATA}isSameDataProcessedAndStored",
    ),
    Need(
        f"{_DATA}isSameDataProcessedAndStored",
        True,
        f"{_DATA}typesOfDataAccessed",
        unless=f"{_DATA}typesOfDataStored",
    ),
    Need(f"{_DATA}appExposesRemoteRestApis", True, f"{_DATA}remoteRestApisAdditionalDetails"),
    Need(
        f"{_SHARED}isEndUserDataShared",
        True,
        f"{_SHARED}thirdPartyDetails",
        unless=f"{_SHARED}dataSubProcessors",
    ),
    Need(f"{_LOGS}logEndUserData", True, f"{_LOGS}logProcessAndOrStoreEUDOutsideAtlassian"),
    Need(f"{_LOGS}logEndUserData", True, f"{_LOGS}logEUDShareWithThirdParty"),
    Need(f"{_LOGS}logEUDShareWithThirdParty", True, f"{_LOGS}logsIntegralForAppFunctionality"),
    Need(
        f"{_RESIDENCY}isDataResidencySupported",
        _EXTERNAL,
        f"{_RESIDENCY}countriesWhereEndUserDataStored",
    ),
    Need(
        f"{_RESIDENCY}isDataResidencySupported", _EXTERNAL, f"{_RESIDENCY}realmMigrationSupported"
    ),
    Need(f"{_RESIDENCY}isDataResidencySupported", _EXTERNAL, f"{_RESIDENCY}inScopeDataTypes"),
    Need(
        f"{_RETENTION}isDataRetentionSupported",
        True,
        f"{_RETENTION}retentionDurationInDays",
        unless=f"{_RETENTION}isRetentionDurationIndefinite",
    ),
    Need(f"{_SECURITY}caiq.isCAIQCompleted", True, f"{_SECURITY}caiq.CAIQLiteLink"),
    Need(f"{_SECURITY}hasCompliantCertifications", True, f"{_SECURITY}compliantCertifications"),
    Need(
        f"{_TECHNIQUES}arePrivacyEnhancingTechniquesSupported",
        True,
        f"{_TECHNIQUES}privacyEnhancingTechniquesSupported",
    ),
    _types_of_data("privacy.gdpr.dataController", "isAppDataController"),
    _types_of_data("privacy.gdpr.dataProcessor", "isAppDataProcessor"),
    Need(
        f"{_TRANSFER}isEndUserDataTransferredOutsideEEA",
        True,
        f"{_TRANSFER}isTransferComplianceMechanismsAdhered",
    ),
    Need(
        f"{_TRANSFER}isTransferComplianceMechanismsAdhered",
        True,
        f"{_TRANSFER}transferComplianceMechanismsAdheredDetails",
    ),
    _types_of_data("privacy.ccpa.business", "isAppBusiness"),
    _types_of_data("privacy.ccpa.serviceProvider", "isAppServiceProvider"),
    Need(f"{_AGREEMENT}isDPASupported", True, f"{_AGREEMENT}link"),
)
"""Every answer that makes another one needed, in the order of the contract."""

THIRD_PARTY: Final = ("name", "link", "purpose", "thirdPartyCountries")
"""What must be said of each third party."""


def problems_of(declared: AppTrustInformation) -> list[Problem]:
    """What a declaration lacks, and where it contradicts itself; `declared` may be `MISSING`."""
    if declared is MISSING:
        return []
    return [*_needs(declared), *_third_parties(declared), *_retention(declared)]


def draft(body: AppPrivacyAndSecurity, email: str, at: int) -> TrustInfo:
    """The draft that a good body makes. `at` is in milliseconds."""
    sent = body.common_cloud
    content = {name: getattr(sent, name) for name in AppTrustInformation.__struct_fields__}
    return _record(CommonTrustInfo(**content), "SAVED", email, at)


def live(held: TrustInfo, email: str, at: int) -> TrustInfo:
    """The live record that a draft becomes by being published."""
    assert isinstance(held.common_cloud, CommonTrustInfo)
    return _record(held.common_cloud, "APPROVED", email, at)


def _record(declared: CommonTrustInfo, status: FormStatus, email: str, at: int) -> TrustInfo:
    properties = Properties(updated_by=email, updated_at=at, form_status=status)
    return TrustInfo(msgspec.structs.replace(declared, properties=properties))


def answer_at(declared: Any, path: str) -> Any:
    """The value at a path of JSON: `UNSET` where it was not given, `MISSING` where it was wrong."""
    for name in path.split("."):
        if not isinstance(declared, msgspec.Struct):
            return MISSING if declared is MISSING else UNSET
        place = declared.__struct_encode_fields__.index(name)
        declared = getattr(declared, declared.__struct_fields__[place])
    return declared


def is_given(value: Any) -> bool:
    """Whether a value says something: `false` does, and what was wrong has been told already."""
    if value is MISSING:
        return True
    if isinstance(value, msgspec.Struct):
        return any(is_given(getattr(value, name)) for name in value.__struct_fields__)
    if isinstance(value, str):
        return bool(value.strip())
    return known(value) and value is not None and value != []


def _needs(declared: AppTrustInformation) -> Iterator[Problem]:
    told = set()
    for need in NEEDS:
        if not _is(answer_at(declared, need.answer), need.value) or need.needed in told:
            continue
        if is_given(answer_at(declared, need.needed)):
            continue
        instead = answer_at(declared, need.unless) if need.unless else UNSET
        if is_given(instead) and instead is not False:
            continue
        told.add(need.needed)
        shown = need.value if isinstance(need.value, str) else "true"
        reason = f"is required where {_ROOT}.{need.answer} is {shown}"
        yield problem(f"{_ROOT}.{need.needed}", reason)


def _is(given: Any, wanted: bool | str) -> bool:
    return type(given) is type(wanted) and given == wanted


def _third_parties(declared: AppTrustInformation) -> Iterator[Problem]:
    path = f"{_SHARED}thirdPartyDetails"
    details = answer_at(declared, path)
    for index, one in enumerate(details if isinstance(details, list) else []):
        for name in THIRD_PARTY:
            if isinstance(one, msgspec.Struct) and not is_given(answer_at(one, name)):
                yield problem(f"{_ROOT}.{path}[{index}].{name}", "is required")


def _retention(declared: AppTrustInformation) -> Iterator[Problem]:
    days = answer_at(declared, f"{_RETENTION}retentionDurationInDays")
    if not isinstance(days, RetentionDurationInDays):
        return
    here = f"{_ROOT}.{_RETENTION}"
    if isinstance(days.min, int) and isinstance(days.max, int) and days.min > days.max:
        yield problem(f"{here}retentionDurationInDays.max", "must not be below min")
    if is_given(days) and answer_at(declared, f"{_RETENTION}isRetentionDurationIndefinite") is True:
        yield problem(
            f"{here}isRetentionDurationIndefinite",
            f"cannot be true where {here}retentionDurationInDays says how long",
        )
