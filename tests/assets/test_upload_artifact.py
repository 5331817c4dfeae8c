"""POST artifacts: a JAR, OBR, JWB or Connect descriptor in a form."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.administration import PEOPLE, SPACES, person_of, read
from tests.support.answers import UUID, refused
from tests.support.archives import (
    ADDON_KEY,
    descriptor,
    jwb,
    obr,
    plugin_jar,
    png,
)
from tests.support.bodies import ROLES, SPACE
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.scenes import new_person
from tests.support.uploads import (
    ARTIFACTS,
    BOUNDARY,
    CONTENT_TYPE,
    Unreadable,
    artifact_id,
    form,
    new_member,
    part,
    send_form,
    stored,
    upload,
    uploaded,
)

pytestmark = pytest.mark.usefixtures("engine")

DATACENTER = {"atlassian-licensing-enabled": "true", "atlassian-data-center-status": "compatible"}
PLUGIN = {
    "key": ADDON_KEY,
    "name": "Example Add-on",
    "version": "1.0.0",
    "addOnType": "Plugins 2",
}
CONNECT = {"key": ADDON_KEY, "name": "Example Add-on", "addOnType": "Connect", "remotable": True}
KINDS: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "jar": (
        plugin_jar(params=DATACENTER),
        "application/java-archive",
        {
            **PLUGIN,
            "licensingEnabled": True,
            "dataCenterCompatible": True,
            "dataCenterStatus": "compatible",
        },
    ),
    "obr": (obr(), "application/octet-stream", PLUGIN),
    "jwb": (jwb(), "application/octet-stream", {"addOnType": "Workflow"}),
    "json": (descriptor(), "application/json", CONNECT),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_upload_answers_with_its_file_details_and_links(server: InProcess, kind: str) -> None:
    data, media_type, details = KINDS[kind]
    artifact = uploaded(server, data, f"addon-1.0.0.{kind}")
    found = artifact_id(artifact)
    assert UUID.fullmatch(found)
    assert artifact == {
        "fileInfo": {
            "logicalFileName": f"addon-1.0.0.{kind}",
            "size": len(data),
            "checksum": f"sha512:{hashlib.sha512(data).hexdigest()}",
        },
        "details": details,
        "_links": {
            "self": {"href": f"{ARTIFACTS}/{found}"},
            "binary": {"href": f"{ARTIFACTS}/{found}/download", "type": media_type},
        },
    }
    assert server.get(artifact["_links"]["self"]["href"]).json() == artifact
    assert server.get(artifact["_links"]["binary"]["href"]).content == data


@pytest.mark.parametrize("name", ["addon.zip", "addon", "addon.png", "descriptor.json"])
def test_the_content_tells_what_it_is_and_not_the_name(server: InProcess, name: str) -> None:
    artifact = uploaded(server, plugin_jar(), name)
    assert artifact["details"] == PLUGIN
    assert artifact["_links"]["binary"]["type"] == "application/java-archive"


def test_the_path_also_works_below_marketplace(server: InProcess) -> None:
    answer = upload(server, plugin_jar(), path=f"/marketplace{ARTIFACTS}")
    assert answer.status_code == 200
    assert answer.json()["_links"]["self"]["href"].startswith(f"{ARTIFACTS}/")


def test_prefer_minimal_leaves_the_body_out(server: InProcess) -> None:
    answer = upload(server, plugin_jar(), headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("accept", "status"), [("*/*", 200), ("application/json", 200), ("text/html", 406)]
)
def test_the_answer_is_json(server: InProcess, accept: str, status: int) -> None:
    answer = upload(server, plugin_jar(), headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"


# Who may.


@pytest.mark.parametrize("role", ROLES)
def test_members_need_a_role_that_releases(server: InProcess, role: str) -> None:
    before = stored(server)
    answer = upload(server, plugin_jar(), auth=new_member(server, role))
    if role in ("admin", "release-manager"):
        assert answer.status_code == 200
        return
    assert refused(answer, 403, "FORBIDDEN") == [
        "this needs one of the roles admin, release-manager"
    ]
    assert stored(server) == before


def test_one_of_several_roles_is_enough(server: InProcess) -> None:
    auth = new_member(server, "viewer", "release-manager", "data-analyst")
    assert upload(server, plugin_jar(), auth=auth).status_code == 200


def test_administrators_may_and_members_of_any_space(server: InProcess) -> None:
    for auth in (ADMINISTRATOR, OUTSIDER):
        assert upload(server, plugin_jar(), auth=auth).status_code == 200


def test_strangers_and_nobody_may_not(server: InProcess) -> None:
    before = stored(server)
    stranger = new_person(server).auth
    refused(upload(server, plugin_jar(), auth=stranger), 403, "FORBIDDEN")
    refused(upload(server, plugin_jar(), auth=None), 401, "UNAUTHORIZED")
    refused(upload(server, plugin_jar(), auth=(DEVELOPER[0], "wrong")), 401, "UNAUTHORIZED")
    assert stored(server) == before


def test_who_may_not_is_told_before_the_form_is_read(server: InProcess) -> None:
    for auth, status in ((None, 401), (new_member(server, "viewer"), 403)):
        headers = {"content-type": CONTENT_TYPE}
        answer = server.post(ARTIFACTS, auth, content=Unreadable(), headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", PEOPLE + "/{person}/archive", 401, "UNAUTHORIZED"),
        ("POST", "/admin/v1/api-tokens/{token}/revoke", 401, "UNAUTHORIZED"),
        ("DELETE", SPACES + "/{space}/members/{person}", 403, "FORBIDDEN"),
    ],
)
def test_who_loses_the_right_while_sending_uploads_nothing(
    server: InProcess, method: str, path: str, status: int, code: str
) -> None:
    person = person_of(server, DEVELOPER[0])["id"]
    [token] = read(server, f"{PEOPLE}/{person}/api-tokens")["apiTokens"]
    before = stored(server)
    body = form(part(plugin_jar()))

    async def content() -> AsyncIterator[bytes]:
        yield body[:100]
        ended = await server.send(
            method, path.format(person=person, token=token["id"], space=SPACE), ADMINISTRATOR
        )
        assert ended.is_success
        yield body[100:]

    refused(send_form(server, content()), status, code)
    assert stored(server) == before


# The form.


def test_other_fields_are_ignored_wherever_they_are(server: InProcess) -> None:
    body = form(
        part(b"1", b'form-data; name="revision"'),
        part(b"another.jar", b'form-data; name="name"'),
        part(plugin_jar()),
        part(b"PK\x03\x04", b'form-data; name="other"; filename="other.jar"'),
    )
    answer = send_form(server, body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["fileInfo"]["logicalFileName"] == "addon.jar"
    assert server.get(answer.json()["_links"]["binary"]["href"]).content == plugin_jar()


def test_what_java_clients_send_besides_is_taken(server: InProcess) -> None:
    headers = (
        b"Content-Type: application/java-archive",
        b"Content-Transfer-Encoding: binary",
        b"Content-Length: %d" % len(plugin_jar()),
    )
    body = form(part(plugin_jar(), b'form-data; name="file"; filename="addon.jar"', *headers))
    assert send_form(server, body).status_code == 200


def test_what_stands_around_the_form_means_nothing(server: InProcess) -> None:
    body = b"A preamble.\r\n" + form(part(plugin_jar())) + b"An epilogue.\r\n--" + b"x" * 1000
    assert send_form(server, body).status_code == 200


BAD_FORMS = {
    "no bytes": (b"", "the form is damaged: it breaks off before its end"),
    "no parts": (form(), "file is required"),
    "no file": (form(part(b"x", b'form-data; name="other"; filename="a.jar"')), "file is required"),
    "another case": (form(part(plugin_jar(), b'form-data; name="File"')), "file is required"),
    "two files": (form(part(plugin_jar()), part(plugin_jar())), "file is there twice"),
    "an empty file": (form(part(b"")), "file is empty"),
    "no artifact": (
        form(part(b"just text")),
        "file is not a JAR, OBR, JWB or Connect descriptor",
    ),
    "an image": (form(part(png())), "file is not a JAR, OBR, JWB or Connect descriptor"),
    "broken off in a header": (
        form(part(plugin_jar()))[:60],
        "the form is damaged: it breaks off before its end",
    ),
    "broken off in the file": (
        form(part(plugin_jar()))[:300],
        "the form is damaged: it breaks off before its end",
    ),
    "broken off in the end": (
        form(part(plugin_jar()))[:-4],
        "the form is damaged: it breaks off before its end",
    ),
    "broken off after one of two parts": (
        form(part(plugin_jar()))[:-4] + b"\r\n",
        "the form is damaged: it breaks off before its end",
    ),
    "a huge epilogue": (
        form(part(plugin_jar())) + b"x" * 70_000,
        "the form is damaged: too much stands beside the file",
    ),
    "a huge other field": (
        form(part(b"x" * 70_000, b'form-data; name="other"'), part(plugin_jar())),
        "the form is damaged: too much stands beside the file",
    ),
}


@pytest.mark.parametrize("case", BAD_FORMS)
def test_a_form_that_is_not_good_says_why(shared: InProcess, case: str) -> None:
    before = stored(shared)
    body, detail = BAD_FORMS[case]
    assert refused(send_form(shared, body), 400, "VALIDATION_ERROR") == [detail]
    assert stored(shared) == before


DAMAGED_FORMS = {
    "no HTTP form": b"file=abc",
    "another boundary": form(part(plugin_jar()), boundary="other"),
    "bare line feeds": form(part(plugin_jar())).replace(b"\r\n", b"\n"),
    "no disposition": form(b"Content-Type: text/plain\r\n\r\nabc"),
    "another disposition": form(part(plugin_jar(), b'attachment; name="file"')),
    "a header without a colon": form(part(plugin_jar(), b'form-data; name="file"', b"Header")),
    "a header of 100,000 bytes": form(
        part(plugin_jar(), b'form-data; name="file"', b"X-Large: " + b"x" * 100_000)
    ),
    "a header that never ends": form(part(plugin_jar()))[:30] + b"x" * 100_000,
    "1,000 headers": form(part(plugin_jar(), b'form-data; name="file"', *[b"X: y"] * 1000)),
    "1,000 parts": form(*[part(b"", b'form-data; name="other"')] * 1000, part(plugin_jar())),
    "a file name of 10,000 characters": form(
        part(plugin_jar(), b'form-data; name="file"; filename="' + b"a" * 10_000 + b'.jar"')
    ),
    "headers that are not UTF-8": form(
        part(plugin_jar(), b'form-data; name="file"; filename="\xff\xfe.jar"')
    ),
    "a length that is not so": form(
        part(plugin_jar(), b'form-data; name="file"', b"Content-Length: 3")
    ),
}


@pytest.mark.parametrize("case", DAMAGED_FORMS)
def test_a_damaged_form_is_refused(shared: InProcess, case: str) -> None:
    before = stored(shared)
    details = refused(send_form(shared, DAMAGED_FORMS[case]), 400, "VALIDATION_ERROR")
    assert len(details) == 1
    assert details[0].startswith("the form is damaged: ")
    assert stored(shared) == before


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/java-archive",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "multipart/mixed; boundary=" + BOUNDARY,
        "",
        "garbage",
        ";;;=",
    ],
)
def test_another_kind_of_body_is_415(shared: InProcess, content_type: str) -> None:
    answer = send_form(shared, form(part(plugin_jar())), content_type)
    assert refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE") == [
        "a file must be sent as multipart/form-data"
    ]


def test_no_content_type_is_415(shared: InProcess) -> None:
    answer = shared.post(ARTIFACTS, content=form(part(plugin_jar())))
    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; charset=utf-8",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        "multipart/form-data; boundary=" + "b" * 71,
    ],
)
def test_a_form_needs_a_boundary(shared: InProcess, content_type: str) -> None:
    answer = send_form(shared, form(part(plugin_jar())), content_type)
    assert refused(answer, 400, "VALIDATION_ERROR") == [
        "the form is damaged: its Content-Type has no boundary"
    ]


@pytest.mark.parametrize(
    "content_type",
    [
        f'Multipart/Form-Data; charset=utf-8; boundary="{BOUNDARY}"',
        f"multipart/form-data;boundary={BOUNDARY};x=y",
    ],
)
def test_a_boundary_is_found_however_it_is_written(server: InProcess, content_type: str) -> None:
    assert send_form(server, form(part(plugin_jar())), content_type).status_code == 200


NAMES = {
    "a path": ("../../etc/passwd", "passwd"),
    "an absolute path": ("/var/lib/addon.jar", "addon.jar"),
    "a path of Windows": ("C:\\fakepath\\addon.jar", "addon.jar"),
    "a folder": ("addon/", "file"),
    "dots": ("..", "file"),
    "nothing": ("", "file"),
    "blanks": ("   ", "file"),
    "U+0000": ("addon\x00.jar", "addon.jar"),
    "control characters": ("add\x1b[31mon\t.jar", "add[31mon.jar"),
    "bidirectional controls": ("gpj\u202erąj.jar", "gpjrąj.jar"),
    "zero width": ("add\u200bon\ufeff.jar", "addon.jar"),
    "UTF-8": ("プラグイン ü 🎉.jar", "プラグイン ü 🎉.jar"),
    "1,000 characters": ("x" * 1000 + ".jar", "x" * 255),
    "an apostrophe and markup": ("<b>it's</b>.jar", "b>.jar"),
}


@pytest.mark.parametrize("case", NAMES)
def test_file_names_become_harmless(server: InProcess, case: str) -> None:
    sent, kept = NAMES[case]
    disposition = f'form-data; name="file"; filename="{sent}"'.encode()
    answer = send_form(server, form(part(plugin_jar(), disposition)))
    assert answer.status_code == 200, answer.text
    assert answer.json()["fileInfo"]["logicalFileName"] == kept


def test_a_file_needs_no_name(server: InProcess) -> None:
    answer = send_form(server, form(part(plugin_jar(), b'form-data; name="file"')))
    assert answer.json()["fileInfo"]["logicalFileName"] == "file"


# How large, and how long.


def test_a_file_may_be_as_large_as_allowed_and_no_larger(tmp_path: Path) -> None:
    limit = 1024
    padding = "x" * (limit - len(descriptor(description="")))
    fits, larger = (descriptor(description=padding + more) for more in ("", "x"))
    assert (len(fits), len(larger)) == (limit, limit + 1)
    with InProcess(tmp_path / "data", artifact_bytes=limit) as server:
        assert upload(server, fits).status_code == 200
        before = stored(server)
        detail = "a file of this kind may have at most 1024 bytes"
        assert refused(upload(server, larger), 413, "PAYLOAD_TOO_LARGE") == [detail]
        assert stored(server) == before


def test_a_declared_length_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with InProcess(tmp_path / "data", artifact_bytes=1024) as server:
        answer = send_form(server, Unreadable(), **{"content-length": str(1024 + 64 * 1024 + 1)})
        refused(answer, 413, "PAYLOAD_TOO_LARGE")


def test_a_file_beyond_the_limit_is_refused_while_it_streams(tmp_path: Path) -> None:
    taken = 0

    async def content() -> AsyncIterator[bytes]:
        nonlocal taken
        yield form(part(b""))[: -len(form()) - 2]
        while True:
            taken += 1
            yield b"x" * 1000

    with InProcess(tmp_path / "data", artifact_bytes=10_000) as server:
        before = stored(server)
        refused(send_form(server, content()), 413, "PAYLOAD_TOO_LARGE")
        assert taken == 11
        assert stored(server) == before


def test_a_file_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    async def content() -> AsyncIterator[bytes]:
        yield form(part(plugin_jar()))[:-10]
        await asyncio.Event().wait()

    with InProcess(tmp_path / "data", upload_seconds=0.1) as server:
        before = stored(server)
        assert refused(send_form(server, content()), 408, "REQUEST_TIMEOUT") == [
            "an upload must be whole within 0.1 seconds"
        ]
        assert stored(server) == before


# The same again.


def test_the_same_upload_twice_is_one_artifact(server: InProcess) -> None:
    artifacts, images, blobs = stored(server)
    first = uploaded(server, plugin_jar())
    assert uploaded(server, plugin_jar()) == first
    now = stored(server)
    assert now[:2] == (artifacts + 1, images)
    assert len(now[2] - blobs) == 1


def test_the_same_bytes_by_another_name_are_stored_once(server: InProcess) -> None:
    artifacts, images, blobs = stored(server)
    first, second = (uploaded(server, plugin_jar(), name) for name in ("a.jar", "b.jar"))
    assert artifact_id(first) != artifact_id(second)
    assert second["fileInfo"]["logicalFileName"] == "b.jar"
    assert first["fileInfo"]["checksum"] == second["fileInfo"]["checksum"]
    now = stored(server)
    assert now[:2] == (artifacts + 2, images)
    assert len(now[2] - blobs) == 1


def test_two_spaces_have_an_artifact_each_and_do_not_see_the_others(server: InProcess) -> None:
    artifacts, images, blobs = stored(server)
    ours, theirs = (uploaded(server, plugin_jar(), auth=auth) for auth in (DEVELOPER, OUTSIDER))
    assert artifact_id(ours) != artifact_id(theirs)
    now = stored(server)
    assert now[:2] == (artifacts + 2, images)
    assert len(now[2] - blobs) == 1
    for own, other, auth in ((ours, theirs, DEVELOPER), (theirs, ours, OUTSIDER)):
        for link in ("self", "binary"):
            assert server.get(own["_links"][link]["href"], auth).status_code == 200
            refused(server.get(other["_links"][link]["href"], auth), 403, "FORBIDDEN")


def test_many_uploads_of_the_same_file_at_once_are_one_artifact(server: InProcess) -> None:
    artifacts, images, blobs = stored(server)
    data = plugin_jar()
    answers = server.at_once(
        *(server.send("POST", ARTIFACTS, files={"file": ("addon.jar", data)}) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    now = stored(server)
    assert now[:2] == (artifacts + 1, images)
    assert len(now[2] - blobs) == 1
    assert server.get(answers[0].json()["_links"]["binary"]["href"]).content == data
