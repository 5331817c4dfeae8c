"""GET assets/images/{id}/download: an image, for whoever signs in."""

import hashlib

import pytest

from tests.support.archives import image, png
from tests.support.bodies import UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.scenes import new_person
from tests.support.uploads import upload

IMAGES = "/rest/3/assets/images"
DEMO = "10000000-0000-4000-8000-0000000000e1"
"""The icon of the demo data."""


def test_an_image_of_the_demo_is_there(shared: InProcess) -> None:
    answer = shared.get(f"{IMAGES}/{DEMO}/download")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == 'attachment; filename="icon.png"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-length"] == str(len(answer.content))


def test_everyone_who_signs_in_may(server: InProcess) -> None:
    found = upload(server, png(), path=f"{IMAGES}/logo").json()["id"]
    for auth in (DEVELOPER, OUTSIDER, ADMINISTRATOR, new_person(server).auth):
        assert server.get(f"{IMAGES}/{found}/download", auth).content == png()
    for nobody in (None, (DEVELOPER[0], "wrong")):
        answer = server.get(f"{IMAGES}/{found}/download", nobody)
        assert answer.status_code == 401
        [error] = answer.json()["errors"]
        assert (error["status"], error["code"]) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("unknown", [UNKNOWN, "icon", "1", "%FF", DEMO.upper().replace("E1", "E2")])
def test_an_unknown_image_is_not_found(shared: InProcess, unknown: str) -> None:
    answer = shared.get(f"{IMAGES}/{unknown}/download")
    assert answer.status_code == 404
    [error] = answer.json()["errors"]
    assert (error["status"], error["code"]) == (404, "IMAGE_NOT_FOUND")


def test_ranges_tags_and_head_work_as_for_artifacts(server: InProcess) -> None:
    data = image("GIF", 300, 200)
    found = upload(server, data, "moving.gif", path=f"{IMAGES}/screenshot").json()["id"]
    path = f"{IMAGES}/{found}/download"
    etag = f'"{hashlib.sha512(data).hexdigest()}"'
    part = server.get(path, headers={"Range": "bytes=3-5"})
    assert (part.status_code, part.content) == (206, data[3:6])
    assert part.headers["content-range"] == f"bytes 3-5/{len(data)}"
    assert server.get(path, headers={"If-None-Match": etag}).status_code == 304
    whole = server.request("HEAD", path)
    assert (whole.status_code, whole.content) == (200, b"")
    assert (whole.headers["etag"], whole.headers["content-length"]) == (etag, str(len(data)))
    behind = server.get(path, headers={"Range": f"bytes={len(data)}-"})
    assert behind.status_code == 416
    assert behind.headers["content-range"] == f"bytes */{len(data)}"
    [error] = behind.json()["errors"]
    assert (error["status"], error["code"]) == (416, "RANGE_NOT_SATISFIABLE")


@pytest.mark.parametrize("accept", ["image/*", "image/png", "text/html", "*/*"])
def test_any_accept_is_taken(shared: InProcess, accept: str) -> None:
    answer = shared.get(f"{IMAGES}/{DEMO}/download", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
