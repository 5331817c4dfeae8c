"""Apps and app software as pages: what they show, to whom, and of hostile data."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from tests.support.bodies import ADDON_CLOUD, ADDON_DATACENTER, SPACE, version
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER
from tradepost.sandbox.marketplace import Marketplace

Visitor = Callable[..., httpx2.Client]
CLOUD = f"/app-software/{ADDON_CLOUD}"
VERSIONS = f"/rest/3/app-software/{ADDON_CLOUD}/versions"
LIMIT = 100 * 1024


@pytest.fixture
def visitor(marketplace: Marketplace) -> Iterator[Visitor]:
    """Makes clients with a session, as browsers have it."""
    clients = []

    def sign_in(person: tuple[str, str] = DEVELOPER) -> httpx2.Client:
        client = httpx2.Client(base_url=marketplace.url, verify=False)
        clients.append(client)
        form = {"email": person[0], "api-token": person[1], "to": ""}
        assert client.post("/sign-in", data=form).status_code == 303
        return client

    yield sign_in
    for client in clients:
        client.close()


def api(
    marketplace: Marketplace, method: str, path: str, person: Any = DEVELOPER, **options: Any
) -> Any:
    with httpx2.Client(base_url=marketplace.url, verify=False, auth=person) as client:
        response = client.request(method, path, **options)
    assert response.is_success, response.text
    return response.json()


def text_of(page: str) -> str:
    """What a page says: without tags, and spaces between words alone."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def rows_of(page: str) -> list[str]:
    """The build numbers in the table of versions."""
    return re.findall(r'<td class="number">(\d+)', page)


def page_of(client: httpx2.Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.text
    return response.text


@pytest.mark.parametrize("path", ["/", "/apps"])
def test_the_first_page_shows_apps_with_their_newest_versions(visitor: Visitor, path: str) -> None:
    text = text_of(page_of(visitor(), path))
    assert "Example Add-on com.example.app.addon Example Apps · yours" in text
    assert "Cloud 3.7.1 active Paid via Atlassian, 2026-06-17 3.7.2 draft" in text
    assert "Cloud (FedRAMP Moderate) 1.2.1 active" in text
    assert "Outsider Calendar com.outsider.app.calendar Outsider Tools · released" in text


def test_strangers_see_active_versions_alone(visitor: Visitor) -> None:
    text = text_of(page_of(visitor(OUTSIDER), "/apps"))
    assert "Cloud 3.7.1 active" in text
    assert "draft" not in text


def test_apps_are_searched_for(visitor: Visitor) -> None:
    found = page_of(visitor(), "/apps?search=CALENDAR")
    assert re.findall(r'href="/apps/([^"]+)"', found) == ["com.outsider.app.calendar"]
    none = text_of(page_of(visitor(), "/apps?search=%3Cscript%3E"))
    assert "No app that you may see has <script> in its name or key." in none


def test_apps_are_read_page_by_page(marketplace: Marketplace, visitor: Visitor) -> None:
    for number in range(30):
        body = {"appKey": f"more-{number}", "developerSpaceId": SPACE}
        api(marketplace, "POST", "/admin/v1/apps", ADMINISTRATOR, json=body)
    client = visitor()
    first = page_of(client, "/apps?search=more")
    [following] = re.findall(r'<a href="([^"]+)" rel="next"', first)
    second = page_of(client, html.unescape(following))
    links = r'<h2><a href="/apps/([^"]+)"'
    assert [len(re.findall(links, page)) for page in (first, second)] == [25, 5]
    assert 'value="more"' in second
    assert 'href="/apps?search=more">First page' in second


@pytest.mark.parametrize("path", ["/apps/unknown", "/app-software/unknown", "/apps/%00"])
def test_what_is_not_there_is_not_found(visitor: Visitor, path: str) -> None:
    assert "Not found" in page_of(visitor(), path, 404)


def test_an_app_shows_its_listing_and_leads_on(visitor: Visitor) -> None:
    page = page_of(visitor(), "/apps/com.example.app.addon")
    text = text_of(page)
    assert "See every issue on one board" in text
    assert "Support https://apps.example.com/support" in text
    for part in ("reviews", "privacy", "migration"):
        assert f'href="/apps/com.example.app.addon/{part}"' in page


def test_a_listing_that_is_not_public_is_not_shown_to_strangers(visitor: Visitor) -> None:
    path = "/apps/com.example.app.checklists"
    assert "Its listing is not public" in text_of(page_of(visitor(OUTSIDER), path))
    assert "private not assigned, revision 1" in text_of(page_of(visitor(), path))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "state=active",
        "paymentModel=free",
        "afterVersion=3.0.0",
        "parentSoftwareId=confluence",
        "parentSoftwareId=jira&parentSoftwareVersionId=904000&state=submitted",
        "limit=7",
        "state=rejected&paymentModel=free",
    ],
)
def test_the_table_has_the_rows_of_the_api(
    marketplace: Marketplace, visitor: Visitor, query: str
) -> None:
    client = visitor()
    path: str = f"{CLOUD}?{query}"
    expected = api(marketplace, "GET", f"{VERSIONS}?{query}")
    while True:
        page = page_of(client, path)
        assert rows_of(page) == [str(one["buildNumber"]) for one in expected["versions"]]
        following = re.findall(r'<a href="([^"]+)" rel="next"', page)
        if "next" not in expected["links"]:
            assert following == []
            break
        expected = api(marketplace, "GET", expected["links"]["next"])
        path = html.unescape(following[0])


