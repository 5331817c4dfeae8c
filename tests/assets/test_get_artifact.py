"""GET artifacts/{id}: the file, its details and links."""

import pytest

from tests.support.answers import refused
from tests.support.archives import descriptor, plugin_jar
from tests.support.bodies import ADDON_DATACENTER, ROLES, UNKNOWN, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.scenes import administer, move, new_person, set_policy
from tests.support.uploads import (
    ARTIFACTS,
    artifact_id,
    new_member,
    publish,
    release,
    uploaded,
)

DEMO = "b0000000-0000-4000-8000-469268c33333"
"""The artifact of the first version of the add-on for datacenter, which is active."""


def test_an_artifact_of_the_demo_is_told(shared: InProcess) -> None:
    answer = shared.get(f"{ARTIFACTS}/{DEMO}")
    assert answer.status_code == 200
    body = answer.json()
    assert body["fileInfo"]["logicalFileName"] == "com.example.app.addon-2.0.0.jar"
    assert body["details"] == {
        "key": "com.example.app.addon",
        "name": "Example Add-on",
        "version": "2.0.0",
        "licensingEnabled": True,
        "dataCenterCompatible": True,
        "dataCenterStatus": "compatible",
        "addOnType": "Plugins 2",
    }
    assert body["_links"] == {
        "self": {"href": f"{ARTIFACTS}/{DEMO}"},
        "binary": {
            "href": f"{ARTIFACTS}/{DEMO}/download",
            "type": "application/java-archive",
        },
    }


@pytest.mark.parametrize("suffix", ["", "/download"])
@pytest.mark.parametrize(
    "unknown", [UNKNOWN, "not-a-uuid", "1", "%00", "%FF", "..%2F..%2Fetc", DEMO.upper(), "x" * 5000]
)
def test_an_unknown_artifact_is_not_found(shared: InProcess, unknown: str, suffix: str) -> None:
    for auth in (DEVELOPER, OUTSIDER, ADMINISTRATOR):
        answer = shared.get(f"{ARTIFACTS}/{unknown}{suffix}", auth)
        code = "NOT_FOUND" if unknown == "%00" else "ARTIFACT_NOT_FOUND"
        refused(answer, 404, code)


def test_credentials_come_before_the_artifact(shared: InProcess) -> None:
    for found in (DEMO, UNKNOWN):
        refused(shared.get(f"{ARTIFACTS}/{found}", None), 401, "UNAUTHORIZED")
        refused(shared.get(f"{ARTIFACTS}/{found}", ("a@example.com", "x")), 401, "UNAUTHORIZED")


@pytest.mark.parametrize("role", ROLES)
def test_every_member_sees_what_the_space_uploaded(server: InProcess, role: str) -> None:
    artifact = uploaded(server, plugin_jar())
    auth = new_member(server, role)
    for link in artifact["_links"].values():
        assert server.get(link["href"], auth).status_code == 200


@pytest.mark.parametrize("link", ["self", "binary"])
def test_what_is_not_public_is_for_members_and_administrators(server: InProcess, link: str) -> None:
    path = uploaded(server, plugin_jar())["_links"][link]["href"]
    for used in (False, True):
        if used:
            version = release(server, path.split("/")[4])
            assert version["state"] == "auto-approved"
        assert server.get(path, DEVELOPER).status_code == 200
        assert server.get(path, ADMINISTRATOR).status_code == 200
        for auth in (OUTSIDER, new_person(server).auth):
            assert refused(server.get(path, auth), 403, "FORBIDDEN") == [
                "the artifact belongs to another developer space"
            ]
        refused(server.get(path, None), 401, "UNAUTHORIZED")


@pytest.mark.parametrize("link", ["self", "binary"])
def test_everyone_who_signs_in_sees_the_artifact_of_a_public_version(
    server: InProcess, link: str
) -> None:
    artifact = uploaded(server, plugin_jar())
    release(server, artifact_id(artifact))
    publish(server)
    path = artifact["_links"][link]["href"]
    for auth in (DEVELOPER, ADMINISTRATOR, OUTSIDER, new_person(server).auth):
        assert server.get(path, auth).status_code == 200
    refused(server.get(path, None), 401, "UNAUTHORIZED")


def test_what_is_public_no_more_is_not_seen_any_more(server: InProcess) -> None:
    artifact = uploaded(server, plugin_jar())
    path = artifact["_links"]["self"]["href"]
    release(server, artifact_id(artifact))
    publish(server)
    move(server, "archive", 9001, ADDON_DATACENTER)
    refused(server.get(path, OUTSIDER), 403, "FORBIDDEN")
    move(server, "unarchive", 9001, ADDON_DATACENTER)
    assert server.get(path, OUTSIDER).status_code == 200
    listing_path = f"{versions_path(ADDON_DATACENTER, 9001)}/listing"
    listing = server.get(listing_path).json()
    assert server.put(listing_path, json={**listing, "state": "PRIVATE"}).status_code == 200
    refused(server.get(path, OUTSIDER), 403, "FORBIDDEN")


@pytest.mark.parametrize("state", ["submitted", "rejected", "approved"])
def test_a_version_on_its_way_through_review_shows_its_artifact_to_members_only(
    server: InProcess, state: str
) -> None:
    set_policy(server, "manual")
    artifact = uploaded(server, plugin_jar())
    path = artifact["_links"]["self"]["href"]
    version = release(server, artifact_id(artifact))
    if state == "rejected":
        version = move(server, "reject", 9001, ADDON_DATACENTER, reason="No screenshots.")
    if state == "approved":
        version = move(server, "approve", 9001, ADDON_DATACENTER)
    assert version["state"] == state
    assert server.get(path).status_code == 200
    refused(server.get(path, OUTSIDER), 403, "FORBIDDEN")


def test_an_artifact_in_a_public_and_a_private_version_is_public(server: InProcess) -> None:
    found = artifact_id(uploaded(server, descriptor(key="com.example.app.addon", version=None)))
    for build_number, number in ((9001, "9.0.0"), (9002, "9.0.1")):
        release(server, found, build_number, versionNumber=number)
    publish(server, 9001)
    assert server.get(f"{ARTIFACTS}/{found}", OUTSIDER).status_code == 200


def test_what_an_administrator_uploads_is_for_whoever_uses_it(server: InProcess) -> None:
    artifact = uploaded(server, plugin_jar(), auth=ADMINISTRATOR)
    path = artifact["_links"]["self"]["href"]
    assert server.get(path, ADMINISTRATOR).status_code == 200
    refused(server.get(path, DEVELOPER), 403, "FORBIDDEN")
    release(server, artifact_id(artifact))
    assert server.get(path, DEVELOPER).status_code == 200
    refused(server.get(path, OUTSIDER), 403, "FORBIDDEN")


def test_who_leaves_the_space_sees_its_artifacts_no_more(server: InProcess) -> None:
    artifact = uploaded(server, plugin_jar())
    path = artifact["_links"]["self"]["href"]
    person = server.get("/admin/v1/people?email=developer@example.com", ADMINISTRATOR)
    person_id = person.json()["people"][0]["id"]
    space = "developer-spaces/87654321-4321-4321-4321-210987654321"
    administer(server, "DELETE", f"{space}/members/{person_id}")
    refused(server.get(path), 403, "FORBIDDEN")
