"""Storing the entries of a document, with what they leave out filled in."""

from typing import Any, Final, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.app_listing import rules as app_listing_rules
from tradepost.app_listing import store as app_listings
from tradepost.app_listing.model import ProductListing
from tradepost.app_software import store as app_software
from tradepost.app_software.model import (
    VERSION_STATES,
    AppSoftwareVersionGetResponse,
    Compatibilities,
)
from tradepost.app_version_listing import store as version_listings
from tradepost.app_version_listing.model import AppSoftwareVersionListing
from tradepost.chance import Chance
from tradepost.database import Transaction, next_change
from tradepost.developer_space import store as developer_spaces
from tradepost.http.fields import BuildNumber, Line
from tradepost.http.parameters import MAX_BUILD_NUMBER
from tradepost.parent_software import store as parent_software
from tradepost.parent_software.model import (
    ParentSoftwareGetResponse,
    ParentSoftwareVersionGetResponse,
)
from tradepost.people import rules as people
from tradepost.sandbox import store
from tradepost.sandbox.model import (
    ApiTokenEntry,
    AppEntry,
    AppSoftwareEntry,
    DeveloperSpaceEntry,
    ParentEntry,
    PersonEntry,
    Stamp,
    Written,
)
from tradepost.sandbox.records import load_records
from tradepost.sandbox.soundness import BadDocumentError, converted

T = TypeVar("T")

_BESIDE: Final = ("listing", "stateBefore")
"""What an element of `versions` has beside the fields of a version."""
_VERSION_FIELDS: Final = frozenset(
    (*(f.encode_name for f in msgspec.structs.fields(AppSoftwareVersionGetResponse)), *_BESIDE)
)


class _Version(AppSoftwareVersionGetResponse, kw_only=True):
    """What a version may be by the operations that write one."""

    build_number: BuildNumber
    version_number: Line | UnsetType = UNSET
    compatibilities: Compatibilities
    revision: Written
    created_by: Line
    created_at: Stamp


class _VersionListing(AppSoftwareVersionListing, kw_only=True):
    revision: Written


class _AppListing(ProductListing, kw_only=True):
    revision: Written


