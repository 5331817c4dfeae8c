"""The API reference in a browser."""

import pytest
from playwright.sync_api import Locator, Page

from tests.support.browsers import Visitors, violations
from tests.support.sandboxes import SOFTWARE, TOKENS, ask
from tradepost.sandbox.marketplace import Marketplace


def opened(page: Page, group: str, operation: str) -> Locator:
    """An operation of a group, opened."""
    heading = page.locator("h3.opblock-tag", has_text=group).first
    heading.wait_for()
    if heading.get_attribute("data-is-open") != "true":
        heading.click()
    found = page.locator(f"#operations-{group.replace(' ', '_')}-{operation}")
    found.locator(".opblock-summary-control").click()
    return found


def test_a_read_and_a_write_are_tried_as_the_visitor(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    page = visitors.sign_in("/reference")
    read = opened(page, "Parent software", "getAllParentSoftware")
    read.get_by_role("button", name="Execute").click()
    answered = read.locator(".live-responses-table")
    answered.wait_for()
    assert "200" in answered.inner_text()
    assert "Jira" in answered.inner_text()
    before = ask(marketplace, "GET", TOKENS).body["tokens"]
    write = opened(page, "App software", "createAccessToken")
    write.locator("input[placeholder=id]").fill(SOFTWARE)
    write.get_by_role("button", name="Execute").click()
    answered = write.locator(".live-responses-table")
    answered.wait_for()
    assert "201" in answered.inner_text()
    assert len(ask(marketplace, "GET", TOKENS).body["tokens"]) == len(before) + 1
    tried = [found for found in marketplace.journal() if found.operation == "createAccessToken"]
    assert [(found.person, found.status) for found in tried] == [("developer@example.com", 201)]


def test_a_session_that_has_ended_leads_to_the_sign_in(visitors: Visitors) -> None:
    page = visitors.sign_in("/reference")
    read = opened(page, "Parent software", "getAllParentSoftware")
    page.context.clear_cookies()
    read.get_by_role("button", name="Execute").click()
    page.wait_for_url("**/sign-in?ended=1&to=/reference")


def test_the_reference_is_read_without_scripts(visitors: Visitors) -> None:
    page = visitors.sign_in("/reference", java_script_enabled=False)
    assert page.get_by_text("POST /rest/3/artifacts/fetch", exact=True).is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reference_is_accessible(visitors: Visitors, scheme: str) -> None:
    page = visitors.sign_in("/reference", color_scheme=scheme)
    page.locator("h3.opblock-tag").first.wait_for()
    assert violations(page) == []
    read = opened(page, "Parent software", "getAllParentSoftware")
    read.get_by_role("button", name="Execute").click()
    read.locator(".live-responses-table").wait_for()
    opened(page, "Reviews", "updateReviewResponse")
    opened(page, "Reviews", "deleteReviewResponse")
    assert violations(page) == []


def test_the_reference_fits(visitors: Visitors) -> None:
    page = visitors.sign_in("/reference", viewport={"width": 360, "height": 800})
    opened(page, "Parent software", "getAllParentSoftware")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
