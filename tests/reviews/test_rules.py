"""Rules of reviews: averages, votes and dates."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from tradepost.clock import rfc3339
from tradepost.http.bodies import MISSING
from tradepost.people.model import Person
from tradepost.reviews import rules
from tradepost.reviews.model import AppReview, ReviewCreateRequest, ReviewUpdateRequest

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
AUTHOR = Person("1", "pat@example.com", "Pat", False, "2022-01-01T00:00:00Z")
VOTES = st.integers(0, 20)
STARS = st.integers(1, 5)


def body(**changes: Any) -> ReviewCreateRequest:
    fields: dict[str, Any] = {"person_id": "1", "product_hosting": "cloud", "stars": 3, **changes}
    return ReviewCreateRequest(**fields)


def paths(problems: list[Any]) -> list[str]:
    return [problem.path for problem in problems]


@given(st.lists(STARS, max_size=300))
def test_the_average_is_rounded_half_up_to_hundredths(stars: list[int]) -> None:
    found = rules.average_stars(len(stars), sum(stars))
    if not stars:
        assert found == 0.0
        return
    exact = Decimal(sum(stars)) / Decimal(len(stars))
    assert Decimal(repr(found)) == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert min(stars) <= found <= max(stars)


@given(st.integers(1, 2**53), st.data())
def test_the_average_of_very_many_is_still_one(count: int, data: st.DataObject) -> None:
    stars = data.draw(st.integers(count, 5 * count))
    found = rules.average_stars(count, stars)
    assert 1 <= found <= 5
    assert abs(Decimal(repr(found)) * count - stars) * 200 <= count


@given(VOTES, VOTES)
def test_no_more_find_it_helpful_than_vote(total: int, helpful: int) -> None:
    found = rules.create_problems(
        body(total_votes=total, helpful_votes=helpful), AUTHOR, {"cloud"}, NOW
    )
    assert paths(found) == (["helpfulVotes"] if helpful > total else [])


@given(VOTES, VOTES, st.just(UNSET) | VOTES, st.just(UNSET) | VOTES)
def test_an_edit_is_as_good_as_what_it_makes(total: int, helpful: int, more: Any, of: Any) -> None:
    review = rules.created(body(total_votes=total, helpful_votes=helpful), "id", AUTHOR, NOW)
    change = ReviewUpdateRequest(total_votes=more, helpful_votes=of)
    after = rules.updated(change, review, AUTHOR)
    bad = after.helpful_votes > after.total_votes
    assert bool(rules.update_problems(change, review, NOW)) is bad


@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_a_date_is_between_the_beginning_and_now(date: datetime) -> None:
    good = datetime(2000, 1, 1, tzinfo=UTC) <= date <= NOW
    found = rules.create_problems(body(date=date), AUTHOR, {"cloud"}, NOW)
    assert paths(found) == ([] if good else ["date"])
    if good:
        review = rules.created(body(date=date), "id", AUTHOR, NOW)
        assert timedelta() <= date - datetime.fromisoformat(review.date) < timedelta(seconds=1)


def test_what_was_wrong_already_is_not_told_again() -> None:
    partly = body(
        person_id=MISSING,
        product_hosting=MISSING,
        stars=MISSING,
        total_votes=MISSING,
        helpful_votes=9,
        date=MISSING,
    )
    assert rules.create_problems(partly, None, set(), NOW) == []


@given(st.builds(ReviewUpdateRequest, stars=st.just(UNSET) | STARS), STARS)
def test_an_edit_changes_what_is_given_alone(change: ReviewUpdateRequest, stars: int) -> None:
    review = rules.answered(rules.created(body(stars=stars), "id", AUTHOR, NOW), "Thanks")
    after = rules.updated(change, review, AUTHOR)
    assert after.stars == (stars if change.stars is UNSET else change.stars)
    same = [name for name in AppReview.__struct_fields__ if name != "stars"]
    assert all(getattr(after, name) == getattr(review, name) for name in same)


@given(st.text(min_size=1), st.text(min_size=1))
def test_one_answer_stands_in_the_place_of_another(first: str, second: str) -> None:
    review = rules.created(body(), "id", AUTHOR, NOW)
    assert review.date == rfc3339(NOW)
    answered = rules.answered(rules.answered(review, first), second)
    assert answered.response_content == second
    assert rules.answered(answered, UNSET) == review
