"""Privacy and security: the four operations of the reference's group."""

from typing import Final, cast

from tradepost.apps.about import about_app
from tradepost.clock import Clock
from tradepost.database import Database, Transaction
from tradepost.developer_space import rights
from tradepost.http.call import Answer, Call
from tradepost.http.errors import (
    FORBIDDEN,
    INVALID_PARAMETER,
    PRECONDITION_FAILED,
    PRIVACY_AND_SECURITY_NOT_FOUND,
    PRODUCT_NOT_FOUND,
    VALIDATION_ERROR,
    fail,
)
from tradepost.http.operations import Access, operation
from tradepost.http.parameters import Choice
from tradepost.http.writing import Trail
from tradepost.privacy_and_security import records, store
from tradepost.privacy_and_security.model import AppPrivacyAndSecurity, RecordState, TrustInfo

_GROUP: Final = "Privacy and security"
_KIND: Final = "privacyAndSecurity"
"""What the audit calls a record."""
_PRODUCT: Final = "/rest/3/privacy-and-security/products/{productId}"
_STATE: Final = Choice(
    "state", ("live", "draft"), "The published record, or the draft; live unless told otherwise."
)
_ERRORS: Final = (PRODUCT_NOT_FOUND, PRIVACY_AND_SECURITY_NOT_FOUND, FORBIDDEN)


class PrivacyAndSecurityApi:
    """The operations of the group. Source: the reference's structure."""

    def __init__(self, database: Database, clock: Clock):
        self._database = database
        self._clock = clock

    @operation(
        "GET",
        _PRODUCT,
        group=_GROUP,
        summary="Get what an app declares about privacy and security; the draft for members",
        query=(_STATE,),
        answers={200: TrustInfo},
        errors=(*_ERRORS, INVALID_PARAMETER),
    )
    async def get_privacy_and_security(self, call: Call) -> Answer:
        async with self._database.snapshot() as reader:
            found = await store.standing(reader, call.path["productId"])
            if found is None:
                raise records.no_product()
            state = cast("RecordState", call.query().get(_STATE) or "live")
            if state == "draft" and not call.caller.belongs_to(found.developer_space_id):
                raise fail(FORBIDDEN, "only members of the developer space see the draft")
            changes = found.draft if state == "draft" else found.live
            if changes is None:
                raise records.no_record(state)
            # What is live is the same for everyone, so one answer is kept of it.
            owner = found.developer_space_id if state == "draft" else None
            call.depends_on(store.topic(found.app_pk), owner)
            call.unless_unchanged(changes)
            return Answer(200, await store.document(reader, found.app_pk, state))

    @operation(
        "PUT",
        _PRODUCT,
        group=_GROUP,
        summary="Replace the draft, or begin one; 201 where there was none",
        access=Access.MEMBER,
        roles=rights.DECLARE_PRIVACY,
        may_validate_only=True,
        body=AppPrivacyAndSecurity,
        answers={200: TrustInfo, 201: TrustInfo},
        errors=(PRODUCT_NOT_FOUND, FORBIDDEN, PRECONDITION_FAILED, VALIDATION_ERROR),
    )
    async def update_privacy_and_security(self, call: Call) -> Answer:
        app, product_id = await self._declared(call), call.path["productId"]
        body, problems = await call.body(AppPrivacyAndSecurity)
        author, held = self._author(call), call.precondition()

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before, after = await records.save_draft(
                transaction, product_id, body, problems, author, held
            )
            target = records.target(product_id, "draft")
            trail.note(_KIND, target, app.developer_space_id, before=before, after=after)
            if before is None:
                return call.created(f"{call.url_path}?state=draft", after)
            return call.updated(after)

        return await call.write(work, about=about_app(app.app_key))

    @operation(
        "DELETE",
        _PRODUCT,
        group=_GROUP,
        summary="Drop the draft; what is live stays",
        access=Access.MEMBER,
        roles=rights.DECLARE_PRIVACY,
        answers={204: None},
        errors=(*_ERRORS, VALIDATION_ERROR),
    )
    async def delete_privacy_and_security(self, call: Call) -> Answer:
        app, product_id = await self._declared(call), call.path["productId"]

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before = await records.drop_draft(transaction, product_id)
            target = records.target(product_id, "draft")
            trail.note(_KIND, target, app.developer_space_id, before=before)
            return Answer(204)

        return await call.write(work, about=about_app(app.app_key))

    @operation(
        "POST",
        f"{_PRODUCT}/publish",
        group=_GROUP,
        summary="Publish the draft, which is live from then on",
        access=Access.MEMBER,
        roles=rights.DECLARE_PRIVACY,
        may_validate_only=True,
        answers={200: TrustInfo},
        errors=(*_ERRORS, VALIDATION_ERROR),
    )
    async def publish_privacy_and_security(self, call: Call) -> Answer:
        app, product_id = await self._declared(call), call.path["productId"]
        author = self._author(call)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before, after = await records.publish(transaction, product_id, author)
            target = records.target(product_id, "live")
            trail.note(_KIND, target, app.developer_space_id, before=before, after=after)
            return call.updated(after)

        return await call.write(work, about=about_app(app.app_key))

    async def _declared(self, call: Call) -> store.Standing:
        """How the app of the path stands; raises 404, and 403 for those who may not declare."""
        found = await store.standing(self._database, call.path["productId"])
        if found is None:
            raise records.no_product()
        call.require_member(found.developer_space_id)
        return found

    def _author(self, call: Call) -> records.Author:
        return records.Author(call.caller.email, self._clock.milliseconds())
