"""Access tokens, review, people, members, the audit: with a browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests.support.bodies import ADDON_CLOUD, ADDON_DATACENTER, SPACE
from tests.support.browsers import Visitors, violations
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER
from tests.support.sandboxes import OUTSIDER_VERSIONS, VERSION, ask
from tradepost.sandbox.marketplace import Marketplace

TOKENS = f"/app-software/{ADDON_DATACENTER}/tokens"
CALENDAR = "456789ab-4567-4567-8567-456789abcdef"
PERSON = "d0000000-0000-4000-8000-000000000001"
ADMIN = "d0000000-0000-4000-8000-000000000003"
SITE = "77777777-2222-4333-8444-555555555555"
PAGES = [
    pytest.param(person, path, id=path.replace("/", " ").strip())
    for person, path in (
        (DEVELOPER, f"/app-software/{ADDON_CLOUD}/tokens"),
        (ADMINISTRATOR, "/review"),
        (ADMINISTRATOR, f"/review/{ADDON_CLOUD}/25400"),
        (ADMINISTRATOR, f"/review/app-listings/{CALENDAR}"),
        (ADMINISTRATOR, "/people"),
        (ADMINISTRATOR, f"/people/{ADMIN}"),
        (ADMINISTRATOR, "/developer-spaces"),
        (DEVELOPER, "/developer-spaces"),
        (ADMINISTRATOR, f"/developer-spaces/{SPACE}"),
        (DEVELOPER, f"/developer-spaces/{SPACE}/members/{PERSON}"),
        (ADMINISTRATOR, f"/developer-spaces/{SPACE}/add-member"),
        (DEVELOPER, "/parent-software"),
        (DEVELOPER, "/parent-software/jira"),
        (ADMINISTRATOR, "/audit"),
        (DEVELOPER, "/audit?from=never"),
        (OUTSIDER, f"/app-software/{ADDON_CLOUD}/tokens"),
        (OUTSIDER, "/people"),
    )
]


def submit(marketplace: Marketplace) -> str:
    """A version that waits for a reviewer; the path of its page."""
    made = ask(marketplace, "POST", OUTSIDER_VERSIONS, VERSION, OUTSIDER).body
    return f"/review/{OUTSIDER_VERSIONS.split('/')[4]}/{made['buildNumber']}"


def version_of(marketplace: Marketplace, path: str) -> dict[str, object]:
    """How the version of a page stands."""
    number = path.rpartition("/")[2]
    found: dict[str, object] = ask(
        marketplace, "GET", f"{OUTSIDER_VERSIONS}/{number}", auth=OUTSIDER
    ).body
    return found


def submit_listing(marketplace: Marketplace) -> None:
    path = f"/rest/3/product-listing/{CALENDAR}"
    held = ask(marketplace, "GET", path, auth=OUTSIDER).body
    ask(marketplace, "PUT", path, {**held, "state": "PUBLIC"}, OUTSIDER)


def press_until(page: Page, name: str) -> None:
    """Go on with the tab key until what has the focus says something."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.textContent.trim()"):
            return
    raise AssertionError(f"the keyboard does not get to {name}")


