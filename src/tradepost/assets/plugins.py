"""What a plugin JAR says of itself."""

from typing import Final, cast

from msgspec import UNSET, UnsetType

from tradepost.assets import manifests, plugin_xml
from tradepost.assets.archives import MANIFEST, Archive
from tradepost.assets.declarations import declared, switched_on
from tradepost.assets.model import ArtifactDetails, DataCenterStatus

PLUGIN_XML: Final = "atlassian-plugin.xml"
KEY_HEADER: Final = "Atlassian-Plugin-Key"

_NAME_HEADER: Final = "Bundle-Name"
_VERSION_HEADER: Final = "Bundle-Version"
_ADD_ON_TYPES: Final = {"1": "Plugins 1", "2": "Plugins 2"}
"""By the version of the plugin framework, 1 where a descriptor has none."""
_STATUSES: Final = ("compatible", "pending", "rejected")


def plugin_details(archive: Archive) -> ArtifactDetails | None:
    """The details of a plugin, or `None` of an archive that is none.

    A plugin has a descriptor, or a manifest with a plugin key; the manifest also tells what the
    descriptor does not. Raises `BadFileError` where either is damaged.
    """
    details = _from_descriptor(archive) if archive.has(PLUGIN_XML) else None
    if details is not None and UNSET not in (details.key, details.name, details.version):
        return details
    headers = _headers(archive) if archive.has(MANIFEST) else {}
    key = _header(headers, KEY_HEADER)
    if details is None:
        if key is UNSET:
            return None
        details = ArtifactDetails(add_on_type=_ADD_ON_TYPES["2"])
    if details.key is UNSET:
        details.key = key
    if details.name is UNSET:
        details.name = _header(headers, _NAME_HEADER)
    if details.version is UNSET:
        details.version = _header(headers, _VERSION_HEADER)
    return details


def _from_descriptor(archive: Archive) -> ArtifactDetails:
    xml = plugin_xml.Xml(archive.read(PLUGIN_XML, plugin_xml.MAX_BYTES), PLUGIN_XML)
    xml.expect_root("atlassian-plugin")
    attributes, params = xml.attributes, xml.params
    framework = attributes.get("plugins-version", attributes.get("pluginsVersion", "1"))
    status = _status(params.get("atlassian-data-center-status"))
    compatible = _switch(params, "atlassian-data-center-compatible")
    return ArtifactDetails(
        key=declared(attributes.get("key"), "key"),
        name=declared(attributes.get("name"), "name"),
        version=declared(xml.version, "version"),
        licensing_enabled=_switch(params, "atlassian-licensing-enabled"),
        data_center_compatible=True if status == "compatible" else compatible,
        add_on_type=_ADD_ON_TYPES.get(framework.strip(), UNSET),
        data_center_status=status,
        editions_enabled=_switch(params, "atlassian-editions-enabled"),
    )


def _headers(archive: Archive) -> dict[str, str]:
    return manifests.main_attributes(archive.read_start(MANIFEST, manifests.MAX_BYTES))


def _header(headers: dict[str, str], name: str) -> str | UnsetType:
    return declared(headers.get(name.lower()), name)


def _switch(params: dict[str, str], name: str) -> bool | UnsetType:
    return switched_on(params.get(name), name)


def _status(value: str | None) -> DataCenterStatus | UnsetType:
    """A status in any case, as the vendor's plugin manager reads it; an unknown one is none."""
    status = (value or "").strip().lower()
    return cast("DataCenterStatus", status) if status in _STATUSES else UNSET
