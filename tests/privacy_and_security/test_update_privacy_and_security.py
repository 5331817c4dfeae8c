"""PUT replaces the draft: the whole structure is checked, and every problem told with its path."""

import copy
from typing import Any

import pytest

from tests.support.answers import refused, refused_fields
from tests.support.bodies import ADDON_PRODUCT, UNKNOWN
from tests.support.client import DEVELOPER, OUTSIDER, InProcess
from tests.support.declarations import (
    EVERYTHING,
    LINK,
    draft_path,
    new_product,
    privacy_path,
    publish_path,
    put_draft,
)
from tests.support.scenes import administer
from tradepost.privacy_and_security.rules import NEEDS


def changed(path: str, value: Any) -> dict[str, Any]:
    """A declaration of everything with another value at a path below `commonCloud`."""
    declared = copy.deepcopy(EVERYTHING)
    *outer, name = path.split(".")
    place = declared
    for step in outer:
        place = place[step]
    place[name] = value
    return declared


def test_the_first_draft_is_created_and_the_next_replaces_it(shared: InProcess) -> None:
    product = new_product(shared)
    first = put_draft(shared, product, EVERYTHING)
    assert (first.status_code, first.headers["location"]) == (201, draft_path(product))
    declared = first.json()["commonCloud"]
    properties = declared.pop("properties")
    assert declared == EVERYTHING
    assert properties["updatedBy"] == DEVELOPER[0]
    assert properties["formStatus"] == "SAVED"
    assert properties["updatedAt"] > 1_600_000_000_000
    assert shared.get(first.headers["location"]).json() == first.json()
    second = put_draft(shared, product, {"llmModels": []})
    assert second.status_code == 200
    assert "location" not in second.headers
    assert second.json()["commonCloud"].keys() == {"llmModels", "properties"}
    assert shared.get(draft_path(product)).json() == second.json()


def test_a_draft_that_was_read_can_be_sent_back_as_it_is(shared: InProcess) -> None:
    product = new_product(shared)
    put_draft(shared, product, EVERYTHING)
    for state in ("draft", "draft", "live"):
        if state == "live":
            assert shared.post(publish_path(product)).status_code == 200
        held = shared.get(f"{privacy_path(product)}?state={state}").json()
        held["commonCloud"]["properties"]["updatedBy"] = "somebody else"
        again = shared.put(privacy_path(product), json={**held, "unknown": 1}).json()
        assert again["commonCloud"].pop("properties")["updatedBy"] == DEVELOPER[0]
        assert again["commonCloud"] == EVERYTHING


def test_the_body_may_be_left_out_of_the_answer(shared: InProcess) -> None:
    product = new_product(shared)
    for status in (201, 200):
        answer = put_draft(shared, product, {}, headers={"Prefer": "return=minimal"})
        assert (answer.status_code, answer.content) == (status, b"")


def test_a_draft_that_is_only_checked_is_not_stored(shared: InProcess) -> None:
    product = new_product(shared)
    only = {"Prefer": "validate-only"}
    answer = put_draft(shared, product, EVERYTHING, headers=only)
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "validate-only")
    assert answer.json()["commonCloud"]["llmModels"] == ["A model"]
    refused(shared.get(draft_path(product)), 404, "PRIVACY_AND_SECURITY_NOT_FOUND")
    assert refused_fields(put_draft(shared, product, 5, headers=only)) == ["commonCloud"]


