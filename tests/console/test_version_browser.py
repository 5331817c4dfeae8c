"""Versions in a browser: forms that help, conflicts, hostile texts, keyboard and no scripts."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.support.archives import jwb, plugin_jar
from tests.support.bodies import ADDON_SERVER, version, versions_path
from tests.support.browsers import Visitors, violations
from tests.support.client import ADMINISTRATOR, DEVELOPER
from tests.support.version_pages import page as path_of
from tradepost.console.version_fields import FRAMEWORKS
from tradepost.sandbox.marketplace import Marketplace

NEW = path_of(None, ADDON_SERVER)
EDIT = path_of(3050, ADDON_SERVER, "/edit")
RIGHT: dict[str, dict[str, str]] = {
    "connect": {"Descriptor id": "com.example.app"},
    "forge": {"App id": "app-1", "Version id": "version-1", "Environment id": "env-1"},
    "plugin": {},
    "workflow": {},
    "external": {"URL of the file": "https://example.com/a.zip"},
}


def ask(marketplace: Marketplace, method: str, path: str, body: Any = None) -> Any:
    """What the API answers the developer, which must be a success."""
    url = f"{marketplace.url}{path}"
    answer = httpx2.request(method, url, json=body, auth=DEVELOPER)
    assert answer.is_success, answer.text
    return answer.json()


def field(page: Page, label: str) -> Any:
    return page.get_by_label(re.compile(rf"^{re.escape(label)}( needed)?$"))


def told(page: Page, label: str) -> str:
    """What is told beside a field, by what describes it to those who hear the page."""
    ids = str(field(page, label).get_attribute("aria-describedby")).split()
    return " ".join(page.locator(f"#{each}").inner_text() for each in ids if "problem" in each)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_version_of_each_framework_is_created_after_wrong_input(
    visitors: Visitors, marketplace: Marketplace, framework: str, tmp_path: Path
) -> None:
    page = visitors.sign_in(NEW)
    page.get_by_label("Framework", exact=True).select_option(framework)
    expect(page.locator(f"[name^='{framework}.']").first).to_be_visible()
    field(page, "Version number").fill("1.0.0")
    field(page, "Build number").fill("ten")
    expect(page.locator("#buildNumber-problem")).to_have_text("buildNumber must be a whole number")
    expect(page.locator("#versionNumber-problem")).to_contain_text("already exists")
    assert field(page, "Build number").get_attribute("aria-invalid") == "true"
    page.get_by_role("button", name="Create and submit").click()
    expect(page.get_by_role("alert")).to_contain_text("This was not saved")
    assert field(page, "Version number").input_value() == "1.0.0"
    assert told(page, "Build number") == "buildNumber must be a whole number"
    field(page, "Version number").fill("60.0.0")
    field(page, "Build number").fill("600000")
    expect(page.locator("#buildNumber-problem")).to_be_empty()
    assert field(page, "Build number").get_attribute("aria-invalid") is None
    for label, text in RIGHT[framework].items():
        field(page, label).fill(text)
    if framework in ("plugin", "workflow"):
        file = tmp_path / "app.jar"
        data = plugin_jar(version="60.0.0") if framework == "plugin" else jwb()
        file.write_bytes(data)
        page.get_by_label("Upload a file").set_input_files(file)
        expect(page.locator("#artifact").get_by_role("status")).to_contain_text("was uploaded")
    expect(page.locator("#checked")).to_have_text("All of this can be saved.")
    page.get_by_role("button", name="Create and submit").click()
    page.wait_for_url(f"**{path_of(600000, ADDON_SERVER)}")
    heading = page.get_by_role("heading", level=1).inner_text()
    assert heading.startswith("Version 60.0.0 auto-approved")
    made = ask(marketplace, "GET", versions_path(ADDON_SERVER, 600000))
    assert made["frameworkDetails"]["frameworkId"] == framework


def test_a_file_that_is_none_is_told_beside_its_field(visitors: Visitors, tmp_path: Path) -> None:
    page = visitors.sign_in(NEW + "?framework=plugin")
    file = tmp_path / "app.jar"
    file.write_bytes(b"no archive")
    page.get_by_label("Upload a file").set_input_files(file)
    expect(page.locator("#file-problem")).to_contain_text("file ")


def test_two_people_who_edit_one_version_put_both_together(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    mine = visitors.sign_in(EDIT)
    theirs = visitors.sign_in(EDIT, ADMINISTRATOR)
    field(theirs, "Release summary").fill("Theirs")
    theirs.get_by_label("Beta").check()
    theirs.get_by_role("button", name="Save", exact=True).click()
    theirs.wait_for_url(f"**{path_of(3050, ADDON_SERVER)}")
    field(mine, "Release summary").fill("Mine")
    field(mine, "Release notes").fill("Mine alone")
    mine.get_by_role("button", name="Save", exact=True).click()
    expect(mine.get_by_role("heading", level=1)).to_contain_text("Somebody has changed 1.1.2")
    assert violations(mine) == []
    group = mine.get_by_role("group", name="Release summary")
    expect(group).to_contain_text("New report in 1.1.2")
    group.get_by_label("Take theirs").check()
    mine.get_by_role("button", name="Save both together").click()
    mine.wait_for_url(f"**{path_of(3050, ADDON_SERVER)}")
    stored = ask(marketplace, "GET", versions_path(ADDON_SERVER, 3050))
    assert stored["changelog"] == {"releaseSummary": "Theirs", "releaseNotes": "Mine alone"}
    assert stored["beta"] is True
    assert stored["revision"] == 3


HOSTILE = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>\u202egnp.exe\u2066\n"


def test_a_hostile_changelog_is_harmless(visitors: Visitors, marketplace: Marketplace) -> None:
    notes = (HOSTILE * 1500)[:65_536]
    assert len(notes.encode()) > 65_000
    change = {"releaseSummary": HOSTILE, "releaseNotes": notes}
    made = ask(marketplace, "POST", versions_path(), version(changelog=change))
    build = made["buildNumber"]
    page = visitors.sign_in(path_of(build))
    dialogs: list[str] = []

    def hear(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", hear)
    then = ("", f"/difference?from={build - 1}", "/difference?from=20100", "/edit")
    for path in (path_of(build, then=each) for each in then):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.locator("main script, main img").count() == 0
        if "edit" not in path:
            assert "\u202e" not in page.locator("main").inner_text()
    page.get_by_label("Beta").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**{path_of(build)}")
    assert ask(marketplace, "GET", versions_path(build_number=build))["changelog"] == change
    assert dialogs == []


def test_a_version_is_created_with_the_keyboard_alone(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    page = visitors.sign_in(path_of())

    def reach(name: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == name:
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline == "solid"
                return
        raise AssertionError(f"no way to {name}")

    reach("versionNumber")
    page.keyboard.type("60.0.0")
    reach("forge.versionId")
    page.keyboard.type("version-60")
    reach("add-row")
    page.keyboard.press("Enter")
    expect(page.locator("#parent-1")).to_be_focused()
    page.keyboard.type("Conf")
    assert page.locator("#parent-1").input_value() == "confluence"
    reach("remove-row")
    page.keyboard.press("Enter")
    expect(page.locator("#parent-1")).to_have_count(0)
    assert field(page, "Version number").input_value() == "60.0.0"
    field(page, "Version number").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/versions/\d+$"))
    assert "60.0.0" in page.get_by_role("heading", level=1).inner_text()


def test_releases_are_suggested_where_a_range_is_typed(visitors: Visitors) -> None:
    page = visitors.sign_in(EDIT)
    page.get_by_label("From release").focus()
    expect(page.locator("#releases-0 option[value='9.12.0']")).to_have_count(1)
    page.get_by_label("From release").fill("9.99")
    expect(page.locator("#min-0-problem")).to_contain_text("must be a release of Jira")
    page.get_by_label("From release").fill("9.0.0")
    expect(page.locator("#min-0-problem")).to_be_empty()


def test_a_version_is_archived_once_that_is_confirmed(visitors: Visitors) -> None:
    page = visitors.sign_in(path_of(3050, ADDON_SERVER))
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Archive").click()
    expect(page.locator("h1 .state")).to_have_text("active")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Archive").click()
    expect(page.locator("h1 .state")).to_have_text("archived")


def test_an_artifact_is_downloaded(visitors: Visitors) -> None:
    page = visitors.sign_in(path_of(3050, ADDON_SERVER))
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    assert waiting.value.suggested_filename == "com.example.app.addon-1.1.2.jar"
    assert waiting.value.path().read_bytes().startswith(b"PK")


def test_all_is_read_and_written_without_scripts(
    visitors: Visitors, marketplace: Marketplace
) -> None:
    page = visitors.sign_in(path_of(24500), java_script_enabled=False)
    page.get_by_label("Difference from").select_option("24300")
    page.get_by_role("button", name="Compare").click()
    assert page.get_by_role("heading", level=1).inner_text() == "From 3.0.2 to 3.1.1"
    page.goto(path_of())
    page.get_by_label("Framework", exact=True).select_option("connect")
    page.get_by_role("button", name="Change").click()
    field(page, "Descriptor id").fill("com.example.app")
    page.get_by_role("button", name="Create as a draft").click()
    assert page.locator("h1 .state").inner_text() == "draft"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible(
    visitors: Visitors, marketplace: Marketplace, scheme: str
) -> None:
    made = ask(marketplace, "POST", versions_path(ADDON_SERVER), version("external", buildNumber=9))
    listing = {
        "state": "PRIVATE",
        "moreDetails": "More.",
        "youtubeId": "x",
        "developerLinks": {"documentation": "https://example.com/docs"},
    }
    build = made["buildNumber"]
    ask(marketplace, "POST", f"{versions_path(ADDON_SERVER, build)}/listing", listing)
    page = visitors.sign_in(color_scheme=scheme)
    for path in (
        path_of(build, ADDON_SERVER),
        path_of(3050, ADDON_SERVER),
        path_of(build, ADDON_SERVER, "/difference?from=3050"),
        NEW,
        EDIT,
    ):
        page.goto(path)
        assert (path, violations(page)) == (path, [])
        for width in (360, 1600):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(NEW)
    page.get_by_role("button", name="Create and submit").click()
    assert violations(page) == []


@pytest.mark.parametrize(
    "path", [path_of(24500), path_of(24500, then="/difference?from=20100"), NEW, EDIT]
)
def test_a_page_is_light(visitors: Visitors, path: str) -> None:
    page = visitors.sign_in()
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert 60_000 < sum(sizes.values()) <= 100_000, sizes
