"""Every page of the console."""

from tradepost.console.pages import (
    app_software,
    apps,
    audit,
    developer_spaces,
    files,
    members,
    parent_software,
    people,
    person,
    review,
    review_listings,
    sign_in,
    tokens,
    version,
    version_difference,
    version_edit,
)
from tradepost.console.registry import Page

PAGES: list[Page] = [
    *sign_in.PAGES,
    *apps.PAGES,
    *app_software.PAGES,
    *files.PAGES,
    *version_difference.PAGES,
    *version_edit.PAGES,
    # Last: it has a variable where the others have words.
    *version.PAGES,
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
