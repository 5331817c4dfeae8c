"""What a version may name as its artifact, when it is created and when it is replaced."""

from typing import Any

import pytest

from tests.support.answers import refused
from tests.support.archives import descriptor, jwb, obr, plugin_jar
from tests.support.bodies import ADDON_DATACENTER, UNKNOWN, version, versions_path
from tests.support.client import ADMINISTRATOR, OUTSIDER, InProcess
from tests.support.uploads import artifact_id, publish, release, uploaded

WHERE = "frameworkDetails.attributes.artifactId"
PATH = versions_path(ADDON_DATACENTER, 9001)


def body(found: str, framework: str = "plugin", **changes: Any) -> dict[str, Any]:
    details = {"frameworkId": framework, "attributes": {"artifactId": found}}
    fields = {"buildNumber": 9001, "versionNumber": "1.0.0", "frameworkDetails": details}
    return version(framework, **{**fields, **changes})


def problems_of(server: InProcess, sent: dict[str, Any]) -> list[str]:
    """What is wrong with a new version."""
    return refused(server.post(versions_path(ADDON_DATACENTER), json=sent), 400, "VALIDATION_ERROR")


@pytest.mark.parametrize("data", [plugin_jar(), obr(), jwb(), descriptor(version="1.0.0")])
def test_a_version_takes_an_artifact_that_agrees(server: InProcess, data: bytes) -> None:
    found = artifact_id(uploaded(server, data))
    details = release(server, found)["frameworkDetails"]
    assert details["attributes"]["artifactId"] == found


@pytest.mark.parametrize("unknown", [UNKNOWN, "not-a-uuid", "../../etc/passwd"])
def test_an_unknown_artifact_is_a_problem(server: InProcess, unknown: str) -> None:
    assert problems_of(server, body(unknown)) == [
        f"{WHERE} is no artifact that this developer space uploaded"
    ]


def test_the_artifact_of_another_space_is_a_problem(server: InProcess) -> None:
    theirs = artifact_id(uploaded(server, plugin_jar(), auth=OUTSIDER))
    assert problems_of(server, body(theirs)) == [
        f"{WHERE} is no artifact that this developer space uploaded"
    ]


def test_not_even_an_administrator_gives_a_space_the_artifact_of_another(
    server: InProcess,
) -> None:
    theirs = artifact_id(uploaded(server, plugin_jar(), auth=OUTSIDER))
    answer = server.post(versions_path(ADDON_DATACENTER), ADMINISTRATOR, json=body(theirs))
    refused(answer, 400, "VALIDATION_ERROR")


def test_key_and_version_must_be_those_of_the_app_and_the_version(server: InProcess) -> None:
    other = artifact_id(uploaded(server, plugin_jar("com.example.other", "2.0")))
    assert problems_of(server, body(other)) == [
        f"{WHERE} has the key com.example.other, but the app has com.example.app.addon",
        f"{WHERE} has the version 2.0, but versionNumber is 1.0.0",
    ]


def test_what_an_artifact_does_not_declare_agrees_with_everything(server: InProcess) -> None:
    workflow = artifact_id(uploaded(server, jwb()))
    sent = body(workflow, "workflow", versionNumber=None)
    answer = server.post(versions_path(ADDON_DATACENTER), json=sent)
    assert answer.status_code == 201, answer.text


def test_problems_of_the_artifact_come_with_all_others(server: InProcess) -> None:
    details = problems_of(server, body(UNKNOWN, buildNumber=-1, compatibilities=[]))
    assert {detail.split()[0] for detail in details} == {"buildNumber", "compatibilities", WHERE}


def test_a_version_can_be_sent_back_as_it_is(server: InProcess) -> None:
    release(server, artifact_id(uploaded(server, plugin_jar())))
    held = server.get(PATH).json()
    answer = server.put(PATH, json={**held, "beta": True})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**held, "beta": True, "revision": 2}


def test_the_artifact_of_a_version_that_is_not_active_can_change(server: InProcess) -> None:
    first = artifact_id(uploaded(server, plugin_jar()))
    second = artifact_id(uploaded(server, plugin_jar(name="Mended Add-on")))
    release(server, first)
    held = server.get(PATH).json()
    held["frameworkDetails"]["attributes"]["artifactId"] = second
    answer = server.put(PATH, json=held)
    assert answer.status_code == 200, answer.text
    assert server.get(PATH).json()["frameworkDetails"]["attributes"]["artifactId"] == second


def test_the_artifact_of_an_active_version_cannot_change(server: InProcess) -> None:
    first = artifact_id(uploaded(server, plugin_jar()))
    second = artifact_id(uploaded(server, plugin_jar(name="Mended Add-on")))
    release(server, first)
    publish(server)
    held = server.get(PATH).json()
    assert server.put(PATH, json=held).status_code == 200
    held = server.get(PATH).json()
    held["frameworkDetails"]["attributes"]["artifactId"] = second
    [detail] = refused(server.put(PATH, json=held), 400, "VALIDATION_ERROR")
    assert detail.startswith(WHERE)
    assert server.get(PATH).json()["frameworkDetails"]["attributes"]["artifactId"] == first


def test_an_update_holds_the_new_artifact_to_the_same_rules(server: InProcess) -> None:
    release(server, artifact_id(uploaded(server, plugin_jar())))
    held = server.get(PATH).json()
    other = artifact_id(uploaded(server, plugin_jar("com.example.other")))
    held["frameworkDetails"]["attributes"]["artifactId"] = other
    assert refused(server.put(PATH, json=held), 400, "VALIDATION_ERROR") == [
        f"{WHERE} has the key com.example.other, but the app has com.example.app.addon"
    ]


def test_the_number_of_an_update_must_agree_with_the_artifact_held(server: InProcess) -> None:
    release(server, artifact_id(uploaded(server, plugin_jar())))
    held = server.get(PATH).json()
    answer = server.put(PATH, json={**held, "versionNumber": "1.0.1"})
    assert refused(answer, 400, "VALIDATION_ERROR") == [
        f"{WHERE} has the version 1.0.0, but versionNumber is 1.0.1"
    ]
