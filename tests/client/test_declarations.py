"""Privacy and security and Migrations through the clients, on a real server in this process."""

import msgspec
import pytest

from tests.client.demo import Demo
from tests.client.driven import Driven
from tests.support.bodies import ADDON_PRODUCT, UNKNOWN
from tests.support.client import OUTSIDER
from tests.support.declarations import CALENDAR_PRODUCT, EVERYTHING, REPORTS_PRODUCT
from tradepost.app_migration.model import AppMigrationPatchDocumentation
from tradepost.client import (
    ForbiddenError,
    MigrationNotFoundError,
    PrivacyAndSecurityNotFoundError,
    ProductNotFoundError,
    ValidationError,
)


def test_a_declaration_is_drafted_published_and_dropped(client: Driven) -> None:
    with pytest.raises(PrivacyAndSecurityNotFoundError):
        client.get_privacy_and_security(REPORTS_PRODUCT, state="draft")
    body = {"commonCloud": EVERYTHING}
    tried = client.update_privacy_and_security(REPORTS_PRODUCT, body, validate_only=True)
    assert msgspec.to_builtins(tried)["commonCloud"].items() >= EVERYTHING.items()
    with pytest.raises(PrivacyAndSecurityNotFoundError):
        client.publish_privacy_and_security(REPORTS_PRODUCT)
    draft = client.update_privacy_and_security(REPORTS_PRODUCT, body)
    assert client.get_privacy_and_security(REPORTS_PRODUCT, state="draft") == draft
    would_be = client.publish_privacy_and_security(REPORTS_PRODUCT, validate_only=True)
    assert would_be.common_cloud.properties.form_status == "APPROVED"
    live = client.publish_privacy_and_security(REPORTS_PRODUCT)
    assert client.get_privacy_and_security(REPORTS_PRODUCT) == live
    assert client.update_privacy_and_security(REPORTS_PRODUCT, live) != live
    client.delete_privacy_and_security(REPORTS_PRODUCT)
    with pytest.raises(PrivacyAndSecurityNotFoundError):
        client.delete_privacy_and_security(REPORTS_PRODUCT)
    assert client.get_privacy_and_security(REPORTS_PRODUCT, state="live") == live


def test_what_is_wrong_with_a_declaration_is_told(client: Driven) -> None:
    body = {"commonCloud": {"logDetails": {"logEndUserData": True}, "llmModels": 5}}
    with pytest.raises(ValidationError) as caught:
        client.update_privacy_and_security(ADDON_PRODUCT, body)
    assert len(caught.value.errors) == 3


def test_drafts_are_for_members(shared_demo: Demo) -> None:
    with shared_demo.client(OUTSIDER) as outsider:
        assert outsider.get_privacy_and_security(ADDON_PRODUCT)
        with pytest.raises(ForbiddenError):
            outsider.get_privacy_and_security(ADDON_PRODUCT, state="draft")


def test_a_migration_record_is_read_replaced_and_patched(client: Driven) -> None:
    record = client.get_product_migration(ADDON_PRODUCT)
    changed = msgspec.structs.replace(record, migration_path="MANUAL")
    tried = client.update_product_migration(ADDON_PRODUCT, changed, validate_only=True)
    assert (tried, client.get_product_migration(ADDON_PRODUCT)) == (changed, record)
    assert client.update_product_migration(ADDON_PRODUCT, changed) == changed
    steps = [
        {"op": "remove", "path": "/cloudAddonKey"},
        AppMigrationPatchDocumentation("replace", "/migrationPath", "AUTOMATED"),
    ]
    expected = msgspec.structs.replace(record, cloud_addon_key=msgspec.UNSET)
    tried = client.patch_product_migration(ADDON_PRODUCT, steps, validate_only=True)
    assert (tried, client.get_product_migration(ADDON_PRODUCT)) == (expected, changed)
    assert client.patch_product_migration(ADDON_PRODUCT, steps) == expected
    with pytest.raises(ValidationError):
        client.patch_product_migration(ADDON_PRODUCT, steps)
    assert client.patch_product_migration(ADDON_PRODUCT, []) == expected


def test_what_is_not_there_is_not_found(reader: Driven) -> None:
    with pytest.raises(MigrationNotFoundError):
        reader.get_product_migration(CALENDAR_PRODUCT)
    with pytest.raises(ProductNotFoundError):
        reader.get_product_migration(UNKNOWN)
    with pytest.raises(PrivacyAndSecurityNotFoundError):
        reader.get_privacy_and_security(CALENDAR_PRODUCT)
