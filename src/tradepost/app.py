"""The composition root: settings, database, operations, and the ASGI application of them.

Nothing imports this but the command line, the sandbox and the tests.
"""

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from tradepost.app_listing.administration import AppListingReviewApi
from tradepost.app_listing.api import AppListingApi
from tradepost.app_migration.api import AppMigrationApi
from tradepost.app_software.api import AppSoftwareApi
from tradepost.app_version_listing.api import AppVersionListingApi
from tradepost.apps.api import AppsApi
from tradepost.apps.overview import AppOverviewApi
from tradepost.assets.api import AssetsApi, Limits
from tradepost.assets.remote import Fetcher
from tradepost.blobs import Blobs
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.chance import Chance
from tradepost.clock import Clock
from tradepost.console.belongings import Belongings
from tradepost.console.front import Front
from tradepost.database import Database, SchemaError, Transaction
from tradepost.database.sqlite import SqliteDatabase
from tradepost.developer_space.administration import DeveloperSpaceAdministrationApi
from tradepost.developer_space.api import DeveloperSpaceApi
from tradepost.developer_space.listing_administration import DeveloperListingAdministrationApi
from tradepost.http.addresses import networks
from tradepost.http.authentication import Authenticator
from tradepost.http.call import Receive, Scope, Send
from tradepost.http.cursors import Cursors
from tradepost.http.dispatch import Dispatcher
from tradepost.http.kept import KeptAnswers
from tradepost.http.limits import Kind, Policy
from tradepost.http.logs import Log, LogHandler
from tradepost.http.operations import declared_in
from tradepost.parent_software import catalogue
from tradepost.parent_software import store as parent_software
from tradepost.parent_software.api import ParentSoftwareApi
from tradepost.people import store as people
from tradepost.people.api import PeopleApi
from tradepost.people.directory import PeopleDirectory
from tradepost.privacy_and_security.api import PrivacyAndSecurityApi
from tradepost.rates.limiter import RateLimiter
from tradepost.rates.rules import policy
from tradepost.review.api import ReviewApi
from tradepost.reviews.administration import ReviewAdministrationApi
from tradepost.reviews.api import ReviewsApi
from tradepost.service.api import ServiceApi
from tradepost.settings import PREFIX, Settings, load
from tradepost.trust.api import AuditApi
from tradepost.trust.writing import AuditedWriter

API_CLASSES: Final[tuple[type, ...]] = (
    AppSoftwareApi,
    ParentSoftwareApi,
    AssetsApi,
    AppVersionListingApi,
    AppListingApi,
    DeveloperSpaceApi,
    ReviewsApi,
    PrivacyAndSecurityApi,
    AppMigrationApi,
    PeopleApi,
    DeveloperSpaceAdministrationApi,
    DeveloperListingAdministrationApi,
    AppsApi,
    AppOverviewApi,
    ReviewApi,
    AppListingReviewApi,
    AuditApi,
    ReviewAdministrationApi,
    ServiceApi,
)
"""The groups of operations, in the order in which the documents list them."""

