"""How heavy the pages of administration are, full to their last row."""

import pytest

from tests.support.administration import create, person_of
from tests.support.bodies import ADDON_CLOUD, CALENDAR_CLOUD, SPACE, version, versions_path
from tests.support.client import ADMINISTRATOR, OUTSIDER, InProcess
from tests.support.consoles import surf, weight

MOST = 100_000


@pytest.fixture
def full(server: InProcess) -> InProcess:
    """A server with more of everything than a page shows."""
    admin = person_of(server, ADMINISTRATOR[0])["id"]
    for number in range(26):
        person = create(
            server,
            "/admin/v1/people",
            email=f"a.rather.long.email.of.{number}@department.example.com",
            name="A rather long name of somebody",
        )
        path = f"/admin/v1/developer-spaces/{SPACE}/members/{person['id']}"
        roles = {"roles": ["release-manager", "listing-specialist", "data-analyst"]}
        assert server.request("PUT", path, ADMINISTRATOR, json=roles).is_success
        create(server, "/admin/v1/developer-spaces", name="A rather long name of makers")
        create(server, f"/admin/v1/people/{admin}/api-tokens", name=f"laptop number {number}")
        create(server, "/admin/v1/apps", appKey=f"com.example.n{number}", developerSpaceId=SPACE)
        assert server.post(f"/rest/3/app-software/{ADDON_CLOUD}/tokens").status_code == 201
        sent = version(changelog={"releaseSummary": "s" * 200, "releaseNotes": "n" * 400})
        made = server.post(versions_path(CALENDAR_CLOUD), OUTSIDER, json=sent)
        assert made.status_code == 201
    return server


def test_no_page_is_too_heavy(full: InProcess) -> None:
    surfer = surf(full, ADMINISTRATOR)
    admin = person_of(full, ADMINISTRATOR[0])["id"]
    member = person_of(full, "developer@example.com")["id"]
    paths = [
        f"/app-software/{ADDON_CLOUD}/tokens",
        "/review",
        f"/review/{CALENDAR_CLOUD}/20",
        "/people",
        f"/people/{admin}",
        "/developer-spaces",
        f"/developer-spaces/{SPACE}",
        f"/developer-spaces/{SPACE}/members/{member}",
        "/parent-software",
        "/parent-software/jira",
        "/audit",
    ]
    heavy = {path: found for path in paths if (found := weight(surfer, path)) > MOST}
    assert heavy == {}
