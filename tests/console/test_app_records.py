"""Reviews, privacy and migration records of an app over HTTP."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.bodies import ADDON_PRODUCT
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER
from tests.support.forms import typed
from tests.support.guests import Guest, problem_of, said
from tests.support.sandboxes import ask
from tradepost.sandbox.marketplace import Marketplace

APP = "/apps/com.example.app.addon"
BARE = "/apps/com.example.app.reports"
PRIVACY = f"/rest/3/privacy-and-security/products/{ADDON_PRODUCT}"
MIGRATION = f"/rest/3/cloud-migration-compatibility/products/{ADDON_PRODUCT}"
ROOT = "commonCloud"


@pytest.fixture
def guest(marketplace: Marketplace) -> Iterator[Guest]:
    with Guest(marketplace.url) as guest:
        yield guest


@pytest.fixture
def outsider(marketplace: Marketplace) -> Iterator[Guest]:
    with Guest(marketplace.url, OUTSIDER) as guest:
        yield guest


def record(marketplace: Marketplace, state: str) -> Any:
    found = ask(marketplace, "GET", f"{PRIVACY}?state={state}").body[ROOT]
    return {name: value for name, value in found.items() if name != "properties"}


def test_reviews_are_counted_by_hosting(guest: Guest) -> None:
    page = said(guest.get(f"{APP}/reviews"))
    for words in ("8 reviews, all hostings", "4 reviews, cloud", "1 review, server"):
        assert words in page
    assert "Nobody has reviewed it yet." in said(guest.get(f"{BARE}/reviews"))
    assert said(guest.get(f"{APP}/reviews?hosting=server")).count("found it helpful") == 1
    assert guest.get(f"{APP}/reviews?hosting=moon").status_code == 400
    assert guest.get("/apps/none/reviews").status_code == 404


def test_reviews_page_by_the_cursor_of_the_body(marketplace: Marketplace, guest: Guest) -> None:
    for number in range(4):
        person = ask(
            marketplace,
            "POST",
            "/admin/v1/people",
            {"email": f"p{number}@example.com"},
            ADMINISTRATOR,
        ).body
        body = {"personId": person["id"], "productHosting": "cloud", "stars": 3}
        path = f"/admin/v1/apps/{ADDON_PRODUCT}/reviews"
        assert ask(marketplace, "POST", path, body, ADMINISTRATOR).status == 201
    first = guest.get(f"{APP}/reviews?sort=helpful").text
    assert first.count("<article") == 10
    link = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = guest.get(link.replace("&amp;", "&")).text
    assert second.count("<article") == 2
    assert f'href="{APP}/reviews?sort=helpful"' in second


def test_a_review_is_answered_and_the_answer_taken_away(guest: Guest, outsider: Guest) -> None:
    one = f"{APP}/reviews/f0000000-0000-4000-8000-000000000002"
    refused = guest.post(f"{one}/response", responseContent="")
    assert refused.status_code == 400
    assert problem_of(refused, "responseContent")
    assert "The review is answered." in guest.done(
        f"{one}/response", responseContent="Thanks.\n<b>Really</b> \u202eso"
    )
    page = guest.get(one).text
    assert "Thanks.\n&lt;b&gt;Really&lt;/b&gt; \u2329U+202E\u232aso" in page
    assert "The answer is gone." in guest.done(f"{one}/response/delete")
    assert "<textarea" not in outsider.get(one).text
    assert outsider.post(f"{one}/response", responseContent="Mine").status_code == 403


def test_the_form_of_privacy_says_all_that_there_is(guest: Guest, marketplace: Marketplace) -> None:
    live = record(marketplace, "live")
    fields = typed(live, ROOT)
    assert len(fields) > 25
    guest.done(f"{APP}/privacy/edit", **fields)
    assert record(marketplace, "draft") == live
    assert "It says the same as what is live." in said(guest.get(f"{APP}/privacy"))


def test_a_draft_is_written_compared_and_published(
    guest: Guest, outsider: Guest, marketplace: Marketplace
) -> None:
    content = {**record(marketplace, "live"), "llmModels": ["new-model", "other-model"]}
    told = guest.done(f"{APP}/privacy/edit", **typed(content, ROOT))
    assert "The draft is saved." in told
    assert "llmModels[1] none other-model" in told
    assert "other-model" not in said(outsider.get(f"{APP}/privacy"))
    assert "It is live." in guest.done(f"{APP}/privacy/publish")
    assert "other-model" in said(outsider.get(f"{APP}/privacy"))
    assert guest.post(f"{APP}/privacy/publish").status_code == 404
    guest.done(f"{APP}/privacy/edit", **typed(content, ROOT))
    assert "The draft is gone." in guest.done(f"{APP}/privacy/delete")
    for path in ("edit", "publish", "delete"):
        assert outsider.post(f"{APP}/privacy/{path}").status_code == 403
    assert "edit" not in outsider.get(f"{APP}/privacy").text.partition("<main")[2]


def test_every_problem_of_a_draft_is_beside_its_field(guest: Guest) -> None:
    days = f"{ROOT}.dataRetention.retentionDurationInDays"
    party = f"{ROOT}.thirdPartyInformation.thirdPartyDetails"
    refused = guest.post(
        f"{APP}/privacy/edit",
        **{
            f"{ROOT}.security.hasCompliantCertifications": "true",
            f"{ROOT}.security.publicSecurityPoliciesLink": "no url",
            f"{days}.min": "many",
            f"{party}[0].purpose": "Typed before",
            f"{ROOT}.privacy.ccpa.business.isAppBusiness": "maybe",
        },
    )
    assert refused.status_code == 400
    for field in (
        f"{ROOT}.security.compliantCertifications",
        f"{ROOT}.security.publicSecurityPoliciesLink",
        f"{days}.min",
        f"{party}[0].name",
        f"{party}[0].thirdPartyCountries",
        f"{ROOT}.privacy.ccpa.business.isAppBusiness",
    ):
        assert field in problem_of(refused, field)
    for text in ('value="no url"', 'value="many"', "Typed before"):
        assert text in refused.text, "nothing that was typed is lost"


def test_a_draft_that_changed_meanwhile_is_not_overwritten(
    guest: Guest, marketplace: Marketplace
) -> None:
    page = guest.get(f"{APP}/privacy/edit").text
    etag = page.partition('name="etag" value="')[2].partition('"')[0].replace("&#34;", '"')
    body = {ROOT: {"llmModels": ["meanwhile"]}}
    ask(marketplace, "PUT", PRIVACY, body)
    refused = guest.post(f"{APP}/privacy/edit", etag=etag, **{f"{ROOT}.llmModels": "mine"})
    assert refused.status_code == 412
    assert "Somebody has saved another draft meanwhile" in said(refused)
    assert "mine" in refused.text
    assert record(marketplace, "draft")["llmModels"] == ["meanwhile"]


def test_a_migration_record_is_written_and_changed(
    guest: Guest, outsider: Guest, marketplace: Marketplace
) -> None:
    before = ask(marketplace, "GET", MIGRATION).body
    sent = {
        name: value
        for name, value in before.items()
        if name not in ("developerId", "productId", "addonKey")
    }
    fields = typed(sent)
    guest.done(f"{APP}/migration/edit", **fields)
    assert ask(marketplace, "GET", MIGRATION).body == before
    told = guest.done(f"{APP}/migration/edit", **{**fields, "migrationPath": "MANUAL"})
    assert "The record is saved." in told
    assert "Manual" in said(outsider.get(f"{APP}/migration"))
    ranges = "cloudMigrationAssistantCompatibilityRanges"
    wrong = {f"{ranges}[0].start": "2.0", f"{ranges}[0].end": "1.0", "addonName": "x"}
    refused = guest.post(f"{APP}/migration/edit", **wrong, migrationDocumentation="nowhere")
    assert refused.status_code == 400
    assert "must not be before start" in problem_of(refused, f"{ranges}[0].end")
    assert problem_of(refused, "migrationDocumentation")
    assert outsider.post(f"{APP}/migration/edit", **fields).status_code == 403


def test_an_app_without_a_record_gets_its_first(guest: Guest, marketplace: Marketplace) -> None:
    apps = ask(marketplace, "GET", "/admin/v1/app-overview", auth=DEVELOPER).body["apps"]
    without = [
        app
        for app in apps
        if app["isMember"]
        and ask(marketplace, "GET", MIGRATION.replace(ADDON_PRODUCT, app["productId"])).status
        == 404
    ]
    if not without:
        pytest.fail("every app of the demo data has a migration record")
    path = f"/apps/{without[0]['appKey']}/migration"
    assert "There is no migration record." in said(guest.get(path))
    assert f'value="{without[0]["name"]}"' in guest.get(f"{path}/edit").text
    told = guest.done(f"{path}/edit", addonName="New", migrationPath="AUTOMATED")
    assert "Automated" in told


def test_an_administrator_enters_edits_and_removes_a_review(marketplace: Marketplace) -> None:
    path = "/apps/com.example.app.reports/reviews"
    with Guest(marketplace.url, ADMINISTRATOR) as admin:
        form = {
            "email": "customer@example.com",
            "productHosting": "cloud",
            "content": "Fine.\n\nSo.",
        }
        refused = admin.post(f"{path}/new", **form, stars="6")
        assert refused.status_code == 400
        assert "5" in problem_of(refused, "stars")
        assert "Fine." in refused.text
        assert "is required" in problem_of(
            admin.post(f"{path}/new", **{**form, "email": "no@example.com"}, stars="4"), "email"
        )
        told = admin.done(f"{path}/new", **form, stars="4")
        assert "The review is entered." in told
        assert "4.00" in told
        [review] = ask(
            marketplace, "GET", "/rest/3/products/23456789-2345-4345-8345-23456789abcd/reviews"
        ).body["reviews"]
        one = f"{path}/{review['id']}"
        assert review["content"] == "Fine.\n\nSo."
        assert "2.00" in admin.done(one, stars="2", content="Less.", isFlagged="on")
        assert admin.post(one, stars="0").status_code == 400
        assert "Nobody has reviewed it" in admin.done(f"{one}/delete")
    with Guest(marketplace.url) as guest:
        assert guest.get(f"{path}/new").status_code == 403
        assert guest.post(f"{path}/new", **form, stars="4").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        *(f"{APP}/{name}" for name in ("reviews", "privacy", "privacy/edit", "migration/edit")),
        "/sandbox",
    ],
)
def test_a_page_with_its_scripts_and_styles_is_small(guest: Guest, path: str) -> None:
    page = guest.get(path)
    files = set(re.findall(r'(?:href|src)="(/-/static/[^"]+)"', page.text))
    assert len(files) >= 4
    sizes = {name: len(guest.get(name).content) for name in files}
    assert len(page.content) + sum(sizes.values()) <= 100_000, (len(page.content), sizes)