Answering = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An ASGI application of HTTP alone."""


class Tradepost:
    """A whole server: its database and its operations. Open it before use, close it after."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        blobs: Blobs,
        cursor_key: bytes,
        log: Log,
        clock: Clock,
        chance: Chance,
    ):
        cursors = Cursors(cursor_key)
        self.settings = settings
        self.database = database
        self.log = log
        self._clock = clock
        self._chance = chance
        self._trusted_proxies = networks(settings.trusted_proxies.split())
        self._directory = PeopleDirectory(database, clock, settings.loopback)
        shares = settings.workers > 1 or database.is_shared
        limiter = RateLimiter(policies(settings), database if shares else None)
        self.authenticator = Authenticator(
            self._directory, settings.sign_in_cache_seconds, people.TOPIC, limiter
        )
        agreements = settings.agreement_urls
        fetcher = Fetcher(
            settings.allowed_fetch_hosts, settings.artifact_bytes, settings.fetch_seconds
        )
        limits = Limits(
            settings.artifact_bytes, settings.upload_seconds, settings.download_url_seconds
        )
        service = ServiceApi(database)
        apis = (
            AppSoftwareApi(database, cursors, clock, chance, agreements),
            ParentSoftwareApi(database, cursors),
            AssetsApi(database, blobs, Path(settings.data), fetcher, clock, chance, limits),
            AppVersionListingApi(database, cursors, clock),
            AppListingApi(database, cursors, clock),
            DeveloperSpaceApi(database, cursors, self.authenticator, clock),
            ReviewsApi(database, cursors),
            PrivacyAndSecurityApi(database, clock),
            AppMigrationApi(database),
            PeopleApi(database, cursors, self.authenticator, clock, chance),
            DeveloperSpaceAdministrationApi(database, cursors, self.authenticator, clock, chance),
            DeveloperListingAdministrationApi(),
            AppsApi(database, cursors, clock, chance),
            AppOverviewApi(database, cursors),
            ReviewApi(database, cursors, clock, agreements),
            AppListingReviewApi(database, cursors, clock),
            AuditApi(database, cursors),
            ReviewAdministrationApi(database, cursors, clock, chance),
            service,
        )
        assert tuple(map(type, apis)) == API_CLASSES
        self.operations = [found for api in apis for found in declared_in(api)]
        service.describe([operation for operation, _ in self.operations])
        self.kept = kept = KeptAnswers(database, settings.cache_bytes)
        kept.listeners.append(self.authenticator.heard)
        self.authenticator.ask = kept.ask
        self.dispatcher = Dispatcher(
            self.operations,
            self.authenticator,
            log,
            settings.body_seconds,
            kept,
            chance,
            AuditedWriter(database, clock, settings.waiting_writes),
            limiter,
            self._trusted_proxies,
        )

    def belongings(self, sandbox: Answering | None, visitor: tuple[str, str] | None) -> Belongings:
        """What the console uses: see `Belongings`."""
        return Belongings(
            self.database,
            self._directory,
            self.authenticator,
            self._clock,
            self._chance,
            self.log,
            self._trusted_proxies,
            self.dispatcher,
            sandbox,
            visitor,
            self.settings.body_seconds,
        )

    async def settle(self) -> None:
        """Wait for what requests have left to be done after their answers."""
        await self._directory.settle()

    async def close(self) -> None:
        """Finish what is under way and let go of the database."""
        await self._directory.settle()
        await self.database.close()
        self.log.flush()


def policies(settings: Settings) -> list[Policy | None]:
    """The limits that are set. Raises `ValueError` with one sentence for what is none."""
    kinds: dict[str, Kind] = {
        "sign_in_limit": "sign-ins",
        "upload_limit": "uploads",
        "read_limit": "reads",
        "write_limit": "writes",
    }
    found = []
    for name, kind in kinds.items():
        try:
            found.append(policy(kind, getattr(settings, name)))
        except ValueError as error:
            raise ValueError(f"{PREFIX}{name.upper()} {error}") from None
    return found


async def open_tradepost(
    settings: Settings,
    database: Database | None = None,
    clock: Clock | None = None,
    chance: Chance | None = None,
) -> Tradepost:
    """Put the server together, on the configured database unless one is given that is open.

    `clock` and `chance` are those of its answers, in place of the system's.
    Raises `SchemaError` for a database that this program cannot use, and `BlobError` for settings
    that mean no store of blobs.
    """
    log = Log(Clock(), settings.log_format, settings.log_level)
    random = chance or Chance()
    blobs = open_blobs(settings)
    database = database or await open_database(settings)

    async def work(transaction: Transaction) -> bytes:
        return await people.secret(transaction, "cursor-key", random.token_bytes(32))

    cursor_key = await database.write(work)
    return Tradepost(settings, database, blobs, cursor_key, log, clock or Clock(), random)


def open_blobs(settings: Settings) -> Blobs:
    """The configured store of blobs. Raises `BlobError` where it is none."""
    if not settings.blobs_url:
        return DirectoryBlobs(settings.blobs_path)
    # Only here: it imports the object-store library, which most processes never need.
    from tradepost.blobs.remote import RemoteBlobs

    return RemoteBlobs(settings.blobs_url, settings.blobs_seconds)


async def open_database(settings: Settings, *, durable: bool = True) -> Database:
    """The configured database with the newest schema; a new one gets the built-in catalogue.

    Without `durable` what is written need not outlive the machine.
    """
    database = connect_database(settings, durable=durable)
    try:
        left = await database.steps_left() if database.is_shared else None
        if left:
            # Nodes of the version before may be serving it: an operator says when.
            raise SchemaError(f"the database lacks {left[0]}: run `tradepost migrate` first")
        if left is None:
            await migrate(database)
    except BaseException:
        await database.close()
        raise
    return database


