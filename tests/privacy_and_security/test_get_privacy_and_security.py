"""What an app declares: the live record for everyone who signs in, the draft for members."""

import pytest

from tests.support.answers import refused
from tests.support.bodies import ADDON_PRODUCT, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.declarations import (
    CALENDAR_PRODUCT,
    REPORTS_PRODUCT,
    draft_path,
    new_product,
    privacy_path,
    put_draft,
)
from tests.support.scenes import CALLERS, as_caller


@pytest.mark.parametrize("caller", CALLERS)
def test_the_live_record_is_for_everyone_who_signs_in(shared: InProcess, caller: str) -> None:
    auth = as_caller(shared, caller)
    for path in (privacy_path(ADDON_PRODUCT), f"{privacy_path(ADDON_PRODUCT)}?state=live"):
        answer = shared.get(path, auth)
        if caller == "nobody":
            refused(answer, 401, "UNAUTHORIZED")
        else:
            assert answer.status_code == 200
            declared = answer.json()["commonCloud"]
            assert declared["properties"]["formStatus"] == "APPROVED"
            assert declared["dataResidency"] == {
                "isDataResidencySupported": "APP_DOES_NOT_SUPPORT_DR"
            }


@pytest.mark.parametrize("caller", CALLERS)
def test_the_draft_is_for_members(shared: InProcess, caller: str) -> None:
    answer = shared.get(draft_path(ADDON_PRODUCT), as_caller(shared, caller))
    if caller == "nobody":
        refused(answer, 401, "UNAUTHORIZED")
    elif caller in ("member", "administrator"):
        assert answer.status_code == 200
        declared = answer.json()["commonCloud"]
        assert declared["properties"]["formStatus"] == "SAVED"
        residency = declared["dataResidency"]["isDataResidencySupported"]
        assert residency == "STORED_EXTERNAL_TO_ATLASSIAN"
    else:
        [detail] = refused(answer, 403, "FORBIDDEN")
        assert detail == "only members of the developer space see the draft"


@pytest.mark.parametrize("auth", [DEVELOPER, OUTSIDER, ADMINISTRATOR], ids=lambda auth: auth[0])
def test_where_there_is_none_nothing_is_found(shared: InProcess, auth: Auth) -> None:
    [detail] = refused(
        shared.get(privacy_path(CALENDAR_PRODUCT), auth), 404, "PRIVACY_AND_SECURITY_NOT_FOUND"
    )
    assert detail == "this app has no live record of privacy and security"
    for unknown in (UNKNOWN, "no-uuid"):
        for path in (privacy_path(unknown), draft_path(unknown)):
            refused(shared.get(path, auth), 404, "PRODUCT_NOT_FOUND")


def test_an_app_may_have_either_record_alone(shared: InProcess) -> None:
    refused(shared.get(draft_path(REPORTS_PRODUCT)), 404, "PRIVACY_AND_SECURITY_NOT_FOUND")
    assert shared.get(privacy_path(REPORTS_PRODUCT)).status_code == 200
    product = new_product(shared)
    assert put_draft(shared, product, {}).status_code == 201
    assert shared.get(draft_path(product)).status_code == 200
    refused(shared.get(privacy_path(product)), 404, "PRIVACY_AND_SECURITY_NOT_FOUND")


@pytest.mark.parametrize("state", ["", "DRAFT", "published", "live,draft", "live&state=draft"])
def test_another_state_is_a_bad_parameter(shared: InProcess, state: str) -> None:
    path = f"{privacy_path(ADDON_PRODUCT)}?state={state}"
    [detail] = refused(shared.get(path), 400, "INVALID_PARAMETER")
    assert detail.startswith("state ")
    # Not found comes first.
    refused(shared.get(f"{privacy_path(UNKNOWN)}?state={state}"), 404, "PRODUCT_NOT_FOUND")


def test_who_asks_again_is_told_that_nothing_has_changed(shared: InProcess) -> None:
    product = new_product(shared)
    put_draft(shared, product, {"hasRestAPIExtension": True})
    draft = shared.get(draft_path(product))
    known = {"If-None-Match": draft.headers["etag"]}
    assert shared.get(draft_path(product), headers=known).status_code == 304
    refused(shared.get(draft_path(product), OUTSIDER, headers=known), 403, "FORBIDDEN")
    put_draft(shared, product, {"hasRestAPIExtension": False})
    again = shared.get(draft_path(product), headers=known)
    assert again.json()["commonCloud"]["hasRestAPIExtension"] is False
