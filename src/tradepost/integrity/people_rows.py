"""What rows of people and developer spaces must be."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from tradepost.developer_space.model import (
    ApprovalPolicy,
    Category,
    DeveloperListing,
    ListingType,
    RoleId,
)
from tradepost.http.fields import BuildNumber, Email, Line, Uuid
from tradepost.integrity.checked import At, Checked, Count, Flag, before_it_began
from tradepost.integrity.documents import differences, read
from tradepost.integrity.model import Names
from tradepost.people.rules import LOOKUP_BYTES
from tradepost.people.store import SECRET_BYTES

Digest = Annotated[bytes, Meta(min_length=32, max_length=32)]

_developer_listing = msgspec.json.Decoder(DeveloperListing)
_roles = msgspec.json.Decoder(list[RoleId])
_categories = msgspec.json.Decoder(list[Category])


class ServerSecret(Checked):
    name: str
    value: Annotated[bytes, Meta(min_length=SECRET_BYTES)]


class PersonRow(Checked):
    pk: int
    id: Uuid
    email: Email
    name: str
    administrator: Flag
    created_at: At
    archived_at: At | None

    def problems(self, names: Names) -> Iterator[str]:
        if self.email != self.email.lower():
            yield "email is not in lower case"


class ApiTokenRow(Checked):
    pk: int
    id: Uuid
    person_pk: int
    name: Line
    lookup: bytes
    digest: Digest
    created_at: At
    expires_at: At | None
    last_used_at: At | None
    revoked_at: At | None

    def problems(self, names: Names) -> Iterator[str]:
        if self.lookup != self.digest[:LOOKUP_BYTES]:
            yield "lookup is not the start of digest"
        yield from before_it_began(self.created_at, revoked_at=self.revoked_at)


class ConsoleSessionRow(Checked):
    digest: Digest
    api_token_pk: int
    created_at: At
    expires_at: At


class DeveloperSpaceRow(Checked):
    pk: int
    id: Uuid
    vendor_id: BuildNumber
    name: str
    approval_policy: ApprovalPolicy
    created_at: At
    archived_at: At | None
    version: Annotated[int, Meta(ge=1)]
    catalog_account_id: Line | None


class MemberRow(Checked):
    developer_space_pk: int
    person_pk: int
    roles: str
    categories: str
    joined_at: At

    def problems(self, names: Names) -> Iterator[str]:
        if not read(_roles, self.roles.encode()):
            yield "it has no role"
        read(_categories, self.categories.encode())


class DeveloperListingRow(Checked):
    developer_space_pk: int
    type: ListingType
    version: int
    document: bytes
    changes: Count

    def problems(self, names: Names) -> Iterator[str]:
        found = read(_developer_listing, self.document)
        space_id = names.spaces.get(self.developer_space_pk)
        yield from differences(
            type=(self.type, found.__struct_config__.tag),
            version=(self.version, found.version),
            developer_space_pk=(space_id, found.developer_id),
        )
