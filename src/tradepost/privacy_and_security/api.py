"""Privacy and security: the four operations of the reference's group."""

from typing import Final, cast

from tradepost.clock import Clock
from tradepost.database import Database, Transaction, about_app
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
from tradepost.privacy_and_security import records, store
from tradepost.privacy_and_security.model import AppPrivacyAndSecurity, RecordState, TrustInfo

_GROUP: Final = "Privacy and security"
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
        product_id, about = await self._declared(call)
        body, problems = await call.body(AppPrivacyAndSecurity)
        author, held = self._author(call), call.precondition()

        async def work(transaction: Transaction) -> records.Saved:
            return await records.save_draft(transaction, product_id, body, problems, author, held)

        if call.validates_only:
            return call.validated((await self._database.rehearse(work, about=about)).document)
        saved = await self._database.write(work, about=about)
        if saved.is_new:
            return call.created(f"{call.url_path}?state=draft", saved.document)
        return call.updated(saved.document)

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
        product_id, about = await self._declared(call)

        async def work(transaction: Transaction) -> None:
            await records.drop_draft(transaction, product_id)

        await self._database.write(work, about=about)
        return Answer(204)

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
        product_id, about = await self._declared(call)
        author = self._author(call)

        async def work(transaction: Transaction) -> bytes:
            return await records.publish(transaction, product_id, author)

        if call.validates_only:
            return call.validated(await self._database.rehearse(work, about=about))
        return call.updated(await self._database.write(work, about=about))

    async def _declared(self, call: Call) -> tuple[str, str]:
        """The product id of the path, and what writing is about; raises 404, and 403 for others."""
        product_id = call.path["productId"]
        found = await store.standing(self._database, product_id)
        if found is None:
            raise records.no_product()
        call.require_member(found.developer_space_id)
        return product_id, about_app(found.app_key)

    def _author(self, call: Call) -> records.Author:
        return records.Author(call.caller.email, self._clock.milliseconds())
