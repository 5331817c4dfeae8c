"""Every page of the console."""

from tradepost.console.pages import app_software, apps, sign_in
from tradepost.console.registry import Page

PAGES: list[Page] = [*sign_in.PAGES, *apps.PAGES, *app_software.PAGES]
