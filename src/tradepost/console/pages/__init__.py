"""Every page of the console."""

from tradepost.console.pages import (
    apps,
    migration,
    privacy,
    reference,
    reviews,
    sandbox,
    sandbox_journal,
    sign_in,
)
from tradepost.console.registry import Page

PAGES: list[Page] = [
    *sign_in.PAGES,
    *apps.PAGES,
    *reviews.PAGES,
    *privacy.PAGES,
    *migration.PAGES,
    *sandbox.PAGES,
    *sandbox_journal.PAGES,
    *reference.PAGES,
]
