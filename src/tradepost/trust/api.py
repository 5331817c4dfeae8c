"""The audit: who did what to what, when, and from where."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from tradepost.database import Database
from tradepost.developer_space import store as developer_spaces
from tradepost.http.bodies import encode
from tradepost.http.call import OPERATOR, Answer, Call
from tradepost.http.cursors import CURSOR, LIMIT, Cursors, Page
from tradepost.http.errors import FORBIDDEN, INVALID_PARAMETER, NOT_FOUND, fail
from tradepost.http.operations import Access, operation
from tradepost.http.parameters import BadValueError, Parameter, Text
from tradepost.people import store as people
from tradepost.trust import store
from tradepost.trust.model import AuditPage

_GROUP: Final = "Administration: audit"
_SPACE_AUDIT: Final = "/admin/v1/developer-spaces/{developerSpaceId}/audit"


class Moment(Parameter[str]):
    """A time as RFC 3339; read as the audit writes times: in UTC, with milliseconds."""

    def __init__(self, name: str, description: str):
        super().__init__(name, description)
        self.schema = {"type": "string", "format": "date-time"}

    def read(self, text: str) -> str:
        try:
            moment = msgspec.convert(text, datetime)
        except msgspec.ValidationError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise BadValueError(f"{self.name} must be a time such as 2026-01-31T12:00:00Z")
        utc = moment.astimezone(UTC).replace(tzinfo=None)
        return f"{utc.isoformat(timespec='milliseconds')}Z"


_PERSON: Final = Text("person", "Only what this person did: an id, an email, or `operator`.")
_ACTION: Final = Text("action", "Only this operation, such as `createAppSoftwareVersion`.")
_TARGET: Final = Text("target", "Only what was done to the thing with this id, and to its parts.")
_SPACE: Final = Text("developerSpaceId", "Only what was done to things of this developer space.")
_FROM: Final = Moment("from", "Only what was done at this time or later.")
_TO: Final = Moment("to", "Only what was done at this time or earlier.")
_FILTERS: Final = (_PERSON, _ACTION, _TARGET, _FROM, _TO, LIMIT, CURSOR)


class AuditApi:
    """Reading the audit. No operation writes it: every write does, in its own transaction."""

    def __init__(self, database: Database, cursors: Cursors):
        self._database = database
        self._cursors = cursors

    @operation(
        "GET",
        "/admin/v1/audit",
        group=_GROUP,
        summary="List what was done on this server, the newest first",
        access=Access.ADMINISTRATOR,
        query=(_SPACE, *_FILTERS),
        answers={200: AuditPage},
        errors=(INVALID_PARAMETER,),
    )
    async def list_audit(self, call: Call) -> Answer:
        page = self._cursors.page(call)
        return await self._page(call, page, page.filters.get(_SPACE.name))

    @operation(
        "GET",
        _SPACE_AUDIT,
        group=_GROUP,
        summary="List what was done to the things of a developer space, the newest first",
        access=Access.MEMBER,
        query=_FILTERS,
        answers={200: AuditPage},
        errors=(FORBIDDEN, NOT_FOUND, INVALID_PARAMETER),
    )
    async def list_developer_space_audit(self, call: Call) -> Answer:
        space = await developer_spaces.find(self._database, call.path["developerSpaceId"])
        if space is None:
            raise fail(NOT_FOUND, "there is no developer space with this id")
        call.require_member(space.id)
        return await self._page(call, self._cursors.page(call), space.id)

    async def _page(self, call: Call, page: Page, space_id: str | None) -> Answer:
        filters = store.Filters(
            email=await self._email(page.filters.get(_PERSON.name)),
            action=page.filters.get(_ACTION.name),
            target=page.filters.get(_TARGET.name),
            space_id=space_id,
            first=page.filters.get(_FROM.name),
            last=page.filters.get(_TO.name),
        )
        before: Any = page.after
        rows = await store.page(self._database, filters, before, page.wanted)
        return Answer(200, encode(AuditPage(*self._cursors.cut(call, page, rows))))

    async def _email(self, person: str | None) -> str | None:
        """The email of a person, who may be named by it; what names nobody finds nothing."""
        if person is None or person == OPERATOR.email or "@" in person:
            return None if person is None else person.lower()
        found = await people.find(self._database, person)
        return "" if found is None else found.email
