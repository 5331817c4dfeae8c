"""Take pictures of the console's main pages: `make screenshots`, into `build/screenshots/`.

Each page is taken in light and dark, at three widths, of the demo data. Chromium is that of the
system. Those that the README shows are copied to `docs/screenshots/`.
"""

import shutil
import sys
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from tradepost.demo import data
from tradepost.people.directory import DEMO_TOKENS
from tradepost.sandbox.marketplace import Marketplace

ROOT: Final = Path(__file__).resolve().parents[1]
TAKEN: Final = ROOT / "build" / "screenshots"
SHOWN: Final = ROOT / "docs" / "screenshots"
WIDTHS: Final = {360: 800, 800: 900, 1440: 900}
"""Widths, and the heights of what one sees at once, in pixels."""
SCHEMES: Final = ("light", "dark")
DATACENTER: Final = f"/app-software/{data.ADDON_DATACENTER.id}"
CLOUD: Final = f"/app-software/{data.ADDON_CLOUD.id}"
PAGES: Final = {
    "apps": ("developer@example.com", "/"),
    "app": ("developer@example.com", f"/apps/{data.ADDON.app_key}"),
    "app-software": ("developer@example.com", DATACENTER),
    "app-software-cloud": ("developer@example.com", CLOUD),
    "version": ("developer@example.com", f"{DATACENTER}/versions/4210"),
    "difference": ("developer@example.com", f"{DATACENTER}/versions/4210/difference?from=4200"),
    "new-version": ("developer@example.com", f"{CLOUD}/new-version"),
    "tokens": ("developer@example.com", f"{CLOUD}/tokens"),
    "review": ("admin@example.com", "/review"),
    "people": ("admin@example.com", "/people"),
    "audit": ("admin@example.com", "/audit"),
    "reviews": ("developer@example.com", f"/apps/{data.ADDON.app_key}/reviews"),
    "privacy": ("developer@example.com", f"/apps/{data.ADDON.app_key}/privacy"),
    "sandbox": ("developer@example.com", "/sandbox"),
    "reference": ("developer@example.com", "/reference"),
}
"""Who looks, and where."""
IN_README: Final = ("app-software-1440-light", "version-1440-dark", "sandbox-1440-light")


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not installed: apt-get install chromium")
    shutil.rmtree(TAKEN, ignore_errors=True)
    TAKEN.mkdir(parents=True)
    with Marketplace() as marketplace, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        for scheme in SCHEMES:
            for width, height in WIDTHS.items():
                for person in {who for who, _ in PAGES.values()}:
                    options = {
                        "color_scheme": scheme,
                        "viewport": {"width": width, "height": height},
                    }
                    page = _signed_in(browser, marketplace.url, person, options)
                    for name, (who, path) in PAGES.items():
                        if who == person:
                            page.goto(path, wait_until="networkidle")
                            page.screenshot(path=TAKEN / f"{name}-{width}-{scheme}.png")
                    page.context.close()
        browser.close()
    SHOWN.mkdir(exist_ok=True)
    for name in IN_README:
        shutil.copy(TAKEN / f"{name}.png", SHOWN)
    print(f"{len(list(TAKEN.iterdir()))} pictures in {TAKEN.relative_to(ROOT)}")


def _signed_in(browser: Browser, url: str, person: str, options: dict[str, Any]) -> Page:
    page = browser.new_context(base_url=url, **options).new_page()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(person)
    page.get_by_label("API token").fill(DEMO_TOKENS[person])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda there: "/sign-in" not in there)
    return page


if __name__ == "__main__":
    main()
