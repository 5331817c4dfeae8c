"""What people have written is shown as it is, and does nothing."""

import re

import pytest

from tests.support.administration import create
from tests.support.bodies import ADDON_PRODUCT, SPACE, version
from tests.support.client import ADMINISTRATOR, InProcess
from tests.support.consoles import surf
from tradepost.console.filters import plain

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7 * 7 }}"
TURNED = "safe\u202eexe.gnp\u2066\u200b\u00ad\u3164\U000e0041"
HOSTILE = SCRIPT + TURNED
_ACTIVE = re.compile(r"<(script|img|svg|iframe|a)\b[^>]*(alert|onerror|javascript:)", re.IGNORECASE)


@pytest.mark.parametrize("hidden", list(TURNED.removeprefix("safe").replace("exe.gnp", "")))
def test_what_cannot_be_seen_is_shown_by_its_number(hidden: str) -> None:
    assert plain(f"a{hidden}b") == f"a\u2329U+{ord(hidden):04X}\u232ab"


@pytest.mark.parametrize("text", ["Zürich", "日本語\n\t\u05e9\u05dc", "e\u0301", "❤\ufe0f", "a b"])
def test_what_can_be_seen_is_left_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_hostile_names_are_harmless_wherever_they_stand(server: InProcess) -> None:
    person = create(server, "/admin/v1/people", email="pat@example.com", name=HOSTILE)
    create(server, f"/admin/v1/people/{person['id']}/api-tokens", name=HOSTILE)
    space = create(server, "/admin/v1/developer-spaces", name=HOSTILE, approvalPolicy="manual")
    path = f"/admin/v1/developer-spaces/{space['id']}"
    sent = {"roles": ["viewer"]}
    assert server.request(
        "PUT", f"{path}/members/{person['id']}", ADMINISTRATOR, json=sent
    ).is_success
    app = create(
        server,
        "/admin/v1/apps",
        appKey="com.example.hostile",
        developerSpaceId=space["id"],
        name=HOSTILE,
    )
    software = create(server, f"/admin/v1/apps/{app['productId']}/app-software", hosting="cloud")
    notes = {"releaseSummary": HOSTILE, "releaseNotes": HOSTILE}
    made = server.post(
        f"/rest/3/app-software/{software['id']}/versions",
        ADMINISTRATOR,
        json=version(changelog=notes, versionNumber=HOSTILE[:200]),
    )
    assert made.status_code == 201, made.text
    listing = f"/rest/3/product-listing/{app['productId']}"
    held = server.get(listing, ADMINISTRATOR).json()
    changes = {"state": "PUBLIC", "summary": HOSTILE, "tagLine": HOSTILE}
    assert server.put(listing, ADMINISTRATOR, json={**held, **changes}).is_success
    number = made.json()["buildNumber"]
    surfer = surf(server, ADMINISTRATOR)
    review = f"/review/{software['id']}/{number}"
    rejected = surfer.post(f"{review}/reject", {"seen": "1", "reason": HOSTILE})
    assert rejected.status_code == 303
    for page in (
        "/people",
        f"/people/{person['id']}",
        "/developer-spaces",
        f"/developer-spaces/{space['id']}",
        f"/developer-spaces/{space['id']}/members/{person['id']}",
        "/review",
        review,
        f"/review/app-listings/{app['productId']}",
        f"/app-software/{software['id']}/tokens",
        "/audit",
        "/audit?action=createPerson",
        f"/audit?developerSpaceId={space['id']}",
        "/apps",
        "/apps/com.example.hostile",
        f"/app-software/{software['id']}",
        f"/app-software/{software['id']}/versions/{number}",
    ):
        answer = surfer.get(page)
        assert answer.status_code == 200, page
        assert not _ACTIVE.search(answer.text), page
        shown = re.sub(r'(?:value|content|alt|title)="[^"]*"', "", answer.text)
        assert not set("\u202e\u2066\u200b\u00ad\u3164\U000e0041") & set(shown), page


def test_hostile_queries_are_harmless(server: InProcess) -> None:
    surfer = surf(server, ADMINISTRATOR)
    for path, name in (
        ("/people", "email"),
        ("/audit", "person"),
        ("/audit", "action"),
        ("/audit", "from"),
        ("/audit", "developerSpaceId"),
        ("/audit", "cursor"),
        ("/people", "cursor"),
        ("/review", "cursor"),
        ("/sign-in", "to"),
        (f"/developer-spaces/{SPACE}", "cursor"),
        (f"/developer-spaces/{SPACE}", "apps-cursor"),
        (f"/apps/{ADDON_PRODUCT}", "x"),
    ):
        answer = surfer.get(path, params={name: SCRIPT})
        assert answer.status_code in (200, 303, 400, 404), (path, name)
        assert not _ACTIVE.search(answer.text), (path, name)


def test_a_hostile_form_comes_back_as_it_was_and_does_nothing(server: InProcess) -> None:
    surfer = surf(server, ADMINISTRATOR)
    answer = surfer.post("/people", {"email": SCRIPT, "name": HOSTILE})
    assert answer.status_code == 400
    assert not _ACTIVE.search(answer.text)
    assert "&lt;script&gt;alert(1)" in answer.text
