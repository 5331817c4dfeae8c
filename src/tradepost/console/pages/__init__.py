"""Every page of the console."""

from tradepost.console.pages import (
    app_software,
    apps,
    files,
    sign_in,
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
]
