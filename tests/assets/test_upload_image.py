"""POST assets/images/{imageType}: a PNG, JPEG, GIF or BMP in a form."""

import httpx2
import pytest

from tests.support.answers import UUID
from tests.support.archives import image, plugin_jar, png
from tests.support.bodies import ADDON_DATACENTER, ROLES, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.scenes import new_person
from tests.support.uploads import (
    Unreadable,
    artifact_id,
    form,
    new_member,
    part,
    release,
    send_form,
    stored,
    upload,
    uploaded,
)

IMAGES = "/rest/3/assets/images"
ICON = f"{IMAGES}/icon"
TYPES = (
    "banner",
    "hero",
    "icon",
    "logo",
    "screenshot",
    "screenshot-thumbnail",
    "title-logo",
)
MIB = 1024 * 1024


def refused(answer: httpx2.Response, status: int, code: str) -> list[str]:
    """Check that an answer is an error as listings have it, its status a number; the details."""
    assert answer.status_code == status, answer.text
    errors = answer.json()["errors"]
    assert {(error["status"], error["code"]) for error in errors} == {(status, code)}
    assert all(UUID.fullmatch(error["id"]) and error["title"] for error in errors)
    return [error["detail"] for error in errors]


@pytest.mark.parametrize("image_type", TYPES)
def test_an_image_of_every_type_is_taken(server: InProcess, image_type: str) -> None:
    data = png()
    answer = upload(server, data, "picture.png", path=f"{IMAGES}/{image_type}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert UUID.fullmatch(body["id"])
    assert body == {
        "id": body["id"],
        "mediaType": image_type,
        "mimeType": "image/png",
        "name": "picture.png",
        "size": len(data),
    }
    found = server.get(f"{IMAGES}/{body['id']}/download")
    assert (found.status_code, found.content) == (200, data)


@pytest.mark.parametrize(
    ("kind", "mime_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("BMP", "image/bmp")],
)
def test_the_content_tells_what_it_is_and_not_the_name(
    server: InProcess, kind: str, mime_type: str
) -> None:
    answer = upload(server, image(kind), "picture.exe", path=ICON)
    assert (answer.status_code, answer.json()["mimeType"]) == (200, mime_type)
    found = server.get(f"{IMAGES}/{answer.json()['id']}/download")
    assert found.headers["content-type"] == mime_type


def test_the_path_also_works_below_marketplace(server: InProcess) -> None:
    assert upload(server, png(), path=f"/marketplace{ICON}").status_code == 200


def test_an_image_can_be_the_hero_of_a_listing(server: InProcess) -> None:
    hero = upload(server, png(), "hero.png", path=f"{IMAGES}/hero").json()["id"]
    release(server, artifact_id(uploaded(server, plugin_jar())))
    path = f"{versions_path(ADDON_DATACENTER, 9001)}/listing"
    answer = server.post(path, json={"state": "PUBLIC", "heroImage": hero})
    assert answer.status_code == 201, answer.text
    assert server.get(path, OUTSIDER).json()["heroImage"] == hero
    found = server.get(f"{IMAGES}/{hero}/download", OUTSIDER)
    assert (found.status_code, found.content) == (200, png())


BAD = [
    b"",
    b"just text",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"RIFF\x00\x00\x00\x00WEBP",
    plugin_jar(),
    png()[:-1],
    png()[:40],
    image("JPEG")[:100],
    image("PNG", 2001, 1),
    image("PNG", 1, 2001),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_what_is_no_image_for_this_is_refused(shared: InProcess, number: int) -> None:
    before = stored(shared)
    [detail] = refused(upload(shared, BAD[number], path=ICON), 400, "VALIDATION_FAIL")
    assert detail.startswith("file is ")
    assert stored(shared) == before


@pytest.mark.parametrize(
    ("image_type", "mebibytes"),
    [
        ("icon", 2),
        ("logo", 2),
        ("screenshot-thumbnail", 2),
        ("title-logo", 2),
        ("banner", 10),
        ("hero", 10),
        ("screenshot", 10),
    ],
)
def test_each_type_has_a_largest_size(server: InProcess, image_type: str, mebibytes: int) -> None:
    limit = mebibytes * MIB
    small = image("GIF")
    # What follows the end of a GIF shows nowhere.
    fits = small + bytes(limit - len(small))
    assert upload(server, fits, path=f"{IMAGES}/{image_type}").status_code == 200
    before = stored(server)
    answer = upload(server, fits + b"\x00", path=f"{IMAGES}/{image_type}")
    assert refused(answer, 413, "PAYLOAD_TOO_LARGE") == [
        f"a file of this kind may have at most {limit} bytes"
    ]
    assert stored(server) == before


FORMS = {
    "no file": (form(), "file is required"),
    "two files": (form(part(png()), part(png())), "file is there twice"),
    "broken off": (form(part(png()))[:100], "the form is damaged: it breaks off before its end"),
}


@pytest.mark.parametrize("case", FORMS)
def test_a_form_that_is_not_good_says_why(shared: InProcess, case: str) -> None:
    body, detail = FORMS[case]
    assert refused(send_form(shared, body, path=ICON), 400, "VALIDATION_FAIL") == [detail]


def test_another_kind_of_body_is_415(shared: InProcess) -> None:
    answer = send_form(shared, png(), "image/png", ICON)
    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("image_type", ["Icon", "favicon", "icon%20", "%00icon", "..%2Ficon"])
def test_an_unknown_type_is_told_before_the_form_is_read(
    shared: InProcess, image_type: str
) -> None:
    answer = send_form(shared, Unreadable(), path=f"{IMAGES}/{image_type}")
    if "%00" in image_type:
        assert answer.status_code == 404
        return
    assert refused(answer, 400, "INVALID_PARAMETER") == [
        f"imageType must be one of {', '.join(TYPES)}"
    ]


def test_a_file_name_becomes_harmless(server: InProcess) -> None:
    name = "../../gpj\u202e\x1b[1m.png"
    disposition = f'form-data; name="file"; filename="{name}"'.encode()
    answer = send_form(server, form(part(png(), disposition)), path=ICON)
    assert answer.json()["name"] == "gpj[1m.png"


@pytest.mark.parametrize("role", ROLES)
def test_members_need_a_role_that_lists(server: InProcess, role: str) -> None:
    answer = upload(server, png(), auth=new_member(server, role), path=ICON)
    if role in ("admin", "release-manager", "listing-specialist"):
        assert answer.status_code == 200
        return
    assert refused(answer, 403, "FORBIDDEN") == [
        "this needs one of the roles admin, listing-specialist, release-manager"
    ]


def test_others_may_not(server: InProcess) -> None:
    before = stored(server)
    refused(upload(server, png(), auth=new_person(server).auth, path=ICON), 403, "FORBIDDEN")
    refused(upload(server, png(), auth=None, path=ICON), 401, "UNAUTHORIZED")
    refused(upload(server, png(), auth=(DEVELOPER[0], "x"), path=ICON), 401, "UNAUTHORIZED")
    assert stored(server) == before
    for auth in (ADMINISTRATOR, OUTSIDER):
        assert upload(server, png(), auth=auth, path=ICON).status_code == 200


def test_the_same_image_twice_is_one_image(server: InProcess) -> None:
    artifacts, images, blobs = stored(server)
    first = upload(server, png(), path=ICON).json()
    assert upload(server, png(), path=ICON).json() == first
    others = [
        upload(server, png(), path=f"{IMAGES}/logo"),
        upload(server, png(), "other.png", path=ICON),
        upload(server, png(), auth=OUTSIDER, path=ICON),
    ]
    ids = {first["id"], *(other.json()["id"] for other in others)}
    assert len(ids) == 4
    now = stored(server)
    assert now[:2] == (artifacts, images + 4)
    assert len(now[2] - blobs) == 1


def test_prefer_minimal_leaves_the_body_out(server: InProcess) -> None:
    answer = upload(server, png(), path=ICON, headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (200, b"")
