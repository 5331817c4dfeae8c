"""Access tokens on their page, over HTTP."""

import pytest

from tests.support.administration import new_person, person_of
from tests.support.bodies import ADDON_CLOUD, ADDON_DATACENTER, SPACE, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.consoles import follow, said, surf

PAGE = f"/app-software/{ADDON_DATACENTER}/tokens"
TOKENS = f"/rest/3/app-software/{ADDON_DATACENTER}/tokens"


def tokens(server: InProcess) -> list[str]:
    return [one["token"] for one in server.get(TOKENS).json()["tokens"]]


@pytest.mark.parametrize("person", [DEVELOPER, ADMINISTRATOR], ids=["member", "administrator"])
def test_a_token_is_made_shown_and_revoked(server: InProcess, person: tuple[str, str]) -> None:
    surfer = surf(server, person)
    before = tokens(server)
    made = surfer.post(PAGE)
    [token] = [one for one in tokens(server) if one not in before]
    assert token not in made.headers["location"]
    page = follow(surfer, made)
    assert token in page.text
    assert "new at_" in said(page)
    page = follow(surfer, surfer.post(f"{PAGE}/revoke", {"token": token}))
    assert token not in page.text
    assert "The token is revoked" in said(page)
    assert tokens(server) == before


def test_the_page_tells_which_site_has_redeemed_a_token(server: InProcess) -> None:
    surfer = surf(server)
    page = said(surfer.get(f"/app-software/{ADDON_CLOUD}/tokens"))
    held = server.get(f"/rest/3/app-software/{ADDON_CLOUD}/tokens").json()["tokens"]
    for site in [one["cloudId"] or one["instance"] for one in held]:
        assert site is None or site in page
    assert "no site yet" in page


def test_revoking_what_is_revoked_tells_so(server: InProcess) -> None:
    surfer = surf(server)
    answer = surfer.post(f"{PAGE}/revoke", {"token": "at_gone"})
    assert answer.status_code == 404
    assert "no such access token" in said(answer)


def test_others_are_told_that_tokens_are_for_members(server: InProcess) -> None:
    answer = surf(server, OUTSIDER).get(PAGE)
    assert answer.status_code == 403
    assert "for the members of the developer space" in said(answer)
    assert "at_" not in answer.text
    assert "Create an access token" not in said(answer)


def test_a_viewer_sees_tokens_and_makes_none(server: InProcess) -> None:
    person = person_of(server, "viewer@example.com")
    made = server.post(
        f"/admin/v1/people/{person['id']}/api-tokens", ADMINISTRATOR, json={"name": "laptop"}
    )
    surfer = surf(server, (person["email"], made.json()["token"]))
    page = surfer.get(f"/app-software/{ADDON_CLOUD}/tokens")
    assert page.status_code == 200
    assert "release-manager create and revoke them" in said(page)
    refused = surfer.post(f"/app-software/{ADDON_CLOUD}/tokens")
    assert refused.status_code == 403
    assert "role" in said(refused)


def test_an_app_software_that_is_not_there_is_not_found(server: InProcess) -> None:
    assert surf(server).get(f"/app-software/{UNKNOWN}/tokens").status_code == 404


def test_a_new_member_sees_them_with_the_next_request(server: InProcess) -> None:
    person, auth = new_person(server)
    surfer = surf(server, auth)
    assert surfer.get(PAGE).status_code == 403
    path = f"/admin/v1/developer-spaces/{SPACE}/members/{person['id']}"
    assert server.request("PUT", path, ADMINISTRATOR, json={"roles": ["viewer"]}).is_success
    assert surfer.get(PAGE).status_code == 200
