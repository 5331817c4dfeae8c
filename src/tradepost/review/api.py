"""Review: submit, approve, reject, archive and un-archive versions; revoke access tokens.

Members submit and archive versions of their own developer space; administrators review.
"""

from typing import Final

from tradepost.app_software import access_tokens, store, versions
from tradepost.app_software.model import AccessTokenRevokeRequest, AppSoftwareVersionGetResponse
from tradepost.app_version_listing import listings
from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.developer_space import rights
from tradepost.http.bodies import encode
from tradepost.http.call import Answer, Call
from tradepost.http.cursors import CURSOR, LIMIT, Cursors
from tradepost.http.errors import (
    APP_SOFTWARE_NOT_FOUND,
    APP_SOFTWARE_VERSION_NOT_FOUND,
    FORBIDDEN,
    INVALID_PARAMETER,
    NOT_FOUND,
    VALIDATION_ERROR,
    fail,
)
from tradepost.http.operations import Access, operation
from tradepost.http.parameters import read_build_number
from tradepost.http.writing import Trail
from tradepost.review import rules
from tradepost.review import store as review_store
from tradepost.review.model import (
    AdministeredVersionCreateRequest,
    RejectRequest,
    SubmittedVersionPage,
)

_GROUP: Final = "Administration: review"
_VERSION: Final = "/admin/v1/app-software/{appSoftwareId}/versions/{buildNumber}"
_ERRORS: Final = (
    APP_SOFTWARE_NOT_FOUND,
    APP_SOFTWARE_VERSION_NOT_FOUND,
    FORBIDDEN,
    INVALID_PARAMETER,
    VALIDATION_ERROR,
)
_ANSWER: Final = {200: AppSoftwareVersionGetResponse}


