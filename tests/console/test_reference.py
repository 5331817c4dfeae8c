"""The API reference over HTTP: its document, and requests that are passed on as the visitor."""

import re
from collections.abc import Iterator

import pytest

from tests.support.answers import refused
from tests.support.client import ADMINISTRATOR
from tests.support.guests import Guest, said
from tests.support.sandboxes import SOFTWARE, TOKENS, VERSIONS, ask
from tradepost.sandbox.marketplace import Marketplace

PICTURE = "/rest/3/assets/images/10000000-0000-4000-8000-0000000000e1/download"
API = "/-/api"


@pytest.fixture
def guest(marketplace: Marketplace) -> Iterator[Guest]:
    with Guest(marketplace.url) as guest:
        yield guest


def test_every_operation_is_listed_without_scripts(guest: Guest, marketplace: Marketplace) -> None:
    document = ask(marketplace, "GET", "/openapi.json").body
    page = said(guest.get("/reference"))
    for path, item in document["paths"].items():
        for method in item:
            assert f"{method.upper()} {path}" in page


def test_the_document_leads_requests_through_the_console(guest: Guest) -> None:
    document = guest.get("/reference/openapi.json").json()
    assert [server["url"] for server in document["servers"]] == [API]
    assert "security" not in document
    assert "securitySchemes" not in document["components"]
    operations = [told for item in document["paths"].values() for told in item.values()]
    assert not any("security" in told for told in operations)


def test_the_policy_allows_no_script_but_ours(guest: Guest) -> None:
    page = guest.get("/reference")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'; style-src 'self'; img-src 'self' data: blob:;" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]* src=)", page.text) == []


def test_a_read_is_the_visitors(guest: Guest, marketplace: Marketplace) -> None:
    answer = guest.get(f"{API}{VERSIONS}?limit=1")
    assert answer.json() == ask(marketplace, "GET", f"{VERSIONS}?limit=1").body
    again = guest.get(f"{API}{VERSIONS}?limit=1", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    refused(guest.get(f"{API}/admin/v1/people"), 403, "FORBIDDEN")
    assert marketplace.journal()[0].person == "developer@example.com"


def test_a_write_needs_the_token_of_this_page(guest: Guest, marketplace: Marketplace) -> None:
    without = guest.http.post(f"{API}{TOKENS}", json={})
    assert without.status_code == 403
    assert guest.get(f"{API}{TOKENS}").json() == ask(marketplace, "GET", TOKENS).body
    taken = guest.http.post(f"{API}{TOKENS}", json={}, headers={"x-csrf-token": guest.csrf})
    assert taken.status_code == 201, taken.text
    assert taken.json()["token"].startswith("at_")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_every_method_is_passed_on(guest: Guest, method: str) -> None:
    headers = {"x-csrf-token": guest.csrf}
    answer = guest.http.request(method, f"{API}/rest/3/artifacts", headers=headers)
    refused(answer, 405, "METHOD_NOT_ALLOWED")
    assert guest.http.request(method, f"{API}/rest/3/artifacts").status_code == 403


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}], ids=str
)
def test_another_site_gets_nothing(guest: Guest, headers: dict[str, str]) -> None:
    refused(guest.get(f"{API}{VERSIONS}", headers=headers), 403, "FORBIDDEN")
    sent = {**headers, "x-csrf-token": guest.csrf}
    assert guest.http.post(f"{API}{TOKENS}", json={}, headers=sent).status_code == 403


def test_who_is_not_signed_in_gets_nothing(guest: Guest) -> None:
    guest.http.cookies.clear()
    answer = guest.get(f"{API}{VERSIONS}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


def test_credentials_and_cookies_are_not_passed_on(guest: Guest, marketplace: Marketplace) -> None:
    # Whatever is sent along, the session alone says who it is.
    answer = guest.get(f"{API}/admin/v1/people", auth=ADMINISTRATOR)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    [found] = marketplace.journal()
    names = {name for name, _ in found.request_headers}
    assert names.isdisjoint({"cookie", "authorization", "x-csrf-token"})


def test_the_sandbox_itself_is_not_reached(guest: Guest, marketplace: Marketplace) -> None:
    headers = {"x-csrf-token": guest.csrf}
    for path in ("/_sandbox", "/_sandbox/state", "/%5Fsandbox/state", "//_sandbox/state"):
        assert guest.get(f"{API}{path}").status_code == 404, path
        assert guest.http.post(f"{API}{path}", headers=headers).status_code == 404, path


def test_a_fault_strikes_what_is_tried(guest: Guest, marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=429, operation="getAppSoftwareVersions", times=1)
    assert guest.get(f"{API}{VERSIONS}").status_code == 429
    assert guest.get(f"{API}{VERSIONS}").status_code == 200


def test_a_file_goes_both_ways_and_acts_in_no_browser(guest: Guest) -> None:
    picture = guest.get(f"{API}{PICTURE}")
    assert picture.status_code == 200
    assert int(picture.headers["content-length"]) == len(picture.content)
    assert picture.headers["content-security-policy"].endswith("sandbox")
    assert picture.headers["cross-origin-resource-policy"] == "same-origin"
    uploaded = guest.http.post(
        f"{API}/rest/3/assets/images/icon",
        files={"file": ("icon.png", picture.content, "image/png")},
        headers={"x-csrf-token": guest.csrf},
    )
    assert uploaded.json()["size"] == len(picture.content), uploaded.text


def test_a_path_is_passed_on_as_it_is_spelled(guest: Guest, marketplace: Marketplace) -> None:
    spelled = "/rest/3/app-software/app-key/com%2Eexample.app.addon"
    assert guest.get(f"{API}{spelled}").json()[0]["appSoftwareId"] == SOFTWARE
    assert guest.get(f"{API}/rest/3/app-software/app-key/a%2Fb").status_code == 404
    assert guest.http.head(f"{API}{VERSIONS}").status_code == 200
