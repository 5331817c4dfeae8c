"""Writing a listing, step by step, inside a transaction; and what that does to its version.

A listing that becomes public makes an approved version active; one that becomes private again
takes it back. Review, in turn, decides about the listing together with the version.
"""

from typing import Any

import msgspec

from tradepost.app_software import store as app_software
from tradepost.app_software import versions
from tradepost.app_software.model import AppSoftwareVersionGetResponse
from tradepost.app_software.rules import revision_problems
from tradepost.app_version_listing import rules, store
from tradepost.app_version_listing.model import (
    AppSoftwareVersionListing,
    CreateAppSoftwareVersionListingV3Request,
    UpdateAppSoftwareVersionListingV3Request,
)
from tradepost.assets import store as assets
from tradepost.database import Transaction
from tradepost.http.bodies import problem
from tradepost.http.conditions import Precondition, entity_tag
from tradepost.http.errors import (
    APP_SOFTWARE_VERSION_LISTING_NOT_FOUND,
    VALIDATION_ERROR,
    ApiError,
    Problem,
    fail,
)
from tradepost.review import rules as review


class Author(msgspec.Struct, frozen=True):
    """Who writes, and when (RFC 3339)."""

    email: str
    at: str


async def create(
    transaction: Transaction,
    software_id: str,
    build_number: int | None,
    body: CreateAppSoftwareVersionListingV3Request,
    problems: list[Problem],
    author: Author,
) -> bytes:
    """Store the listing of a version that has none; its document.

    `problems` are those of the path and the body; `build_number` is `None` where the path has
    none that can be. Raises `ApiError` with every problem; nothing is stored then.
    """
    software = await versions.writable(transaction, software_id)
    found = [*problems, *await _content_problems(transaction, body)]
    version = await _version(transaction, software.pk, build_number, found)
    if await store.find(transaction, software.pk, version.build_number):
        raise fail(VALIDATION_ERROR, "the version has a listing already")
    listing = AppSoftwareVersionListing(
        **_content(body),
        approval_status="UNINITIATED",
        build_number=version.build_number,
        app_software_id=software.id,
        revision=1,
    )
    await _apply(transaction, software.pk, listing, version, author)
    return await store.insert(transaction, software.pk, listing)


async def update(
    transaction: Transaction,
    software_id: str,
    build_number: int | None,
    body: UpdateAppSoftwareVersionListingV3Request,
    problems: list[Problem],
    author: Author,
    precondition: Precondition,
) -> tuple[bytes, bytes]:
    """Replace a listing; its document as it was and as it is. Raises 412 as well. For the rest see
    `create`."""
    software = await versions.writable(transaction, software_id)
    found = [*problems, *await _content_problems(transaction, body)]
    held = None
    if build_number is not None:
        held = await store.find(transaction, software.pk, build_number)
    if held is not None and precondition:
        changes = await store.changes_of(transaction, software.pk, held.build_number)
        precondition.require(entity_tag(changes))
    if held is not None:
        found = [*revision_problems(body.revision, held.revision), *found]
    version = await _version(transaction, software.pk, build_number, found)
    if held is None:
        raise no_listing()
    before = msgspec.json.encode(held)
    listing = msgspec.structs.replace(held, **_content(body), revision=held.revision + 1)
    await _apply(transaction, software.pk, listing, version, author)
    return before, await store.update(transaction, software.pk, listing)


async def follow_review(
    transaction: Transaction,
    software_pk: int,
    version: AppSoftwareVersionGetResponse,
    author: Author,
) -> None:
    """Bring a listing in line with a version that has just been submitted, approved or rejected.

    A version that was approved becomes active at once where its listing is public. The caller
    stores the version.
    """
    listing = await store.find(transaction, software_pk, version.build_number)
    if listing is None:
        return
    before = listing.approval_status
    if version.state == "submitted":
        rules.settle(listing, version, author.at)
    else:
        rules.decide(listing, version, author.at)
    if version.state == "approved" and listing.state == "PUBLIC":
        rules.settle(listing, version, author.at)
        review.publish(version, author.email, author.at)
    if listing.approval_status != before:
        listing.revision += 1
        await store.update(transaction, software_pk, listing)


def target(software_id: str, build_number: int) -> str:
    """What the audit calls the listing of a version."""
    return f"{versions.target(software_id, build_number)}/listing"


def no_listing() -> ApiError:
    return fail(APP_SOFTWARE_VERSION_LISTING_NOT_FOUND, "this version has no listing")


async def _apply(
    transaction: Transaction,
    software_pk: int,
    listing: AppSoftwareVersionListing,
    version: AppSoftwareVersionGetResponse,
    author: Author,
) -> None:
    """Let the state of a listing take effect on its approval status and on its version."""
    rules.settle(listing, version, author.at)
    if listing.state == "PUBLIC" and version.state in rules.APPROVED_STATES:
        review.publish(version, author.email, author.at)
    elif listing.state == "PRIVATE" and version.state == "active":
        other = await store.has_other_public_version(transaction, software_pk, version.build_number)
        if not other:
            reason = "cannot be PRIVATE: this is the only public version of the app"
            raise ApiError([problem("state", reason)])
        review.withdraw(version)
    else:
        return
    version.revision += 1
    await app_software.update(transaction, software_pk, version)


async def _version(
    transaction: Transaction, software_pk: int, build_number: int | None, found: list[Problem]
) -> AppSoftwareVersionGetResponse:
    """The version that is listed. Raises 400 with the problems found, and 404 where it is none."""
    version = None
    if build_number is not None:
        version = await app_software.find_version(transaction, software_pk, build_number)
    if version is not None and version.state == "archived":
        raise fail(VALIDATION_ERROR, "the version is archived: its listing cannot be written")
    if found:
        raise ApiError(found)
    if version is None:
        raise versions.no_version(build_number or 0)
    return version


async def _content_problems(transaction: Transaction, body: rules.Body) -> list[Problem]:
    missing = await assets.missing_images(transaction, (i for _, i in rules.images_of(body)))
    return rules.content_problems(body, missing)


def _content(body: rules.Body) -> dict[str, Any]:
    """The fields that a listing takes over from a body as they are."""
    fields = CreateAppSoftwareVersionListingV3Request.__struct_fields__
    return {name: getattr(body, name) for name in fields}
