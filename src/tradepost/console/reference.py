"""The OpenAPI document as the console uses it: read once for each server, since it never changes."""

from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec

from tradepost.console.belongings import Belongings
from tradepost.console.visit import Visit

PASSED_ON: Final = "/-/api"
"""Where requests of the viewer are sent to: see `pages/reference.py`."""
_METHODS: Final = ("get", "post", "put", "patch", "delete")


class Operation(msgspec.Struct, frozen=True):
    """What a list of operations says of one."""

    name: str
    method: str
    path: str
    summary: str


class Reference(msgspec.Struct, frozen=True):
    """The document for the viewer, and the operations by their groups."""

    document: bytes
    groups: dict[str, list[Operation]]


_known: WeakKeyDictionary[Belongings, Reference] = WeakKeyDictionary()


async def reference(visit: Visit) -> Reference:
    """The reference of this server."""
    have = visit.belongings
    if have not in _known:
        document = await visit.ask.read("/openapi.json")
        _known[have] = Reference(_for_viewer(document), _groups(document))
    return _known[have]


async def operation_names(visit: Visit) -> list[str]:
    """The names of all operations, in order."""
    groups = (await reference(visit)).groups.values()
    return sorted(operation.name for group in groups for operation in group)


def _groups(document: Any) -> dict[str, list[Operation]]:
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in document.get("tags", ())}
    for path, item in document["paths"].items():
        for method in _METHODS:
            told = item.get(method)
            if told is not None:
                operation = Operation(
                    told["operationId"], method.upper(), path, told.get("summary", "")
                )
                found.setdefault(told["tags"][0], []).append(operation)
    return found


def _for_viewer(document: Any) -> bytes:
    """The document whose requests go through the console: as who is signed in, and no other way."""
    changed = {**document, "servers": [{"url": PASSED_ON, "description": "As you, signed in here"}]}
    changed.pop("security", None)
    schemes = {**document.get("components", {})}
    schemes.pop("securitySchemes", None)
    changed["components"] = schemes
    changed["paths"] = {path: _open(item) for path, item in document["paths"].items()}
    return msgspec.json.encode(changed)


def _open(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: value for key, value in told.items() if key != "security"}
        if name in _METHODS
        else told
        for name, told in item.items()
    }
