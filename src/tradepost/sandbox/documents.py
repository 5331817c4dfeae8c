"""Replacing what a sandbox holds by a document, and the document of what it holds."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

import apsw
import msgspec
from msgspec import UNSET

from tradepost.chance import Chance
from tradepost.database import Database, Row, Transaction
from tradepost.integrity.look import problems_of_tables
from tradepost.sandbox import store
from tradepost.sandbox.loading import Loader
from tradepost.sandbox.model import (
    AccessTokenEntry,
    ApiTokenEntry,
    AppEntry,
    AppSoftwareEntry,
    DeveloperListingEntry,
    DeveloperSpaceEntry,
    Document,
    MemberEntry,
    ParentEntry,
    ParentVersionEntry,
    PersonEntry,
    PrivacyEntry,
)
from tradepost.sandbox.soundness import BadDocumentError

E = TypeVar("E")

_PARTS: Final = ("people", "developer_spaces", "parent_software", "apps")
"""In the order in which one hangs on those before it."""


async def replace(
    database: Database, document: Document, at: str, chance: Chance, done: Callable[[], None]
) -> None:
    """Make what is there what a document says. Raises `BadDocumentError` and changes nothing.

    `done` is called in the transaction when all is well.
    """

    async def work(transaction: Transaction) -> None:
        given = [part for part in _PARTS if getattr(document, part) is not UNSET]
        sessions = await store.end_sessions(transaction)
        for part in reversed(given):
            await store.clear(transaction, part)
        loader = Loader(transaction, at, chance)
        for person in document.people or ():
            await loader.person(person)
        for space in document.developer_spaces or ():
            await loader.space(space)
        for parent in document.parent_software or ():
            await loader.parent(parent)
        for app in document.apps or ():
            await loader.app(app)
        await _check(database.engine, transaction)
        await store.resume_sessions(transaction, sessions)
        done()

    try:
        await database.write(work)
    except apsw.ConstraintError as error:
        raise BadDocumentError(f"the document contradicts itself: {error}") from None


async def _check(engine: str, transaction: Transaction) -> None:
    """Raise `BadDocumentError` for what `tradepost check` would complain about."""
    found = await problems_of_tables(engine, transaction, store.CHECKED, _Nobody())
    if found:
        first, *rest = (f"{problem.where}: {problem.what}" for problem in found)
        more = f" (and {len(rest)} more)" if rest else ""
        raise BadDocumentError(f"what is loaded would not be sound: {first}{more}")


class _Nobody:
    """A `Watch` that tells nobody."""

    def begins(self, what: str, total: int) -> None: ...

    def advances(self, count: int) -> None: ...


async def export(database: Database) -> Document:
    """The document of all that is there, but for uploaded files and when tokens were used."""
    async with database.snapshot() as reader:
        api_tokens = _grouped(await store.api_tokens(reader), _api_token)
        members = _grouped(await store.members(reader), _member)
        listings = _grouped(await store.developer_listings(reader), _developer_listing)
        releases = _grouped(await store.parent_versions(reader), _parent_version)
        versions = _grouped(await store.versions(reader), _version)
        access_tokens = _grouped(await store.access_tokens(reader), _access_token)
        software: dict[int, list[AppSoftwareEntry]] = defaultdict(list)
        for app_pk, pk, *row in await store.software(reader):
            software[app_pk].append(_software(row, versions[pk], access_tokens[pk]))
        reviews = _grouped(await store.reviews(reader), _review)
        privacy = {app_pk: row for app_pk, *row in await store.privacy_records(reader)}
        migrations = dict(await store.migration_records(reader))
        return Document(
            [_person(row, api_tokens[pk]) for pk, *row in await store.people(reader)],
            [_space(row, members[pk], listings[pk]) for pk, *row in await store.spaces(reader)],
            [_parent(row, releases[pk]) for pk, *row in await store.parents(reader)],
            [
                _app(row, software[pk], reviews[pk], privacy.get(pk, ()), migrations.get(pk))
                for pk, *row in await store.apps(reader)
            ],
        )


def _grouped(rows: Iterable[Row], entry: Any) -> dict[int, list[Any]]:
    """Entries by the key in the first column of their rows."""
    found: dict[int, list[Any]] = defaultdict(list)
    for owner_pk, *row in rows:
        found[owner_pk].append(entry(*row))
    return found


def _made(kind: type[E], **values: Any) -> E:
    """An entry of those values that are there."""
    return kind(**{name: value for name, value in values.items() if value is not None})


def _api_token(
    digest: bytes, token_id: str, name: str, created: str, expires: str, revoked: str
) -> ApiTokenEntry:
    return _made(
        ApiTokenEntry,
        digest=digest.hex(),
        id=token_id,
        name=name,
        created_at=created,
        expires_at=expires,
        revoked_at=revoked,
    )


def _person(row: list[Any], api_tokens: list[ApiTokenEntry]) -> PersonEntry:
    email, person_id, name, administrator, created, archived = row
    return _made(
        PersonEntry,
        email=email,
        id=person_id,
        name=name,
        administrator=bool(administrator),
        created_at=created,
        archived_at=archived,
        api_tokens=api_tokens,
    )


def _member(email: str, roles: str, categories: str, joined: str) -> MemberEntry:
    decode = msgspec.json.decode
    return MemberEntry(
        email=email, roles=decode(roles), categories=decode(categories), joined_at=joined
    )


def _developer_listing(kind: Any, version: int, document: bytes) -> DeveloperListingEntry:
    decoded = msgspec.json.decode(document)
    return DeveloperListingEntry(type=kind, version=version, document=decoded)


def _space(row: list[Any], members: list[Any], listings: list[Any]) -> DeveloperSpaceEntry:
    name, space_id, vendor_id, policy, version, account_id, created, archived = row
    return _made(
        DeveloperSpaceEntry,
        name=name,
        id=space_id,
        vendor_id=vendor_id,
        approval_policy=policy,
        version=version,
        catalog_account_id=account_id,
        created_at=created,
        archived_at=archived,
        members=members,
        listings=listings,
    )


def _parent_version(document: bytes) -> ParentVersionEntry:
    return msgspec.json.decode(document, type=ParentVersionEntry)


def _parent(row: list[Any], releases: list[ParentVersionEntry]) -> ParentEntry:
    entry = msgspec.json.decode(row[0], type=ParentEntry)
    entry.versions = releases
    return entry


def _version(document: bytes, state_before: str | None, listing: bytes | None) -> dict[str, Any]:
    version: dict[str, Any] = msgspec.json.decode(document)
    if state_before is not None:
        version["stateBefore"] = state_before
    if listing is not None:
        version["listing"] = msgspec.json.decode(listing)
    return version


def _access_token(
    token: str, cloud: str, instance: str, by: str, created: str, redeemed: str, revoked: str
) -> AccessTokenEntry:
    return _made(
        AccessTokenEntry,
        token=token,
        cloud_id=cloud,
        instance=instance,
        created_by=by,
        created_at=created,
        redeemed_at=redeemed,
        revoked_at=revoked,
    )


def _software(row: list[Any], versions: list[Any], tokens: list[Any]) -> AppSoftwareEntry:
    hosting, software_id, boundary, created, archived = row
    return _made(
        AppSoftwareEntry,
        hosting=hosting,
        id=software_id,
        compliance_boundary=boundary or None,
        created_at=created,
        archived_at=archived,
        versions=versions,
        access_tokens=tokens,
    )


def _review(author: str, document: bytes) -> dict[str, Any]:
    return {"author": author, **msgspec.json.decode(document)}


def _app(
    row: list[Any],
    software: list[AppSoftwareEntry],
    reviews: list[dict[str, Any]],
    privacy: Iterable[bytes | None],
    migration: bytes | None,
) -> AppEntry:
    app_key, product_id, name, space_id, created, archived, listing = row
    return _made(
        AppEntry,
        app_key=app_key,
        product_id=product_id,
        name=name,
        developer_space_id=space_id,
        created_at=created,
        archived_at=archived,
        listing=msgspec.json.decode(listing),
        app_software=software,
        reviews=reviews,
        privacy_and_security=_made(
            PrivacyEntry, **dict(zip(("live", "draft"), map(_decoded, privacy), strict=False))
        ),
        migration=_decoded(migration),
    )


def _decoded(document: bytes | None) -> Any:
    return None if document is None else msgspec.json.decode(document)
