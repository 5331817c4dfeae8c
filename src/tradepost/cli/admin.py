"""Administration from the command line: the operations of `/admin/v1`, on the database itself.

Every command calls the operation of the same meaning, so both have the same rules and words.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

import click

from tradepost.apps.model import ComplianceBoundary
from tradepost.cli.common import Operations, data_option, run, settings_of, show, with_operations
from tradepost.developer_space.model import ApprovalPolicy, RoleId
from tradepost.parent_software.model import HOSTINGS

F = TypeVar("F", bound=Callable[..., Any])

_PERSON: Final = ("id", "email", "name", "administrator", "archivedAt")
_API_TOKEN: Final = ("id", "name", "createdAt", "expiresAt", "lastUsedAt", "revokedAt")
_SPACE: Final = ("id", "vendorId", "name", "approvalPolicy", "archivedAt")
_MEMBER: Final = ("personId", "email", "roles")
_APP: Final = ("productId", "appKey", "name", "developerSpaceId", "archivedAt")
_SOFTWARE: Final = ("id", "productId", "hosting", "complianceBoundary", "archivedAt")
_VERSION: Final = ("buildNumber", "versionNumber", "state", "revision")


def _body(**fields: Any) -> dict[str, Any]:
    """A request body of those fields that were given."""
    return {name: value for name, value in fields.items() if value is not None}


def _call(data: str | None, fields: tuple[str, ...], name: str, body: Any, **path: str) -> None:
    """Call an operation and print what it answers."""

    async def work(operations: Operations) -> Any:
        return await operations.call(name, body, **path)

    answer = with_operations(data, work)
    if answer is not None:
        show([answer], *fields)


def _list(
    data: str | None, fields: tuple[str, ...], name: str, key: str, query: Any, **path: str
) -> None:
    """Print every element of a list."""

    async def work(operations: Operations) -> list[Any]:
        return await operations.all(name, key, query, **path)

    show(with_operations(data, work), *fields)


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
    _call(data, _PERSON, "createPerson", _body(email=email, name=name, administrator=admin))


@user.command("list")
@data_option
def user_list(data: str | None) -> None:
    """List people: id, email, name, administrator, archived since."""
    _list(data, _PERSON, "listPeople", "people", {})


def _with_person(data: str | None, email: str, name: str, fields: tuple[str, ...]) -> None:
    async def work(operations: Operations) -> Any:
        person = await operations.person(email)
        return await operations.call(name, personId=person["id"])

    show([with_operations(data, work)], *fields)


@user.command("archive")
@click.argument("email")
@data_option
def user_archive(email: str, data: str | None) -> None:
    """Archive a person, who can then sign in no more."""
    _with_person(data, email, "archivePerson", _PERSON)


@user.command("unarchive")
@click.argument("email")
@data_option
def user_unarchive(email: str, data: str | None) -> None:
    """Take a person back from the archive."""
    _with_person(data, email, "unarchivePerson", _PERSON)


@click.group("api-token")
def api_token() -> None:
    """API tokens, with which people sign in."""


@api_token.command("create")
@click.argument("email")
@click.option("--name", required=True, help="What the token is for, such as laptop or ci.")
@click.option("--expires", type=int, metavar="DAYS", help="Expire after so many days.")
@data_option
def api_token_create(email: str, name: str, expires: int | None, data: str | None) -> None:
    """Create an API token for a person, and print it alone. It cannot be shown again."""

    async def work(operations: Operations) -> Any:
        person = await operations.person(email)
        body = _body(name=name, expiresInDays=expires)
        return await operations.call("createApiToken", body, personId=person["id"])

    click.echo(with_operations(data, work)["token"])


@api_token.command("list")
@click.argument("email")
@data_option
def api_token_list(email: str, data: str | None) -> None:
    """List a person's API tokens: id, name, created, expires, last used, revoked."""

    async def work(operations: Operations) -> list[Any]:
        person = await operations.person(email)
        return await operations.all("listApiTokens", "apiTokens", {}, personId=person["id"])

    show(with_operations(data, work), *_API_TOKEN)


@api_token.command("revoke")
@click.argument("api_token_id")
@data_option
def api_token_revoke(api_token_id: str, data: str | None) -> None:
    """Revoke an API token by its id. A running server forgets it within seconds."""
    _call(data, _API_TOKEN, "revokeApiToken", None, apiTokenId=api_token_id)


@click.group("developer-space")
def developer_space() -> None:
    """Developer spaces, which own apps, and their members."""


