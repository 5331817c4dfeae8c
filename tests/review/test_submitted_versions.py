"""The review queue: what waits for a reviewer, over all apps."""

import pytest

from tests.support.administration import APPS, NO_ADMINISTRATORS, create, do, read, walk
from tests.support.bodies import CALENDAR_CLOUD, codes, version, versions_path
from tests.support.client import OUTSIDER, Auth, InProcess

QUEUE = "/admin/v1/submitted-versions"


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_the_queue_has_what_is_submitted_in_the_order_of_its_creation(
    server: InProcess, limit: int
) -> None:
    before = walk(server, QUEUE, "versions", limit)
    assert before, "the demo data has versions that wait"
    made = [server.post(versions_path(CALENDAR_CLOUD), OUTSIDER, json=version()) for _ in range(3)]
    assert [answer.json()["state"] for answer in made] == ["submitted"] * 3
    queue = walk(server, QUEUE, "versions", limit)
    assert queue[: len(before)] == before
    assert queue[len(before) :] == [
        {
            "appKey": "com.outsider.app.calendar",
            "appSoftwareId": CALENDAR_CLOUD,
            "hosting": "cloud",
            "buildNumber": answer.json()["buildNumber"],
            "versionNumber": answer.json()["versionNumber"],
            "createdBy": "outsider@example.com",
            "createdAt": answer.json()["createdAt"],
            "submittedAt": answer.json()["approvalDetails"]["submittedAt"],
        }
        for answer in made
    ]


def test_a_reviewed_version_leaves_the_queue(server: InProcess) -> None:
    before = read(server, QUEUE)["versions"]
    first = before[0]
    path = f"/admin/v1/app-software/{first['appSoftwareId']}/versions/{first['buildNumber']}"
    do(server, f"{path}/approve")
    assert read(server, QUEUE)["versions"] == before[1:]


def test_a_version_without_a_number_waits_with_null(server: InProcess) -> None:
    software = do_software(server)
    sent = version("external", buildNumber=7)
    assert server.post(versions_path(software), OUTSIDER, json=sent).status_code == 201
    last = walk(server, QUEUE, "versions", 50)[-1]
    assert (last["appSoftwareId"], last["versionNumber"]) == (software, None)


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
def test_only_administrators_see_the_queue(
    shared: InProcess, auth: Auth, status: int, code: str
) -> None:
    answer = shared.get(QUEUE, auth)
    assert (answer.status_code, codes(answer.json())) == (status, [code])


def do_software(server: InProcess) -> str:
    """A new app software of the outsider's app, for data centers."""
    product = "456789ab-4567-4567-8567-456789abcdef"
    software_id: str = create(server, f"{APPS}/{product}/app-software", hosting="datacenter")["id"]
    return software_id
