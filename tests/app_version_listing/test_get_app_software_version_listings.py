"""GET app-software/{appSoftwareId}/listings/all: the listings of all versions, in pages."""

import itertools
from typing import Any

import pytest

from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_SERVER,
    CALENDAR_CLOUD,
    ROLES,
    UNKNOWN,
    listing_path,
    listings_path,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.scenes import (
    ARCHIVED,
    CALLERS,
    archive,
    as_caller,
    as_member,
    change_listing,
    create,
    list_version,
    move,
    new_software,
)
from tests.support.version_listings import refused
from tests.support.walks import CURSOR_READERS, Request, cursor_of, pages

STATES = ("PRIVATE", "PUBLIC")
STATUSES = ("APPROVED", "SUBMITTED", "REJECTED", "UNINITIATED")


def listed(
    server: InProcess, software_id: str = ADDON_CLOUD, auth: Auth = DEVELOPER, **query: Any
) -> list[dict[str, Any]]:
    """All listings that a list with some filters has, over all of its pages."""
    found: list[dict[str, Any]] = []
    for page in pages(server, listings_path(software_id), auth, **query):
        assert set(page) == {"links", "versions"}
        found += page["versions"]
    return found


def builds(listings: list[dict[str, Any]]) -> list[int]:
    return [listing["buildNumber"] for listing in listings]


