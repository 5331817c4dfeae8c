"""Apps and app software with a browser: search, filters, pictures, and the copied request."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.bodies import ADDON_CLOUD, ADDON_DATACENTER
from tests.support.browsers import Visitors, violations

CLOUD = f"/app-software/{ADDON_CLOUD}"
DATACENTER = f"/app-software/{ADDON_DATACENTER}"
PATHS = ["/apps", "/apps/com.example.app.addon", CLOUD, f"{CLOUD}?state=gone", DATACENTER]


def rows(page: Page) -> list[str]:
    """The build numbers in the table."""
    return page.locator("tbody td.number").all_inner_texts()


def asked(page: Page) -> list[str]:
    """The build numbers that the request of the page gives, when a shell runs it."""
    command = page.locator("#curl").inner_text()
    done = subprocess.run(
        f"{command} -sS --fail",
        shell=True,
        env={"API_TOKEN": "demo-token", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
        timeout=30,
    )
    found: Any = json.loads(done.stdout)
    return [str(one["buildNumber"]) for one in found["versions"]]


def test_apps_are_found_while_one_types(visitors: Visitors) -> None:
    page = visitors.sign_in("/apps")
    expect(page.locator("#apps h2")).to_have_count(4)
    page.get_by_label("Name or app key").press_sequentially("report")
    expect(page.locator("#apps h2")).to_have_text(["Example Reports"])
    expect(page).to_have_url(re.compile("/apps\\?search=report$"))
    expect(page.get_by_label("Name or app key")).to_be_focused()
    page.get_by_label("Name or app key").fill("nothing of the kind")
    expect(page.get_by_role("status")).to_contain_text("No app that you may see")


def test_search_needs_no_scripts(visitors: Visitors) -> None:
    page = visitors.sign_in("/apps", java_script_enabled=False)
    page.get_by_label("Name or app key").fill("calendar")
    page.get_by_role("button", name="Search").click()
    assert page.locator("#apps h2").all_inner_texts() == ["Outsider Calendar"]
    page.get_by_role("link", name="Outsider Calendar").click()
    page.get_by_role("link", name="Cloud", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Outsider Calendar for Cloud"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("scripts", [True, False])
def test_filtering_paging_and_the_copied_request_give_the_same_rows(
    visitors: Visitors, scripts: bool
) -> None:
    page = visitors.sign_in(CLOUD, java_script_enabled=scripts)
    assert rows(page) == asked(page)
    page.get_by_label("State", exact=True).select_option("active")
    page.get_by_label("Newer than version").fill("1.2.0")
    if not scripts:
        page.get_by_role("button", name="Filter").click()
    else:
        page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("afterVersion=1.2.0.*state=active"))
    expect(page.locator("#curl")).to_contain_text("afterVersion=1.2.0&state=active")
    first = rows(page)
    assert len(first) == 25
    assert first == asked(page)
    assert set(page.locator("tbody .state:not(.state-beta)").all_inner_texts()) == {"active"}
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("link", name="First page")).to_be_visible()
    second = rows(page)
    assert second
    assert not set(first) & set(second)
    assert second == asked(page)
    assert page.get_by_label("State", exact=True).input_value() == "active"
    page.get_by_role("link", name="All versions").click()
    expect(page.get_by_role("status").first).to_contain_text("64 versions")


def test_a_wrong_filter_is_told_beside_its_field_while_one_types(visitors: Visitors) -> None:
    page = visitors.sign_in(CLOUD)
    page.get_by_label("Newer than version").fill("77.7")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Newer than version")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#afterVersion-problem")).to_contain_text("afterVersion")
    assert page.get_by_label("Newer than version").input_value() == "77.7"
    page.get_by_label("Newer than version").fill("")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("64 versions")


def test_the_request_is_copied(visitors: Visitors) -> None:
    page = visitors.sign_in(CLOUD, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("[data-copy]")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#curl").inner_text()


def test_the_pictures_are_read_with_the_keyboard_alone(visitors: Visitors) -> None:
    page = visitors.sign_in(DATACENTER)
    bar = page.get_by_role("link", name="2.6.2, active: 8.0.0 to 9.17.5 (builds 740000 to 940000)")
    mark = page.get_by_role("link", name=re.compile("2.0.0 active, released 2022-03-01, Paid via"))
    page.get_by_role("region", name="Picture of compatibility").focus()
    page.keyboard.press("Tab")
    expect(bar).to_be_focused()
    expect(bar.locator(".tip")).to_have_css("opacity", "1")
    for _ in range(21):
        page.keyboard.press("Tab")
    expect(page.get_by_role("region", name="Picture of releases")).to_be_focused()
    for _ in range(21):
        page.keyboard.press("Tab")
    expect(mark).to_be_focused()
    expect(mark.locator(".tip")).to_have_css("opacity", "1")
    expect(bar.locator(".tip")).to_have_css("opacity", "0")
    with page.expect_navigation(url=re.compile(f"{DATACENTER}/versions/4010$")):
        page.keyboard.press("Enter")


def test_hovering_a_bar_shows_its_range(visitors: Visitors) -> None:
    page = visitors.sign_in(DATACENTER)
    bar = page.locator(".compatible a").nth(2)
    expect(bar.locator(".tip")).to_have_css("opacity", "0")
    bar.hover()
    expect(bar.locator(".tip")).to_have_css("opacity", "1")


def test_another_product_is_put_across(visitors: Visitors) -> None:
    page = visitors.sign_in(f"{CLOUD}?paymentModel=free")
    page.get_by_role("link", name="Confluence").click()
    expect(page.get_by_role("heading", name="Compatibility with Confluence")).to_be_visible()
    assert page.get_by_label("Payment", exact=True).input_value() == "free"
    assert rows(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_the_pages_are_accessible(visitors: Visitors, path: str, scheme: str) -> None:
    assert violations(visitors.sign_in(path, color_scheme=scheme)) == []


@pytest.mark.parametrize("width", [360, 800, 1600])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_wider_than_the_window(visitors: Visitors, path: str, width: int) -> None:
    page = visitors.sign_in(path, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
