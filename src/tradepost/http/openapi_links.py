"""Links of the OpenAPI document: from what a request has made to what can be done with it."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from tradepost.http.operations import Operation


def links_of(operation: Operation, operations: Sequence[Operation]) -> dict[str, Any]:
    """The links of an operation's 201, by the names of the operations that they lead to.

    They lead where the last path parameter is what was made, and the others are in the request's
    path or in the answer.
    """
    made = _offered(operation)
    given = {name: f"$request.path.{name}" for name in _parameters(operation)}
    found = {}
    for target in operations:
        names = _parameters(target)
        if not names or names[-1] not in made or names[-1] in given:
            continue
        known = {**made, **given}
        if all(name in known for name in names):
            parameters = {name: known[name] for name in names}
            found[target.name] = {"operationId": target.name, "parameters": parameters}
    return found


def _parameters(operation: Operation) -> list[str]:
    return re.findall(r"{(\w+)}", operation.path)


def _offered(operation: Operation) -> dict[str, str]:
    """The path parameters that mean what an operation has made, and where its answer tells them.

    The `id` of a `Person` is a `personId`, and that of something under `…/reviews` a `reviewId`;
    what has no `id` is known by its first field.
    """
    kind = operation.answers[201]
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return {}
    fields = [field.encode_name for field in msgspec.structs.fields(kind)]
    if "id" not in fields:
        return {fields[0]: f"$response.body#/{fields[0]}"}
    first, *rest = operation.path.rpartition("/")[2].removesuffix("s").split("-")
    segment = first + "".join(word.capitalize() for word in rest)
    name = kind.__name__[:1].lower() + kind.__name__[1:]
    return {f"{own}Id": "$response.body#/id" for own in (name, segment)}
