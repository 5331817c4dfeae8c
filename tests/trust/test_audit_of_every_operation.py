"""Every operation that writes leaves exactly one line in the audit, and no secret in it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.developer_space.test_developer_listings import CONTENT
from tests.support.archives import plugin_jar, png
from tests.support.audit import audit, count_lines
from tests.support.bodies import (
    ADDON_DATACENTER,
    ADDON_PRODUCT,
    SPACE,
    listing,
    listing_path,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, Auth, InProcess
from tests.support.declarations import (
    EVERYTHING,
    patch_migration,
    privacy_path,
    publish_path,
    put_migration,
)
from tests.support.members import member_path, roles
from tests.support.remotes import Remote, ok
from tests.support.reviews import ANSWERED, new_reviewer, response_path, review_body
from tests.support.scenes import (
    administer,
    create,
    list_version,
    new_app,
    new_person,
    new_software,
    set_policy,
)
from tests.support.uploads import ARTIFACTS, artifact_id, publish, release, upload, uploaded
from tradepost.app import API_CLASSES
from tradepost.http.operations import declared_by

Send = Callable[[], httpx2.Response]
Scene = Callable[["Stage"], Send]
SCENES: dict[str, Scene] = {}
"""For each operation, what sets it up, and then sends the request that must succeed."""


class Stage:
    """A server, and what a scene needs of it."""

    def __init__(self, server: InProcess, remote: Remote):
        self.server = server
        self.remote = remote

    def admin(self, method: str, path: str, auth: Auth = ADMINISTRATOR, **options: Any) -> Send:
        return lambda: self.server.request(method, f"/admin/v1/{path}", auth, **options)

    def rest(self, method: str, path: str, auth: Auth = DEVELOPER, **options: Any) -> Send:
        return lambda: self.server.request(method, path, auth, **options)


def scene(name: str) -> Callable[[Scene], Scene]:
    def mark(found: Scene) -> Scene:
        SCENES[name] = found
        return found

    return mark


def draft(stage: Stage, software: str) -> int:
    path = f"app-software/{software}/versions"
    return int(administer(stage.server, "POST", path, version(draft=True))["buildNumber"])


def submitted_listing(stage: Stage) -> str:
    product = new_app(stage.server, f"com.example.{len(SCENES)}.{count_lines(stage.server)}")
    set_policy(stage.server, "manual")
    path = f"/rest/3/product-listing/{product}"
    held = stage.server.get(path).json()
    assert stage.server.put(path, json={**held, "state": "PUBLIC"}).status_code == 200
    return product


def access_token(stage: Stage, software: str) -> str:
    return str(stage.server.post(f"/rest/3/app-software/{software}/tokens").json()["token"])


@scene("createAppSoftwareVersion")
def _(stage: Stage) -> Send:
    return stage.rest("POST", versions_path(), json=version())


@scene("updateAppSoftwareVersion")
def _(stage: Stage) -> Send:
    software = new_software(stage.server)
    held = create(stage.server, software, version())
    path = versions_path(software, held["buildNumber"])
    return stage.rest("PUT", path, json={**held, "beta": True})


@scene("createAccessToken")
def _(stage: Stage) -> Send:
    return stage.rest("POST", f"/rest/3/app-software/{new_software(stage.server)}/tokens")


@scene("revokeAccessToken")
def _(stage: Stage) -> Send:
    software = new_software(stage.server)
    body = {"token": access_token(stage, software)}
    return stage.admin("POST", f"app-software/{software}/tokens/revoke", json=body)


@scene("uploadArtifact")
def _(stage: Stage) -> Send:
    return lambda: upload(stage.server, plugin_jar(version="7.7.7"))


@scene("fetchArtifact")
def _(stage: Stage) -> Send:
    body = {"uri": stage.remote.url("/addon.jar")}
    return stage.rest("POST", f"{ARTIFACTS}/fetch", json=body)


@scene("uploadImage")
def _(stage: Stage) -> Send:
    path = "/rest/3/assets/images/icon"
    return lambda: upload(stage.server, png(), "icon.png", path=path)


@scene("downloadArtifact")
def _(stage: Stage) -> Send:
    held = release(stage.server, artifact_id(uploaded(stage.server, plugin_jar())))
    publish(stage.server, held["buildNumber"])
    found = held["frameworkDetails"]["attributes"]["artifactId"]
    query = f"access-token={access_token(stage, ADDON_DATACENTER)}&cloudId=one"
    return stage.rest("GET", f"{ARTIFACTS}/{found}/download?{query}", None)


@scene("createAppSoftwareVersionListing")
def _(stage: Stage) -> Send:
    software = new_software(stage.server)
    build = create(stage.server, software, version())["buildNumber"]
    return stage.rest("POST", listing_path(build, software), json=listing())


@scene("updateAppSoftwareVersionListing")
def _(stage: Stage) -> Send:
    software = new_software(stage.server)
    build = create(stage.server, software, version())["buildNumber"]
    held = list_version(stage.server, software, build, "PRIVATE")
    return stage.rest("PUT", listing_path(build, software), json={**held, "state": "PUBLIC"})


@scene("updateProductListing")
def _(stage: Stage) -> Send:
    path = f"/rest/3/product-listing/{new_app(stage.server, 'com.example.listed')}"
    held = stage.server.get(path).json()
    return stage.rest("PUT", path, json={**held, "tagLine": "See more"})


@scene("approveAppListing")
def _(stage: Stage) -> Send:
    return stage.admin("POST", f"apps/{submitted_listing(stage)}/listing/approve")


@scene("rejectAppListing")
def _(stage: Stage) -> Send:
    path = f"apps/{submitted_listing(stage)}/listing/reject"
    return stage.admin("POST", path, json={"reason": "No"})


@scene("createDeveloperMember")
def _(stage: Stage) -> Send:
    path = member_path(new_person(stage.server).id)
    return stage.rest("POST", path, json={"roles": roles("viewer")})


@scene("updateDeveloperMember")
def _(stage: Stage) -> Send:
    return stage.rest("PUT", _member(stage), json={"roles": roles("release-manager")})


@scene("deleteDeveloperMember")
def _(stage: Stage) -> Send:
    return stage.rest("DELETE", _member(stage))


def _member(stage: Stage) -> str:
    path = member_path(new_person(stage.server).id)
    assert stage.server.post(path, json={"roles": roles("viewer")}).status_code == 201
    return path


@scene("createPerson")
def _(stage: Stage) -> Send:
    return stage.admin("POST", "people", json={"email": "somebody@example.com"})


@scene("updatePerson")
def _(stage: Stage) -> Send:
    path = f"people/{new_person(stage.server).id}"
    return stage.admin("PATCH", path, json={"name": "Another"})


@scene("archivePerson")
def _(stage: Stage) -> Send:
    return stage.admin("POST", f"people/{new_person(stage.server).id}/archive")


@scene("unarchivePerson")
def _(stage: Stage) -> Send:
    path = f"people/{new_person(stage.server).id}"
    administer(stage.server, "POST", f"{path}/archive")
    return stage.admin("POST", f"{path}/unarchive")


@scene("createApiToken")
def _(stage: Stage) -> Send:
    path = f"people/{new_person(stage.server).id}/api-tokens"
    return stage.admin("POST", path, json={"name": "ci"})


@scene("revokeApiToken")
def _(stage: Stage) -> Send:
    return stage.admin("POST", f"api-tokens/{new_person(stage.server).token_id}/revoke")


def _space(stage: Stage) -> str:
    body = {"name": "Tools"}
    return str(administer(stage.server, "POST", "developer-spaces", body)["id"])


@scene("createDeveloperSpace")
def _(stage: Stage) -> Send:
    return stage.admin("POST", "developer-spaces", json={"name": "Tools"})


@scene("updateDeveloperSpace")
def _(stage: Stage) -> Send:
    return stage.admin("PATCH", f"developer-spaces/{_space(stage)}", json={"name": "More"})


@scene("archiveDeveloperSpace")
def _(stage: Stage) -> Send:
    return stage.admin("POST", f"developer-spaces/{_space(stage)}/archive")


@scene("unarchiveDeveloperSpace")
def _(stage: Stage) -> Send:
    space = _space(stage)
    administer(stage.server, "POST", f"developer-spaces/{space}/archive")
    return stage.admin("POST", f"developer-spaces/{space}/unarchive")


@scene("putMember")
def _(stage: Stage) -> Send:
    path = f"developer-spaces/{_space(stage)}/members/{new_person(stage.server).id}"
    return stage.admin("PUT", path, json={"roles": ["viewer"]})


@scene("removeMember")
def _(stage: Stage) -> Send:
    path = f"developer-spaces/{_space(stage)}/members/{new_person(stage.server).id}"
    administer(stage.server, "PUT", path, {"roles": ["viewer"]})
    return stage.admin("DELETE", path)


def _listings(stage: Stage, kind: str, *, there: bool) -> str:
    path = f"developer-spaces/{_space(stage)}/listings/{kind}"
    if there:
        administer(stage.server, "PUT", path, CONTENT[kind])
    return path


@scene("putDeveloperCoreListing")
def _(stage: Stage) -> Send:
    path = _listings(stage, "DEVELOPER_CORE", there=False)
    return stage.admin("PUT", path, json=CONTENT["DEVELOPER_CORE"])


@scene("putDeveloperWebListing")
def _(stage: Stage) -> Send:
    path = _listings(stage, "DEVELOPER_WEB", there=True)
    return stage.admin("PUT", path, json=CONTENT["DEVELOPER_WEB"])


@scene("deleteDeveloperCoreListing")
def _(stage: Stage) -> Send:
    return stage.admin("DELETE", _listings(stage, "DEVELOPER_CORE", there=True))


@scene("deleteDeveloperWebListing")
def _(stage: Stage) -> Send:
    return stage.admin("DELETE", _listings(stage, "DEVELOPER_WEB", there=True))


@scene("createApp")
def _(stage: Stage) -> Send:
    body = {"appKey": "com.example.another", "developerSpaceId": SPACE}
    return stage.admin("POST", "apps", json=body)


@scene("archiveApp")
def _(stage: Stage) -> Send:
    return stage.admin("POST", f"apps/{new_app(stage.server, 'com.example.a')}/archive")


@scene("unarchiveApp")
def _(stage: Stage) -> Send:
    path = f"apps/{new_app(stage.server, 'com.example.a')}"
    administer(stage.server, "POST", f"{path}/archive")
    return stage.admin("POST", f"{path}/unarchive")


@scene("createAppSoftware")
def _(stage: Stage) -> Send:
    path = f"apps/{new_app(stage.server, 'com.example.a')}/app-software"
    return stage.admin("POST", path, json={"hosting": "cloud"})


@scene("archiveAppSoftware")
def _(stage: Stage) -> Send:
    return stage.admin("POST", f"app-software/{new_software(stage.server)}/archive")


@scene("unarchiveAppSoftware")
def _(stage: Stage) -> Send:
    path = f"app-software/{new_software(stage.server)}"
    administer(stage.server, "POST", f"{path}/archive")
    return stage.admin("POST", f"{path}/unarchive")


@scene("createVersion")
def _(stage: Stage) -> Send:
    path = f"app-software/{new_software(stage.server)}/versions"
    return stage.admin("POST", path, DEVELOPER, json=version(draft=True))


def _moves(name: str, before: tuple[str, ...], how: str, **body: str) -> None:
    @scene(name)
    def _(stage: Stage) -> Send:
        software = new_software(stage.server)
        path = f"app-software/{software}/versions/{draft(stage, software)}"
        for step in before:
            administer(stage.server, "POST", f"{path}/{step}")
        options: dict[str, Any] = {"json": body} if body else {}
        return stage.admin("POST", f"{path}/{how}", **options)


@scene("updateReviewResponse")
def _(stage: Stage) -> Send:
    return stage.rest("PUT", response_path(ANSWERED), json={"responseContent": "Thank you"})


@scene("deleteReviewResponse")
def _(stage: Stage) -> Send:
    return stage.rest("DELETE", response_path(ANSWERED))


@scene("createReview")
def _(stage: Stage) -> Send:
    path = f"apps/{ADDON_PRODUCT}/reviews"
    return stage.admin("POST", path, json=review_body(new_reviewer(stage.server)))


@scene("updateReview")
def _(stage: Stage) -> Send:
    return stage.admin("PATCH", f"apps/{ADDON_PRODUCT}/reviews/{ANSWERED}", json={"stars": 1})


@scene("removeReview")
def _(stage: Stage) -> Send:
    return stage.admin("DELETE", f"apps/{ADDON_PRODUCT}/reviews/{ANSWERED}")


@scene("updatePrivacyAndSecurity")
def _(stage: Stage) -> Send:
    return stage.rest("PUT", privacy_path(ADDON_PRODUCT), json={"commonCloud": EVERYTHING})


@scene("deletePrivacyAndSecurity")
def _(stage: Stage) -> Send:
    return stage.rest("DELETE", privacy_path(ADDON_PRODUCT))


@scene("publishPrivacyAndSecurity")
def _(stage: Stage) -> Send:
    return stage.rest("POST", publish_path(ADDON_PRODUCT))


@scene("updateProductMigration")
def _(stage: Stage) -> Send:
    return lambda: put_migration(stage.server, ADDON_PRODUCT)


@scene("patchProductMigration")
def _(stage: Stage) -> Send:
    step = ("add", "/migrationPath", "MANUAL")
    return lambda: patch_migration(stage.server, ADDON_PRODUCT, step)


_moves("submitVersion", (), "submit")
_moves("approveVersion", ("submit",), "approve")
_moves("rejectVersion", ("submit",), "reject", reason="No")
_moves("archiveVersion", (), "archive")
_moves("unarchiveVersion", ("archive",), "unarchive")

OPERATIONS = {operation.name: operation for api in API_CLASSES for operation in declared_by(api)}
WRITING = {name for name, operation in OPERATIONS.items() if operation.method != "GET"}
CREATES = {name for name in WRITING if name.startswith(("create", "upload", "fetch"))} | {
    "putMember",
    "putDeveloperCoreListing",
}
REMOVES = {name for name in WRITING if name.startswith(("delete", "remove"))} | {
    "revokeAccessToken"
}


def test_every_operation_that_writes_has_a_scene() -> None:
    assert SCENES.keys() == WRITING | {"downloadArtifact"}  # which redeems access tokens


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    with Remote({"/addon.jar": ok(plugin_jar(version="8.8.8"))}) as remote:
        yield remote


@pytest.fixture
def stage(tmp_path: Path, engine: str, remote: Remote) -> Iterator[Stage]:
    host = f"127.0.0.1:{remote.port}"
    with InProcess(tmp_path / "data", engine=engine, fetch_hosts=host) as server:
        yield Stage(server, remote)


@pytest.mark.parametrize("name", sorted(SCENES))
def test_it_leaves_one_line(stage: Stage, name: str) -> None:
    send = SCENES[name](stage)
    before = count_lines(stage.server)
    answer = send()
    assert answer.is_success, answer.text
    assert count_lines(stage.server) == before + 1
    line = audit(stage.server)[0]
    assert line["action"] == name
    assert line["requestId"] == answer.headers["x-request-id"]
    assert line["address"] == "127.0.0.1"
    assert line["target"]["type"]
    assert line["target"]["id"]
    assert ("before" in line, "after" in line) == (name not in CREATES, name not in REMOVES)
    text = json.dumps(line)
    assert "tp_" not in text
    assert "at_" not in text.replace("at_***", "")


@pytest.mark.parametrize("name", sorted(SCENES))
def test_it_leaves_none_where_it_is_refused(stage: Stage, name: str) -> None:
    operation = OPERATIONS[name]
    before = count_lines(stage.server)
    unknown = "00000000-0000-4000-8000-000000000000"
    path = operation.path
    for part in ("{buildNumber}", "{imageType}"):
        path = path.replace(part, "1" if part == "{buildNumber}" else "none")
    filled = "/".join(unknown if part.startswith("{") else part for part in path.split("/"))
    answer = stage.server.request(operation.method, filled, ADMINISTRATOR, json=[])
    assert answer.is_client_error, answer.text
    assert count_lines(stage.server) == before
