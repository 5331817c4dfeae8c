"""Connect descriptors.

Source: "Connect app descriptor" of the vendor's cloud platform: `key` and `baseUrl` are
required, `authentication` as well; `name`, `version` and `enableLicensing` are not.
"""

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.assets.bad_file import BadFileError
from tradepost.assets.declarations import declared
from tradepost.assets.model import ArtifactDetails

MAX_BYTES: Final = 1 << 20

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def looks_like_json(start: bytes) -> bool:
    """Whether a file that starts so can be a JSON object and nothing else that is known."""
    return start.removeprefix(_BYTE_ORDER_MARK).lstrip(b" \t\r\n").startswith(b"{")


def descriptor_details(data: bytes) -> ArtifactDetails:
    """The details of a descriptor; raises `BadFileError` for JSON that is none."""
    descriptor = _object(data)
    key = _text(descriptor, "key")
    if key is UNSET:
        raise BadFileError("is not a Connect descriptor: it has no key")
    if not isinstance(descriptor.get("baseUrl"), str) and "authentication" not in descriptor:
        raise BadFileError("is not a Connect descriptor: it has no baseUrl")
    return ArtifactDetails(
        key=key,
        name=_text(descriptor, "name"),
        version=_text(descriptor, "version"),
        licensing_enabled=_switch(descriptor, "enableLicensing"),
        add_on_type="Connect",
        remotable=True,
        editions_enabled=_switch(descriptor, "editionsEnabled"),
    )


def _object(data: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(data.removeprefix(_BYTE_ORDER_MARK), type=dict[str, Any])
    except UnicodeDecodeError:
        raise BadFileError("is not a Connect descriptor: it is not UTF-8") from None
    except RecursionError:
        raise BadFileError("is not a Connect descriptor: it is nested too deeply") from None
    except msgspec.DecodeError as bad:
        raise BadFileError(f"is not a Connect descriptor: {bad}") from None


def _text(descriptor: dict[str, Any], name: str) -> str | UnsetType:
    value = descriptor.get(name)
    return declared(value, name) if isinstance(value, str) else UNSET


def _switch(descriptor: dict[str, Any], name: str) -> bool | UnsetType:
    value = descriptor.get(name)
    return value if isinstance(value, bool) else UNSET