@developer_space.command("create")
@click.argument("name")
@click.option("--id", "space_id", help="A UUID [default: a new one].")
@click.option("--vendor-id", type=int, help="A number [default: one more than the highest].")
@click.option("--approval-policy", type=click.Choice(get_args(ApprovalPolicy)), default="auto")
@data_option
def developer_space_create(
    name: str, space_id: str | None, vendor_id: int | None, approval_policy: str, data: str | None
) -> None:
    """Create a developer space."""
    body = _body(name=name, id=space_id, vendorId=vendor_id, approvalPolicy=approval_policy)
    _call(data, _SPACE, "createDeveloperSpace", body)


@developer_space.command("list")
@data_option
def developer_space_list(data: str | None) -> None:
    """List developer spaces: id, vendor id, name, approval policy, archived since."""
    _list(data, _SPACE, "listDeveloperSpaces", "developerSpaces", {})


@developer_space.command("set-approval-policy")
@click.argument("space_id")
@click.argument("policy", type=click.Choice(get_args(ApprovalPolicy)))
@data_option
def developer_space_policy(space_id: str, policy: str, data: str | None) -> None:
    """Say whether new versions are approved at once (auto) or by a reviewer (manual)."""
    body = {"approvalPolicy": policy}
    _call(data, _SPACE, "updateDeveloperSpace", body, developerSpaceId=space_id)


@developer_space.command("archive")
@click.argument("space_id")
@data_option
def developer_space_archive(space_id: str, data: str | None) -> None:
    """Archive a developer space: nothing of it can be written any more."""
    _call(data, _SPACE, "archiveDeveloperSpace", None, developerSpaceId=space_id)


@developer_space.command("unarchive")
@click.argument("space_id")
@data_option
def developer_space_unarchive(space_id: str, data: str | None) -> None:
    """Take a developer space back from the archive."""
    _call(data, _SPACE, "unarchiveDeveloperSpace", None, developerSpaceId=space_id)


@developer_space.command("members")
@click.argument("space_id")
@data_option
def developer_space_members(space_id: str, data: str | None) -> None:
    """List members: person id, email, roles."""
    _list(data, _MEMBER, "listMembers", "members", {}, developerSpaceId=space_id)


@developer_space.command("add-member")
@click.argument("space_id")
@click.argument("email")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(get_args(RoleId)),
    default=["admin"],
    show_default=True,
    help="May be repeated.",
)
@data_option
def developer_space_add_member(
    space_id: str, email: str, roles: tuple[str, ...], data: str | None
) -> None:
    """Add a person to a developer space, or set a member's roles."""

    async def work(operations: Operations) -> Any:
        person = await operations.person(email)
        path = {"developerSpaceId": space_id, "personId": person["id"]}
        return await operations.call("putMember", {"roles": list(roles)}, **path)

    show([with_operations(data, work)], *_MEMBER)


@developer_space.command("remove-member")
@click.argument("space_id")
@click.argument("email")
@data_option
def developer_space_remove_member(space_id: str, email: str, data: str | None) -> None:
    """Remove a person from a developer space."""

    async def work(operations: Operations) -> Any:
        person = await operations.person(email)
        path = {"developerSpaceId": space_id, "personId": person["id"]}
        return await operations.call("removeMember", **path)

    with_operations(data, work)


@click.group()
def app() -> None:
    """Apps."""


@app.command("create")
@click.argument("app_key")
@click.option("--developer-space", "space_id", required=True, help="The id of the owner.")
@click.option("--product-id", help="A UUID [default: a new one].")
@click.option("--name", help="[default: the app key]")
@data_option
def app_create(
    app_key: str, space_id: str, product_id: str | None, name: str | None, data: str | None
) -> None:
    """Create an app in a developer space."""
    body = _body(appKey=app_key, developerSpaceId=space_id, productId=product_id, name=name)
    _call(data, _APP, "createApp", body)


@app.command("list")
@click.option("--developer-space", "space_id", help="Only the apps of this developer space.")
@data_option
def app_list(space_id: str | None, data: str | None) -> None:
    """List apps, the oldest first: product id, app key, name, developer space, archived since."""
    _list(data, _APP, "listApps", "apps", _body(developerSpaceId=space_id))


@app.command("archive")
@click.argument("product_id")
@data_option
def app_archive(product_id: str, data: str | None) -> None:
    """Archive an app: nothing of it can be written any more."""
    _call(data, _APP, "archiveApp", None, productId=product_id)


@app.command("unarchive")
@click.argument("product_id")
@data_option
def app_unarchive(product_id: str, data: str | None) -> None:
    """Take an app back from the archive."""
    _call(data, _APP, "unarchiveApp", None, productId=product_id)


@click.group("app-software")
def app_software() -> None:
    """App software: an app for one hosting, and for cloud one compliance boundary."""


