"""The wire of people and API tokens, in the administration interface."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.http.cursors import PageLinks
from tradepost.http.fields import Email, Line


class PersonCreateRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """`email` is kept in lower case; `name` is the email where it is absent."""

    email: Email
    name: Line | UnsetType = UNSET
    administrator: bool = False


class PersonUpdateRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What is absent stays as it is."""

    name: Line | UnsetType = UNSET
    administrator: bool | UnsetType = UNSET


class Person(msgspec.Struct, rename="camel", omit_defaults=True):
    id: str
    email: str
    name: str
    administrator: bool
    created_at: str
    archived_at: str | UnsetType = UNSET


class PersonPage(msgspec.Struct, rename="camel"):
    links: PageLinks
    people: list[Person]


class ApiTokenCreateRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """An API token never expires where `expiresInDays` is absent."""

    name: Line
    expires_in_days: Annotated[int, Meta(ge=1, le=3650)] | UnsetType = UNSET


class ApiToken(msgspec.Struct, rename="camel", omit_defaults=True):
    """What can be told of an API token. `lastUsedAt` is exact to a minute."""

    id: str
    name: str
    created_at: str
    expires_at: str | UnsetType = UNSET
    last_used_at: str | UnsetType = UNSET
    revoked_at: str | UnsetType = UNSET


class ApiTokenCreated(msgspec.Struct, rename="camel", omit_defaults=True):
    """A new API token with its secret, which is shown this once and never again."""

    id: str
    name: str
    token: str
    created_at: str
    expires_at: str | UnsetType = UNSET


class ApiTokenPage(msgspec.Struct, rename="camel"):
    links: PageLinks
    api_tokens: list[ApiToken]
