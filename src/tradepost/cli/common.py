"""What commands share: settings from flags, an open server, and results in plain lines.

Administration commands call the operation of the same meaning, so both have the same rules and
words.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import click
import msgspec

from tradepost.app import Tradepost, connect_database, is_new, open_tradepost
from tradepost.assets.addresses import allowed_authorities
from tradepost.blobs import BlobError
from tradepost.cli.tables import printable
from tradepost.database import Database, SchemaError, UnavailableError, UncertainError
from tradepost.http.call import OPERATOR
from tradepost.http.errors import ApiError
from tradepost.settings import Settings, SettingsError, load

T = TypeVar("T")

data_option = click.option(
    "--data",
    metavar="DIR",
    help="The directory of the database [default: $TRADEPOST_DATA or ./tradepost-data].",
)


def settings_of(**flags: Any) -> Settings:
    """The settings of the environment with these flags; ends the command where they are bad."""
    try:
        settings = load(flags)
        allowed_authorities(settings.allowed_fetch_hosts)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    except ValueError as error:
        raise click.ClickException(f"TRADEPOST_FETCH_HOSTS: {error}") from None
    return settings


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Run a command's work; what goes wrong with the database becomes one sentence."""

    async def start() -> T:
        return await work()

    try:
        return asyncio.run(start())
    except ApiError as error:
        raise click.ClickException("; ".join(p.detail for p in error.problems)) from None
    except SchemaError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise click.ClickException(f"{where}{error.strerror or error}") from None
    except UnavailableError as error:
        raise click.ClickException(f"the database cannot be used: {error}") from None
    except UncertainError as error:
        raise click.ClickException(f"{error}: look whether it is stored") from None
    except BlobError as error:
        raise click.ClickException(f"the store of files: {error}") from None


def named(url: str) -> str:
    """A database's URL without the password, which a log or a screen need not have."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class Operations:
    """The operations of a server, called as its operator from within this process."""

    def __init__(self, tradepost: Tradepost):
        self._tradepost = tradepost

    async def call(self, name: str, body: Any = None, **path: str) -> Any:
        """Call an operation by its OpenAPI id; its answer, decoded."""
        answer = await self._tradepost.dispatcher.invoke(name, OPERATOR, path, body)
        return msgspec.json.decode(answer) if answer else None

    async def all(self, name: str, key: str, query: dict[str, str], **path: str) -> list[Any]:
        """Every element of a list, page by page."""
        found: list[Any] = []
        sent = {"limit": "50", **query}
        while True:
            answer = msgspec.json.decode(
                await self._tradepost.dispatcher.invoke(
                    name, OPERATOR, path, query=urlencode(sent).encode()
                )
            )
            found += answer[key]
            following = answer["links"].get("next")
            if following is None:
                return found
            sent = {"cursor": following.partition("?cursor=")[2]}

    async def person(self, email: str) -> Any:
        """The person with an email; ends the command where there is none."""
        people = await self.all("listPeople", "people", {"email": email})
        if not people:
            raise click.ClickException(f"there is no person with the email {email}")
        return people[0]


def with_operations(
    data: str | None, work: Callable[[Operations], Awaitable[T]], *, may_create: bool = False
) -> T:
    """Open the configured database, and run a command's work with its operations.

    A database that is not there is set up only where `may_create` says that a command can be the
    first one; else a misspelt directory would be told as an empty marketplace.
    """
    settings = settings_of(data=data, log_level="warning")

    async def start() -> T:
        starts_anew = await is_new(settings)
        if starts_anew and not may_create:
            raise click.ClickException(_no_database(settings))
        tradepost = await open_tradepost(settings)
        try:
            result = await work(Operations(tradepost))
        finally:
            await tradepost.close()
        if starts_anew:
            where = "the PostgreSQL database" if settings.database_url else settings.data
            click.echo(f"tradepost: set up a new database in {where}", err=True)
        return result

    return run(start)


async def open_current(settings: Settings) -> Database:
    """The configured database as it is; ends the command unless its schema is the newest.

    Nothing is set up and nothing is brought up to date.
    """
    if await is_new(settings):
        raise click.ClickException(_no_database(settings))
    database = connect_database(settings)
    try:
        if left := await database.steps_left():
            raise SchemaError(f"the database lacks {left[0]}: run `tradepost migrate` first")
    except BaseException:
        await database.close()
        raise
    return database


def _no_database(settings: Settings) -> str:
    if settings.database_url:
        return (
            "the database of TRADEPOST_DATABASE_URL has nothing in it: `tradepost migrate` "
            "or `tradepost serve` sets it up"
        )
    return (
        f"there is no database in {settings.data}: --data or TRADEPOST_DATA says where "
        "it is, and `tradepost serve` sets one up"
    )


def given(**fields: Any) -> dict[str, Any]:
    """A request body of those fields that were given."""
    return {name: value for name, value in fields.items() if value is not None}


def call_and_show(
    data: str | None,
    fields: tuple[str, ...],
    name: str,
    sent: Any,
    **path: str,
) -> None:
    """Call an operation and print what it answers."""

    async def work(operations: Operations) -> Any:
        return await operations.call(name, sent, **path)

    answer = with_operations(data, work)
    if answer is not None:
        show([answer], *fields)


def list_and_show(
    data: str | None, fields: tuple[str, ...], name: str, key: str, query: Any, **path: str
) -> None:
    """Print every element of a list."""

    async def work(operations: Operations) -> list[Any]:
        return await operations.all(name, key, query, **path)

    show(with_operations(data, work), *fields)


def show(elements: Iterable[dict[str, Any]], *fields: str) -> None:
    """Print elements, a line each: the named fields between tabs, `-` for what is absent."""
    for element in elements:
        click.echo("\t".join(printable(element.get(field)) for field in fields))
