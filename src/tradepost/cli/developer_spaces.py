"""Commands for developer spaces and their members."""

from typing import Any, Final, get_args

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
from tradepost.developer_space.model import ApprovalPolicy, Category, RoleId

_SPACE: Final = ("id", "vendorId", "name", "approvalPolicy", "archivedAt")
_MEMBER: Final = ("personId", "email", "roles")


@click.group("developer-space")
def developer_space() -> None:
    """Developer spaces and their members."""


@developer_space.command("create")
@click.argument("name")
@click.option("--id", "space_id", help="A UUID [default: a new one].")
@click.option("--vendor-id", type=int, help="A number [default: one more than the highest].")
@click.option(
    "--approval-policy",
    type=click.Choice(get_args(ApprovalPolicy)),
    default="auto",
    show_default=True,
)
@data_option
def developer_space_create(
    name: str, space_id: str | None, vendor_id: int | None, approval_policy: str, data: str | None
) -> None:
    """Create a developer space."""
    body = given(name=name, id=space_id, vendorId=vendor_id, approvalPolicy=approval_policy)

    async def work(operations: Operations) -> Any:
        return await operations.call("createDeveloperSpace", body)

    show([with_operations(data, work, may_create=True)], *_SPACE)


@developer_space.command("list")
@data_option
def developer_spacelist_and_show(data: str | None) -> None:
    """List developer spaces.

    A line each: id, vendor id, name, approval policy, archived since.
    """
    list_and_show(data, _SPACE, "listDeveloperSpaces", "developerSpaces", {})


@developer_space.command("set-approval-policy")
@click.argument("space_id", metavar="DEVELOPER_SPACE_ID")
@click.argument("policy", type=click.Choice(get_args(ApprovalPolicy)))
@data_option
def developer_space_policy(space_id: str, policy: str, data: str | None) -> None:
    """Say who approves new versions.

    auto approves them at once; manual lets them wait for an administrator.
    """
    body = {"approvalPolicy": policy}
    call_and_show(data, _SPACE, "updateDeveloperSpace", body, developerSpaceId=space_id)


@developer_space.command("update")
@click.argument("space_id", metavar="DEVELOPER_SPACE_ID")
@click.option("--name", help="The new name.")
@click.option("--catalog-account", metavar="ID", help="The id of its catalog account.")
@data_option
def developer_space_update(
    space_id: str, name: str | None, catalog_account: str | None, data: str | None
) -> None:
    """Rename a developer space, or say which catalog account is its own."""
    body = given(name=name, catalogAccountId=catalog_account)
    call_and_show(data, _SPACE, "updateDeveloperSpace", body, developerSpaceId=space_id)


@developer_space.command("archive")
@click.argument("space_id", metavar="DEVELOPER_SPACE_ID")
@data_option
def developer_space_archive(space_id: str, data: str | None) -> None:
    """Archive a developer space: no more writes."""
    call_and_show(data, _SPACE, "archiveDeveloperSpace", None, developerSpaceId=space_id)


@developer_space.command("unarchive")
@click.argument("space_id", metavar="DEVELOPER_SPACE_ID")
@data_option
def developer_space_unarchive(space_id: str, data: str | None) -> None:
    """Take a developer space back from the archive."""
    call_and_show(data, _SPACE, "unarchiveDeveloperSpace", None, developerSpaceId=space_id)


@developer_space.command("members")
@click.argument("space_id", metavar="DEVELOPER_SPACE_ID")
@data_option
def developer_space_members(space_id: str, data: str | None) -> None:
    """List members.

    A line each: person id, email, roles.
    """
    list_and_show(data, _MEMBER, "listMembers", "members", {}, developerSpaceId=space_id)


@developer_space.command("add-member")
@click.argument("space_id", metavar="DEVELOPER_SPACE_ID")
@click.argument("email")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(get_args(RoleId)),
    help="May be repeated [default: as before, and admin for a new member].",
)
@click.option(
    "--category",
    "categories",
    multiple=True,
    type=click.Choice(get_args(Category)),
    help="What the member is there for; may be repeated [default: as before].",
)
@data_option
def developer_space_add_member(
    space_id: str,
    email: str,
    roles: tuple[str, ...],
    categories: tuple[str, ...],
    data: str | None,
) -> None:
    """Add a member, or set a member's roles and categories."""

    async def work(operations: Operations) -> Any:
        person = await operations.person(email)
        path = {"developerSpaceId": space_id, "personId": person["id"]}
        members = await operations.all("listMembers", "members", {}, developerSpaceId=space_id)
        held = next((m["roles"] for m in members if m["personId"] == person["id"]), ["admin"])
        body = given(roles=list(roles) or held, categories=list(categories) or None)
        return await operations.call("putMember", body, **path)

    show([with_operations(data, work)], *_MEMBER)


@developer_space.command("remove-member")
@click.argument("space_id", metavar="DEVELOPER_SPACE_ID")
@click.argument("email")
@data_option
def developer_space_remove_member(space_id: str, email: str, data: str | None) -> None:
    """Remove a person from a developer space."""

    async def work(operations: Operations) -> Any:
        person = await operations.person(email)
        path = {"developerSpaceId": space_id, "personId": person["id"]}
        return await operations.call("removeMember", **path)

    with_operations(data, work)
