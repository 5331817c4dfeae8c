"""Reviews come in, are edited and removed by administrators."""

from typing import Any

import pytest

from tests.support.administration import BAD_PAGES, NO_ADMINISTRATORS, walk
from tests.support.answers import MOMENT, UUID, refused, refused_fields
from tests.support.bodies import ADDON_PRODUCT, UNKNOWN
from tests.support.client import ADMINISTRATOR, OUTSIDER, Auth, InProcess
from tests.support.reviews import (
    ANSWERED,
    HOSTINGS,
    REPORTS_PRODUCT,
    add_review,
    administered_path,
    every_review,
    new_product,
    new_reviewer,
    read_reviews,
    response_path,
    review_body,
    review_path,
    shown,
)
from tests.support.scenes import administer, archive

FULL: dict[str, Any] = {
    "content": "Good.\nVery good.",
    "date": "2024-02-29T23:59:59+02:00",
    "totalVotes": 9,
    "helpfulVotes": 7,
    "isFlagged": True,
}
BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({"stars": 0}, ["stars"]),
    ({"stars": 6}, ["stars"]),
    ({"stars": 4.5}, ["stars"]),
    ({"stars": True}, ["stars"]),
    ({"stars": None}, ["stars"]),
    ({"content": None}, ["content"]),
    ({"content": "a" * 65_537}, ["content"]),
    ({"content": "\x00"}, ["content"]),
    ({"totalVotes": -1}, ["totalVotes"]),
    ({"totalVotes": 2, "helpfulVotes": 3}, ["helpfulVotes"]),
    ({"date": "yesterday"}, ["date"]),
    ({"date": "2024-01-01T00:00:00"}, ["date"]),
    ({"date": "1999-12-31T23:59:59Z"}, ["date"]),
    ({"date": "0001-01-01T00:00:00+14:00"}, ["date"]),
    ({"date": "9999-12-31T23:59:59-14:00"}, ["date"]),
    ({"isFlagged": "no"}, ["isFlagged"]),
    ({"authorName": "Somebody"}, ["authorName"]),
    (
        {"stars": 9, "date": "2999-01-01T00:00:00Z", "helpfulVotes": -1},
        ["date", "helpfulVotes", "stars"],
    ),
]


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
def test_only_administrators_may(shared: InProcess, auth: Auth, status: int, code: str) -> None:
    for method, path in (
        ("POST", administered_path()),
        ("GET", administered_path()),
        ("PATCH", administered_path(review_id=ANSWERED)),
        ("DELETE", administered_path(review_id=ANSWERED)),
    ):
        answer = shared.request(method, path, auth, json={"stars": 1})
        refused(answer, status, code)


def test_a_review_is_entered_and_read_by_everyone(server: InProcess) -> None:
    person_id = new_reviewer(server, "Rosa Reviewer")
    body = review_body(person_id, "server", 4, **FULL)
    answer = server.post(administered_path(), ADMINISTRATOR, json=body)
    assert answer.status_code == 201, answer.text
    review = answer.json()
    assert UUID.fullmatch(review["id"])
    assert review == {
        **body,
        "id": review["id"],
        "date": "2024-02-29T21:59:59Z",
        "authorName": "Rosa Reviewer",
        "productId": ADDON_PRODUCT,
    }
    assert answer.headers["location"] == review_path(review["id"])
    assert server.get(answer.headers["location"], OUTSIDER).json() == shown(review)
    assert shown(review) in every_review(server)


def test_what_is_not_given_is_nothing_and_now(server: InProcess) -> None:
    review = add_review(server, stars=3)
    assert (review["content"], review["totalVotes"], review["helpfulVotes"]) == ("", 0, 0)
    assert review["isFlagged"] is False
    assert MOMENT.fullmatch(review["date"])
    assert read_reviews(server)["reviews"][0] == shown(review)


def test_the_body_is_left_out_where_the_client_minds_one(server: InProcess) -> None:
    body = review_body(new_reviewer(server))
    headers = {"Prefer": "return=minimal"}
    answer = server.post(administered_path(), ADMINISTRATOR, json=body, headers=headers)
    assert (answer.status_code, answer.content) == (201, b"")
    assert server.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize(("changes", "fields"), BAD)
