"""A draft is published, which makes it the live record, or dropped, which leaves that alone."""

from collections.abc import Callable

import httpx2
import pytest

from tests.support.answers import refused, refused_fields
from tests.support.bodies import ADDON_PRODUCT, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.declarations import (
    EVERYTHING,
    draft_path,
    new_product,
    privacy_path,
    publish_path,
    put_draft,
)

Act = Callable[[InProcess, str, Auth], httpx2.Response]
NO_RECORD = "PRIVACY_AND_SECURITY_NOT_FOUND"


def publish(server: InProcess, product_id: str, auth: Auth = DEVELOPER) -> httpx2.Response:
    return server.post(publish_path(product_id), auth)


def drop(server: InProcess, product_id: str, auth: Auth = DEVELOPER) -> httpx2.Response:
    return server.request("DELETE", privacy_path(product_id), auth)


BOTH = pytest.mark.parametrize("act", [publish, drop])


def test_a_published_draft_is_live_and_no_draft_any_more(shared: InProcess) -> None:
    product = new_product(shared)
    put_draft(shared, product, EVERYTHING)
    answer = publish(shared, product, ADMINISTRATOR)
    assert answer.status_code == 200
    declared = answer.json()["commonCloud"]
    properties = declared.pop("properties")
    assert (declared, properties["formStatus"]) == (EVERYTHING, "APPROVED")
    assert properties["updatedBy"] == ADMINISTRATOR[0]
    assert shared.get(privacy_path(product), OUTSIDER).json() == answer.json()
    refused(shared.get(draft_path(product)), 404, NO_RECORD)
    refused(publish(shared, product), 404, NO_RECORD)


def test_the_live_record_stays_until_the_next_draft_is_published(shared: InProcess) -> None:
    product = new_product(shared)
    for number, models in enumerate((["One"], ["Two"], ["Three"])):
        before = shared.get(privacy_path(product))
        assert put_draft(shared, product, {"llmModels": models}).status_code == 201
        unchanged = shared.get(privacy_path(product))
        assert unchanged.status_code == before.status_code == (200 if number else 404)
        assert unchanged.headers.get("etag") == before.headers.get("etag")
        assert publish(shared, product).status_code == 200
        assert shared.get(privacy_path(product)).json()["commonCloud"]["llmModels"] == models


def test_a_draft_that_was_published_can_be_left_out_of_the_answer(shared: InProcess) -> None:
    product = new_product(shared)
    put_draft(shared, product, EVERYTHING)
    answer = shared.post(publish_path(product), headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (200, b"")


def test_publishing_can_be_tried(shared: InProcess) -> None:
    product = new_product(shared)
    only = {"Prefer": "validate-only"}
    refused(shared.post(publish_path(product), headers=only), 404, NO_RECORD)
    put_draft(shared, product, EVERYTHING)
    tried = shared.post(publish_path(product), headers=only)
    assert tried.json()["commonCloud"]["properties"]["formStatus"] == "APPROVED"
    assert shared.get(draft_path(product)).status_code == 200
    refused(shared.get(privacy_path(product)), 404, NO_RECORD)
    # Who asks for a look at dropping a draft must not lose it.
    looked = shared.request("DELETE", privacy_path(product), headers=only)
    refused(looked, 400, "VALIDATION_ERROR")
    assert shared.get(draft_path(product)).status_code == 200


def test_a_dropped_draft_is_gone_and_the_live_record_stays(shared: InProcess) -> None:
    product = new_product(shared)
    put_draft(shared, product, {"llmModels": ["Live"]})
    publish(shared, product)
    live = shared.get(privacy_path(product)).content
    put_draft(shared, product, {"llmModels": ["Draft"]})
    answer = drop(shared, product)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-length" not in answer.headers
    refused(shared.get(draft_path(product)), 404, NO_RECORD)
    assert shared.get(privacy_path(product)).content == live
    refused(drop(shared, product), 404, NO_RECORD)


def test_a_draft_in_place_of_a_dropped_one_has_another_tag(shared: InProcess) -> None:
    product = new_product(shared)
    tags = set()
    for act in (drop, drop, publish, drop):
        put_draft(shared, product, {})
        tags.add(shared.get(draft_path(product)).headers["etag"])
        assert act(shared, product).is_success
    assert len(tags) == 4


@BOTH
def test_without_a_draft_there_is_nothing_to_do(shared: InProcess, act: Act) -> None:
    refused(act(shared, new_product(shared), DEVELOPER), 404, NO_RECORD)
    refused(act(shared, UNKNOWN, DEVELOPER), 404, "PRODUCT_NOT_FOUND")


@BOTH
def test_who_is_no_member_may_do_neither(shared: InProcess, act: Act) -> None:
    before = shared.get(draft_path(ADDON_PRODUCT)).content
    refused(act(shared, ADDON_PRODUCT, OUTSIDER), 403, "FORBIDDEN")
    refused(act(shared, ADDON_PRODUCT, None), 401, "UNAUTHORIZED")
    assert shared.get(draft_path(ADDON_PRODUCT)).content == before


def test_of_many_who_publish_one_draft_one_does(shared: InProcess) -> None:
    product = new_product(shared)
    put_draft(shared, product, EVERYTHING)
    answers = shared.at_once(*(shared.send("POST", publish_path(product)) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 7


def test_a_draft_from_before_a_rule_is_not_published(shared: InProcess) -> None:
    from tradepost.privacy_and_security import store
    from tradepost.privacy_and_security.model import CommonTrustInfo, LogDetails, TrustInfo

    product = new_product(shared)
    old = TrustInfo(CommonTrustInfo(log_details=LogDetails(log_end_user_data=True)))

    async def save() -> None:
        standing = await store.standing(shared.database, product)
        assert standing is not None
        pk = standing.app_pk
        await shared.database.write(lambda t: store.save_draft(t, pk, old))

    shared.run(save())
    assert refused_fields(publish(shared, product)) == [
        "commonCloud.logDetails.logEUDShareWithThirdParty",
        "commonCloud.logDetails.logProcessAndOrStoreEUDOutsideAtlassian",
    ]
    refused(shared.get(privacy_path(product)), 404, NO_RECORD)
