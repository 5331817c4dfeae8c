"""A real browser, as visitors of the console have it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.support.client import DEVELOPER

SignIn = Callable[..., Page]
_AXE = Axe()
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped where it is not installed."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
                "--disable-background-networking",
                "--disable-dev-shm-usage",
            ],
        )
        try:
            yield browser
        finally:
            browser.close()


class Visitors:
    """Opens pages of a console, each in a browser context of its own, and hears what goes wrong."""

    def __init__(self, browser: Browser, url: str):
        self._browser = browser
        self.url = url
        self.complaints: list[str] = []
        """What pages wrote into the browser's console as errors: scripts that failed or were
        refused by the policy, files that were not there. A test that expects some clears it."""
        self._contexts: list[BrowserContext] = []

    def open(self, path: str = "/sign-in", **options: Any) -> Page:
        """A page for somebody who is not signed in. `options` are those of a browser context."""
        context = self._browser.new_context(
            base_url=self.url, **{"reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(15_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(path)
        return page

    def sign_in(self, path: str = "/", person: tuple[str, str] = DEVELOPER, **options: Any) -> Page:
        """A page for somebody who is; `person` is an email and an API token."""
        page = self.open("/sign-in", **options)
        page.get_by_label("Email").fill(person[0])
        page.get_by_label("API token").fill(person[1])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        if path != "/":
            page.goto(path)
        return page

    def close(self) -> None:
        while self._contexts:
            self._contexts.pop().close()

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser itself notes each answer that is no success; pages with problems are some.
        is_status = "the server responded with a status of" in message.text
        if message.type == "error" and not is_status:
            self.complaints.append(message.text)


def violations(page: Page) -> list[str]:
    """What axe finds on a page that is not as WCAG 2.2 AA and good practice want it."""
    found = _AXE.run(page, options=_RULES).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary'][:300]})"
        for rule in found
        for node in rule["nodes"]
    ]
