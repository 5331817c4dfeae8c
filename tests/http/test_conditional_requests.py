"""Conditional requests: `ETag` and 304 on every GET of the contract, `If-Match` on every PUT."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_PRODUCT,
    SPACE,
    UNKNOWN,
    listing_path,
    listings_path,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.declarations import (
    draft_path,
    migration_path,
    new_product,
    privacy_path,
    put_draft,
    put_migration,
)
from tests.support.members import member_path, members_path, new_member, roles
from tests.support.reviews import ANSWERED, review_path, reviews_path
from tradepost.app import API_CLASSES
from tradepost.http.conditions import entity_tag, is_known
from tradepost.http.operations import JSON, declared_by

pytestmark = pytest.mark.usefixtures("engine")

MEMBERS = members_path()
PARENTS = "/rest/3/parent-software"
PATHS = {
    "getAppSoftwareByAppKey": "/rest/3/app-software/app-key/com.example.app.addon",
    "getAppSoftwareVersions": versions_path(),
    "getAppSoftwareVersion": versions_path(build_number=20100),
    "getAccessTokens": f"/rest/3/app-software/{ADDON_CLOUD}/tokens",
    "getAllParentSoftware": PARENTS,
    "getParentSoftware": f"{PARENTS}/jira",
    "getParentSoftwareVersions": f"{PARENTS}/jira/versions",
    "getParentSoftwareVersionByBuild": f"{PARENTS}/jira/versions/build/{{build}}",
    "getParentSoftwareVersionByNumber": f"{PARENTS}/jira/versions/number/{{number}}",
    "getArtifact": "/rest/3/artifacts/b0000002-0000-4000-8000-358157b22222",
    "getAppSoftwareVersionListing": "",
    "getAppSoftwareVersionListings": listings_path(),
    "getProductListing": f"/rest/3/product-listing/{ADDON_PRODUCT}",
    "getProductListings": f"/rest/3/product-listing/developer-space/{SPACE}",
    "getDeveloperSpace": f"/rest/3/developer-space/{SPACE}",
    "getDeveloperSpaceByVendor": "/rest/3/developer-space/vendor/{vendor}",
    "getDeveloperCatalogAccount": f"/rest/3/developer-space/{SPACE}/catalog-account",
    "getDeveloperListings": f"/rest/3/developer-space/{SPACE}/listings",
    "getDeveloperMembers": MEMBERS,
    "getDeveloperMember": f"{MEMBERS}/{{person}}",
    "getReviews": reviews_path(),
    "getReview": review_path(ANSWERED),
    "getPrivacyAndSecurity": privacy_path(ADDON_PRODUCT),
    "getProductMigration": migration_path(ADDON_PRODUCT),
}
"""A path that is found for every GET of the contract, by the operation's name."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with InProcess(tmp_path_factory.mktemp("conditions")) as running:
        yield running


def path_of(server: InProcess, name: str) -> str:
    if name == "getAppSoftwareVersionListing":
        [first, *_] = server.get(listings_path()).json()["versions"]
        return listing_path(first["buildNumber"])
    [release, *_] = server.get(f"{PARENTS}/jira/versions").json()["versions"]
    [member, *_] = server.get(MEMBERS).json()["members"]
    return PATHS[name].format(
        build=release["buildNumber"],
        number=release["versionNumber"],
        vendor=server.get(PATHS["getDeveloperSpace"]).json()["vendorId"],
        person=member["aaid"],
    )


def test_every_get_of_the_contract_that_is_no_download_is_here() -> None:
    operations = (operation for api in API_CLASSES for operation in declared_by(api))
    assert PATHS.keys() == {
        o.name
        for o in operations
        if o.method == "GET" and o.path.startswith("/rest/3") and o.produces == JSON
    }


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("sent", ["{}", "W/{}", "*", '"other", {}', ' "a" ,W/{} '])
def test_who_has_the_answer_is_told_so(server: InProcess, name: str, sent: str) -> None:
    path = path_of(server, name)
    found = server.get(path)
    assert found.status_code == 200
    assert found.headers["cache-control"] == "private, no-cache"
    again = server.get(path, headers={"If-None-Match": sent.format(found.headers["etag"])})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == found.headers["etag"]
    assert again.headers["cache-control"] == "private, no-cache"
    assert again.headers["x-request-id"] != found.headers["x-request-id"]
    assert "content-length" not in again.headers
    assert "content-type" not in again.headers