async def migrate(database: Database) -> list[str]:
    """Bring a schema up to date, and put the built-in catalogue in where there is none.

    Returns the names of the steps that it took. Raises `SchemaError`.
    """
    done = await database.migrate()
    if not await parent_software.page(database, 0, 1):
        built_in = catalogue.built_in()

        async def work(transaction: Transaction) -> None:
            await catalogue.merge(transaction, built_in)

        await database.write(work)
    return done


async def is_new(settings: Settings) -> bool:
    """Whether the configured database has yet to be set up."""
    if not settings.database_url:
        return not settings.database_path.exists()
    database = connect_database(settings)
    try:
        return await database.steps_left() is None
    finally:
        await database.close()


def connect_database(settings: Settings, *, durable: bool = True) -> Database:
    """The configured database as it is, whatever schema it has."""
    if not settings.database_url:
        return SqliteDatabase(settings.database_path, Clock(), durable=durable)
    # Only here: importing it takes time, which most processes need not spend.
    from tradepost.database.postgresql import PostgresqlDatabase

    return PostgresqlDatabase(
        settings.database_url,
        Clock(),
        connections=settings.database_connections,
        kept_statements=settings.database_statements,
    )


class Application:
    """The ASGI application: opens the server at the start of its life, closes it at the end.

    It opens the configured database too, unless it is given one, and closes it in either case. As a
    guest in a process of others it leaves their logging and garbage collection alone. `visitor` is
    the email and API token that one click at the console signs in with.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database | None = None,
        *,
        is_guest: bool = False,
        visitor: tuple[str, str] | None = None,
    ):
        self._settings = settings
        self._is_guest = is_guest
        self._visitor = visitor
        self._database = database
        self._answer: Answering | None = None
        self._tradepost: Tradepost | None = None

    async def _open(
        self, settings: Settings, database: Database | None
    ) -> tuple[Tradepost, Answering]:
        """The open server, and what answers its requests."""
        tradepost = await open_tradepost(settings, database)
        return tradepost, tradepost.dispatcher

    async def finish(self) -> None:
        """Close the server, if it is open."""
        tradepost, self._tradepost = self._tradepost, None
        if tradepost is not None:
            await tradepost.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            assert self._answer is not None
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            tradepost, answer = await self._open(self._settings, self._database)
        except Exception as error:
            log = Log(Clock(), self._settings.log_format, self._settings.log_level)
            log.event("error", "startup", message=str(error))
            log.flush()
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        self._tradepost = tradepost
        sandbox = answer if answer is not tradepost.dispatcher else None
        self._answer = Front(answer, tradepost.belongings(sandbox, self._visitor))
        if not self._is_guest:
            bring_library_logs(tradepost.log)
            # What is there now stays for good: the collector need not look at it again.
            gc.collect()
            gc.freeze()
            # And seldom at the rest: kept answers are many objects, which no cycle can be part of.
            gc.set_threshold(10_000, 10, 10)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.finish()
        await send({"type": "lifespan.shutdown.complete"})


def bring_library_logs(log: Log) -> None:
    """Let what libraries log at warning and above appear among our own lines."""
    logging.basicConfig(level=logging.WARNING, handlers=[LogHandler(log)], force=True)
    loop = asyncio.get_running_loop()

    def report(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        logging.error(context["message"], exc_info=context.get("exception"))

    loop.set_exception_handler(report)


def create() -> Application:
    """The application of the settings in the environment, for processes of an HTTP server."""
    # A forked worker has its parent's handlers until it sets its own, and a signal that came in
    # between would be lost: from here on it ends the worker, which serves nobody yet.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    _end_with_parent()
    return Application(load({}))


def _end_with_parent() -> None:
    """Let this process end when the one that started it is killed, so that none is left over."""
    if sys.platform == "linux":
        import ctypes  # only here: one process alone needs none of it

        end_on_parents_death = 1  # PR_SET_PDEATHSIG of prctl(2)
        # Not SIGTERM, which a worker that is just starting can miss. Answered writes are durable.
        ctypes.CDLL(None).prctl(end_on_parents_death, signal.SIGKILL)
        parent = multiprocessing.parent_process()
        if parent is not None and parent.pid != os.getppid():  # it was killed before that
            os._exit(1)
