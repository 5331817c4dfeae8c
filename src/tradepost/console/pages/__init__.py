"""Every page of the console."""

from tradepost.console.pages import (
    apps,
    audit,
    developer_spaces,
    members,
    parent_software,
    people,
    person,
    review,
    review_listings,
    sign_in,
    tokens,
)
from tradepost.console.registry import Page

PAGES: list[Page] = [
    *sign_in.PAGES,
    *apps.PAGES,
    *tokens.PAGES,
    *review.PAGES,
    *review_listings.PAGES,
    *people.PAGES,
    *person.PAGES,
    *developer_spaces.PAGES,
    *members.PAGES,
    *parent_software.PAGES,
    *audit.PAGES,
]
