"""The built-in catalogue of products and releases, and merging another one into it."""

from typing import Any

import msgspec
import pytest

from tests.support.answers import MOMENT
from tests.support.client import InProcess
from tradepost.database import Transaction
from tradepost.parent_software import catalogue, rules
from tradepost.parent_software.catalogue import CatalogueError, Imported

JIRA = "/rest/3/parent-software/jira"


def product(parent_id: str = "probe", **changes: Any) -> dict[str, Any]:
    return {
        "id": parent_id,
        "developerId": "Example",
        "name": "Probe",
        "hostingOptions": [{"hosting": "cloud"}],
        "extensibilityFrameworks": [{"frameworkId": "connect"}],
        "state": "active",
        "revision": 1,
        **changes,
    }


def release(build_number: int, version_number: str, **changes: Any) -> dict[str, Any]:
    return {
        "buildNumber": build_number,
        "versionNumber": version_number,
        "hosting": ["cloud"],
        "state": "active",
        "revision": 1,
        "createdAt": "2024-01-02T03:04:05Z",
        **changes,
    }


def merge(server: InProcess, products: list[Any], **versions: list[Any]) -> Imported:
    """Merge a catalogue file with these products and releases."""
    parsed = catalogue.parse(
        msgspec.json.encode({"parentSoftware": products, "versions": versions})
    )

    async def work(transaction: Transaction) -> Imported:
        return await catalogue.merge(transaction, parsed)

    imported: Imported = server.run(server.database.write(work))
    return imported


