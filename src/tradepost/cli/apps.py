"""Commands for apps, their app software, the review of versions, and access tokens."""

import sys
from typing import Final, get_args

import click

from tradepost.apps.model import ComplianceBoundary
from tradepost.cli.common import call_and_show, data_option, given, list_and_show
from tradepost.parent_software.model import HOSTINGS

_APP: Final = ("productId", "appKey", "name", "developerSpaceId", "archivedAt")
_SOFTWARE: Final = ("id", "productId", "hosting", "complianceBoundary", "archivedAt")
_LISTING: Final = ("productId", "appKey", "state", "approvalStatus", "revision")
_VERSION: Final = ("buildNumber", "versionNumber", "state", "revision")


@click.group()
def app() -> None:
    """Apps. All but `show`, which asks a server over HTTP, is for the local database."""


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
    body = given(appKey=app_key, developerSpaceId=space_id, productId=product_id, name=name)
    call_and_show(data, _APP, "createApp", body)


@app.command("list")
@click.option("--developer-space", "space_id", help="Only the apps of this developer space.")
@data_option
def app_list(space_id: str | None, data: str | None) -> None:
    """List apps, the oldest first.

    A line each: product id, app key, name, developer space, archived since.
    """
    list_and_show(data, _APP, "listApps", "apps", given(developerSpaceId=space_id))


@app.command("archive")
@click.argument("product_id")
@data_option
def app_archive(product_id: str, data: str | None) -> None:
    """Archive an app: no more writes."""
    call_and_show(data, _APP, "archiveApp", None, productId=product_id)


@app.command("unarchive")
@click.argument("product_id")
@data_option
def app_unarchive(product_id: str, data: str | None) -> None:
    """Take an app back from the archive."""
    call_and_show(data, _APP, "unarchiveApp", None, productId=product_id)


@click.group("app-software")
def app_software() -> None:
    """App software: an app for one hosting."""


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
    body = given(hosting=hosting, id=software_id, complianceBoundary=compliance_boundary)
    call_and_show(data, _SOFTWARE, "createAppSoftware", body, productId=product_id)


@app_software.command("list")
@click.argument("product_id")
@data_option
def app_software_list(product_id: str, data: str | None) -> None:
    """List the app software of an app.

    A line each: id, product id, hosting, compliance boundary, archived since.
    """
    list_and_show(data, _SOFTWARE, "listAppSoftware", "appSoftware", {}, productId=product_id)


@app_software.command("archive")
@click.argument("app_software_id")
@data_option
def app_software_archive(app_software_id: str, data: str | None) -> None:
    """Archive an app software: no more writes."""
    call_and_show(data, _SOFTWARE, "archiveAppSoftware", None, appSoftwareId=app_software_id)


@app_software.command("unarchive")
@click.argument("app_software_id")
@data_option
def app_software_unarchive(app_software_id: str, data: str | None) -> None:
    """Take an app software back from the archive."""
    call_and_show(data, _SOFTWARE, "unarchiveAppSoftware", None, appSoftwareId=app_software_id)


@click.group()
def version() -> None:
    """Versions of apps.

    All but `show`, which asks a server over HTTP, is review in the local database.
    """


@version.command("queue")
@data_option
def version_queue(data: str | None) -> None:
    """List what waits for a reviewer.

    A line each: app key, app software id, build number, version number, by whom.
    """
    fields = ("appKey", "appSoftwareId", "buildNumber", "versionNumber", "createdBy")
    list_and_show(data, fields, "listSubmittedVersions", "versions", {})


def _version_command(name: str, operation: str, text: str) -> None:
    @version.command(name, help=text)
    @click.argument("app_software_id")
    @click.argument("build_number")
    @data_option
    def command(app_software_id: str, build_number: str, data: str | None) -> None:
        path = {"appSoftwareId": app_software_id, "buildNumber": build_number}
        call_and_show(data, _VERSION, operation, None, **path)


_version_command("submit", "submitVersion", "Submit a draft or rejected version.")
_version_command("approve", "approveVersion", "Approve a submitted version.")
_version_command("archive", "archiveVersion", "Archive a version: members see it, no more writes.")
_version_command("unarchive", "unarchiveVersion", "Take a version back from the archive.")


@version.command("reject")
@click.argument("app_software_id")
@click.argument("build_number")
@click.option("--reason", required=True, help="Why; the version's maker reads it.")
@data_option
def version_reject(app_software_id: str, build_number: str, reason: str, data: str | None) -> None:
    """Reject a submitted version."""
    path = {"appSoftwareId": app_software_id, "buildNumber": build_number}
    call_and_show(data, _VERSION, "rejectVersion", {"reason": reason}, **path)


@click.group("app-listing")
def app_listing() -> None:
    """Review of app listings."""


@app_listing.command("queue")
@data_option
def app_listing_queue(data: str | None) -> None:
    """List what waits for a reviewer.

    A line each: product id, app key, name, where it goes once approved.
    """
    fields = ("productId", "appKey", "appName", "stateAfterApproval")
    list_and_show(data, fields, "listSubmittedAppListings", "items", {})


@app_listing.command("approve")
@click.argument("product_id")
@data_option
def app_listing_approve(product_id: str, data: str | None) -> None:
    """Approve a submitted app listing."""
    call_and_show(data, _LISTING, "approveAppListing", None, productId=product_id)


@app_listing.command("reject")
@click.argument("product_id")
@click.option("--reason", required=True, help="Why; the app's makers read it.")
@data_option
def app_listing_reject(product_id: str, reason: str, data: str | None) -> None:
    """Reject a submitted app listing."""
    body = {"reason": reason}
    call_and_show(data, _LISTING, "rejectAppListing", body, productId=product_id)


@click.group("access-token")
def access_token() -> None:
    """Access tokens, for installing private apps."""


@access_token.command("revoke")
@click.argument("app_software_id")
@data_option
def access_token_revoke(app_software_id: str, data: str | None) -> None:
    """Revoke the access token in standard input.

    It is read from there so that no list of processes shows it:

      echo at_… | tradepost access-token revoke APP_SOFTWARE_ID
    """
    token = sys.stdin.readline().strip()
    call_and_show(data, (), "revokeAccessToken", {"token": token}, appSoftwareId=app_software_id)