def test_a_token_is_made_copied_and_redeemed_and_the_site_is_seen(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    page = visitors.sign_in(TOKENS, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Create an access token").click()
    made = page.get_by_role("row").filter(has_text="new")
    made.get_by_role("button", name="Copy").click()
    made.get_by_text("Copied").wait_for()
    token = page.evaluate("navigator.clipboard.readText()")
    assert token == made.locator("code.secret").inner_text()
    assert token not in page.url
    versions = ask(marketplace, "GET", f"/rest/3/app-software/{ADDON_DATACENTER}/versions").body
    artifact = versions["versions"][0]["frameworkDetails"]["attributes"]["artifactId"]
    download = f"/rest/3/artifacts/{artifact}/download?access-token={token}&cloudId={SITE}"
    assert ask(marketplace, "GET", download, auth=None).status == 200
    page.reload()
    row = page.get_by_role("row").filter(has_text=SITE)
    assert f"{token[:7]}…" in row.inner_text()
    row.get_by_role("link", name="History").click()
    assert page.get_by_role("listitem").filter(has_text="createAccessToken").count() == 1
    assert page.get_by_role("listitem").filter(has_text="downloadArtifact").count() == 1
    page.go_back()
    row.get_by_text("Revoke…").click()
    row.get_by_role("button", name="Revoke").click()
    page.get_by_text("The token is revoked").wait_for()
    assert ask(marketplace, "GET", download, auth=None).status == 401


def test_a_version_is_rejected_then_approved(visitors: Visitors, marketplace: Marketplace) -> None:
    path = submit(marketplace)
    page = visitors.sign_in("/review", ADMINISTRATOR)
    page.locator(f"a[href='{path}']").click()
    page.get_by_role("button", name="Reject").click()
    reason = page.get_by_label("Reason")
    assert reason.get_attribute("aria-invalid") == "true"
    reason.fill("Too early.")
    page.get_by_role("button", name="Reject").click()
    page.get_by_text("for this reason: Too early.").wait_for()
    assert version_of(marketplace, path)["state"] == "rejected"
    number = path.rpartition("/")[2]
    again = f"/admin/v1/app-software/{OUTSIDER_VERSIONS.split('/')[4]}/versions/{number}/submit"
    assert ask(marketplace, "POST", again, auth=OUTSIDER).status == 200
    page.reload()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("it is approved, approved by admin@example.com").wait_for()
    assert version_of(marketplace, path)["state"] == "approved"


def test_two_reviewers_at_once_learn_of_each_other(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    path = submit(marketplace)
    one, other = (visitors.sign_in(path, ADMINISTRATOR) for _ in range(2))
    one.get_by_role("button", name="Approve").click()
    one.get_by_text("it is approved").wait_for()
    other.get_by_label("Reason").fill("No.")
    other.get_by_role("button", name="Reject").click()
    assert "It has changed since you looked" in other.get_by_role("alert").inner_text()
    assert "approved by admin@example.com" in other.get_by_role("status").inner_text()
    assert version_of(marketplace, path)["state"] == "approved"


def test_a_member_gets_roles_and_loses_them(visitors: Visitors, marketplace: Marketplace) -> None:
    page = visitors.sign_in(f"/developer-spaces/{SPACE}", ADMINISTRATOR)
    page.get_by_role("link", name="Add a member").click()
    page.get_by_label("Email").fill("buyer@example.com")
    page.get_by_role("checkbox", name="viewer").uncheck()
    page.get_by_role("button", name="Add").click()
    assert "roles must have at least 1 element" in page.get_by_role("alert").inner_text()
    page.get_by_role("checkbox", name="release-manager").check()
    page.get_by_role("button", name="Add").click()
    row = page.get_by_role("row").filter(has_text="buyer@example.com")
    assert "release-manager" in row.inner_text()
    row.get_by_role("link").click()
    page.get_by_role("checkbox", name="data-analyst").check()
    page.get_by_role("checkbox", name="release-manager").uncheck()
    page.get_by_role("button", name="Save").click()
    assert "data-analyst" in row.inner_text()
    assert "release-manager" not in row.inner_text()
    row.get_by_role("link").click()
    page.get_by_text("Remove…").click()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url(f"**/developer-spaces/{SPACE}")
    assert row.count() == 0


def test_an_api_token_is_copied_works_and_ends_its_own_session_when_revoked(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    page = visitors.sign_in(
        f"/people/{ADMIN}", ADMINISTRATOR, permissions=["clipboard-read", "clipboard-write"]
    )
    page.locator("#token-name").fill("browser")
    page.get_by_label("Good for days").fill("1")
    page.get_by_role("button", name="Create the API token").click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied", exact=True).wait_for()
    secret = page.evaluate("navigator.clipboard.readText()")
    other = visitors.sign_in(f"/people/{ADMIN}", (ADMINISTRATOR[0], secret))
    row = other.get_by_role("row").filter(has_text="this session")
    row.get_by_text("Revoke…").click()
    assert "signs you out at once" in row.inner_text()
    row.get_by_role("button", name="Revoke").click()
    other.get_by_text("Your session has ended").wait_for()
    page.goto("/people")
    assert page.get_by_role("heading", level=1).inner_text() == "People"


def test_the_clock_of_the_sandbox_signs_nobody_out(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    page = visitors.sign_in("/developer-spaces")
    marketplace.clock.advance(timedelta(days=30))
    page.reload()
    assert page.get_by_role("heading", level=1).inner_text() == "Developer spaces"


def test_a_session_ends_with_the_api_token(visitors: Visitors, marketplace: Marketplace) -> None:
    made = ask(
        marketplace,
        "POST",
        f"/admin/v1/people/{PERSON}/api-tokens",
        {"name": "short", "expiresInDays": 1},
        ADMINISTRATOR,
    ).body
    marketplace.clock.advance(timedelta(hours=23))
    page = visitors.sign_in("/developer-spaces", (DEVELOPER[0], made["token"]))
    marketplace.clock.advance(timedelta(hours=1))
    page.reload()
    page.get_by_text("Your session has ended").wait_for()


def test_scripts_do_not_see_the_session(visitors: Visitors) -> None:
    page = visitors.sign_in("/developer-spaces")
    assert page.evaluate("document.cookie") == ""
    [cookie] = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")


def test_another_site_can_neither_send_a_form_nor_frame_a_page(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    page = visitors.sign_in("/people", ADMINISTRATOR)
    # Another site to the browser, though of the same server.
    foreign = visitors.url.replace("127.0.0.1", "localhost")
    form = (
        f"<form method=post action='{visitors.url}/people'>"
        "<input name=email value=evil@example.com><button>Win</button></form>"
        f"<iframe src='{visitors.url}/people'></iframe>"
    )
    page.route(f"{foreign}/evil", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto(f"{foreign}/evil")
    assert page.frame_locator("iframe").get_by_role("heading", name="People").count() == 0
    page.get_by_role("button", name="Win").click()
    page.wait_for_url("**/people*")
    assert page.get_by_text("Create a person").count() == 0
    people = ask(marketplace, "GET", "/admin/v1/people?email=evil@example.com", auth=ADMINISTRATOR)
    assert people.body["people"] == []
    visitors.complaints.clear()  # of the refused frame


def test_pages_are_used_with_the_keyboard_alone(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    path = submit(marketplace)
    page = visitors.sign_in(path, ADMINISTRATOR)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    press_until(page, "Approve")
    page.keyboard.press("Enter")
    page.get_by_text("it is approved").wait_for()
    page.goto("/audit")
    press_until(page, "approveVersion")
    page.keyboard.press("Enter")
    assert page.get_by_role("row").filter(has_text="approvalDetails.approvedBy").is_visible()
    page.goto(f"/people/{PERSON}")
    press_until(page, "Archive…")
    page.keyboard.press("Enter")
    press_until(page, "Archive")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take back from the archive").wait_for()


def test_all_of_it_works_without_scripts(visitors: Visitors, marketplace: Marketplace) -> None:
    path = submit(marketplace)
    page = visitors.sign_in(path, ADMINISTRATOR, java_script_enabled=False)
    page.get_by_role("button", name="Approve").click()
    assert "it is approved" in page.get_by_role("status").inner_text()
    page.goto("/audit?action=approveVersion")
    assert page.get_by_text("approvalDetails.approvedBy").is_visible()
    page.goto(TOKENS)
    page.get_by_role("button", name="Create an access token").click()
    row = page.get_by_role("row").filter(has_text="new")
    assert row.locator("code.secret").inner_text().startswith("at_")
    row.get_by_text("Revoke…").click()
    row.get_by_role("button", name="Revoke").click()
    assert "The token is revoked" in page.get_by_role("status").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("person", "path"), PAGES)
def test_a_page_is_accessible_and_fits(
    visitors: Visitors,
    marketplace: Marketplace,
    person: tuple[str, str],
    path: str,
    scheme: str,
) -> None:
    submit_listing(marketplace)
    page = visitors.sign_in("/", person, color_scheme=scheme)
    page.goto(path)
    for details in page.locator("details").all()[:2]:
        details.locator("summary").first.click()
    assert violations(page) == []
    for width in (360, 800, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{over} px too wide at {width}"