@pytest.mark.parametrize("body", [{}, {"commonCloud": None}, {"commonCloud": []}])
def test_a_declaration_is_required(shared: InProcess, body: Any) -> None:
    product = new_product(shared)
    answer = shared.put(privacy_path(product), json=body)
    assert refused_fields(answer) == ["commonCloud"]
    refused(shared.get(draft_path(product)), 404, "PRIVACY_AND_SECURITY_NOT_FOUND")


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("dataAccessAndStorage", None, ""),
        ("dataAccessAndStorage.typesOfDataAccessed", "Names", ""),
        ("dataAccessAndStorage.typesOfDataAccessed", ["Names", 5, ""], "[1] [2]"),
        ("dataAccessAndStorage.typesOfDataStored", ["x"] * 101, ""),
        ("dataAccessAndStorage.appExposesRemoteRestApis", "true", ""),
        ("thirdPartyInformation.dataSubProcessors", "ftp://example.com", ""),
        ("thirdPartyInformation.thirdPartyDetails", [5], "[0]"),
        ("logDetails.logEndUserData", 1, ""),
        ("dataResidency.isDataResidencySupported", "YES", ""),
        ("dataRetention.retentionDurationInDays.min", 1.5, ""),
        ("dataRetention.retentionDurationInDays.max", 2**31, ""),
        ("security.caiq.CAIQLiteLink", "example.com", ""),
        ("security.securityContact", "two\nlines", ""),
        ("security.hasCompliantCertifications", None, ""),
        ("security.permissionsJustification", "x" * 65_537, ""),
        ("privacy.gdpr.dataController.isAppDataController", "SOMETIMES", ""),
        ("privacy.ccpa.business.isAppBusiness", 0, ""),
        ("privacy.dataProcessingAgreement.link", f"{LINK} {LINK}", ""),
        ("hasRestAPIExtension", "no", ""),
        ("llmModels", [None], "[0]"),
    ],
)
def test_a_wrong_value_is_told_by_its_path(
    shared: InProcess, path: str, value: Any, named: str
) -> None:
    product = new_product(shared)
    expected = [f"commonCloud.{path}{end}" for end in (named.split() or [""])]
    assert refused_fields(put_draft(shared, product, changed(path, value))) == expected
    refused(shared.get(draft_path(product)), 404, "PRIVACY_AND_SECURITY_NOT_FOUND")


def test_what_is_neither_yes_nor_no_may_be_neither(shared: InProcess) -> None:
    declared = changed("privacy.ccpa.business.isAppBusiness", "MAYBE")
    [detail] = refused(put_draft(shared, new_product(shared), declared), 400, "VALIDATION_ERROR")
    assert detail == (
        "commonCloud.privacy.ccpa.business.isAppBusiness must be true or false, "
        "or one of NOT_APPLICABLE"
    )


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: f"{need.answer} {need.needed}")
def test_an_answer_makes_others_needed(shared: InProcess, need: Any) -> None:
    """Asked with nothing but that answer: what it opens must be told, each by its path."""
    product = new_product(shared)
    declared: dict[str, Any] = {}
    place = declared
    *outer, name = need.answer.split(".")
    for step in outer:
        place = place.setdefault(step, {})
    place[name] = need.value
    expected = sorted(f"commonCloud.{n.needed}" for n in NEEDS if n.answer == need.answer)
    answer = put_draft(shared, product, declared)
    assert refused_fields(answer) == expected
    shown = "true" if need.value is True else need.value
    details = [error["detail"] for error in answer.json()["errors"]]
    condition = f"is required where commonCloud.{need.answer} is {shown}"
    assert f"commonCloud.{need.needed} {condition}" in details
    place[name] = False if need.value is True else "NOT_APPLICABLE"
    assert put_draft(shared, product, declared).status_code == 201


@pytest.mark.parametrize("nothing", [[], {}, "", "  ", None])
def test_an_empty_answer_is_none(shared: InProcess, nothing: Any) -> None:
    path = {
        list: "dataAccessAndStorage.typesOfDataAccessed",
        dict: "dataRetention.retentionDurationInDays",
        str: "privacy.gdpr.dataTransfer.transferComplianceMechanismsAdheredDetails",
        type(None): "dataAccessAndStorage.remoteRestApisAdditionalDetails",
    }[type(nothing)]
    answer = put_draft(shared, new_product(shared), changed(path, nothing))
    assert refused_fields(answer) == [f"commonCloud.{path}"]


def test_one_answer_may_stand_in_for_another(shared: InProcess) -> None:
    good: list[dict[str, Any]] = [
        {
            "dataAccessAndStorage": {
                "isSameDataProcessedAndStored": True,
                "appStoresEUDOutsideAtlassian": True,
                "typesOfDataAccessed": ["Names"],
            }
        },
        {"thirdPartyInformation": {"isEndUserDataShared": True, "dataSubProcessors": LINK}},
        {
            "dataRetention": {
                "isDataRetentionSupported": True,
                "isRetentionDurationIndefinite": True,
            }
        },
    ]
    product = new_product(shared)
    for declared in good:
        assert put_draft(shared, product, declared).is_success


def test_an_answer_does_not_stand_in_while_it_is_no(shared: InProcess) -> None:
    declared = changed("dataAccessAndStorage.typesOfDataStored", [])
    answer = put_draft(shared, new_product(shared), declared)
    assert refused_fields(answer) == ["commonCloud.dataAccessAndStorage.typesOfDataStored"]


