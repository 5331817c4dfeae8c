"""Whose an upload is: several developer spaces of one uploader, administrators, archived spaces."""

import pytest

from tests.support.answers import refused
from tests.support.archives import plugin_jar, png
from tests.support.bodies import SPACE
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.members import member_path, new_space, person_id, roles
from tests.support.scenes import administer
from tests.support.uploads import artifact_id, new_member, release, upload, uploaded

JAR = plugin_jar()


def test_an_upload_of_somebody_who_releases_in_two_spaces_is_for_them_alone_until_it_is_used(
    server: InProcess,
) -> None:
    outsider = person_id(server, OUTSIDER[0])
    joined = server.post(member_path(outsider), json={"roles": roles("release-manager")})
    assert joined.status_code == 201, joined.text
    artifact = uploaded(server, plugin_jar(key="com.outsider.app.calendar"), auth=OUTSIDER)
    path = artifact["_links"]["self"]["href"]
    assert server.get(path, OUTSIDER).status_code == 200
    viewer = new_member(server, "viewer")
    for stranger in (DEVELOPER, viewer):
        refused(server.get(path, stranger), 403, "FORBIDDEN")
        refused(server.get(f"{path}/download", stranger), 403, "FORBIDDEN")


def test_an_upload_of_an_administrator_is_for_every_space_and_seen_by_those_who_use_it(
    server: InProcess,
) -> None:
    artifact = uploaded(server, JAR, auth=ADMINISTRATOR)
    path = artifact["_links"]["self"]["href"]
    refused(server.get(path), 403, "FORBIDDEN")
    release(server, artifact_id(artifact), 9001)
    assert server.get(path).json() == artifact
    refused(server.get(path, OUTSIDER), 403, "FORBIDDEN")


@pytest.mark.parametrize("path", ["/rest/3/artifacts", "/rest/3/assets/images/icon"])
def test_an_archived_developer_space_takes_no_uploads(server: InProcess, path: str) -> None:
    content = JAR if path.endswith("artifacts") else png(16, 16)
    administer(server, "POST", f"developer-spaces/{SPACE}/archive")
    answer = server.post(path, files={"file": ("file", content)})
    assert answer.status_code == 400, answer.text
    assert [e["detail"] for e in answer.json()["errors"]] == ["the developer space is archived"]
    administer(server, "POST", f"developer-spaces/{SPACE}/unarchive")
    assert server.post(path, files={"file": ("file", content)}).status_code == 200


def test_an_upload_belongs_to_the_spaces_that_are_not_archived(server: InProcess) -> None:
    second = new_space(server)
    administer(
        server,
        "PUT",
        f"developer-spaces/{second}/members/{person_id(server, DEVELOPER[0])}",
        {"roles": ["admin"]},
    )
    administer(server, "POST", f"developer-spaces/{second}/archive")
    path = uploaded(server, JAR)["_links"]["self"]["href"]
    assert server.get(path, new_member(server, "viewer")).status_code == 200
    assert upload(server, JAR).json()["_links"]["self"]["href"] == path
