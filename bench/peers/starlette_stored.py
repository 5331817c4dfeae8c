"""The two routes on Starlette, with Tradepost's own database, sign-in and stored documents.

It differs from Tradepost in the way in alone: Starlette's routing, `Request` and `Response`
instead of `tradepost.http.dispatch`. It writes no log.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from granian_server import arguments, serve
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tradepost.app_software import store
from tradepost.clock import Clock
from tradepost.database.sqlite import SqliteDatabase
from tradepost.http.authentication import Authenticator
from tradepost.http.call import Caller
from tradepost.http.cursors import Cursors, Page, PageLinks
from tradepost.http.errors import ApiError
from tradepost.http.pages import page_body
from tradepost.http.parameters import MAX_BUILD_NUMBER
from tradepost.people import store as people
from tradepost.people.directory import PeopleDirectory

JSON = "application/json"


class Peer:
    """The two endpoints and what they need."""

    def __init__(self, path: Path):
        clock = Clock()
        self._database = SqliteDatabase(path, clock)
        self._directory = PeopleDirectory(self._database, clock, loopback=True)
        self._authenticator = Authenticator(self._directory, 5, people.TOPIC)
        self._cursors = Cursors(secrets.token_bytes(32))

    async def get_version(self, request: Request) -> Response:
        caller = await self._caller(request)
        if caller is None:
            return Response(status_code=401)
        path = request.path_params
        found = await store.standing(self._database, path["software"], path["build"])
        if found is None or found.version_pk is None:
            return Response(status_code=404)
        if found.state != "active" and not caller.belongs_to(found.developer_space_id):
            return Response(status_code=404)
        document = await store.document(self._database, found.version_pk)
        return Response(document, media_type=JSON)

    async def list_versions(self, request: Request) -> Response:
        """The first page of 25, without filters."""
        caller = await self._caller(request)
        if caller is None:
            return Response(status_code=401)
        async with self._database.snapshot() as reader:
            software = await store.find(reader, request.path_params["software"])
            if software is None:
                return Response(status_code=404)
            filters = store.VersionFilters(not caller.belongs_to(software.developer_space_id))
            rows = await store.page(reader, software.pk, filters, MAX_BUILD_NUMBER + 1, 26)
            total = await store.count(reader, software.pk, filters)
        path = request.url.path
        links = PageLinks(path)
        if len(rows) > 25:
            links.next = f"{path}?cursor={self._cursors.seal(path, Page(25, {}), rows[24][0])}"
        documents = [document for _, document in rows[:25]]
        return Response(page_body(links, b"versions", documents, total), media_type=JSON)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await self._directory.close()
        await self._database.close()

    async def _caller(self, request: Request) -> Caller | None:
        header = request.headers.get("authorization")
        address = request.client.host if request.client else ""
        try:
            return await self._authenticator.authenticate(
                header.encode() if header else None, address
            )
        except ApiError:
            return None


def application(path: Path) -> Starlette:
    peer = Peer(path)
    versions = "/rest/3/app-software/{software}/versions"
    return Starlette(
        routes=[
            Route(versions + "/{build:int}", peer.get_version),
            Route(versions, peer.list_versions),
        ],
        lifespan=peer.lifespan,
    )


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--database", type=Path, required=True, help="a tradepost.db")
    options = parser.parse_args()
    serve(application(options.database), options.port)