def test_a_bad_field_is_refused(
    shared: InProcess, changes: dict[str, Any], fields: list[str]
) -> None:
    before = read_reviews(shared)
    person_id = "d0000000-0000-4000-8000-000000000007"
    body = {**review_body(person_id, "server"), **changes}
    assert refused_fields(shared.post(administered_path(), ADMINISTRATOR, json=body)) == fields
    path = administered_path(review_id="f0000000-0000-4000-8000-000000000005")
    answer = shared.request("PATCH", path, ADMINISTRATOR, json=changes)
    assert refused_fields(answer) == fields
    assert read_reviews(shared) == before


def test_every_problem_is_told_at_once(shared: InProcess) -> None:
    answer = shared.post(administered_path(), ADMINISTRATOR, json={"content": 5, "votes": 1})
    fields = ["content", "personId", "productHosting", "stars", "votes"]
    assert refused_fields(answer) == fields
    body = review_body(UNKNOWN, "moon", 9, totalVotes=1, helpfulVotes=2)
    answer = shared.post(administered_path(), ADMINISTRATOR, json=body)
    assert refused_fields(answer) == ["helpfulVotes", "personId", "productHosting", "stars"]


def test_the_author_is_a_person_who_may_sign_in(server: InProcess) -> None:
    person_id = new_reviewer(server)
    administer(server, "POST", f"people/{person_id}/archive")
    for who, reason in ((person_id, "is archived"), (UNKNOWN, "is no person")):
        answer = server.post(administered_path(), ADMINISTRATOR, json=review_body(who))
        assert refused(answer, 400, "VALIDATION_ERROR") == [f"personId {reason}"]


def test_the_hosting_is_one_that_the_app_is_for(server: InProcess) -> None:
    product_id, person_id = new_product(server, ["cloud"]), new_reviewer(server)
    path = administered_path(product_id)
    for hosting in ("server", "datacenter"):
        answer = server.post(path, ADMINISTRATOR, json=review_body(person_id, hosting))
        expected = ["productHosting is no hosting that the app is for"]
        assert refused(answer, 400, "VALIDATION_ERROR") == expected
    assert add_review(server, product_id, person_id)["productHosting"] == "cloud"


def test_a_person_reviews_an_app_once_for_each_hosting(server: InProcess) -> None:
    product_id, person_id = new_product(server), new_reviewer(server)
    for hosting in HOSTINGS:
        add_review(server, product_id, person_id, hosting)
        body = review_body(person_id, hosting, 1)
        answer = server.post(administered_path(product_id), ADMINISTRATOR, json=body)
        expected = ["personId has reviewed this app for this hosting already"]
        assert refused(answer, 400, "VALIDATION_ERROR") == expected
    page = read_reviews(server, product_id)
    assert (page["count"], page["averageStars"]) == (3, 5.0)
    add_review(server, REPORTS_PRODUCT, person_id)
    add_review(server, product_id, new_reviewer(server))


def test_a_removed_review_makes_room_for_another(server: InProcess) -> None:
    product_id, person_id = new_product(server), new_reviewer(server)
    review = add_review(server, product_id, person_id)
    path = administered_path(product_id, review["id"])
    answer = server.request("DELETE", path, ADMINISTRATOR)
    assert (answer.status_code, answer.content) == (204, b"")
    assert read_reviews(server, product_id)["count"] == 0
    refused(server.get(review_path(review["id"], product_id)), 404, "REVIEW_NOT_FOUND")
    refused(server.request("DELETE", path, ADMINISTRATOR), 404, "REVIEW_NOT_FOUND")
    assert add_review(server, product_id, person_id)["id"] != review["id"]


def test_a_review_is_edited_and_keeps_the_rest(server: InProcess) -> None:
    product_id = new_product(server)
    review = add_review(server, product_id, stars=2, **FULL)
    path = administered_path(product_id, review["id"])
    assert server.put(
        response_path(review["id"], product_id), json={"responseContent": "Thanks"}
    ).is_success
    expected = {**review, "responseContent": "Thanks"}
    for changes in (
        {},
        {"stars": 5},
        {"content": ""},
        {"totalVotes": 7},
        {"helpfulVotes": 0, "totalVotes": 0},
        {"isFlagged": False},
        {"date": "2020-01-01T00:00:00Z"},
    ):
        answer = server.request("PATCH", path, ADMINISTRATOR, json=changes)
        assert answer.status_code == 200, answer.text
        expected |= changes
        assert answer.json() == expected
        assert server.get(review_path(review["id"], product_id)).json() == shown(expected)
    assert read_reviews(server, product_id)["averageStars"] == 5.0


