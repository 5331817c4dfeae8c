"""Whatever is done to reviews, lists and totals are what a model in plain Python says."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.client import ADMINISTRATOR, InProcess
from tests.support.reviews import (
    HOSTINGS,
    RANKS,
    SORTS,
    administered_path,
    every_review,
    new_product,
    new_reviewer,
    read_reviews,
    response_path,
    review_body,
)

PEOPLE = 3


class Step(NamedTuple):
    """Something that is done to the review of a person for a hosting."""

    what: str
    person: int
    hosting: str
    stars: int
    helpful: int
    day: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["write", "write", "write", "remove", "answer"]),
        st.integers(0, PEOPLE - 1),
        st.sampled_from(HOSTINGS),
        st.integers(1, 5),
        st.integers(0, 3),
        st.integers(1, 3),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def people(marketplace: InProcess) -> list[str]:
    return [new_reviewer(marketplace) for _ in range(PEOPLE)]


def take(
    server: InProcess, product_id: str, people: list[str], held: dict[Any, Any], step: Step
) -> None:
    """Take a step, on the server and on what is held of its reviews, the oldest first."""
    key = (step.person, step.hosting)
    path = administered_path(product_id, held[key]["id"]) if key in held else ""
    fields = {
        "stars": step.stars,
        "helpfulVotes": step.helpful,
        "totalVotes": 3,
        "date": f"2024-01-0{step.day}T00:00:00Z",
    }
    if step.what == "write" and key in held:
        answer = server.request("PATCH", path, ADMINISTRATOR, json=fields)
        assert answer.status_code == 200, answer.text
        held[key] |= fields
    elif step.what == "write":
        body = {**review_body(people[step.person], step.hosting), **fields}
        answer = server.post(administered_path(product_id), ADMINISTRATOR, json=body)
        assert answer.status_code == 201, answer.text
        held[key] = answer.json()
    elif step.what == "remove" and key in held:
        assert server.request("DELETE", path, ADMINISTRATOR).status_code == 204
        del held[key]
    elif key in held:
        text = f"Answer {step.stars}"
        where = response_path(held[key]["id"], product_id)
        assert server.put(where, json={"responseContent": text}).status_code == 204
        held[key]["responseContent"] = text


@settings(deadline=None)
@given(steps=STEPS, limit=st.integers(1, 6))
def test_lists_and_totals_follow_every_write(
    marketplace: InProcess, people: list[str], steps: list[Step], limit: int
) -> None:
    product_id = new_product(marketplace)
    held: dict[Any, Any] = {}
    for step in steps:
        take(marketplace, product_id, people, held, step)
    newest_last = list(held.values())
    for hosting in (None, *HOSTINGS):
        query: dict[str, Any] = {} if hosting is None else {"hosting": hosting}
        expected = [r for r in newest_last if hosting in (None, r["productHosting"])]
        page = read_reviews(marketplace, product_id, **query)
        stars = sum(review["stars"] for review in expected)
        average = Decimal(stars) / max(len(expected), 1)
        rounded = average.quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert (page["count"], page["averageStars"]) == (len(expected), float(rounded))
        for sort in SORTS:
            found = every_review(marketplace, product_id, limit, sort=sort, **query)
            ordered = sorted(
                enumerate(expected),
                key=lambda each: (RANKS[sort](each[1]), each[1]["date"], each[0]),
                reverse=True,
            )
            assert [review["id"] for review in found] == [review["id"] for _, review in ordered]
            for shown, (_, review) in zip(found, ordered, strict=True):
                assert shown.items() <= review.items()