def test_the_filters_stay_on_the_pages_behind_the_first(visitor: Visitor) -> None:
    client = visitor()
    page = page_of(client, f"{CLOUD}?state=active&limit=10")
    [following] = re.findall(r'<a href="([^"]+)" rel="next"', page)
    second = page_of(client, html.unescape(following))
    assert '<option value="active" selected>' in second
    assert f'<a href="{CLOUD}?state=active&amp;limit=10">First page' in second


def test_a_release_may_be_given_by_its_version_number(visitor: Visitor) -> None:
    query = "parentSoftwareId=jira&parentSoftwareVersionId"
    client = visitor()
    page = page_of(client, f"{CLOUD}?{query}=9.4.0")
    assert rows_of(page) == rows_of(page_of(client, f"{CLOUD}?{query}=904000"))
    assert 'value="9.4.0"' in page
    assert f"{query}=904000" in html.unescape(page)


def test_what_is_wrong_with_a_filter_stands_beside_it(visitor: Visitor) -> None:
    query = "parentSoftwareId=jira&parentSoftwareVersionId=99.9.9&state=gone"
    page = page_of(visitor(), f"{CLOUD}?{query}", 400)
    assert 'value="99.9.9" size="12" placeholder="number or build" aria-invalid="true"' in page
    assert 'aria-describedby="parentSoftwareVersionId-problem"' in page
    assert "parentSoftwareVersionId must be between 0 and" in page
    assert "state must be one of" in page
    assert '<option value="gone" selected>gone' in page


def test_the_pictures_tell_ranges_and_dates(visitor: Visitor) -> None:
    text = text_of(page_of(visitor(), f"/app-software/{ADDON_DATACENTER}"))
    assert "2.6.2, active: 8.0.0 to 9.17.5 (builds 740000 to 940000)" in text
    assert "newest: 11.3.10" in text
    assert "No version here runs on 10.0.0 to 11.3.10 (57 releases)." in text
    assert "2.3.1 active, released 2024-01-30, Paid via Atlassian, beta" in text


def test_another_product_can_stand_across(visitor: Visitor) -> None:
    page = page_of(visitor(), f"{CLOUD}?paymentModel=free&picture=confluence")
    assert "Compatibility with Confluence" in page
    assert "every release" in page
    assert "does not name it" in page
    assert 'href="?paymentModel=free&amp;picture=jira#compatibility"' in page


def test_a_product_without_releases_is_told_of_in_words(
    marketplace: Marketplace, visitor: Visitor
) -> None:
    compass = [{"parentSoftwareId": "compass", "minBuildNumber": 5}]
    api(
        marketplace,
        "POST",
        VERSIONS,
        json=version("forge", versionNumber="9.9.9", compatibilities=compass),
    )
    text = text_of(page_of(visitor(), f"{CLOUD}?parentSoftwareId=compass"))
    assert "Compass has no releases with numbers here: in the cloud there is one Compass" in text
    assert "Compass from build 5" in text


