"""The client has every operation of the contract that the server has, and imports no server."""

import inspect
import subprocess
import sys

import pytest

from tradepost.app import API_CLASSES
from tradepost.client import AsyncClient, Client
from tradepost.http.cursors import CURSOR
from tradepost.http.operations import Operation, declared_by

CONTRACT = [
    operation
    for api in API_CLASSES
    for operation in declared_by(api)
    if operation.path.startswith("/rest/3/")
]


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@pytest.mark.parametrize("client", [Client, AsyncClient])
@pytest.mark.parametrize("operation", CONTRACT, ids=lambda operation: operation.name)
def test_every_operation_has_a_method_with_its_parameters(
    client: type, operation: Operation
) -> None:
    method = getattr(client, snake(operation.name), None)
    assert method is not None, f"{client.__name__} has no {snake(operation.name)}"
    parameters = inspect.signature(method).parameters
    segments = operation.path.split("/")
    in_path = [snake(segment.strip("{}")) for segment in segments if segment.startswith("{")]
    positional = [
        name for name, each in parameters.items() if each.kind is each.POSITIONAL_OR_KEYWORD
    ]
    taken = [
        name for name in positional if name not in ("self", "body", "source", "target", "name")
    ]
    assert taken == in_path
    assert "body" in parameters or operation.body is None or not operation.body_required
    assert "body" not in parameters or operation.body is not None
    assert ("source" in parameters) == operation.upload
    assert ("validate_only" in parameters) == operation.may_validate_only
    if "filters" not in parameters:  # which are a TypedDict, checked below
        sent = {snake(parameter.name).replace("-", "_") for parameter in operation.query}
        assert sent <= set(parameters)


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_every_list_of_pages_can_be_walked(client: type) -> None:
    paged = [operation for operation in CONTRACT if CURSOR in operation.query]
    assert paged
    for operation in paged:
        name = f"iterate_{snake(operation.name).removeprefix('get_')}"
        assert hasattr(client, name), f"{client.__name__} has no {name}"


def test_the_filters_of_versions_are_those_of_the_operation() -> None:
    from tradepost.client._queries import VersionFilters

    [versions] = [each for each in CONTRACT if each.name == "getAppSoftwareVersions"]
    names = {snake(parameter.name) for parameter in versions.query} - {"limit", "cursor"}
    assert names == set(VersionFilters.__annotations__)


def test_the_client_imports_no_server() -> None:
    code = (
        "import sys, tradepost.client\n"
        "heavy = {'apsw', 'granian', 'uvloop', 'obstore', 'PIL', 'multipart', 'rich', 'click'}\n"
        "ours = {'tradepost.app', 'tradepost.settings', 'tradepost.http.dispatch'}\n"
        "sys.exit(', '.join((heavy | ours) & set(sys.modules)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
