"""Commands that ask a server over HTTP: apps, versions, access tokens, artifacts."""

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import click
import msgspec
from msgspec import UNSET

from tradepost.app_software.model import VERSION_STATES
from tradepost.apps.model import ComplianceBoundary
from tradepost.cli.apps import app, version
from tradepost.cli.connection import EXIT_CODES, connect, connection_options, told_failures
from tradepost.cli.tables import json_option, show_fields, show_json, show_table
from tradepost.parent_software.model import HOSTINGS

# The client takes long to import, and the server starts without it: only commands import it.
if TYPE_CHECKING:
    from tradepost.app_software.model import (
        AppSoftwareByAppKeyResponse,
        AppSoftwareVersionGetResponse,
    )
    from tradepost.assets.model import SoftwareArtifact
    from tradepost.client import Client

_BOUNDARIES: Final = get_args(ComplianceBoundary)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@app.command("show", epilog=EXIT_CODES)
@click.argument("app_key")
@json_option
@connection_options
def app_show(
    app_key: str, as_json: bool, url: str | None, email: str | None, token_file: Path | None
) -> None:
    """Show the app software of an app, each with its newest version. Over HTTP."""
    with told_failures(), connect(url, email, token_file) as client:
        found = client.get_app_software_by_app_key(app_key, compliance_boundaries=_BOUNDARIES)
        newest = [
            next(
                iter(client.get_app_software_versions(each.app_software_id, limit=1).versions), None
            )
            for each in found
        ]
    if as_json:
        show_json(
            [
                {**msgspec.to_builtins(software), "newestVersion": version}
                for software, version in zip(found, newest, strict=True)
            ]
        )
        return
    show_table(
        ("App software", "Hosting", "Boundary", "Archived", "Build", "Version", "State"),
        [
            (
                software.app_software_id,
                software.hosting,
                software.compliance_boundaries,
                software.archived,
                *(
                    (None, None, None)
                    if version is None
                    else (version.build_number, version.version_number, version.state)
                ),
            )
            for software, version in zip(found, newest, strict=True)
        ],
    )


@click.command(epilog=EXIT_CODES)
@click.argument("app_software", metavar="APP_SOFTWARE_ID_OR_APP_KEY")
@click.option("--hosting", type=click.Choice(HOSTINGS), help="Which app software of an app key.")
@click.option(
    "--compliance-boundary",
    "boundary",
    type=click.Choice(_BOUNDARIES),
    help="For cloud alone [default there: commercial].",
)
@click.option("--state", type=click.Choice(VERSION_STATES), help="Only versions in this state.")
@click.option(
    "--limit", type=click.IntRange(1), default=25, show_default=True, help="How many at the most."
)
@json_option
@connection_options
def versions(
    app_software: str,
    hosting: Any,
    boundary: Any,
    state: Any,
    limit: int,
    as_json: bool,
    url: str | None,
    email: str | None,
    token_file: Path | None,
) -> None:
    """List the versions of an app software, newest first. Over HTTP."""
    with told_failures(), connect(url, email, token_file) as client:
        software_id = _software_id(client, app_software, hosting, boundary)
        # One page is enough for most, and a page has fifty at the most.
        walk = client.iterate_app_software_versions(
            software_id, page_size=min(limit, 50), state=state
        )
        found = list(itertools.islice(walk, limit))
    if as_json:
        show_json(found)
        return
    show_table(
        ("Build", "Version", "State", "Payment model", "Framework", "Compatible with", "Created"),
        [
            (
                version.build_number,
                version.version_number,
                version.state,
                version.supported_payment_model,
                version.framework_details.__struct_config__.tag,
                _ranges(version),
                version.created_at,
            )
            for version in found
        ],
    )


@version.command("show", epilog=EXIT_CODES)
@click.argument("app_software_id")
@click.argument("build_number", type=click.IntRange(0))
@json_option
@connection_options
def version_show(
    app_software_id: str,
    build_number: int,
    as_json: bool,
    url: str | None,
    email: str | None,
    token_file: Path | None,
) -> None:
    """Show a version. Over HTTP."""
    with told_failures(), connect(url, email, token_file) as client:
        found = client.get_app_software_version(app_software_id, build_number)
    if as_json:
        show_json(found)
        return
    changelog, license_type = found.changelog, found.license_type
    show_fields(
        {
            "Build": found.build_number,
            "Version": found.version_number,
            "State": found.state,
            "Revision": found.revision,
            "Payment model": found.supported_payment_model,
            "License": None if license_type is UNSET else license_type.id,
            "Supported": found.supported,
            "Beta": found.beta,
            "Framework": found.framework_details.__struct_config__.tag,
            **{
                f"  {name}": value
                for name, value in msgspec.to_builtins(found.framework_details.attributes).items()
            },
            "Compatible with": _ranges(found),
            "Created": f"{found.created_at} by {found.created_by}",
            "Summary": None if changelog is UNSET else changelog.release_summary,
        }
    )