@pytest.mark.parametrize("name", PATHS)
def test_another_tag_is_answered_whole(server: InProcess, name: str) -> None:
    path = path_of(server, name)
    found = server.get(path)
    bare = found.headers["etag"].strip('"')
    for sent in ('"other"', bare, f"'{bare}'", f'"{bare}', "", '"*"'):
        again = server.get(path, headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (200, found.content), sent
        assert again.headers["etag"] == found.headers["etag"]


@pytest.mark.parametrize("name", PATHS)
def test_a_kept_answer_is_the_same_but_for_its_request_id(server: InProcess, name: str) -> None:
    path = path_of(server, name)
    answers = [server.get(path) for _ in range(3)]
    ids = {answer.headers.pop("x-request-id") for answer in answers}
    assert len(ids) == 3
    assert all(answer.content == answers[0].content for answer in answers)
    assert all(sorted(a.headers.items()) == sorted(answers[0].headers.items()) for a in answers)


def test_lines_of_the_header_count_together(server: InProcess) -> None:
    path = versions_path()
    lines = [("If-None-Match", '"other"'), ("If-None-Match", server.get(path).headers["etag"])]
    assert server.get(path, headers=lines).status_code == 304


def test_head_is_answered_as_get_is(server: InProcess) -> None:
    tag = server.get(versions_path()).headers["etag"]
    head = server.request("HEAD", versions_path())
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    again = server.request("HEAD", versions_path(), headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_errors_come_before_conditions(server: InProcess) -> None:
    anything = {"If-None-Match": "*"}
    assert server.get(versions_path(UNKNOWN), headers=anything).status_code == 404
    assert server.get(f"{versions_path()}?limit=0", headers=anything).status_code == 400
    assert server.get(versions_path(build_number=1), headers=anything).status_code == 404
    assert server.get(versions_path(), None, headers=anything).status_code == 401
    tokens = f"/rest/3/app-software/{ADDON_CLOUD}/tokens"
    assert server.get(tokens, OUTSIDER, headers=anything).status_code == 403
    assert server.get(f"{PARENTS}/nowhere", headers=anything).status_code == 404
    assert server.get(f"{PARENTS}/jira/versions/build/1", headers=anything).status_code == 404
    missing = f"{PARENTS}/jira/versions/number/none"
    assert server.get(missing, headers=anything).status_code == 404


def test_what_the_public_sees_is_another_state_than_what_members_see(server: InProcess) -> None:
    mine, theirs = server.get(versions_path()), server.get(versions_path(), OUTSIDER)
    assert mine.headers["etag"] != theirs.headers["etag"]
    condition = {"If-None-Match": mine.headers["etag"]}
    assert server.get(versions_path(), OUTSIDER, headers=condition).status_code == 200


def test_a_kept_answer_is_not_given_to_those_who_may_not_see_it(tmp_path: Path) -> None:
    with InProcess(tmp_path) as server:
        created = server.post(
            f"/admin/v1/app-software/{ADDON_CLOUD}/versions", json=version(draft=True)
        )
        assert created.status_code == 201
        path = created.headers["location"]
        for _ in range(2):
            assert server.get(path, DEVELOPER).status_code == 200
            assert server.get(path, OUTSIDER).status_code == 404
            assert server.get(path, None).status_code == 401
            assert server.get(path, ("developer@example.com", "wrong")).status_code == 401


def new_version(server: InProcess) -> str:
    created = server.post(versions_path(), json=version())
    assert created.status_code == 201, created.text
    path: str = created.headers["location"]
    return path


def new_listing(server: InProcess) -> str:
    [first, *_] = server.get(listings_path()).json()["versions"]
    return listing_path(first["buildNumber"])


def new_draft(server: InProcess) -> str:
    product = new_product(server)
    assert put_draft(server, product, {}).status_code == 201
    return draft_path(product)


def new_migration(server: InProcess) -> str:
    product = new_product(server)
    assert put_migration(server, product).status_code == 200
    return migration_path(product)


REPLACED: dict[str, Callable[[InProcess], str]] = {
    "version": new_version,
    "version listing": new_listing,
    "app listing": lambda _: PATHS["getProductListing"],
    "member": lambda s: member_path(new_member(s, "viewer").id),
    "draft of privacy": new_draft,
    "migration record": new_migration,
}
"""What can be replaced by PUT, and where one of it is."""


def body_for(path: str, current: Any) -> Any:
    """A body that replaces what was read by itself."""
    return {"roles": roles("viewer")} if "/members/" in path else current


@pytest.mark.parametrize("what", REPLACED)
def test_a_put_with_the_current_tag_is_done(server: InProcess, what: str) -> None:
    path = REPLACED[what](server)
    for sent in ("{}", '"other", {}', "*"):
        found = server.get(path)
        condition = {"If-Match": sent.format(found.headers["etag"])}
        done = server.put(path, json=body_for(path, found.json()), headers=condition)
        assert done.status_code in (200, 201), done.text


@pytest.mark.parametrize("what", REPLACED)
def test_a_put_with_another_tag_is_a_412_and_changes_nothing(server: InProcess, what: str) -> None:
    path = REPLACED[what](server)
    before = server.get(path)
    body = body_for(path, before.json())
    for sent in ('"other"', f"W/{before.headers['etag']}", "", before.headers["etag"][:-1]):
        refused = server.put(path, json=body, headers={"If-Match": sent})
        assert refused.status_code == 412, sent
        assert refused.json()["errors"][0]["code"] == "PRECONDITION_FAILED"
    after = server.get(path)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])