def test_every_third_party_is_described(shared: InProcess) -> None:
    whole = EVERYTHING["thirdPartyInformation"]["thirdPartyDetails"][0]
    parties = [whole, {}, {**whole, "name": "", "link": "x"}, {**whole, "thirdPartyCountries": []}]
    declared = changed("thirdPartyInformation.thirdPartyDetails", parties)
    here = "commonCloud.thirdPartyInformation.thirdPartyDetails"
    assert refused_fields(put_draft(shared, new_product(shared), declared)) == [
        f"{here}[1].link",
        f"{here}[1].name",
        f"{here}[1].purpose",
        f"{here}[1].thirdPartyCountries",
        f"{here}[2].link",
        f"{here}[2].name",
        f"{here}[3].thirdPartyCountries",
    ]


def test_how_long_data_is_kept_must_not_contradict_itself(shared: InProcess) -> None:
    here = "commonCloud.dataRetention"
    backwards = changed("dataRetention.retentionDurationInDays", {"min": 90, "max": 30})
    answer = put_draft(shared, new_product(shared), backwards)
    assert refused_fields(answer) == [f"{here}.retentionDurationInDays.max"]
    both = changed("dataRetention.isRetentionDurationIndefinite", True)
    answer = put_draft(shared, new_product(shared), both)
    assert refused_fields(answer) == [f"{here}.isRetentionDurationIndefinite"]


def test_wrong_and_missing_answers_are_told_together(shared: InProcess) -> None:
    declared = changed("security.caiq", {"isCAIQCompleted": True})
    declared["hasRestAPIExtension"] = 7
    declared["privacy"]["dataProcessingAgreement"] = {"isDPASupported": True, "link": 7}
    declared["dataAccessAndStorage"]["appProcessEUDOutsideAtlassian"] = "yes"
    declared["dataAccessAndStorage"]["typesOfDataAccessed"] = []
    answer = put_draft(shared, new_product(shared), declared)
    assert refused_fields(answer) == [
        "commonCloud.dataAccessAndStorage.appProcessEUDOutsideAtlassian",
        "commonCloud.hasRestAPIExtension",
        "commonCloud.privacy.dataProcessingAgreement.link",
        "commonCloud.security.caiq.CAIQLiteLink",
    ]


def test_who_is_no_member_may_not(shared: InProcess) -> None:
    before = shared.get(draft_path(ADDON_PRODUCT)).content
    refused(put_draft(shared, ADDON_PRODUCT, 5, OUTSIDER), 403, "FORBIDDEN")
    refused(put_draft(shared, ADDON_PRODUCT, 5, None), 401, "UNAUTHORIZED")
    refused(put_draft(shared, UNKNOWN, 5, OUTSIDER), 404, "PRODUCT_NOT_FOUND")
    assert shared.get(draft_path(ADDON_PRODUCT)).content == before


def test_nothing_is_declared_for_an_archived_app(shared: InProcess) -> None:
    product = new_product(shared)
    put_draft(shared, product, {})
    administer(shared, "POST", f"apps/{product}/archive")
    for answer in (
        put_draft(shared, product, 5),
        shared.request("DELETE", privacy_path(product)),
        shared.post(publish_path(product)),
    ):
        [detail] = refused(answer, 400, "VALIDATION_ERROR")
        assert detail == "the app or its developer space is archived"
    assert shared.get(draft_path(product)).status_code == 200


def test_if_match_is_about_what_whoever_edits_has_read(shared: InProcess) -> None:
    product = new_product(shared)
    refused(put_draft(shared, product, {}, headers={"If-Match": "*"}), 412, "PRECONDITION_FAILED")
    put_draft(shared, product, {})
    shared.post(publish_path(product))
    live = {"If-Match": shared.get(privacy_path(product)).headers["etag"]}
    assert put_draft(shared, product, {}, headers=live).status_code == 201
    # Somebody's draft is there now, which the reader of the live record has not seen.
    refused(put_draft(shared, product, {}, headers=live), 412, "PRECONDITION_FAILED")
    draft = {"If-Match": shared.get(draft_path(product)).headers["etag"]}
    assert put_draft(shared, product, {}, headers=draft).status_code == 200
    refused(put_draft(shared, product, 5, headers=draft), 412, "PRECONDITION_FAILED")