def first_page(server: InProcess, **query: Any) -> Any:
    answer = server.get(listings_path(), params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def twelve(server: InProcess) -> str:
    """An app software whose versions 1 to 12 have listings, the odd ones public ones."""
    software_id = new_software(server)
    for build_number in range(1, 13):
        create(server, software_id, version(buildNumber=build_number))
        list_version(server, software_id, build_number, STATES[build_number % 2])
    return software_id


@pytest.mark.parametrize("prefix", ["", "/marketplace"])
def test_listings_are_listed_by_the_build_numbers_of_their_versions_newest_first(
    shared: InProcess, prefix: str
) -> None:
    answer = shared.get(prefix + listings_path())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    page = answer.json()
    assert page["links"]["self"] == listings_path()
    newest = [26400, 26300, 26200, 26100, 26000, 25900, 25800, 25600, 25500, 25400]
    assert builds(page["versions"]) == newest
    held = builds(listed(shared))
    assert held[:10] == newest
    assert held == sorted(held, reverse=True)


def test_a_listed_one_is_the_one_read_alone(shared: InProcess) -> None:
    for held in listed(shared):
        assert shared.get(listing_path(held["buildNumber"])).json() == held


def test_an_app_software_without_listings_has_an_empty_list(server: InProcess) -> None:
    software_id = new_software(server)
    create(server, software_id, version())
    assert server.get(listings_path(software_id)).json() == {
        "links": {"self": listings_path(software_id)},
        "versions": [],
    }


def test_a_last_page_has_no_next(shared: InProcess) -> None:
    page = shared.get(listings_path(ADDON_SERVER)).json()
    assert page["links"] == {"self": listings_path(ADDON_SERVER)}
    assert builds(page["versions"]) == [3140]


# Who sees what.


@pytest.mark.parametrize("who", CALLERS)
def test_outsiders_see_the_listings_of_active_versions_only(shared: InProcess, who: str) -> None:
    auth = as_caller(shared, who)
    if who == "nobody":
        refused(shared.get(listings_path(), auth), 401, "UNAUTHORIZED")
        return
    everything = listed(shared)
    public = [n for n in everything if (n["state"], n["approvalStatus"]) == ("PUBLIC", "APPROVED")]
    assert 1 < len(public) < len(everything)
    member = who in ("member", "administrator")
    assert listed(shared, auth=auth) == (everything if member else public)


@pytest.mark.parametrize("role", ROLES)
def test_members_of_every_role_see_them_all(server: InProcess, role: str) -> None:
    assert listed(server, auth=as_member(server, role)) == listed(server)


def test_outsiders_see_a_listing_while_its_version_is_active(
    server: InProcess, twelve: str
) -> None:
    def seen() -> list[int]:
        return builds(listed(server, twelve, OUTSIDER))

    assert seen() == [11, 9, 7, 5, 3, 1]
    change_listing(server, twelve, 9, state="PRIVATE")
    assert seen() == [11, 7, 5, 3, 1]
    change_listing(server, twelve, 2, state="PUBLIC")
    assert seen() == [11, 7, 5, 3, 2, 1]
    move(server, "archive", 7, twelve)
    assert seen() == [11, 5, 3, 2, 1]
    move(server, "unarchive", 7, twelve)
    assert seen() == [11, 7, 5, 3, 2, 1]
    assert builds(listed(server, twelve)) == list(range(12, 0, -1))


@pytest.mark.parametrize("auth", [DEVELOPER, OUTSIDER], ids=["member", "outsider"])
@pytest.mark.parametrize("what", ARCHIVED)
def test_what_is_archived_can_be_read(server: InProcess, what: str, auth: tuple[str, str]) -> None:
    before = listed(server, auth=auth)
    archive(server, what, ADDON_CLOUD)
    assert listed(server, auth=auth) == before


@pytest.mark.parametrize("software_id", [UNKNOWN, "not-a-uuid", "%FF"])
@pytest.mark.parametrize("query", ["", "limit=0&cursor=x"])
def test_an_unknown_app_software_is_not_found(
    shared: InProcess, software_id: str, query: str
) -> None:
    answer = shared.get(f"{listings_path(software_id)}?{query}")
    refused(answer, 404, "APP_SOFTWARE_NOT_FOUND")


# Filters.


@pytest.mark.parametrize(("state", "status"), list(itertools.product(STATES, STATUSES)))
@pytest.mark.parametrize("auth", [DEVELOPER, OUTSIDER], ids=["member", "outsider"])
def test_filters_choose_among_what_the_caller_may_see(
    shared: InProcess, state: str, status: str, auth: tuple[str, str]
) -> None:
    everything = listed(shared, auth=auth)
    in_state = [held for held in everything if held["state"] == state]
    of_status = [held for held in everything if held["approvalStatus"] == status]
    both = [held for held in in_state if held in of_status]
    assert listed(shared, auth=auth, state=state) == in_state
    assert listed(shared, auth=auth, approvalStatus=status) == of_status
    assert listed(shared, auth=auth, state=state, approvalStatus=status) == both
    if auth == DEVELOPER:
        assert both


@pytest.mark.parametrize(
    "query",
    [
        {"state": "public"},
        {"state": "DRAFT"},
        {"state": "' OR 1=1 --"},
        {"state": "PUBLIC "},
        {"state": "x" * 255},
        {"approvalStatus": "approved"},
        {"approvalStatus": "PENDING_REVIEW"},
        {"approvalStatus": "⁂"},
        {"state": "PUBLIC", "approvalStatus": "?"},
    ],
    ids=lambda query: repr(query)[:40],
)
def test_an_unknown_value_of_a_filter_gives_an_empty_list(
    shared: InProcess, query: dict[str, str]
) -> None:
    page = first_page(shared, **query)
    assert page["versions"] == []
    assert "next" not in page["links"]


@pytest.mark.parametrize("name", ["state", "approvalStatus"])
@pytest.mark.parametrize("text", ["%00", "%FF", "x" * 256], ids=["nul", "no UTF-8", "long"])
def test_a_text_that_no_parameter_takes_is_refused(shared: InProcess, name: str, text: str) -> None:
    answer = shared.get(f"{listings_path()}?{name}={text}")
    (detail,) = refused(answer, 400, "INVALID_PARAMETER")
    assert detail.startswith(name)


@pytest.mark.parametrize("query", ["offset=5", "foo=%FF", "sort=state", "paymentModel=gold"])
def test_unknown_parameters_are_ignored(shared: InProcess, query: str) -> None:
    assert shared.get(f"{listings_path()}?{query}").json() == first_page(shared)


# Pages.


@pytest.mark.parametrize("limit", ["0", "-1", "51", "ten", "", "1.5", "9" * 30, "%00", "0x5", "٣"])
def test_a_limit_that_cannot_be_is_refused(shared: InProcess, limit: str) -> None:
    answer = shared.get(f"{listings_path()}?limit={limit}")
    details = refused(answer, 400, "INVALID_PARAMETER")
    assert details == ["limit must be between 1 and 50"]


@pytest.mark.parametrize("limit", [1, 3, 7, 50])
@pytest.mark.parametrize("reader", CURSOR_READERS)
def test_a_walk_sees_each_listing_once_however_the_client_reads_its_links(
    shared: InProcess, limit: int, reader: Any
) -> None:
    everything = listed(shared)
    found: list[dict[str, Any]] = []
    following: Request | None = (listings_path(), {"limit": str(limit)})
    while following is not None:
        path, query = following
        answer = shared.get(path, params=query) if query else shared.get(path)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["versions"]
        link = page["links"].get("next")
        following = None if link is None else reader(link)
        if link is not None:
            assert link.partition("?cursor=")[0] == listings_path()
            assert len(page["versions"]) == limit
    assert found == everything


def test_a_cursor_carries_the_filters_and_the_size_of_the_page(
    server: InProcess, twelve: str
) -> None:
    path = listings_path(twelve)
    page = server.get(path, params={"state": "PUBLIC", "limit": 2}).json()
    assert builds(page["versions"]) == [11, 9]
    following = server.get(page["links"]["next"]).json()
    assert builds(following["versions"]) == [7, 5]
    token = cursor_of(page)
    same = server.get(path, params={"cursor": token, "state": "PUBLIC"}).json()
    assert builds(same["versions"]) == [7, 5]


def test_a_limit_sent_with_a_cursor_sets_the_size_of_the_page(
    server: InProcess, twelve: str
) -> None:
    path = listings_path(twelve)
    token = cursor_of(server.get(path, params={"limit": 2}).json())
    page = server.get(path, params={"cursor": token, "limit": 3}).json()
    assert builds(page["versions"]) == [10, 9, 8]
    assert builds(server.get(page["links"]["next"]).json()["versions"]) == [7, 6, 5]


@pytest.mark.parametrize(
    "contradiction", [{"state": "PRIVATE"}, {"state": "?"}, {"approvalStatus": "APPROVED"}], ids=str
)
def test_a_filter_that_contradicts_the_cursor_is_refused(
    shared: InProcess, contradiction: dict[str, str]
) -> None:
    token = cursor_of(first_page(shared, state="PUBLIC", limit=1))
    answer = shared.get(listings_path(), params={"cursor": token, **contradiction})
    (detail,) = refused(answer, 400, "INVALID_PARAMETER")
    assert detail.startswith(next(iter(contradiction)))


def test_a_cursor_that_is_damaged_or_of_another_list_is_refused(shared: InProcess) -> None:
    token = cursor_of(first_page(shared, limit=1))
    versions = cursor_of(shared.get(versions_path(), params={"limit": 1}).json())
    changed = token[:-1] + ("A" if token[-1] != "A" else "Q")
    for path, bad in [
        (listings_path(), changed),
        (listings_path(), token[:-1]),
        (listings_path(), ""),
        (listings_path(), "ünicode"),
        (listings_path(), versions),
        (listings_path(ADDON_SERVER), token),
        (versions_path(), token),
    ]:
        answer = shared.get(path, params={"cursor": bad})
        assert answer.status_code == 400, (path, bad)
        assert {error["code"] for error in answer.json()["errors"]} == {"INVALID_PARAMETER"}


def test_every_bad_parameter_is_told_at_once(shared: InProcess) -> None:
    answer = shared.get(listings_path(), params={"limit": "0", "cursor": "x"})
    assert len(refused(answer, 400, "INVALID_PARAMETER")) == 2


def test_what_comes_and_goes_does_not_disturb_a_walk(server: InProcess, twelve: str) -> None:
    walk = pages(server, listings_path(twelve), OUTSIDER, limit=2)
    assert builds(next(walk)["versions"]) == [11, 9]
    change_listing(server, twelve, 11, state="PRIVATE")  # behind the walk
    change_listing(server, twelve, 7, state="PRIVATE")  # before it
    change_listing(server, twelve, 10, state="PUBLIC")
    change_listing(server, twelve, 4, state="PUBLIC")
    create(server, twelve, version(buildNumber=13))
    list_version(server, twelve, 13)
    assert [build for page in walk for build in builds(page["versions"])] == [5, 4, 3, 1]


def test_a_cursor_does_not_carry_the_right_to_see(shared: InProcess) -> None:
    link = first_page(shared, limit=1)["links"]["next"]
    seen = shared.get(link, OUTSIDER).json()["versions"]
    assert {(held["state"], held["approvalStatus"]) for held in seen} == {("PUBLIC", "APPROVED")}


def test_listings_of_another_app_software_are_not_there(shared: InProcess) -> None:
    for software_id in (ADDON_CLOUD, ADDON_SERVER, CALENDAR_CLOUD):
        held = listed(shared, software_id, ADMINISTRATOR)
        found = {listing["appSoftwareId"] for listing in held}
        assert found == {software_id}
