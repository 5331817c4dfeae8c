"""One review."""

import pytest

from tests.support.answers import refused
from tests.support.bodies import UNKNOWN
from tests.support.client import ADMINISTRATOR, OUTSIDER, InProcess
from tests.support.reviews import (
    ANSWERED,
    REPORTS_PRODUCT,
    UNANSWERED,
    administered_path,
    every_review,
    new_product,
    response_path,
    review_path,
)


def test_each_of_a_list_is_found_by_its_id(shared: InProcess) -> None:
    for review in every_review(shared):
        for auth in (OUTSIDER, ADMINISTRATOR):
            found = shared.get(review_path(review["id"]), auth)
            assert (found.status_code, found.json()) == (200, review)


def test_what_is_absent_is_left_out(shared: InProcess) -> None:
    fields = ["id", "content", "stars", "date", "totalVotes", "helpfulVotes", "productHosting"]
    fields += ["isFlagged", "authorName"]
    assert list(shared.get(review_path(UNANSWERED)).json()) == fields
    answered = shared.get(review_path(ANSWERED)).json()
    assert set(answered) == {*fields, "responseContent"}


@pytest.mark.parametrize("review_id", [UNKNOWN, "x", "a%27b", ANSWERED.upper()])
def test_an_unknown_review_is_not_found(shared: InProcess, review_id: str) -> None:
    answer = shared.get(review_path(review_id))
    expected = ["this product has no review with this id"]
    assert refused(answer, 404, "REVIEW_NOT_FOUND") == expected


def test_a_review_of_another_app_is_not_found(shared: InProcess) -> None:
    refused(shared.get(review_path(ANSWERED, REPORTS_PRODUCT)), 404, "REVIEW_NOT_FOUND")
    refused(shared.get(review_path(ANSWERED, UNKNOWN)), 404, "PRODUCT_NOT_FOUND")


def test_nobody_reads_without_credentials(shared: InProcess) -> None:
    refused(shared.get(review_path(ANSWERED), None), 401, "UNAUTHORIZED")


def test_its_state_is_its_own(server: InProcess) -> None:
    tag = server.get(review_path(UNANSWERED)).headers["etag"]
    path = administered_path(review_id=ANSWERED)
    assert server.request("PATCH", path, ADMINISTRATOR, json={"stars": 1}).status_code == 200
    new_product(server)
    unchanged = server.get(review_path(UNANSWERED), headers={"If-None-Match": tag})
    assert unchanged.status_code == 304
    answer = server.put(response_path(UNANSWERED), json={"responseContent": "Thanks"})
    assert answer.status_code == 204
    now = server.get(review_path(UNANSWERED), headers={"If-None-Match": tag})
    assert (now.status_code, now.json()["responseContent"]) == (200, "Thanks")
