"""The OpenAPI document as the console uses it: read once for each server, as it never changes."""

import re
from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec

from tradepost.console.belongings import Belongings
from tradepost.console.visit import Visit

PASSED_ON: Final = "/-/api"
"""Where requests of the viewer are sent to: see `pages/reference.py`."""
_TEXTS: Final = (
    "text",
    "1.0.0",
    "2026-01-31",
    "00000000-0000-4000-8000-000000000000",
    "somebody@example.com",
    "https://example.com/",
)
"""What fits a pattern is an example of it."""
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
    components = {**document.get("components", {})}
    components.pop("securitySchemes", None)
    changed["components"] = components
    changed["paths"] = {path: _open(item) for path, item in document["paths"].items()}
    return msgspec.json.encode(_with_examples(changed))


def _with_examples(node: Any) -> Any:
    """The same with an example wherever the viewer would make up one that nobody can read."""
    if isinstance(node, list):
        return [_with_examples(item) for item in node]
    if not isinstance(node, dict):
        return node
    changed = {name: _with_examples(item) for name, item in node.items()}
    kind = node.get("type")
    if kind == "string" and isinstance(node.get("pattern"), str):
        pattern = node["pattern"]
        changed["examples"] = [text for text in _TEXTS if re.search(pattern, text)][:1]
    elif kind == "integer" and "maximum" in node and "examples" not in node:
        changed["examples"] = [max(node.get("minimum", 1), 1)]
    return changed


def _open(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: value for key, value in told.items() if key != "security"}
        if name in _METHODS
        else told
        for name, told in item.items()
    }
