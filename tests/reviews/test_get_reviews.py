"""The list of an app's reviews."""

from typing import Any

import pytest

from tests.support.answers import refused
from tests.support.app_listings import changed, read_listing
from tests.support.bodies import ADDON_PRODUCT, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.reviews import (
    HOSTINGS,
    RANKS,
    REPORTS_PRODUCT,
    SORTS,
    add_review,
    every_review,
    new_product,
    new_reviewer,
    read_reviews,
    reviews_path,
    shown,
)
from tests.support.scenes import administer, as_caller

BAD_QUERIES = {
    "sort=best": "sort must be one of recent, helpful, highest_rated, lowest_rated",
    "hosting=moon": "hosting must be one of cloud, server, datacenter",
    "hosting=": "hosting must be one of cloud, server, datacenter",
    "hosting=cloud,server": "hosting must be one of cloud, server, datacenter",
    "limit=0": "limit must be between 1 and 50",
    "limit=51": "limit must be between 1 and 50",
    "limit=ten": "limit must be between 1 and 50",
    "cursor=AAAA": "cursor is damaged",
}


def test_a_page_has_the_fields_of_the_contract_and_no_others(shared: InProcess) -> None:
    page = read_reviews(shared, limit=2)
    assert list(page) == ["productId", "reviews", "cursor", "count", "averageStars"]
    assert page["productId"] == ADDON_PRODUCT
    assert len(page["reviews"]) == 2
    last = read_reviews(shared)
    assert "cursor" not in last
    assert last["count"] == len(last["reviews"]) > 5


def test_an_app_without_reviews_has_an_empty_list(shared: InProcess) -> None:
    empty = {"productId": REPORTS_PRODUCT, "reviews": [], "count": 0, "averageStars": 0.0}
    assert read_reviews(shared, REPORTS_PRODUCT) == empty
    assert read_reviews(shared, REPORTS_PRODUCT, sort="helpful", hosting="cloud") == empty


@pytest.mark.parametrize("limit", [1, 3, 50])
@pytest.mark.parametrize("sort", SORTS)
def test_pages_have_every_review_once_in_their_order(
    shared: InProcess, sort: str, limit: int
) -> None:
    found = every_review(shared, limit=limit, sort=sort)
    assert len({review["id"] for review in found}) == len(found) > 5
    assert found == sorted(found, key=lambda r: (RANKS[sort](r), r["date"]), reverse=True)


def test_the_newest_come_first_unless_told_otherwise(shared: InProcess) -> None:
    assert read_reviews(shared) == read_reviews(shared, sort="recent")
    dates = [review["date"] for review in read_reviews(shared)["reviews"]]
    assert dates == sorted(dates, reverse=True)


def test_of_the_same_second_the_one_that_came_last_is_first(server: InProcess) -> None:
    product_id, at = new_product(server), "2024-02-29T12:00:00Z"
    made = [add_review(server, product_id, date=at)["id"] for _ in range(4)]
    for sort in SORTS:
        found = every_review(server, product_id, limit=1, sort=sort)
        assert [review["id"] for review in found] == made[::-1]


@pytest.mark.parametrize("hosting", HOSTINGS)
def test_a_hosting_narrows_the_list_its_count_and_its_average(
    shared: InProcess, hosting: str
) -> None:
    everything = every_review(shared)
    page = read_reviews(shared, hosting=hosting)
    expected = [review for review in everything if review["productHosting"] == hosting]
    assert page["reviews"] == expected
    assert 0 < page["count"] == len(expected) < len(everything)
    average = sum(review["stars"] for review in expected) / len(expected)
    assert page["averageStars"] == pytest.approx(average, abs=0.005)


def test_the_average_is_of_all_reviews_rounded_to_hundredths(server: InProcess) -> None:
    product_id = new_product(server)
    for stars, average in [(5, 5.0), (4, 4.5), (4, 4.33), (1, 3.5), (1, 3.0), (1, 2.67)]:
        add_review(server, product_id, stars=stars)
        for limit in (1, 50):
            assert read_reviews(server, product_id, limit=limit)["averageStars"] == average


def test_a_cursor_carries_the_order_the_filter_and_the_size(shared: InProcess) -> None:
    first = read_reviews(shared, sort="lowest_rated", hosting="cloud", limit=2)
    second = read_reviews(shared, cursor=first["cursor"])
    whole = read_reviews(shared, sort="lowest_rated", hosting="cloud")
    assert first["reviews"] + second["reviews"] == whole["reviews"][:4]
    assert second["count"] == first["count"] == whole["count"]
    again = {"sort": "lowest_rated", "hosting": "cloud", "cursor": first["cursor"]}
    assert read_reviews(shared, **again, limit=1)["reviews"] == whole["reviews"][2:3]


@pytest.mark.parametrize("other", [{"sort": "recent"}, {"hosting": "server"}])
def test_what_contradicts_the_cursor_is_refused(shared: InProcess, other: dict[str, str]) -> None:
    first = read_reviews(shared, sort="helpful", hosting="cloud", limit=1)
    query = {"cursor": first["cursor"], **other}
    answer = shared.get(reviews_path(), params=query)
    assert refused(answer, 400, "INVALID_PARAMETER") == [
        f"{next(iter(other))} contradicts the cursor"
    ]


