"""Going back to a snapshot, and replacing what there is by a document."""

from typing import Any

import pytest

from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER
from tests.support.sandboxes import TOKENS, VERSION, VERSIONS, ask, total
from tradepost.demo import data
from tradepost.sandbox.marketplace import Marketplace
from tradepost.sandbox.remote import SandboxError

MINIMAL: dict[str, Any] = {
    "people": [{"email": "Pat@example.com", "apiTokens": [{"token": "pats-token"}]}],
    "developerSpaces": [{"name": "Pat's apps", "members": [{"email": "pat@example.com"}]}],
    "parentSoftware": [{"id": "jira", "versions": [{"buildNumber": 1, "versionNumber": "10.0"}]}],
    "apps": [
        {
            "appKey": "com.example.pat",
            "appSoftware": [
                {
                    "id": "00000000-0000-4000-8000-000000000001",
                    "versions": [
                        {"versionNumber": "1.0.0"},
                        {"buildNumber": 50, "versionNumber": "2.0.0", "state": "submitted"},
                    ],
                    "accessTokens": [{"token": "at_fixed"}],
                }
            ],
        }
    ],
}
PAT = ("pat@example.com", "pats-token")
PATS_VERSIONS = "/rest/3/app-software/00000000-0000-4000-8000-000000000001/versions"


LISTED = {"state": "PUBLIC", "approvalStatus": "APPROVED", "revision": 1}


def test_reset_takes_back_what_was_written(marketplace: Marketplace) -> None:
    before = marketplace.state()
    count = total(marketplace)
    ask(marketplace, "POST", VERSIONS, VERSION)
    ask(marketplace, "POST", TOKENS, {})
    assert total(marketplace) == count + 1
    marketplace.reset()
    assert total(marketplace) == count
    assert marketplace.state() == before


def test_kept_answers_and_validators_do_not_outlive_a_reset(marketplace: Marketplace) -> None:
    first = ask(marketplace, "GET", VERSIONS)
    ask(marketplace, "POST", VERSIONS, VERSION)
    second = ask(marketplace, "GET", VERSIONS)
    tag = second.headers["etag"]
    assert ask(marketplace, "GET", VERSIONS, If_None_Match=tag).status == 304
    marketplace.reset()
    third = ask(marketplace, "GET", VERSIONS, If_None_Match=tag)
    assert (third.status, third.content) == (200, first.content)
    ask(marketplace, "POST", VERSIONS, VERSION)
    fourth = ask(marketplace, "GET", VERSIONS, If_None_Match=tag)
    assert fourth.status == 200
    assert len({a.headers["etag"] for a in (first, second, fourth)}) == 3


def test_sign_ins_do_not_outlive_a_reset(marketplace: Marketplace) -> None:
    marketplace.load(MINIMAL)
    assert ask(marketplace, "GET", PATS_VERSIONS, auth=PAT).status == 200
    assert ask(marketplace, "GET", VERSIONS).status == 401
    marketplace.reset()
    assert ask(marketplace, "GET", VERSIONS, auth=PAT).status == 401
    assert ask(marketplace, "GET", VERSIONS).status == 200


def test_failed_sign_ins_do_not_slow_the_next_test(marketplace: Marketplace) -> None:
    for _ in range(13):
        ask(marketplace, "GET", VERSIONS, auth=(DEVELOPER[0], "wrong"))
    *_, slowed = marketplace.journal()
    assert slowed.milliseconds >= 300
    marketplace.reset()
    ask(marketplace, "GET", VERSIONS, auth=(DEVELOPER[0], "wrong"))
    (found,) = marketplace.journal()
    assert (found.status, found.milliseconds < slowed.milliseconds) == (401, True)


def test_reset_takes_back_what_was_asked_of_the_sandbox(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=503)
    marketplace.review("approve")
    marketplace.clock.stop()
    marketplace.clock.set("2040-01-01T00:00:00Z")
    ask(marketplace, "GET", VERSIONS)
    marketplace.reset()
    assert marketplace.faults() == []
    assert marketplace.call("GET", "/reviews") == {"reviews": [], "due": []}
    assert marketplace.journal() == []
    found = marketplace.call("GET", "/clock")
    assert (found["now"] < "2040", found["stopped"]) == (True, False)


