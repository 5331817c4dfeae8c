"""The pages of a version: everything about it, its difference from another, and its files."""

import re
from pathlib import Path

import httpx2
import pytest

from tests.support.archives import plugin_jar, png
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_SERVER,
    CALENDAR_CLOUD,
    HERO,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.consoles import follow, said, surf
from tests.support.object_storage import ObjectStorage
from tests.support.scenes import as_member, create, create_public, list_version, set_policy
from tests.support.uploads import artifact_id, uploaded
from tests.support.version_pages import page

HOSTILE = "<script>alert(1)</script>\u202eevil\u2066 ${7*7} {{7*7}} <img src=x onerror=alert(1)>"


def test_a_version_is_shown_with_all_that_is_known_of_it(shared: InProcess) -> None:
    text = said(surf(shared).get(page(3050, ADDON_SERVER)))
    for told in (
        "Version 1.1.2 active",
        "paid-via-atlassian",
        "Commercial License",
        "b0000004-0000-4000-8000-358157b22222",
        "Jira 7.8.0 (build 708000) 9.8.0 (build 908000)",
        "com.example.app.addon-1.1.2.jar",
        "sha512:",
        "New report in 1.1.2",
        "https://developer.atlassian.com/marketplace/terms developer@example.com",
        "2022-07-31 12:58 UTC by auto-approval",
    ):
        assert told in text


def test_a_build_that_no_release_has_is_told_as_such(shared: InProcess) -> None:
    assert "Jira build 750000 the newest" in said(surf(shared).get(page(24200)))


@pytest.mark.parametrize("path", [page(1), page(20100, "no-id"), page(26400)])
def test_what_is_not_there_or_not_for_others_is_not_found(shared: InProcess, path: str) -> None:
    assert surf(shared, OUTSIDER).get(path).status_code == 404


def test_what_is_no_build_number_is_told_so(shared: InProcess) -> None:
    answer = surf(shared).get(page("x"))
    assert answer.status_code == 400
    assert "buildNumber must be a whole number" in said(answer)


def test_others_see_what_is_public_and_no_more(shared: InProcess) -> None:
    answer = surf(shared, OUTSIDER).get(page(20100))
    assert answer.status_code == 200
    for hidden in ("Edit", "Archive", "History"):
        assert hidden not in said(answer)


def test_members_without_the_role_are_offered_nothing_to_write(server: InProcess) -> None:
    viewer = surf(server, as_member(server, "viewer"))
    text = said(viewer.get(page(26400)))
    assert "History" in text
    assert "Archive" not in text
    for path in (page(), page(26400, then="/edit")):
        assert viewer.get(path).status_code == 403
    sent = viewer.post(page(26400, then="/submit"))
    assert sent.status_code == 403


def test_texts_are_shown_as_they_are_and_never_run(server: InProcess) -> None:
    build = create(
        server,
        ADDON_CLOUD,
        version(changelog={"releaseSummary": HOSTILE, "releaseNotes": HOSTILE}),
    )["buildNumber"]
    list_version(server, ADDON_CLOUD, build, moreDetails=HOSTILE, youtubeId='"><script>')
    surfer = surf(server)
    for path in (page(build), page(build, then="/difference"), page(build, then="/edit")):
        html = surfer.get(path).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "{{7*7}}" in html
        if "edit" not in path:
            assert "\u202e" not in html
            assert "U+202E" in html


def test_the_listing_is_shown_as_customers_see_it(server: InProcess) -> None:
    build = create_public(server, ADDON_CLOUD, version())["buildNumber"]
    surfer = surf(server, OUTSIDER)
    html = surfer.get(page(build)).text
    assert "More of it.\nOn two lines." in html
    assert "Every issue on one board." in html
    assert "youtube.com/watch?v=dQw4w9WgXcQ" in html
    picture = surfer.get(f"/-/images/{HERO}")
    assert f"/-/images/{HERO}" in html
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


