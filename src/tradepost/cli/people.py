"""Commands for people and their API tokens."""

from typing import Any, Final

import click

from tradepost.cli.common import (
    Operations,
    call_and_show,
    data_option,
    given,
    list_and_show,
    show,
    with_operations,
)

_PERSON: Final = ("id", "email", "name", "administrator", "archivedAt")
_API_TOKEN: Final = ("id", "name", "createdAt", "expiresAt", "lastUsedAt", "revokedAt")


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("email")
@click.option("--name", help="The person's name [default: the email].")
@click.option("--admin", is_flag=True, help="Make the person an administrator of this server.")
@data_option
def user_add(email: str, name: str | None, admin: bool, data: str | None) -> None:
    """Create a person. An API token for them comes from `tradepost api-token create`."""
    sent = given(email=email, name=name, administrator=admin)

    async def work(operations: Operations) -> Any:
        return await operations.call("createPerson", sent)

    show([with_operations(data, work, may_create=True)], *_PERSON)


@user.command("list")
@data_option
def userlist_and_show(data: str | None) -> None:
    """List people.

    A line each: id, email, name, administrator, archived since.
    """
    list_and_show(data, _PERSON, "listPeople", "people", {})


@user.command("update")
@click.argument("email")
@click.option("--name", help="The person's new name.")
@click.option("--admin/--no-admin", default=None, help="Whether they administer this server.")
@data_option
def user_update(email: str, name: str | None, admin: bool | None, data: str | None) -> None:
    """Rename a person, or make or unmake an administrator."""
    _with_person(data, email, "updatePerson", _PERSON, given(name=name, administrator=admin))


def _with_person(
    data: str | None, email: str, name: str, fields: tuple[str, ...], body: Any = None
) -> None:
    """Call an operation on the person with an email, and print what it answers."""

    async def work(operations: Operations) -> Any:
        person = await operations.person(email)
        return await operations.call(name, body, personId=person["id"])

    show([with_operations(data, work)], *fields)


@user.command("archive")
@click.argument("email")
@data_option
def user_archive(email: str, data: str | None) -> None:
    """Archive a person: no more sign-in."""
    _with_person(data, email, "archivePerson", _PERSON)


@user.command("unarchive")
@click.argument("email")
@data_option
def user_unarchive(email: str, data: str | None) -> None:
    """Take a person back from the archive."""
    _with_person(data, email, "unarchivePerson", _PERSON)


@click.group("api-token")
def api_token() -> None:
    """API tokens, for signing in."""


@api_token.command("create")
@click.argument("email")
@click.option("--name", required=True, help="What the token is for, such as laptop or ci.")
@click.option(
    "--expires",
    type=int,
    metavar="DAYS",
    help="Days until it expires, 1 to 3650 [default: never].",
)
@data_option
def api_token_create(email: str, name: str, expires: int | None, data: str | None) -> None:
    """Create and print an API token. It is printed alone, and cannot be shown again."""

    async def work(operations: Operations) -> Any:
        person = await operations.person(email)
        body = given(name=name, expiresInDays=expires)
        return await operations.call("createApiToken", body, personId=person["id"])

    click.echo(with_operations(data, work)["token"])


@api_token.command("list")
@click.argument("email")
@data_option
def api_token_list(email: str, data: str | None) -> None:
    """List a person's API tokens.

    A line each: id, name, created, expires, last used, revoked.
    """

    async def work(operations: Operations) -> list[Any]:
        person = await operations.person(email)
        return await operations.all("listApiTokens", "apiTokens", {}, personId=person["id"])

    show(with_operations(data, work), *_API_TOKEN)


@api_token.command("revoke")
@click.argument("api_token_id")
@data_option
def api_token_revoke(api_token_id: str, data: str | None) -> None:
    """Revoke an API token by its id. A running server forgets it within seconds."""
    call_and_show(data, _API_TOKEN, "revokeApiToken", None, apiTokenId=api_token_id)
