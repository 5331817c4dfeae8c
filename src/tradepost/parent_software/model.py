"""The wire of Parent software. Names and shapes are those of the reference."""

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tradepost.http.cursors import PageLinks
from tradepost.http.fields import BuildNumber, Line, Revision

Hosting = Literal["cloud", "server", "datacenter"]
HOSTINGS: tuple[Hosting, ...] = get_args(Hosting)
FrameworkId = Literal["connect", "forge", "plugin", "workflow", "external"]
State = Literal["draft", "active", "archived"]


class HostingOption(msgspec.Struct, rename="camel", omit_defaults=True):
    hosting: Hosting
    auto_compatibility_mode: Literal["minor", "patch"] | UnsetType = UNSET


class ExtensibilityFramework(msgspec.Struct, rename="camel"):
    framework_id: FrameworkId


class ParentSoftwareGetResponse(msgspec.Struct, rename="camel"):
    """A product that apps extend. `id` is a word such as `jira`, not a UUID."""

    id: Line
    developer_id: Line
    name: Line
    hosting_options: Annotated[list[HostingOption], Meta(max_length=100)]
    extensibility_frameworks: Annotated[list[ExtensibilityFramework], Meta(max_length=100)]
    state: State
    revision: Revision


class ParentSoftwareVersionGetResponse(msgspec.Struct, rename="camel"):
    """A release of a product."""

    build_number: BuildNumber
    version_number: Line
    hosting: Annotated[list[Hosting], Meta(max_length=100)]
    state: State
    revision: Revision
    created_at: Line


class ParentSoftwareGetAllResponse(msgspec.Struct, rename="camel"):
    links: PageLinks
    parent_software: list[ParentSoftwareGetResponse]


class ParentSoftwareVersionsGetResponse(msgspec.Struct, rename="camel"):
    links: PageLinks
    versions: list[ParentSoftwareVersionGetResponse]


class Catalogue(msgspec.Struct, rename="camel"):
    """A file of products and their releases, as `tradepost catalogue import` reads it.

    Both parts are in the contract's shape; the releases stand under their product's id. Other
    fields (where the values come from, say) are ignored.
    """

    parent_software: list[ParentSoftwareGetResponse]
    versions: dict[str, list[ParentSoftwareVersionGetResponse]] = msgspec.field(
        default_factory=dict
    )
