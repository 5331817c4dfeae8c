"""Reviews through the clients, on a real server in this process, and of another server."""

import pytest

from tests.client.driven import Driven, Twin
from tests.client.faults import Faults, answer
from tests.support.bodies import ADDON_PRODUCT, UNKNOWN
from tests.support.reviews import ANSWERED, REPORTS_PRODUCT, SORTS, UNANSWERED
from tradepost.client import ProductNotFoundError, ReviewNotFoundError, UnexpectedAnswerError
from tradepost.reviews.model import ReviewResponseRequest


@pytest.mark.parametrize("sort", SORTS)
def test_reviews_are_walked(reader: Driven, sort: str) -> None:
    page = reader.get_reviews(ADDON_PRODUCT, sort=sort, limit=50)
    assert len(page.reviews) == page.count > 5
    assert 1 <= page.average_stars <= 5
    assert list(reader.iterate_reviews(ADDON_PRODUCT, sort=sort, page_size=3)) == page.reviews
    some = list(reader.iterate_reviews(ADDON_PRODUCT, sort=sort, page_size=1, hosting="cloud"))
    assert some == [each for each in page.reviews if each.product_hosting == "cloud"]
    first = reader.get_reviews(ADDON_PRODUCT, sort=sort, limit=2)
    rest = reader.get_reviews(ADDON_PRODUCT, cursor=first.cursor)
    assert first.reviews + rest.reviews == page.reviews[:4]


def test_an_app_may_have_no_reviews(reader: Driven) -> None:
    assert list(reader.iterate_reviews(REPORTS_PRODUCT)) == []
    assert reader.get_reviews(REPORTS_PRODUCT).average_stars == 0
    with pytest.raises(ProductNotFoundError):
        reader.get_reviews(UNKNOWN)
    with pytest.raises(ReviewNotFoundError):
        reader.get_review(ADDON_PRODUCT, UNKNOWN)


def test_a_review_is_answered(client: Driven) -> None:
    assert client.get_review(ADDON_PRODUCT, ANSWERED).response_content
    for body in (ReviewResponseRequest("Thanks"), {"responseContent": "Thank you"}):
        assert client.update_review_response(ADDON_PRODUCT, UNANSWERED, body) is None
    assert client.get_review(ADDON_PRODUCT, UNANSWERED).response_content == "Thank you"
    assert client.delete_review_response(ADDON_PRODUCT, UNANSWERED) is None
    with pytest.raises(ReviewNotFoundError):
        client.delete_review_response(ADDON_PRODUCT, UNANSWERED)


def test_another_server_may_say_less(twin: Twin) -> None:
    review = {"id": "1", "stars": 4, "date": "Monday", "productHosting": "cloud"}
    body = {"productId": "2", "reviews": [review], "count": 1}
    acts = [answer(200, body), answer(200, {**body, "averageStars": 4, "reviews": [review]})]
    with Faults(acts) as server, Driven(twin, server.url) as client:
        page = client.get_reviews("2")
        assert (page.reviews[0].author_name, page.reviews[0].total_votes) == ("", 0)
        assert page.average_stars == 0
        assert client.get_reviews("2").average_stars == 4


@pytest.mark.parametrize("stars", [True, "4", [4], 10**400])
def test_an_average_is_a_number(twin: Twin, stars: object) -> None:
    body = {"productId": "2", "reviews": [], "count": 1, "averageStars": stars}
    with (
        Faults([answer(200, body)]) as server,
        Driven(twin, server.url) as client,
        pytest.raises(UnexpectedAnswerError),
    ):
        client.get_reviews("2")
