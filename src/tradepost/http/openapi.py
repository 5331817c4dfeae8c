"""The OpenAPI 3.1 document, made from the registry of operations."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from tradepost.http.errors import (
    FORBIDDEN,
    IDEMPOTENCY_KEY_IN_USE,
    IDEMPOTENCY_KEY_REUSED,
    INTERNAL_ERROR,
    INVALID_PARAMETER,
    NOT_ACCEPTABLE,
    PAYLOAD_TOO_LARGE,
    PRECONDITION_FAILED,
    REQUEST_TIMEOUT,
    SERVICE_UNAVAILABLE,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE,
    ErrorCode,
)
from tradepost.http.openapi_links import links_of
from tradepost.http.operations import JSON, Access, Operation

_REF: Final = "#/components/schemas/{name}"
_FORM: Final = "multipart/form-data"
_BINARY: Final = {"type": "string", "format": "binary"}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` that a GET gave: a 412 where another state is held by now.",
    "schema": {"type": "string"},
}
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text of visible characters, such as a fresh UUID. For 24 hours, the same "
    "request with the same key gets the first answer again and does nothing; another request of "
    "the same person with it is a 422.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_ETAG: Final = {
    "ETag": {
        "required": True,
        "description": "What `If-None-Match` of a later GET is compared with.",
        "schema": {"type": "string"},
    }
}


def errors_of(operation: Operation) -> list[ErrorCode]:
    """Every error that an operation can answer with: its own, and those of the way there."""
    found = [*operation.raises, UNAUTHORIZED, TOO_MANY_REQUESTS, NOT_ACCEPTABLE]
    if operation.access is Access.ADMINISTRATOR:
        found.append(FORBIDDEN)
    if operation.body is not None or operation.upload:
        found += [REQUEST_TIMEOUT, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE]
    if operation.takes_key:
        found += [INVALID_PARAMETER, IDEMPOTENCY_KEY_IN_USE, IDEMPOTENCY_KEY_REUSED]
        found += [REQUEST_TIMEOUT, PAYLOAD_TOO_LARGE]
    found += [INTERNAL_ERROR, SERVICE_UNAVAILABLE]
    return list({error.code: error for error in found}.values())


def openapi_document(operations: Sequence[Operation], version: str) -> dict[str, Any]:
    """The document that describes some operations."""
    types = _types(operations)
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    schema_of = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        described = _operation(operation, schema_of)
        if 201 in operation.answers and (links := links_of(operation, operations)):
            described["responses"]["201"]["links"] = links
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tradepost",
            "version": version,
            "description": "A self-hosted app marketplace back end. Paths under `/rest/3` are "
            "those of the Marketplace REST API v3 and also answer under `/marketplace/rest/3`.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(op.group for op in operations)],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "An email and an API token.",
                }
            },
        },
    }


def _types(operations: Sequence[Operation]) -> list[Any]:
    """The types of all bodies, each once."""
    found: dict[str, Any] = {}
    for operation in operations:
        for kind in (operation.dialect.body, operation.body, *operation.answers.values()):
            if kind not in (None, bytes):
                found[repr(kind)] = kind
    return list(found.values())


def _operation(operation: Operation, schema_of: Mapping[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.group],
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": {
            **{
                str(status): _answer(operation, status, kind, schema_of)
                for status, kind in operation.answers.items()
            },
            **_error_answers(operation, schema_of),
        },
    }
    if operation.method == "GET" and operation.produces == JSON:
        described["responses"]["304"] = {"description": HTTPStatus(304).phrase}
    if PRECONDITION_FAILED in operation.raises:
        described["parameters"].append(_IF_MATCH)
    if operation.takes_key:
        described["parameters"].append(_IDEMPOTENCY_KEY)
    anyone = operation.access is Access.ANYONE
    described["security"] = [{}, {"basic": []}] if anyone else [{"basic": []}]
    if operation.prefers_minimal:
        described["parameters"].append(_prefer(operation))
    if operation.may_validate_only:
        kind = next(iter(operation.answers.values()))
        described["responses"]["200"] = _answer(operation, 200, kind, schema_of)
    if operation.upload:
        form = {"type": "object", "properties": {"file": _BINARY}, "required": ["file"]}
        described["requestBody"] = {"required": True, "content": {_FORM: {"schema": form}}}
    if operation.body is not None:
        described["requestBody"] = {
            "required": operation.body_required,
            "content": {operation.consumes: {"schema": schema_of[repr(operation.body)]}},
        }
    return described


def _prefer(operation: Operation) -> dict[str, Any]:
    description = "`return=minimal` leaves the body of a success out."
    if operation.may_validate_only:
        description += (
            " `validate-only` checks the request, stores nothing, and answers 200 with what "
            "would have been stored."
        )
    return {
        "name": "Prefer",
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string"},
    }


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _path_schema(operation, name),
        }
        for name in re.findall(r"{(\w+)}", operation.path)
    ]


def _path_schema(operation: Operation, name: str) -> dict[str, Any]:
    if name in operation.path_integers:
        return {"type": "integer"}
    choices = operation.path_choices.get(name)
    return {"type": "string", "enum": list(choices)} if choices else {"type": "string"}


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": parameter.name,
            "in": "query",
            "required": False,
            "description": parameter.description,
            "schema": parameter.schema,
            **({"style": "form", "explode": False} if parameter.repeats else {}),
        }
        for parameter in operation.query
    ]


def _answer(
    operation: Operation, status: int, kind: Any, schema_of: Mapping[str, Any]
) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if status == 201:
        described["headers"] = {
            "Location": {
                "required": True,
                "description": "Where the new thing is, relative to the host.",
                "schema": {"type": "string"},
            }
        }
    if status == 302:
        described["headers"] = {
            "Location": {
                "required": True,
                "description": "Where the file is, at the object storage, for a short time. It "
                "takes the same method and `Range`, and no credentials.",
                "schema": {"type": "string", "format": "uri"},
            }
        }
    if operation.method == "GET" and status == 200:
        described["headers"] = _ETAG
    if kind is bytes:
        described["content"] = {operation.produces: {"schema": _BINARY}}
    elif kind is not None:
        described["content"] = {JSON: {"schema": schema_of[repr(kind)]}}
    return described


def _error_answers(operation: Operation, schema_of: Mapping[str, Any]) -> dict[str, Any]:
    by_status: dict[str, list[ErrorCode]] = {}
    for error in errors_of(operation):
        by_status.setdefault(str(error.status), []).append(error)
    return {
        status: {
            "description": "; ".join(f"`{error.code}`: {error.title}" for error in errors),
            "content": {JSON: {"schema": schema_of[repr(operation.dialect.body)]}},
        }
        for status, errors in sorted(by_status.items())
    }