def test_a_cursor_of_another_app_is_refused(shared: InProcess) -> None:
    cursor = read_reviews(shared, limit=1)["cursor"]
    answer = shared.get(reviews_path(REPORTS_PRODUCT), params={"cursor": cursor})
    assert refused(answer, 400, "INVALID_PARAMETER") == ["cursor belongs to another request"]


def test_a_walk_neither_repeats_nor_skips_while_reviews_come_and_go(server: InProcess) -> None:
    product_id = new_product(server)
    old = [
        add_review(server, product_id, date=f"2024-01-0{day}T00:00:00Z")["id"]
        for day in range(1, 8)
    ]
    first = read_reviews(server, product_id, limit=2)
    add_review(server, product_id)
    seen = [review["id"] for review in first["reviews"]]
    path = f"/admin/v1/apps/{product_id}/reviews/{seen[1]}"
    assert server.request("DELETE", path, ADMINISTRATOR).status_code == 204
    page = first
    while "cursor" in page:
        page = read_reviews(server, product_id, cursor=page["cursor"])
        seen += [review["id"] for review in page["reviews"]]
    assert seen == old[::-1]


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_a_bad_parameter_is_refused(shared: InProcess, query: str) -> None:
    answer = shared.get(f"{reviews_path()}?{query}")
    assert refused(answer, 400, "INVALID_PARAMETER") == [BAD_QUERIES[query]]


def test_every_bad_parameter_is_told(shared: InProcess) -> None:
    answer = shared.get(f"{reviews_path()}?sort=x&hosting=y&limit=z&cursor=w")
    assert len(refused(answer, 400, "INVALID_PARAMETER")) == 4


@pytest.mark.parametrize("query", ["offset=3", "offset=x", "page=2"])
def test_an_offset_is_ignored(shared: InProcess, query: str) -> None:
    assert shared.get(f"{reviews_path()}?{query}").json() == read_reviews(shared)


def test_the_path_also_has_the_prefix_of_clients(shared: InProcess) -> None:
    assert shared.get(f"/marketplace{reviews_path()}").json() == read_reviews(shared)


@pytest.mark.parametrize("product_id", [UNKNOWN, "x", "a%27b", ADDON_PRODUCT.upper()])
def test_an_unknown_app_is_not_found(shared: InProcess, product_id: str) -> None:
    for path in (reviews_path(product_id), f"{reviews_path(product_id)}?limit=x"):
        answer = shared.get(path)
        assert refused(answer, 404, "PRODUCT_NOT_FOUND") == ["there is no app with this product id"]


def test_nobody_reads_without_credentials(shared: InProcess) -> None:
    for auth in (None, ("developer@example.com", "wrong")):
        refused(shared.get(reviews_path(), auth), 401, "UNAUTHORIZED")


@pytest.mark.parametrize("who", ["member", "outsider", "stranger", "administrator"])
def test_reviews_are_seen_by_those_who_see_the_listing(server: InProcess, who: str) -> None:
    auth = as_caller(server, who)
    assert read_reviews(server, auth=auth)["count"] > 5
    product_id = new_product(server, public=False)
    review = add_review(server, product_id)
    paths = (reviews_path(product_id), f"{reviews_path(product_id)}/{review['id']}")
    for path in paths:
        answer = server.get(path, auth)
        if who in ("member", "administrator"):
            assert answer.status_code == 200
        else:
            refused(answer, 404, "PRODUCT_NOT_FOUND")
    changed(server, read_listing(server, product_id), state="PUBLIC")
    assert read_reviews(server, product_id, auth)["reviews"] == [shown(review)]


def test_the_reviews_of_what_is_archived_stay_readable(server: InProcess) -> None:
    before = read_reviews(server)
    administer(server, "POST", f"apps/{ADDON_PRODUCT}/archive")
    for auth in (DEVELOPER, OUTSIDER):
        assert read_reviews(server, auth=auth) == before


def test_every_write_is_another_state_of_the_pages_that_show_it(server: InProcess) -> None:
    product_id, person_id = new_product(server), new_reviewer(server)
    tags: list[str] = []

    def tag(query: str = "") -> str:
        return str(server.get(f"{reviews_path(product_id)}{query}").headers["etag"])

    def write(method: str, path: str, body: Any = None, auth: Any = ADMINISTRATOR) -> None:
        server_before = tag("?hosting=server")
        options = {} if body is None else {"json": body}
        assert server.request(method, path, auth, **options).is_success
        assert tag() not in tags
        tags.append(tag())
        assert tag("?hosting=server") == server_before

    tags.append(tag())
    one = add_review(server, product_id, person_id)["id"]
    assert tag() not in tags
    tags.append(tag())
    path = f"/admin/v1/apps/{product_id}/reviews/{one}"
    response = f"{reviews_path(product_id)}/{one}/response"
    write("PATCH", path, {"stars": 1})
    write("PATCH", path, {})
    write("PUT", response, {"responseContent": "Thanks"}, DEVELOPER)
    write("DELETE", response, auth=DEVELOPER)
    write("DELETE", path)
