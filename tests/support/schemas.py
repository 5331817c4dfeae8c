"""Reading OpenAPI documents: schemas made flat to compare them, or as JSON Schema."""

import json
from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
Schema = dict[str, Any]

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


def resolve(document: Document, schema: Schema) -> Schema:
    """The schema that a `$ref` points at, or the schema itself."""
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def variants(document: Document, schema: Schema) -> Iterator[Schema]:
    """What a schema allows, one by one: `anyOf` and `oneOf` taken apart, `allOf` put together."""
    schema = resolve(document, schema)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        for choice in choices:
            yield from variants(document, choice)
    elif "allOf" in schema:
        merged: Schema = {"type": "object", "properties": {}, "required": []}
        for part in schema["allOf"]:
            for found in variants(document, part):
                merged["properties"] |= found.get("properties", {})
                merged["required"] += found.get("required", [])
        yield merged
    else:
        yield schema


def kinds(schema: Schema) -> set[str]:
    """The JSON types of a schema; those of its values where it says none."""
    named = schema.get("type")
    if named is None:
        return {_TYPES[type(value)] for value in schema.get("enum", [])}
    return set(named) if isinstance(named, list) else {named}


def facts(document: Document, schemas: list[Schema], path: str = "") -> Iterator[str]:
    """What a client can rely on, as lines: types, enums, nulls and required fields of each place.

    A property counts as required where every variant requires it; enums of variants are united.
    """
    shapes = [shape for schema in schemas for shape in variants(document, schema)]
    types = set().union(*map(kinds, shapes))
    if any(shape.get("nullable") for shape in shapes):
        types.add("null")
    here = path or "body"
    for kind in sorted(types):
        yield f"{here}: {kind}"
    shapes = [shape for shape in shapes if kinds(shape) != {"null"}]
    if shapes and all("enum" in shape for shape in shapes):
        words = {word for shape in shapes for word in shape["enum"]}
        yield f"{here}: one of {', '.join(sorted(map(str, words)))}"
    items = [shape["items"] for shape in shapes if "items" in shape]
    if items:
        yield from facts(document, items, f"{path}[]")
    names = {name for shape in shapes for name in shape.get("properties", {})}
    for name in sorted(names):
        place = f"{path}.{name}" if path else name
        if all(name in shape.get("required", []) for shape in shapes):
            yield f"{place}: required"
        inside = [s["properties"][name] for s in shapes if name in s.get("properties", {})]
        yield from facts(document, inside, place)


def body_schema(described: Schema) -> Schema | None:
    """The schema of a request body or a response, where there is one."""
    for content in described.get("content", {}).values():
        schema: Schema = content["schema"]
        return schema
    return None


def as_json_schema(document: Document, schema: Schema) -> Schema:
    """A schema of an OpenAPI 3.0 document for a JSON Schema reader: `nullable` is translated."""
    translated: Schema = _nullable({**schema, "components": document["components"]})
    return translated


def _nullable(value: Any) -> Any:
    if isinstance(value, list):
        return [_nullable(element) for element in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _nullable(element) for name, element in value.items() if name != "nullable"}
    return {"anyOf": [inner, {"type": "null"}]} if value.get("nullable") is True else inner


def read(text: str | bytes) -> Document:
    document: Document = json.loads(text)
    return document