def test_no_versions_are_told_of(marketplace: Marketplace, visitor: Visitor) -> None:
    client = visitor()
    text = text_of(page_of(client, f"{CLOUD}?paymentModel=paid-via-vendor"))
    assert "No version is like this." in text
    body = {"appKey": "fresh", "developerSpaceId": SPACE}
    product = api(marketplace, "POST", "/admin/v1/apps", ADMINISTRATOR, json=body)["productId"]
    path = f"/admin/v1/apps/{product}/app-software"
    software = api(marketplace, "POST", path, ADMINISTRATOR, json={"hosting": "cloud"})["id"]
    assert "There is no version yet." in text_of(page_of(client, f"/app-software/{software}"))
    assert "no active version" in text_of(page_of(client, "/apps/fresh"))


@pytest.mark.parametrize(
    ("person", "may"), [(DEVELOPER, True), (OUTSIDER, False), (ADMINISTRATOR, True)]
)
def test_members_are_led_to_what_they_may_do(
    visitor: Visitor, person: tuple[str, str], may: bool
) -> None:
    page = page_of(visitor(person), CLOUD)
    assert ("New version" in page) is may
    assert ("Access tokens" in page) is may
    assert ("state-draft" in page.partition("<tbody>")[2]) is may


def test_a_new_version_is_there_at_once(marketplace: Marketplace, visitor: Visitor) -> None:
    client = visitor()
    assert "9.9.9" not in page_of(client, CLOUD)
    api(marketplace, "POST", VERSIONS, json=version(versionNumber="9.9.9"))
    assert "9.9.9" in page_of(client, CLOUD)


def test_hostile_texts_are_shown_as_they_are(marketplace: Marketplace, visitor: Visitor) -> None:
    name = 'Evil"><script>alert(1)</script>\u202egnp.exe'
    body = {"appKey": "evil", "name": name, "developerSpaceId": SPACE}
    product = api(marketplace, "POST", "/admin/v1/apps", ADMINISTRATOR, json=body)["productId"]
    path = f"/admin/v1/apps/{product}/app-software"
    software = api(marketplace, "POST", path, ADMINISTRATOR, json={"hosting": "cloud"})["id"]
    number = '</text></svg><img src=x onerror=alert(1)>"\u202e' + "9" * 150
    api(
        marketplace,
        "POST",
        f"/rest/3/app-software/{software}/versions",
        json=version(versionNumber=number),
    )
    client = visitor()
    for shown in ("/apps", "/apps/evil", f"/app-software/{software}"):
        page = page_of(client, shown)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "\u202e" not in page
        assert "Evil&#34;&gt;&lt;script&gt;" in page
        assert "U+202E" in page
    assert "&lt;/text&gt;&lt;/svg&gt;&lt;img" in page


def test_the_request_is_quoted_for_a_shell(visitor: Visitor, marketplace: Marketplace) -> None:
    page = page_of(
        visitor(), f"{CLOUD}?afterVersion=3.0.0%27%3B%20rm%20-rf%20%7E&state=active", 400
    )
    assert "rm -rf" in html.unescape(page)  # as the value of the field alone
    page = page_of(visitor(), f"{CLOUD}?state=active&paymentModel=free")
    [command] = re.findall(r'<pre id="curl">([^<]*)</pre>', page)
    assert html.unescape(command) == (
        f'curl -u developer@example.com:"$API_TOKEN" '
        f"'{marketplace.url}{VERSIONS}?paymentModel=free&state=active'"
    )


def test_a_page_with_all_it_needs_is_small(visitor: Visitor) -> None:
    client = visitor()
    for path in ("/apps", "/apps/com.example.app.addon", CLOUD):
        page = client.get(path)
        files = set(re.findall(r'(?:src|href)="(/-/static/[^"]+)"', page.text))
        assert len(files) >= 4
        sizes = {name: len(client.get(name).content) for name in files}
        assert len(page.content) + sum(sizes.values()) <= LIMIT, (len(page.content), sizes)


def test_styles_are_sent_without_what_only_their_readers_need(visitor: Visitor) -> None:
    client = visitor()
    [name] = re.findall(r'href="(/-/static/[^"]+/console.css)"', page_of(client, "/apps"))
    css = client.get(name).text
    assert "/*" not in css
    assert "\n" not in css
    assert "}body{margin:0;background:var(--ground)" in css
    assert ".crumbs li + li::before{content:" in css