def test_a_snapshot_is_gone_back_to(marketplace: Marketplace) -> None:
    marketplace.load(MINIMAL)
    marketplace.clock.stop()
    moment = marketplace.clock.set("2035-01-01T00:00:00Z")
    marketplace.snapshot("pats")
    held = marketplace.state()
    for name, is_there in (("start", False), ("pats", True), ("start", False)):
        marketplace.reset(name)
        assert (marketplace.state() == held) is is_there
        assert (marketplace.clock.now() == moment) is is_there
    assert marketplace.call("GET", "/snapshots")["snapshots"] == ["start", "pats"]


def test_a_snapshot_of_the_same_name_takes_its_place(marketplace: Marketplace) -> None:
    marketplace.snapshot("mine")
    count = total(marketplace)
    ask(marketplace, "POST", VERSIONS, VERSION)
    marketplace.snapshot("mine")
    marketplace.reset()
    marketplace.reset("mine")
    assert total(marketplace) == count + 1


def test_a_snapshot_that_is_not_there_changes_nothing(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=503)
    with pytest.raises(SandboxError, match="there is no snapshot nowhere"):
        marketplace.reset("nowhere")
    assert len(marketplace.faults()) == 1
    with pytest.raises(SandboxError, match="a snapshot's name"):
        marketplace.snapshot("../etc")


def test_the_snapshot_of_the_start_stays(marketplace: Marketplace) -> None:
    before = marketplace.state()
    marketplace.load({"apps": []})
    with pytest.raises(SandboxError, match="start is how the sandbox was"):
        marketplace.snapshot("start")
    with pytest.raises(SandboxError, match="start is how the sandbox was"):
        marketplace.delete_snapshot("start")
    marketplace.reset()
    assert marketplace.state() == before


def test_snapshots_are_deleted_and_there_are_not_too_many() -> None:
    with Marketplace() as marketplace:
        for number in range(100):
            marketplace.snapshot(f"s{number}")
        with pytest.raises(SandboxError, match="there are 100 snapshots"):
            marketplace.snapshot("one-more")
        marketplace.snapshot("s7")  # takes the place of what is there
        marketplace.delete_snapshot("s7")
        marketplace.snapshot("one-more")
        names = marketplace.call("GET", "/snapshots")["snapshots"]
        assert (len(names), "s7" in names) == (101, False)
        for call in (marketplace.delete_snapshot, marketplace.reset):
            with pytest.raises(SandboxError, match="there is no snapshot s7"):
                call("s7")


def test_the_export_of_the_demo_data_loads_as_the_same(marketplace: Marketplace) -> None:
    # What the demo data leaves out: tokens and archived things.
    ask(marketplace, "POST", TOKENS, {})
    version = ask(marketplace, "GET", VERSIONS).body["versions"][0]["buildNumber"]
    archived = f"{VERSIONS.replace('/rest/3', '/admin/v1')}/{version}/archive"
    assert ask(marketplace, "POST", archived).status == 200
    before = marketplace.state()
    listed = ask(marketplace, "GET", VERSIONS).content
    marketplace.load(before)
    assert marketplace.state() == before
    assert ask(marketplace, "GET", VERSIONS).content == listed
    undone = archived.replace("/archive", "/unarchive")
    assert ask(marketplace, "POST", undone).status == 200


def test_what_an_app_has_beside_its_versions_is_loaded_too(marketplace: Marketplace) -> None:
    product = data.ADDON.product_id
    privacy = f"/rest/3/privacy-and-security/products/{product}"
    paths = (
        f"/rest/3/products/{product}/reviews",
        f"/rest/3/products/{data.CHECKLISTS.product_id}/reviews?hosting=cloud",
        privacy,
        f"{privacy}?state=draft",
        f"/rest/3/cloud-migration-compatibility/products/{product}",
    )
    before = [ask(marketplace, "GET", path) for path in paths]
    assert {answer.status for answer in before} == {200}
    document = marketplace.state()
    marketplace.load({"apps": []})
    assert ask(marketplace, "GET", privacy).status == 404
    marketplace.load(document)
    assert [ask(marketplace, "GET", path).body for path in paths] == [a.body for a in before]


def test_a_review_is_filled_in_and_counted(marketplace: Marketplace) -> None:
    product = "00000000-0000-4000-8000-00000000000a"
    review = {"author": "outsider@example.com", "stars": 4}
    app = {"appKey": "a", "productId": product, "reviews": [review]}
    marketplace.load({"apps": [app]})
    found = ask(marketplace, "GET", f"/rest/3/products/{product}/reviews").body
    assert (found["count"], found["averageStars"]) == (1, 4.0)
    assert found["reviews"][0]["productHosting"] == "cloud"


