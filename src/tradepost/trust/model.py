"""The wire of the audit."""

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.http.cursors import PageLinks


class AuditPerson(msgspec.Struct, rename="camel", omit_defaults=True):
    """Who did it. `id` is absent for `operator`, whoever runs commands on the database itself, and
    for `anonymous`, whose request had no credentials but, say, an access token."""

    email: str
    id: str | UnsetType = UNSET


class AuditTarget(msgspec.Struct, rename="camel"):
    """What it was done to: the kind of thing, and its id; parts of a thing have its id, a slash,
    and their own."""

    type: str
    id: str


class AuditEntry(msgspec.Struct, rename="camel", omit_defaults=True):
    """One thing that was done. `before` and `after` are the thing as JSON, without secrets; absent
    where it was not there, or is no more."""

    at: str
    action: str
    person: AuditPerson
    target: AuditTarget
    request_id: str
    address: str | UnsetType = UNSET
    api_token_id: str | UnsetType = UNSET
    developer_space_id: str | UnsetType = UNSET
    before: msgspec.Raw | UnsetType = UNSET
    after: msgspec.Raw | UnsetType = UNSET


class AuditPage(msgspec.Struct, rename="camel"):
    links: PageLinks
    entries: list[AuditEntry]