def test_votes_that_stay_count_for_those_that_change(server: InProcess) -> None:
    review = add_review(server, totalVotes=5, helpfulVotes=3)
    path = administered_path(review_id=review["id"])
    for changes in ({"totalVotes": 2}, {"helpfulVotes": 6}):
        answer = server.request("PATCH", path, ADMINISTRATOR, json=changes)
        assert refused_fields(answer) == ["helpfulVotes"]


def test_the_authors_name_is_that_of_the_last_edit(server: InProcess) -> None:
    person_id = new_reviewer(server, "Before")
    review = add_review(server, person_id=person_id)
    administer(server, "PATCH", f"people/{person_id}", {"name": "After"})
    assert server.get(review_path(review["id"])).json()["authorName"] == "Before"
    path = administered_path(review_id=review["id"])
    edited = server.request("PATCH", path, ADMINISTRATOR, json={})
    assert edited.json()["authorName"] == "After"


def test_what_is_only_to_be_checked_is_not_stored(server: InProcess) -> None:
    before, person_id = read_reviews(server), new_reviewer(server)
    headers = {"Prefer": "validate-only"}
    body = review_body(person_id, stars=4)
    answer = server.post(administered_path(), ADMINISTRATOR, json=body, headers=headers)
    assert (answer.status_code, answer.json()["stars"]) == (200, 4)
    assert answer.headers["preference-applied"] == "validate-only"
    refused(server.get(review_path(answer.json()["id"])), 404, "REVIEW_NOT_FOUND")
    assert read_reviews(server) == before
    body["stars"] = 9
    answer = server.post(administered_path(), ADMINISTRATOR, json=body, headers=headers)
    assert refused_fields(answer) == ["stars"]


@pytest.mark.parametrize("what", ["app", "developer space"])
def test_reviews_of_what_is_archived_can_be_removed_alone(server: InProcess, what: str) -> None:
    person_id = new_reviewer(server)
    archive(server, what, "")
    path = administered_path(review_id=ANSWERED)
    for answer in (
        server.post(administered_path(), ADMINISTRATOR, json=review_body(person_id)),
        server.request("PATCH", path, ADMINISTRATOR, json={"stars": 1}),
    ):
        refused(answer, 400, "VALIDATION_ERROR")
    assert server.request("DELETE", path, ADMINISTRATOR).status_code == 204


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_an_unknown_app_is_not_found(shared: InProcess, method: str) -> None:
    path = administered_path(UNKNOWN)
    refused(shared.request(method, path, ADMINISTRATOR, json={}), 404, "PRODUCT_NOT_FOUND")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_unknown_review_is_not_found(shared: InProcess, method: str) -> None:
    for product_id, review_id, code in (
        (UNKNOWN, ANSWERED, "PRODUCT_NOT_FOUND"),
        (ADDON_PRODUCT, UNKNOWN, "REVIEW_NOT_FOUND"),
        (REPORTS_PRODUCT, ANSWERED, "REVIEW_NOT_FOUND"),
    ):
        path = administered_path(product_id, review_id)
        refused(shared.request(method, path, ADMINISTRATOR, json={}), 404, code)


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_reviews_are_listed_with_their_authors(server: InProcess, limit: int) -> None:
    product_id = new_product(server)
    made = [
        add_review(server, product_id, date=f"202{9 - number}-01-01T00:00:00Z")
        for number in range(4, 9)
    ]
    assert walk(server, administered_path(product_id), "reviews", limit) == made
    assert server.get(administered_path(REPORTS_PRODUCT), ADMINISTRATOR).json()["reviews"] == []


@pytest.mark.parametrize(("query", "detail"), BAD_PAGES)
def test_a_bad_page_is_refused(shared: InProcess, query: str, detail: str) -> None:
    answer = shared.get(f"{administered_path()}?{query}", ADMINISTRATOR)
    assert refused(answer, 400, "INVALID_PARAMETER") == [detail]
