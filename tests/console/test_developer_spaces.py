"""Developer spaces and their members on their pages, over HTTP."""

from typing import Any

import pytest

from tests.support.administration import new_person, person_of, read
from tests.support.bodies import OUTSIDER_SPACE, ROLES, SPACE, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.consoles import Surfer, follow, said, surf
from tradepost.console.pages import members

PAGE = f"/developer-spaces/{SPACE}"


@pytest.fixture
def administrator(server: InProcess) -> Surfer:
    return surf(server, ADMINISTRATOR)


@pytest.fixture
def member(server: InProcess) -> Surfer:
    return surf(server)


def held(server: InProcess, person_id: str) -> dict[str, Any] | None:
    answer = server.get(f"/rest/3/developer-space/{SPACE}/members/{person_id}")
    if answer.status_code == 404:
        return None
    found: dict[str, Any] = answer.json()
    return found


def roles(server: InProcess, person_id: str) -> list[str]:
    found = held(server, person_id)
    return [] if found is None else [role["roleId"] for role in found["roles"]]


def seen(page: Any) -> str:
    found: str = page.text.partition('name="seen" value="')[2].partition('" ')[0].partition('">')[0]
    return found.replace("&#34;", '"')


def test_administrators_see_all_and_others_their_own(
    server: InProcess, administrator: Surfer, member: Surfer
) -> None:
    spaces = read(server, "/admin/v1/developer-spaces")["developerSpaces"]
    page = administrator.get("/developer-spaces")
    assert all(f'href="/developer-spaces/{space["id"]}"' in page.text for space in spaces)
    page = member.get("/developer-spaces")
    assert PAGE in page.text
    assert OUTSIDER_SPACE not in page.text
    assert "Create" not in said(page)
    person, auth = new_person(server)
    page = surf(server, auth).get("/developer-spaces")
    assert "You belong to none" in said(page)
    assert person["id"] in said(page)


def test_a_developer_space_is_created_changed_and_archived(
    server: InProcess, administrator: Surfer
) -> None:
    sent = {"name": "Our <tools>", "policy": "manual"}
    made = administrator.post("/developer-spaces", sent)
    page = follow(administrator, made)
    path = made.headers["location"]
    assert "Our &lt;tools&gt;" in page.text
    space = read(server, f"/admin/v1{path}")
    assert (space["name"], space["approvalPolicy"]) == ("Our <tools>", "manual")
    follow(administrator, administrator.post(path, {"name": "Tools", "policy": "auto"}))
    space = read(server, f"/admin/v1{path}")
    assert (space["name"], space["approvalPolicy"]) == ("Tools", "auto")
    page = follow(administrator, administrator.post(f"{path}/archive"))
    assert "archived" in said(page)
    refused = administrator.post(path, {"name": "Other", "policy": "auto"})
    assert refused.status_code == 400
    assert "the developer space is archived" in said(refused)
    assert 'value="Other"' in refused.text
    follow(administrator, administrator.post(f"{path}/unarchive"))
    assert "archivedAt" not in read(server, f"/admin/v1{path}")


def test_a_developer_space_without_a_name_is_not_made(administrator: Surfer) -> None:
    page = administrator.post("/developer-spaces", {"name": " ", "policy": "manual"})
    assert page.status_code == 400
    assert "name must" in page.text.partition('id="name-told"')[2][:200]
    assert '<option value="manual" selected>' in page.text


def test_members_see_members_and_private_apps_and_others_do_not(
    server: InProcess, member: Surfer
) -> None:
    page = said(member.get(PAGE))
    assert "Rita Release release@example.com release-manager" in page
    assert "com.example.app.checklists" in page
    page = said(surf(server, OUTSIDER).get(PAGE))
    assert "Its members are for its members to see" in page
    assert "release@example.com" not in page
    assert "com.example.app.checklists" not in page
    assert "com.example.app.addon" in page


def test_an_administrator_adds_by_email_and_a_member_by_id(
    server: InProcess, administrator: Surfer, member: Surfer
) -> None:
    by_email, _ = new_person(server, "one@example.com")
    by_id, _ = new_person(server, "two@example.com")
    sent = {"person": "One@example.com", "role": ["viewer", "release-manager"]}
    page = follow(administrator, administrator.post(f"{PAGE}/add-member", sent))
    assert "one@example.com" in said(page)
    assert roles(server, by_email["id"]) == ["viewer", "release-manager"]
    sent = {"person": by_id["id"], "role": ["data-analyst"], "category": "finance"}
    follow(member, member.post(f"{PAGE}/add-member", sent))
    found = held(server, by_id["id"])
    assert found is not None
    assert found["categories"] == ["finance"]


