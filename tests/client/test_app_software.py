"""App software and parent software through the clients, on a real server in this process."""

import msgspec
import pytest
from msgspec import UNSET

from tests.client.demo import Demo
from tests.client.driven import Driven
from tests.support.bodies import ADDON_CLOUD, ADDON_SERVER, UNKNOWN, version
from tests.support.client import OUTSIDER
from tradepost.app_software.model import AppSoftwareVersionCreateRequest
from tradepost.client import (
    AppKeyNotFoundError,
    AppSoftwareNotFoundError,
    AppSoftwareVersionNotFoundError,
    ForbiddenError,
    InvalidParameterError,
    NotFoundError,
    ParentSoftwareVersionNotFoundError,
    RevisionMismatchError,
    UnauthorizedError,
    ValidationError,
)

APP_KEY = "com.example.app.addon"


@pytest.mark.parametrize("base", ["", "/", "/marketplace", "/marketplace/"])
def test_a_base_url_may_end_in_marketplace(shared_demo: Demo, base: str) -> None:
    with shared_demo.client(base="http://tradepost.test" + base) as client:
        walked = list(client.iterate_app_software_versions(ADDON_CLOUD, page_size=30))
        page = client.get_app_software_versions(ADDON_CLOUD, limit=50)
    assert walked[:50] == page.versions
    assert len(walked) == page.total_count == 64


def test_an_app_key_leads_to_versions(reader: Driven) -> None:
    [cloud] = reader.get_app_software_by_app_key(APP_KEY, hosting="cloud")
    assert cloud.app_software_id == ADDON_CLOUD
    found = reader.get_app_software_by_app_key(
        "com.example.app.reports", compliance_boundaries=["commercial", "fedramp_moderate"]
    )
    assert [each.compliance_boundaries for each in found] == [["commercial"], ["fedramp_moderate"]]
    with pytest.raises(AppKeyNotFoundError):
        reader.get_app_software_by_app_key("com.example/../nothing")


def test_filters_narrow_a_walk(reader: Driven) -> None:
    everything = list(reader.iterate_app_software_versions(ADDON_CLOUD))
    some = list(reader.iterate_app_software_versions(ADDON_CLOUD, page_size=9, state="active"))
    assert some == [each for each in everything if each.state == "active"]
    assert len(some) < len(everything)
    with pytest.raises(InvalidParameterError) as caught:
        list(reader.iterate_app_software_versions(ADDON_CLOUD, parent_software_id="nothing"))
    assert caught.value.errors[0].detail.startswith("parentSoftwareId")


def test_a_page_is_reached_by_its_cursor(reader: Driven) -> None:
    first = reader.get_app_software_versions(ADDON_CLOUD, limit=1)
    cursor = first.links.next.partition("?cursor=")[2]
    second = reader.get_app_software_versions(ADDON_CLOUD, cursor=cursor)
    assert len(second.versions) == 1
    assert second.versions[0].build_number < first.versions[0].build_number


def test_a_version_is_created_read_and_updated(client: Driven) -> None:
    body = msgspec.convert(version(), AppSoftwareVersionCreateRequest)
    created = client.create_app_software_version(ADDON_CLOUD, body)
    assert client.get_app_software_version(ADDON_CLOUD, created.build_number) == created
    changed = msgspec.structs.replace(created, beta=True)
    updated = client.update_app_software_version(ADDON_CLOUD, created.build_number, changed)
    assert (updated.beta, updated.revision) == (True, created.revision + 1)
    with pytest.raises(RevisionMismatchError):
        client.update_app_software_version(ADDON_CLOUD, created.build_number, changed)


def test_every_problem_of_a_body_is_told(client: Driven) -> None:
    with pytest.raises(ValidationError) as caught:
        client.create_app_software_version(
            ADDON_CLOUD, version(beta="no", supportedPaymentModel="gold")
        )
    error = caught.value
    assert error.status == 400
    assert error.codes == ("VALIDATION_ERROR", "VALIDATION_ERROR")
    assert {entry.detail.split()[0] for entry in error.errors} == {"beta", "supportedPaymentModel"}
    for entry in error.errors:
        assert (entry.status, entry.detail in str(error)) == (400, True)
    assert error.request_id in str(error)
    assert f"POST /rest/3/app-software/{ADDON_CLOUD}/versions" in str(error)


