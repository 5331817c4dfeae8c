"""The panel of a sandbox in a browser."""

import re
import subprocess

import pytest

from tests.support.browsers import Visitors, violations
from tests.support.sandboxes import VERSION, VERSIONS, ask, total
from tradepost.sandbox.marketplace import Marketplace

WIDTHS = [360, 1600]


def curl(marketplace: Marketplace, path: str) -> str:
    """The status that a script gets from outside."""
    command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-u"]
    command += ["developer@example.com:demo-token", f"{marketplace.url}{path}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_fault_set_here_strikes_a_script_and_shows_in_the_journal(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    page = visitors.sign_in("/sandbox")
    page.get_by_label("Status of an answer").select_option("503")
    page.get_by_label("At most so many times").fill("1")
    page.locator("#operation").fill("getAppSoftwareVersions")
    page.get_by_role("button", name="Add the fault").click()
    page.get_by_text("The fault waits for requests.").wait_for()
    assert [curl(marketplace, VERSIONS) for _ in range(2)] == ["503", "200"]
    # Nobody has reloaded the page.
    struck = page.locator(".journal details", has_text="fault 1")
    struck.wait_for()
    rows = page.locator(".journal details")
    rows.nth(1).wait_for()
    assert "200" in rows.nth(0).inner_text()
    assert "503" in rows.nth(1).inner_text()
    struck.locator("summary").click()
    opened = struck.locator(".opened")
    opened.get_by_text("fault 1 of the sandbox").wait_for()
    assert "retry-after" in opened.inner_text()
    assert "demo-token" not in page.content()


def test_a_paused_journal_stands_still_and_goes_on(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    page = visitors.sign_in("/sandbox")
    page.get_by_role("link", name="Pause").click()
    page.get_by_role("link", name="Go on").wait_for()
    assert page.locator("[hx-trigger^=every]").count() == 0
    ask(marketplace, "GET", VERSIONS)
    assert page.locator(".journal details").count() == 0
    page.get_by_role("link", name="Go on").click()
    page.locator(".journal details").wait_for()
    ask(marketplace, "GET", VERSIONS)
    page.locator(".journal details").nth(1).wait_for()


def test_a_reset_keeps_one_signed_in(visitors: Visitors, marketplace: Marketplace) -> None:
    page = visitors.sign_in("/sandbox")
    before = total(marketplace)
    ask(marketplace, "POST", VERSIONS, VERSION)
    page.evaluate("window.confirm = () => false")
    page.get_by_role("button", name="Reset to the start").click()
    assert total(marketplace) == before + 1, "who says no goes back nowhere"
    page.evaluate("window.confirm = () => true")
    page.get_by_role("button", name="Reset to the start").click()
    page.get_by_text("You are still signed in.").wait_for()
    assert total(marketplace) == before
    assert page.get_by_text("developer@example.com").first.is_visible()


def test_the_panel_works_without_scripts(visitors: Visitors, marketplace: Marketplace) -> None:
    ask(marketplace, "GET", VERSIONS)
    page = visitors.sign_in("/sandbox", java_script_enabled=False)
    page.get_by_role("button", name="Stop it").click()
    assert page.get_by_text("stopped").is_visible()
    page.locator(".journal summary").click()
    page.get_by_role("link", name=re.compile("Headers and bodies")).click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Request ")
    assert "Basic ***" in page.inner_text("main")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_is_accessible(visitors: Visitors, marketplace: Marketplace, scheme: str) -> None:
    marketplace.fault("answer", status=429, times=1)
    marketplace.review("reject", reason="No icon.")
    for path in (VERSIONS, VERSIONS, "/nowhere"):
        ask(marketplace, "GET", path)
    page = visitors.sign_in("/sandbox", color_scheme=scheme)
    page.locator(".journal summary").first.click()
    page.locator(".opened pre").first.wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Add the fault").click()
    page.get_by_role("alert").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_panel_fits(visitors: Visitors, marketplace: Marketplace, width: int) -> None:
    marketplace.fault("answer", status=429, times=1, operation="getAppSoftwareVersions")
    ask(marketplace, "GET", VERSIONS)
    page = visitors.sign_in("/sandbox", viewport={"width": width, "height": 800})
    page.locator(".journal summary").first.click()
    page.locator(".opened pre").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