class ReviewApi:
    """The moves of the table of states, as operations."""

    def __init__(
        self, database: Database, cursors: Cursors, clock: Clock, agreements: frozenset[str]
    ):
        self._database = database
        self._cursors = cursors
        self._clock = clock
        self._agreements = agreements

    @operation(
        "GET",
        "/admin/v1/submitted-versions",
        group=_GROUP,
        summary="List the versions that wait for a reviewer, the oldest first",
        access=Access.ADMINISTRATOR,
        query=(LIMIT, CURSOR),
        answers={200: SubmittedVersionPage},
        errors=(INVALID_PARAMETER,),
    )
    async def list_submitted_versions(self, call: Call) -> Answer:
        page = self._cursors.page(call)
        rows = await review_store.submitted_page(self._database, page.after or 0, page.wanted)
        return Answer(200, encode(SubmittedVersionPage(*self._cursors.cut(call, page, rows))))

    @operation(
        "POST",
        "/admin/v1/app-software/{appSoftwareId}/versions",
        group=_GROUP,
        summary="Create a version, as a draft where asked for",
        access=Access.MEMBER,
        roles=rights.RELEASE,
        may_validate_only=True,
        body=AdministeredVersionCreateRequest,
        answers={201: AppSoftwareVersionGetResponse},
        errors=(APP_SOFTWARE_NOT_FOUND, FORBIDDEN, VALIDATION_ERROR),
    )
    async def create_version(self, call: Call) -> Answer:
        software = await self._owned(call)
        body, problems = await call.body(AdministeredVersionCreateRequest)
        at = self._clock.stamp()
        author = versions.Author(call.caller.email, at, self._agreements, call.is_reviewed)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            build_number, document = await versions.create(
                transaction, software.id, body, problems, author, draft=body.draft is True
            )
            target = versions.target(software.id, build_number)
            trail.note("version", target, software.developer_space_id, after=document)
            location = f"/rest/3/app-software/{software.id}/versions/{build_number}"
            return call.created(location, document)

        return await call.write(work)

    @operation(
        "POST",
        f"{_VERSION}/submit",
        group=_GROUP,
        summary="Submit a draft or a rejected version for review",
        access=Access.MEMBER,
        roles=rights.RELEASE,
        path_integers=("buildNumber",),
        answers=_ANSWER,
        errors=_ERRORS,
    )
    async def submit_version(self, call: Call) -> Answer:
        return await self._move(call, "submit")

    @operation(
        "POST",
        f"{_VERSION}/approve",
        group=_GROUP,
        summary="Approve a submitted version, which is active once its listing is public",
        access=Access.ADMINISTRATOR,
        path_integers=("buildNumber",),
        answers=_ANSWER,
        errors=_ERRORS,
    )
    async def approve_version(self, call: Call) -> Answer:
        return await self._move(call, "approve")

    @operation(
        "POST",
        f"{_VERSION}/reject",
        group=_GROUP,
        summary="Reject a submitted version, with a reason",
        access=Access.ADMINISTRATOR,
        path_integers=("buildNumber",),
        body=RejectRequest,
        answers=_ANSWER,
        errors=_ERRORS,
    )
    async def reject_version(self, call: Call) -> Answer:
        await self._owned(call)
        body = await call.good_body(RejectRequest)
        return await self._move(call, "reject", body.reason)

    @operation(
        "POST",
        f"{_VERSION}/archive",
        group=_GROUP,
        summary="Archive a version: it is public no more and cannot be written",
        access=Access.MEMBER,
        roles=rights.RELEASE,
        path_integers=("buildNumber",),
        answers=_ANSWER,
        errors=_ERRORS,
    )
    async def archive_version(self, call: Call) -> Answer:
        return await self._move(call, "archive")

    @operation(
        "POST",
        f"{_VERSION}/unarchive",
        group=_GROUP,
        summary="Take a version back from the archive, into the state that it was in",
        access=Access.MEMBER,
        roles=rights.RELEASE,
        path_integers=("buildNumber",),
        answers=_ANSWER,
        errors=_ERRORS,
    )
    async def unarchive_version(self, call: Call) -> Answer:
        return await self._move(call, "unarchive")

    @operation(
        "POST",
        "/admin/v1/app-software/{appSoftwareId}/tokens/revoke",
        group=_GROUP,
        summary="Revoke an access token",
        access=Access.MEMBER,
        roles=rights.RELEASE,
        body=AccessTokenRevokeRequest,
        answers={204: None},
        errors=(APP_SOFTWARE_NOT_FOUND, FORBIDDEN, NOT_FOUND, VALIDATION_ERROR),
    )
    async def revoke_access_token(self, call: Call) -> Answer:
        software = await self._owned(call)
        body = await call.good_body(AccessTokenRevokeRequest)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            # Not `writable`: a token must be revocable when the app is archived as well.
            held = await store.tokens(transaction, software.pk, body.token)
            at = self._clock.stamp()
            if not await store.revoke_token(transaction, software.pk, body.token, at):
                raise fail(NOT_FOUND, "this app software has no such access token")
            access_tokens.note(trail, software.id, software.developer_space_id, held[0], None)
            return Answer(204)

        return await call.write(work)

    async def _owned(self, call: Call) -> store.Software:
        """The app software of the path; raises 404, and 403 for others' callers."""
        software = await store.find(self._database, call.path["appSoftwareId"])
        if software is None:
            raise versions.no_software()
        call.require_member(software.developer_space_id)
        return software

    async def _move(self, call: Call, how: rules.Move, reason: str = "") -> Answer:
        owned = await self._owned(call)
        build_number = read_build_number(call.path["buildNumber"])
        if build_number is None:
            raise versions.bad_build_number()
        number = build_number
        email, at = call.caller.email, self._clock.stamp()

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            software = await versions.writable(transaction, owned.id)
            version = await store.find_version(transaction, software.pk, number)
            if version is None:
                raise versions.no_version(number)
            document, before = encode(version), version.state
            held_before = await store.state_before(transaction, software.pk, number)
            rules.move(version, how, before=held_before, email=email, at=at, reason=reason)
            if how in ("submit", "approve", "reject"):
                author = listings.Author(email, at)
                await listings.follow_review(transaction, software.pk, version, author)
            kept = before if how == "archive" else None
            after = await store.update(transaction, software.pk, version, state_before=kept)
            target = versions.target(software.id, number)
            space_id = software.developer_space_id
            trail.note("version", target, space_id, before=document, after=after)
            return call.updated(after)

        return await call.write(work)