def test_what_a_document_leaves_out_is_filled_in(marketplace: Marketplace) -> None:
    marketplace.clock.stop()
    marketplace.clock.set("2035-01-01T00:00:00Z")
    marketplace.load(MINIMAL)
    found = ask(marketplace, "GET", PATS_VERSIONS, auth=PAT).body["versions"]
    assert [(v["buildNumber"], v["versionNumber"], v["state"]) for v in found] == [
        (50, "2.0.0", "submitted"),
        (1, "1.0.0", "active"),
    ]
    assert found[0]["createdAt"] == "2035-01-01T00:00:00Z"
    tokens = ask(marketplace, "GET", PATS_VERSIONS.replace("versions", "tokens"), auth=PAT).body
    assert [token["token"] for token in tokens["tokens"]] == ["at_fixed"]
    parents = ask(marketplace, "GET", "/rest/3/parent-software", auth=None).body
    assert [parent["name"] for parent in parents["parentSoftware"]] == ["jira"]
    # And what was loaded can be worked with.
    sent = {**VERSION, "frameworkDetails": found[0]["frameworkDetails"]}
    assert ask(marketplace, "POST", PATS_VERSIONS, sent, auth=PAT).status == 201


def test_parts_that_a_document_leaves_out_stay(marketplace: Marketplace) -> None:
    before = marketplace.state()
    marketplace.load({"apps": []})
    assert marketplace.state() == {**before, "apps": []}
    marketplace.load({"apps": MINIMAL["apps"]})
    (app,) = marketplace.state()["apps"]
    assert app["developerSpaceId"] == before["developerSpaces"][0]["id"]
    assert ask(marketplace, "GET", PATS_VERSIONS, auth=OUTSIDER).status == 200
    with pytest.raises(SandboxError, match="the parent software jira is not there"):
        marketplace.load({"parentSoftware": []})
    marketplace.load({"apps": [], "parentSoftware": []})
    assert "parentSoftware" not in {k for k, v in marketplace.state().items() if v}


