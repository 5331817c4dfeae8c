"""Loading the demo data into a database that nobody uses yet."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from tradepost.app_listing import store as app_listings
from tradepost.app_migration import store as app_migrations
from tradepost.app_software import store as app_software
from tradepost.app_version_listing import store as version_listings
from tradepost.apps import store as apps
from tradepost.apps.model import App, AppSoftware
from tradepost.assets import store as assets
from tradepost.assets.rules import artifact_document
from tradepost.blobs import Blobs
from tradepost.database import Database, Transaction
from tradepost.demo import (
    data,
    declarations,
    files,
    histories,
    listings,
    presentation,
    reviews,
)
from tradepost.developer_space import store as developer_spaces
from tradepost.people import rules
from tradepost.people import store as people
from tradepost.people.directory import DEMO_TOKENS
from tradepost.people.model import ApiToken, Person
from tradepost.privacy_and_security import store as privacy_and_security
from tradepost.reviews import store as review_store


class NotEmptyError(Exception):
    """The database has people already; the demo data is for empty ones."""


_TOKEN_IDS: Final = {
    person.email: f"e0000000-0000-4000-8000-00000000000{number}"
    for number, person in enumerate(data.PEOPLE, 1)
    if person.email in DEMO_TOKENS
}


async def load(
    database: Database,
    blobs: Blobs,
    note: Callable[[Transaction], Awaitable[None]] | None = None,
) -> None:
    """Store all of the demo data, or raise `NotEmptyError` and store nothing.

    `note` is called in the same transaction.
    """
    apps_of = {software.id: _app_of(software) for software in data.SOFTWARE}
    versions = list(histories.versions())
    made = [(s, files.artifact_of(apps_of[s.id], version)) for s, version, _ in versions]
    artifacts = [(apps_of[s.id], artifact) for s, artifact in made if artifact is not None]
    images = list(files.images())

    async def work(transaction: Transaction) -> None:
        if await people.has_anyone(transaction) or await developer_spaces.page(transaction, 0, 1):
            raise NotEmptyError
        await _load_people_and_spaces(transaction)
        for app, artifact in artifacts:
            await _insert_artifact(transaction, app, artifact)
        for image in images:
            upload = assets.Upload([data.SPACE.id], data.DEVELOPER.email, data.SPACE.created_at)
            await assets.save_image(transaction, image.blob, upload, image.answer)
        await _load_apps(transaction, versions)
        await _load_declarations(transaction)
        if note is not None:
            await note(transaction)

    # The rows are the promise that the files are there: files first, even where none are wanted.
    contents = [(artifact.blob, artifact.content) for _, artifact in artifacts]
    contents += [(image.blob, image.content) for image in images]
    await asyncio.gather(*(blobs.put(b.key, io.BytesIO(c), b.label) for b, c in contents))
    await database.write(work)


def _app_of(software: AppSoftware) -> App:
    return next(app for app in data.APPS if app.product_id == software.product_id)


async def _load_people_and_spaces(transaction: Transaction) -> None:
    for person in data.PEOPLE:
        await _insert_person(transaction, person)
    for space in data.SPACES:
        await developer_spaces.insert(transaction, space)
    for member in data.MEMBERS:
        await developer_spaces.save_member(
            transaction,
            member.space.id,
            member.person.id,
            member.roles,
            member.space.created_at,
            member.categories,
        )
    catalogued = msgspec.structs.replace(
        data.SPACE, catalog_account_id=presentation.CATALOG_ACCOUNT_ID
    )
    await developer_spaces.update(transaction, catalogued)
    for listing in presentation.developer_listings():
        await developer_spaces.save_listing(transaction, listing)


async def _load_apps(transaction: Transaction, versions: list[histories.DemoVersion]) -> None:
    for app in data.APPS:
        await apps.insert(transaction, app)
    keys: dict[str, int] = {}
    for software in data.SOFTWARE:
        await apps.insert_software(transaction, software)
        found = await app_software.find(transaction, software.id)
        assert found is not None
        keys[software.id] = found.pk
    for app in data.APPS:
        held = await app_listings.find(transaction, app.product_id)
        assert held is not None
        listed = presentation.app_listing(app, held.listing)
        if listed is not None:
            await app_listings.update(transaction, listed)
    for software, version, before in versions:
        await app_software.insert(transaction, keys[software.id], version)
        if before is not None:
            await app_software.update(transaction, keys[software.id], version, before)
    for software, listing in listings.listings((s, version) for s, version, _ in versions):
        await version_listings.insert(transaction, keys[software.id], listing)
    for software, token in data.ACCESS_TOKENS:
        at = software.created_at
        await app_software.insert_token(
            transaction, keys[software.id], token, data.DEVELOPER.email, at
        )
    for author, review in reviews.REVIEWS:
        await review_store.insert(transaction, data.ADDON.product_id, author.id, review)


async def _load_declarations(transaction: Transaction) -> None:
    keys = {}
    for app in data.APPS:
        found = await privacy_and_security.standing(transaction, app.product_id)
        assert found is not None
        keys[app.product_id] = found.app_pk
    for app, record in declarations.live_records():
        await privacy_and_security.save_draft(transaction, keys[app.product_id], record)
        await privacy_and_security.publish(transaction, keys[app.product_id], record)
    for app, record in declarations.drafts():
        await privacy_and_security.save_draft(transaction, keys[app.product_id], record)
    for migration in declarations.migrations():
        await app_migrations.save(transaction, keys[migration.product_id], migration)


async def _insert_artifact(
    transaction: Transaction, app: App, artifact: files.DemoArtifact
) -> None:
    upload = assets.Upload([app.developer_space_id], data.DEVELOPER.email, app.created_at)
    document = artifact_document(artifact.id, artifact.blob, artifact.details, "")
    await assets.save_artifact(transaction, artifact.id, artifact.blob, upload, document)


async def _insert_person(transaction: Transaction, person: Person) -> None:
    await people.insert(transaction, person)
    if person.email not in DEMO_TOKENS:
        return
    token = ApiToken(_TOKEN_IDS[person.email], "laptop", person.created_at)
    digest = rules.digest(DEMO_TOKENS[person.email])
    await people.insert_token(transaction, person.id, token, digest[: rules.LOOKUP_BYTES], digest)