def read(server: InProcess, path: str) -> Any:
    answer = server.get(f"/rest/3/parent-software/{path}", None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_built_in_catalogue_has_13_products_and_3214_releases() -> None:
    built_in = catalogue.built_in()
    assert len(built_in.parent_software) == 13
    assert sum(map(len, built_in.versions.values())) == 3214


def test_the_built_in_catalogue_is_one_that_could_be_imported() -> None:
    assert rules.catalogue_problems(catalogue.built_in()) == []


def test_the_built_in_products_are_of_one_developer_and_active() -> None:
    for parent in catalogue.built_in().parent_software:
        assert parent.developer_id == "Atlassian"
        assert parent.state == "active"
        assert parent.revision == 1
        assert parent.name
        assert parent.hosting_options
        assert parent.extensibility_frameworks


def test_the_built_in_releases_have_hostings_that_their_products_offer() -> None:
    built_in = catalogue.built_in()
    offered = {
        parent.id: {option.hosting for option in parent.hosting_options}
        for parent in built_in.parent_software
    }
    for parent_id, releases in built_in.versions.items():
        for one in releases:
            assert one.hosting
            assert set(one.hosting) <= offered[parent_id]
            assert MOMENT.fullmatch(one.created_at)


def test_the_built_in_releases_are_named_once() -> None:
    for releases in catalogue.built_in().versions.values():
        assert len({one.build_number for one in releases}) == len(releases)
        assert len({one.version_number for one in releases}) == len(releases)


def test_the_built_in_catalogue_is_there_at_the_first_start(shared: InProcess) -> None:
    served = shared.get("/rest/3/parent-software", None).json()
    expected = msgspec.to_builtins(catalogue.built_in().parent_software)
    assert served["parentSoftware"] == expected


def test_merging_what_is_there_changes_nothing(server: InProcess) -> None:
    before = server.get(JIRA, None).content
    built_in = catalogue.built_in()

    async def work(transaction: Transaction) -> Imported:
        return await catalogue.merge(transaction, built_in)

    assert server.run(server.database.write(work)) == Imported(added=0, changed=0)
    assert server.get(JIRA, None).content == before


def test_new_products_and_releases_are_added(server: InProcess) -> None:
    releases = [release(1, "1.0"), release(2, "1.1")]
    assert merge(server, [product()], probe=releases) == Imported(added=3, changed=0)
    assert read(server, "probe") == product()
    assert read(server, "probe/versions")["versions"] == releases[::-1]
    listed = server.get("/rest/3/parent-software", None).json()["parentSoftware"]
    assert [parent["id"] for parent in listed].index("probe") == 13


def test_a_product_without_releases_can_be_merged(server: InProcess) -> None:
    assert merge(server, [product()]) == Imported(added=1, changed=0)
    assert read(server, "probe/versions")["versions"] == []


def test_what_differs_is_replaced_and_counts_its_own_revision_up(server: InProcess) -> None:
    merge(server, [product()], probe=[release(1, "1.0"), release(2, "1.1")])
    changed = release(2, "1.1", state="archived")
    for revision in (2, 3):
        name = f"Name {revision}"
        changed["hosting"] = ["cloud"] * revision
        imported = merge(server, [product(name=name)], probe=[release(1, "1.0"), changed])
        assert imported == Imported(added=0, changed=2)
        assert read(server, "probe") == product(name=name, revision=revision)
        assert read(server, "probe/versions/build/2") == {**changed, "revision": revision}
        assert read(server, "probe/versions/build/1")["revision"] == 1


def test_the_revision_in_a_file_alone_is_no_change(server: InProcess) -> None:
    merge(server, [product()], probe=[release(1, "1.0")])
    imported = merge(server, [product(revision=9)], probe=[release(1, "1.0", revision=9)])
    assert imported == Imported(added=0, changed=0)
    assert read(server, "probe")["revision"] == 1
    assert read(server, "probe/versions/build/1")["revision"] == 1


def test_what_a_file_leaves_out_stays(server: InProcess) -> None:
    merge(server, [product()], probe=[release(1, "1.0")])
    assert merge(server, [product()], probe=[release(2, "1.1")]) == Imported(added=1, changed=0)
    builds = [one["buildNumber"] for one in read(server, "probe/versions")["versions"]]
    assert builds == [2, 1]
    assert server.get(JIRA, None).status_code == 200


def test_a_release_can_get_another_version_number(server: InProcess) -> None:
    merge(server, [product()], probe=[release(1, "1.0")])
    assert merge(server, [product()], probe=[release(1, "1.0.0")]) == Imported(0, 1)
    assert read(server, "probe/versions/number/1.0.0")["buildNumber"] == 1
    answer = server.get("/rest/3/parent-software/probe/versions/number/1.0", None)
    assert answer.status_code == 404


def test_a_contradiction_is_refused_and_nothing_is_stored(server: InProcess) -> None:
    merge(server, [product()], probe=[release(1, "1.0")])
    with pytest.raises(CatalogueError, match=r"version number 1\.0"):
        merge(
            server,
            [product("early"), product(name="Renamed")],
            early=[release(1, "1.0")],
            probe=[release(7, "7.0"), release(2, "1.0")],
        )
    assert server.get("/rest/3/parent-software/early", None).status_code == 404
    assert read(server, "probe") == product()
    assert read(server, "probe/versions")["versions"] == [release(1, "1.0")]


@pytest.mark.parametrize(
    ("products", "versions"),
    [
        ([product(), product()], {}),
        ([product()], {"other": [release(1, "1.0")]}),
        ([product()], {"probe": [release(1, "1.0"), release(1, "1.1")]}),
        ([product()], {"probe": [release(1, "1.0"), release(2, "1.0")]}),
        ([product()], {"probe": [release(1, "1.0", createdAt="yesterday")]}),
        ([product()], {"probe": [release(-1, "1.0")]}),
        ([product()], {"probe": [release(1, "1.0", hosting=["moon"])]}),
        ([product(state="new")], {}),
        ([{"id": "probe"}], {}),
        (None, {}),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(products: Any, versions: Any) -> None:
    data = msgspec.json.encode({"parentSoftware": products, "versions": versions})
    with pytest.raises(CatalogueError):
        catalogue.parse(data)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'"\xff"', b"[" * 100_000])
def test_a_file_that_is_no_catalogue_is_refused(data: bytes) -> None:
    with pytest.raises(CatalogueError, match="the file is no catalogue"):
        catalogue.parse(data)