@pytest.mark.parametrize("what", ["version", "version listing", "app listing"])
def test_the_revision_of_the_body_still_counts(server: InProcess, what: str) -> None:
    path = REPLACED[what](server)
    found = server.get(path)
    body = {**found.json(), "revision": found.json()["revision"] + 1}
    refused = server.put(path, json=body, headers={"If-Match": found.headers["etag"]})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == "REVISION_MISMATCH"


def test_a_precondition_comes_before_what_is_wrong_with_the_body(server: InProcess) -> None:
    path = new_version(server)
    assert server.put(path, json={}, headers={"If-Match": '"other"'}).status_code == 412
    assert server.put(path, json={}, headers={"If-Match": "*"}).status_code == 400
    nothing = versions_path(build_number=1)
    assert server.put(nothing, json=version(), headers={"If-Match": "*"}).status_code != 412
    assert server.put(path, OUTSIDER, json={}, headers={"If-Match": '"x"'}).status_code == 403


def test_a_rehearsed_put_minds_the_precondition_too(server: InProcess) -> None:
    path = new_version(server)
    found = server.get(path)
    headers = {"If-Match": '"other"', "Prefer": "validate-only"}
    assert server.put(path, json=found.json(), headers=headers).status_code == 412
    headers["If-Match"] = found.headers["etag"]
    assert server.put(path, json=found.json(), headers=headers).status_code == 200
    assert server.get(path).headers["etag"] == found.headers["etag"]


def test_the_tag_of_a_version_is_its_own(server: InProcess) -> None:
    path = new_version(server)
    tag = server.get(path).headers["etag"]
    new_version(server)
    assert server.get(path).headers["etag"] == tag


def test_a_write_changes_the_tags_of_all_that_shows_it(server: InProcess) -> None:
    path = new_version(server)
    shown = [path, versions_path(), f"{versions_path()}?limit=1"]
    before = [server.get(each).headers["etag"] for each in shown]
    changed: httpx2.Response = server.put(path, json=server.get(path).json())
    assert changed.status_code == 200
    for each, tag in zip(shown, before, strict=True):
        now = server.get(each, headers={"If-None-Match": tag})
        assert now.status_code == 200
        assert now.headers["etag"] != tag


def test_a_page_of_one_listing_has_a_tag_that_can_be_sent_back(tmp_path: Path) -> None:
    listings = f"{PATHS['getDeveloperSpace']}/listings"
    with InProcess(tmp_path) as server:
        removed = f"/admin/v1/developer-spaces/{SPACE}/listings/DEVELOPER_WEB"
        assert server.request("DELETE", removed, ADMINISTRATOR).is_success
        for path in (listings, f"{PATHS['getProductListings']}?limit=1"):
            tag = server.get(path).headers["etag"]
            for sent in (tag, f"W/{tag}", f'"other", {tag}'):
                again = server.get(path, headers={"If-None-Match": sent})
                assert again.status_code == 304, (path, sent)


@given(st.lists(st.text() | st.integers() | st.lists(st.tuples(st.text(), st.integers()))))
def test_every_state_has_a_tag_of_plain_characters(state: list[object]) -> None:
    tag = entity_tag(*state)
    assert re.fullmatch(rb'"[A-Za-z0-9-]+"', tag)
    assert is_known([b'"other", ' + tag], tag)


def test_what_is_kept_is_bounded_whatever_is_asked(tmp_path: Path) -> None:
    limit = 200_000
    with InProcess(tmp_path, cache_bytes=limit) as server:
        path = PATHS["getParentSoftware"]
        for length in (1, 100, 1_000, 1_800):
            for number in range(60):
                server.get(f"{path}?x={number}&y={'a' * length}", None)
                assert server.tradepost.kept.size <= limit
        assert server.tradepost.kept.size > limit / 2
        before = server.tradepost.kept.size
        assert server.get(f"{path}?y={'a' * 5_000}", None).status_code == 200
        assert server.tradepost.kept.size == before