class Loader:
    """Stores entries in a transaction; `at` is the time of what does not say its own."""

    def __init__(self, transaction: Transaction, at: str, chance: Chance):
        self._transaction = transaction
        self._at = at
        self._chance = chance
        self._parent: str | None = None

    async def person(self, entry: PersonEntry) -> None:
        await store.insert(
            self._transaction,
            "person",
            id=self._id(entry.id),
            email=entry.email.lower(),
            name=_or(entry.name, entry.email),
            administrator=int(entry.administrator),
            created_at=_or(entry.created_at, self._at),
            archived_at=_or(entry.archived_at, None),
        )
        person_pk = await self._key("person", "email", entry.email.lower())
        for token in entry.api_tokens:
            digest = _digest_of(token, entry.email)
            await store.insert(
                self._transaction,
                "api_token",
                id=self._id(token.id),
                person_pk=person_pk,
                name=token.name,
                lookup=digest[: people.LOOKUP_BYTES],
                digest=digest,
                created_at=_or(token.created_at, self._at),
                expires_at=_or(token.expires_at, None),
                revoked_at=_or(token.revoked_at, None),
            )

    async def space(self, entry: DeveloperSpaceEntry) -> None:
        space_id = self._id(entry.id)
        vendor_id = entry.vendor_id
        if vendor_id is UNSET:
            vendor_id = await developer_spaces.highest_vendor_id(self._transaction) + 1
            if vendor_id > MAX_BUILD_NUMBER:
                raise BadDocumentError(f"{entry.name} needs a vendorId: the highest is in use")
        await store.insert(
            self._transaction,
            "developer_space",
            id=space_id,
            vendor_id=vendor_id,
            name=entry.name,
            approval_policy=entry.approval_policy,
            version=entry.version,
            catalog_account_id=_or(entry.catalog_account_id, None),
            created_at=_or(entry.created_at, self._at),
            archived_at=_or(entry.archived_at, None),
        )
        space_pk = await self._key("developer_space", "id", space_id)
        for member in entry.members:
            await store.insert(
                self._transaction,
                "developer_space_member",
                developer_space_pk=space_pk,
                person_pk=await self._key("person", "email", member.email.lower()),
                roles=msgspec.json.encode(member.roles).decode(),
                categories=msgspec.json.encode(member.categories).decode(),
                joined_at=_or(member.joined_at, self._at),
            )
        for listing in entry.listings:
            await store.insert(
                self._transaction,
                "developer_listing",
                developer_space_pk=space_pk,
                type=listing.type,
                version=listing.version,
                document=msgspec.json.encode(listing.document),
                changes=next_change(),
            )

    async def parent(self, entry: ParentEntry) -> None:
        saved = ParentSoftwareGetResponse(
            entry.id,
            entry.developer_id,
            _or(entry.name, entry.id),
            entry.hosting_options,
            entry.extensibility_frameworks,
            entry.state,
            entry.revision,
        )
        parent_pk = await parent_software.save(self._transaction, saved)
        releases = [
            ParentSoftwareVersionGetResponse(
                release.build_number,
                release.version_number,
                release.hosting,
                release.state,
                release.revision,
                _or(release.created_at, self._at),
            )
            for release in entry.versions
        ]
        await parent_software.save_versions(self._transaction, parent_pk, releases, ())

    async def app(self, entry: AppEntry) -> None:
        product_id = self._id(entry.product_id)
        name = _or(entry.name, entry.app_key)
        space_id = _or(entry.developer_space_id, await store.first_space(self._transaction))
        if space_id is None:
            raise BadDocumentError(f"the app {entry.app_key} needs a developer space")
        await store.insert(
            self._transaction,
            "app",
            product_id=product_id,
            app_key=entry.app_key,
            name=name,
            developer_space_pk=await self._key("developer_space", "id", space_id),
            created_at=_or(entry.created_at, self._at),
            archived_at=_or(entry.archived_at, None),
        )
        listing = app_listing_rules.first_listing(product_id, entry.app_key, space_id, name)
        boundaries = [software.compliance_boundary for software in entry.app_software]
        listing.cloud_compliance_boundary = not {*boundaries} <= {UNSET, "commercial"}
        if entry.listing is not UNSET:
            given = {**msgspec.to_builtins(listing), **entry.listing}
            listing = converted(
                given,
                ProductListing,
                f"the listing of the app {entry.app_key}",
                narrower=_AppListing,
            )
        await app_listings.insert(self._transaction, listing)
        app_pk = await self._key("app", "product_id", product_id)
        for software in entry.app_software:
            await self._software(app_pk, space_id, entry.app_key, software)
        await load_records(
            self._transaction, app_pk, product_id, space_id, entry, self._at, self._chance
        )

    async def _software(
        self, app_pk: int, space_id: str, app_key: str, entry: AppSoftwareEntry
    ) -> None:
        software_id = self._id(entry.id)
        default = "commercial" if entry.hosting == "cloud" else ""
        await store.insert(
            self._transaction,
            "app_software",
            id=software_id,
            app_pk=app_pk,
            developer_space_id=space_id,
            hosting=entry.hosting,
            compliance_boundary=_or(entry.compliance_boundary, default),
            created_at=_or(entry.created_at, self._at),
            archived_at=_or(entry.archived_at, None),
        )
        software_pk = await self._key("app_software", "id", software_id)
        highest = 0
        for sent in entry.versions:
            build_number = sent.get("buildNumber", highest + 1)
            where = f"the version {build_number} of the app {app_key}"
            version = await self._version(sent, build_number, entry.hosting, app_key, where)
            highest = max(highest, version.build_number)
            await app_software.insert(self._transaction, software_pk, version)
            state = _state_before(sent, version, where)
            if state is not None:
                await store.set_state_before(
                    self._transaction, software_pk, version.build_number, state
                )
            if "listing" in sent:
                own = {"buildNumber": version.build_number, "appSoftwareId": software_id}
                if not isinstance(sent["listing"], dict):
                    raise BadDocumentError(f"the listing of {where} must be an object")
                given = {**sent["listing"], **own}
                listing = converted(
                    given,
                    AppSoftwareVersionListing,
                    f"the listing of {where}",
                    narrower=_VersionListing,
                )
                await version_listings.insert(self._transaction, software_pk, listing)
        for token in entry.access_tokens:
            await store.insert(
                self._transaction,
                "access_token",
                token=_or(token.token, None) or self._chance.access_token(),
                app_software_pk=software_pk,
                cloud_id=token.cloud_id,
                instance=token.instance,
                created_by=token.created_by,
                created_at=_or(token.created_at, self._at),
                redeemed_at=_or(token.redeemed_at, None),
                revoked_at=_or(token.revoked_at, None),
            )

    async def _version(
        self, sent: dict[str, Any], build_number: Any, hosting: str, app_key: str, where: str
    ) -> AppSoftwareVersionGetResponse:
        unknown = sent.keys() - _VERSION_FIELDS
        if unknown:
            raise BadDocumentError(f"{where} has no field {min(unknown)}")
        framework: dict[str, Any] = {
            "frameworkId": "external",
            "attributes": {"authorization": False},
        }
        if hosting == "cloud":
            attributes = {"descriptorId": app_key, "scopes": []}
            framework = {"frameworkId": "connect", "attributes": attributes}
        given = {
            "buildNumber": build_number,
            "compatibilities": [{"parentSoftwareId": await self._some_parent(where)}],
            "supportedPaymentModel": "free",
            "frameworkDetails": framework,
            "supported": True,
            "beta": False,
            "state": "active",
            "revision": 1,
            "createdBy": "sandbox",
            "createdAt": self._at,
            **{name: value for name, value in sent.items() if name not in _BESIDE},
        }
        return converted(given, AppSoftwareVersionGetResponse, where, narrower=_Version)

    async def _some_parent(self, where: str) -> str:
        """What a version that does not say so is compatible with."""
        self._parent = self._parent or await store.first_parent(self._transaction)
        if self._parent is None:
            raise BadDocumentError(f"{where} is compatible with nothing: there is no parent")
        return self._parent

    def _id(self, given: str | UnsetType) -> str:
        return self._chance.uuid() if isinstance(given, UnsetType) else given

    async def _key(self, table: str, column: str, value: str) -> int:
        key = await store.key_of(self._transaction, table, column, value)
        if key is None:
            raise BadDocumentError(f"there is no {table.replace('_', ' ')} {value}")
        return key


def _state_before(
    sent: dict[str, Any], version: AppSoftwareVersionGetResponse, where: str
) -> str | None:
    """What an archived version goes back to."""
    state = sent.get("stateBefore")
    if version.state != "archived":
        if state is not None:
            raise BadDocumentError(f"{where} has a stateBefore, and is not archived")
        return None
    if state is None:
        return "active"
    if state == "archived" or state not in VERSION_STATES:
        raise BadDocumentError(f"{where}: stateBefore is no state to go back to")
    return str(state)


def _or(given: T | UnsetType, default: Any) -> Any:
    """What is given, or a default."""
    return default if isinstance(given, UnsetType) else given


def _digest_of(entry: ApiTokenEntry, email: str) -> bytes:
    """What is stored of an API token."""
    if entry.token is not UNSET:
        return people.digest(entry.token)
    if entry.digest is not UNSET:
        return bytes.fromhex(entry.digest)
    raise BadDocumentError(f"an API token of {email} needs a token or a digest")
