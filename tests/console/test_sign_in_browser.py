"""Signing in with a browser."""

import pytest

from tests.support.browsers import Visitors, violations


def test_a_visitor_signs_in_goes_where_they_wanted_and_signs_out(visitors: Visitors) -> None:
    page = visitors.open("/apps?search=x")
    assert page.url.endswith("/sign-in?to=%2Fapps%3Fsearch%3Dx")
    page.get_by_label("Email").fill("developer@example.com")
    page.get_by_label("API token").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert "wrong, expired or revoked" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Email").input_value() == "developer@example.com"
    page.get_by_label("API token").fill("demo-token")
    page.keyboard.press("Enter")
    page.wait_for_url("**/apps?search=x")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto("/apps")
    assert "/sign-in" in page.url


def test_one_click_signs_in_at_a_demo(visitors: Visitors) -> None:
    page = visitors.open()
    page.get_by_role("button", name="Sign in as developer@example.com").click()
    page.wait_for_url(f"{visitors.url}/")
    assert page.get_by_role("heading", level=1).inner_text() == "Apps"


def test_the_console_is_read_without_scripts(visitors: Visitors) -> None:
    page = visitors.sign_in("/apps", java_script_enabled=False)
    assert page.get_by_role("heading", level=1).inner_text() == "Apps"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_is_accessible(visitors: Visitors, scheme: str) -> None:
    assert violations(visitors.open(color_scheme=scheme)) == []
