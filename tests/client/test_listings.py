"""Listings and developer spaces through the clients, on a real server in this process."""

import msgspec
import pytest

from tests.client.demo import Demo
from tests.client.driven import Driven
from tests.support.bodies import ADDON_CLOUD, ADDON_PRODUCT, OUTSIDER_SPACE, SPACE, UNKNOWN, version
from tests.support.client import ADMINISTRATOR, OUTSIDER
from tests.support.members import roles
from tradepost.client import (
    AppSoftwareVersionListingNotFoundError,
    DeveloperSpaceNotFoundError,
    ForbiddenError,
    MemberNotFoundError,
    ProductNotFoundError,
    RevisionMismatchError,
    ValidationError,
)


def test_the_listing_of_a_version_is_created_read_and_updated(client: Driven) -> None:
    number = client.create_app_software_version(ADDON_CLOUD, version()).build_number
    with pytest.raises(AppSoftwareVersionListingNotFoundError):
        client.get_app_software_version_listing(ADDON_CLOUD, number)
    body = {"state": "PRIVATE", "moreDetails": "Much better"}
    would_be = client.create_app_software_version_listing(
        ADDON_CLOUD, number, body, validate_only=True
    )
    assert would_be.more_details == "Much better"
    with pytest.raises(AppSoftwareVersionListingNotFoundError):
        client.get_app_software_version_listing(ADDON_CLOUD, number)
    listing = client.create_app_software_version_listing(ADDON_CLOUD, number, body)
    assert client.get_app_software_version_listing(ADDON_CLOUD, number) == listing
    changed = msgspec.structs.replace(listing, more_details="Better still")
    updated = client.update_app_software_version_listing(ADDON_CLOUD, number, changed)
    assert (updated.more_details, updated.revision) == ("Better still", listing.revision + 1)
    with pytest.raises(RevisionMismatchError):
        client.update_app_software_version_listing(ADDON_CLOUD, number, changed)
    with pytest.raises(ValidationError) as caught:
        client.create_app_software_version_listing(ADDON_CLOUD, number, {"state": "LOUD"})
    assert (caught.value.codes, caught.value.errors[0].status) == (("VALIDATION_FAIL",), 400)


def test_the_listings_of_versions_are_walked(reader: Driven) -> None:
    everything = list(reader.iterate_app_software_version_listings(ADDON_CLOUD))
    assert len(everything) > 10
    some = reader.iterate_app_software_version_listings(ADDON_CLOUD, page_size=7, state="PUBLIC")
    assert list(some) == [each for each in everything if each.state == "PUBLIC"]
    page = reader.get_app_software_version_listings(ADDON_CLOUD, approval_status="APPROVED")
    assert {each.approval_status for each in page.versions} <= {"APPROVED"}


def test_the_listing_of_an_app_is_read_and_updated(client: Driven) -> None:
    listing = client.get_product_listing(ADDON_PRODUCT)
    changed = msgspec.structs.replace(listing, tag_line="See more")
    assert client.update_product_listing(ADDON_PRODUCT, changed).tag_line == "See more"
    with pytest.raises(RevisionMismatchError):
        client.update_product_listing(ADDON_PRODUCT, changed)
    with pytest.raises(ProductNotFoundError):
        client.get_product_listing(UNKNOWN)


def test_the_listings_of_apps_are_walked(reader: Driven) -> None:
    everything = list(reader.iterate_product_listings(SPACE, include_private=True))
    assert ADDON_PRODUCT in {each.product_id for each in everything}
    walked = list(reader.iterate_product_listings(SPACE, page_size=1, include_private=True))
    assert walked == everything
    public = reader.get_product_listings(SPACE, include_private=False, limit=50)
    assert public.items == [each for each in everything if each.state == "PUBLIC"]
    with pytest.raises(ForbiddenError):
        reader.get_product_listings(OUTSIDER_SPACE, include_private=True)


def test_a_developer_space_is_found_by_either_id(reader: Driven) -> None:
    space = reader.get_developer_space(SPACE)
    assert reader.get_developer_space_by_vendor(space.vendor_id).developer_id == SPACE
    with pytest.raises(DeveloperSpaceNotFoundError):
        reader.get_developer_space(UNKNOWN)
    for listing in reader.get_developer_listings(SPACE):
        assert listing.developer_id == SPACE


def test_the_catalog_account_is_for_members(shared_demo: Demo) -> None:
    with shared_demo.client(OUTSIDER) as outsider, pytest.raises(ForbiddenError):
        outsider.get_developer_catalog_account(SPACE)
    with shared_demo.client() as member:
        assert member.get_developer_catalog_account(SPACE).developer_id == SPACE


def test_members_are_added_changed_and_removed(demo: Demo) -> None:
    with demo.client(OUTSIDER) as outsider:
        [outsiders_member] = outsider.iterate_developer_members(OUTSIDER_SPACE)
    with demo.client(ADMINISTRATOR) as client:
        before = list(client.iterate_developer_members(SPACE))
        aaid = outsiders_member.aaid
        with pytest.raises(MemberNotFoundError):
            client.get_developer_member(SPACE, aaid)
        added = client.create_developer_member(SPACE, aaid, {"roles": roles("viewer")})
        assert client.get_developer_member(SPACE, aaid) == added
        walked = list(client.iterate_developer_members(SPACE, page_size=1))
        assert len(walked) == len(before) + 1
        page = client.get_developer_members(SPACE, limit=1)
        rest = client.get_developer_members(SPACE, cursor=page.next)
        assert page.members + rest.members == walked[:2]
        changed = client.update_developer_member(SPACE, aaid, {"roles": roles("data-analyst")})
        assert [role.role_id for role in changed.roles] == ["data-analyst"]
        client.delete_developer_member(SPACE, aaid)
        assert list(client.iterate_developer_members(SPACE)) == before