def test_a_version_is_validated_and_not_stored(client: Driven) -> None:
    before = client.get_app_software_versions(ADDON_CLOUD).total_count
    would_be = client.create_app_software_version(ADDON_CLOUD, version(), validate_only=True)
    assert client.get_app_software_versions(ADDON_CLOUD).total_count == before
    created = client.create_app_software_version(ADDON_CLOUD, version())
    assert would_be.build_number == created.build_number
    with pytest.raises(ValidationError, match="beta"):
        client.create_app_software_version(ADDON_CLOUD, version(beta=1), validate_only=True)


def test_access_tokens_are_created_and_listed(client: Driven) -> None:
    created = [client.create_access_token(ADDON_SERVER) for _ in range(2)]
    assert client.get_access_tokens(ADDON_SERVER).tokens == created
    assert client.get_access_tokens(ADDON_SERVER, token=created[1].token).tokens == [created[1]]
    assert client.get_access_tokens(ADDON_SERVER, token="at_unknown").tokens == []


def test_who_may_not_is_told_so(shared_demo: Demo) -> None:
    with shared_demo.client(OUTSIDER) as outsider, pytest.raises(ForbiddenError):
        outsider.get_access_tokens(ADDON_SERVER)
    with shared_demo.client(("developer@example.com", "wrong-secret")) as stranger:
        with pytest.raises(UnauthorizedError) as caught:
            stranger.get_app_software_by_app_key(APP_KEY)
        assert "wrong-secret" not in f"{caught.value}{caught.value!r}{stranger.client!r}"


def test_what_is_not_there_is_not_found(reader: Driven) -> None:
    with pytest.raises(AppSoftwareNotFoundError):
        reader.get_app_software_versions(UNKNOWN)
    with pytest.raises(AppSoftwareVersionNotFoundError):
        reader.get_app_software_version(ADDON_CLOUD, 999_999)
    with pytest.raises(NotFoundError):
        reader.get_parent_software("jira/versions")


def test_parent_software_needs_no_credentials(shared_demo: Demo) -> None:
    with shared_demo.client(None) as client:
        everything = list(client.iterate_all_parent_software(page_size=4))
        assert "jira" in {parent.id for parent in everything}
        page = client.get_all_parent_software(limit=3)
        assert [parent.id for parent in page.parent_software] == [p.id for p in everything[:3]]
        assert client.get_parent_software("jira") in everything
        versions = list(client.iterate_parent_software_versions("jira"))
        assert client.get_parent_software_versions("jira", limit=2).versions == versions[:2]
        newest = versions[0]
        assert (
            client.get_parent_software_version_by_build("jira", newest.build_number)
            == client.get_parent_software_version_by_number("jira", newest.version_number)
            == newest
        )
        with pytest.raises(ParentSoftwareVersionNotFoundError):
            client.get_parent_software_version_by_number("jira", "0.0.0 alpha/?&#%")


def test_the_server_says_which_it_is(client: Driven) -> None:
    assert client.server_version is None
    client.get_parent_software("jira")
    assert client.server_version


def test_anything_can_be_sent_as_it_is(client: Driven) -> None:
    answer = client.request("GET", "/rest/3/app-software/nothing/versions", params={"limit": 1})
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["code"] == "APP_SOFTWARE_NOT_FOUND"
    assert client.request("POST", "/rest/3/parent-software").status_code == 405
    with pytest.raises(ValueError, match="starts with /"):
        client.request("GET", "http://elsewhere.example/rest/3/parent-software")


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_what_is_no_segment_of_a_path_is_not_sent(reader: Driven, segment: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in the path"):
        reader.get_parent_software(segment)


def test_optional_fields_that_are_absent_are_unset(reader: Driven) -> None:
    page = reader.get_app_software_versions(ADDON_SERVER, limit=50)
    assert page.links.next is UNSET
