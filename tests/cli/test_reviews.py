"""`tradepost review`: reviews come in, are edited and removed by commands."""

from pathlib import Path

import pytest

from tests.support.bodies import ADDON_PRODUCT, UNKNOWN
from tests.support.command import assert_one_sentence, succeed, tradepost
from tests.support.reviews import REPORTS_PRODUCT

CUSTOMER = "customer@example.com"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the demo data; each test takes an app and hosting of its own."""
    folder = tmp_path_factory.mktemp("reviews") / "data"
    succeed("load-demo", data=folder)
    return folder


def test_reviews_are_listed_in_the_order_in_which_they_came(data: Path) -> None:
    lines = succeed("review", "list", ADDON_PRODUCT, data=data).lines
    assert len(lines) >= 8
    assert {hosting for _, hosting, *_ in lines} == {"cloud", "server", "datacenter"}
    assert lines[0][0].startswith("f0000000-")


def test_a_review_is_entered_edited_and_removed(data: Path) -> None:
    entered = succeed(
        *("review", "create", REPORTS_PRODUCT, CUSTOMER, "cloud", 4, "--content", "Two\nlines"),
        *("--date", "2024-02-29T12:00:00Z", "--votes", 2, 3),
        data=data,
    )
    [[review_id, *rest]] = entered.lines
    assert rest == ["cloud", "4", "2024-02-29T12:00:00Z", "Cora Customer", "no", "Two?lines"]
    again = tradepost("review", "create", REPORTS_PRODUCT, CUSTOMER, "cloud", 4, data=data)
    assert_one_sentence(again, "has reviewed this app for this hosting already")
    edited = succeed(
        *("review", "update", REPORTS_PRODUCT, review_id, "--stars", 1, "--flag"), data=data
    )
    assert edited.lines == [[review_id, "cloud", "1", *rest[2:4], "yes", "Two?lines"]]
    refused = tradepost(
        *("review", "update", REPORTS_PRODUCT, review_id, "--votes", 4, 3), data=data
    )
    assert_one_sentence(refused, "helpfulVotes must not be more than totalVotes")
    removed = succeed("review", "remove", REPORTS_PRODUCT, review_id, data=data)
    assert removed.output == ""
    assert succeed("review", "list", REPORTS_PRODUCT, data=data).output == ""


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("list", UNKNOWN), "product id"),
        (("create", ADDON_PRODUCT, "nobody@example.com", "cloud", 4), "nobody@example.com"),
        (("create", ADDON_PRODUCT, CUSTOMER, "moon", 4), "moon"),
        (("create", ADDON_PRODUCT, CUSTOMER, "server", 6), "1<=x<=5"),
        (("remove", ADDON_PRODUCT, UNKNOWN), "no review"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    data: Path, arguments: tuple[object, ...], word: str
) -> None:
    assert_one_sentence(tradepost("review", *arguments, data=data), word)
