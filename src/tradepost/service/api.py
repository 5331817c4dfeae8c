"""Health, readiness, and the OpenAPI document of this server."""

import asyncio
from collections.abc import Sequence
from typing import Final

from tradepost import __version__
from tradepost.database import Database, UnavailableError
from tradepost.http.bodies import encode
from tradepost.http.call import Answer, Call
from tradepost.http.errors import SERVICE_UNAVAILABLE
from tradepost.http.operations import UNCOUNTED, Access, Operation, operation
from tradepost.service.model import Document, Health

_GROUP: Final = UNCOUNTED
_OK: Final = encode(Health("ok"))
_READY_SECONDS: Final = 2.0
"""A database that takes longer for a trivial statement is not there for anybody else either."""


class ServiceApi:
    """Operations for whoever runs the server. None needs credentials."""

    def __init__(self, database: Database):
        self._database = database
        self._document = b""

    def describe(self, operations: Sequence[Operation]) -> None:
        """Take the operations of the whole server, this group's included, to describe them."""
        self._operations = operations

    @operation(
        "GET",
        "/healthz",
        group=_GROUP,
        summary="Whether the process is alive",
        access=Access.ANYONE,
        answers={200: Health},
    )
    async def healthz(self, _: Call) -> Answer:
        return Answer(200, _OK)

    @operation(
        "GET",
        "/readyz",
        group=_GROUP,
        summary="Whether the database answers",
        access=Access.ANYONE,
        answers={200: Health},
        errors=(SERVICE_UNAVAILABLE,),
    )
    async def readyz(self, _: Call) -> Answer:
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await self._database.check()
        except Exception as error:
            raise UnavailableError(str(error) or "it does not answer") from error
        return Answer(200, _OK)

    @operation(
        "GET",
        "/openapi.json",
        group=_GROUP,
        summary="The OpenAPI document of this server",
        access=Access.ANYONE,
        answers={200: Document},
    )
    async def openapi(self, _: Call) -> Answer:
        if not self._document:
            # Only here, so that the server starts without it.
            from tradepost.http.openapi import openapi_document

            self._document = encode(openapi_document(self._operations, __version__))
        return Answer(200, self._document)