@pytest.mark.parametrize(
    ("person", "given", "told"),
    [
        ("nobody@example.com", ["viewer"], "person belongs to nobody"),
        ("", ["viewer"], "person is required"),
        (UNKNOWN, ["viewer"], "person belongs to nobody"),
        ("developer@example.com", ["viewer"], "member already"),
        ("outsider@example.com", [], "roles must have at least 1 element"),
        ("outsider@example.com", ["king"], "roles[0].roleId must be one of"),
    ],
)
def test_what_is_wrong_with_a_new_member_is_told(
    administrator: Surfer, person: str, given: list[str], told: str
) -> None:
    page = administrator.post(f"{PAGE}/add-member", {"person": person, "role": given})
    assert page.status_code in (400, 404)
    assert told in said(page)
    assert f'name="person" value="{person}"' in page.text


def test_roles_are_changed_and_a_member_is_removed(server: InProcess, member: Surfer) -> None:
    person = person_of(server, "viewer@example.com")
    path = f"{PAGE}/members/{person['id']}"
    page = member.get(path)
    assert page.text.count(" checked") == 3  # two roles and a category
    sent = {"seen": seen(page), "role": ["release-manager"], "category": ["support", "security"]}
    follow(member, member.post(path, sent))
    found = held(server, person["id"])
    assert found is not None
    assert (roles(server, person["id"]), found["categories"]) == (
        ["release-manager"],
        ["support", "security"],
    )
    page = follow(member, member.post(f"{path}/remove"))
    assert "viewer@example.com" not in said(page)
    assert held(server, person["id"]) is None
    assert member.get(path).status_code == 404


def test_roles_that_somebody_has_changed_meanwhile_are_shown(
    server: InProcess, member: Surfer, administrator: Surfer
) -> None:
    person = person_of(server, "viewer@example.com")
    path = f"{PAGE}/members/{person['id']}"
    mine, theirs = member.get(path), administrator.get(path)
    sent = {"seen": seen(theirs), "role": "listing-specialist"}
    follow(administrator, administrator.post(path, sent))
    page = member.post(path, {"seen": seen(mine), "role": "promotions-manager"})
    assert page.status_code == 412
    assert "Somebody has changed this member meanwhile" in said(page)
    assert 'value="listing-specialist" aria-describedby="about-listing-specialist" checked' in (
        page.text
    )
    assert roles(server, person["id"]) == ["listing-specialist"]
    follow(member, member.post(path, {"seen": seen(page), "role": "promotions-manager"}))
    assert roles(server, person["id"]) == ["promotions-manager"]


def test_the_last_who_manages_members_stays(server: InProcess, member: Surfer) -> None:
    person = person_of(server, DEVELOPER[0])
    path = f"{PAGE}/members/{person['id']}"
    page = member.post(path, {"seen": seen(member.get(path)), "role": "viewer"})
    assert page.status_code == 400
    assert "this is the last member with the role admin" in said(page)
    page = member.post(f"{path}/remove")
    assert page.status_code == 400
    assert roles(server, person["id"]) == ["admin"]


def test_members_without_the_role_see_and_change_nothing(server: InProcess) -> None:
    viewer = person_of(server, "viewer@example.com")
    made = server.post(
        f"/admin/v1/people/{viewer['id']}/api-tokens", ADMINISTRATOR, json={"name": "x"}
    )
    surfer = surf(server, (viewer["email"], made.json()["token"]))
    assert "Add a member" not in said(surfer.get(PAGE))
    path = f"{PAGE}/members/{viewer['id']}"
    page = surfer.get(path)
    assert "Members with the role admin change this" in said(page)
    assert "Save" not in said(page)
    refused = surfer.post(path, {"seen": seen(page), "role": "admin"})
    assert refused.status_code == 403
    assert "role" in said(refused)
    assert surfer.post(f"{PAGE}/add-member", {"person": UNKNOWN, "role": "viewer"}).status_code == (
        403
    )
    assert roles(server, viewer["id"]) == ["viewer", "data-analyst"]


def test_others_see_no_member(server: InProcess) -> None:
    surfer = surf(server, OUTSIDER)
    viewer = person_of(server, "viewer@example.com")
    assert surfer.get(f"{PAGE}/members/{viewer['id']}").status_code == 403
    assert surfer.post(PAGE, {"name": "Mine", "policy": "auto"}).status_code == 403
    assert surfer.post("/developer-spaces", {"name": "Mine"}).status_code == 403
    assert surfer.get(f"/developer-spaces/{UNKNOWN}").status_code == 404


def test_every_role_is_told(member: Surfer) -> None:
    assert sorted(members.ROLES) == sorted(ROLES)
    page = said(member.get(f"{PAGE}/add-member"))
    assert all(f"{role} {allows}" in page for role, allows in members.ROLES.items())