def test_an_artifact_is_downloaded_as_from_the_api(shared: InProcess) -> None:
    surfer, artifact = surf(shared), "b0000004-0000-4000-8000-358157b22222"
    path = f"/-/artifacts/{artifact}"
    assert path in surfer.get(page(3050, ADDON_SERVER)).text
    answer = surfer.get(path)
    ours = shared.get(f"/rest/3/artifacts/{artifact}/download")
    assert answer.content == ours.content
    for name in ("content-type", "content-disposition", "etag", "content-length"):
        assert answer.headers[name] == ours.headers[name]
    assert "sandbox" in answer.headers["content-security-policy"]
    part = surfer.get(path, headers={"range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, ours.content[2:6])
    known = surfer.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = surfer.request("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    missing = surfer.get("/-/artifacts/none")
    assert missing.status_code == 404
    assert "<h1>Not found</h1>" in missing.text


def test_a_difference_names_what_people_know(shared: InProcess) -> None:
    text = said(surf(shared).get(page(24500, then="/difference?from=20100")))
    assert "From 1.0.0 to 3.1.1" in text
    assert "Framework Connect Forge" in text
    assert "Licence Apache License 2.0 Commercial License" in text
    assert "Compatible with Jira from 7.0.0 (build 700000) to build 1200000" in text
    assert "removed: READ added: read:jira-work" in text


def test_a_difference_is_from_the_version_before_unless_asked(shared: InProcess) -> None:
    surfer = surf(shared)
    assert "From 3.1.0 to 3.1.1" in said(surfer.get(page(24500, then="/difference")))
    older = surfer.get(page(24500, then="/difference?from=24400&build=20100"))
    assert "From 1.0.0 to 3.1.1" in said(older)
    same = said(surfer.get(page(24500, then="/difference?from=24500")))
    assert same.count("Nothing differs") == 3
    assert surfer.get(page(24500, then="/difference?from=x")).status_code == 400


def test_a_difference_of_long_notes_shows_the_lines(server: InProcess) -> None:
    notes = [f"line {number}" for number in range(200)]
    builds = []
    for text in ("\n".join(notes), "\n".join([*notes[:100], "new", *notes[101:]])):
        made = create(server, ADDON_CLOUD, version(changelog={"releaseNotes": text}))
        builds.append(made["buildNumber"])
        list_version(server, ADDON_CLOUD, made["buildNumber"], moreDetails=text)
    text = said(surf(server).get(page(builds[1], then=f"/difference?from={builds[0]}")))
    assert text.count("removed: line 100 added: new") == 2
    assert "97 lines are the same" in text
    assert "line 5 " not in text


def test_a_version_is_submitted_archived_and_taken_back(server: InProcess) -> None:
    surfer = surf(server)
    set_policy(server, "manual")
    shown = follow(surfer, surfer.post(page(26400, then="/submit")))
    assert "Version 3.7.2 submitted" in said(shown)
    assert "submitVersion by developer@example.com" in said(shown)
    shown = follow(surfer, surfer.post(page(26400, then="/archive")))
    assert "Version 3.7.2 archived" in said(shown)
    assert "Take back from the archive" in said(shown)
    again = surfer.post(page(26400, then="/archive"))
    assert again.status_code == 400
    assert "state is archived already" in said(again)
    follow(surfer, surfer.post(page(26400, then="/unarchive")))
    assert server.get(versions_path(ADDON_CLOUD, 26400)).json()["state"] == "submitted"


def test_nothing_is_done_without_the_token_of_the_session(server: InProcess) -> None:
    surfer = surf(server)
    surfer.csrf = "0" * 32
    assert surfer.post(page(26400, then="/archive")).status_code == 403
    assert server.get(versions_path(ADDON_CLOUD, 26400)).json()["state"] == "draft"
    assert surfer.request("POST", "/-/artifacts", content=b"x").status_code == 403


def test_there_is_no_other_move(server: InProcess) -> None:
    assert surf(server).post(page(26400, then="/approve")).status_code == 404


def test_the_history_pages_from_the_newest(server: InProcess) -> None:
    surfer = surf(server)
    for _ in range(6):
        follow(surfer, surfer.post(page(26400, then="/archive")))
        shown = follow(surfer, surfer.post(page(26400, then="/unarchive")))
    assert shown.text.count("unarchiveVersion</strong>") == 5
    found = re.search(r'href="([^"]*history=[^"]*)" rel="next"', shown.text)
    assert found
    older = surfer.get(found[1].replace("&amp;", "&"))
    assert older.text.count("archiveVersion</strong>") == 2
    for person in (ADMINISTRATOR, DEVELOPER):
        assert "archiveVersion" in said(surf(server, person).get(page(26400)))


def test_administrators_are_led_to_the_review(shared: InProcess) -> None:
    submitted = surf(shared, ADMINISTRATOR).get(page(13, CALENDAR_CLOUD)).text
    assert f"/review/{CALENDAR_CLOUD}/13" in submitted


def test_files_of_object_storage_come_from_there_or_here(
    tmp_path: Path, object_storage: ObjectStorage
) -> None:
    """Images from here, because pages show those of this server alone."""
    with InProcess(tmp_path / "data", blobs_url=object_storage.new_bucket()) as server:
        surfer = surf(server)
        artifact = artifact_id(uploaded(server, plugin_jar()))
        sent_on = surfer.get(f"/-/artifacts/{artifact}")
        assert sent_on.status_code == 302
        assert httpx2.get(sent_on.headers["location"]).content == plugin_jar()
        sent = server.post("/rest/3/assets/images/logo", files={"file": ("a.png", png())})
        image = surfer.get(f"/-/images/{sent.json()['id']}")
        assert (image.status_code, image.content) == (200, png())


def test_a_version_is_made_public_and_private_again(server: InProcess) -> None:
    surfer = surf(server)
    build = create(server, ADDON_CLOUD, version())["buildNumber"]
    shown = surfer.get(page(build))
    assert "auto-approved" in said(shown)
    assert "It has no listing" in said(shown)
    shown = follow(surfer, surfer.post(page(build, then="/publish")))
    assert "This is what customers see." in said(shown)
    path = versions_path(ADDON_CLOUD, build)
    assert server.get(path).json()["state"] == "active"
    shown = follow(surfer, surfer.post(page(build, then="/withdraw")))
    assert "what customers will see once the version is active" in said(shown)
    assert server.get(path).json()["state"] == "auto-approved"
    follow(surfer, surfer.post(page(build, then="/publish")))
    assert server.get(f"{path}/listing").json()["state"] == "PUBLIC"