def test_what_hangs_on_a_part_goes_with_it(marketplace: Marketplace) -> None:
    marketplace.load({"developerSpaces": []})
    found = marketplace.state()
    assert (found["developerSpaces"], found["apps"]) == ([], [])
    assert len(found["people"]) > 1


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"app": []}, "app"),
        ({"apps": [{"name": "Without a key"}]}, "appKey"),
        ({"apps": [{"appKey": "a", "appSoftware": [{"versions": [{"colour": 1}]}]}]}, "colour"),
        ({"apps": [{"appKey": "a"}, {"appKey": "a"}]}, "app.app_key"),
        (
            {"apps": [{"appKey": "a", "reviews": [{"stars": 3}]}]},
            "review 1 of the app a needs an author",
        ),
        (
            {"apps": [{"appKey": "a", "migration": {"migrationPath": "LEFT"}}]},
            "the migration record of the app a: .*LEFT",
        ),
        (
            {"apps": [{"appKey": "a", "privacyAndSecurity": {"live": {"commonCloud": 1}}}]},
            "the live privacy record of the app a: ",
        ),
        (
            {"apps": [{"appKey": "a", "appSoftware": [{"versions": [{"state": "lost"}]}]}]},
            "the version 1 of the app a: .*state",
        ),
        ({"people": [], "developerSpaces": [], "apps": [{"appKey": "a"}]}, "needs a developer"),
        ({"developerSpaces": [{"name": "A", "members": [{"email": "no@b.c"}]}]}, "no person no@"),
        ({"people": [{"email": "a@b.c", "apiTokens": [{}]}]}, "needs a token or a digest"),
        ({"people": [{"email": "a@b.c", "createdAt": "today"}]}, "createdAt"),
        ([], "the body"),
        *[
            ({"apps": [{"appKey": "a", "appSoftware": [{"versions": [version]}]}]}, why)
            for version, why in (
                ({"listing": "x"}, "the listing of the version 1 of the app a must be an object"),
                ({"listing": {**LISTED, "colour": 1}}, "the listing of .* no field colour"),
                ({"listing": {**LISTED, "revision": 0}}, "the listing of .*revision"),
                ({"revision": 0}, "revision"),
                ({"revision": 2**70}, r"versions\[0\].revision must not be beyond"),
                ({"buildNumber": -1}, "buildNumber"),
                ({"buildNumber": 10**30}, "buildNumber must not be beyond"),
                ({"versionNumber": "1" * 300}, "versionNumber"),
                ({"createdBy": "<x>" * 10_000}, "createdBy"),
                ({"createdAt": "2026-02-30T00:00:00Z"}, "createdAt is a time that does not exist"),
                ({"createdAt": "now"}, "createdAt"),
                ({"createdAt": []}, "createdAt"),
                ({"compatibilities": []}, "compatibilities"),
                ({"compatibilities": [{"parentSoftwareId": "nope"}]}, "nope is not there"),
                (
                    {"compatibilities": [{"parentSoftwareId": "jira", "minimum": 1}]},
                    r"no field compatibilities\[0\].minimum",
                ),
                ({"state": "archived", "stateBefore": "archived"}, "stateBefore"),
                ({"stateBefore": "draft"}, "not archived"),
                ({"changelog": {"releaseNotes": "x" * 70_000}}, "at most 65536"),
            )
        ],
        ({"apps": [{"appKey": "a", "listing": {"colour": 1}}]}, "no field colour"),
        ({"apps": [{"appKey": "a", "listing": {"revision": 0}}]}, "revision"),
        ({"apps": [{"appKey": "a", "listing": {"appKey": "b"}}]}, "app_listing .*app_pk"),
        ({"apps": [{"appKey": "a", "migration": {"colour": 1}}]}, "no field colour"),
        (
            {"apps": [{"appKey": "a", "privacyAndSecurity": {"live": {"colour": 1}}}]},
            "no field colour",
        ),
        (
            {
                "apps": [
                    {"appKey": "a", "reviews": [{"author": "outsider@example.com", "stars": 9}]}
                ]
            },
            "review 1 of the app a: .*stars",
        ),
        ({"developerSpaces": [{"name": "A", "version": 10**30}]}, "version must not be beyond"),
        ({"developerSpaces": [{"name": "A", "version": 0}]}, "version"),
        ({"developerSpaces": [{"name": "A", "listings": [{"type": "x", "document": {}}]}]}, "type"),
        (
            {"developerSpaces": [{"name": "A", "vendorId": 2**53 - 1}, {"name": "B"}]},
            "B needs a vendorId",
        ),
        ({"people": [{"email": "a@b.c", "createdAt": "0000-01-01T00:00:00Z"}]}, "does not exist"),
    ],
    ids=lambda value: str(value)[:80],
)
def test_a_document_that_cannot_be_changes_nothing(
    marketplace: Marketplace, document: Any, why: str
) -> None:
    before = marketplace.state()
    with pytest.raises(SandboxError, match=why):
        marketplace.load(document)
    assert marketplace.state() == before


def test_a_number_that_is_none_is_refused(marketplace: Marketplace) -> None:
    with pytest.raises(SandboxError, match="the body"):
        marketplace.load(b'{"developerSpaces": [{"name": "A", "version": 1e999}]}')


def test_an_archived_version_was_active_where_nothing_else_is_said(
    marketplace: Marketplace,
) -> None:
    software = {"id": PATS_VERSIONS.split("/")[4], "versions": [{"state": "archived"}]}
    marketplace.load({**MINIMAL, "apps": [{"appKey": "a", "appSoftware": [software]}]})
    path = PATS_VERSIONS.replace("/rest/3", "/admin/v1")
    found = ask(marketplace, "POST", f"{path}/1/unarchive", auth=PAT)
    assert (found.status, found.body["state"]) == (200, "active")


def test_a_version_is_compatible_with_what_there_is(marketplace: Marketplace) -> None:
    parents = [{"id": "confluence"}, {"id": "bamboo"}]
    marketplace.load({**MINIMAL, "parentSoftware": parents})
    found = ask(marketplace, "GET", PATS_VERSIONS, auth=PAT).body["versions"][0]
    assert found["compatibilities"] == [{"parentSoftwareId": "confluence"}]
    with pytest.raises(SandboxError, match="there is no parent"):
        marketplace.load({**MINIMAL, "parentSoftware": []})


def test_administrators_are_loaded_too(marketplace: Marketplace) -> None:
    root = {"email": "root@example.com", "administrator": True, "apiTokens": [{"token": "r00t"}]}
    marketplace.load({"people": [root]})
    found = ask(marketplace, "GET", "/admin/v1/people", auth=("root@example.com", "r00t"))
    assert [person["email"] for person in found.body["people"]] == ["root@example.com"]
    assert ask(marketplace, "GET", "/admin/v1/people", auth=ADMINISTRATOR).status == 401