@app_software.command("create")
@click.argument("product_id")
@click.argument("hosting", type=click.Choice(HOSTINGS))
@click.option("--id", "software_id", help="A UUID [default: a new one].")
@click.option(
    "--compliance-boundary",
    type=click.Choice(get_args(ComplianceBoundary)),
    help="For cloud alone [default there: commercial].",
)
@data_option
def app_software_create(
    product_id: str,
    hosting: str,
    software_id: str | None,
    compliance_boundary: str | None,
    data: str | None,
) -> None:
    """Create an app software of an app."""
    body = _body(hosting=hosting, id=software_id, complianceBoundary=compliance_boundary)
    _call(data, _SOFTWARE, "createAppSoftware", body, productId=product_id)


@app_software.command("list")
@click.argument("product_id")
@data_option
def app_software_list(product_id: str, data: str | None) -> None:
    """List the app software of an app: id, product id, hosting, boundary, archived since."""
    _list(data, _SOFTWARE, "listAppSoftware", "appSoftware", {}, productId=product_id)


@app_software.command("archive")
@click.argument("app_software_id")
@data_option
def app_software_archive(app_software_id: str, data: str | None) -> None:
    """Archive an app software: nothing of it can be written any more."""
    _call(data, _SOFTWARE, "archiveAppSoftware", None, appSoftwareId=app_software_id)


@app_software.command("unarchive")
@click.argument("app_software_id")
@data_option
def app_software_unarchive(app_software_id: str, data: str | None) -> None:
    """Take an app software back from the archive."""
    _call(data, _SOFTWARE, "unarchiveAppSoftware", None, appSoftwareId=app_software_id)


@click.group()
def version() -> None:
    """Review of versions: submit, approve, reject, archive, un-archive."""


def _version_command(name: str, operation: str, text: str) -> None:
    @version.command(name, help=text)
    @click.argument("app_software_id")
    @click.argument("build_number")
    @data_option
    def command(app_software_id: str, build_number: str, data: str | None) -> None:
        path = {"appSoftwareId": app_software_id, "buildNumber": build_number}
        _call(data, _VERSION, operation, None, **path)


_version_command("submit", "submitVersion", "Submit a draft or rejected version for review.")
_version_command("approve", "approveVersion", "Approve a submitted version; it becomes active.")
_version_command("archive", "archiveVersion", "Archive a version; it is public no more.")
_version_command("unarchive", "unarchiveVersion", "Take a version back from the archive.")


@version.command("reject")
@click.argument("app_software_id")
@click.argument("build_number")
@click.option("--reason", required=True, help="Why; the version's maker reads it.")
@data_option
def version_reject(app_software_id: str, build_number: str, reason: str, data: str | None) -> None:
    """Reject a submitted version, with a reason."""
    path = {"appSoftwareId": app_software_id, "buildNumber": build_number}
    _call(data, _VERSION, "rejectVersion", {"reason": reason}, **path)


@click.group("access-token")
def access_token() -> None:
    """Access tokens, with which sites install private apps."""


@access_token.command("revoke")
@click.argument("app_software_id")
@data_option
def access_token_revoke(app_software_id: str, data: str | None) -> None:
    """Revoke the access token that standard input holds, so that no list of processes shows it."""
    token = sys.stdin.readline().strip()
    _call(data, (), "revokeAccessToken", {"token": token}, appSoftwareId=app_software_id)


@click.group()
def catalogue() -> None:
    """The catalogue of parent software and its releases."""


@catalogue.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def catalogue_import(file: Path, data: str | None) -> None:
    """Merge a catalogue file into the database: add what is new, replace what differs."""
    from tradepost.app import open_database
    from tradepost.parent_software import catalogue as catalogues

    settings = settings_of(data=data)
    try:
        sent = catalogues.parse(file.read_bytes())
    except (catalogues.CatalogueError, OSError) as error:
        raise click.ClickException(str(error)) from None

    async def work() -> catalogues.Imported:
        database = await open_database(settings)
        try:
            return await database.write(lambda transaction: catalogues.merge(transaction, sent))
        finally:
            await database.close()

    try:
        imported = run(work)
    except catalogues.CatalogueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{imported.added} added, {imported.changed} changed")


@click.command("load-demo")
@data_option
def load_demo(data: str | None) -> None:
    """Put the demo data into the configured database, if nobody uses it yet."""
    from tradepost.app import open_database
    from tradepost.demo.load import NotEmptyError, load

    settings = settings_of(data=data)

    async def work() -> None:
        database = await open_database(settings)
        try:
            await load(database)
        finally:
            await database.close()

    try:
        run(work)
    except NotEmptyError:
        raise click.ClickException(
            "the database has people or developer spaces already: demo data is for an empty one"
        ) from None
    click.echo("demo data loaded; its credentials are public, so serve answers on loopback alone")


COMMANDS: Final = (
    user,
    api_token,
    developer_space,
    app,
    app_software,
    version,
    access_token,
    catalogue,
    load_demo,
)
