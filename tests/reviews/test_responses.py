"""The answer of an app's makers to a review: put, replaced, taken away."""

from typing import Any

import httpx2
import pytest

from tests.support.answers import refused, refused_fields
from tests.support.bodies import ADDON_PRODUCT, ROLES, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.reviews import (
    ANSWERED,
    REPORTS_PRODUCT,
    UNANSWERED,
    every_review,
    read_reviews,
    response_path,
    review_path,
)
from tests.support.scenes import ARCHIVED, archive, as_caller, as_member, unarchive

MAY = {"admin", "listing-specialist"}
BAD_BODIES: list[tuple[Any, list[str]]] = [
    ({}, ["responseContent"]),
    ({"responseContent": None}, ["responseContent"]),
    ({"responseContent": 5}, ["responseContent"]),
    ({"responseContent": ""}, ["responseContent"]),
    ({"responseContent": "a\x00b"}, ["responseContent"]),
    ({"responseContent": "a" * 65_537}, ["responseContent"]),
    ([], ["the"]),
]


def put(
    server: InProcess, text: str = "Thanks", review_id: str = UNANSWERED, auth: Auth = DEVELOPER
) -> httpx2.Response:
    return server.put(response_path(review_id), auth, json={"responseContent": text})


def take(server: InProcess, review_id: str = ANSWERED, auth: Auth = DEVELOPER) -> httpx2.Response:
    return server.request("DELETE", response_path(review_id), auth)


def read(server: InProcess, review_id: str = UNANSWERED) -> Any:
    return server.get(review_path(review_id), OUTSIDER).json()


def test_a_review_is_answered_and_nothing_else_of_it_changes(server: InProcess) -> None:
    before, totals = read(server), read_reviews(server)
    answer = put(server, "Thank you!\nMore is to come. ☺")
    assert (answer.status_code, answer.content) == (204, b"")
    assert read(server) == {**before, "responseContent": "Thank you!\nMore is to come. ☺"}
    assert [r for r in every_review(server) if r["id"] == UNANSWERED] == [read(server)]
    now = read_reviews(server)
    assert (now["count"], now["averageStars"]) == (totals["count"], totals["averageStars"])


def test_an_answer_takes_the_place_of_the_one_before(server: InProcess) -> None:
    for text in ("One", "Another", "Another", "a" * 65_536):
        assert put(server, text, ANSWERED).status_code == 204
        assert read(server, ANSWERED)["responseContent"] == text


def test_an_answer_is_taken_away(server: InProcess) -> None:
    before = read(server, ANSWERED)
    answer = take(server)
    assert (answer.status_code, answer.content) == (204, b"")
    del before["responseContent"]
    assert read(server, ANSWERED) == before
    assert refused(take(server), 404, "REVIEW_NOT_FOUND") == ["this review has no answer"]
    assert put(server, "Again", ANSWERED).status_code == 204
    assert read(server, ANSWERED)["responseContent"] == "Again"


@pytest.mark.parametrize(("body", "fields"), BAD_BODIES)
def test_a_bad_body_is_refused(server: InProcess, body: Any, fields: list[str]) -> None:
    before = read(server)
    answer = server.put(response_path(UNANSWERED), json=body)
    assert refused_fields(answer) == fields
    assert read(server) == before


def test_fields_that_nobody_knows_are_ignored(server: InProcess) -> None:
    body = {**read(server), "responseContent": "Thanks", "stars": 1}
    assert server.put(response_path(UNANSWERED), json=body).status_code == 204
    assert read(server)["stars"] == 5


@pytest.mark.parametrize("role", ROLES)
def test_roles_decide_which_members_may(server: InProcess, role: str) -> None:
    auth = as_member(server, role)
    if role in MAY:
        assert put(server, auth=auth).status_code == 204
        assert take(server, auth=auth).status_code == 204
    else:
        details = ["this needs one of the roles admin, listing-specialist"]
        assert refused(put(server, auth=auth), 403, "FORBIDDEN") == details
        assert refused(take(server, auth=auth), 403, "FORBIDDEN") == details
        assert "responseContent" not in read(server)
        assert "responseContent" in read(server, ANSWERED)


@pytest.mark.parametrize("who", ["outsider", "stranger"])
def test_members_alone_may(server: InProcess, who: str) -> None:
    auth = as_caller(server, who)
    for answer in (put(server, auth=auth), take(server, auth=auth)):
        refused(answer, 403, "FORBIDDEN")
    for answer in (put(server, auth=None), take(server, auth=None)):
        refused(answer, 401, "UNAUTHORIZED")
    assert put(server, auth=ADMINISTRATOR).status_code == 204


@pytest.mark.parametrize(
    ("product_id", "review_id", "code"),
    [
        (UNKNOWN, ANSWERED, "PRODUCT_NOT_FOUND"),
        (ADDON_PRODUCT, UNKNOWN, "REVIEW_NOT_FOUND"),
        (REPORTS_PRODUCT, ANSWERED, "REVIEW_NOT_FOUND"),
    ],
)
def test_what_is_not_there_is_not_found(
    server: InProcess, product_id: str, review_id: str, code: str
) -> None:
    path = response_path(review_id, product_id)
    for body in ({"responseContent": "Thanks"}, {}):
        refused(server.put(path, json=body), 404, code)
    refused(server.request("DELETE", path), 404, code)


@pytest.mark.parametrize("what", sorted(set(ARCHIVED) - {"app software"}))
def test_what_is_archived_is_not_answered(server: InProcess, what: str) -> None:
    archive(server, what, "")
    for answer in (put(server), take(server), put(server, "")):
        [detail] = refused(answer, 400, "VALIDATION_ERROR")
        assert "archived" in detail
    unarchive(server, what, "")
    assert put(server).status_code == 204


def test_the_state_that_was_read_may_be_demanded(server: InProcess) -> None:
    path = response_path(UNANSWERED)
    tag = server.get(review_path(UNANSWERED)).headers["etag"]
    body = {"responseContent": "Thanks"}
    for sent in ('"other"', f"W/{tag}"):
        answer = server.put(path, json=body, headers={"If-Match": sent})
        refused(answer, 412, "PRECONDITION_FAILED")
    assert "responseContent" not in read(server)
    assert server.put(path, json={}, headers={"If-Match": '"other"'}).status_code == 412
    assert server.put(path, json=body, headers={"If-Match": tag}).status_code == 204
    again = server.put(path, json=body, headers={"If-Match": tag})
    refused(again, 412, "PRECONDITION_FAILED")
    assert server.put(path, json=body, headers={"If-Match": "*"}).status_code == 204


def test_who_asks_for_a_look_is_not_given_a_write(server: InProcess) -> None:
    body, headers = {"responseContent": "Thanks"}, {"Prefer": "validate-only"}
    refused(
        server.put(response_path(UNANSWERED), json=body, headers=headers), 400, "VALIDATION_ERROR"
    )
    assert "responseContent" not in read(server)
