"""Every page of the console."""

from tradepost.console.pages import apps, sign_in
from tradepost.console.registry import Page

PAGES: list[Page] = [*sign_in.PAGES, *apps.PAGES]