@click.command(epilog=EXIT_CODES)
@click.argument("app_software_id")
@click.option("--create", is_flag=True, help="Create an access token, and show it alone.")
@json_option
@connection_options
def tokens(
    app_software_id: str,
    create: bool,
    as_json: bool,
    url: str | None,
    email: str | None,
    token_file: Path | None,
) -> None:
    """List the access tokens of an app software, or create one. Over HTTP.

    An access token lets one site install a private app. `tradepost access-token` revokes it.
    """
    with told_failures(), connect(url, email, token_file) as client:
        found = (
            [client.create_access_token(app_software_id)]
            if create
            else client.get_access_tokens(app_software_id).tokens
        )
    if as_json:
        show_json(found[0] if create else found)
        return
    rows = [(each.token, each.cloud_id, each.instance) for each in found]
    show_table(("Access token", "Cloud site", "Installation"), rows)


@click.group()
def artifacts() -> None:
    """Artifacts: upload, show, download. Over HTTP."""


@artifacts.command("upload", epilog=EXIT_CODES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@connection_options
def artifacts_upload(
    file: Path, as_json: bool, url: str | None, email: str | None, token_file: Path | None
) -> None:
    """Upload a JAR, OBR, JWB or Connect descriptor. The same bytes are stored once."""
    with told_failures(), connect(url, email, token_file) as client:
        _show_artifact(client.upload_artifact(file), as_json)


@artifacts.command("show", epilog=EXIT_CODES)
@click.argument("artifact_id")
@json_option
@connection_options
def artifacts_show(
    artifact_id: str, as_json: bool, url: str | None, email: str | None, token_file: Path | None
) -> None:
    """Show an artifact: its file, and what it declares."""
    with told_failures(), connect(url, email, token_file) as client:
        _show_artifact(client.get_artifact(artifact_id), as_json)


@artifacts.command("download", epilog=EXIT_CODES)
@click.argument("artifact_id")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it [default: under its own name, here, unless that is there].",
)
@json_option
@connection_options
def artifacts_download(
    artifact_id: str,
    output: Path | None,
    as_json: bool,
    url: str | None,
    email: str | None,
    token_file: Path | None,
) -> None:
    """Download an artifact. A file is there whole at the end, or not at all."""
    with told_failures(), connect(url, email, token_file) as client:
        if output is None:
            # The name is somebody else's: it must not lead anywhere but here, nor replace a file.
            name = client.get_artifact(artifact_id).file_info.logical_file_name
            output = Path(re.split(r"[/\\]", name)[-1])
            if output.name in ("", "..") or output.exists():
                raise click.UsageError(f"{name!r} cannot be written here: give --output")
        size = client.download_artifact(artifact_id, output)
    if as_json:
        show_json({"file": str(output), "size": size})
        return
    show_fields({"File": output, "Bytes": size})


def _software_id(client: "Client", given: str, hosting: Any, boundary: Any) -> str:
    """The id of an app software, given by that or by an app key and what narrows it down."""
    if _UUID.fullmatch(given):
        return given
    found = client.get_app_software_by_app_key(
        given, hosting=hosting, compliance_boundaries=None if boundary is None else [boundary]
    )
    if boundary is not None:
        found = [each for each in found if each.compliance_boundaries is not None]
    if len(found) == 1:
        return found[0].app_software_id
    if not found:
        raise click.UsageError(f"the app {given} has no such app software")
    choices = ", ".join(_named(each) for each in found)
    raise click.UsageError(f"the app {given} has several; --hosting or its id chooses: {choices}")


def _named(software: "AppSoftwareByAppKeyResponse") -> str:
    return f"{software.hosting} {software.app_software_id}"


def _ranges(version: "AppSoftwareVersionGetResponse") -> list[str]:
    """Parents and their build numbers, an open end as nothing."""
    ends = [
        (
            each.parent_software_id,
            "" if each.min_build_number is UNSET else each.min_build_number,
            "" if each.max_build_number is UNSET else each.max_build_number,
        )
        for each in version.compatibilities
    ]
    return [f"{parent} {low}…{high}" for parent, low, high in ends]


def _show_artifact(artifact: "SoftwareArtifact", as_json: bool) -> None:
    if as_json:
        show_json(artifact)
        return
    file, details = artifact.file_info, artifact.details
    remote = artifact.links.remote
    show_fields(
        {
            "Id": artifact.links.self.href.rstrip("/").rpartition("/")[2],
            "File": file.logical_file_name,
            "Bytes": file.size,
            "Checksum": file.checksum,
            "App key": None if details is UNSET else details.key,
            "Version": None if details is UNSET else details.version,
            "Fetched from": None if remote is UNSET else remote.href,
        }
    )
