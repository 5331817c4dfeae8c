"""People and API tokens: operations for administrators."""

from datetime import timedelta
from typing import Final

from msgspec import UNSET

from tradepost.chance import Chance
from tradepost.clock import Clock, rfc3339
from tradepost.database import Database, Transaction
from tradepost.http.authentication import Authenticator
from tradepost.http.bodies import encode, problem
from tradepost.http.call import Answer, Call
from tradepost.http.cursors import CURSOR, LIMIT, Cursors
from tradepost.http.errors import (
    INVALID_PARAMETER,
    NOT_FOUND,
    VALIDATION_ERROR,
    ApiError,
    Problem,
    fail,
)
from tradepost.http.operations import Access, operation
from tradepost.http.parameters import Text
from tradepost.http.writing import Trail
from tradepost.people import rules, store
from tradepost.people.model import (
    ApiToken,
    ApiTokenCreated,
    ApiTokenCreateRequest,
    ApiTokenPage,
    Person,
    PersonCreateRequest,
    PersonPage,
    PersonUpdateRequest,
)

_GROUP: Final = "Administration: people"
_EMAIL: Final = Text("email", "Only the person with this email.")


class PeopleApi:
    """Create, list and archive people; create, list and revoke their API tokens."""

    def __init__(
        self,
        database: Database,
        cursors: Cursors,
        authenticator: Authenticator,
        clock: Clock,
        chance: Chance,
    ):
        self._database = database
        self._cursors = cursors
        self._authenticator = authenticator
        self._clock = clock
        self._chance = chance

    @operation(
        "POST",
        "/admin/v1/people",
        group=_GROUP,
        summary="Create a person",
        access=Access.ADMINISTRATOR,
        body=PersonCreateRequest,
        answers={201: Person},
        errors=(VALIDATION_ERROR,),
    )
    async def create_person(self, call: Call) -> Answer:
        body = await call.good_body(PersonCreateRequest)
        email = body.email.lower()
        name = email if body.name is UNSET else body.name
        person = Person(self._chance.uuid(), email, name, body.administrator, self._clock.stamp())

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            if await store.find_by_email(transaction, email):
                raise ApiError([problem("email", "belongs to a person already")])
            await store.insert(transaction, person)
            document = encode(person)
            trail.note("person", person.id, None, after=document)
            return call.created(f"/admin/v1/people/{person.id}", document)

        return await call.write(work)

    @operation(
        "GET",
        "/admin/v1/people",
        group=_GROUP,
        summary="List people",
        access=Access.ADMINISTRATOR,
        query=(_EMAIL, LIMIT, CURSOR),
        answers={200: PersonPage},
        errors=(INVALID_PARAMETER,),
    )
    async def list_people(self, call: Call) -> Answer:
        page = self._cursors.page(call)
        email = page.filters.get("email")
        email = None if email is None else email.lower()
        rows = await store.page(self._database, email, page.after or 0, page.wanted)
        return Answer(200, encode(PersonPage(*self._cursors.cut(call, page, rows))))

    @operation(
        "GET",
        "/admin/v1/people/{personId}",
        group=_GROUP,
        summary="Get a person",
        access=Access.ADMINISTRATOR,
        answers={200: Person},
        errors=(NOT_FOUND,),
    )
    async def get_person(self, call: Call) -> Answer:
        person = await store.find(self._database, call.path["personId"])
        if person is None:
            raise _no_person()
        return Answer(200, encode(person))

    @operation(
        "PATCH",
        "/admin/v1/people/{personId}",
        group=_GROUP,
        summary="Rename a person, or say whether they administer this server",
        access=Access.ADMINISTRATOR,
        body=PersonUpdateRequest,
        answers={200: Person},
        errors=(NOT_FOUND, VALIDATION_ERROR),
    )
    async def update_person(self, call: Call) -> Answer:
        body, problems = await call.body(PersonUpdateRequest)

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            person = await store.find(transaction, call.path["personId"])
            if person is None:
                raise _no_person()
            if problems:
                raise ApiError(problems)
            before = encode(person)
            if body.name is not UNSET:
                person.name = body.name
            if body.administrator is not UNSET:
                person.administrator = body.administrator
            await store.update(transaction, person)
            after = encode(person)
            trail.note("person", person.id, None, before=before, after=after)
            return call.updated(after)

        answer = await call.write(work)
        self._authenticator.forget()
        return answer

    @operation(
        "POST",
        "/admin/v1/people/{personId}/archive",
        group=_GROUP,
        summary="Archive a person, who can then sign in no more",
        access=Access.ADMINISTRATOR,
        answers={200: Person},
        errors=(NOT_FOUND,),
    )
    async def archive_person(self, call: Call) -> Answer:
        return await self._set_archived(call, self._clock.stamp())

    @operation(
        "POST",
        "/admin/v1/people/{personId}/unarchive",
        group=_GROUP,
        summary="Take a person back from the archive",
        access=Access.ADMINISTRATOR,
        answers={200: Person},
        errors=(NOT_FOUND,),
    )
    async def unarchive_person(self, call: Call) -> Answer:
        return await self._set_archived(call, None)

    @operation(
        "POST",
        "/admin/v1/people/{personId}/api-tokens",
        group=_GROUP,
        summary="Create an API token; its secret is in this answer and nowhere else",
        access=Access.ADMINISTRATOR,
        body=ApiTokenCreateRequest,
        answers_once=True,
        answers={201: ApiTokenCreated},
        errors=(NOT_FOUND, VALIDATION_ERROR),
    )
    async def create_api_token(self, call: Call) -> Answer:
        person_id = call.path["personId"]
        person = await store.find(self._database, person_id)
        if person is None:
            raise _no_person()
        body, problems = await call.body(ApiTokenCreateRequest)
        if person.archived_at is not UNSET:
            problems.append(Problem(VALIDATION_ERROR, "the person is archived"))
        if problems:
            raise ApiError(problems)
        now = self._clock.now()
        token = ApiToken(self._chance.uuid(), body.name, rfc3339(now))
        if body.expires_in_days is not UNSET:
            token.expires_at = rfc3339(now + timedelta(days=body.expires_in_days))
        secret = self._chance.api_token()
        digest = rules.digest(secret)

        created = ApiTokenCreated(token.id, token.name, secret, token.created_at, token.expires_at)
        location = f"/admin/v1/people/{person_id}/api-tokens".encode()

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            lookup = digest[: rules.LOOKUP_BYTES]
            await store.insert_token(transaction, person_id, token, lookup, digest)
            trail.note("apiToken", f"{person_id}/{token.id}", None, after=encode(token))
            # Never minimal: what is not in this answer is lost.
            return Answer(201, encode(created), ((b"location", location),))

        return await call.write(work)

    @operation(
        "GET",
        "/admin/v1/people/{personId}/api-tokens",
        group=_GROUP,
        summary="List a person's API tokens, without their secrets",
        access=Access.ADMINISTRATOR,
        query=(LIMIT, CURSOR),
        answers={200: ApiTokenPage},
        errors=(NOT_FOUND, INVALID_PARAMETER),
    )
    async def list_api_tokens(self, call: Call) -> Answer:
        person_id = call.path["personId"]
        if await store.find(self._database, person_id) is None:
            raise _no_person()
        page = self._cursors.page(call)
        rows = await store.tokens_page(self._database, person_id, page.after or 0, page.wanted)
        return Answer(200, encode(ApiTokenPage(*self._cursors.cut(call, page, rows))))

    @operation(
        "POST",
        "/admin/v1/api-tokens/{apiTokenId}/revoke",
        group=_GROUP,
        summary="Revoke an API token",
        access=Access.ADMINISTRATOR,
        answers={200: ApiToken},
        errors=(NOT_FOUND,),
    )
    async def revoke_api_token(self, call: Call) -> Answer:
        token_id = call.path["apiTokenId"]

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before = await store.find_token(transaction, token_id)
            await store.revoke_token(transaction, token_id, self._clock.stamp())
            token = await store.find_token(transaction, token_id)
            if before is None or token is None:
                raise fail(NOT_FOUND, "there is no API token with this id")
            after = encode(token)
            target = f"{await store.owner_of_token(transaction, token_id)}/{token_id}"
            trail.note("apiToken", target, None, before=encode(before), after=after)
            return Answer(200, after)

        answer = await call.write(work)
        self._authenticator.forget()
        return answer

    async def _set_archived(self, call: Call, at: str | None) -> Answer:
        person_id = call.path["personId"]

        async def work(transaction: Transaction, trail: Trail) -> Answer:
            before = await store.find(transaction, person_id)
            await store.set_archived(transaction, person_id, at)
            person = await store.find(transaction, person_id)
            if before is None or person is None:
                raise _no_person()
            after = encode(person)
            trail.note("person", person_id, None, before=encode(before), after=after)
            return Answer(200, after)

        answer = await call.write(work)
        self._authenticator.forget()
        return answer


def _no_person() -> ApiError:
    return fail(NOT_FOUND, "there is no person with this id")
