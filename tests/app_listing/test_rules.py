"""What holds for every app listing, whatever its makers and reviewers do."""

from typing import Any, get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from tests.support.app_listings import EVERY_FIELD
from tradepost.app_listing import rules
from tradepost.app_listing.model import (
    ProductListing,
    ProductListingState,
    StateAfterApproval,
    UpdateProductListingV3Request,
)
from tradepost.http.errors import ApiError

AT = "2026-01-01T00:00:00Z"
SPACE = "00000000-0000-4000-8000-000000000000"
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
tags = st.lists(st.one_of(names, st.fixed_dictionaries({"name": names, "id": names})), max_size=5)
moves = st.one_of(
    st.tuples(
        st.just("put"),
        st.sampled_from(get_args(ProductListingState)),
        st.sampled_from([None, *get_args(StateAfterApproval)]),
        st.sampled_from(["auto", "manual"]),
    ),
    st.sampled_from(["approve", "reject"]),
)


def first() -> ProductListing:
    return rules.first_listing("product", "key", SPACE, "name")


def request(listing: ProductListing, **changes: Any) -> UpdateProductListingV3Request:
    """The listing as it was read, sent back with changes; `None` leaves a field out."""
    read = {**msgspec.json.decode(msgspec.json.encode(listing)), **changes}
    sent = {name: value for name, value in read.items() if value is not None}
    return msgspec.convert(sent, UpdateProductListingV3Request)


def after(listing: ProductListing, move: Any) -> ProductListing:
    """The listing after a move, or as it was where that is refused."""
    if isinstance(move, tuple):
        _, state, state_after, policy = move
        body = request(listing, state=state, stateAfterApproval=state_after)
        return rules.updated(body, listing, policy, AT)
    moved = msgspec.structs.replace(listing)
    try:
        if move == "approve":
            rules.approve(moved, "reviewer", AT)
        else:
            rules.reject(moved, "because")
    except ApiError:
        assert listing.approval_status != "SUBMITTED"
        return listing
    assert listing.approval_status == "SUBMITTED"
    return moved


@given(st.lists(moves, max_size=12))
def test_nothing_is_public_that_was_not_approved_and_every_change_is_a_revision(
    history: list[Any],
) -> None:
    listing = first()
    for move in history:
        before, listing = listing, after(listing, move)
        assert listing.state != "PUBLIC" or listing.approval_status == "APPROVED"
        assert listing.revision == before.revision + (listing is not before)
        status, details = listing.approval_status, listing.approval_details
        assert (details is UNSET) == (status == "NOT_ASSIGNED")
        if details is not UNSET:
            assert (details.approved_by is UNSET) == (status != "APPROVED")
            assert (details.rejection_reason is UNSET) == (status != "REJECTED")


@given(st.lists(moves, max_size=8), st.sampled_from(["auto", "manual"]))
def test_what_was_read_can_be_sent_back_and_changes_nothing(
    history: list[Any], policy: str
) -> None:
    listing = first()
    for move in history:
        listing = after(listing, move)
    again = rules.updated(request(listing), listing, policy, "later")
    assert again == msgspec.structs.replace(listing, revision=listing.revision + 1)


@given(category=tags, keywords=tags)
def test_tags_stay_as_they_were_read(category: list[Any], keywords: list[Any]) -> None:
    sent = {"category": category, "keywords": keywords}
    body = request(first(), **{**EVERY_FIELD, "tags": sent})
    listing = rules.updated(body, first(), "auto", AT)
    again = rules.updated(request(listing), listing, "auto", AT)
    assert again.tags == listing.tags
    built = msgspec.to_builtins(again.tags)
    for name in ("category", "keywords"):
        ids = [tag["id"] for tag in built[name]]
        assert len(ids) == len(set(ids))
        assert all(" " not in one for one in ids)
