"""A developer space by its id and by its vendor id, and its catalog account."""

import pytest

from tests.support.answers import refused
from tests.support.bodies import SPACE, UNKNOWN
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.members import new_space, space_path
from tests.support.scenes import administer, as_caller

UNKNOWN_SPACE = "there is no developer space with this id"
UNKNOWN_VENDOR = "there is no developer space with this vendor id"
NOT_SPACES = [UNKNOWN, "x", "%F0%9F%99%82", f"{SPACE}x"]


def vendor_path(vendor_id: object) -> str:
    return f"/rest/3/developer-space/vendor/{vendor_id}"


def account_path(space_id: str = SPACE) -> str:
    return f"{space_path(space_id)}/catalog-account"


@pytest.mark.parametrize("who", ["member", "outsider", "stranger", "administrator"])
def test_everyone_who_signs_in_sees_a_space(shared: InProcess, who: str) -> None:
    space_id = new_space(shared, name="Our tools")
    vendor_id = administer(shared, "GET", f"developer-spaces/{space_id}")["vendorId"]
    auth = as_caller(shared, who)
    answer = shared.get(space_path(space_id), auth)
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "id": space_id,
            "name": "Our tools",
            "status": "ACTIVE",
            "type": "ATLASSIAN_EXTERNAL",
            "vendorId": vendor_id,
            "version": 1,
        },
    )
    answer = shared.get(vendor_path(vendor_id), auth)
    assert (answer.status_code, answer.json()) == (200, {"developerId": space_id})


def test_an_archived_space_says_so(server: InProcess) -> None:
    administer(server, "POST", f"developer-spaces/{SPACE}/archive")
    assert server.get(space_path(), OUTSIDER).json()["status"] == "ARCHIVED"
    administer(server, "POST", f"developer-spaces/{SPACE}/unarchive")
    assert server.get(space_path(), OUTSIDER).json()["status"] == "ACTIVE"


def test_the_version_grows_with_each_change_and_with_nothing_else(server: InProcess) -> None:
    path = f"developer-spaces/{SPACE}"
    first = server.get(space_path()).json()["version"]
    changes = [
        {"name": "Renamed"},
        {"approvalPolicy": "manual"},
        {"catalogAccountId": "account-1"},
        {"name": "Again", "approvalPolicy": "auto"},
        {"catalogAccountId": None},
    ]
    for number, body in enumerate(changes, first + 1):
        for _ in range(2):  # the second time it changes nothing
            administer(server, "PATCH", path, body)
            assert server.get(space_path()).json()["version"] == number
    administer(server, "PATCH", path, {})
    for number, how in enumerate(["archive", "unarchive"], first + len(changes) + 1):
        for _ in range(2):
            administer(server, "POST", f"{path}/{how}")
            assert server.get(space_path()).json()["version"] == number
    assert server.get(space_path()).json()["name"] == "Again"


@pytest.mark.parametrize("space_id", NOT_SPACES)
@pytest.mark.parametrize("below", ["", "/catalog-account", "/listings", "/members", "/members/x"])
def test_an_unknown_space_is_not_found(shared: InProcess, space_id: str, below: str) -> None:
    for auth in (DEVELOPER, ADMINISTRATOR):
        answer = shared.get(f"{space_path(space_id)}{below}", auth)
        assert refused(answer, 404, "DEVELOPER_SPACE_NOT_FOUND") == [UNKNOWN_SPACE]


@pytest.mark.parametrize(
    "vendor_id",
    ["999999", "x", "-1", "1.0", "01", "1212345x", "9" * 400, "%D9%A1", "9007199254740992"],
)
def test_a_vendor_id_that_nobody_has_is_not_found(shared: InProcess, vendor_id: str) -> None:
    answer = shared.get(vendor_path(vendor_id))
    assert refused(answer, 404, "DEVELOPER_SPACE_NOT_FOUND") == [UNKNOWN_VENDOR]


@pytest.mark.parametrize("path", [space_path(), vendor_path(1212345), account_path()])
def test_nobody_reads_without_credentials(shared: InProcess, path: str) -> None:
    for auth in (None, ("developer@example.com", "wrong")):
        refused(shared.get(path, auth), 401, "UNAUTHORIZED")


def test_members_see_the_catalog_account_that_administrators_set(server: InProcess) -> None:
    path = f"developer-spaces/{SPACE}"
    administer(server, "PATCH", path, {"catalogAccountId": "account-1"})
    expected = {"developerId": SPACE, "catalogAccountId": "account-1"}
    for auth in (DEVELOPER, ADMINISTRATOR):
        assert server.get(account_path(), auth).json() == expected
    assert administer(server, "GET", path)["catalogAccountId"] == "account-1"
    administer(server, "PATCH", path, {"name": "Renamed"})
    assert server.get(account_path()).json() == expected
    administer(server, "PATCH", path, {"catalogAccountId": None})
    assert "catalogAccountId" not in administer(server, "GET", path)
    refused(server.get(account_path()), 404, "DEVELOPER_SPACE_NOT_FOUND")


def test_a_space_without_a_catalog_account_has_none_to_show(shared: InProcess) -> None:
    answer = shared.get(account_path(new_space(shared)), ADMINISTRATOR)
    details = ["this developer space has no catalog account"]
    assert refused(answer, 404, "DEVELOPER_SPACE_NOT_FOUND") == details


@pytest.mark.parametrize("who", ["outsider", "stranger"])
def test_others_do_not_see_the_catalog_account(server: InProcess, who: str) -> None:
    administer(server, "PATCH", f"developer-spaces/{SPACE}", {"catalogAccountId": "account-1"})
    for space_id in (SPACE, new_space(server)):
        refused(server.get(account_path(space_id), as_caller(server, who)), 403, "FORBIDDEN")
