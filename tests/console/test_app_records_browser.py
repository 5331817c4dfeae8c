"""Reviews, privacy and migration records of an app in a browser."""

import pytest

from tests.support.bodies import ADDON_PRODUCT
from tests.support.browsers import Visitors, violations
from tests.support.client import ADMINISTRATOR
from tests.support.sandboxes import ask
from tradepost.sandbox.marketplace import Marketplace

APP = "/apps/com.example.app.addon"
PRIVACY = f"/rest/3/privacy-and-security/products/{ADDON_PRODUCT}"
REVIEW = f"{APP}/reviews/f0000000-0000-4000-8000-000000000003"
PAGES = ["reviews", "privacy", "privacy/edit", "migration", "migration/edit"]


def test_a_review_is_answered(visitors: Visitors) -> None:
    page = visitors.sign_in(f"{APP}/reviews")
    page.get_by_role("link", name="Answer: review by Una User").first.click()
    page.get_by_label("Answer, for everyone to read").fill("We read it.")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("The review is answered.").wait_for()
    assert page.get_by_text("We read it.").is_visible()
    page.get_by_label("Hosting").select_option("server")
    page.wait_for_url("**hosting=server*")
    assert page.locator("article").count() == 1


def test_a_draft_is_filled_in_and_published(visitors: Visitors, marketplace: Marketplace) -> None:
    page = visitors.sign_in(f"{APP}/privacy/edit")
    techniques = "commonCloud.privacy.privacyEnhancingTechniques"
    answer = page.locator(f"[name='{techniques}.arePrivacyEnhancingTechniquesSupported']")
    needed = page.locator(f"[name='{techniques}.privacyEnhancingTechniquesSupported']")
    answer.select_option("false")
    assert needed.is_hidden()
    answer.select_option("true")
    assert needed.is_visible()
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("alert").wait_for()
    assert needed.get_attribute("aria-invalid") == "true"
    beside = page.locator(".field", has=needed).locator(".problem")
    assert "is required where" in beside.inner_text()
    needed.fill("Pseudonyms")
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_text("The draft is saved.").wait_for()
    assert page.get_by_role("cell", name="Pseudonyms").is_visible()
    page.evaluate("window.confirm = () => true")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("It is live.").wait_for()
    live = ask(marketplace, "GET", PRIVACY).body["commonCloud"]["privacy"]
    found = live["privacyEnhancingTechniques"]["privacyEnhancingTechniquesSupported"]
    assert found == ["Pseudonyms"]


def test_a_field_that_nothing_makes_needed_is_hidden_until_it_is(visitors: Visitors) -> None:
    page = visitors.sign_in("/apps/com.example.app.reports/privacy/edit")
    link = page.locator("[name='commonCloud.security.caiq.CAIQLiteLink']")
    assert link.is_hidden()
    page.locator("[name='commonCloud.security.caiq.isCAIQCompleted']").select_option("true")
    assert link.is_visible()


def test_a_migration_record_is_edited(visitors: Visitors) -> None:
    page = visitors.sign_in(f"{APP}/migration")
    page.get_by_role("link", name="Edit the record").click()
    page.get_by_label("Migration path").select_option("MANUAL")
    page.get_by_role("button", name="Save the record").click()
    page.get_by_text("The record is saved.").wait_for()
    assert "Manual" in page.inner_text("main")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(visitors: Visitors, scheme: str) -> None:
    page = visitors.sign_in(REVIEW, ADMINISTRATOR, color_scheme=scheme)
    assert violations(page) == []
    for path in [*PAGES, "reviews/new"]:
        page.goto(f"{APP}/{path}")
        assert violations(page) == [], path


@pytest.mark.parametrize("width", [360, 1600])
def test_the_pages_fit(visitors: Visitors, width: int) -> None:
    page = visitors.sign_in(REVIEW, viewport={"width": width, "height": 800})
    for path in PAGES:
        page.goto(f"{APP}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_pages_are_read_without_scripts(visitors: Visitors) -> None:
    page = visitors.sign_in(f"{APP}/privacy/edit", java_script_enabled=False)
    link = page.locator("[name='commonCloud.security.caiq.CAIQLiteLink']")
    assert link.is_visible(), "nothing is hidden where nothing can show it"
    page.goto(f"{APP}/reviews?hosting=server")
    assert page.locator("article").count() == 1
